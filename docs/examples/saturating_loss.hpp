// An effective loss of one's own. A parallelogram that is far from closed pulls hardly more than
// one that is nearly so:
//   l(E) = sum over P0(D) of log(1 + p (E_i + E_j - E_m - E_n)^2 / Z0),   Z0 = sum_k E_k^2
// E (p) embeddings of one dimension. Free of scale; undefined at E = 0. Cost: O(|P0(D)|).
#pragma once

#include <cmath>
#include <utility>
#include <vector>

#include "theory/automatic_loss.hpp"
#include "theory/parallelograms.hpp"

class SaturatingLoss {
 public:
  SaturatingLoss(Eigen::Index symbols, std::vector<grok::Parallelogram> set)
      : symbols_(symbols), set_(std::move(set)) {}

  Eigen::Index dimension() const { return symbols_; }

  template <class T>
  T value(const Eigen::Matrix<T, Eigen::Dynamic, 1>& E) const {
    using std::log;
    const T size = E.squaredNorm() / static_cast<double>(symbols_);
    T total(0);
    for (const auto& [a, b] : set_) {
      const T defect = E[a.i] + E[a.j] - E[b.i] - E[b.j];
      total += log(T(1) + defect * defect / size);
    }
    return total;
  }

 private:
  Eigen::Index symbols_;
  std::vector<grok::Parallelogram> set_;
};

static_assert(grok::LossFormula<SaturatingLoss>);
