// The closure of figures/representation/fig16_deduction.hpp, round by round: slow and plain, for
// small groups.
#include <fmt/format.h>

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <utility>

#include "core/errors.hpp"
#include "figures/representation/fig16_deduction.hpp"
#include "theory/training_set.hpp"

namespace grok {
namespace {

constexpr std::int64_t most_seeds = 10'000;

/// Which samples are known to have equal products, as 0 and 1, so that products of such matrices
/// count the ways.
using Relation = Eigen::MatrixXf;

Relation either(const Relation& x, const Relation& y) {
  return ((x + y).array() > 0.5F).cast<float>().matrix();
}

/// Entry (L(c,a), R(d,b)) of the quotients is entry ((a,b), (c,d)) of the products, and back: both
/// are the equation ab = cd. A quotient L(c,a) has the number c p + a, R(d,b) the number d p + b.
Relation quotients_of(const Relation& products, Index p) {
  Relation quotients(products.rows(), products.cols());
  for (Index x = 0; x < products.rows(); ++x) {
    for (Index y = 0; y < products.cols(); ++y) {
      const Index a = x / p, b = x % p, c = y / p, d = y % p;
      quotients(c * p + a, d * p + b) = products(x, y);
    }
  }
  return quotients;
}

Relation products_of(const Relation& quotients, Index p) {
  Relation products(quotients.rows(), quotients.cols());
  for (Index x = 0; x < products.rows(); ++x) {
    for (Index y = 0; y < products.cols(); ++y) {
      const Index a = x / p, b = x % p, c = y / p, d = y % p;
      products(x, y) = quotients(c * p + a, d * p + b);
    }
  }
  return products;
}

/// L(f,d) = L(e,b) <=> R(d,b) = R(f,e): from a relation of left quotients that of right ones, and
/// from right to left alike.
Relation flip_to_right(const Relation& left, Index p) {
  Relation right(left.rows(), left.cols());
  for (Index x = 0; x < left.rows(); ++x) {
    for (Index y = 0; y < left.cols(); ++y) {
      const Index d = x / p, b = x % p, f = y / p, e = y % p;
      right(x, y) = left(f * p + d, e * p + b);
    }
  }
  return right;
}

Relation flip_to_left(const Relation& right, Index p) {
  Relation left(right.rows(), right.cols());
  for (Index x = 0; x < right.rows(); ++x) {
    for (Index y = 0; y < right.cols(); ++y) {
      const Index f = x / p, d = x % p, e = y / p, b = y % p;
      left(x, y) = right(d * p + b, f * p + e);
    }
  }
  return left;
}

Relation one_round(const Relation& products, Index p, Deduction deduction) {
  const Relation q = quotients_of(products, p);
  Relation next = q * (q.transpose() * q);  // chain
  if (deduction == Deduction::chain_and_flip) {
    next += q * flip_to_right(q * q.transpose(), p) + flip_to_left(q.transpose() * q, p) * q;
  }
  return either(products, products * products + products_of(next, p));
}

/// p^2 x p^2 of a task with ordered pairs, where sample k of D0 is the product number k.
Relation start_of(const Task& task, std::span<const Sample> train) {
  Relation products = Relation::Identity(task.sample_count(), task.sample_count());
  for (const Sample s : train) {
    for (const Sample t : train) {
      if (task.output(s) == task.output(t)) {
        products(task.index(s), task.index(t)) = 1;
      }
    }
  }
  return products;
}

std::int64_t count_pairs(const Relation& products) {
  return (std::llround(products.cast<double>().sum()) - products.rows()) / 2;
}

}  // namespace

ClosureGrowth grow_closure(const Task& task, std::span<const Sample> train, Deduction deduction) {
  require_combination("grow_closure", task, Combination::matrix_product);
  ClosureGrowth growth;
  growth.train.assign(train.begin(), train.end());
  growth.round_of.assign(static_cast<std::size_t>(task.sample_count()), -1);
  Relation products = start_of(task, train);
  for (int round = 0;; ++round) {
    growth.implied.push_back(count_pairs(products));
    for (Index k = 0; k < task.sample_count(); ++k) {
      int& of = growth.round_of[static_cast<std::size_t>(k)];
      const bool joined = std::any_of(train.begin(), train.end(),
                                      [&](Sample s) { return products(k, task.index(s)) > 0.5F; });
      of = of < 0 && joined ? round : of;
    }
    const Relation next = one_round(products, task.symbols(), deduction);
    if (next == products) {
      return growth;
    }
    products = next;
  }
}

ClosureGrowth first_growth(const Task& task, Index train, int rounds) {
  const char* where = "first_growth";
  require_in_range(where, "rounds", rounds, 1, 100);
  const std::int64_t P0 = count_parallelograms(group_by_output(task));
  for (std::int64_t seed = 0; seed < most_seeds; ++seed) {
    const auto D = draw_training_set(task, train, static_cast<std::uint64_t>(seed));
    ClosureGrowth growth = grow_closure(task, D, Deduction::chain_and_flip);
    growth.seed = seed;
    if (growth.implied.back() == P0 && std::ssize(growth.implied) == rounds + 1) {
      return growth;
    }
  }
  reject(
      where, "rounds", fmt::format("{}", rounds),
      fmt::format("a number that one of {} training sets of {} samples takes", most_seeds, train));
}

}  // namespace grok
