#include "figures/phases/phase_figure.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <set>
#include <sstream>

#include "core/errors.hpp"
#include "figures/study_runs.hpp"
#include "tests/compare/phases/phase_runs.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scratch.hpp"

using namespace grok;

namespace {

constexpr double never = std::numeric_limits<double>::infinity();

PhaseData data_of(std::vector<PhaseDiagram> diagrams) {
  return {{PhaseFigure().x, {"decoder_decay", {.label = "weight decay", .downward = true}}, {}},
          std::move(diagrams)};
}

std::set<std::string> legend_of(const std::vector<PhaseDiagram>& diagrams) {
  std::set<std::string> names;
  const Sheet sheet = sheet_of(data_of(diagrams));
  for (const Entry& entry : sheet.legend()) {
    names.insert(entry.text);
  }
  return names;
}

FigureContext into(const std::filesystem::path& folder) {
  FigureContext context;
  context.out = folder;
  return context;
}

}  // namespace

TEST_CASE("the legend names the phases of Table 1, and others where they occur",
          "[figures][phase]") {
  PhaseRuns runs;
  runs.add(1, {"ccg"});
  const std::set<std::string> plain = {"comprehension", "grokking", "memorization", "confusion"};
  std::set<std::string> wanted = plain;
  wanted.insert({"1000 steps to generalise", "100000 steps, the budget"});  // no line of others
  CHECK(legend_of(runs.collect()) == wanted);
  runs.add(2, {"cd-"});
  CHECK(legend_of(runs.collect()).contains("diverged"));
  CHECK(legend_of(runs.collect()).contains("no phase"));
}

TEST_CASE("panels: one seed alone, with shares if there are more, one row per loss",
          "[figures][phase]") {
  PhaseRuns runs;
  using Titles = std::vector<std::vector<std::string>>;
  const auto titles = [&runs] {
    Titles found;
    const Sheet sheet = sheet_of(data_of(runs.collect()));
    for (const auto& row : sheet.rows()) {
      found.emplace_back();
      for (const Panel& panel : row) {
        found.back().push_back(panel.content().title);
      }
    }
    return found;
  };
  runs.add(58, {"cg", "mx"});
  CHECK(titles() == Titles{{"Regression, seed 58"}});
  runs.loss = "cross-entropy";
  runs.add(58, {"cg", "mx"});
  CHECK(titles() == Titles{{"Regression, seed 58", "Classification, seed 58"}});
  runs.loss = "mse";
  runs.add(3, {"--", "dd"});
  CHECK(titles() ==
        Titles{{"Regression, seed 58", "Regression, all 2 seeds"}, {"Classification, seed 58"}});
}

TEST_CASE("a cell has the colour of its phase, none where there is no run", "[figures][phase]") {
  PhaseRuns runs;
  runs.add(58, {"cgmxd-", "mm cc "});
  runs.add(1, {"xxxxxx", "xx xxx"});
  const Sheet sheet = sheet_of(data_of(runs.collect()));
  const Rows& rows = sheet.rows().at(0).at(0).content().layers.at(0).rows;
  REQUIRE(rows.size() == 10);
  std::map<double, std::int64_t> cells;
  for (const auto& row : rows) {
    ++cells[row.at(4)];
  }
  const std::int64_t counts[] = {3, 1, 3, 1, 1, 1};
  for (const Phase phase : all_phases) {
    const double colour = std::stod("0x" + phase_colour(phase).substr(1));
    CHECK(cells[colour] == counts[static_cast<std::size_t>(phase)]);
  }
}

TEST_CASE("bars: the most frequent phase at the bottom, shares as heights, its interval",
          "[figures][phase]") {
  PhaseRuns runs;
  for (std::int64_t seed = 0; seed < 10; ++seed) {
    runs.add(1e-3, 0, seed, "xxxxxxccdm"[seed]);
    runs.add(1e-3, 4, seed, 'g');
  }
  const Sheet sheet = sheet_of(data_of(runs.collect()));
  const Panel::Content& panel = sheet.rows().at(0).at(1).content();
  const Rows& rows = panel.layers.at(0).rows;
  REQUIRE(rows.size() == 5);
  // The cell lies in [-2, 2], its bottom at 2. Painted from the tallest: each bar hides what is
  // below the next.
  const Phase phases[] = {Phase::diverged, Phase::memorization, Phase::comprehension,
                          Phase::confusion};
  const double heights[] = {1, 0.9, 0.8, 0.6};
  for (std::size_t k = 0; k < 4; ++k) {
    CHECK(rows[k].at(4) == std::stod("0x" + phase_colour(phases[k]).substr(1)));
    CHECK(rows[k].at(2) == Approx(2 - 4 * heights[k]));
    CHECK(rows[k].at(3) == Approx(2));
  }
  const Estimate share = wilson(6, 10);
  const auto whisker = panel.layers.back().rows.at(0);
  CHECK(whisker.at(1) == Approx(2 - 4 * share.low));
  CHECK(whisker.at(3) == Approx(-4 * (share.high - share.low)));
}

TEST_CASE("tables hold every run, and every share with its interval", "[figures][phase]") {
  PhaseRuns runs;
  runs.add(58, {"cg", "m "});
  runs.add(3, {"gg", "x "});
  const auto diagrams = runs.collect();
  const CsvTable all = phase_run_table(diagrams);
  CHECK(all.columns == std::vector<std::string>{"loss", "decoder_rate", "decoder_decay", "seed",
                                                "phase", "steps_to_train", "steps_to_validation",
                                                "steps_done", "budget"});
  REQUIRE(all.rows.size() == 6);
  CHECK(all.rows[0] == std::vector<std::string>{"mse", "0.0001", "0", "58", "comprehension", "400",
                                                "900", "900", "100000"});
  CHECK(all.rows[5] == std::vector<std::string>{"mse", "0.0001", "1", "3", "confusion", "", "",
                                                "100000", "100000"});
  const CsvTable shares = phase_share_table(diagrams);
  REQUIRE(shares.rows.size() == 4);
  const auto value = [&shares](std::size_t row, const std::string& column) {
    const auto at = std::find(shares.columns.begin(), shares.columns.end(), column);
    REQUIRE(at != shares.columns.end());
    REQUIRE(shares.rows[row].size() == shares.columns.size());
    return shares.rows[row][static_cast<std::size_t>(at - shares.columns.begin())];
  };
  CHECK((value(0, "runs") == "2" && value(0, "comprehension") == "1"));
  CHECK(value(0, "grokking_share") == "0.5");
  CHECK(std::stod(value(0, "grokking_low")) == Approx(wilson(1, 2).low));
  CHECK(std::stod(value(0, "confusion_high")) == Approx(wilson(0, 2).high));
  CHECK((value(0, "median_steps_to_validation") == "900" && value(0, "censored") == "0"));
  CHECK((value(2, "median_steps_to_validation").empty() && value(2, "censored") == "2"));
  CHECK((value(3, "runs") == "0" && value(3, "comprehension_share").empty()));
}

TEST_CASE("steps of the first seed, and medians over seeds", "[figures][phase]") {
  PhaseRuns runs;
  runs.add(58, {"cgm", " x-"});
  runs.add(1, {"ggc", "cg  "});
  runs.add(2, {"mgm", "cx  ", "   c"});
  const PhaseDiagram d = runs.diagram();
  const auto first = seed_steps(d, 58);
  const auto medians = median_steps(d);
  REQUIRE(first.size() == 12);
  CHECK((first[0] == 900 && first[1] == 2400 && first[2] == never && std::isnan(first[3])));
  CHECK((std::isnan(first[4]) && first[5] == never && first[6] == never && std::isnan(first[11])));
  CHECK((medians[0] == 2400 && medians[1] == 2400 && medians[2] == never));
  CHECK((std::isnan(medians[3]) && medians[4] == 900 && medians[5] == never));
  CHECK((medians[6] == never && std::isnan(medians[7]) && medians[11] == 900));
}

TEST_CASE("the report counts phases", "[figures][phase]") {
  PhaseRuns runs;
  runs.budget = 4000;
  runs.add(58, {"cgm", "mxd"});
  runs.add(3, {"cgg", "xxx"});
  const PhaseData data = data_of(runs.collect());
  const std::string text = report_of(data);
  CHECK_THAT(text, ContainsSubstring("mse: 3 x 2 cells (decoder_rate, decoder_decay), 12 runs in 2 "
                                     "seeds, budget 4000 steps"));
  CHECK_THAT(text, ContainsSubstring("fewest in a seed"));
  CHECK_THAT(text, ContainsSubstring("0.167 ["));
  CHECK_THAT(text, ContainsSubstring("diverged"));
  CHECK_THAT(text, !ContainsSubstring("none "));
  CHECK_THAT(text, ContainsSubstring("same phase in two seeds: 0.500"));
}

TEST_CASE("the caption says where the setting is not the published one", "[figures][phase]") {
  PhaseRuns runs;
  runs.add(1, {"cgmm"});
  PhaseData data = data_of(runs.collect());
  CHECK_THAT(sheet_of(data).caption(), !ContainsSubstring("Not the published setting"));
  CHECK_THAT(sheet_of(data).caption(), !ContainsSubstring("Bars"));
  data.diagrams[0].differences = {"decoder_widths = [64, 64] instead of [200, 200]"};
  CHECK_THAT(sheet_of(data).caption(),
             ContainsSubstring("Not the published setting: decoder_widths = [64, 64] instead"));
}

TEST_CASE("embedded phase studies are the published ones", "[figures][phase]") {
  struct Grid {
    std::string name, first_seed;
    std::size_t cells;
    std::string loss;
  };
  for (const Grid& grid : {Grid{"fig6a", "58", 169, "mse"},
                           {"fig6b", "58", 176, "mse"},
                           {"fig6c", "6", 176, "cross-entropy"},
                           {"fig6d", "0", 176, "mse"},
                           {"fig13", "58", 2 * 99, ""},
                           {"fig14", "58", 2 * 110, ""},
                           {"fig15", "58", 2 * 121, ""}}) {
    CAPTURE(grid.name);
    const Figure& figure = *find_figures({grid.name}).at(0);
    CHECK(figure.core == grid.name.starts_with("fig6"));
    for (const auto& [profile, seeds] :
         std::map<std::string, std::size_t>{{"quick", 10}, {"paper", 1}, {"full", 10}}) {
      CAPTURE(profile);
      const auto specs = toy::figure_runs(figure, profile);
      std::set<std::int64_t> found;
      for (const toy::RunSpec& run : specs) {
        found.insert(run.seed);
        CHECK((grid.loss.empty() || run.loss == grid.loss));
        CHECK(run.stop == "phase");
        CHECK((profile == "quick" ? run.steps <= 5000 : run.steps == published_budget));
        CHECK(run.train == (run.task == "permutations" ? 24 : 45));
      }
      CHECK(std::to_string(specs.front().seed) == grid.first_seed);
      CHECK(found.size() == seeds);
      CHECK((profile == "quick" || specs.size() == grid.cells * seeds));
    }
  }
}

TEST_CASE("phase figures from networks to pictures, on small studies",
          "[figures][phase][gnuplot]") {
  const std::string run =
      "[run]\ntask = \"addition\"\nsymbols = 4\ntrain = 7\nsteps = 30\nstop = \"phase\"\n"
      "decoder_widths = [8]\n[profiles.quick.axes]\ndecoder_rate = [1e-3, 1e-2]\nseed = [4, 5]\n";
  const std::map<std::string, std::string> axes = {
      {"fig6a", "representation_rate = [1e-3, 1e-2]"},
      {"fig6b", "decoder_decay = [0, 1]"},
      {"fig6c", "decoder_decay = [0, 1]\nloss = [\"cross-entropy\"]"},
      {"fig6d", "decoder_decay = [0, 5, 100]"},
      {"fig13", "batch = [3, 5, 7]\nloss = [\"mse\", \"cross-entropy\"]"},
      {"fig14", "representation_init_scale = [0.1, 1]\nloss = [\"mse\", \"cross-entropy\"]"},
      {"fig15", "representation_decay = [0, 1]\nloss = [\"mse\", \"cross-entropy\"]"}};
  const std::map<std::string, std::size_t> claims = {{"fig6a", 4}, {"fig6b", 4}, {"fig6c", 4},
                                                     {"fig6d", 4}, {"fig13", 4}, {"fig14", 2},
                                                     {"fig15", 2}};
  for (const auto& [name, lines] : axes) {
    CAPTURE(name);
    const Scratch scratch("phase-" + name);
    Store store(scratch / "store.db");
    std::ostringstream report;
    FigureContext context = into(scratch.folder());
    context.store = &store;
    context.report = &report;
    const std::string toml = run + lines + "\n";
    Figure small = *find_figures({name}).at(0);
    small.study = toml;
    const auto found = small.draw(small, context);
    CHECK(found.size() == claims.at(name));
    for (const Claim& claim : found) {
      CHECK_THAT(claim.source.text,
                 ContainsSubstring("Liu et al. 2022, Fig. " + name.substr(3, 1)));
      CHECK_THAT(claim.remark, ContainsSubstring("budget 30 instead of 100000 steps"));
      CHECK_FALSE(claim.ours.empty());
    }
    CHECK_THAT(report.str(), ContainsSubstring("runs in 2 seeds, budget 30 steps"));
    CHECK(std::filesystem::file_size(scratch / (small.stem + ".png")) > 10'000);
    CHECK(std::filesystem::exists(scratch / (small.stem + "_runs.csv")));
    CHECK(std::filesystem::exists(scratch / (small.stem + "_shares.csv")));
    context.store = nullptr;
    CHECK_THROWS_WITH(small.draw(small, context), ContainsSubstring("store = none, allowed"));
  }
}

TEST_CASE("phases differ for every kind of colour vision", "[figures][phase]") {
  using Matrix = std::array<std::array<double, 3>, 3>;
  // Machado, Oliveira & Fernandes 2009: normal, protanopia, deuteranopia, tritanopia.
  const Matrix kinds[] = {{{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}},
                          {{{0.152286, 1.052583, -0.204868},
                            {0.114503, 0.786281, 0.099216},
                            {-0.003882, -0.048116, 1.051998}}},
                          {{{0.367322, 0.860646, -0.227968},
                            {0.280085, 0.672501, 0.047413},
                            {-0.011820, 0.042940, 0.968881}}},
                          {{{1.255528, -0.076749, -0.178779},
                            {-0.078411, 0.930809, 0.147602},
                            {0.004733, 0.691367, 0.303900}}}};
  const Matrix to_xyz = {
      {{0.4339, 0.3763, 0.1899}, {0.2126, 0.7152, 0.0722}, {0.0177, 0.1095, 0.8728}}};
  const auto times = [](const Matrix& m, const std::array<double, 3>& v) {
    std::array<double, 3> result{};
    for (std::size_t i = 0; i < 3; ++i) {
      for (std::size_t k = 0; k < 3; ++k) {
        result[i] += m[i][k] * std::clamp(v[k], 0.0, 1.0);
      }
    }
    return result;
  };
  const auto lab = [&](const std::string& hex, const Matrix& kind) {
    std::array<double, 3> rgb{};
    for (std::size_t k = 0; k < 3; ++k) {
      const double v = std::stoi(hex.substr(1 + 2 * k, 2), nullptr, 16) / 255.0;
      rgb[k] = v <= 0.04045 ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4);
    }
    auto f = times(to_xyz, times(kind, rgb));
    for (double& v : f) {
      v = v > 0.008856 ? std::cbrt(v) : 7.787 * v + 16.0 / 116;
    }
    return std::array<double, 3>{116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])};
  };
  for (const Matrix& kind : kinds) {
    for (const Phase a : all_phases) {
      for (const Phase b : all_phases) {
        const auto p = lab(phase_colour(a), kind), q = lab(phase_colour(b), kind);
        const double distance = std::hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]);
        CAPTURE(phase_name(a), phase_name(b), distance);
        CHECK((a == b || distance > 20));  // 2.3 is a just noticeable difference
      }
    }
  }
}
