#include "compare/referee/league.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include "core/parallel.hpp"
#include "core/progress.hpp"

namespace grok {
namespace {

void score_contestant(const HeldOutStudy& study, std::size_t contestant, Standing& standing) {
  for (const MeasureInfo& info : measures()) {
    standing.scores.push_back(measured(study, info.measure, contestant));
  }
  standing.calibration = calibration_of(study, contestant);
  for (std::size_t r = 0; r < study.runs.size(); ++r) {
    const auto& steps = study.forecasts[contestant][r].steps;
    const Observed& observed = study.observed[r];
    if (steps && told_to_get_there(*steps, observed.budget)) {
      ++standing.told;
      standing.told_there += observed.steps ? 1 : 0;
    } else if (steps) {
      ++standing.told_not;
      standing.told_not_there += observed.steps ? 1 : 0;
    }
  }
}

void compare_contestant(const League& league, std::size_t contestant, Standing& standing) {
  for (std::size_t m = 0; m < measures().size(); ++m) {
    const MeasureInfo& info = measures()[m];
    const auto minus = [&](std::optional<std::size_t> other) {
      return info.compared && other && *other != contestant
                 ? measured_difference(league.study, info.measure, contestant, *other)
                 : no_score();
    };
    standing.to_null.push_back(minus(0));
    standing.to_best.push_back(minus(league.best[m]));
  }
}

}  // namespace

const Score& Standing::score(Measure measure) const {
  return scores.at(static_cast<std::size_t>(measure));
}

League score_league(HeldOutStudy study, int threads) {
  League league;
  league.study = std::move(study);
  league.seeds = std::ssize(std::set(league.study.seeds.begin(), league.study.seeds.end()));
  for (const Observed& observed : league.study.observed) {
    ++(observed.steps ? league.reached : league.censored);
    league.diverged += observed.diverged && !observed.steps ? 1 : 0;
  }
  league.pairs = pairs_of(league.study);
  const std::int64_t count = std::ssize(league.study.contestants);
  league.standings.resize(static_cast<std::size_t>(count));
  const auto for_each = [&](auto&& job) {
    parallel_for(count, threads, [&](std::int64_t k) {
      const auto c = static_cast<std::size_t>(k);
      job(c, league.standings[c]);
    });
  };
  for_each([&](std::size_t c, Standing& s) { score_contestant(league.study, c, s); });
  for (const MeasureInfo& info : measures()) {
    const auto order = ranking(league, info.measure);
    league.best.push_back(info.compared && !order.empty() ? std::optional(order[0]) : std::nullopt);
  }
  for_each([&](std::size_t c, Standing& s) { compare_contestant(league, c, s); });
  return league;
}

League judge(std::span<const Theory> theories, std::span<const Run> runs,
             std::span<const Outcome> outcomes, const Event& event, int threads) {
  Forecasts forecasts;
  {
    Progress progress("forecasts", std::ssize(theories) * std::ssize(runs));
    forecasts = forecast_runs(theories, runs, event, threads, [&] { progress.advance(); });
  }
  League league = score_league(hold_out(theories, runs, outcomes, forecasts, event), threads);
  league.costs = std::move(forecasts.costs);
  return league;
}

bool repeats(const HeldOutStudy& study, std::size_t contestant) {
  const auto& all = study.contestants;
  return all[contestant].fitted && all[contestant - 1].theory == all[contestant].theory;
}

std::vector<std::size_t> ranking(const League& league, Measure measure) {
  const auto value = [&](std::size_t c) {
    return league.standings[c].score(measure).estimate.value;
  };
  std::vector<std::size_t> order;
  for (std::size_t c = 0; c < league.standings.size(); ++c) {
    if (!std::isnan(value(c))) {
      order.push_back(c);
    }
  }
  const bool smaller = info_of(measure).smaller_is_better;
  const std::int64_t runs = league.standings.front().score(measure).count;
  const auto place = [&](std::size_t c) {  // less: above
    const bool fewer = league.standings[c].score(measure).count < runs;
    return std::pair(fewer, smaller ? value(c) : -value(c));
  };
  std::ranges::stable_sort(order, {}, place);
  return order;
}

}  // namespace grok
