#include "theory/gram.hpp"

#include <algorithm>
#include <vector>

namespace grok {

Eigen::MatrixXd parallelogram_gram(Index symbols, const OutputClasses& classes) {
  Eigen::MatrixXd G = Eigen::MatrixXd::Zero(symbols, symbols);
  Eigen::VectorXd v = Eigen::VectorXd::Zero(symbols);
  std::vector<Index> touched;
  for (Index c = 0; c < classes.count(); ++c) {
    const auto samples = classes[c];
    const auto m = static_cast<double>(samples.size());
    touched.clear();
    for (const auto [i, j] : samples) {
      G(i, i) += m;
      G(j, j) += m;
      G(i, j) += m;
      G(j, i) += m;
      v[i] += 1;
      v[j] += 1;
      touched.push_back(i);
      touched.push_back(j);
    }
    std::sort(touched.begin(), touched.end());
    touched.erase(std::unique(touched.begin(), touched.end()), touched.end());
    for (const Index a : touched) {
      for (const Index b : touched) {
        G(b, a) -= v[a] * v[b];
      }
    }
    for (const Index a : touched) {
      v[a] = 0;
    }
  }
  return G;
}

// Per class with d = X x and S = sum d:  y += X^T (m d - S).
void apply_gram(const OutputClasses& classes, const double* x, double* y, Index symbols) {
  std::fill_n(y, symbols, 0.0);
  for (Index c = 0; c < classes.count(); ++c) {
    const auto samples = classes[c];
    if (samples.size() < 2) {
      continue;
    }
    const auto m = static_cast<double>(samples.size());
    double S = 0;
    for (const auto [i, j] : samples) {
      S += x[i] + x[j];
    }
    for (const auto [i, j] : samples) {
      const double g = m * (x[i] + x[j]) - S;
      y[i] += g;
      y[j] += g;
    }
  }
}

double gram_form(const OutputClasses& classes, const double* x) {
  double total = 0;
  for (Index c = 0; c < classes.count(); ++c) {
    const auto samples = classes[c];
    if (samples.size() < 2) {
      continue;
    }
    const auto m = static_cast<double>(samples.size());
    double mean = 0;
    for (const auto [i, j] : samples) {
      mean += (x[i] + x[j]) / m;
    }
    double spread = 0;
    for (const auto [i, j] : samples) {
      const double deviation = x[i] + x[j] - mean;
      spread += deviation * deviation;
    }
    total += m * spread;
  }
  return total;
}

double gram_trace(Index symbols, const OutputClasses& classes) {
  std::vector<double> v(static_cast<std::size_t>(symbols), 0);  // X^T 1 of the class in hand
  double trace = 0;
  for (Index c = 0; c < classes.count(); ++c) {
    const auto samples = classes[c];
    const auto m = static_cast<double>(samples.size());
    for (const auto [i, j] : samples) {
      trace += m * (i == j ? 4 : 2);
      v[static_cast<std::size_t>(i)] += 1;
      v[static_cast<std::size_t>(j)] += 1;
    }
    for (const auto [i, j] : samples) {
      for (const auto symbol : {i, j}) {
        double& count = v[static_cast<std::size_t>(symbol)];
        trace -= count * count;
        count = 0;  // once per symbol
      }
    }
  }
  return trace;
}

}  // namespace grok
