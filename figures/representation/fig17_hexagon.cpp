// Sample run:  groktheory figure fig17 --profile quick
#include "figures/representation/fig17_hexagon.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <limits>

#include "compare/statistics/statistics.hpp"
#include "core/errors.hpp"
#include "figures/panels/density.hpp"
#include "figures/panels/text.hpp"
#include "figures/settings.hpp"
#include "figures/study_runs.hpp"
#include "theory/groups.hpp"
#include "theory/matrix_representation.hpp"

namespace grok {
namespace {

constexpr Index permuted = 3;
constexpr double significance = 0.05;
constexpr double nothing = std::numeric_limits<double>::quiet_NaN();

// One colour for one kind of matrices, in c and d.
Style high_rqi() { return {.colour = look::blue, .width = 0.7, .opacity = 0.7}; }
Style lower_rqi() { return {.colour = look::sky, .width = 0.5, .opacity = 0.7}; }
Style exact_style() {
  return {.colour = look::vermilion, .width = 0.9, .symbol = Symbol::square, .size = 4};
}
Style random_style() { return {.colour = look::grey, .width = 0.7, .opacity = 0.3}; }

/// Matrices of one kind.
struct Matrices {
  std::string name, tic;
  Style style;
  bool networks = false;
  std::vector<SixMatrices> many = {};
};
std::array<Matrices, 4> kinds_of(const HexagonData& data) {
  std::array<Matrices, 4> kinds = {
      {{"networks, high RQI", "RQI > " + to_text(data.rqi_threshold), high_rqi(), true},
       {"networks, lower RQI", "lower RQI", lower_rqi(), true},
       {"permutation matrices, random planes", "permutation\\nmatrices", exact_style(), false,
        data.exact},
       {"random matrices", "random\\nmatrices", random_style(), false, data.random}}};
  for (const HexagonRun& run : data.runs) {
    kinds[run.high ? 0 : 1].many.push_back(run.six);
  }
  return kinds;
}

/// Medians of networks with their intervals, of the others with 95% of them.
CsvTable deviation_table(const HexagonData& data) {
  const auto median = [](bool best) {
    return [best](const Matrices& kind) {
      const auto values = deviations(kind.many, best);
      return values.empty()  ? Estimate{nothing, nothing, nothing}
             : kind.networks ? median_interval(values)
                             : Estimate{quantile(values, 0.5), quantile(values, 0.025),
                                        quantile(values, 0.975)};
    };
  };
  return table_of(kinds_of(data), column("of", &Matrices::name), column("third", median(false)),
                  column("best", median(true)));
}

std::string hexagon_share_text(const HexagonData& data) {
  return data.high == 0 ? "no network with high RQI"
                        : fmt::format("{} of {} networks with RQI > {}: {}", data.hexagons,
                                      data.high, to_text(data.rqi_threshold),
                                      with_interval(wilson(data.hexagons, data.high)));
}

bool parities_alternate(const HexagonFit& fit) {
  return alternates(fit, even_permutations(permuted));
}

std::vector<Claim> draw(const Figure& figure, const FigureContext& context) {
  Settings settings(figure, context.profile);
  const std::int64_t seed = settings.whole("reference_seed", 0, 1'000'000);
  settings.done();
  const std::vector<toy::RunSpec> specs = toy::figure_runs(figure, context.profile);
  const toy::TrainedNetworks networks = train_networks(figure, context, specs);
  const HexagonData data = collect_hexagon(specs, networks.records, networks.embeddings,
                                           theory_draws(context), static_cast<std::uint64_t>(seed));
  publish(figure, context, sheet_of(data), report_of(data));
  return claims_of(data);
}

}  // namespace

HexagonData collect_hexagon(std::span<const toy::RunSpec> specs,
                            std::span<const toy::Record> records,
                            std::span<const Eigen::MatrixXd> embeddings, std::int64_t draws,
                            std::uint64_t reference_seed) {
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
  data.random = random_planes(draws, reference_seed);
  data.exact = permutation_planes(draws, reference_seed);
  data.limit = quantile(deviations(data.random, false), significance);
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
    data.runs.push_back({specs[k].seed, records[k].rqi, records[k].accuracy,
                         records[k].rqi > data.rqi_threshold,
                         analyse_six(normalise_matrices(embeddings[k]))});
    const HexagonRun& run = data.runs.back();
    data.high += run.high ? 1 : 0;
    data.hexagons += run.high && is_hexagon(run.six.fits.first_third, data.limit) ? 1 : 0;
  }
  if (data.runs.empty()) {
    reject(where, "runs", "all diverged", "one or more that did not");
  }
  const auto first = std::ranges::find(data.runs, true, &HexagonRun::high);
  const auto shown =
      first != data.runs.end() ? first : std::ranges::max_element(data.runs, {}, &HexagonRun::rqi);
  data.shown = static_cast<std::size_t>(shown - data.runs.begin());
  return data;
}

std::vector<Claim> claims_of(const HexagonData& data) {
  const HexagonRun& shown = data.runs[data.shown];
  Claim claim = open_claim(
      "in the PC1-PC3 plane the six trained matrices of S3 form a hexagon",
      "Liu et al. 2022, App. H.2, Fig. 17", "a hexagon, one network",
      fmt::format("{}; in the run drawn (seed {}) {} of the squared distances is not that of a "
                  "regular hexagon",
                  hexagon_share_text(data), shown.seed,
                  rounded(shown.six.fits.first_third.deviation, 2)));
  if (data.high > 0) {
    const Estimate share = wilson(data.hexagons, data.high);
    claim.verdict = data.hexagons == 0 ? Verdict::differs
                    : share.low > 0.5  ? Verdict::agrees
                                       : Verdict::partly;
    claim.remark = fmt::format(
        "a hexagon: convex, and nearer to a regular one than 95% of random matrices. An exact "
        "representation has four equal variances, so its planes are arbitrary: {} of random ones "
        "show a hexagon (random matrices: {}; {} draws each)",
        rounded(hexagon_share(data.exact, data.limit), 2),
        rounded(hexagon_share(data.random, data.limit), 2), data.random.size());
  }
  return {claim};
}

std::string report_of(const HexagonData& data) {
  const HexagonRun& shown = data.runs[data.shown];
  const HexagonFit& fit = shown.six.fits.first_third;
  std::vector<std::string> explained;
  for (const double share : shown.six.components.explained) {
    explained.push_back(rounded(share));
  }
  return fmt::format(
             "  {} networks ({} diverged, left out), |D| = {} of {}, {} steps; RQI > {} at the "
             "end: {}\n",
             std::ssize(data.runs) + data.diverged, data.diverged, data.train, data.samples,
             data.budget, to_text(data.rqi_threshold), data.high) +
         fmt::format(
             "  drawn: seed {} ({}), RQI {}, Acc {}; variance of PC1 to PC5 {}\n"
             "    PC1-PC3: deviation {}, {}convex, parities {}\n",
             shown.seed, shown.high ? "the first with high RQI" : "that of the highest RQI",
             rounded(shown.rqi), rounded(shown.accuracy), fmt::join(explained, ", "),
             rounded(fit.deviation), fit.convex ? "" : "not ",
             parities_alternate(fit) ? "alternate" : "do not alternate") +
         fmt::format(
             "  a hexagon in PC1-PC3 (convex, deviation below {}, the lowest 5% of random "
             "matrices): {}\n    exact representation, random planes {}; random matrices {}  ({} "
             "draws)\n",
             rounded(data.limit), hexagon_share_text(data),
             rounded(hexagon_share(data.exact, data.limit), 2),
             rounded(hexagon_share(data.random, data.limit), 2), data.random.size()) +
         text_table(deviation_table(data),
                    {{"of", "median deviation (networks: its interval; others: 95% of draws)"},
                     {"third", "PC1-PC3"},
                     {"best", "best plane of PC1-PC4"}});
}

namespace {

/// The corners of the nearest regular hexagon, in their order, closed.
Rows ring_rows(const HexagonFit& fit) {
  Rows rows(7);
  for (std::size_t k = 0; k < 6; ++k) {
    const auto at = fit.nearest.row(static_cast<Index>(k));
    rows[static_cast<std::size_t>(fit.corner[k])] = {at[0], at[1]};
  }
  rows[6] = rows[0];
  return rows;
}

Panel plane_panel(const HexagonData& data, const CsvTable& scores, int other) {
  const PrincipalComponents& pc = data.runs[data.shown].six.components;
  Eigen::MatrixXd points(6, 2);
  points << pc.scores.col(0), pc.scores.col(other);
  const HexagonFit fit = fit_hexagon(points);
  const double reach = 1.3 * points.cwiseAbs().maxCoeff();
  const auto axis = [&](int component) {
    return linear_axis(fmt::format("PC{} ({} % of the variance)", component + 1,
                                   rounded(100 * pc.explained[component])),
                       -reach, reach);
  };
  Panel panel(axis(0), axis(other));
  panel.title(fmt::format("Trained matrices, PC1 and PC{}", other + 1)).square();
  const std::string y = fmt::format("pc{}", other + 1);
  const Style even{.size = 6}, odd{.width = 1.2, .symbol = Symbol::square, .size = 5};
  panel.points(rows_of(rows_where(scores, "parity", "even"), {"pc1", y}), even, "even permutations")
      .points(rows_of(rows_where(scores, "parity", "odd"), {"pc1", y}), odd, "odd permutations")
      .note(fmt::format("deviation {}{}", rounded(fit.deviation, 2),
                        is_hexagon(fit, data.limit) ? "" : ": no hexagon"));
  if (is_hexagon(fit, data.limit)) {
    panel.line(ring_rows(fit), look::reference(), "nearest regular hexagon");
  }
  const auto names = permutation_names(permuted);
  const auto evens = even_permutations(permuted);
  std::vector<Words> words;
  for (std::size_t k = 0; k < names.size(); ++k) {  // outside, odd ones inside: they do not meet
    const Eigen::RowVector2d at = points.row(static_cast<Index>(k));
    const Eigen::RowVector2d place = at * (1 + (evens[k] ? 0.13 : -0.13) * reach / at.norm());
    words.push_back({place[0], place[1], names[k]});
  }
  return panel.words(words);
}

/// A line for every network, over the components.
Rows spectra(const CsvTable& runs) {
  Rows rows;
  for (const auto& run :
       rows_of(runs, {"variance1", "variance2", "variance3", "variance4", "variance5"})) {
    for (std::size_t c = 0; c < run.size(); ++c) {
      rows.push_back({static_cast<double>(c + 1), run[c]});
    }
    rows.push_back({nothing, nothing});
  }
  return rows;
}

Panel explained_panel(const HexagonData& data, const CsvTable& runs) {
  Rows random, exact;
  for (Index c = 0; c < hexagon_components; ++c) {
    std::vector<double> shares;
    for (const SixMatrices& six : data.random) {
      shares.push_back(six.components.explained[c]);
    }
    const auto x = static_cast<double>(c + 1);
    random.push_back({x, quantile(shares, 0.025), quantile(shares, 0.975)});
    exact.push_back({x, data.exact.front().components.explained[c]});
  }
  const CsvTable high = rows_where(runs, "high_rqi", "1"),
                 lower = rows_where(runs, "high_rqi", "0"), shown = rows_where(runs, "shown", "1");
  Style thick = high_rqi();
  thick.width = 1.6;
  return Panel(linear_axis("principal component", 0.6, 5.4),
               linear_axis("share of the variance", 0))
      .title("How many components they fill")
      .band(random, random_style(), fmt::format("random, 95% of {} draws", data.random.size()))
      .line(spectra(lower), lower_rqi(), fmt::format("lower RQI ({})", lower.rows.size()))
      .line(spectra(high), high_rqi(),
            fmt::format("RQI > {} ({})", to_text(data.rqi_threshold), high.rows.size()))
      .line(spectra(shown), thick)
      .points(spectra(shown), thick)
      .entry({Swatch::both, thick, "the network of a and b"})
      .points(exact, exact_style(), "permutation matrices");
}

/// PC1-PC3 to the left of each kind, the best plane to the right.
Panel deviation_panel(const HexagonData& data) {
  constexpr double aside = 0.2;
  const auto kinds = kinds_of(data);
  Panel panel(named_axis("", {kinds[0].tic, kinds[1].tic, kinds[2].tic, kinds[3].tic}),
              linear_axis("deviation from a hexagon", 0));
  Style triangle = high_rqi();
  triangle.symbol = Symbol::filled_triangle;
  panel.title("Hexagons, over all seeds")
      .level(data.limit, {.colour = look::grey, .width = 0.8, .dash = Dash::dotted},
             "5% of random ones below, in PC1–PC3")
      .entry({Swatch::points, high_rqi(), "left: in PC1–PC3"})
      .entry({Swatch::points, triangle, "right: in the best plane of PC1–PC4"});
  for (std::size_t k = 0; k < kinds.size(); ++k) {
    for (const bool best : {false, true}) {
      const double x = static_cast<double>(k + 1) + (best ? aside : -aside);
      Style style = kinds[k].style;
      style.symbol = best && kinds[k].networks ? Symbol::filled_triangle : style.symbol;
      const auto add = kinds[k].networks ? add_strip : add_box;
      add(panel, x, aside, deviations(kinds[k].many, best), style, "");
    }
  }
  return panel;
}

CsvTable score_table(const HexagonData& data) {
  CsvTable table{{"permutation", "parity", "pc1", "pc2", "pc3", "pc4", "pc5"}, {}};
  const auto names = permutation_names(permuted);
  const auto even = even_permutations(permuted);
  for (std::size_t k = 0; k < names.size(); ++k) {
    auto& row = table.rows.emplace_back();
    row = {names[k], even[k] ? "even" : "odd"};
    for (const double score :
         data.runs[data.shown].six.components.scores.row(static_cast<Index>(k))) {
      add_cells(row, score);
    }
  }
  return table;
}

CsvTable run_table(const HexagonData& data) {
  const auto variance = [](Index c) {
    return [c](const HexagonRun& run) { return run.six.components.explained[c]; };
  };
  const auto fit = [](auto of) {
    return [of](const HexagonRun& run) { return of(run.six.fits.first_third); };
  };
  return table_of(
      data.runs, column("seed", &HexagonRun::seed),
      column("shown", [&](const HexagonRun& run) { return &run == &data.runs[data.shown]; }),
      column("rqi", &HexagonRun::rqi), column("accuracy", &HexagonRun::accuracy),
      column("high_rqi", &HexagonRun::high), column("variance1", variance(0)),
      column("variance2", variance(1)), column("variance3", variance(2)),
      column("variance4", variance(3)), column("variance5", variance(4)),
      column("deviation_pc1_pc3", fit([](const HexagonFit& f) { return f.deviation; })),
      column("convex_pc1_pc3", fit([](const HexagonFit& f) { return f.convex; })),
      column("hexagon_pc1_pc3",
             fit([&](const HexagonFit& f) { return is_hexagon(f, data.limit); })),
      column("parities_alternate_pc1_pc3", fit(parities_alternate)),
      column("deviation_best_plane", [](const HexagonRun& run) { return run.six.fits.best; }));
}

/// What to compare with: two kinds, and two kinds of planes.
CsvTable reference_table(const HexagonData& data) {
  const auto kinds = kinds_of(data);
  const std::vector<std::pair<const Matrices*, bool>> rows = {
      {&kinds[2], false}, {&kinds[2], true}, {&kinds[3], false}, {&kinds[3], true}};
  using Row = std::pair<const Matrices*, bool>;
  const auto at = [](double share) {
    return [share](const Row& r) { return quantile(deviations(r.first->many, r.second), share); };
  };
  return table_of(
      rows, column("matrices", [](const Row& r) { return r.first->name; }),
      column("plane",
             [](const Row& r) { return std::string(r.second ? "best of PC1-PC4" : "PC1-PC3"); }),
      column("draws", [](const Row& r) { return r.first->many.size(); }), column("median", at(0.5)),
      column("lower_quartile", at(0.25)), column("upper_quartile", at(0.75)),
      column("quantile_0.025", at(0.025)), column("quantile_0.975", at(0.975)),
      column("hexagons_pc1_pc3", [&data](const Row& r) {
        return r.second ? nothing : hexagon_share(r.first->many, data.limit);
      }));
}

}  // namespace

Sheet sheet_of(const HexagonData& data) {
  const HexagonRun& shown = data.runs[data.shown];
  Sheet sheet;
  sheet.table("ab", score_table(data));
  sheet.table("cd", run_table(data));
  sheet.table("d", reference_table(data));
  sheet.row({plane_panel(data, sheet.table("ab"), 1), plane_panel(data, sheet.table("ab"), 2)});
  sheet.row({explained_panel(data, sheet.table("cd")), deviation_panel(data)});
  sheet.caption(fmt::format(
      "a, b: one network, |D| = {} of {}, seed {}, RQI {}; the nearest regular hexagon is drawn "
      "where the points are a hexagon: convex, and nearer to a regular one than 95% of random "
      "matrices are in PC1-PC3. d: boxes are medians, quartiles and 95% of {} draws.",
      data.train, data.samples, shown.seed, rounded(shown.rqi, 2), data.random.size()));
  return sheet;
}

Figure fig17_hexagon(std::string_view toml) {
  return {"fig17_hexagon", "Permutation matrices by principal components", false, toml, draw, toml};
}

}  // namespace grok
