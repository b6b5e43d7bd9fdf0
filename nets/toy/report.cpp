#include "nets/toy/report.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>

#include "core/errors.hpp"
#include "nets/engine_choice.hpp"
#include "nets/toy/outcome.hpp"
#include "theory/structure.hpp"

namespace grok::toy {
namespace {

std::string loss_text(double loss) {
  return std::isfinite(loss) ? fmt::format("{:.6g}", loss) : to_text(loss);
}

std::string theory_text(const RunSpec& spec, const Record& record) {
  const Task task = task_of(spec);
  if (!has_rqi(task)) {
    return "does not apply: nothing forces embeddings that are concatenated";
  }
  if (!record.nullity) {
    return fmt::format("ideal accuracy at least {:.4f}, by deduction from products of matrices",
                       *record.ideal_accuracy);
  }
  const double ceiling = any_sum_ceiling(task);
  return fmt::format(
      "nullity {}, {}unique, ideal accuracy {:.4f}{}, lambda_3 = {:.6g} [1/time], normalisation "
      "sum",
      *record.nullity, *record.unique ? "" : "not ", *record.ideal_accuracy,
      ceiling < 1 ? fmt::format(" (a sum has no order: at most {:.4f})", ceiling) : "",
      *record.lambda3);
}

}  // namespace

std::vector<std::pair<std::string, std::string>> report_of(const RunSpec& spec,
                                                           const Record& record) {
  const std::string ended = record.state == "diverged"       ? ", where it diverged"
                            : record.steps_done < spec.steps ? ", where --stop ended it"
                                                             : "";
  const auto reached = [&](const std::optional<std::int64_t>& step) {
    return step ? fmt::format("step {}", *step)
                : fmt::format("not within {} steps{}", record.steps_done, ended);
  };
  const auto share = [](const std::optional<double>& value) {
    return value ? fmt::format("{:.4f}", *value) : std::string("no validation sample");
  };
  const auto loss = [](const std::optional<double>& value) {
    return value ? loss_text(*value) : std::string("no validation sample");
  };
  std::vector<std::pair<std::string, std::string>> lines;
  lines.emplace_back("run", fmt::format("{}, |D| = {}, seed {}, {} steps done of {}, {:.2f} s",
                                        describe(task_of(spec)), spec.train, spec.seed,
                                        record.steps_done, spec.steps, record.seconds));
  lines.emplace_back("engine", fmt::format("{}, {}", record.engine, engine_build(record.engine)));
  lines.emplace_back("state", record.state);
  lines.emplace_back("phase", record.phase.value_or(record.validation_accuracy
                                                        ? "open (stopped before it was known)"
                                                        : "none (no validation sample)"));
  lines.emplace_back(fmt::format("training accuracy >= {}", to_text(spec.accuracy_threshold)),
                     reached(record.steps_to_train));
  lines.emplace_back(
      fmt::format("validation accuracy >= {}", to_text(spec.accuracy_threshold)),
      record.validation_accuracy ? reached(record.steps_to_validation) : "no validation sample");
  lines.emplace_back(fmt::format("RQI > {}", to_text(spec.rqi_threshold)),
                     record.rqi
                         ? reached(record.steps_to_rqi)
                         : "no meaning: a decoder of both embeddings knows no parallelograms");
  lines.emplace_back("training accuracy, loss", fmt::format("{:.4f}, {}", record.train_accuracy,
                                                            loss_text(record.train_loss)));
  lines.emplace_back("validation accuracy, loss",
                     record.validation_accuracy
                         ? share(record.validation_accuracy) + ", " + loss(record.validation_loss)
                         : "no validation sample");
  if (record.rqi) {
    lines.emplace_back("accuracy on D0, predicted by RQI",
                       fmt::format("{:.4f}, {:.4f}", record.accuracy, *record.predicted_accuracy));
    lines.emplace_back("RQI", fmt::format("{:.4f} (ideal {}{:.4f})", *record.rqi,
                                          record.nullity ? "" : "at least ", *record.ideal_rqi));
  } else {
    lines.emplace_back("accuracy on D0", fmt::format("{:.4f}", record.accuracy));
  }
  if (record.ring) {
    lines.emplace_back("neighbours in order on a circle", share(record.ring));
  }
  lines.emplace_back("theory", theory_text(spec, record));
  return lines;
}

}  // namespace grok::toy
