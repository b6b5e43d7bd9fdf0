#include "figures/referee/referee.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>

#include "core/errors.hpp"
#include "figures/referee/referee_page.hpp"
#include "figures/study_runs.hpp"
#include "tests/compare/referee/referee_runs.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scratch.hpp"

using namespace grok;

namespace {

std::optional<double> law_but_0(const toy::RunSpec& spec) {
  return spec.seed == 0
             ? std::nullopt
             : std::optional(5 / std::sqrt(spec.representation_rate * spec.decoder_rate));
}

std::vector<Theory> hand_made_theories() {
  Theory n_h = formula(
      "n_h", [](const toy::RunSpec& s) { return Forecast{.steps = 1 / s.representation_rate}; });
  n_h.fitted = true;
  // Seed 2 has a slope below 1, seed 3 above.
  Theory adam = formula("adam_flow", [](const toy::RunSpec& s) {
    const double off = (s.seed == 2) == (s.representation_rate < 5e-4) ? 1.2 : 1 / 1.2;
    return Forecast{.steps = s.seed == 1 ? never : off * law_but_0(s).value_or(never)};
  });
  adam.horizon = 1;
  Theory rates =
      formula("two_rate", [](const toy::RunSpec& s) { return Forecast{.steps = law_but_0(s)}; });
  rates.as_it_is = false;
  rates.fitted = true;
  const Theory ideal = formula("ideal_a|b", [](const toy::RunSpec& s) {
    return Forecast{.accuracy = s.seed == 0 ? 0.4 : 1, .score = s.seed == 0 ? 0.0 : 1.0};
  });
  return {n_h, adam, rates, ideal};
}

League hand_made_league() {
  const HandMade made = hand_made(4, law_but_0);
  return judge(hand_made_theories(), made.runs, made.outcomes(), "rqi", 1);
}

const CsvTable& table_of(const std::vector<TitledTable>& tables, const std::string& title) {
  const auto found = std::ranges::find(tables, title, &TitledTable::title);
  REQUIRE(found != tables.end());
  return found->table;
}

}  // namespace

TEST_CASE("referee: one panel per theory, as it is where it is scored so", "[figures]") {
  const League league = hand_made_league();
  REQUIRE(league.study.contestants.size() == 7);
  CHECK(shown_contestants(league) == std::vector<std::size_t>{2, 4, 5, 6});
  CHECK(event_text(league) == "RQI > 0.95");
}

TEST_CASE("referee: the event in words", "[figures]") {
  League league = hand_made_league();
  league.study.event = "validation";
  CHECK(event_text(league) == "validation accuracy ≥ 0.9");
  league.study.event = "train";
  CHECK(event_text(league) == "training accuracy ≥ 0.9");
  toy::RunSpec other = league.study.runs.front().as<toy::RunSpec>();
  other.accuracy_threshold = 0.8;
  league.study.runs.front() = toy::run_of(other);
  CHECK(event_text(league) == "training accuracy at its threshold");
}

TEST_CASE("referee: numbers as text", "[figures]") {
  const double nan = std::nan(""), inf = std::numeric_limits<double>::infinity();
  CHECK(score_text({0.5, 0.25, 0.75}) == "0.500 [0.250, 0.750]");
  CHECK(score_text({nan, nan, nan}) == "-");
  CHECK(score_text({0.5, nan, nan}) == "0.500");
  CHECK(score_text({inf, 2, inf}) == "∞ [2.00, ∞]");
}

TEST_CASE("referee: tables by question, the best first", "[figures]") {
  const League league = hand_made_league();
  const auto tables = league_tables(league);
  const CsvTable& will = table_of(tables, "Will it get there");
  CHECK(will.columns == std::vector<std::string>{"theory", "n", "censored", "log score",
                                                 "Brier score", "ROC area", "seconds a forecast"});
  const CsvTable& seconds = table_of(tables, "What a forecast costs");
  CHECK(std::ranges::any_of(will.rows, [&](const auto& row) {
    return row[0] == seconds.rows[0][0] && row.back() == seconds.rows[0][1];
  }));
  CHECK(std::ranges::any_of(
      will.rows, [](const auto& row) { return row[0] == "null model" && row.back() == "-"; }));
  CHECK(will.rows.size() == 6);  // without n_h times a constant
  CHECK(will.rows.back()[0] != "ideal_a|b");
  CHECK(std::ranges::find(will.rows, "n_h, times a constant",
                          [](const auto& row) { return row[0]; }) == will.rows.end());
  const CsvTable& steps = table_of(tables, "How many steps, of those that got there");
  CHECK(steps.rows.size() == 6);  // the ideal accuracy says nothing of steps
  CHECK(steps.rows.front()[2] == "0");
  const CsvTable& told =
      table_of(tables, "Who is told to get there: forecast steps within the budget");
  REQUIRE(told.rows.size() == 4);  // no theory is not told
  // Of 48 runs the 12 of seed 1 are never, and the 12 of seed 0, of which the law says nothing. In
  // seeds 2 and 3 eight of twelve cells get there; of the others one is told to, 1.2 too early.
  CHECK(told.rows[2] == std::vector<std::string>{"adam_flow", "48", "17", "16", "31", "8"});
  const CsvTable& pairs = table_of(tables, "Pairs of runs of which is known who was first");
  REQUIRE(pairs.rows.size() == 4);
  CHECK(pairs.rows[2][2] == "24");  // seed 0 against three seeds in eight cells
  const CsvTable& first = table_of(tables, "Who is first, within cells");
  CHECK(first.columns[3] == "pairs");
  CHECK(first.rows.size() == 4);  // of the law, without seed 0, no pair is known
  CHECK(first.rows[0][3] == "24");
  const CsvTable& accuracy = table_of(tables, "Final accuracy");
  REQUIRE(accuracy.rows.size() == 3);
  const CsvTable& constants = table_of(
      tables, "Fitted constants: measured steps over forecast ones, on other cells and seeds");
  CHECK(constants.columns.size() == 5);
  REQUIRE(constants.rows.size() == 2);
  CHECK(constants.rows[1] ==
        std::vector<std::string>{"two_rate, times a constant", "1.00", "1.00", "1.00", "20"});
  const CsvTable& costs = table_of(tables, "What a forecast costs");
  REQUIRE(costs.rows.size() == 5);
  CHECK(costs.rows[2][0] == "two_rate");
  CHECK(costs.rows[2][2] == "48");
  CHECK(costs.rows[4][1] == "not measured");
  CHECK(tables.back().title == "What a forecast costs");
  const CsvTable& best = table_of(tables, "Difference to the best");
  CHECK(std::ranges::count_if(best.rows, [](const auto& row) {
          return std::ranges::find(row, "best") != row.end();
        }) >= 1);
  CHECK_FALSE(calibration_rows(league).table.rows.empty());
}

TEST_CASE("referee: calibration of the best three and the null model", "[figures]") {
  const League league = hand_made_league();
  const auto shown = calibrated_contestants(league);
  REQUIRE(shown.size() == 4);
  CHECK(shown.back() == 0);
  auto best = ranking(league, Measure::log_score);
  std::erase_if(best, [&](std::size_t c) { return c == 0 || repeats(league.study, c); });
  CHECK(std::equal(shown.begin(), shown.end() - 1, best.begin()));
  for (const auto& row : calibration_rows(league).table.rows) {
    CHECK(std::ranges::any_of(
        shown, [&](std::size_t c) { return league.study.contestants[c].name == row[0]; }));
  }
}

TEST_CASE("referee: a run's training beside what a forecast costs", "[figures]") {
  HandMade made = hand_made(4, law_but_0);
  for (toy::Record& record : made.records) {
    record.seconds = 2;
  }
  const auto tables =
      league_tables(judge(hand_made_theories(), made.runs, made.outcomes(), "rqi", 1));
  const CsvTable& costs = table_of(tables, "What a forecast costs");
  CHECK(costs.rows[4][1] == "2.00");
  CHECK(std::stod(costs.rows[0][3]) == Approx(std::stod(costs.rows[0][1]) / 2).epsilon(0.01));
}

TEST_CASE("referee: the report says counts, event and every table", "[figures]") {
  const League league = hand_made_league();
  const std::string report = report_of(league);
  CHECK_THAT(report, ContainsSubstring("event: RQI > 0.95; 48 runs in 4 seeds, 12 cells; 24 got "
                                       "there, 24 did not"));
  CHECK_THAT(report, ContainsSubstring("other cells and other seeds (5 by 4 folds)"));
  for (const TitledTable& table : league_tables(league)) {
    CHECK_THAT(report, ContainsSubstring(table.title));
  }
}

TEST_CASE("referee: verdicts follow the numbers", "[figures]") {
  const League league = hand_made_league();
  const auto claims = claims_of(league);
  REQUIRE(claims.size() == 12);
  CHECK(claims[0].verdict == Verdict::differs);  // n_h knows one of the two rates
  CHECK_FALSE(claims[0].source.ours);
  CHECK(claims[3].verdict == Verdict::agrees);  // here the flow is the law, give or take 1.2
  CHECK(claims[4].verdict == Verdict::open);    // its interval, of few seeds, leaves the band
  CHECK(claims[5].verdict == Verdict::open);    // no mode flow by hand
  CHECK(claims[7].ours == "not in the league");
  CHECK_THAT(claims[0].ours, ContainsSubstring("24 runs"));
  const HandMade made = hand_made(3, law_but_0);
  const auto none = claims_of(judge(std::vector<Theory>{}, made.runs, made.outcomes(), "rqi", 1));
  for (const Claim& claim : none) {
    CHECK(claim.verdict == Verdict::open);
  }
}

TEST_CASE("referee: panels, and one for theories that cannot be told apart", "[figures][gnuplot]") {
  League league = hand_made_league();
  const auto panels = [](const Sheet& sheet) {
    std::size_t count = 0;
    for (const auto& row : sheet.rows()) {
      count += row.size();
    }
    return count;
  };
  const Sheet sheet = sheet_of(league);
  CHECK(panels(sheet) == 4 + 4 + 4);
  REQUIRE(sheet.tables().size() == 3);
  CHECK(sheet.table("b").rows.size() == 7 * 48);
  for (const char* part : {"RQI > 0.95: 24 of 48 runs in 4 seeds got there, in 12 cells",
                           "a to d: scores", "e to g: forecast and measured steps",
                           "h: forecast and final accuracy.", "i to l: forecast probability"}) {
    CHECK_THAT(sheet.caption(), ContainsSubstring(part));
  }
  const Scratch scratch("referee");
  const auto files = write_sheet("referee", sheet, "the command", scratch.folder());
  CHECK(files.size() == 7);  // three tables, the script, PNG, SVG, PDF
  CHECK(std::filesystem::file_size(scratch / "referee.png") > 20'000);
  league.study.forecasts[4] = league.study.forecasts[2];
  const Sheet alike = sheet_of(league);
  CHECK(panels(alike) == 4 + 3 + 4);
  CHECK(alike.rows()[1][0].content().title == "n_h; adam_flow");
}

TEST_CASE("referee: no panel's letter is past z", "[figures]") {
  std::vector<Theory> many;
  for (int k = 0; k < 25; ++k) {
    many.push_back(formula(fmt::format("t{}", k), [k](const toy::RunSpec& s) {
      return Forecast{.steps = (1 + k) * s.representation_rate};
    }));
  }
  many.push_back(formula("score alone", [](const toy::RunSpec& s) {
    return Forecast{.score = s.representation_rate};
  }));
  const HandMade made = hand_made(3, law_but_0);
  const Sheet sheet = sheet_of(judge(many, made.runs, made.outcomes(), "rqi", 1));
  std::size_t count = 0;
  for (const auto& row : sheet.rows()) {
    count += row.size();
  }
  CHECK(count == 26);
  CHECK_THAT(sheet.caption(), ContainsSubstring("w to z: forecast probability"));
  CHECK_THAT(sheet.caption(), ContainsSubstring("7 more theories are in table b alone."));
}

TEST_CASE("referee: the page", "[figures]") {
  const League league = hand_made_league();
  RefereePage page{
      "a|study",      "ours",     "[run]\ntrain = 3\n", "groktheory referee --page x.md",
      "images/x.png", "version 1"};
  const std::string text = referee_page(league, page);
  for (const char* part :
       {"# The referee\n", "a\\|study (ours): 48 runs in 4 seeds", "train = 3\n```",
        "groktheory referee --page x.md\n```", "](images/x.png)",
        "written by that command, version 1.", "### Will it get there\n", "ideal_a\\|b",
        "| two_rate, times a constant | 24 |", "the null model", "5 folds of cells by\n4 folds",
        "7 contestants by 16 measures", "| same cell, other seeds | no theory |", "| 1 budget |"}) {
    CAPTURE(part);
    CHECK_THAT(text, ContainsSubstring(part));
  }
  for (const TitledTable& table : league_tables(league)) {
    CHECK_THAT(text, ContainsSubstring("### " + table.title));
  }
  CHECK(text.find("{{") == std::string::npos);
  page.toml.clear();
  CHECK(referee_page(league, page).find("```toml") == std::string::npos);
}

TEST_CASE("referee: accuracies of runs that were ended early are left out, and it is said",
          "[figures]") {
  HandMade made = hand_made(4, law_but_0);
  const auto league = [&] {
    return judge(hand_made_theories(), made.runs, made.outcomes(), "rqi", 1);
  };
  CHECK_THAT(report_of(league()), !ContainsSubstring("not asked"));
  CHECK_THAT(referee_page(league(), {}), !ContainsSubstring("not asked"));
  for (toy::Record& record : made.records) {
    record.steps_to_train.reset();
  }
  const League early = league();
  CHECK_THAT(report_of(early), ContainsSubstring("final accuracy is not asked: 24 runs"));
  CHECK_THAT(referee_page(early, {}),
             ContainsSubstring("**Final accuracy is not asked**: 24 runs"));
  const auto tables = league_tables(early);
  CHECK(std::ranges::find(tables, "Final accuracy", &TitledTable::title) == tables.end());
  CHECK_THAT(sheet_of(early).caption(), !ContainsSubstring("final accuracy"));
}

TEST_CASE("referee: the first of a table is the best of the differences", "[figures]") {
  const League league = hand_made_league();
  const auto best = league.best[static_cast<std::size_t>(Measure::median_factor)];
  const auto tables = league_tables(league);
  CHECK(table_of(tables, "How many steps, of those that got there").rows[0][0] ==
        league.study.contestants[best.value()].name);
}

TEST_CASE("referee: its studies are large enough and span a factor of 100 in both rates",
          "[figures]") {
  const Figure& figure = *find_figures({"referee"}).front();
  for (const std::string profile : {"quick", "full", "unseen", "fresh"}) {
    const auto specs = toy::figure_runs(figure, profile);
    double low[2] = {1, 1}, high[2] = {0, 0};
    for (const toy::RunSpec& run : specs) {
      const double rates[2] = {run.representation_rate, run.decoder_rate};
      for (int k = 0; k < 2; ++k) {
        low[k] = std::min(low[k], rates[k]);
        high[k] = std::max(high[k], rates[k]);
      }
      CHECK(run.stop == "decided");
    }
    CHECK(high[0] / low[0] == Approx(100));
    CHECK(high[1] / low[1] == Approx(100));
    const std::map<std::string, std::size_t> runs = {
        {"quick", 108}, {"full", 2000}, {"unseen", 1400}, {"fresh", 1000}};
    CHECK(specs.size() == runs.at(profile));
    std::set<std::string> texts;
    for (const toy::RunSpec& run : toy::figure_runs(*find_figures({"two-rate"}).front(), profile)) {
      texts.insert(toy::identity(run));
    }
    CHECK(std::ranges::all_of(texts, [&](const std::string& text) {
      return std::ranges::find(specs, text, toy::identity) != specs.end();
    }));
  }
}
