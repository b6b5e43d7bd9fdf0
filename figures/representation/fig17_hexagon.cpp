// groktheory figure fig17: the six trained matrices of S3 by their principal components
// (compare/toy/hexagon_runs.hpp), and how far six points of a plane are from a regular hexagon.
// Source: Liu et al. 2022, App. H.2 and Fig. 17; c, d and the measure are ours.
#include <fmt/format.h>

#include "core/numbers.hpp"
#include "figures/panels/density.hpp"
#include "figures/representation/representation.hpp"
#include "figures/settings.hpp"
#include "theory/groups.hpp"

namespace grok {
namespace {

using toy::HexagonPlane, toy::HexagonRun, toy::HexagonRuns, toy::PlaneDeviations;

constexpr Index permuted = 3;

// One colour for one kind of matrices, in c and d.
Style high_rqi() { return {.colour = look::blue, .width = 0.7, .opacity = 0.7}; }
Style lower_rqi() { return {.colour = look::sky, .width = 0.5, .opacity = 0.7}; }
Style exact_style() {
  return {.colour = look::vermilion, .width = 0.9, .symbol = Symbol::square, .size = 4};
}
Style random_style() { return {.colour = look::grey, .width = 0.7, .opacity = 0.3}; }

std::vector<Claim> draw(const Figure& figure, const FigureContext& context) {
  Settings settings(figure, context.profile);
  const auto seed = static_cast<std::uint64_t>(settings.whole("reference_seed", 0, 1'000'000));
  const auto draws = settings.whole("draws", 40, 1'000'000);
  settings.done();
  const std::vector<toy::RunSpec> specs = toy::figure_runs(figure, context.profile);
  const toy::TrainedNetworks networks = train_networks(figure, context, specs);
  const HexagonRuns data =
      toy::collect_hexagon(specs, networks.records, networks.embeddings, draws, seed);
  return publish(figure, context, sheet_of(data), claims_of(data));
}

/// One row per permutation of the run that is shown.
CsvTable score_table(const HexagonRuns& data) {
  CsvTable table{{"permutation", "parity", "pc1", "pc2", "pc3", "pc4", "pc5"}, {}};
  const auto names = permutation_names(permuted);
  const auto even = even_permutations(permuted);
  for (std::size_t k = 0; k < names.size(); ++k) {
    table.rows.push_back({names[k], even[k] ? "even" : "odd"});
    for (const double score :
         data.runs[data.shown].six.components.scores.row(static_cast<Index>(k))) {
      add_cells(table.rows.back(), score);
    }
  }
  return table;
}

Panel plane_panel(const HexagonRuns& data, const CsvTable& scores, const HexagonPlane& plane) {
  const double reach = 1.3 * plane.points.cwiseAbs().maxCoeff();
  const auto axis = [&](Index component) {
    return linear_axis(
        fmt::format("PC{} ({} % of the variance)", component + 1,
                    rounded(100 * data.runs[data.shown].six.components.explained[component])),
        -reach, reach);
  };
  const std::string y = fmt::format("pc{}", plane.component + 1);
  const Style even{.size = 6}, odd{.width = 1.2, .symbol = Symbol::square, .size = 5};
  Panel panel(axis(0), axis(plane.component));
  panel.title(fmt::format("Trained matrices, PC1 and PC{}", plane.component + 1))
      .square()
      .points(rows_of(rows_where(scores, "parity", "even"), {"pc1", y}), even, "even permutations")
      .points(rows_of(rows_where(scores, "parity", "odd"), {"pc1", y}), odd, "odd permutations")
      .note(fmt::format("deviation {}{}", rounded(plane.deviation, 2),
                        plane.hexagon ? "" : ": no hexagon"));
  if (plane.hexagon) {
    Rows ring;
    for (const auto& corner : plane.nearest.rowwise()) {
      ring.push_back({corner[0], corner[1]});
    }
    panel.line(ring, look::reference(), "nearest regular hexagon");
  }
  std::vector<Words> words;
  for (std::size_t k = 0; k < scores.rows.size(); ++k) {  // outside, odd ones inside: apart
    const Eigen::RowVector2d at = plane.points.row(static_cast<Index>(k));
    const double outward = scores.rows[k][1] == "even" ? 0.13 : -0.13;
    const Eigen::RowVector2d place = at * (1 + outward * reach / at.norm());
    words.push_back({place[0], place[1], scores.rows[k][0]});
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
    rows.push_back({not_a_number, not_a_number});
  }
  return rows;
}

Panel explained_panel(const HexagonRuns& data, const CsvTable& runs) {
  Rows random, exact;
  for (const Estimate& share : data.random_explained) {
    const auto c = std::ssize(random);
    random.push_back({static_cast<double>(c + 1), share.low, share.high});
    exact.push_back({static_cast<double>(c + 1), data.exact_explained[c]});
  }
  const CsvTable high = rows_where(runs, "high_rqi", "1"),
                 lower = rows_where(runs, "high_rqi", "0");
  return Panel(linear_axis("principal component", 0.6, 5.4),
               linear_axis("share of the variance", 0))
      .title("How many components they fill")
      .band(random, random_style(), fmt::format("random, 95% of {} draws", data.draws))
      .line(spectra(lower), lower_rqi(), fmt::format("lower RQI ({})", lower.rows.size()))
      .line(spectra(high), high_rqi(),
            fmt::format("RQI > {} ({})", to_text(data.rqi_threshold), high.rows.size()))
      .both(spectra(rows_where(runs, "shown", "1")), widened(high_rqi(), 1.6),
            "the network of a and b")
      .points(exact, exact_style(), "permutation matrices");
}

/// PC1-PC3 to the left of each kind, the best plane to the right.
Panel deviation_panel(const HexagonRuns& data) {
  constexpr double aside = 0.2;
  const std::vector<Style> styles = {high_rqi(), lower_rqi(), exact_style(), random_style()};
  Panel panel(named_axis("", {"RQI > " + to_text(data.rqi_threshold), "lower RQI",
                              "permutation\\nmatrices", "random\\nmatrices"}),
              linear_axis("deviation from a hexagon", 0));
  const Style triangle = shaped(high_rqi(), Symbol::filled_triangle);
  panel.title("Hexagons, over all seeds")
      .level(data.limit, {.colour = look::grey, .width = 0.8, .dash = Dash::dotted},
             "5% of random ones below, in PC1–PC3")
      .entry({Swatch::points, high_rqi(), "left: in PC1–PC3"})
      .entry({Swatch::points, triangle, "right: in the best plane of PC1–PC4"});
  for (std::size_t k = 0; k < data.deviations.size(); ++k) {
    const bool best = k % 2 == 1, networks = k < 4;
    Style style = styles[k / 2];
    style.symbol = best && networks ? Symbol::filled_triangle : style.symbol;
    const auto add = networks ? add_strip : add_box;
    add(panel, static_cast<double>(k / 2 + 1) + (best ? aside : -aside), aside,
        data.deviations[k].values, style, "");
  }
  return panel;
}

}  // namespace

Sheet sheet_of(const HexagonRuns& data) {
  using One = HexagonRun;
  using Of = PlaneDeviations;
  const One& shown = data.runs[data.shown];
  const auto variance = [](Index c) {
    return [c](const One& run) { return run.six.components.explained[c]; };
  };
  const auto fit = [](const One& run) { return run.six.fits.first_third; };
  const std::vector<Of> references(data.deviations.begin() + 4, data.deviations.end());
  Sheet sheet;
  sheet.table("ab", score_table(data));
  sheet.table("cd", table_of(data.runs, column("seed", &One::seed),
                             column("shown", [&](const One& run) { return &run == &shown; }),
                             column("rqi", &One::rqi), column("accuracy", &One::accuracy),
                             column("high_rqi", &One::high), column("variance1", variance(0)),
                             column("variance2", variance(1)), column("variance3", variance(2)),
                             column("variance4", variance(3)), column("variance5", variance(4)),
                             column("deviation_pc1_pc3", inside(fit, &HexagonFit::deviation)),
                             column("convex_pc1_pc3", inside(fit, &HexagonFit::convex)),
                             column("hexagon_pc1_pc3", &One::hexagon),
                             column("parities_alternate_pc1_pc3", &One::alternate),
                             column("deviation_best_plane",
                                    [](const One& run) { return run.six.fits.best; })));
  sheet.table("d",
              table_of(references, column("matrices", &Of::matrices), column("plane", &Of::plane),
                       column("draws", [](const Of& of) { return of.values.size(); }),
                       column("median", inside(&Of::median, &Estimate::value)),
                       column("lower_quartile", &Of::lower_quartile),
                       column("upper_quartile", &Of::upper_quartile),
                       column("quantile_0.025", inside(&Of::median, &Estimate::low)),
                       column("quantile_0.975", inside(&Of::median, &Estimate::high)),
                       column("hexagons_pc1_pc3", &Of::hexagons)));
  sheet.row({plane_panel(data, sheet.table("ab"), data.planes[0]),
             plane_panel(data, sheet.table("ab"), data.planes[1])});
  sheet.row({explained_panel(data, sheet.table("cd")), deviation_panel(data)});
  sheet.report(runs_line(std::ssize(data.runs), std::ssize(data.runs), data.diverged, "left out") +
               text_table(table_of(data.deviations, column("deviation of", &Of::matrices),
                                   column("plane", &Of::plane), column("median", &Of::median))));
  return sheet.caption(fmt::format(
      "a, b: one network, |D| = {} of {}, seed {}, RQI {}; the nearest regular hexagon is drawn "
      "where the points are a hexagon: convex, and nearer to a regular one than 95% of random "
      "matrices are in PC1-PC3. d: boxes are medians, quartiles and 95% of {} draws.",
      data.train, data.samples, shown.seed, rounded(shown.rqi, 2), data.draws));
}

std::vector<Claim> claims_of(const HexagonRuns& data) {
  const std::string share = data.high == 0
                                ? "no network with high RQI"
                                : fmt::format("{} of {} networks with RQI > {}: {}", data.hexagons,
                                              data.high, to_text(data.rqi_threshold),
                                              with_interval(wilson(data.hexagons, data.high)));
  return {open_claim(
      "in the PC1-PC3 plane the six trained matrices of S3 form a hexagon",
      "Liu et al. 2022, App. H.2, Fig. 17", "a hexagon, one network",
      fmt::format("{}; in the run drawn (seed {}) {} of the squared distances is not that of a "
                  "regular hexagon",
                  share, data.runs[data.shown].seed, rounded(data.planes[1].deviation, 2)),
      fmt::format("published size, rates and budget are unknown. A hexagon: convex, and nearer to "
                  "a regular one than 95% of random matrices. An exact representation has four "
                  "equal variances, so its planes are arbitrary: {} of random ones show a hexagon "
                  "(random matrices: {}; {} draws each)",
                  rounded(data.deviations[4].hexagons, 2), rounded(data.deviations[6].hexagons, 2),
                  data.draws))};
}

Figure fig17_hexagon(std::string_view toml) {
  return {"fig17_hexagon", "Permutation matrices by principal components", false, toml, draw, toml};
}

}  // namespace grok
