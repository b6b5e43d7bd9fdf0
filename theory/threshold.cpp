#include "theory/threshold.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/errors.hpp"
#include "core/parallel.hpp"
#include "core/random.hpp"

namespace grok {
namespace {

constexpr std::int64_t max_draws = 10'000'000;
constexpr std::int64_t max_rates = 200'000'000;  // 1.6 GB

RandomStream order_stream(std::uint64_t seed, std::int64_t draw) {
  return {seed, fmt::format("threshold/{}", draw)};
}

// Samples of the draw's order that are needed before the structure is unique. Of a large task only
// a front of the order is drawn, longer if it was not enough: orders of one stream are nested.
Index samples_needed(const Task& task, Index full, std::uint64_t seed, std::int64_t draw) {
  const Index all = task.sample_count();
  GrowingStructure structure(task);
  Index added = 0;
  for (Index size = std::min(all, 16 * task.symbols());; size = std::min(all, 2 * size)) {
    const auto order = order_stream(seed, draw).sample(all, size);
    for (; added < size; ++added) {
      if (structure.nullity() == full) {
        return added;
      }
      structure.add(task.sample(order[static_cast<std::size_t>(added)]));
    }
    if (size == all) {
      return all;
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

// Counts, for each size, the draws that needed no more: `needed(draw)`.
template <class Needed>
ThresholdCounts count_reached(const Task& task, std::int64_t draws, int threads,
                              const Needed& needed_by) {
  require_in_range("threshold", "draws", draws, std::int64_t{1}, max_draws);
  const Index all = task.sample_count();
  std::vector<Index> needed(static_cast<std::size_t>(draws));
  parallel_for(draws, threads, [&](std::int64_t draw) {
    needed[static_cast<std::size_t>(draw)] = needed_by(draw);
  });
  ThresholdCounts counts{all, draws, std::vector<std::int64_t>(static_cast<std::size_t>(all) + 1)};
  for (const Index n : needed) {
    ++counts.unique[static_cast<std::size_t>(n)];
  }
  for (std::size_t n = 1; n < counts.unique.size(); ++n) {
    counts.unique[n] += counts.unique[n - 1];
  }
  return counts;
}

}  // namespace

ThresholdCounts count_unique(const Task& task, std::int64_t draws, std::uint64_t seed,
                             int threads) {
  require_combination("threshold", task, Combination::sum);
  const Index full = full_nullity(task);
  return count_reached(task, draws, threads,
                       [&](std::int64_t draw) { return samples_needed(task, full, seed, draw); });
}

ThresholdCounts count_complete(const Task& task, std::int64_t draws, std::uint64_t seed,
                               int threads, Deduction deduction) {
  require_combination("closure threshold", task, Combination::matrix_product);
  const std::int64_t P0 = count_parallelograms(group_by_output(task));
  return count_reached(task, draws, threads, [&](std::int64_t draw) {
    return samples_to_close(task, P0, seed, draw, deduction);
  });
}

RateDraws draw_rates(const Task& task, std::int64_t draws, std::uint64_t seed, int threads,
                     Normalisation normalisation) {
  require_combination("rates", task, Combination::sum);
  const Index p = task.symbols();
  const Index all = task.sample_count();
  require_in_range("rates", "symbols", p, Index{2}, dense_spectrum_limit);
  require_in_range("rates", "draws", draws, std::int64_t{1}, max_rates / all);
  const Index full = full_nullity(task);
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
    const Index first = samples_needed(task, full, seed, draw);
    for (Index n = std::max(first, Index{1}); n <= all && full < p; ++n) {
      const auto classes =
          group_by_output(task, std::span(train).first(static_cast<std::size_t>(n)));
      const double scale = hessian_scale(p, count_parallelograms(classes), normalisation);
      rates.lambda3[static_cast<std::size_t>(n - 1)][static_cast<std::size_t>(draw)] =
          dense_spectrum(p, classes, scale)[full];
    }
  });
  return rates;
}

}  // namespace grok
