#include "figures/referee/referee.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/errors.hpp"
#include "figures/referee/referee_page.hpp"
#include "figures/study_runs.hpp"
#include "tests/compare/referee/referee_runs.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scratch.hpp"

using namespace grok;

namespace {

std::optional<double> law(const toy::RunSpec& spec) {
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
    return Forecast{.steps = s.seed == 1 ? never : off * law(s).value_or(never)};
  });
  Theory rates =
      formula("two_rate", [](const toy::RunSpec& s) { return Forecast{.steps = law(s)}; });
  rates.as_it_is = false;
  rates.fitted = true;
  const Theory ideal = formula("ideal_a|b", [](const toy::RunSpec& s) {
    return Forecast{.accuracy = s.seed == 0 ? 0.4 : 1, .score = s.seed == 0 ? 0.0 : 1.0};
  });
  return {n_h, adam, rates, ideal};
}

League hand_made_league() {
  const HandMade made = hand_made(4, law);
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
  REQUIRE(league.study.contestants.size() == 6);
  CHECK(shown_contestants(league) == std::vector<std::size_t>{1, 3, 4, 5});
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
                                                 "Brier score", "ROC area"});
  CHECK(will.rows.size() == 6);
  CHECK(will.rows.back()[0] != "ideal_a|b");
  const CsvTable& steps = table_of(tables, "How many steps, of those that got there");
  CHECK(steps.rows.size() == 5);  // the ideal accuracy says nothing of steps
  CHECK(steps.rows.front()[2] == "0");
  const CsvTable& nevers = table_of(tables, "Who is forecast never to get there");
  REQUIRE(nevers.rows.size() == 1);
  // Of 48 runs the 12 of seed 1 are never; of seeds 1, 2, 3 eight of twelve cells get there. Seed
  // 0 has no prediction by `law`: never, too.
  CHECK(nevers.rows[0] == std::vector<std::string>{"adam_flow", "48", "24", "8", "24", "16"});
  const CsvTable& accuracy = table_of(tables, "Final accuracy");
  REQUIRE(accuracy.rows.size() == 2);
  const CsvTable& constants =
      table_of(tables, "Fitted constants: measured steps over forecast ones, on the other folds");
  CHECK(constants.columns.size() == 6);
  REQUIRE(constants.rows.size() == 2);
  CHECK(constants.rows[1][1] == "1.00");
  const CsvTable& best = table_of(tables, "Difference to the best");
  CHECK(std::ranges::count_if(best.rows, [](const auto& row) {
          return std::ranges::find(row, "best") != row.end();
        }) >= 1);
  CHECK_FALSE(calibration_rows(league).table.rows.empty());
}

TEST_CASE("referee: the report says counts, event and every table", "[figures]") {
  const League league = hand_made_league();
  const std::string report = report_of(league);
  CHECK_THAT(report, ContainsSubstring("event: RQI > 0.95; 48 runs in 4 seeds, 12 cells in 5 "
                                       "folds; 24 got there, 24 did not"));
  for (const TitledTable& table : league_tables(league)) {
    CHECK_THAT(report, ContainsSubstring(table.title));
  }
}

TEST_CASE("referee: verdicts follow the numbers", "[figures]") {
  const League league = hand_made_league();
  const auto claims = claims_of(league);
  REQUIRE(claims.size() == 4);
  CHECK(claims[0].verdict == Verdict::differs);  // n_h knows one of the two rates
  CHECK(claims[2].verdict == Verdict::agrees);   // here the flow is the law, give or take 1.2
  CHECK(claims[3].verdict == Verdict::agrees);
  CHECK_THAT(claims[3].ours, ContainsSubstring("24 runs"));
  const HandMade made = hand_made(3, law);
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
  CHECK(sheet.table("b").rows.size() == 6 * 48);
  CHECK_THAT(sheet.caption(), ContainsSubstring("RQI > 0.95: 24 of 48 runs in 4 seeds got there; "
                                                "12 cells in 5 folds"));
  const Scratch scratch("referee");
  const auto files = write_sheet("referee", sheet, "the command", scratch.folder());
  CHECK(files.size() == 7);  // three tables, the script, PNG, SVG, PDF
  CHECK(std::filesystem::file_size(scratch / "referee.png") > 20'000);
  league.study.forecasts[3] = league.study.forecasts[1];
  league.standings[3].calibration = league.standings[1].calibration;
  const Sheet alike = sheet_of(league);
  CHECK(panels(alike) == 4 + 3 + 3);
  CHECK(alike.rows()[1][0].content().title == "n_h; adam_flow");
}

TEST_CASE("referee: the page", "[figures]") {
  const League league = hand_made_league();
  RefereePage page{
      "a_study",      "ours",     "[run]\ntrain = 3\n", "groktheory referee --page x.md",
      "images/x.png", "version 1"};
  page.more = {{"Other models", "Some text.\n"}};
  const std::string text = referee_page(league, page);
  for (const char* part :
       {"# The referee\n", "a\\_study (ours): 48 runs in 4 seeds", "train = 3\n```",
        "groktheory referee --page x.md\n```", "](images/x.png)", "## Other models\n\nSome text.",
        "written by that command, version 1.", "### Will it get there\n", "ideal\\_a\\|b",
        "| two\\_rate, times a constant | 24 |", "the null model"}) {
    CAPTURE(part);
    CHECK_THAT(text, ContainsSubstring(part));
  }
  for (const TitledTable& table : league_tables(league)) {
    CHECK_THAT(text, ContainsSubstring("### " + table.title));
  }
  page.toml.clear();
  CHECK(referee_page(league, page).find("```toml") == std::string::npos);
}

TEST_CASE("referee: its studies are large enough and span a factor of 100 in both rates",
          "[figures]") {
  const Figure& figure = *find_figures({"referee"}).front();
  for (const std::string profile : {"quick", "full"}) {
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
    CHECK(specs.size() == (profile == "full" ? 2000 : 108));
  }
}
