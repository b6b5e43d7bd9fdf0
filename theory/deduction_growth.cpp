#include "theory/deduction_growth.hpp"

#include <fmt/format.h>

#include <Eigen/LU>
#include <Eigen/SVD>
#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <utility>

#include "core/errors.hpp"
#include "core/parallel.hpp"
#include "core/random.hpp"
#include "theory/training_set.hpp"

namespace grok {
namespace {

constexpr std::int64_t most_seeds = 10'000;
constexpr Index most_enumerated = 6;  // symbols

/// The x with left o x = output.
std::int32_t right_factor(const Task& task, std::int32_t left, Index output) {
  std::int32_t x = 0;
  while (task.output({left, x}) != output) {
    ++x;
  }
  return x;
}

/// The x with x o right = output.
std::int32_t left_factor(const Task& task, std::int32_t right, Index output) {
  std::int32_t x = 0;
  while (task.output({x, right}) != output) {
    ++x;
  }
  return x;
}

bool implied_by(const Task& task, std::span<const Parallelogram> premises,
                const Parallelogram& conclusion) {
  ProductClosure closure(task.symbols(), Deduction::chain);
  for (const Parallelogram& premise : premises) {
    closure.add(premise);
  }
  return closure.implies(conclusion);
}

bool two_are_enough(const Task& task, const std::array<Parallelogram, 4>& all) {
  for (std::size_t left_out = 0; left_out < 3; ++left_out) {
    const std::array<Parallelogram, 2> two = {all[(left_out + 1) % 3], all[(left_out + 2) % 3]};
    if (implied_by(task, two, all[3])) {
      return true;
    }
  }
  return false;
}

Parallelogram ordered(const Parallelogram& q) {
  return {std::min(q.first, q.second), std::max(q.first, q.second)};
}

bool all_different(const std::array<Parallelogram, 4>& list) {
  std::set<Parallelogram> seen;
  for (const Parallelogram& q : list) {
    if (q.first == q.second || !seen.insert(ordered(q)).second) {
      return false;
    }
  }
  return true;
}

/// How many different symbols stand on the left and on the right of products, then in all: the
/// more, the less special the example.
using Variety = std::pair<std::size_t, std::size_t>;

Variety variety_of(const ChainSymbols& symbols) {
  const auto [a, b, c, d, e, f, g, h] = symbols;
  return {std::set{a, b, e, f}.size() + std::set{c, d, g, h}.size(),
          std::set(symbols.begin(), symbols.end()).size()};
}

void look_at(const Task& task, const ChainSymbols& symbols, Variety& most, ChainExamples& found) {
  const auto all = parallelograms_of(symbols);
  if (!all_different(all)) {
    return;
  }
  ++found.count;
  const bool implied = implied_by(task, std::span(all).first(3), all[3]);
  const bool dispensable = implied && two_are_enough(task, all);
  found.implied += implied ? 1 : 0;
  found.dispensable += dispensable ? 1 : 0;
  const Variety variety = variety_of(symbols);
  const bool first = variety == most && symbols < found.drawn;
  if (implied && !dispensable && (variety > most || first)) {
    most = variety;
    found.drawn = symbols;
  }
}

Eigen::MatrixXd random_matrix(Eigen::Index size, RandomStream& stream) {
  Eigen::MatrixXd M(size, size);
  for (double& entry : M.reshaped()) {
    entry = stream.normal();
  }
  return M;
}

double condition(const Eigen::MatrixXd& M) {
  const auto values = Eigen::JacobiSVD<Eigen::MatrixXd>(M).singularValues();
  return values(0) / values(values.size() - 1);
}

double defect(const Eigen::MatrixXd& a, const Eigen::MatrixXd& h, const Eigen::MatrixXd& b,
              const Eigen::MatrixXd& g) {
  return (a * h - b * g).norm() / (a.norm() * h.norm() + b.norm() * g.norm());
}

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

std::array<Parallelogram, 4> parallelograms_of(const ChainSymbols& symbols) {
  const auto [a, b, c, d, e, f, g, h] = symbols;
  return {{{{a, d}, {b, c}}, {{f, c}, {e, d}}, {{e, h}, {f, g}}, {{a, h}, {b, g}}}};
}

ChainExamples find_chains(const Task& task) {
  const char* where = "find_chains";
  require_combination(where, task, Combination::matrix_product);
  require_in_range(where, "symbols", task.symbols(), Index{2}, most_enumerated);
  const auto p = static_cast<std::int32_t>(task.symbols());
  ChainExamples found;
  Variety most{};
  for (std::int32_t a = 0; a < p; ++a) {
    for (std::int32_t b = 0; b < p; ++b) {
      for (std::int32_t d = 0; d < p; ++d) {
        const std::int32_t c = right_factor(task, b, task.output({a, d}));
        for (std::int32_t e = 0; e < p; ++e) {
          const std::int32_t f = left_factor(task, c, task.output({e, d}));
          for (std::int32_t h = 0; h < p; ++h) {
            const std::int32_t g = right_factor(task, f, task.output({e, h}));
            look_at(task, {a, b, c, d, e, f, g, h}, most, found);
          }
        }
      }
    }
  }
  if (most == Variety{}) {
    reject(where, "task", fmt::format("{}, p = {}", task.name(), p),
           "one where three parallelograms imply a fourth");
  }
  return found;
}

ChainNumbers try_chain(std::int64_t draws, Eigen::Index size) {
  const char* where = "try_chain";
  require_in_range(where, "draws", draws, std::int64_t{1}, std::int64_t{1'000'000});
  require_in_range(where, "size", size, Eigen::Index{1}, Eigen::Index{100});
  constexpr double largest_condition = 1e4;
  RandomStream stream(0, "random matrices");
  ChainNumbers found;
  found.smallest_control = std::numeric_limits<double>::infinity();
  while (found.draws < draws) {
    const Eigen::MatrixXd a = random_matrix(size, stream), b = random_matrix(size, stream);
    const Eigen::MatrixXd d = random_matrix(size, stream), e = random_matrix(size, stream);
    const Eigen::MatrixXd h = random_matrix(size, stream), other = random_matrix(size, stream);
    const Eigen::MatrixXd c = b.partialPivLu().solve(a * d);  // ad = bc
    const Eigen::MatrixXd f = e * d * c.inverse();            // fc = ed
    const Eigen::MatrixXd g = f.partialPivLu().solve(e * h);  // eh = fg
    if (std::max({condition(c), condition(f), condition(g)}) < largest_condition) {
      ++found.draws;
      found.largest_error = std::max(found.largest_error, defect(a, h, b, g));
      found.smallest_control = std::min(found.smallest_control, defect(a, h, b, other));
    }
  }
  return found;
}

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

Eigen::MatrixXd implied_draws(const Task& task, std::int64_t draws, std::uint64_t seed, int threads,
                              Deduction deduction) {
  const char* where = "implied_draws";
  require_combination(where, task, Combination::matrix_product);
  require_in_range(where, "draws", draws, std::int64_t{1}, std::int64_t{1'000'000});
  const Index all = task.sample_count();
  const auto P0 = static_cast<double>(count_parallelograms(group_by_output(task)));
  Eigen::MatrixXd share(all, draws);
  parallel_for(draws, threads, [&](std::int64_t draw) {
    RandomStream stream(seed, fmt::format("threshold/{}", draw));
    ProductClosure closure(task.symbols(), deduction);
    std::vector<Sample> lead(static_cast<std::size_t>(task.outputs()), Sample{-1, -1});
    Index n = 0;
    for (const Index k : stream.sample(all, all)) {
      const Sample s = task.sample(k);
      Sample& first = lead[static_cast<std::size_t>(task.output(s))];
      if (first.i < 0) {
        first = s;
      } else {
        closure.add({first, s});
      }
      share(n++, draw) = static_cast<double>(closure.implied()) / P0;
    }
  });
  return share;
}

}  // namespace grok
