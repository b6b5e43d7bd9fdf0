#include "nets/parity/model.hpp"

#include <fmt/format.h>

#include <cmath>

#include "nets/model_of.hpp"
#include "nets/parity/measures.hpp"
#include "nets/parity/train.hpp"

namespace grok::parity {
namespace {

constexpr const char* weights_name = "weights";

class ParityModel final : public ModelOf<RunSpec, Record> {
 public:
  std::string_view name() const override { return "parity"; }

  /// Of an epoch, every sample of a batch counted as one with a slope.
  Cost cost(const Run& run) const override {
    const auto& spec = run.as<RunSpec>();
    const auto n = static_cast<double>(spec.bits), m = static_cast<double>(spec.width),
               train = static_cast<double>(spec.train), test = static_cast<double>(spec.test),
               batch = static_cast<double>(spec.batch == 0 ? spec.train : spec.batch),
               size = spec.precision == "float64" ? 8.0 : 4.0;
    Cost cost;
    cost.parameters = m * (n + 2);
    const double forward = 2 * m * (n + 1), updates = std::ceil(train / batch);
    cost.flops = forward * (3 * train + test) + 3 * cost.parameters * updates;
    // Sparsity looks at every activation, in float64, at the end and at each point of a curve.
    const double kept = static_cast<double>(spec.snapshots.size()) + 2;
    cost.bytes = size * (cost.parameters + 2 * m * batch + (n + 1) * (train + test)) +
                 8 * n * (train + test) + (8 + size) * cost.parameters * kept +
                 8 * 2 * m * std::max(train, test);
    cost.moved = 2 * size * cost.parameters * updates;
    return cost;
  }
  Curve curve_shape(const Run&) const override { return parity::curve_shape(); }
  std::vector<std::string> artefacts() const override { return {weights_name}; }
  std::vector<std::pair<std::string, std::string>> report(const Run& run,
                                                          const Outcome& outcome) const override;

 protected:
  RunSpec checked(RunSpec spec, const Given&, const PlaceOfKey& place) const override {
    return parity::checked(std::move(spec), place);
  }
  Trained<Record> train_one(const RunSpec& spec, const OneRun& one) const override {
    TracedRun traced = train_traced(spec, one);
    Trained<Record> trained{std::move(traced.record), std::move(traced.curve), {}};
    if (one.keeps(weights_name)) {
      trained.artefacts.push_back(
          {weights_name, trained.record.epochs_done, packed(spec, traced.snapshots)});
    }
    return trained;
  }
};

std::vector<std::pair<std::string, std::string>> ParityModel::report(const Run& run,
                                                                     const Outcome& outcome) const {
  const auto& spec = run.as<RunSpec>();
  const auto& record = outcome.as<Record>();
  const auto epoch = [&record](const std::optional<std::int64_t>& reached) {
    return reached ? fmt::format("epoch {}", *reached)
                   : fmt::format("not within {} epochs", record.epochs_done);
  };
  const auto size = [](const std::optional<std::int64_t>& neurons) {
    return neurons ? fmt::format("{}", *neurons) : std::string("all");
  };
  std::vector<std::pair<std::string, std::string>> lines;
  lines.emplace_back(
      "run", fmt::format("({}, {})-parity, N = {}, m = {}, decay {}, seed {}, {} "
                         "epochs done of {}, {:.2f} s",
                         spec.bits, spec.parity, spec.train, spec.width, to_text(spec.decay),
                         spec.seed, record.epochs_done, spec.epochs, record.seconds));
  lines.emplace_back("engine", record.engine);
  lines.emplace_back("state", record.state);
  lines.emplace_back("phase", record.phase.value_or("open (stopped before it was known)"));
  lines.emplace_back(fmt::format("training accuracy > {}", to_text(spec.memorisation_threshold)),
                     fmt::format("{}, for good {}", epoch(record.epochs_to_memorisation),
                                 epoch(record.memorised_from)));
  lines.emplace_back(fmt::format("test accuracy > {}", to_text(spec.generalisation_threshold)),
                     fmt::format("{}, for good {}", epoch(record.epochs_to_generalisation),
                                 epoch(record.generalised_from)));
  lines.emplace_back(
      "accuracy", fmt::format("training {:.4f}, test {:.4f} (best {:.4f}){}", record.train_accuracy,
                              record.test_accuracy, record.best_test_accuracy,
                              record.flipped_accuracy
                                  ? fmt::format(", flipped labels {:.4f}", *record.flipped_accuracy)
                                  : ""));
  lines.emplace_back(
      "loss", fmt::format("training {:.6g}, test {:.6g}", record.train_loss, record.test_loss));
  lines.emplace_back("norms", fmt::format("V {:.5g}, |theta|^2 {:.5g}, spectral norm of W {:.4g}, "
                                          "|u| {:.4g}",
                                          record.path_norm, record.squared_norm,
                                          record.spectral_norm, record.output_norm));
  lines.emplace_back(
      "circuit", fmt::format("{} neurons by predictions, {} by accuracy; {}",
                             size(record.circuit_by_predictions), size(record.circuit_by_accuracy),
                             record.tight_share ? fmt::format("{:.4f} of V along tight directions",
                                                              *record.tight_share)
                                                : "diverged"));
  return lines;
}

}  // namespace

const Model& model() {
  static const ParityModel model;
  return model;
}

}  // namespace grok::parity
