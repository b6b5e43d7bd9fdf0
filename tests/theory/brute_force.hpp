// tests/theory/brute_force.hpp: the definitions, slow and literal, as references for the tests.
#pragma once

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <string>
#include <vector>

#include "core/random.hpp"
#include "theory/parallelograms.hpp"
#include "theory/training_set.hpp"

namespace grok::brute_force {

/// Every unordered pair of distinct samples with one output, by looking at all pairs.
inline std::vector<Parallelogram> parallelograms(const Task& task, const std::vector<Sample>& D) {
  std::vector<Parallelogram> list;
  for (std::size_t a = 0; a < D.size(); ++a) {
    for (std::size_t b = a + 1; b < D.size(); ++b) {
      if (task.output(D[a]) == task.output(D[b])) {
        list.push_back({D[a], D[b]});
      }
    }
  }
  return list;
}

/// A(P): a row e_i + e_j - e_m - e_n per parallelogram.
inline Eigen::MatrixXd A(Index p, const std::vector<Parallelogram>& P) {
  Eigen::MatrixXd rows = Eigen::MatrixXd::Zero(std::ssize(P), p);
  for (Index r = 0; r < std::ssize(P); ++r) {
    const auto& [first, second] = P[static_cast<std::size_t>(r)];
    rows(r, first.i) += 1;
    rows(r, first.j) += 1;
    rows(r, second.i) -= 1;
    rows(r, second.j) -= 1;
  }
  return rows;
}

/// As the official code: eigenvalues of A^T A below 1e-8.
inline Index nullity(Index p, const std::vector<Parallelogram>& P) {
  const Eigen::MatrixXd rows = A(p, P);
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(rows.transpose() * rows,
                                                              Eigen::EigenvaluesOnly);
  return (solver.eigenvalues().array() < 1e-8).count();
}

/// P(D) by ranks: P0(D) and every q of P0 whose row does not raise the rank (App. D).
inline std::vector<Parallelogram> closure(const Task& task, const std::vector<Sample>& D) {
  auto P = parallelograms(task, D);
  const Index n0 = nullity(task.symbols(), P);
  std::vector<Parallelogram> closed;
  for (const auto& q : parallelograms(task, task.samples())) {
    P.push_back(q);
    if (nullity(task.symbols(), P) == n0) {
      closed.push_back(q);
    }
    P.pop_back();
  }
  return closed;
}

/// Dbar(D, P): samples of D, and those that a parallelogram of P joins to a sample of D.
inline std::vector<Sample> augmented(const Task& task, const std::vector<Sample>& D,
                                     const std::vector<Parallelogram>& P) {
  const auto in_D = [&](Sample s) { return std::find(D.begin(), D.end(), s) != D.end(); };
  std::vector<Sample> found;
  for (const Sample s : task.samples()) {
    if (in_D(s) || std::any_of(P.begin(), P.end(), [&](const Parallelogram& q) {
          return (q.first == s && in_D(q.second)) || (q.second == s && in_D(q.first));
        })) {
      found.push_back(s);
    }
  }
  return found;
}

/// How many of these the best decoder of E_i + E_j gets right: each answer tried, for each set
/// {i, j}.
inline Index right_by_sums(const Task& task, const std::vector<Sample>& known) {
  Index right = 0;
  for (std::int32_t i = 0; i < task.symbols(); ++i) {
    for (std::int32_t j = i; j < task.symbols(); ++j) {
      Index most = 0;
      for (Index answer = 0; answer < task.outputs(); ++answer) {
        most = std::max<Index>(most, std::count_if(known.begin(), known.end(), [&](Sample s) {
                                 return std::min(s.i, s.j) == i && std::max(s.i, s.j) == j &&
                                        task.output(s) == answer;
                               }));
      }
      right += most;
    }
  }
  return right;
}

/// The samples of D0 whose bit is set.
inline std::vector<Sample> subset(const Task& task, std::uint64_t bits) {
  std::vector<Sample> D;
  for (Index k = 0; k < task.sample_count(); ++k) {
    if ((bits >> k & 1U) != 0) {
      D.push_back(task.sample(k));
    }
  }
  return D;
}

/// A rule without symmetry: ordered pairs, outputs from a fixed stream.
inline Task random_table(Index p, Index outputs, bool commutative, std::uint64_t seed) {
  RandomStream stream(seed, "table");
  std::vector<std::int32_t> table;
  for (Index k = 0; k < (commutative ? p * (p + 1) / 2 : p * p); ++k) {
    table.push_back(static_cast<std::int32_t>(stream.below(outputs)));
  }
  return Task::table(p, commutative, table);
}

/// The addition task given as a table.
inline Task addition_table(Index p) {
  const Task addition = Task::addition(p);
  std::vector<std::int32_t> outputs;
  for (const Sample s : addition.samples()) {
    outputs.push_back(static_cast<std::int32_t>(addition.output(s)));
  }
  return Task::table(p, true, outputs);
}

}  // namespace grok::brute_force
