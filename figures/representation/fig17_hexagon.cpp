// Sample run:  groktheory figure fig17 --profile quick
#include "figures/representation/fig17_hexagon.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <Eigen/QR>
#include <algorithm>

#include "compare/statistics/statistics.hpp"
#include "core/errors.hpp"
#include "core/random.hpp"
#include "figures/script.hpp"
#include "figures/study_runs.hpp"
#include "theory/groups.hpp"
#include "theory/matrix_representation.hpp"

namespace grok {
namespace {

using Eigen::MatrixXd;

constexpr Index permuted = 3;
constexpr std::uint64_t reference_seed = 0;
constexpr double significance = 0.05;

/// Inversions of the permutation that starts at `first`.
bool is_even(std::span<const std::int32_t> permutation) {
  int inversions = 0;
  for (std::size_t i = 0; i < permutation.size(); ++i) {
    for (std::size_t j = i + 1; j < permutation.size(); ++j) {
      inversions += permutation[i] > permutation[j] ? 1 : 0;
    }
  }
  return inversions % 2 == 0;
}

void name_permutations(HexagonData& data) {
  const auto numbers = permutations_of(permuted);
  for (std::size_t k = 0; k < numbers.size(); k += permuted) {
    const auto one = std::span(numbers).subspan(k, permuted);
    data.names.push_back(fmt::format("{}", fmt::join(one, "")));
    data.even.push_back(is_even(one));
  }
}

MatrixXd random_matrix(Index rows, Index columns, RandomStream& stream) {
  MatrixXd R(rows, columns);
  for (Index i = 0; i < rows; ++i) {
    for (Index j = 0; j < columns; ++j) {
      R(i, j) = stream.normal();
    }
  }
  return R;
}

/// The permutation matrices of S3 as rows: (M_a)_{i,a(i)} = 1.
MatrixXd exact_matrices() {
  const auto numbers = permutations_of(permuted);
  MatrixXd R = MatrixXd::Zero(hexagon_corners, permuted * permuted);
  for (Index k = 0; k < hexagon_corners; ++k) {
    for (Index i = 0; i < permuted; ++i) {
      R(k, i * permuted + numbers[static_cast<std::size_t>(k * permuted + i)]) = 1;
    }
  }
  return R;
}

/// Many components: `next()` gives one set.
template <class Next>
Reference reference_of(std::int64_t draws, std::vector<HexagonFit>& fits, const Next& next) {
  Reference reference;
  std::vector<std::vector<double>> explained(shown_components);
  for (std::int64_t k = 0; k < draws; ++k) {
    const PrincipalComponents components = next();
    const PlaneFits planes = fit_planes(components.scores);
    fits.push_back(planes.first_third);
    reference.first_third.push_back(planes.first_third.deviation);
    reference.best.push_back(planes.best);
    for (Index c = 0; c < shown_components; ++c) {
      explained[static_cast<std::size_t>(c)].push_back(components.explained[c]);
    }
  }
  std::sort(reference.first_third.begin(), reference.first_third.end());
  std::sort(reference.best.begin(), reference.best.end());
  for (const auto& values : explained) {
    reference.explained.push_back(
        {quantile(values, 0.025), quantile(values, 0.5), quantile(values, 0.975)});
  }
  return reference;
}

double hexagon_share(const HexagonData& data, const std::vector<HexagonFit>& fits) {
  const auto count = std::count_if(
      fits.begin(), fits.end(), [&data](const HexagonFit& fit) { return is_hexagon(data, fit); });
  return static_cast<double>(count) / static_cast<double>(fits.size());
}

void find_references(HexagonData& data, std::int64_t draws) {
  require_in_range("collect_hexagon", "draws", draws, std::int64_t{40}, std::int64_t{1'000'000});
  data.draws = draws;
  RandomStream random(reference_seed, "random matrices"), turns(reference_seed, "turns");
  std::vector<HexagonFit> random_fits, exact_fits;
  data.random = reference_of(draws, random_fits, [&random] {
    return principal_components(random_matrix(hexagon_corners, permuted * permuted, random));
  });
  const PrincipalComponents exact = principal_components(exact_matrices());
  data.exact = reference_of(draws, exact_fits, [&exact, &turns] {
    // Four equal variances: any four orthogonal directions (Haar) could be the components.
    const Eigen::HouseholderQR<MatrixXd> qr(random_matrix(4, 4, turns));
    PrincipalComponents turned = exact;
    turned.scores.leftCols(4) = exact.scores.leftCols(4) * MatrixXd(qr.householderQ());
    return turned;
  });
  data.limit = quantile(data.random.first_third, significance);
  data.random.hexagons = hexagon_share(data, random_fits);
  data.exact.hexagons = hexagon_share(data, exact_fits);
}

void find_shown(HexagonData& data) {
  const auto first = std::find_if(data.runs.begin(), data.runs.end(),
                                  [](const HexagonRun& run) { return run.high; });
  const auto highest =
      std::max_element(data.runs.begin(), data.runs.end(),
                       [](const HexagonRun& x, const HexagonRun& y) { return x.rqi < y.rqi; });
  data.shown =
      static_cast<std::size_t>((first != data.runs.end() ? first : highest) - data.runs.begin());
}

std::vector<Claim> draw(const Figure& figure, const FigureContext& context) {
  const std::vector<toy::RunSpec> specs = toy::figure_runs(figure, context.profile);
  const toy::TrainedNetworks networks = train_networks(figure, context, specs);
  const HexagonData data =
      collect_hexagon(specs, networks.records, networks.embeddings, theory_draws(context));
  publish(figure, context, draw_hexagon(data, command_of(figure, context)), report_hexagon(data));
  return claims_of_hexagon(data);
}

std::string median_text(const std::vector<double>& values) {
  return values.empty() ? "none" : with_interval(median_interval(values));
}

std::string range_text(const std::vector<double>& sorted) {
  return fmt::format("{} [{}, {}]", rounded(quantile(sorted, 0.5)),
                     rounded(quantile(sorted, 0.025)), rounded(quantile(sorted, 0.975)));
}

std::string hexagon_share_text(const HexagonData& data) {
  return data.high == 0 ? "no network with high RQI"
                        : fmt::format("{} of {} networks with RQI > {}: {}", data.hexagons,
                                      data.high, to_text(data.rqi_threshold),
                                      with_interval(wilson(data.hexagons, data.high)));
}

}  // namespace

std::vector<double> deviations(const HexagonData& data, bool high, bool best) {
  std::vector<double> values;
  for (const HexagonRun& run : data.runs) {
    if (run.high == high) {
      values.push_back(best ? run.fits.best : run.fits.first_third.deviation);
    }
  }
  return values;
}

bool is_hexagon(const HexagonData& data, const HexagonFit& fit) {
  return fit.convex && fit.deviation < data.limit;
}

bool parities_alternate(const HexagonData& data, const HexagonFit& fit) {
  std::array<bool, 6> ring{};
  for (std::size_t k = 0; k < ring.size(); ++k) {
    ring[static_cast<std::size_t>(fit.corner[k])] = data.even[k];
  }
  for (std::size_t k = 0; k < ring.size(); ++k) {
    if (ring[k] == ring[(k + 1) % ring.size()]) {
      return false;
    }
  }
  return true;
}

HexagonData collect_hexagon(std::span<const toy::RunSpec> specs,
                            std::span<const toy::Record> records,
                            std::span<const Eigen::MatrixXd> embeddings, std::int64_t draws) {
  const char* where = "collect_hexagon";
  const auto count = std::ssize(specs);
  require_in_range(where, "runs", count, Index{1}, Index{max_study_runs});
  require_in_range(where, "records", std::ssize(records), count, count);
  require_in_range(where, "embeddings", std::ssize(embeddings), count, count);
  HexagonData data;
  data.budget = specs.front().steps;
  data.train = specs.front().train;
  data.samples = task_of(specs.front()).sample_count();
  data.rqi_threshold = specs.front().rqi_threshold;
  name_permutations(data);
  find_references(data, draws);
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
    HexagonRun run{specs[k].seed,
                   records[k].rqi,
                   records[k].accuracy,
                   records[k].rqi > data.rqi_threshold,
                   principal_components(normalise_matrices(embeddings[k])),
                   {}};
    run.fits = fit_planes(run.components.scores);
    data.high += run.high ? 1 : 0;
    data.hexagons += run.high && is_hexagon(data, run.fits.first_third) ? 1 : 0;
    data.runs.push_back(std::move(run));
  }
  if (data.runs.empty()) {
    reject(where, "runs", "all diverged", "one or more that did not");
  }
  find_shown(data);
  return data;
}

std::vector<Claim> claims_of_hexagon(const HexagonData& data) {
  const HexagonRun& shown = data.runs[data.shown];
  Claim claim{
      "in the PC1-PC3 plane the six trained matrices of S3 form a hexagon",
      "Liu et al. 2022, App. H.2, Fig. 17",
      "a hexagon, one network",
      fmt::format("{}; in the run drawn (seed {}) {} of the squared distances is not that of "
                  "a regular hexagon",
                  hexagon_share_text(data), shown.seed,
                  rounded(shown.fits.first_third.deviation, 2)),
      Verdict::open,
      {}};
  if (data.high > 0) {
    const Estimate share = wilson(data.hexagons, data.high);
    claim.verdict = data.hexagons == 0 ? Verdict::differs
                    : share.low > 0.5  ? Verdict::agrees
                                       : Verdict::partly;
    claim.remark = fmt::format(
        "a hexagon: convex, and nearer to a regular one than 95% of random matrices. An exact "
        "representation has four equal variances, so its planes are arbitrary: {} of random ones "
        "show a hexagon (random matrices: {}; {} draws each)",
        rounded(data.exact.hexagons, 2), rounded(data.random.hexagons, 2), data.draws);
  }
  return {claim};
}

std::string report_hexagon(const HexagonData& data) {
  const HexagonRun& shown = data.runs[data.shown];
  std::string text = fmt::format(
      "  {} networks ({} diverged, left out), |D| = {} of {}, {} steps; RQI > {} at the end: {}\n",
      std::ssize(data.runs) + data.diverged, data.diverged, data.train, data.samples, data.budget,
      to_text(data.rqi_threshold), data.high);
  std::vector<std::string> explained;
  for (const double share : shown.components.explained) {
    explained.push_back(rounded(share));
  }
  const HexagonFit& fit = shown.fits.first_third;
  text += fmt::format(
      "  drawn: seed {} ({}), RQI {}, Acc {}; variance of PC1 to PC5 {}\n"
      "    PC1-PC3: deviation {}, {}convex, parities {}\n",
      shown.seed, shown.high ? "the first with high RQI" : "that of the highest RQI",
      rounded(shown.rqi), rounded(shown.accuracy), fmt::join(explained, ", "),
      rounded(fit.deviation), fit.convex ? "" : "not ",
      parities_alternate(data, fit) ? "alternate" : "do not alternate");
  text += fmt::format(
      "  a hexagon in PC1-PC3 (convex, deviation below {}, the lowest 5% of random matrices): {}\n"
      "    exact representation, random planes {}; random matrices {}  ({} draws)\n",
      rounded(data.limit), hexagon_share_text(data), rounded(data.exact.hexagons, 2),
      rounded(data.random.hexagons, 2), data.draws);
  text +=
      "  deviation from a regular hexagon, medians (95%)   PC1-PC3                  best plane of "
      "PC1-PC4\n";
  const auto row = [&text](const std::string& name, const std::string& third,
                           const std::string& best) {
    text += fmt::format("    {:<47} {:<24} {}\n", name, third, best);
  };
  for (const bool high : {true, false}) {
    row(fmt::format("networks, {} RQI (interval of the median)", high ? "high" : "lower"),
        median_text(deviations(data, high, false)), median_text(deviations(data, high, true)));
  }
  row("exact representation (range of planes)", range_text(data.exact.first_third),
      range_text(data.exact.best));
  row("random matrices (range of draws)", range_text(data.random.first_third),
      range_text(data.random.best));
  return text;
}

Figure fig17_hexagon(std::string_view toml) {
  return {"fig17_hexagon", "Permutation matrices by principal components", false, toml, draw, toml};
}

}  // namespace grok
