// These programs read studies, stores and initial states; nothing is trained. What training needs
// of the toy model is left out, and it is the one model that there is.
#include "core/errors.hpp"
#include "nets/engine_choice.hpp"
#include "nets/torch_engine.hpp"
#include "nets/toy/ensemble/ensemble_layout.hpp"
#include "nets/toy/model.hpp"
#include "nets/toy/parameters.hpp"
#include "nets/toy/report.hpp"
#include "nets/toy/train.hpp"

namespace grok {
namespace {

[[noreturn]] void refuse() { throw Error("nothing is trained here"); }

}  // namespace

const Models& models() {
  static const Models all = {&toy::model()};
  return all;
}

// A record names what its engine was made of; these programs have no engine.
std::string engine_build(const std::string& engine) { return engine + " (none)"; }
Workers cpu_workers(int threads) { return {"cpu", "cpu", threads, "asked for"}; }
void train_on_cores(std::span<const Run>, const TrainOptions&,
                    const std::function<Finished(const OneRun&)>&) {
  refuse();
}
void train_on_torch(const Model&, std::span<const Run>, const TrainOptions&) { refuse(); }
bool OneRun::keeps(std::string_view) const { return false; }

namespace toy {

TracedRun train_traced(const RunSpec&, const OneRun&, const InitialState*) { refuse(); }
std::string packed_parameters(const RunSpec&, const InitialState&) { refuse(); }
std::string shape_text(const RunSpec&) { refuse(); }
std::vector<std::pair<std::string, std::string>> report_of(const RunSpec&, const Record&) {
  refuse();
}

}  // namespace toy
}  // namespace grok
