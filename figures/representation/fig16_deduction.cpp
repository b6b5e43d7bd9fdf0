// Sample run:  groktheory figure fig16
#include "figures/representation/fig16_deduction.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <Eigen/LU>
#include <Eigen/SVD>
#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "compare/statistics/intervals.hpp"
#include "core/errors.hpp"
#include "core/parallel.hpp"
#include "core/random.hpp"
#include "figures/script.hpp"
#include "figures/study_runs.hpp"
#include "figures/task_settings.hpp"
#include "theory/groups.hpp"
#include "theory/threshold.hpp"

namespace grok {
namespace {

constexpr std::uint64_t theory_seed = 58;  // as `threshold` without --seed
constexpr Index most_enumerated = 6;       // symbols
constexpr std::int64_t tried_matrices = 10'000;
constexpr double numerical_zero = 1e-9;  // largest condition number times rounding, and room

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

std::vector<std::string> permutation_names(Index symbols) {
  Index n = 2;
  while (factorial(n) < symbols) {
    ++n;
  }
  const auto numbers = permutations_of(n);
  std::vector<std::string> names;
  for (std::size_t k = 0; k < numbers.size(); k += static_cast<std::size_t>(n)) {
    names.push_back(fmt::format(
        "{}", fmt::join(std::span(numbers).subspan(k, static_cast<std::size_t>(n)), "")));
  }
  return names;
}

std::vector<Claim> draw(const Figure& figure, const FigureContext& context) {
  const TaskSettings settings = read_task_settings(figure);
  const DeductionData data = collect_deduction(
      settings.task, settings.table["train"].value_or(Index{0}),
      settings.table["rounds"].value_or(0), theory_draws(context), context.workers.threads);
  publish(figure, context, draw_deduction(data, command_of(figure, context)),
          report_deduction(data));
  return claims_of_deduction(data);
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

std::string equation(const DeductionData& data, const Parallelogram& q) {
  const auto name = [&data](std::int32_t s) { return data.names[static_cast<std::size_t>(s)]; };
  return fmt::format("E_{} E_{} = E_{} E_{}", name(q.first.i), name(q.first.j), name(q.second.i),
                     name(q.second.j));
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

std::vector<ImpliedShare> implied_shares(const Task& task, std::int64_t draws, std::uint64_t seed,
                                         int threads, Deduction deduction) {
  const char* where = "implied_shares";
  require_combination(where, task, Combination::matrix_product);
  require_in_range(where, "draws", draws, std::int64_t{2}, std::int64_t{1'000'000});
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
  std::vector<ImpliedShare> result;
  for (Index n = 0; n < all; ++n) {
    const Eigen::RowVectorXd row = share.row(n);
    const double mean = row.mean();
    const auto count = static_cast<double>(draws);
    const double error = std::sqrt((row.array() - mean).square().sum() / (count - 1) / count);
    const std::vector<double> values(row.data(), row.data() + draws);
    const double half = normal_half_width(where, default_confidence) * error;
    result.push_back({n + 1,
                      static_cast<double>(n + 1) / static_cast<double>(all),
                      draws,
                      {mean, mean - half, mean + half},
                      quantile(values, 0.25),
                      quantile(values, 0.75)});
  }
  return result;
}

DeductionData collect_deduction(const Task& task, Index train, int rounds, std::int64_t draws,
                                int threads) {
  if (task.name() != "permutations") {
    reject("collect_deduction", "task", task.name(), "permutations");
  }
  DeductionData data;
  data.symbols = task.symbols();
  data.samples = task.sample_count();
  data.parallelograms_all = count_parallelograms(group_by_output(task));
  data.names = permutation_names(task.symbols());
  for (const Sample s : task.samples()) {
    data.outputs.push_back(static_cast<std::int32_t>(task.output(s)));
  }
  data.chains = find_chains(task);
  data.numbers = try_chain(tried_matrices, 3);  // 3 x 3, as the paper's
  data.growth = first_growth(task, train, rounds);
  data.draws = draws;
  data.chain = implied_shares(task, draws, theory_seed, threads, Deduction::chain);
  data.both = implied_shares(task, draws, theory_seed, threads, Deduction::chain_and_flip);
  data.chain_threshold =
      summarise_threshold(count_complete(task, draws, theory_seed, threads, Deduction::chain));
  data.both_threshold = summarise_threshold(count_complete(task, draws, theory_seed, threads));
  return data;
}

std::vector<Claim> claims_of_deduction(const DeductionData& data) {
  const ChainExamples& chains = data.chains;
  Claim rule;
  rule.statement =
      "three generalised parallelograms of invertible matrices imply a fourth: of ad = bc, fc = "
      "ed, eh = fg follows ah = bg";
  rule.source = "Liu et al. 2022, App. H.1";
  rule.published = "a derivation; no number";
  const ChainNumbers& numbers = data.numbers;
  rule.ours = fmt::format(
      "in {} sets of random invertible 3 x 3 matrices that satisfy the three, the fourth fails by "
      "{} at most (relative; without the third premise by {} at least)",
      numbers.draws, rounded(numbers.largest_error, 1), rounded(numbers.smallest_control, 1));
  const bool fails = numbers.largest_error > numerical_zero || chains.implied < chains.count;
  const bool shows = numbers.draws > 0 && numbers.smallest_control > numerical_zero;
  rule.verdict = fails ? Verdict::differs : shows ? Verdict::agrees : Verdict::open;
  rule.remark = fmt::format(
      "by construction the closure that uses this rule holds the fourth in {} of {} cases in S3, "
      "all there are; {} need all three",
      chains.implied, chains.count, chains.implied - chains.dispensable);
  return {rule};
}

std::string report_deduction(const DeductionData& data) {
  const ChainExamples& chains = data.chains;
  std::string text = fmt::format(
      "  permutations, p = {}; |P0| = {}\n"
      "  ad = bc, fc = ed, eh = fg => ah = bg: {} cases, the fourth in the closure of the three in "
      "{}, two enough in {}; exact\n",
      data.symbols, data.parallelograms_all, chains.count, chains.implied, chains.dispensable);
  text += fmt::format(
      "  on {} sets of random 3 x 3 matrices with the three premises: largest relative error of "
      "the "
      "fourth {}; smallest without the third premise {}\n",
      data.numbers.draws, rounded(data.numbers.largest_error, 2),
      rounded(data.numbers.smallest_control, 2));
  const auto drawn = parallelograms_of(chains.drawn);
  text += fmt::format("  drawn: {}, {}, {} => {}\n", equation(data, drawn[0]),
                      equation(data, drawn[1]), equation(data, drawn[2]), equation(data, drawn[3]));
  const ClosureGrowth& growth = data.growth;
  text += fmt::format(
      "  closure of |D| = {}, seed {} (the first that reaches all of P0 in {} rounds): "
      "parallelograms known after each round {}\n",
      growth.train.size(), growth.seed, growth.implied.size() - 1, fmt::join(growth.implied, ", "));
  text += fmt::format(
      "  all of P0 implied for half of random D: |D| = {} by both rules, {} by the paper's alone "
      "({} draws per size)\n",
      with_interval(data.both_threshold.critical_train, 4),
      with_interval(data.chain_threshold.critical_train, 4), data.draws);
  text +=
      "  share of P0 implied, mean of random D (95%), quartiles\n"
      "  |D|  fraction  both rules               quartiles       the paper's rule         "
      "quartiles\n";
  for (std::size_t k = 0; k < data.both.size(); ++k) {
    const ImpliedShare &both = data.both[k], &chain = data.chain[k];
    const auto quartiles = [](const ImpliedShare& s) {
      return fmt::format("{}, {}", rounded(s.lower_quartile), rounded(s.upper_quartile));
    };
    text += fmt::format("  {:<4} {:<9} {:<24} {:<15} {:<24} {}\n", both.train,
                        rounded(both.fraction), with_interval(both.mean), quartiles(both),
                        with_interval(chain.mean), quartiles(chain));
  }
  return text;
}

Figure fig16_deduction(std::string_view toml) {
  return {"fig16_deduction", "Parallelograms of matrices imply others", false, {}, draw, toml};
}

}  // namespace grok
