#include "compare/referee/referee.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "compare/referee/league.hpp"
#include "core/errors.hpp"
#include "core/random.hpp"
#include "tests/compare/referee/referee_runs.hpp"
#include "tests/support/catch.hpp"

namespace grok {
namespace {

/// 5/sqrt(eta_embedding eta_decoder): 500 to 50,000, four of twelve cells beyond the budget.
std::optional<double> law(const toy::RunSpec& spec) {
  return 5 / std::sqrt(spec.representation_rate * spec.decoder_rate);
}

std::vector<Theory> three_theories() {
  Theory right = formula("right", [](const toy::RunSpec& s) { return Forecast{.steps = *law(s)}; });
  right.fitted = true;
  Theory scaled =
      formula("scaled", [](const toy::RunSpec& s) { return Forecast{.steps = *law(s) / 5}; });
  scaled.as_it_is = false;
  scaled.fitted = true;
  const Theory noise = formula("noise", [](const toy::RunSpec& s) {
    RandomStream random(std::hash<std::string>{}(identity(s)), "noise");
    return Forecast{.steps = std::pow(10, random.uniform(2, 5)), .accuracy = random.uniform(0, 1)};
  });
  return {right, scaled, noise};
}

HeldOutStudy held_out(const HandMade& study, const std::vector<Theory>& theories,
                      std::uint64_t fold_seed = 0) {
  return hold_out(theories, study.runs, study.outcomes(),
                  forecast_runs(theories, study.runs, "rqi", 1), "rqi", fold_seed);
}

bool same(const HeldOut& a, const HeldOut& b) {
  return a.score == b.score && a.probability == b.probability && a.steps == b.steps &&
         a.accuracy == b.accuracy;
}

TEST_CASE("what happened in a run", "[referee]") {
  toy::RunSpec spec;
  spec.steps = 100;
  const Run run = toy::run_of(spec);
  toy::Record record;
  record.steps_done = 80;
  record.steps_to_rqi = 70;
  record.steps_to_validation = 60;
  record.accuracy = 0.75;
  const auto seen = [&](const Event& event) {
    return observe(run, toy::outcome_of(record), event);
  };
  const Observed rqi = seen("rqi");
  CHECK(rqi.steps == 70);
  CHECK(rqi.budget == 100);
  CHECK(rqi.accuracy == 0.75);
  CHECK(seen("validation").steps == 60);
  record.steps_to_rqi.reset();
  CHECK_THROWS_WITH(seen("rqi"),
                    "referee: stop = \"decided\", allowed one that waits for the event rqi: a run "
                    "ended at step 80 without it");
  record.state = "diverged";
  CHECK_FALSE(seen("rqi").steps);
  CHECK(seen("rqi").diverged);
  record.state = "done";
  record.steps_done = 100;
  CHECK_FALSE(seen("rqi").steps);
}

TEST_CASE("cells fall into folds whole, and every run is in one", "[referee]") {
  const HandMade made = hand_made(4, law);
  const HeldOutStudy study = held_out(made, three_theories());
  CHECK(study.cell_count == 12);
  CHECK(study.fold_count == 5);
  std::map<std::int64_t, std::set<std::int64_t>> folds_of_cell, seeds_of_cell;
  std::map<std::int64_t, std::set<std::int64_t>> cells_of_fold;
  for (std::size_t r = 0; r < made.runs.size(); ++r) {
    folds_of_cell[study.cells[r]].insert(study.folds[r]);
    seeds_of_cell[study.cells[r]].insert(study.seeds[r]);
    cells_of_fold[study.folds[r]].insert(study.cells[r]);
  }
  for (std::int64_t cell = 0; cell < 12; ++cell) {
    CHECK(folds_of_cell.at(cell).size() == 1);
    CHECK(seeds_of_cell.at(cell).size() == 4);
  }
  REQUIRE(cells_of_fold.size() == 5);
  for (const auto& [fold, cells] : cells_of_fold) {
    CHECK((cells.size() == 2 || cells.size() == 3));
  }
  CHECK(held_out(made, three_theories(), 1).folds != study.folds);
  CHECK(held_out(made, three_theories()).folds == study.folds);
  HandMade one = made;
  one.runs.resize(4);
  one.records.resize(4);
  CHECK_THROWS_WITH(held_out(one, three_theories()),
                    Catch::Matchers::StartsWith("referee: cells = 1, allowed 2 or more"));
}

TEST_CASE("a constant is the median ratio of the other cells", "[referee]") {
  const HandMade made = hand_made(4, law);
  const HeldOutStudy study = held_out(made, three_theories());
  REQUIRE(study.contestants.size() == 5);
  CHECK(study.contestants[0].key == "null");
  CHECK(study.contestants[1].key == "right");
  CHECK(study.contestants[2].key == "right_fitted");
  CHECK(study.contestants[3].key == "scaled_fitted");
  CHECK(study.contestants[4].key == "noise");
  CHECK(study.constants[1].empty());
  REQUIRE(study.constants[3].size() == 5);
  for (std::size_t r = 0; r < made.runs.size(); ++r) {
    CHECK(*study.forecasts[1][r].steps == *law(made.runs[r].as<toy::RunSpec>()));
    CHECK(*study.forecasts[3][r].steps ==
          Approx(*law(made.runs[r].as<toy::RunSpec>())).epsilon(1e-3));
  }
  for (const auto& constant : study.constants[3]) {
    CHECK(*constant == Approx(5).epsilon(1e-3));
  }
}

TEST_CASE("a constant without runs to fit it on says nothing", "[referee]") {
  const HandMade made = hand_made(3, [](const toy::RunSpec&) { return std::nullopt; });
  const HeldOutStudy study = held_out(made, three_theories());
  CHECK_FALSE(study.constants[3][0]);
  CHECK_FALSE(study.forecasts[3][0].steps);
  CHECK_FALSE(study.forecasts[3][0].score);
  CHECK_FALSE(study.forecasts[3][0].probability);
  CHECK_FALSE(study.forecasts[0][0].steps);  // nobody got there: no median
  CHECK(*study.forecasts[0][0].accuracy == Approx(0.4));
}

TEST_CASE("the null model: base rate, median and mean of the other folds", "[referee]") {
  const HandMade made = hand_made(4, law);
  const HeldOutStudy study = held_out(made, three_theories());
  for (std::size_t r = 0; r < made.runs.size(); ++r) {
    std::vector<double> steps;
    double count = 0, accuracy = 0;
    for (std::size_t k = 0; k < made.runs.size(); ++k) {
      if (study.folds[k] != study.folds[r]) {
        count += 1;
        accuracy += made.records[k].accuracy;
        if (made.records[k].steps_to_rqi) {
          steps.push_back(static_cast<double>(*made.records[k].steps_to_rqi));
        }
      }
    }
    const auto there = static_cast<double>(steps.size());
    const HeldOut& null = study.forecasts[0][r];
    CHECK(*null.score == 0);
    CHECK(*null.probability == Approx((there + 1) / (count + 2)));
    CHECK(*null.steps == quantile(steps, 0.5));
    CHECK(*null.accuracy == Approx(accuracy / count));
  }
}

// Every record of a fold is replaced: nothing that is forecast in that fold may change.
TEST_CASE("no forecast depends on the run's record or on those of its fold", "[referee]") {
  const HandMade made = hand_made(4, law);
  const HeldOutStudy before = held_out(made, three_theories());
  for (std::int64_t fold = 0; fold < before.fold_count; ++fold) {
    HandMade changed = made;
    for (std::size_t r = 0; r < made.runs.size(); ++r) {
      if (before.folds[r] == fold) {
        toy::Record& record = changed.records[r];
        record.accuracy = 0.123;
        record.steps_to_rqi = record.steps_to_rqi ? std::nullopt : std::optional<std::int64_t>(77);
        record.steps_done = record.steps_to_rqi.value_or(10'000);
      }
    }
    const HeldOutStudy after = held_out(changed, three_theories());
    CHECK(after.folds == before.folds);
    std::int64_t others_changed = 0;
    for (std::size_t c = 0; c < before.contestants.size(); ++c) {
      for (std::size_t r = 0; r < made.runs.size(); ++r) {
        const bool kept = same(after.forecasts[c][r], before.forecasts[c][r]);
        CHECK((kept || before.folds[r] != fold));
        others_changed += kept ? 0 : 1;
      }
    }
    CHECK(others_changed > 0);  // the records were not ignored
  }
}

TEST_CASE("the order of the runs changes no forecast", "[referee]") {
  const HandMade made = hand_made(4, law);
  const HeldOutStudy study = held_out(made, three_theories());
  HandMade mixed;
  const auto order = RandomStream(5, "test").sample(48, 48);
  for (const std::int64_t k : order) {
    mixed.runs.push_back(made.runs[static_cast<std::size_t>(k)]);
    mixed.records.push_back(made.records[static_cast<std::size_t>(k)]);
  }
  const HeldOutStudy again = held_out(mixed, three_theories());
  for (std::size_t c = 0; c < study.contestants.size(); ++c) {
    for (std::size_t k = 0; k < order.size(); ++k) {
      const HeldOut &a = again.forecasts[c][k],
                    &b = study.forecasts[c][static_cast<std::size_t>(order[k])];
      CHECK(a.probability == b.probability);
      CHECK(a.steps == b.steps);
      CHECK(again.folds[k] == study.folds[static_cast<std::size_t>(order[k])]);
    }
  }
}

TEST_CASE("from score to probability: bins of training runs", "[referee]") {
  std::vector<double> scores;
  std::vector<bool> there;
  for (int k = 0; k < 40; ++k) {  // 20 low ones with 5 there, 20 high ones with 15 there
    scores.push_back(k);
    there.push_back(k < 20 ? k % 4 == 0 : k % 4 != 0);
  }
  for (int k = 0; k < 8; ++k) {
    scores.push_back(-never);
    there.push_back(k == 0);
  }
  const ScoreBins bins(scores, there);
  CHECK(bins.probability(-never) == Approx(2.0 / 10));
  CHECK(bins.probability(-1e9) == Approx(6.0 / 22));
  CHECK(bins.probability(19.9) == Approx(6.0 / 22));
  CHECK(bins.probability(20) == Approx(16.0 / 22));
  CHECK(bins.probability(never) == Approx(16.0 / 22));
  CHECK(ScoreBins({}, {}).probability(3) == 0.5);
  const ScoreBins ties(std::vector<double>(100, 2.0), std::vector<bool>(100, true));
  CHECK(ties.probability(2) == Approx(101.0 / 102));
  CHECK(ties.probability(1) == Approx(101.0 / 102));  // no empty bin below the lowest score
  CHECK_THROWS_AS(ScoreBins(std::vector<double>{std::nan("")}, {true}), InputError);
  // At most ten bins, of at least twenty runs.
  std::set<double> values;
  std::vector<double> many(1000);
  std::vector<bool> some(1000);
  for (std::size_t k = 0; k < 1000; ++k) {
    many[k] = static_cast<double>(k);
    some[k] = k % 100 < k / 100;
  }
  const ScoreBins ten(many, some);
  for (const double score : many) {
    values.insert(ten.probability(score));
  }
  CHECK(values.size() == 10);
}

TEST_CASE("a league: the right theory wins, the random one is no better than the null",
          "[referee]") {
  const HandMade made = hand_made(8, law);
  const League league = score_league(held_out(made, three_theories()), 2);
  CHECK(league.reached == 8 * 8);
  CHECK(league.censored == 8 * 4);
  CHECK(league.seeds == 8);
  const Standing &null = league.standings[0], &right = league.standings[1];
  CHECK(right.score(Measure::roc_area).estimate.value == 1);
  CHECK(right.score(Measure::concordance).estimate.value == 1);
  CHECK(right.score(Measure::median_factor).estimate.value == Approx(1).epsilon(1e-2));
  CHECK(right.score(Measure::median_factor).count == 64);
  CHECK(right.score(Measure::concordance).count == 96);
  CHECK(right.score(Measure::concordance).censored == 32);
  CHECK(right.score(Measure::within_1_25).estimate.value == 1);
  CHECK(right.score(Measure::slope).estimate.value == Approx(1).epsilon(1e-3));
  CHECK(right.score(Measure::rank).estimate.value > 0.99);
  CHECK(std::isnan(right.score(Measure::accuracy_error).estimate.value));
  CHECK(right.score(Measure::accuracy_error).count == 0);
  CHECK(null.score(Measure::roc_area).estimate.value == 0.5);
  const Standing& noise = league.standings[4];
  CHECK(noise.score(Measure::roc_area).estimate.low < 0.5);
  CHECK(noise.score(Measure::roc_area).estimate.high > 0.5);
  CHECK(noise.score(Measure::within_1_25).estimate.value < 0.3);
  CHECK(noise.score(Measure::log_score).estimate.value >
        right.score(Measure::log_score).estimate.value + 0.2);
  // Against the null model and the best, on the same runs and resamples.
  const auto at = [](Measure m) { return static_cast<std::size_t>(m); };
  CHECK(right.to_null[at(Measure::roc_area)].estimate.value == 0.5);
  CHECK(right.to_null[at(Measure::log_score)].estimate.high < 0);
  CHECK(*league.best[at(Measure::roc_area)] == 1);
  CHECK(std::isnan(right.to_best[at(Measure::roc_area)].estimate.value));
  CHECK(noise.to_best[at(Measure::roc_area)].estimate.value ==
        Approx(noise.score(Measure::roc_area).estimate.value - 1));
  CHECK(std::isnan(null.to_null[at(Measure::log_score)].estimate.value));
  CHECK(ranking(league, Measure::log_score).front() != 4);
  CHECK(ranking(league, Measure::accuracy_error).size() == 2);  // the null model and `noise`
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
  const Standing& two = league.standings[1];
  CHECK(two.forecast_never == 12 * 4);
  CHECK(two.never_yet_there == 12);
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
    const HeldOut& forecast = league.study.forecasts[1][r];
    const bool happened = made.records[r].steps_to_rqi.has_value();
    std::int64_t runs = 0, hits = 0;
    for (std::size_t k = 0; k < made.runs.size(); ++k) {
      if (league.study.folds[k] != league.study.folds[r] &&
          league.study.forecasts[1][k].steps == forecast.steps) {
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
  const HandMade made = hand_made(6, law);
  Theory some = formula("some", [](const toy::RunSpec& s) { return Forecast{.steps = *law(s)}; });
  some.applies = toy::of_spec([](const toy::RunSpec& s) { return s.representation_rate < 5e-3; });
  const League league = score_league(held_out(made, {some}), 1);
  const auto factor = static_cast<std::size_t>(Measure::median_factor);
  CHECK(league.standings[1].score(Measure::log_score).count == 6 * 9);  // three of four rates
  CHECK(league.standings[1].to_null[factor].count ==
        league.standings[1].score(Measure::median_factor).count);
  CHECK(league.standings[1].score(Measure::median_factor).count == 6 * 5);
  CHECK(*league.best[factor] == 0);  // the null model: the only one of all runs
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
  CHECK(table.rows.size() == 5 * measures().size());
  CHECK(value(table, "right", "roc_area", "value") == "1");
  CHECK(value(table, "right", "roc_area", "runs") == "48");
  CHECK(value(table, "right", "roc_area", "censored") == "16");
  CHECK(value(table, "right", "roc_area", "minus_null") == "0.5");
  CHECK(value(table, "right", "accuracy_error", "value").empty());
  CHECK(value(table, "null", "roc_area", "best") == "right");
  CHECK(forecast_table(league).rows.size() == 5 * 48);
  CHECK_FALSE(calibration_table(league).rows.empty());
  const League again = judge(three_theories(), made.runs, made.outcomes(), "rqi", 3);
  CHECK(league_table(again).rows == table.rows);
  CHECK(forecast_table(again).rows == forecast_table(league).rows);
  CHECK(calibration_table(again).rows == calibration_table(league).rows);
}

}  // namespace
}  // namespace grok
