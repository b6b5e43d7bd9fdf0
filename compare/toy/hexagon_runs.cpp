#include "compare/toy/hexagon_runs.hpp"

#include <algorithm>

#include "compare/statistics/over_seeds.hpp"
#include "compare/study/study.hpp"
#include "core/errors.hpp"
#include "core/numbers.hpp"
#include "theory/groups.hpp"
#include "theory/matrix_representation.hpp"

namespace grok::toy {
namespace {

constexpr Index permuted = 3;
constexpr double significance = 0.05;

HexagonPlane plane_of(const PrincipalComponents& pc, Index component, double limit) {
  HexagonPlane plane{component, Eigen::MatrixXd(6, 2), 0, false, Eigen::MatrixXd(7, 2)};
  plane.points << pc.scores.col(0), pc.scores.col(component);
  const HexagonFit fit = fit_hexagon(plane.points);
  plane.deviation = fit.deviation;
  plane.hexagon = is_hexagon(fit, limit);
  for (Index k = 0; k < 6; ++k) {
    plane.nearest.row(fit.corner[static_cast<std::size_t>(k)]) = fit.nearest.row(k);
  }
  plane.nearest.row(6) = plane.nearest.row(0);
  return plane;
}

/// Both kinds of planes.
void add_deviations(HexagonRuns& data, const std::string& matrices, bool networks,
                    const std::vector<SixMatrices>& many) {
  constexpr Estimate none = {not_a_number, not_a_number, not_a_number};
  for (const bool best : {false, true}) {
    PlaneDeviations of{matrices,
                       best ? "best of PC1-PC4" : "PC1-PC3",
                       deviations(many, best),
                       none,
                       not_a_number,
                       not_a_number,
                       not_a_number};
    if (!many.empty()) {
      const auto at = [&of](double share) { return quantile(of.values, share); };
      of.median = networks ? median_interval(of.values) : Estimate{at(0.5), at(0.025), at(0.975)};
      of.lower_quartile = at(0.25);
      of.upper_quartile = at(0.75);
      of.hexagons = best ? not_a_number : hexagon_share(many, data.limit);
    }
    data.deviations.push_back(std::move(of));
  }
}

/// Everything but the runs themselves and their numbers.
void summarise(HexagonRuns& data, const std::vector<SixMatrices>& random,
               const std::vector<SixMatrices>& exact) {
  const auto first = std::ranges::find(data.runs, true, &HexagonRun::high);
  const auto shown =
      first != data.runs.end() ? first : std::ranges::max_element(data.runs, {}, &HexagonRun::rqi);
  data.shown = static_cast<std::size_t>(shown - data.runs.begin());
  for (const Index k : {0, 1}) {
    data.planes[static_cast<std::size_t>(k)] = plane_of(shown->six.components, k + 1, data.limit);
  }
  const auto networks = [&data](bool high) {
    std::vector<HexagonRun> runs = data.runs;
    std::erase_if(runs, [high](const HexagonRun& run) { return run.high != high; });
    return each_of(runs, &HexagonRun::six);
  };
  add_deviations(data, "networks, high RQI", true, networks(true));
  add_deviations(data, "networks, lower RQI", true, networks(false));
  add_deviations(data, "permutation matrices, random planes", false, exact);
  add_deviations(data, "random matrices", false, random);
  data.exact_explained = exact.front().components.explained;
  for (Index c = 0; c < hexagon_components; ++c) {
    const auto shares =
        each_of(random, [c](const SixMatrices& six) { return six.components.explained[c]; });
    data.random_explained.push_back(
        {quantile(shares, 0.5), quantile(shares, 0.025), quantile(shares, 0.975)});
  }
}

}  // namespace

HexagonRuns collect_hexagon(std::span<const RunSpec> specs, std::span<const Record> records,
                            std::span<const Eigen::MatrixXd> embeddings, std::int64_t draws,
                            std::uint64_t reference_seed) {
  const char* where = "collect_hexagon";
  const auto count = std::ssize(specs);
  require_in_range(where, "runs", count, Index{1}, Index{max_study_runs});
  require_in_range(where, "records", std::ssize(records), count, count);
  require_in_range(where, "embeddings", std::ssize(embeddings), count, count);
  const auto random = random_planes(draws, reference_seed);
  HexagonRuns data;
  data.budget = specs.front().steps;
  data.draws = draws;
  data.train = specs.front().train;
  data.samples = task_of(specs.front()).sample_count();
  data.rqi_threshold = specs.front().rqi_threshold;
  data.limit = quantile(deviations(random, false), significance);
  const auto even = even_permutations(permuted);
  for (std::size_t k = 0; k < specs.size(); ++k) {
    if (specs[k].task != "permutations") {
      reject(where, "task", specs[k].task, "permutations");
    }
    require_in_range(where, "symbols", specs[k].symbols, hexagon_corners, hexagon_corners);
    require_in_range(where, "steps", specs[k].steps, data.budget, data.budget);
    require_in_range(where, "train", specs[k].train, data.train, data.train);
    if (records[k].state == "diverged") {
      ++data.diverged;
      continue;
    }
    const SixMatrices six = analyse_six(normalise_matrices(embeddings[k]));
    const HexagonFit& fit = six.fits.first_third;
    data.runs.push_back({specs[k].seed, defined(records[k].rqi, "rqi"), records[k].accuracy,
                         records[k].rqi > data.rqi_threshold, six, is_hexagon(fit, data.limit),
                         alternates(fit, even)});
    const HexagonRun& run = data.runs.back();
    data.high += run.high ? 1 : 0;
    data.hexagons += run.high && run.hexagon ? 1 : 0;
  }
  if (data.runs.empty()) {
    reject(where, "runs", "all diverged", "one or more that did not");
  }
  summarise(data, random, permutation_planes(draws, reference_seed));
  return data;
}

}  // namespace grok::toy
