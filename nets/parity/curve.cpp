#include "nets/parity/curve.hpp"

#include "core/numbers.hpp"
#include "core/random.hpp"
#include "nets/checkpoint.hpp"
#include "nets/parity/measures.hpp"

namespace grok::parity {
namespace {

using Index = Eigen::Index;
using Neurons = std::vector<Index>;

constexpr std::size_t known_at_once = 11;

double number(const std::optional<std::int64_t>& value) {
  return value ? static_cast<double>(*value) : not_a_number;
}

double mean_norm(const Weights& weights, const Neurons& set) {
  double sum = 0;
  for (const Index j : set) {
    sum += weights.W.row(j).norm();
  }
  return set.empty() ? not_a_number : sum / static_cast<double>(set.size());
}

/// The circuit of a network, all other neurons, and as many random ones; empty: it needs all.
struct Sets {
  Neurons circuit, rest, random;
};
Sets sets_of(const RunSpec& spec, const Strings& strings, const Weights& last) {
  Sets sets;
  const auto size = sparsity(last, strings.train, strings.labels, spec.strict_sign).by_predictions;
  if (!size) {
    return sets;
  }
  const Neurons order = by_norm(last);
  sets.circuit.assign(order.begin(), order.begin() + *size);
  sets.rest.assign(order.begin() + *size, order.end());
  RandomStream stream(static_cast<std::uint64_t>(spec.seed), "parity/random-set");
  for (const std::int64_t j : stream.sample(spec.width, *size)) {
    sets.random.push_back(j);
  }
  return sets;
}

}  // namespace

Curve curve_shape() {
  Curve curve;
  curve.columns = {"epoch",
                   "train_loss",
                   "test_loss",
                   "train_accuracy",
                   "test_accuracy",
                   "spectral_norm",
                   "output_norm",
                   "path_norm",
                   "squared_norm",
                   "sparsity_by_predictions",
                   "sparsity_by_accuracy",
                   "circuit_norm",
                   "rest_norm",
                   "random_norm",
                   "circuit_faithfulness",
                   "rest_faithfulness",
                   "random_faithfulness",
                   "largest_at_end",
                   "largest_at_memorisation"};
  curve.metrics = curve.columns.size();
  return curve;
}

void CurveMaker::note_memorised(const Weights& weights) { memoriser_ = by_norm(weights).front(); }

void CurveMaker::add(std::int64_t epoch, const Scores& scores, Weights weights) {
  const Sparsity circuit =
      scores.train.finite ? sparsity(weights, strings_.train, strings_.labels, spec_.strict_sign)
                          : Sparsity{};
  numbers_.insert(
      numbers_.end(),
      {static_cast<double>(epoch), scores.train.loss, scores.test.loss, scores.train.accuracy,
       scores.test.accuracy, spectral_norm(weights.W), weights.u.norm(), path_norm(weights),
       squared_norm(weights), number(circuit.by_predictions), number(circuit.by_accuracy)});
  points_.push_back({epoch, std::move(weights)});
}

Curve CurveMaker::curve() const {
  Curve curve = curve_shape();
  const Weights& last = points_.back().weights;
  const bool finite = last.W.allFinite() && last.u.allFinite() && last.b.allFinite();
  const Sets sets = finite ? sets_of(spec_, strings_, last) : Sets{};
  const Index largest = finite ? by_norm(last).front() : Index{-1};
  const auto norm_of = [](const Weights& weights, Index j) {
    return j < 0 ? not_a_number : weights.W.row(j).norm();
  };
  for (std::size_t k = 0; k < points_.size(); ++k) {
    const Weights& weights = points_[k].weights;
    const auto row = numbers_.begin() + static_cast<std::ptrdiff_t>(k * known_at_once);
    curve.numbers.insert(curve.numbers.end(), row, row + known_at_once);
    for (const Neurons* set : {&sets.circuit, &sets.rest, &sets.random}) {
      curve.numbers.push_back(mean_norm(weights, *set));
    }
    for (const Neurons* set : {&sets.circuit, &sets.rest, &sets.random}) {
      curve.numbers.push_back(set->empty()
                                  ? not_a_number
                                  : faithfulness(weights, *set, strings_.test, spec_.strict_sign));
    }
    curve.numbers.push_back(norm_of(weights, largest));
    curve.numbers.push_back(norm_of(weights, memoriser_));
  }
  return curve;
}

std::string CurveMaker::state() const {
  StateWriter writer;
  writer.put(memoriser_);
  writer.put(numbers_.data(), numbers_.size());
  writer.put(packed(spec_, points_));
  return writer.take();
}

void CurveMaker::restore(const std::string& state) {
  StateReader reader(state);
  std::string points;
  reader.get(memoriser_);
  reader.get(numbers_);
  reader.get(points);
  points_ = unpacked(spec_, points, "checkpoint");
}

}  // namespace grok::parity
