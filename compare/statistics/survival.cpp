// Kaplan-Meier (declared in statistics.hpp).
//   S(t) = prod over t_i <= t of (1 - d_i/n_i);   Greenwood: Var ln S = sum d_i / (n_i (n_i - d_i))
//   ln(-ln S) is nearly normal: bounds S^exp(+-z se), se = sqrt(Var ln S)/|ln S|
// Source: Kalbfleisch & Prentice 2002, section 1.4; Brookmeyer & Crowley 1982 for the median.
#include <algorithm>
#include <cmath>
#include <limits>

#include "compare/statistics/intervals.hpp"
#include "compare/statistics/statistics.hpp"
#include "core/errors.hpp"

namespace grok {
namespace {

struct Step {  // what happens at one time
  double time = 0;
  std::int64_t at_risk = 0;  // n_i: everybody not gone before
  std::int64_t reached = 0;  // d_i
  std::int64_t censored = 0;
};

std::vector<Step> steps_of(std::span<const Waiting> waiting) {
  if (waiting.empty()) {
    reject("kaplan_meier", "count", "0", "1 or more");
  }
  for (const Waiting& w : waiting) {
    require_in_range("kaplan_meier", "time", w.time, 0.0, std::numeric_limits<double>::max());
  }
  std::vector<Waiting> sorted(waiting.begin(), waiting.end());
  std::sort(sorted.begin(), sorted.end(),
            [](const Waiting& a, const Waiting& b) { return a.time < b.time; });
  std::vector<Step> steps;
  auto at_risk = static_cast<std::int64_t>(sorted.size());
  for (const Waiting& w : sorted) {
    if (steps.empty() || steps.back().time != w.time) {
      steps.push_back({w.time, at_risk, 0, 0});
    }
    ++(w.reached ? steps.back().reached : steps.back().censored);
    --at_risk;
  }
  return steps;
}

std::optional<double> first_time(const KaplanMeier& km, const std::vector<double>& share,
                                 double limit) {
  const auto place =
      std::find_if(share.begin(), share.end(), [limit](double s) { return s <= limit; });
  return place == share.end()
             ? std::nullopt
             : std::optional(km.times[static_cast<std::size_t>(place - share.begin())]);
}

}  // namespace

KaplanMeier kaplan_meier(std::span<const Waiting> waiting, double confidence) {
  const double z = normal_half_width("kaplan_meier", confidence);
  KaplanMeier km;
  km.count = static_cast<std::int64_t>(waiting.size());
  // Between censorings the product telescopes to before * left / start: without any S is k/n itself
  // and meets 1/2 exactly.
  double before = 1, greenwood = 0;
  std::int64_t start = km.count;
  for (const Step& step : steps_of(waiting)) {
    const std::int64_t left = step.at_risk - step.reached;
    const double s = before * static_cast<double>(left) / static_cast<double>(start);
    if (step.reached > 0) {
      km.times.push_back(step.time);
      km.surviving.push_back(s);
      if (left > 0) {
        greenwood += static_cast<double>(step.reached) /
                     (static_cast<double>(step.at_risk) * static_cast<double>(left));
        const double spread = std::exp(z * std::sqrt(greenwood) / -std::log(s));
        km.low.push_back(std::pow(s, spread));
        km.high.push_back(std::pow(s, 1 / spread));
      } else {
        const double none_left = wilson(0, step.at_risk, confidence).high;
        km.low.push_back(0);
        km.high.push_back(km.high.empty() ? none_left : std::min(km.high.back(), none_left));
      }
    }
    if (step.censored > 0) {
      before = s;
      start = left - step.censored;
      km.censored += step.censored;
    }
  }
  // With censoring S = 1/2 may be missed by the rounding of one product per censoring.
  const double rounding =
      4 * std::numeric_limits<double>::epsilon() * static_cast<double>(km.censored);
  km.median = first_time(km, km.surviving, 0.5 * (1 + rounding));
  km.median_low = first_time(km, km.low, 0.5);
  km.median_high = first_time(km, km.high, 0.5);
  return km;
}

}  // namespace grok
