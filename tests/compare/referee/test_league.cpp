#include "compare/referee/league.hpp"

#include <algorithm>
#include <cmath>

#include "core/errors.hpp"
#include "tests/compare/referee/referee_runs.hpp"
#include "tests/support/catch.hpp"

namespace grok {
namespace {

TEST_CASE("a league: the right theory wins, the random one is no better than the null",
          "[referee]") {
  const HandMade made = hand_made(8, law);
  const League league = score_league(held_out(made, three_theories()), 2);
  CHECK(league.reached == 8 * 8);
  CHECK(league.censored == 8 * 4);
  CHECK(league.seeds == 8);
  const Standing &null = league.standings[0], &right = league.standings[2];
  CHECK(right.score(Measure::roc_area).estimate.value == 1);
  CHECK(right.score(Measure::concordance).estimate.value == 1);
  CHECK(right.score(Measure::median_factor).estimate.value == Approx(1).epsilon(1e-2));
  CHECK(right.score(Measure::median_factor).count == 64);
  CHECK(right.score(Measure::concordance).count == 96);
  CHECK(right.score(Measure::concordance).censored == 32);
  CHECK(right.score(Measure::within_1_25).estimate.value == 1);
  // The interval that every share has (grouped_share): here of eight seeds that all agree.
  CHECK(right.score(Measure::within_1_25).estimate.low == Approx(wilson(8, 8).low));
  CHECK(right.score(Measure::slope).estimate.value == Approx(1).epsilon(1e-3));
  CHECK(right.score(Measure::rank).estimate.value > 0.99);
  CHECK(std::isnan(right.score(Measure::accuracy_error).estimate.value));
  CHECK(right.score(Measure::accuracy_error).count == 0);
  CHECK(null.score(Measure::roc_area).estimate.value == 0.5);
  const Standing& noise = league.standings[5];
  CHECK(noise.score(Measure::roc_area).estimate.low < 0.5);
  CHECK(noise.score(Measure::roc_area).estimate.high > 0.5);
  CHECK(noise.score(Measure::within_1_25).estimate.value < 0.3);
  CHECK(noise.score(Measure::log_score).estimate.value >
        right.score(Measure::log_score).estimate.value + 0.2);
  // Against the null model and the best, on the same runs and resamples.
  const auto at = [](Measure m) { return static_cast<std::size_t>(m); };
  CHECK(right.to_null[at(Measure::roc_area)].estimate.value == 0.5);
  CHECK(right.to_null[at(Measure::log_score)].estimate.high < 0);
  CHECK(*league.best[at(Measure::roc_area)] == 1);  // the same cell, first of those that are right
  CHECK(std::isnan(league.standings[1].to_best[at(Measure::roc_area)].estimate.value));
  CHECK(right.to_best[at(Measure::roc_area)].estimate.value == 0);
  CHECK(noise.to_best[at(Measure::roc_area)].estimate.value ==
        Approx(noise.score(Measure::roc_area).estimate.value - 1));
  CHECK(std::isnan(null.to_null[at(Measure::log_score)].estimate.value));
  CHECK(ranking(league, Measure::log_score).front() != 5);
  CHECK(ranking(league, Measure::accuracy_error).size() == 3);  // no theory, and `noise`
}

TEST_CASE("diverged runs are counted where they did not get there", "[referee]") {
  HandMade made = hand_made(4, law);
  std::int64_t lost = 0;
  for (std::size_t r = 0; r < made.runs.size(); r += 2) {
    made.records[r].state = "diverged";
    lost += made.records[r].steps_to_rqi ? 0 : 1;
  }
  REQUIRE(lost > 0);
  const League league = score_league(held_out(made, three_theories()), 1);
  CHECK(league.reached == 8 * 4);
  CHECK(league.diverged == lost);
}

TEST_CASE("scores by hand: a theory of two values", "[referee]") {
  // Half of the seeds there at step 100; the theory says 50 or never, right in 3 of 4 seeds.
  const auto there = [](const toy::RunSpec& s) {
    return s.seed % 2 == 0 ? std::optional(100.0) : std::nullopt;
  };
  const HandMade made = hand_made(8, there);
  const Theory theory = formula("two", [](const toy::RunSpec& s) {
    return Forecast{.steps = s.seed % 2 == 0 && s.seed != 0 ? 50 : s.seed == 1 ? 50 : never};
  });
  const League league = score_league(held_out(made, {theory}), 1);
  const Standing& two = league.standings[2];
  CHECK(two.told_not == 12 * 4);
  CHECK(two.told_not_there == 12);
  CHECK(two.told == 12 * 4);
  CHECK(two.told_there == 12 * 3);
  CHECK(two.score(Measure::roc_area).estimate.value == Approx(0.75));  // 9 of 16 right, 6 ties
  CHECK(two.score(Measure::median_factor).estimate.value == 2);        // 2, 2, 2, infinite
  CHECK(two.score(Measure::median_ratio).estimate.value == 2);
  CHECK(two.score(Measure::within_1_5).estimate.value == 0);
  CHECK(two.score(Measure::within_2).estimate.value == 0.75);
  CHECK(two.score(Measure::concordance).estimate.value == Approx(0.75));
  CHECK(two.score(Measure::slope).count == 36);
  CHECK(std::isnan(two.score(Measure::slope).estimate.value));  // one value of the forecast
  // The probability is that of the training runs with the same forecast: (k + 1)/(n + 2).
  double log_sum = 0, brier_sum = 0;
  for (std::size_t r = 0; r < made.runs.size(); ++r) {
    const HeldOut& forecast = league.study.forecasts[2][r];
    const bool happened = made.records[r].steps_to_rqi.has_value();
    std::int64_t runs = 0, hits = 0;
    for (std::size_t k = 0; k < made.runs.size(); ++k) {
      if (league.study.cell_folds[k] != league.study.cell_folds[r] &&
          league.study.seed_folds[k] != league.study.seed_folds[r] &&
          league.study.forecasts[2][k].steps == forecast.steps) {
        ++runs;
        hits += made.records[k].steps_to_rqi ? 1 : 0;
      }
    }
    const double p = static_cast<double>(hits + 1) / static_cast<double>(runs + 2);
    CHECK(*forecast.probability == Approx(p));
    log_sum -= std::log(happened ? p : 1 - p);
    brier_sum += std::pow(p - (happened ? 1 : 0), 2);
  }
  CHECK(two.score(Measure::log_score).estimate.value == Approx(log_sum / 96));
  CHECK(two.score(Measure::brier).estimate.value == Approx(brier_sum / 96));
}

TEST_CASE("who says little is compared on what both say, and is not the best", "[referee]") {
  const auto late = [](const toy::RunSpec& s) {  // by a tenth more with every seed
    return std::round(*law(s) * (1 + 0.1 * static_cast<double>(s.seed)));
  };
  const HandMade made = hand_made(6, late);
  Theory some = formula("some", [&](const toy::RunSpec& s) { return Forecast{.steps = late(s)}; });
  some.applies = toy::of_spec([](const toy::RunSpec& s) { return s.representation_rate < 5e-3; });
  const League league = score_league(held_out(made, {some}), 1);
  const auto factor = static_cast<std::size_t>(Measure::median_factor);
  CHECK(league.standings[2].score(Measure::log_score).count == 6 * 9);  // three of four rates
  CHECK(league.standings[2].to_null[factor].count ==
        league.standings[2].score(Measure::median_factor).count);
  CHECK(league.standings[2].score(Measure::median_factor).count == 6 * 5);
  CHECK(*league.best[factor] == 1);  // the same cell, of all runs
  // It has the best factor, and stands last: one order for tables and `best`.
  const auto order = ranking(league, Measure::median_factor);
  CHECK(league.standings[2].score(Measure::median_factor).estimate.value <
        league.standings[1].score(Measure::median_factor).estimate.value);
  CHECK(order == std::vector<std::size_t>{1, 0, 2});
  for (const MeasureInfo& info : measures()) {
    const auto all = ranking(league, info.measure);
    const auto best = league.best[static_cast<std::size_t>(info.measure)];
    CHECK(best.has_value() == (info.compared && !all.empty()));
    CHECK((!best || *best == all.front()));
  }
}

TEST_CASE("final accuracy is not asked where runs were ended with a threshold to come",
          "[referee]") {
  HandMade made = hand_made(4, law);
  const Theory sure = formula("sure", [](const toy::RunSpec&) { return Forecast{.accuracy = 1}; });
  const auto errors = [&] {
    const League league = score_league(held_out(made, {sure}), 1);
    return std::pair(league.study.cut_off, ranking(league, Measure::accuracy_error).size());
  };
  CHECK(errors() == std::pair<std::int64_t, std::size_t>(0, 3));
  std::int64_t early = 0;
  for (toy::Record& record : made.records) {
    record.steps_to_validation.reset();
    early += record.steps_to_rqi ? 1 : 0;  // who is not there has its budget behind it
  }
  CHECK(errors() == std::pair<std::int64_t, std::size_t>(early, 0));
  CHECK(early == 4 * 8);
  for (toy::Record& record : made.records) {
    record.state = "diverged";
  }
  CHECK(errors().first == 0);
}

TEST_CASE("told to get there: within the budget, to the step", "[referee]") {
  CHECK(told_to_get_there(10'000, 10'000));
  CHECK_FALSE(told_to_get_there(10'001, 10'000));
  CHECK_FALSE(told_to_get_there(never, 10'000));
  const HandMade made = hand_made(4, [](const toy::RunSpec&) { return 10.0; });
  const Theory late = formula("late", [](const toy::RunSpec& s) {
    return Forecast{.steps = s.seed == 0 ? 10'000.0 : s.seed == 1 ? 10'001.0 : never};
  });
  const League league = score_league(held_out(made, {late}), 1);
  CHECK(league.standings[2].told == 12);
  CHECK(league.standings[2].told_not == 36);
}

TEST_CASE("what no constant changes is that of the theory as it is", "[referee]") {
  const HandMade made = hand_made(5, [](const toy::RunSpec& s) {
    return std::optional(*law(s) * std::exp(0.3 * static_cast<double>((s.seed * 7) % 5)));
  });
  Theory rough = formula("rough", [](const toy::RunSpec& s) {
    return Forecast{.steps = 0.1 * *law(s) * (1 + 0.2 * static_cast<double>((s.seed * 3) % 5))};
  });
  rough.fitted = true;
  const League league = score_league(held_out(made, {rough}), 1);
  CHECK_FALSE(repeats(league.study, 2));
  CHECK(repeats(league.study, 3));
  for (const MeasureInfo& info : measures()) {
    CAPTURE(info.key);
    const double plain = league.standings[2].score(info.measure).estimate.value,
                 fitted = league.standings[3].score(info.measure).estimate.value;
    CHECK((std::isnan(plain) ? std::isnan(fitted) : (plain == fitted) == !info.sees_constant));
  }
}

// Steps are 100, 200, 400 by seed in every cell, times 10 for the larger of two rates; the theory
// says the same to the power of 1/2 within a cell, and nothing of the rate.
TEST_CASE("within cells: the trend between cells does not count", "[referee]") {
  HandMade made = hand_made(3, [](const toy::RunSpec& s) {
    return 100 * std::exp2(static_cast<double>(s.seed)) * (s.representation_rate < 2e-3 ? 1 : 10);
  });
  const Theory half = formula("half", [](const toy::RunSpec& s) {
    return Forecast{.steps = std::exp2(0.5 * static_cast<double>(s.seed))};
  });
  const Theory trend = formula("trend", [](const toy::RunSpec& s) {
    return Forecast{.steps = s.representation_rate < 2e-3 ? 1.0 : 10.0};
  });
  const League league = score_league(held_out(made, {half, trend}), 1);
  const auto value = [&](std::size_t c, Measure m) {
    return league.standings[c].score(m).estimate.value;
  };
  CHECK(value(2, Measure::within_cell_slope) == Approx(2));
  CHECK(value(2, Measure::within_cell_rank) > 0.95);  // rounding parts ties
  CHECK(value(2, Measure::within_cell_concordance) == 1);
  CHECK(value(2, Measure::slope) == Approx(2));
  CHECK(value(2, Measure::concordance) < 1);
  CHECK(std::isnan(value(3, Measure::within_cell_slope)));
  CHECK(std::isnan(value(3, Measure::within_cell_rank)));
  CHECK(value(3, Measure::within_cell_concordance) == 0.5);
  CHECK(value(3, Measure::rank) > 0.8);
  CHECK(value(0, Measure::within_cell_concordance) == 0.5);
  CHECK(value(1, Measure::within_cell_concordance) == 0.5);  // all of a cell are alike to it
  CHECK(value(1, Measure::concordance) > 0.5);
  CHECK(league.pairs.both_same_cell == 12 * 3);
  CHECK(league.pairs.one_same_cell == 0);
  CHECK(league.pairs.all() == league.standings[2].score(Measure::concordance).pairs);
  CHECK(league.standings[2].score(Measure::within_cell_concordance).pairs == 36);
  CHECK(league.standings[2].score(Measure::within_cell_slope).count == 36);
  // One run of a cell says nothing within it.
  made.runs.pop_back();
  made.runs.pop_back();
  made.records.resize(made.runs.size());
  const League fewer = score_league(held_out(made, {half}), 1);
  CHECK(fewer.standings[2].score(Measure::within_cell_slope).count == 33);
  CHECK(fewer.standings[2].score(Measure::slope).count == 34);
}

std::string value(const CsvTable& table, const std::string& contestant, const std::string& measure,
                  const std::string& column) {
  const auto at = std::ranges::find(table.columns, column) - table.columns.begin();
  for (const auto& row : table.rows) {
    if (row[0] == contestant && row[2] == measure) {
      return row.at(static_cast<std::size_t>(at));
    }
  }
  return "no such row";
}

TEST_CASE("tables hold every number, whatever the threads", "[referee]") {
  const HandMade made = hand_made(4, law);
  const League league = score_league(held_out(made, three_theories()), 1);
  const CsvTable table = league_table(league);
  CHECK(table.rows.size() == 6 * measures().size());
  CHECK(value(table, "right", "roc_area", "value") == "1");
  CHECK(value(table, "right", "roc_area", "runs") == "48");
  CHECK(value(table, "right", "roc_area", "censored") == "16");
  CHECK(value(table, "right", "roc_area", "minus_null") == "0.5");
  CHECK(value(table, "right", "accuracy_error", "value").empty());
  CHECK(value(table, "null", "roc_area", "best") == "cell");
  CHECK(forecast_table(league).rows.size() == 6 * 48);
  CHECK_FALSE(calibration_table(league).rows.empty());
  const League again = judge(three_theories(), made.runs, made.outcomes(), "rqi", 3);
  CHECK(league_table(again).rows == table.rows);
  CHECK(forecast_table(again).rows == forecast_table(league).rows);
  CHECK(calibration_table(again).rows == calibration_table(league).rows);
}

}  // namespace
}  // namespace grok
