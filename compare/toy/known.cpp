#include "compare/toy/known.hpp"

#include <memory>
#include <utility>

#include "nets/toy/model.hpp"
#include "nets/toy/outcome.hpp"
#include "theory/closure.hpp"
#include "theory/spectrum.hpp"

namespace grok::toy {

Known known_before(const RunSpec& resolved, const Event& event) {
  Known known{resolved, event, task_of(resolved), draw_initial_state(resolved), {}, {}, {}, {}};
  if (!has_rqi(known.task)) {
    return known;
  }
  if (known.task.combination() != Combination::sum) {
    const ProductStructure products = analyse_products(known.task, known.initial.train);
    known.ideal_accuracy = products.ideal_accuracy;
    known.ideal_rqi = products.ideal_rqi;
    return known;
  }
  known.structure = analyse_structure(known.task, known.initial.train);
  known.lambda3 = hessian_spectrum(known.task, group_by_output(known.task, known.initial.train),
                                   *known.structure, Normalisation::sum)
                      .lambda3;
  known.ideal_accuracy = known.structure->ideal_accuracy;
  known.ideal_rqi = known.structure->ideal_rqi;
  return known;
}

std::function<bool(const Run&)> of_spec(std::function<bool(const RunSpec&)> applies) {
  return [applies = std::move(applies)](const Run& run) {
    return run.model().name() == model().name() && applies(run.as<RunSpec>());
  };
}

bool says_something_of(const Event& event, const RunSpec& spec) {
  return event == "validation" || (event == "rqi" && has_rqi(task_of(spec)));
}

std::function<Forecast(const Asked&)> of_known(std::function<Forecast(const Known&)> forecast) {
  return [forecast = std::move(forecast)](const Asked& asked) {
    using Shared = std::shared_ptr<const Known>;
    if (!says_something_of(asked.event, asked.run.as<RunSpec>())) {
      return Forecast{};
    }
    if (!asked.memory.has_value()) {
      asked.memory =
          Shared(std::make_shared<Known>(known_before(asked.run.as<RunSpec>(), asked.event)));
    }
    return forecast(*std::any_cast<const Shared&>(asked.memory));
  };
}

}  // namespace grok::toy
