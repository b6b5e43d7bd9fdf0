// nets/parity/strings.hpp: the strings and labels of a run.
#pragma once

#include <Eigen/Core>
#include <vector>

#include "nets/parity/run_spec.hpp"

namespace grok::parity {

struct Strings {
  Eigen::MatrixXd train, test;        // N x n, M x n: +-1
  Eigen::VectorXd labels;             // N: as trained on
  Eigen::VectorXd truth, test_truth;  // the parities
  std::vector<Eigen::Index> flipped;  // ascending: where labels and truth differ by label_noise
};

/// Of a checked spec, from the streams parity/train (distinct strings, one after the other, a
/// repeated one drawn anew), parity/test, and parity/noise (which labels; or all labels).
Strings make_strings(const RunSpec& spec);

}  // namespace grok::parity
