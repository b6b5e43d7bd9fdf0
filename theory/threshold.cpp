#include "theory/threshold.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "core/errors.hpp"
#include "core/parallel.hpp"
#include "core/random.hpp"
#include "theory/coverage.hpp"
#include "theory/structure.hpp"

namespace grok {
namespace {

constexpr std::int64_t max_draws = 10'000'000;
constexpr std::int64_t max_rates = 200'000'000;  // 1.6 GB

RandomStream order_stream(std::uint64_t seed, std::int64_t draw) {
  return {seed, fmt::format("threshold/{}", draw)};
}

/// What a D that is unique has.
struct Whole {
  Index nullity;
  Index covered;
  Index rows;  // at least
};

Whole whole_of(const Task& task) {
  const Index nullity = full_nullity(task);
  return {nullity, coverable_symbols(task), task.symbols() - nullity};
}

/// Samples of a draw's order until so many.
struct SizesNeeded {
  Index covered = 0;
  Index rows = 0;
  Index unique = 0;
};

bool is_unique(const Task& task, const Whole& whole, std::span<const Sample> train) {
  return exact_nullity(task.symbols(), group_by_output(task, train), whole.nullity) ==
         whole.nullity;
}

// Only a front of the order is drawn, longer if it was not enough: orders of one stream are nested.
// D is not unique before it is covered and has its rows; what is left of the null space then is
// small.
SizesNeeded sizes_needed(const Task& task, const Whole& whole, std::uint64_t seed,
                         std::int64_t draw) {
  const Index all = task.sample_count();
  const auto p = static_cast<double>(task.symbols());
  const auto guess = static_cast<Index>(0.75 * p * std::log(p)) + 32;
  SizesNeeded needed{-1, -1, -1};
  GrowingCoverage coverage(task);
  std::optional<GrowingStructure> structure;  // once D could be unique
  std::vector<Sample> front;
  for (Index size = std::min(all, guess);; size = std::min(all, 2 * size)) {
    const auto order = order_stream(seed, draw).sample(all, size);
    for (Index added = std::ssize(front); added <= size; ++added) {
      if (needed.covered < 0 && coverage.covered() == whole.covered) {
        needed.covered = added;
      }
      if (needed.rows < 0 && coverage.rows() >= whole.rows) {
        needed.rows = added;
      }
      if (!structure && needed.covered >= 0 && needed.rows >= 0) {
        if (is_unique(task, whole, front)) {  // mostly so
          needed.unique = added;
          return needed;
        }
        structure.emplace(task, front);
      }
      if (structure && structure->nullity() == whole.nullity) {
        needed.unique = added;
        return needed;
      }
      if (added < size) {
        front.push_back(task.sample(order[static_cast<std::size_t>(added)]));
        structure ? structure->add(front.back()) : coverage.add(front.back());
      }
    }
  }
}

// The same for the closure of products: samples needed before all of P0 is implied.
Index samples_to_close(const Task& task, std::int64_t P0, std::uint64_t seed, std::int64_t draw,
                       Deduction deduction) {
  const Index all = task.sample_count();
  ProductClosure closure(task.symbols(), deduction);
  std::vector<Sample> first(static_cast<std::size_t>(task.outputs()), Sample{-1, -1});
  Index added = 0;
  for (const Index k : order_stream(seed, draw).sample(all, all)) {
    if (closure.implied() == P0) {
      break;
    }
    const Sample s = task.sample(k);
    Sample& lead = first[static_cast<std::size_t>(task.output(s))];
    if (lead.i < 0) {
      lead = s;
    } else {
      closure.add({lead, s});
    }
    ++added;
  }
  return added;
}

// Counts, for each size, the draws that needed no more.
ThresholdCounts count_reached(Index all, const std::vector<Index>& needed) {
  ThresholdCounts counts{all, std::ssize(needed),
                         std::vector<std::int64_t>(static_cast<std::size_t>(all) + 1)};
  for (const Index n : needed) {
    ++counts.unique[static_cast<std::size_t>(n)];
  }
  for (std::size_t n = 1; n < counts.unique.size(); ++n) {
    counts.unique[n] += counts.unique[n - 1];
  }
  return counts;
}

void require_draws(std::int64_t draws) {
  require_in_range("threshold", "draws", draws, std::int64_t{1}, max_draws);
}

}  // namespace

UniqueSizes draw_unique_sizes(const Task& task, std::int64_t draws, std::uint64_t seed,
                              int threads) {
  require_combination("threshold", task, Combination::sum);
  require_draws(draws);
  const Whole whole = whole_of(task);
  UniqueSizes sizes;
  sizes.samples = task.sample_count();
  sizes.covered.resize(static_cast<std::size_t>(draws));
  sizes.rows.resize(static_cast<std::size_t>(draws));
  sizes.unique.resize(static_cast<std::size_t>(draws));
  parallel_for(draws, threads, [&](std::int64_t draw) {
    const SizesNeeded needed = sizes_needed(task, whole, seed, draw);
    sizes.covered[static_cast<std::size_t>(draw)] = needed.covered;
    sizes.rows[static_cast<std::size_t>(draw)] = needed.rows;
    sizes.unique[static_cast<std::size_t>(draw)] = needed.unique;
  });
  return sizes;
}

ThresholdCounts count_unique(const Task& task, std::int64_t draws, std::uint64_t seed,
                             int threads) {
  require_in_range("threshold", "|D0|", task.sample_count(), Index{1}, max_listed_samples);
  return count_reached(task.sample_count(), draw_unique_sizes(task, draws, seed, threads).unique);
}

ThresholdCounts count_complete(const Task& task, std::int64_t draws, std::uint64_t seed,
                               int threads, Deduction deduction) {
  require_combination("closure threshold", task, Combination::matrix_product);
  require_draws(draws);
  const std::int64_t P0 = count_parallelograms(group_by_output(task));
  std::vector<Index> needed(static_cast<std::size_t>(draws));
  parallel_for(draws, threads, [&](std::int64_t draw) {
    needed[static_cast<std::size_t>(draw)] = samples_to_close(task, P0, seed, draw, deduction);
  });
  return count_reached(task.sample_count(), needed);
}

RateDraws draw_rates(const Task& task, std::int64_t draws, std::uint64_t seed, int threads,
                     Normalisation normalisation) {
  require_combination("rates", task, Combination::sum);
  const Index p = task.symbols();
  const Index all = task.sample_count();
  require_in_range("rates", "symbols", p, Index{2}, dense_spectrum_limit);
  require_in_range("rates", "draws", draws, std::int64_t{1}, max_rates / all);
  const Whole whole = whole_of(task);
  if (whole.nullity == p) {
    reject("rates", "task", describe(task), "one whose parallelograms say something");
  }
  RateDraws rates;
  rates.draws = draws;
  rates.lambda3.assign(static_cast<std::size_t>(all),
                       std::vector<double>(static_cast<std::size_t>(draws), 0.0));
  parallel_for(draws, threads, [&](std::int64_t draw) {
    const auto order = order_stream(seed, draw).sample(all, all);
    std::vector<Sample> train;
    for (Index k = 0; k < all; ++k) {
      train.push_back(task.sample(order[static_cast<std::size_t>(k)]));
    }
    const Index first = sizes_needed(task, whole, seed, draw).unique;
    for (Index n = std::max(first, Index{1}); n <= all; ++n) {
      const auto classes =
          group_by_output(task, std::span(train).first(static_cast<std::size_t>(n)));
      const double scale = hessian_scale(p, count_parallelograms(classes), normalisation);
      rates.lambda3[static_cast<std::size_t>(n - 1)][static_cast<std::size_t>(draw)] =
          dense_spectrum(p, classes, scale)[whole.nullity];
    }
  });
  return rates;
}

void DrawnCount::add(std::int64_t value) {
  sum += value;
  squares += value * value;
}

void DrawnCount::add(const DrawnCount& other) {
  sum += other.sum;
  squares += other.squares;
}

IdealDraws draw_ideal(const Task& task, std::int64_t draws, std::uint64_t seed, int threads) {
  require_in_range("ideal draws", "draws", draws, std::int64_t{2}, std::int64_t{1'000'000});
  const Index all = task.sample_count();
  const std::int64_t P0 = count_parallelograms(group_by_output(task));
  if (P0 == 0) {
    reject("ideal draws", "task", task.name(), "one with parallelograms: otherwise RQI is empty");
  }
  const std::vector<IdealDraws::Size> none(static_cast<std::size_t>(all));
  constexpr std::int64_t block = 250;
  std::vector<std::vector<IdealDraws::Size>> parts(
      static_cast<std::size_t>((draws + block - 1) / block), none);
  parallel_for(std::ssize(parts), threads, [&](std::int64_t part) {
    for (std::int64_t k = part * block; k < std::min(draws, (part + 1) * block); ++k) {
      std::vector<Sample> train;
      for (const Index s : order_stream(seed, k).sample(all, all)) {
        train.push_back(task.sample(s));
        const Structure found = analyse_structure(task, train);
        IdealDraws::Size& at = parts[static_cast<std::size_t>(part)][train.size() - 1];
        at.implied.add(found.implied_parallelograms);
        at.reached.add(std::llround(found.ideal_accuracy * static_cast<double>(all)));
        at.complete += found.implied_parallelograms == P0 ? 1 : 0;
      }
    }
  });
  IdealDraws result{all, P0, draws, none};
  for (const auto& part : parts) {
    for (std::size_t n = 0; n < part.size(); ++n) {
      result.sizes[n].implied.add(part[n].implied);
      result.sizes[n].reached.add(part[n].reached);
      result.sizes[n].complete += part[n].complete;
    }
  }
  return result;
}

}  // namespace grok
