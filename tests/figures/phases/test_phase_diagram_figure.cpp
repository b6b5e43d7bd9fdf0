#include "figures/phases/phase_diagram_figure.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <sstream>

#include "core/errors.hpp"
#include "figures/study_runs.hpp"
#include "tests/figures/phases/phase_runs.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scratch.hpp"

using namespace grok;

namespace {

FigureContext into(const std::filesystem::path& folder) {
  FigureContext context;
  context.out = folder;
  return context;
}

}  // namespace

TEST_CASE("axes as published: rate to the right, decay on request downwards, rows with true values",
          "[figures][phase]") {
  PhaseRuns runs;
  for (const double decay : {0, 1, 10}) {
    runs.add(1e-4, decay, 1, 'c');
    runs.add(1e-3, decay, 1, 'm');
  }
  const auto diagrams =
      runs.collect({.key = "decoder_decay", .label = "weight decay", .downward = true});
  const std::string script = script_of(diagrams[0]);
  CHECK_THAT(script, ContainsSubstring("set xlabel 'learning rate of the decoder  [1/step]'"));
  CHECK_THAT(script, ContainsSubstring("set logscale x\nset format x '10^{%L}'"));
  CHECK_THAT(script, ContainsSubstring("set ylabel 'weight decay'"));
  CHECK_THAT(script, ContainsSubstring("set ytics ('0' 0, '1' 1, '10' 2)"));
  CHECK_THAT(script, ContainsSubstring("set yrange [2.500003:-0.500003]"));
  CHECK_THAT(script, ContainsSubstring("'{/:Bold a}  Regression, seed 1'"));
}

TEST_CASE("the legend names the phases of Table 1, and others where they occur",
          "[figures][phase]") {
  PhaseRuns runs;
  runs.add(1, {"ccc"});
  const std::string plain = script_of(runs.diagram());
  for (const char* name : {"comprehension", "grokking", "memorization", "confusion"}) {
    CHECK_THAT(plain, ContainsSubstring("set label '" + std::string(name) + "'"));
  }
  CHECK_THAT(plain, !ContainsSubstring("'diverged'") && !ContainsSubstring("'no phase'"));
  runs.add(2, {"cd-"});
  CHECK_THAT(script_of(runs.diagram()), ContainsSubstring("set label 'diverged'") &&
                                            ContainsSubstring("set label 'no phase'"));
}

TEST_CASE("panels: one seed alone, with shares if there are more, one row per loss",
          "[figures][phase][gnuplot]") {
  PhaseRuns runs;
  const auto panels = [&runs](const std::string& name) {
    const Scratch scratch("phase-" + name);
    const Drawing drawing = draw_phase_diagrams(runs.collect(), "the command");
    REQUIRE(drawing.tables.size() == 2);
    CHECK(write_drawing("phase", drawing, into(scratch.folder())).size() == 5);
    CHECK_THAT(drawing.script, ContainsSubstring("'the command'"));
    std::string letters;
    for (const char letter : std::string("abcdef")) {
      letters += block(drawing.script, std::string("panel_") + letter).empty()
                     ? ""
                     : std::string(1, letter);
    }
    return letters;
  };
  runs.add(58, {"cg", "mx"});
  CHECK(panels("one") == "a");
  runs.loss = "cross-entropy";
  runs.add(58, {"cg", "mx"});
  CHECK(panels("two-losses") == "ab");
  runs.add(3, {"cg", "mx"});
  CHECK(panels("four") == "abcd");
  runs.loss = "mse";
  runs.add(3, {"--", "dd"});
  CHECK(panels("rare-phases") == "abcd");
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

TEST_CASE("the report counts phases, and says what each claim rests on", "[figures][phase]") {
  PhaseRuns runs;
  runs.budget = 4000;
  runs.add(58, {"cgm", "mxd"});
  runs.add(3, {"cgg", "xxx"});
  const auto diagrams = runs.collect();
  const Claim claim{"it holds", "a paper", "5", "6 [4, 8]", Verdict::agrees, "why"};
  const std::string text = report_phase_diagrams(diagrams, std::span(&claim, 1));
  CHECK_THAT(text, ContainsSubstring("mse: 3 x 2 cells (decoder_rate, decoder_decay), 12 runs in 2 "
                                     "seeds, budget 4000 steps"));
  CHECK_THAT(text, ContainsSubstring("memorization      2         0 to 2       0.167 [0, 0.333]"));
  CHECK_THAT(text, ContainsSubstring("diverged          1         0 to 1 "));
  CHECK_THAT(text, !ContainsSubstring("none "));
  CHECK_THAT(text, ContainsSubstring("same phase in two seeds: 0.500"));
  CHECK_THAT(text,
             ContainsSubstring("  it holds\n    published: 5\n    here: 6 [4, 8]\n    (why)"));
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
  const std::map<std::string, std::size_t> claims = {{"fig6a", 4}, {"fig6b", 5}, {"fig6c", 4},
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
      if (claim.source.starts_with("ours")) {  // fig6b: what a refinement would have found
        CHECK_THAT(claim.ours, ContainsSubstring(" of 4 runs"));
        CHECK_THAT(report.str(), ContainsSubstring("active borders, replayed on the first seed"));
        continue;
      }
      CHECK_THAT(claim.source, ContainsSubstring("Liu et al. 2022, Fig. " + name.substr(3, 1)));
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
