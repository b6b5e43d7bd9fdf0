#include "compare/referee/referee.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "compare/referee/forecast_scores.hpp"
#include "core/errors.hpp"
#include "core/random.hpp"
#include "tests/compare/referee/referee_runs.hpp"
#include "tests/support/catch.hpp"

namespace grok {
namespace {

bool same(const HeldOut& a, const HeldOut& b) {
  return a.score == b.score && a.probability == b.probability && a.steps == b.steps &&
         a.unscaled == b.unscaled && a.accuracy == b.accuracy;
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

TEST_CASE("cells and seeds fall into folds whole, and every run is in one block", "[referee]") {
  const HandMade made = hand_made(7, law);
  const HeldOutStudy study = held_out(made, three_theories());
  CHECK(study.cell_count == 12);
  CHECK(study.cell_fold_count == 5);
  CHECK(study.seed_fold_count == 5);
  CHECK(study.block_count() == 25);
  std::map<std::int64_t, std::set<std::int64_t>> folds_of_cell, seeds_of_cell, folds_of_seed;
  std::map<std::int64_t, std::set<std::int64_t>> cells_of_fold, seeds_of_fold;
  for (std::size_t r = 0; r < made.runs.size(); ++r) {
    folds_of_cell[study.cells[r]].insert(study.cell_folds[r]);
    folds_of_seed[study.seeds[r]].insert(study.seed_folds[r]);
    seeds_of_cell[study.cells[r]].insert(study.seeds[r]);
    cells_of_fold[study.cell_folds[r]].insert(study.cells[r]);
    seeds_of_fold[study.seed_folds[r]].insert(study.seeds[r]);
    CHECK(study.block(r) == study.cell_folds[r] * 5 + study.seed_folds[r]);
  }
  for (std::int64_t cell = 0; cell < 12; ++cell) {
    CHECK(folds_of_cell.at(cell).size() == 1);
    CHECK(seeds_of_cell.at(cell).size() == 7);
  }
  for (const auto& [seed, folds] : folds_of_seed) {
    CHECK(folds.size() == 1);
  }
  REQUIRE(cells_of_fold.size() == 5);
  for (const auto& [fold, cells] : cells_of_fold) {
    CHECK((cells.size() == 2 || cells.size() == 3));
  }
  REQUIRE(seeds_of_fold.size() == 5);
  for (const auto& [fold, seeds] : seeds_of_fold) {
    CHECK((seeds.size() == 1 || seeds.size() == 2));
  }
  CHECK(held_out(made, three_theories(), 1).cell_folds != study.cell_folds);
  CHECK(held_out(made, three_theories(), 1).seed_folds != study.seed_folds);
  CHECK(held_out(made, three_theories()).cell_folds == study.cell_folds);
  CHECK(held_out(hand_made(2, law), three_theories()).seed_fold_count == 2);
  HandMade one = made;
  one.runs.resize(7);
  one.records.resize(7);
  CHECK_THROWS_WITH(held_out(one, three_theories()),
                    Catch::Matchers::StartsWith("referee: cells = 1, allowed 2 or more"));
  CHECK_THROWS_WITH(held_out(hand_made(1, law), three_theories()),
                    Catch::Matchers::StartsWith("referee: seeds = 1, allowed 2 or more"));
}

TEST_CASE("a constant is the median ratio of other cells and seeds", "[referee]") {
  const HandMade made = hand_made(4, law);
  const HeldOutStudy study = held_out(made, three_theories());
  REQUIRE(study.contestants.size() == 6);
  for (const auto& [c, key] : {std::pair{0, "null"},
                               {1, "cell"},
                               {2, "right"},
                               {3, "right_fitted"},
                               {4, "scaled_fitted"},
                               {5, "noise"}}) {
    CHECK(study.contestants[static_cast<std::size_t>(c)].key == key);
  }
  CHECK(study.constants[2].empty());
  REQUIRE(study.constants[4].size() == 20);
  for (std::size_t r = 0; r < made.runs.size(); ++r) {
    const double steps = *law(made.runs[r].as<toy::RunSpec>());
    CHECK(*study.forecasts[2][r].steps == steps);
    CHECK(*study.forecasts[4][r].steps == Approx(steps).epsilon(1e-3));
    CHECK(*study.forecasts[4][r].unscaled == steps / 5);
    CHECK(*study.forecasts[4][r].score == Approx(std::log(10'000 / steps * 5)));
  }
  for (const auto& constant : study.constants[4]) {
    CHECK(*constant == Approx(5).epsilon(1e-3));
  }
  // Where measured steps differ from run to run, each block has the median of its training runs.
  const HandMade rough = hand_made(5, [](const toy::RunSpec& s) {
    return std::optional(*law(s) * (1 + 0.1 * static_cast<double>(s.seed)));
  });
  const HeldOutStudy blocks = held_out(rough, three_theories());
  for (std::size_t r = 0; r < rough.runs.size(); ++r) {
    std::vector<double> ratios;
    for (std::size_t k = 0; k < rough.runs.size(); ++k) {
      if (blocks.cell_folds[k] != blocks.cell_folds[r] &&
          blocks.seed_folds[k] != blocks.seed_folds[r] && rough.records[k].steps_to_rqi) {
        ratios.push_back(static_cast<double>(*rough.records[k].steps_to_rqi) * 5 /
                         *law(rough.runs[k].as<toy::RunSpec>()));
      }
    }
    const auto& constant = blocks.constants[4][static_cast<std::size_t>(blocks.block(r))];
    CHECK(*constant == Approx(quantile(ratios, 0.5)).epsilon(1e-12));
  }
}

TEST_CASE("a constant without runs to fit it on says nothing", "[referee]") {
  const HandMade made = hand_made(3, [](const toy::RunSpec&) { return std::nullopt; });
  const HeldOutStudy study = held_out(made, three_theories());
  CHECK_FALSE(study.constants[4][0]);
  CHECK_FALSE(study.forecasts[4][0].steps);
  CHECK_FALSE(study.forecasts[4][0].unscaled);
  CHECK_FALSE(study.forecasts[4][0].score);
  CHECK_FALSE(study.forecasts[4][0].probability);
  CHECK_FALSE(study.forecasts[0][0].steps);  // nobody got there: no median
  CHECK(*study.forecasts[0][0].accuracy == Approx(0.4));
}

TEST_CASE("the null model: base rate, median and mean of other cells and seeds", "[referee]") {
  const HandMade made = hand_made(4, law);
  const HeldOutStudy study = held_out(made, three_theories());
  for (std::size_t r = 0; r < made.runs.size(); ++r) {
    std::vector<double> steps;
    double count = 0, accuracy = 0;
    for (std::size_t k = 0; k < made.runs.size(); ++k) {
      if (study.cell_folds[k] != study.cell_folds[r] &&
          study.seed_folds[k] != study.seed_folds[r]) {
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

/// Another outcome for the runs of `which`.
template <class Which>
HandMade changed(const HandMade& made, Which&& which) {
  HandMade result = made;
  for (std::size_t r = 0; r < made.runs.size(); ++r) {
    if (which(r)) {
      toy::Record& record = result.records[r];
      record.accuracy = 0.123;
      record.steps_to_rqi = record.steps_to_rqi ? std::nullopt : std::optional<std::int64_t>(77);
      record.steps_to_train = record.steps_to_validation = record.steps_to_rqi;
      record.steps_done = record.steps_to_rqi.value_or(10'000);
    }
  }
  return result;
}

// Every record that shares the fold of cells, or that of seeds, is replaced: nothing that is
// forecast in that block may change.
TEST_CASE("no forecast depends on the run, its cell or its seed", "[referee]") {
  const HandMade made = hand_made(4, law);
  const HeldOutStudy before = held_out(made, three_theories());
  for (std::int64_t block = 0; block < before.block_count(); ++block) {
    const HeldOutStudy after =
        held_out(changed(made,
                         [&](std::size_t r) {
                           return before.cell_folds[r] == block / before.seed_fold_count ||
                                  before.seed_folds[r] == block % before.seed_fold_count;
                         }),
                 three_theories());
    std::int64_t others_changed = 0;
    for (std::size_t c = 0; c < before.contestants.size(); ++c) {
      if (before.contestants[c].key == "cell") {
        continue;
      }
      for (std::size_t r = 0; r < made.runs.size(); ++r) {
        const bool kept = same(after.forecasts[c][r], before.forecasts[c][r]);
        CHECK((kept || before.block(r) != block));
        others_changed += kept ? 0 : 1;
      }
    }
    CHECK(others_changed > 0);  // the records were not ignored
  }
}

// By hand: seeds 0 and 1 of 5 there, at 100 and 300, in the cells of the two smaller rates.
TEST_CASE("the same cell: share, median and mean of the other seeds", "[referee]") {
  const HandMade made = hand_made(5, [](const toy::RunSpec& s) {
    return s.seed < 2 && s.representation_rate < 1.5e-3
               ? std::optional(100.0 + 200.0 * static_cast<double>(s.seed))
               : std::nullopt;
  });
  const HeldOutStudy study = held_out(made, {});
  for (std::size_t r = 0; r < made.runs.size(); ++r) {
    const toy::RunSpec& spec = made.runs[r].as<toy::RunSpec>();
    const HeldOut& cell = study.forecasts[1][r];
    const bool some = spec.representation_rate < 1.5e-3, own = some && spec.seed < 2;
    const double k = some ? own ? 1 : 2 : 0;
    CHECK(*cell.probability == Approx((k + 1) / 6));
    CHECK(*cell.score == *cell.probability);
    CHECK(*cell.steps == (!some ? never : spec.seed == 0 ? 300 : spec.seed == 1 ? 100 : 200));
    CHECK(cell.unscaled == cell.steps);
    CHECK(*cell.accuracy == Approx((k * 1.0 + (4 - k) * 0.4) / 4));
  }
  // Neither a run's own seed nor another cell is read.
  for (std::int64_t seed = 0; seed < 5; ++seed) {
    const HeldOutStudy after =
        held_out(changed(made,
                         [&](std::size_t r) {
                           return study.seeds[r] == seed || study.cells[r] != study.cells[0];
                         }),
                 {});
    for (std::size_t r = 0; r < made.runs.size(); ++r) {
      const bool kept = same(after.forecasts[1][r], study.forecasts[1][r]);
      CHECK((study.cells[r] != study.cells[0] || kept == (study.seeds[r] == seed)));
    }
  }
}

// Half of the seeds get there whatever their settings. A theory that tells seeds apart, and nothing
// else, must not learn which they are.
TEST_CASE("a fingerprint of the seed is worth no more than no theory", "[referee]") {
  const HandMade made = hand_made(40, [](const toy::RunSpec& s) {
    return RandomStream(static_cast<std::uint64_t>(s.seed), "test").below(2) == 0
               ? std::optional(100.0)
               : std::nullopt;
  });
  const auto fingerprint = formula("fingerprint", [](const toy::RunSpec& s) {
    return Forecast{.score = static_cast<double>(s.seed)};
  });
  const HeldOutStudy study = held_out(made, {fingerprint});
  const auto log_score_of = [&](std::size_t c) {
    double sum = 0;
    for (std::size_t r = 0; r < made.runs.size(); ++r) {
      sum += log_score(*study.forecasts[c][r].probability, study.observed[r].steps.has_value());
    }
    return sum / static_cast<double>(made.runs.size());
  };
  CHECK(log_score_of(2) >= log_score_of(0));
  CHECK(log_score_of(0) == Approx(std::log(2)).epsilon(0.05));
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
      CHECK(again.block(k) == study.block(static_cast<std::size_t>(order[k])));
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

}  // namespace
}  // namespace grok
