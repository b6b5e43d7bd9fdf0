#include "compare/study/refined_study.hpp"

#include <cmath>
#include <set>

#include "core/errors.hpp"
#include "tests/compare/study/runs.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scratch.hpp"

namespace grok {
namespace {

using I = std::int64_t;

// 9 rates x 7 decays x 2 losses x 3 seeds, in this order.
const std::string toml = R"(name = "made up"
[run]
task = "addition"
symbols = 5
train = 10
[axes]
loss = ["mse", "cross-entropy"]
decoder_rate = { logspace = [1e-5, 1e-1], count = 9 }
decoder_decay = { range = [0, 6], step = 1 }
seed = [4, 5, 6]
[refine]
axes = ["decoder_rate", "decoder_decay"]
start = [4, 3]
)";

toy::Record record_with(const std::string& phase) {
  toy::Record record;
  if (phase != "none") {
    record.phase = phase;
  }
  return record;
}

// A half plane; with the other loss a larger one. One seed of three disagrees at decays of 4 and
// more.
std::string made_up_phase(const Run& asked) {
  const auto& run = asked.as<toy::RunSpec>();
  const double x = (std::log10(run.decoder_rate) + 5) * 2, y = run.decoder_decay;
  const bool inside = x + y < (run.loss == "mse" ? 6.5 : 9.5);
  if (run.seed == 5 && y > 3.5 && inside) {
    return "diverged";
  }
  return inside ? "grokking" : "memorization";
}

void insert_all(Store& store, std::span<const Run> runs) {
  for (const Run& run : runs) {
    insert(store, run, record_with(made_up_phase(run)));
  }
}

std::vector<Outcome> made_up_outcomes(std::span<const Run> runs) {
  std::vector<Outcome> outcomes;
  for (const Run& run : runs) {
    outcomes.push_back(toy::outcome_of(record_with(made_up_phase(run))));
  }
  return outcomes;
}

std::set<std::string> names_of(std::span<const Run> runs) {
  std::set<std::string> names;
  for (const Run& run : runs) {
    names.insert(run.name());
  }
  return names;
}

TEST_CASE("a point has the phase of most of its seeds, the first of the order in a tie",
          "[refine]") {
  const auto voted = [](const std::vector<std::string>& phases, double share) {
    std::vector<Outcome> outcomes;
    for (const std::string& phase : phases) {
      outcomes.push_back(toy::outcome_of(record_with(phase)));
    }
    return vote(outcomes, share);
  };
  const Vote two = voted({"grokking", "confusion", "grokking"}, 0.5);
  CHECK(phase_names[static_cast<std::size_t>(two.phase.phase)] == "grokking");
  CHECK(two.phase.certain);
  CHECK(two.votes == 2);
  CHECK(two.runs == 3);
  CHECK(!voted({"grokking", "confusion", "grokking"}, 0.67).phase.certain);
  CHECK(voted({"grokking", "confusion"}, 0.5).phase == PointPhase{1, false});  // a tie
  CHECK(voted({"confusion", "grokking"}, 0.51).phase == PointPhase{1, false});
  CHECK(voted({"none", "diverged", "none"}, 0.5).phase == PointPhase{5, true});
  CHECK(voted({"memorization"}, 1).phase == PointPhase{2, true});
  std::vector<std::string> most(20, "confusion");
  std::fill(most.begin(), most.begin() + 9, "diverged");
  CHECK(voted(most, 0.55).phase == PointPhase{3, true});
  CHECK_THROWS_WITH(voted({"liquid"}, 0.5), ContainsSubstring("phase = liquid, allowed compre"));
  CHECK_THROWS_AS(voted({}, 0.5), InputError);
}

TEST_CASE("a study is one grid per setting beside the two axes and the seeds", "[refine]") {
  const Study study = parse_study(toml, "s.toml");
  const StudyGrid grid = study_grid(study, study.refine->axes);
  CHECK(grid.size == GridSize{9, 7});
  CHECK(grid.values[0].front() == 1e-5);
  CHECK(grid.values[0].back() == 1e-1);
  CHECK(grid.values[1] == std::vector<double>{0, 1, 2, 3, 4, 5, 6});
  REQUIRE(grid.diagrams.size() == 2);
  CHECK(grid.diagrams[0].name == "loss = mse");
  CHECK(grid.diagrams[1].name == "loss = cross-entropy");
  for (const auto& diagram : grid.diagrams) {
    REQUIRE(diagram.points.size() == 63);
    for (I point = 0; point < 63; ++point) {
      const auto& numbers = diagram.points[static_cast<std::size_t>(point)];
      REQUIRE(numbers.size() == 3);
      for (const std::size_t number : numbers) {
        const auto& run = study.runs[number].as<toy::RunSpec>();
        CHECK("loss = " + run.loss == diagram.name);
        CHECK(run.decoder_rate == grid.values[0][static_cast<std::size_t>(point / 7)]);
        CHECK(run.decoder_decay == grid.values[1][static_cast<std::size_t>(point % 7)]);
      }
    }
  }
  const StudyGrid turned = study_grid(study, {"decoder_decay", "decoder_rate"});
  CHECK(turned.size == GridSize{7, 9});
  CHECK(turned.diagrams[0].points[1] == grid.diagrams[0].points[7]);
}

TEST_CASE("a grid with a hole, or with an axis that is no number, is refused", "[refine]") {
  Study study = parse_study(toml, "s.toml");
  CHECK_THROWS_WITH(study_grid(study, {"loss", "decoder_rate"}), ContainsSubstring("'loss'"));
  CHECK_THROWS_AS(study_grid(study, {"decoder_rat", "decoder_decay"}), InputError);
  std::erase_if(study.runs, [](const Run& asked) {
    const auto& run = asked.as<toy::RunSpec>();
    return run.decoder_rate == 1e-1 && run.decoder_decay == 2;
  });
  CHECK_THROWS_WITH(study_grid(study, study.refine->axes),
                    ContainsSubstring("decoder_rate = 0.1, decoder_decay = 2 without a run"));
  study.refine.reset();
  CHECK_THROWS_WITH(RefinedStudy(study), ContainsSubstring("'made up', allowed a study with"));
}

TEST_CASE("a refined study asks for what a replay says, round by round", "[refine]") {
  const Scratch scratch("refined-rounds");
  const Study study = parse_study(toml, "s.toml");
  const auto replays = replay_study(study, *study.refine, made_up_outcomes(study.runs));
  REQUIRE(replays.size() == 2);
  CHECK(replays[0].trained < 40);
  CHECK(replays[0].right.count == 63);
  Store store(scratch / "s.db");
  RefinedStudy state(study);
  const std::vector<Run> first = state.missing();  // before there is a store
  for (I round = 0;; ++round) {
    state.advance(store);
    if (state.missing().empty()) {
      break;
    }
    CHECK((round > 0 || names_of(first) == names_of(state.missing())));
    CHECK(state.needed_runs().size() == state.trained_runs().size() + state.missing().size());
    CHECK(state.round() == round);
    I wanted = 0;
    for (const auto& replay : replays) {
      const auto k = static_cast<std::size_t>(round);
      wanted += k < replay.refinement.rounds.size() ? std::ssize(replay.refinement.rounds[k]) : 0;
    }
    CHECK(state.wanted() == wanted);
    CHECK(std::ssize(state.missing()) == 3 * wanted);
    insert_all(store, state.missing());
  }
  CHECK(store.count() == 3 * (replays[0].trained + replays[1].trained));
  for (std::size_t d = 0; d < 2; ++d) {
    CHECK(state.refinement(d).points == replays[d].refinement.points);
    CHECK(state.refinement(d).rounds == replays[d].refinement.rounds);
  }
  const auto trained = state.trained_runs();
  CHECK(std::ssize(trained) == store.count());
  CHECK(names_of(trained).size() == trained.size());
  CHECK(names_of(state.needed_runs()) == names_of(trained));
  CHECK(state.vote_of(0, 6).votes == 2);  // the lowest rate, decay 6: seed 5 diverged
  CHECK(state.vote_of(0, 0).votes == 3);
}

TEST_CASE("what is known already, and in which order, changes no decision", "[refine]") {
  const Scratch scratch("refined-resumed");
  const Study study = parse_study(toml, "s.toml");
  Store full(scratch / "full.db"), parts(scratch / "parts.db");
  insert_all(full, study.runs);
  RefinedStudy once(study);
  once.advance(full);
  REQUIRE(once.missing().empty());

  // Interrupted after every third record, and some records there that no round asks for
  insert_all(parts, std::span(study.runs).subspan(100, 20));
  for (int turns = 0;; ++turns) {
    REQUIRE(turns < 200);
    RefinedStudy state(study);
    state.advance(parts);
    if (state.missing().empty()) {
      for (std::size_t d = 0; d < 2; ++d) {
        CHECK(state.refinement(d).points == once.refinement(d).points);
      }
      CHECK(names_of(state.trained_runs()) == names_of(once.trained_runs()));
      break;
    }
    std::vector<Run> some = state.missing();
    std::ranges::reverse(some);
    some.resize(std::min<std::size_t>(some.size(), 3));
    insert_all(parts, some);
  }
  CHECK(parts.count() < full.count());

  // The order of the other axes and of the seeds
  std::string turned = toml;
  turned.replace(turned.find("[4, 5, 6]"), 9, "[6, 4, 5]");
  turned.replace(turned.find("[\"mse\", \"cross-entropy\"]"), 24, "[\"cross-entropy\", \"mse\"]");
  RefinedStudy other(parse_study(turned, "s.toml"));
  other.advance(full);
  REQUIRE(other.missing().empty());
  CHECK(other.grid().diagrams[0].name == "loss = cross-entropy");
  CHECK(other.refinement(0).points == once.refinement(1).points);
  CHECK(other.refinement(1).points == once.refinement(0).points);
}

TEST_CASE("seeds that disagree are uncertain, and more is trained", "[refine]") {
  const Study study = parse_study(toml, "s.toml");
  RefineSpec strict = *study.refine;
  strict.share = 0.9;
  const auto outcomes = made_up_outcomes(study.runs);
  const auto lenient = replay_study(study, *study.refine, outcomes);
  const auto more = replay_study(study, strict, outcomes);
  CHECK(more[0].trained > lenient[0].trained);
  CHECK(more[0].right.count == 63);
  CHECK(std::ranges::count(lenient[0].refinement.points, false, &RefinedPoint::certain) == 0);
  CHECK(std::ranges::count(more[0].refinement.points, false, &RefinedPoint::certain) > 0);
}

TEST_CASE("the table has every point, trained or predicted", "[refine]") {
  const Scratch scratch("refined-table");
  const Study study = parse_study(toml, "s.toml");
  Store store(scratch / "s.db");
  RefinedStudy state(study);
  state.advance(store);
  CHECK_THROWS_WITH(refined_table(state), ContainsSubstring("missing, allowed a refinement that"));
  insert_all(store, study.runs);
  state.advance(store);
  const CsvTable table = refined_table(state);
  CHECK(table.columns == std::vector<std::string>{"diagram", "decoder_rate", "decoder_decay",
                                                  "phase", "state", "round", "votes", "runs"});
  REQUIRE(table.rows.size() == 2 * 63);
  CHECK(table.rows[0] ==
        std::vector<std::string>{"loss = mse", "1e-05", "0", "grokking", "trained", "0", "3", "3"});
  CHECK(table.rows[6] ==
        std::vector<std::string>{"loss = mse", "1e-05", "6", "grokking", "trained", "0", "2", "3"});
  I trained = 0;
  for (std::size_t k = 0; k < table.rows.size(); ++k) {
    const auto& row = table.rows[k];
    CHECK(row[0] == (k < 63 ? "loss = mse" : "loss = cross-entropy"));
    CHECK((row[4] == "trained" || row[4] == "predicted"));
    CHECK((row[4] == "predicted") == row[5].empty());
    CHECK(row[7] == (row[4] == "trained" ? "3" : ""));
    trained += row[4] == "trained" ? 1 : 0;
    const double x = (std::log10(std::stod(row[1])) + 5) * 2, y = std::stod(row[2]);
    CHECK(row[3] == (x + y < (k < 63 ? 6.5 : 9.5) ? "grokking" : "memorization"));
  }
  CHECK(trained == state.refinement(0).trained() + state.refinement(1).trained());
}

TEST_CASE("a batch as large as one of the training sets is the batch of one diagram", "[refine]") {
  const Study study = parse_study(R"(
[run]
task = "addition"
symbols = 5
batch = 8
[axes]
train = [8, 9, 10]
decoder_rate = [1e-3, 1e-2, 1e-1]
[refine]
axes = ["train", "decoder_rate"]
start = [1, 1]
)",
                                  "s.toml");
  CHECK(study_grid(study, study.refine->axes).diagrams.size() == 1);
}

StudyTraining training(int threads, const std::string& label,
                       const std::function<void(const std::string&)>& notice = {}) {
  StudyTraining result;
  result.request = cpu_workers(threads);
  result.label = label;
  result.notice = notice;
  return result;
}

TEST_CASE("run_refined trains what is needed, once", "[refine]") {
  const Scratch scratch("refined-run");
  const Study study = parse_study(R"(
[run]
task = "addition"
symbols = 5
train = 10
decoder_widths = [16]
output_dimension = 4
steps = 1000
stop = "phase"
[axes]
decoder_rate = { logspace = [1e-4, 1e-1], count = 13 }
decoder_decay = { range = [0, 6], step = 1 }
[refine]
axes = ["decoder_rate", "decoder_decay"]
start = [4, 3]
)",
                                  "s.toml");
  Store whole(scratch / "whole.db"), store(scratch / "s.db"), parts(scratch / "parts.db");
  const auto full = run_missing(study.runs, whole, training(2, "full"));
  const auto replay = replay_study(study, *study.refine, full.outcomes).front();
  REQUIRE(replay.refinement.rounds.size() > 2);  // there are borders
  REQUIRE(replay.trained < replay.points);

  std::vector<std::string> said;
  const auto outcome =
      run_refined(study, store,
                  training(2, "small", [&said](const std::string& line) { said.push_back(line); }));
  CHECK(outcome.trained_now == replay.trained);
  CHECK(std::ssize(outcome.outcomes) == replay.trained);
  CHECK(store.count() == replay.trained);
  CHECK(outcome.state.refinement(0).points == replay.refinement.points);
  CHECK(outcome.workers.engine == "cpu");
  REQUIRE(said.size() == 1 + replay.refinement.rounds.size());
  CHECK(said[0] == "small: round 0, 12 points, 12 runs to train");
  CHECK_THAT(said[1], ContainsSubstring("small: engine cpu, 2 threads"));
  CHECK_THAT(said[2], ContainsSubstring("small: round 1, "));
  const auto runs = outcome.state.trained_runs();
  for (std::size_t k = 0; k < runs.size(); ++k) {
    CHECK(record_in(store, runs[k]) == outcome.outcomes[k].as<toy::Record>());
  }

  Store reading = Store::open_existing(scratch / "s.db");  // takes no record
  const auto again = run_refined(study, reading, training(1, "small"));
  CHECK(again.trained_now == 0);
  CHECK(toy::records_of(again.outcomes) == toy::records_of(outcome.outcomes));
  CHECK(again.workers.engine == "cpu");

  // Cut off in the middle of a round: it goes on from there
  run_missing(std::span(runs).first(runs.size() / 2), parts, training(1, "before"));
  const auto resumed = run_refined(study, parts, training(1, "small"));
  CHECK(resumed.trained_now == std::ssize(runs) - std::ssize(runs) / 2);
  CHECK(parts.count() == store.count());
  CHECK(resumed.state.refinement(0).points == replay.refinement.points);
}

}  // namespace
}  // namespace grok
