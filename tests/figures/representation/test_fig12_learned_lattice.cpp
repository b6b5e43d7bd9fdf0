#include "figures/representation/fig12_learned_lattice.hpp"

#include <cmath>
#include <map>
#include <set>
#include <sstream>

#include "core/errors.hpp"
#include "core/random.hpp"
#include "figures/script.hpp"
#include "figures/study_runs.hpp"
#include "nets/toy/train.hpp"
#include "tests/figures/drawn_again.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scratch.hpp"
#include "theory/representation.hpp"

using namespace grok;

namespace {

const std::vector<Sample> paper_train = {{0, 2}, {0, 3}, {1, 1}, {1, 2}, {1, 3}, {2, 2}};

Eigen::MatrixXd column(double a, double b, double c, double d) {
  return Eigen::Vector4d(a, b, c, d);
}

struct Runs {
  std::vector<toy::RunSpec> specs;
  std::vector<toy::Record> records;
  std::vector<Eigen::MatrixXd> embeddings;
  void add(bool fast, std::int64_t seed, const Eigen::MatrixXd& E) {
    toy::RunSpec spec;
    spec.symbols = 4;
    spec.train = 6;
    spec.pair_list = paper_train;
    spec.seed = seed;
    spec.representation_rate = fast ? 1e-3 : 1e-2;
    spec.decoder_rate = fast ? 1e-2 : 1e-3;
    specs.push_back(resolve(spec, "test"));
    toy::Record record;
    record.accuracy = 0.6;
    record.train_accuracy = 1;
    records.push_back(record);
    embeddings.push_back(E);
  }
  LearnedData data() const { return collect_learned(specs, records, embeddings); }
};

const Eigen::MatrixXd line = column(0, 1, 2, 3);
const Eigen::MatrixXd first = column(0, 1, 2, 7);   // A1
const Eigen::MatrixXd second = column(9, 7, 3, 1);  // A2
const Eigen::MatrixXd third = column(-4, 1, 2, 3);  // A3
const Eigen::MatrixXd nothing = column(0, 5, 1, 2);
// Two within the tolerance, the third, which is their difference, not: defects -0.08, 0.08, 0.16.
const Eigen::MatrixXd two = column(0, 0.7746, 2 * 0.7746 - 0.08, 3 * 0.7746);

Runs example() {
  Runs runs;
  runs.add(false, 0, line);
  runs.add(true, 0, nothing);
  runs.add(true, 1, first);
  runs.add(false, 1, -line);
  runs.add(true, 2, second);
  runs.add(false, 2, third);
  runs.add(false, 3, two);
  runs.add(true, 3, first);
  return runs;
}

}  // namespace

TEST_CASE("fig12: D is the published one, the samples of all equations", "[figures]") {
  const Lattice lattice = build_lattice(Task::addition(4), Eigen::VectorXd::Zero(4));
  CHECK(samples_of(lattice) == paper_train);
}

TEST_CASE("fig12: the study asks for two pairs of rates with the same seeds", "[figures]") {
  const Figure* figure = find_figures({"fig12"}).at(0);
  for (const auto& [profile, seeds] : {std::pair{"quick", 20}, std::pair{"full", 100}}) {
    const auto specs = toy::figure_runs(*figure, profile);
    REQUIRE(std::ssize(specs) == 2 * seeds);
    std::map<std::pair<double, double>, std::set<std::int64_t>> pairs;
    for (const toy::RunSpec& run : specs) {
      pairs[{run.representation_rate, run.decoder_rate}].insert(run.seed);
      CHECK((run.symbols == 4 && run.train == 6 && run.steps == 10'000 && run.stop == "budget"));
      CHECK((run.representation_dimension == 1 && run.decoder_widths.size() == 2));
    }
    REQUIRE(pairs.size() == 2);
    CHECK(pairs.at({1e-3, 1e-2}) == pairs.at({1e-2, 1e-3}));
    CHECK(std::ssize(pairs.at({1e-3, 1e-2})) == seeds);
  }
}

TEST_CASE("fig12: networks are counted where their equations hold", "[figures]") {
  const LearnedData data = example().data();
  REQUIRE(data.pairs.size() == 2);
  const RatePair &fast = data.pairs[0], &slow = data.pairs[1];
  CHECK((fast.name == "fast decoder" && fast.decoder_rate == 1e-2));
  CHECK((slow.name == "slow decoder" && slow.representation_rate == 1e-2));
  CHECK(fast.counts == std::vector<std::int64_t>{1, 2, 1, 0, 0, 0, 0, 0});
  CHECK(slow.counts == std::vector<std::int64_t>{0, 0, 0, 1, 1, 0, 0, 2});  // 3: A1 and A2, not A3
  CHECK(fast.networks == 4);
  const Estimate wanted = wilson(2, 4);
  CHECK(fast.shares[1].value == wanted.value);
  CHECK(fast.shares[1].low == wanted.low);
  CHECK(fast.shares[1].high == wanted.high);
  CHECK(fast.held.estimate.value == Approx(3.0 / 4));
  CHECK(slow.held.estimate.value == Approx(9.0 / 4));
  CHECK(data.difference.estimate.value == Approx((3.0 + 2 + 0 + 1) / 4));
  CHECK(data.difference.groups == 4);
  CHECK(data.difference.estimate.low >= 0);
  CHECK(data.difference.estimate.high <= 3);
  CHECK(data.train == paper_train);
}

TEST_CASE("fig12: embeddings are standardised and stand with E_0 on the left", "[figures]") {
  const LearnedData data = example().data();
  for (const LearnedRun& run : data.runs) {
    CHECK(run.embeddings.sum() == Approx(0).margin(1e-12));
    CHECK(run.embeddings.squaredNorm() == Approx(3));
    CHECK(run.embeddings(0) < run.embeddings(3));
  }
  const double step = std::sqrt(3 / 5.0);
  CHECK(data.runs[3].embeddings(0) == Approx(-1.5 * step));  // -line, mirrored
  CHECK(data.runs[3].embeddings(1) == Approx(-0.5 * step));
}

TEST_CASE("fig12: a diverged network leaves its seed's difference", "[figures]") {
  Runs runs = example();
  runs.records[0].state = "diverged";
  const LearnedData data = runs.data();
  CHECK(data.diverged == 1);
  CHECK(data.runs.size() == 7);
  CHECK(data.pairs[1].networks == 3);
  CHECK(data.pairs[0].networks == 4);
  CHECK(data.difference.groups == 3);
  CHECK(data.difference.estimate.value == Approx(1.0));
}

TEST_CASE("fig12: what it cannot pair is refused", "[figures]") {
  Runs runs = example();
  runs.add(true, 4, line);
  CHECK_THROWS_WITH(runs.data(), ContainsSubstring("seeds = others for the second pair"));
  runs.add(false, 4, line);
  CHECK(runs.data().runs.size() == 10);
  runs.specs.back().decoder_rate = 0.5;
  CHECK_THROWS_WITH(runs.data(), ContainsSubstring("pairs of learning rates = 3, allowed"));
  runs = example();
  runs.embeddings.pop_back();
  CHECK_THROWS_WITH(runs.data(), ContainsSubstring("embeddings = 7, allowed"));
  runs = example();
  runs.specs[2].representation_dimension = 2;
  CHECK_THROWS_WITH(runs.data(), ContainsSubstring("representation_dimension = 2, allowed"));
}

TEST_CASE("fig12: untrained embeddings are those that runs start from", "[figures]") {
  const Runs runs = example();
  LearnedData data = runs.data();
  std::vector<std::int64_t> wanted(8, 0);
  for (std::uint64_t k = 0; k < 400; ++k) {
    RandomStream stream(k, "embeddings");
    Eigen::MatrixXd E(4, 1);
    for (int s = 0; s < 4; ++s) {
      E(s, 0) = stream.uniform(-0.5, 0.5);
    }
    const auto holds = holding(E, data.lattice.equations);
    const unsigned node = (holds[0] ? 1U : 0U) + (holds[1] ? 2U : 0U) + (holds[2] ? 4U : 0U);
    ++wanted[node];
    if (node != 0 || k == 399) {  // each draw by its number
      count_untrained(data, runs.specs[0], static_cast<std::int64_t>(k) + 1);
      CHECK(data.untrained == wanted);
    }
  }
  CHECK(wanted[1] + wanted[2] + wanted[4] > 0);
  CHECK(data.chance_draws == 400);
  CHECK(data.chance[0].value == Approx(static_cast<double>(wanted[0]) / 400));
  CHECK_THROWS_AS(count_untrained(data, runs.specs[0], 0), InputError);
}

TEST_CASE("fig12: claims follow the numbers", "[figures]") {
  LearnedData data = example().data();
  auto claims = claims_of_learned(data);
  REQUIRE(claims.size() == 2);
  CHECK_THAT(claims[0].ours, ContainsSubstring("5 of the 5 closed sets occur, 8 networks"));
  CHECK(claims[0].verdict == Verdict::agrees);
  CHECK(claims[0].remark == "networks in sets that are not closed: 1");
  CHECK_THAT(claims[1].ours, ContainsSubstring("1.50 ["));
  data.pairs[0].counts[2] = 0;
  claims = claims_of_learned(data);
  CHECK(claims[0].verdict == Verdict::partly);
  CHECK_THAT(claims[0].remark,
             ContainsSubstring("never: A2; networks in sets that are not closed: 1"));
  data.pairs[0].counts = {0, 0, 0, 0, 0, 0, 0, 4};
  data.pairs[1].counts = {0, 0, 0, 4, 0, 0, 0, 0};
  CHECK(claims_of_learned(data)[0].verdict == Verdict::differs);
  for (const auto& [low, high, verdict] :
       {std::tuple{0.1, 1.0, Verdict::agrees}, std::tuple{-1.0, -0.1, Verdict::differs},
        std::tuple{-0.1, 0.1, Verdict::open}, std::tuple{0.0, 1.0, Verdict::open}}) {
    data.difference.estimate = {(low + high) / 2, low, high};
    CHECK(claims_of_learned(data)[1].verdict == verdict);
  }
}

TEST_CASE("fig12: cards, data rows, numbers", "[figures][gnuplot]") {
  const Runs runs = example();
  LearnedData data = runs.data();
  count_untrained(data, runs.specs[0], 50);
  const Drawing drawing = draw_learned(data, "the command");
  CHECK_THAT(drawing.script, ContainsSubstring("\"{/:Bold 2} of 4\" 0"));  // fast, A1
  CHECK_THAT(drawing.script, ContainsSubstring("\"0 of 4\" 2"));
  CHECK_THAT(drawing.script, ContainsSubstring("slow − fast, by seed: 1.50 ["));
  CHECK_THAT(drawing.script,
             ContainsSubstring("'fast decoder: rates 0.001 (embeddings), 0.01 (decoder)'"));
  CHECK_THAT(drawing.script, ContainsSubstring("set arrow from 0,0 to 1,3 nohead back"));
  CHECK_THAT(drawing.script, ContainsSubstring("'the command'"));
  REQUIRE(drawing.tables.size() == 2);
  CHECK(drawing.tables[0].second.rows.size() == 8);
  CHECK(drawing.tables[1].second.rows.size() == 24);
  for (const auto& [panel, table] : drawing.tables) {
    for (const auto& row : table.rows) {
      CHECK(row.size() == table.columns.size());
    }
  }
  CHECK_THAT(report_learned(data), ContainsSubstring("8 networks (0 diverged and left out), 4"));
  CHECK_THAT(report_learned(data), ContainsSubstring("A1          2 of 4, 0.50 [0.15, 0.85]"));
  const Scratch scratch("fig12");
  FigureContext context;
  context.out = scratch.folder();
  CHECK(write_drawing("fig12_learned_lattice", drawing, context).size() == 5);
}

TEST_CASE("fig12: one seed, all networks in one node, is drawn", "[figures][gnuplot]") {
  Runs runs;
  runs.add(true, 7, line);
  runs.add(false, 7, line);
  const LearnedData data = runs.data();
  CHECK_THAT(report_learned(data), ContainsSubstring("undefined"));
  CHECK(claims_of_learned(data)[1].verdict == Verdict::open);
  const Scratch scratch("fig12-one");
  FigureContext context;
  context.out = scratch.folder();
  CHECK(write_drawing("fig12_learned_lattice", draw_learned(data, "c"), context).size() == 5);
}

TEST_CASE("fig12 from networks to pictures, on a small study", "[figures][gnuplot]") {
  const Scratch scratch("fig12-all");
  Store store(scratch / "store.db");
  std::ostringstream report;
  FigureContext context;
  context.out = scratch.folder();
  context.store = &store;
  context.report = &report;
  const std::string_view toml =
      "[run]\ntask = \"addition\"\nsymbols = 4\ntrain = 6\nsteps = 40\nstop = \"budget\"\n"
      "decoder_widths = [8]\n[zip]\nrepresentation_rate = [1e-3, 1e-1]\ndecoder_rate = [1e-2, "
      "1e-3]\n[profiles.quick.axes]\nseed = [0, 1, 2]\n";
  const Figure small = fig12_learned_lattice(toml);
  context.train = false;
  CHECK_THROWS_WITH(small.draw(small, context),
                    ContainsSubstring("fig12_learned_lattice: runs = 6 of 6 missing in the store"));
  context.train = true;
  CHECK(small.draw(small, context).size() == 2);
  CHECK(store.count() == 6);
  CHECK_THAT(report.str(), ContainsSubstring("6 networks (0 diverged and left out), 3 seeds"));
  CHECK(std::filesystem::file_size(scratch / "fig12_learned_lattice.png") > 20'000);

  // The store holds the networks that were drawn; RQI there is the share that holds here.
  Runs traced;
  for (toy::RunSpec spec : toy::figure_runs(small, "quick")) {
    spec.pair_list = paper_train;
    traced.specs.push_back(resolve(spec, "test"));
    const toy::TracedRun run = train_traced(traced.specs.back(), 0);
    traced.records.push_back(run.record);
    traced.embeddings.push_back(run.trained.embeddings);
    const auto outcome = store.find(toy::run_of(traced.specs.back()));
    REQUIRE(outcome);
    CHECK(outcome->as<toy::Record>().rqi == run.record.rqi);
  }
  const LearnedData data = traced.data();
  for (std::size_t k = 0; k < data.runs.size(); ++k) {
    CHECK(data.runs[k].held == Approx(3 * traced.records[k].rqi));
  }
  CHECK_THAT(report.str(), ContainsSubstring(with_interval(data.difference.estimate)));

  CHECK(drawn_again(small, context, scratch / "store.db") == tables_in(scratch.folder()));
  context.train = false;
  CHECK(small.draw(small, context).size() == 2);
  CHECK(store.count() == 6);

  const Figure wrong = fig12_learned_lattice(
      "[run]\ntask = \"addition\"\nsymbols = 4\ntrain = 5\n[zip]\nrepresentation_rate = [1e-3, "
      "1e-1]\ndecoder_rate = [1e-2, 1e-3]\n[profiles.quick.axes]\nseed = [0, 1]\n");
  CHECK_THROWS_WITH(wrong.draw(wrong, context), ContainsSubstring("train = 5, allowed [6, 6]"));
  context.store = nullptr;
  CHECK_THROWS_WITH(small.draw(small, context),
                    ContainsSubstring("fig12_learned_lattice: store = none, allowed"));
}
