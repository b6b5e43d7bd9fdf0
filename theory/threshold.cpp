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

}  // namespace

ThresholdCounts count_unique(const Task& task, std::int64_t draws, std::uint64_t seed,
                             int threads) {
  require_in_range("threshold", "draws", draws, std::int64_t{1}, max_draws);
  const Index all = task.sample_count();
  const Index full = full_nullity(task);
  std::vector<Index> needed(static_cast<std::size_t>(draws));
  parallel_for(draws, threads, [&](std::int64_t draw) {
    needed[static_cast<std::size_t>(draw)] = samples_needed(task, full, seed, draw);
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

RateDraws draw_rates(const Task& task, std::int64_t draws, std::uint64_t seed, int threads,
                     Normalisation normalisation) {
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
