// How steps change from one pair of rates to the next (declared in two_rate_fit.hpp).
#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

#include "compare/statistics/summary.hpp"
#include "compare/statistics/two_rate_fit.hpp"
#include "core/numbers.hpp"

namespace grok {
namespace {

struct Pair {
  double ratio = 0, slope = 0;
  std::int64_t seed = 0;
};

std::vector<double> distinct_rates(std::span<const RatedSteps> points, double RatedSteps::*rate) {
  std::vector<double> rates;
  for (const RatedSteps& p : points) {
    rates.push_back(p.*rate);
  }
  std::ranges::sort(rates);
  rates.erase(std::ranges::unique(rates).begin(), rates.end());
  return rates;
}

std::vector<Pair> neighbours(std::span<const RatedSteps> points, RateChange change) {
  check_rated(points);
  const auto of_x = distinct_rates(points, &RatedSteps::representation_rate),
             of_y = distinct_rates(points, &RatedSteps::decoder_rate);
  const auto place = [](const std::vector<double>& rates, double rate) {
    return std::ranges::lower_bound(rates, rate) - rates.begin();
  };
  using Key = std::tuple<std::int64_t, std::ptrdiff_t, std::ptrdiff_t>;  // block, places
  std::map<Key, const RatedSteps*> grid;
  for (const RatedSteps& p : points) {
    grid[{p.block, place(of_x, p.representation_rate), place(of_y, p.decoder_rate)}] = &p;
  }
  const int dx = change == RateChange::decoder ? 0 : 1;
  const int dy = change == RateChange::representation ? 0 : 1;
  std::vector<Pair> pairs;
  for (const auto& [key, p] : grid) {
    const auto& [block, x, y] = key;
    const auto found = grid.find({block, x + dx, y + dy});
    if (found == grid.end()) {
      continue;
    }
    const RatedSteps& q = *found->second;
    const double rise_x = std::log(q.representation_rate / p->representation_rate),
                 rise_y = std::log(q.decoder_rate / p->decoder_rate);
    constexpr double rounding = 1e-9;
    if (change == RateChange::both && std::abs(rise_x - rise_y) > rounding) {
      continue;  // not by the same factor
    }
    const double ratio = std::sqrt(p->representation_rate * q.representation_rate /
                                   (p->decoder_rate * q.decoder_rate));
    pairs.push_back({ratio, std::log(q.steps / p->steps) / std::max(rise_x, rise_y), p->seed});
  }
  return pairs;
}

RateSlope median_of(const std::vector<Pair>& pairs) {
  std::vector<double> slopes;
  std::vector<std::int64_t> seeds;
  for (const Pair& pair : pairs) {
    slopes.push_back(pair.slope);
    seeds.push_back(pair.seed);
  }
  return {pairs.front().ratio,
          bootstrap_number("local_slopes", seeds, figure_resamples, figure_bootstrap_seed,
                           [&slopes](std::span<const std::size_t> chosen) {
                             std::vector<double> drawn;
                             for (const std::size_t k : chosen) {
                               drawn.push_back(slopes[k]);
                             }
                             return quantile(std::move(drawn), 0.5);
                           })
              .estimate,
          std::ssize(pairs)};
}

}  // namespace

std::vector<RateSlope> local_slopes(std::span<const RatedSteps> points, RateChange change) {
  std::map<std::int64_t, std::vector<Pair>> by_ratio;  // ln ratio, equal up to rounding
  for (const Pair& pair : neighbours(points, change)) {
    by_ratio[std::llround(std::log(pair.ratio) * 1e6)].push_back(pair);
  }
  std::vector<RateSlope> slopes;
  for (const auto& [ratio, pairs] : by_ratio) {
    slopes.push_back(median_of(pairs));
  }
  return slopes;
}

RateSlope median_slope(std::span<const RatedSteps> points, RateChange change) {
  const std::vector<Pair> pairs = neighbours(points, change);
  if (pairs.empty()) {
    return {not_a_number, {not_a_number, not_a_number, not_a_number}, 0};
  }
  RateSlope slope = median_of(pairs);
  slope.ratio = not_a_number;
  return slope;
}

}  // namespace grok
