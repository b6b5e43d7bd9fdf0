// Pictures of one's own study: their tables and captions, from records made by hand.
#include "figures/plot/plot.hpp"

#include <algorithm>
#include <cmath>

#include "compare/statistics/statistics.hpp"
#include "tests/figures/plot/plot_runs.hpp"
#include "tests/support/catch.hpp"

namespace grok {
namespace {

using Texts = std::vector<std::vector<std::string>>;

const PlotAsked phases{.x = "decoder_rate", .y = "decoder_decay"};

std::string caption_of(const PlotAsked& asked, const std::vector<HandRun>& runs) {
  return plot_runs(asked, hand_runs(runs)).sheet.caption();
}

std::string message_of(const PlotAsked& asked, const std::vector<HandRun>& runs) {
  try {
    plot_runs(asked, hand_runs(runs));
  } catch (const InputError& error) {
    return error.what();
  }
  return "no error";
}

/// A grid of 2 x 2 cells.
std::vector<HandRun> grid() {
  std::vector<HandRun> runs;
  for (const double decay : {0.0, 1.0}) {
    for (const double rate : {1e-4, 1e-2}) {
      runs.push_back({.rate = rate, .decay = decay});
    }
  }
  return runs;
}

TEST_CASE("plot: two keys are cells, coloured by their phase", "[plot]") {
  auto runs = grid();
  runs[3].phase = "confusion";
  runs[1].phase = "";
  const Plot plot = plot_runs(phases, hand_runs(runs));
  CHECK(plot.kind == PlotKind::cells);
  CHECK(plot.runs == 4);
  CHECK(plot.seeds == 1);
  CHECK(cells_of(plot.sheet.table("cells"),
                 {"decoder_rate", "decoder_decay", "runs", "most_frequent_phase"}) ==
        Texts{{"0.0001", "0", "1", "grokking"},
              {"0.01", "0", "1", "no phase"},
              {"0.0001", "1", "1", "grokking"},
              {"0.01", "1", "1", "confusion"}});
  CHECK(cells_of(plot.sheet.table("runs"),
                 {"identity", "decoder_rate", "phase", "seed", "steps"})[3] ==
        std::vector<std::string>{"run3", "0.01", "confusion", "1", "1000"});
  CHECK_THAT(plot.sheet.caption(),
             ContainsSubstring("A cell is one run. 4 runs in 1 seed.") &&
                 ContainsSubstring("decoder_rate: learning rate of the decoder.") &&
                 ContainsSubstring("Fixed: symbols = 10, train = 45, "
                                   "decoder_widths = [50, 50], steps = 1000; "
                                   "every other key has its default."));
}

TEST_CASE("plot: a cell of several seeds is the share of each phase", "[plot]") {
  auto runs = grid();
  for (std::int64_t seed = 2; seed <= 5; ++seed) {
    runs.push_back({.rate = 1e-4, .seed = seed, .phase = seed < 4 ? "comprehension" : "grokking"});
  }
  const Plot plot = plot_runs(phases, hand_runs(runs));
  const CsvTable& cells = plot.sheet.table("cells");
  CHECK(cells_of(cells, {"runs", "most_frequent_phase", "comprehension", "grokking",
                         "comprehension_share"})[0] ==
        std::vector<std::string>{"5", "grokking", "2", "3", "0.4"});
  const Estimate share = wilson(2, 5);
  CHECK(cells_of(cells, {"comprehension_low", "comprehension_high"})[0] ==
        std::vector<std::string>{to_text(share.low), to_text(share.high)});
  CHECK_THAT(plot.sheet.caption(), ContainsSubstring("8 runs in 5 seeds.") &&
                                       ContainsSubstring("A cell is 1 to 5 runs: the share of each "
                                                         "phase, the most frequent at the bottom"));
  runs.push_back({.rate = 1e-4, .seed = 6, .phase = "comprehension"});  // a tie: the first of them
  CHECK(cells_of(plot_runs(phases, hand_runs(runs)).sheet.table("cells"),
                 {"most_frequent_phase"})[0][0] == "comprehension");
}

TEST_CASE("plot: cells of a number are medians, of steps with those that never came", "[plot]") {
  std::vector<HandRun> runs = grid();
  runs[0].validation = 200;
  runs[1].validation.reset();
  runs[2].validation.reset();
  runs[2].steps_done = 400;  // ended early: not there by then
  runs.push_back({.rate = 1e-4, .seed = 2, .validation = 300, .rqi = 0.5});
  runs.push_back({.rate = 1e-4, .seed = 3, .validation = {}, .rqi = {}});
  PlotAsked asked = phases;
  asked.colour = "steps_to_validation";
  const Plot plot = plot_runs(asked, hand_runs(runs));
  CHECK(cells_of(plot.sheet.table("cells"), {"runs", "censored", "median_steps_to_validation"}) ==
        Texts{{"3", "1", "300"}, {"1", "1", ""}, {"1", "1", ""}, {"1", "0", "100"}});
  CHECK(plot.censored == 3);
  CHECK_THAT(
      plot.sheet.caption(),
      ContainsSubstring("Censored, without steps to validation at their end: 3.") &&
          ContainsSubstring("Colour: median steps to validation of the 1 to 3 runs of a cell."));
  asked.colour = "rqi";
  const CsvTable rqi = plot_runs(asked, hand_runs(runs)).sheet.table("cells");
  CHECK(cells_of(rqi, {"without", "median_rqi"})[0] == std::vector<std::string>{"1", "0.75"});
}

TEST_CASE("plot: a diverged run is not there within its budget, whenever it ended", "[plot]") {
  std::vector<HandRun> runs;
  for (std::int64_t seed = 1; seed <= 3; ++seed) {
    runs.push_back({.seed = seed, .validation = 100 * seed});
  }
  runs.push_back({.seed = 4, .validation = {}, .state = "diverged", .steps_done = 5});
  const PlotAsked asked{.x = "decoder_rate", .y = "steps_to_validation"};
  const Plot plot = plot_runs(asked, hand_runs(runs));
  CHECK(plot.diverged == 1);
  // Had it been lost from sight at step 5, the median would be 200
  const std::vector<Waiting> waiting = {{100}, {200}, {300}, {1000, false}};
  CHECK(cells_of(plot.sheet.table("medians"), {"runs", "censored", "median_steps_to_validation"}) ==
        Texts{{"4", "1", to_text(*kaplan_meier(waiting).median)}});
  CHECK_THAT(plot.sheet.caption(), ContainsSubstring("Diverged: 1.") &&
                                       ContainsSubstring("decoder_rate is 0.001 in all runs."));
}

TEST_CASE("plot: a key and a number are runs and medians over seeds", "[plot]") {
  std::vector<HandRun> runs;
  for (std::int64_t seed = 1; seed <= 7; ++seed) {
    for (const double rate : {1e-4, 1e-3, 1e-2}) {
      for (const double decay : {0.0, 2.0}) {
        runs.push_back({.rate = rate,
                        .decay = decay,
                        .seed = seed,
                        .rqi = static_cast<double>(seed) / 10 + decay});
      }
    }
  }
  PlotAsked asked{.x = "decoder_rate", .y = "rqi", .colour = "decoder_decay"};
  const Plot plot = plot_runs(asked, hand_runs(runs));
  CHECK(plot.kind == PlotKind::points);
  const CsvTable& medians = plot.sheet.table("medians");
  CHECK(medians.rows.size() == 6);
  CHECK(cells_of(medians, {"decoder_decay", "decoder_rate", "runs", "median_rqi", "median_low",
                           "median_high"})[4] ==
        std::vector<std::string>{"2", "0.001", "7", "2.4", "2.1", "2.7"});
  // 5 seeds have no 95 % interval of a median
  std::erase_if(runs, [](const HandRun& run) { return run.seed > 5; });
  CHECK(cells_of(plot_runs(asked, hand_runs(runs)).sheet.table("medians"),
                 {"runs", "median_rqi", "median_low", "median_high"})[0] ==
        std::vector<std::string>{"5", "0.3", "", ""});
}

TEST_CASE("plot: medians are not joined across one that is not reached", "[plot]") {
  std::vector<HandRun> runs;
  for (const double rate : {1e-4, 1e-3, 1e-2}) {
    for (std::int64_t seed = 1; seed <= 3; ++seed) {
      runs.push_back({.rate = rate, .seed = seed});
      if (rate == 1e-3) {
        runs.back().validation.reset();
      }
    }
  }
  const Plot plot = plot_runs({.x = "decoder_rate", .y = "steps_to_validation"}, hand_runs(runs));
  const auto& layers = plot.sheet.rows()[0][0].content().layers;
  CHECK(std::ranges::any_of(layers, [](const Panel::Layer& layer) {
    return layer.rows.size() == 3 && layer.rows[0] == std::vector<double>{1e-4, 100} &&
           std::isnan(layer.rows[1][1]) && layer.rows[2] == std::vector<double>{1e-2, 100};
  }));
}

TEST_CASE("plot: runs that differ in more than seeds are never drawn together unasked", "[plot]") {
  auto runs = grid();
  runs.push_back({.rate = 1e-4, .loss = "hinge"});
  CHECK(
      message_of(phases, runs) ==
      "plot: runs = differ in loss (hinge, mse), allowed one value in a cell or a median: --facet "
      "loss, --colour loss, --where loss=mse, or --pool loss to draw all together");
  PlotAsked asked = phases;
  asked.pool = {"loss"};
  CHECK_THAT(caption_of(asked, runs), ContainsSubstring("Drawn together: loss (hinge, mse)."));
  asked.pool.clear();
  asked.facet = "loss";
  const Plot faceted = plot_runs(asked, hand_runs(runs));
  CHECK(cells_of(faceted.sheet.table("cells"), {"loss", "decoder_rate", "runs"}) ==
        Texts{{"hinge", "0.0001", "1"},
              {"mse", "0.0001", "1"},
              {"mse", "0.01", "1"},
              {"mse", "0.0001", "1"},
              {"mse", "0.01", "1"}});
  CHECK(faceted.sheet.rows().at(0).size() == 2);  // panels
  // of one seed twice: a median without an interval, and the caption says why
  PlotAsked points{.x = "decoder_rate", .y = "rqi", .pool = {"loss"}};
  std::vector<HandRun> many;
  for (std::int64_t seed = 1; seed <= 8; ++seed) {
    many.push_back({.seed = seed, .rqi = static_cast<double>(seed)});
    many.push_back({.seed = seed, .rqi = 0.5, .loss = "hinge"});
  }
  const Plot pooled = plot_runs(points, hand_runs(many));
  CHECK(cells_of(pooled.sheet.table("medians"), {"runs", "median_rqi", "median_low"}) ==
        Texts{{"16", "0.75", ""}});
  CHECK_THAT(pooled.sheet.caption(), ContainsSubstring("No interval where runs of one seed"));
}

TEST_CASE("plot: a key that follows from what is shown is said, and no error", "[plot]") {
  const std::vector<HandRun> runs = {{.train = 20, .symbols = 6}, {.train = 45, .symbols = 10}};
  const PlotAsked asked{.x = "symbols", .y = "rqi"};
  CHECK_THAT(caption_of(asked, runs),
             ContainsSubstring("From run to run differ, too: train (20, 45)."));
}

TEST_CASE("plot: pairs that were walked together are dots", "[plot]") {
  std::vector<HandRun> runs;
  for (int k = 0; k < 5; ++k) {
    runs.push_back({.rate = 1e-4 * (k + 1), .decay = 5.0 - k});
  }
  CHECK(plot_runs(phases, hand_runs(runs)).kind == PlotKind::dots);
  runs.push_back({.rate = 1e-4, .decay = 1});
  CHECK(plot_runs(phases, hand_runs(runs)).kind == PlotKind::cells);
}

TEST_CASE("plot: texts may be axes of cells", "[plot]") {
  std::vector<HandRun> runs = {
      {.decay = 1, .loss = "mse"}, {.decay = 2, .loss = "hinge"}, {.decay = 1, .loss = "hinge"}};
  const PlotAsked asked{.x = "loss", .y = "decoder_decay"};
  const Plot plot = plot_runs(asked, hand_runs(runs));
  CHECK(cells_of(plot.sheet.table("cells"), {"loss", "decoder_decay"}) ==
        Texts{{"hinge", "1"}, {"mse", "1"}, {"hinge", "2"}});
  const auto& tics = plot.sheet.rows()[0][0].content().x.tics;
  CHECK(tics == std::vector<std::pair<double, std::string>>{{0, "hinge"}, {1, "mse"}});
}

TEST_CASE("plot: two results are a point a run, steps on one scale", "[plot]") {
  std::vector<HandRun> runs = {{.validation = 900}, {.seed = 2, .validation = {}}};
  const PlotAsked asked{.x = "steps_to_train", .y = "steps_to_validation"};
  const Plot plot = plot_runs(asked, hand_runs(runs));
  CHECK(plot.kind == PlotKind::pairs);
  CHECK(plot.censored == 1);
  const auto& content = plot.sheet.rows()[0][0].content();
  CHECK((content.x.log && content.y.log));
  CHECK(content.x_range.low == content.y_range.low);
  CHECK(content.x_range.high == content.y_range.high);
  CHECK(content.y_range.high == 1000);  // who is not there stands at the budget
  // every run is itself, so that nothing is drawn together
  runs[1].loss = "hinge";
  CHECK_THAT(caption_of(asked, runs),
             ContainsSubstring("From run to run differ, too: loss (hinge, mse)."));
}

TEST_CASE("plot: axes are logarithmic over decades of what is positive, or as asked", "[plot]") {
  const auto is_log = [](PlotAsked asked, double low, double high) {
    const std::vector<HandRun> runs = {{.rate = low}, {.rate = high}};
    asked.x = "decoder_rate";
    asked.y = "rqi";
    return plot_runs(asked, hand_runs(runs)).sheet.rows()[0][0].content().x.log;
  };
  CHECK(is_log({}, 1e-3, 1.1e-2));
  CHECK_FALSE(is_log({}, 1e-3, 1e-2));
  CHECK_FALSE(is_log({}, 0, 1));
  CHECK(is_log({.log_x = true}, 1e-3, 2e-3));
  CHECK_FALSE(is_log({.log_x = false}, 1e-3, 1));
  CHECK_THROWS_WITH(is_log({.log_x = true}, 0, 1),
                    "plot: --log-x = decoder_rate = 0, allowed a column of numbers above 0 on a "
                    "logarithmic axis");
}

TEST_CASE("plot: points that refinement predicts are drawn pale", "[plot]") {
  PlotRuns runs = hand_runs(grid());
  runs.runs.rows.pop_back();
  runs.predicted = {{"decoder_rate", "decoder_decay", "seed", "phase"},
                    {{"0.01", "1", "1", "grokking"}, {"0.01", "1", "2", "grokking"}}};
  const Plot plot = plot_runs(phases, runs);
  CHECK_THAT(plot.sheet.caption(),
             ContainsSubstring("Pale: 1 cell that refinement predicts, not trained."));
  std::vector<double> colours;
  for (const auto& box : plot.sheet.rows()[0][0].content().layers[0].rows) {
    colours.push_back(box[4]);
  }
  CHECK(colours.size() == 4);
  CHECK(std::ranges::count(colours, 0x80C4EE) == 3);
  CHECK(colours[0] == 0xC6E4F7);
  PlotAsked asked = phases;
  asked.colour = "rqi";  // which nobody predicts
  CHECK(plot_runs(asked, runs).sheet.rows()[0][0].content().layers[0].rows.size() == 3);
}

TEST_CASE("plot: curves are a line a run", "[plot]") {
  const PlotRuns runs = hand_runs({{}, {.seed = 2, .phase = "confusion"}, {.seed = 3}});
  const CsvTable curves{{"identity", "stride", "step", "rqi"},
                        {{"run0", "5", "0", "0.1"},
                         {"run0", "5", "5", "0.2"},
                         {"run1", "5", "0", "0.3"},
                         {"run1", "5", "5", ""}}};
  const Plot plot = plot_curves({.y = "rqi", .colour = "phase"}, runs, curves);
  const auto& layers = plot.sheet.rows()[0][0].content().layers;
  REQUIRE(layers.size() == 2);
  CHECK(layers[0].rows == Rows{{0, 0.1}, {5, 0.2}});
  CHECK(layers[1].rows == Rows{{0, 0.3}});
  CHECK_THAT(plot.sheet.caption(), ContainsSubstring("A line is a run; 1 run kept no curve."));
  // Step 0 has no place on a logarithmic axis: said.
  const Plot log = plot_curves({.y = "rqi", .log_x = true}, runs, curves);
  CHECK(log.sheet.rows()[0][0].content().layers.at(0).rows == Rows{{5, 0.2}});
  CHECK_THAT(log.sheet.caption(),
             ContainsSubstring("2 points at or below 0 have no place on a logarithmic axis."));
  CHECK_THROWS_WITH(plot_curves({.y = "loss"}, runs, curves),
                    "plot: --y = 'loss', allowed a column of the curves: step, rqi");
  CHECK_THROWS_WITH(plot_curves({.y = "rqi"}, runs, {curves.columns, {}}),
                    ContainsSubstring("plot: curves = 0 with rqi, allowed 1 or more"));
}

TEST_CASE("plot: what cannot be drawn is told, with what could", "[plot]") {
  const auto runs = grid();
  CHECK_THAT(
      message_of({.x = "rate", .y = "rqi"}, runs),
      ContainsSubstring("plot: --x = 'rate', allowed decoder_rate? (of identity, symbols, ") &&
          ContainsSubstring(", phase, rqi, state"));
  CHECK(message_of({.x = "decoder_rate"}, runs) == "plot: --y = nothing, allowed a column");
  CHECK(message_of({.x = "rqi", .y = "decoder_rate"}, runs) ==
        "plot: --x = 'rqi' with the key decoder_rate on y, allowed --x decoder_rate --y rqi");
  CHECK(message_of({.x = "decoder_rate", .y = "phase"}, {{}}) ==
        "plot: --y = 'phase', allowed a column of numbers (texts may be --x, --colour, --facet)");
  CHECK(message_of({.x = "rqi", .y = "rqi"}, runs) ==
        "plot: column = 'rqi' twice, allowed each in one place");
  CHECK(message_of({.x = "decoder_rate", .y = "rqi", .pool = {"phase"}}, runs) ==
        "plot: --pool = 'phase', allowed a key of a run");
  CHECK(message_of(phases, {}) == "plot: runs = 0 in the store, allowed 1 or more");
  auto empty = runs;
  for (HandRun& run : empty) {
    run.rqi.reset();
  }
  CHECK(message_of({.x = "seed", .y = "rqi", .pool = {"decoder_rate", "decoder_decay"}}, empty) ==
        "plot: --y = 'rqi', allowed a column with values (it is empty in all 4 runs)");
  std::vector<HandRun> many;
  for (int k = 0; k < 13; ++k) {
    many.push_back({.decay = static_cast<double>(k), .phase = "", .loss = fmt::format("l{}", k)});
  }
  CHECK(message_of({.x = "decoder_rate", .y = "rqi", .facet = "loss"}, many) ==
        "plot: --facet = 'loss' with 13 values, allowed at most 12 (--where)");
  CHECK(message_of({.x = "decoder_rate", .y = "rqi", .colour = "loss"}, many) ==
        "plot: --colour = 'loss' with 13 values, allowed at most 8 (--where, --facet)");
}

}  // namespace
}  // namespace grok
