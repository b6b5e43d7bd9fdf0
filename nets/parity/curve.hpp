// nets/parity/curve.hpp: the curve of a parity run. What it says of circuits is known at the end
// alone, so the weights of its points are kept until then.
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "nets/parity/strings.hpp"
#include "nets/parity/train.hpp"

namespace grok::parity {

struct Score {
  double loss = 0, accuracy = 0;
  bool finite = true;
};
struct Scores {
  Score train, test;
  std::optional<double> flipped_accuracy;
};

class CurveMaker {
 public:
  /// Both must live as long as it does.
  CurveMaker(const RunSpec& checked, const Strings& strings) : spec_(checked), strings_(strings) {}

  void add(std::int64_t epoch, const Scores& scores, Weights weights);
  /// The neuron of largest |w_j| at memorisation.
  void note_memorised(const Weights& weights);
  Curve curve() const;

  std::string state() const;
  void restore(const std::string& state);

 private:
  const RunSpec& spec_;
  const Strings& strings_;
  std::vector<Snapshot> points_;
  std::vector<double> numbers_;  // what is known at once of each, row after row
  std::int64_t memoriser_ = -1;
};

}  // namespace grok::parity
