#include "figures/representation/fig10_ideal_bounds.hpp"

#include <cmath>
#include <sstream>

#include "compare/study/study.hpp"
#include "core/errors.hpp"
#include "core/random.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scratch.hpp"
#include "theory/representation.hpp"
#include "theory/structure.hpp"
#include "theory/threshold.hpp"

using namespace grok;

namespace {

struct Runs {
  std::vector<toy::RunSpec> specs;
  std::vector<toy::Record> records;
  /// RQIs in parallelograms of 70, accuracies in samples of 55.
  void add(std::int64_t train, std::int64_t seed, double rqi, double ideal_rqi, double accuracy,
           double predicted, double ideal_accuracy) {
    toy::RunSpec spec;
    spec.train = train;
    spec.seed = seed;
    specs.push_back(resolve(spec, "test"));
    toy::Record record;
    record.rqi = rqi / 70;
    record.ideal_rqi = ideal_rqi / 70;
    record.accuracy = accuracy / 55;
    record.predicted_accuracy = predicted / 55;
    record.ideal_accuracy = ideal_accuracy / 55;
    records.push_back(record);
  }
  IdealData data() const { return collect_ideal(specs, records); }
};

Runs example() {
  Runs runs;
  runs.add(11, 0, 3, 2, 13, 11, 12);
  runs.add(11, 1, 2, 2, 12, 12, 12);
  runs.add(22, 0, 8, 3, 16, 22, 22);
  runs.add(22, 1, 10, 70, 30, 24, 50);
  runs.add(44, 0, 70, 70, 55, 55, 54);
  runs.add(44, 1, 60, 70, 50, 51, 55);
  return runs;
}

std::vector<std::string> profiles_of(std::string_view toml) {
  std::vector<std::string> names;
  const std::string open = "[profiles.";
  for (auto at = toml.find(open); at != std::string_view::npos; at = toml.find(open, at + 1)) {
    const auto name = toml.substr(at + open.size());
    names.emplace_back(name.substr(0, name.find('.')));
  }
  return names;
}

}  // namespace

TEST_CASE("fig10 asks for the runs of fig3, in every profile", "[figures]") {
  const Figure* fig3 = find_figures({"fig3"}).at(0);
  const Figure* fig10 = find_figures({"fig10"}).at(0);
  const auto profiles = profiles_of(fig3->study);
  REQUIRE(profiles.size() >= 2);
  CHECK(profiles_of(fig10->study) == profiles);
  for (const std::string& profile : profiles) {
    CAPTURE(profile);
    const Study one = parse_study(fig3->study, "fig3", profile);
    const Study two = parse_study(fig10->study, "fig10", profile);
    REQUIRE(one.runs.size() == two.runs.size());
    REQUIRE(one.runs.size() >= 100);
    std::size_t equal = 0;
    for (std::size_t k = 0; k < one.runs.size(); ++k) {
      equal += one.runs[k].name() == two.runs[k].name() ? 1 : 0;
    }
    CHECK(equal == one.runs.size());
  }
}

TEST_CASE("fig10: what breaks a bound is counted", "[figures]") {
  const IdealData data = example().data();
  REQUIRE(data.bounds.size() == 3);
  const Bound &rqi = data.bounds[0], &accuracy = data.bounds[1], &predicted = data.bounds[2];
  CHECK((rqi.name == "RQI" && rqi.count == 6 && rqi.broken == 2 && rqi.units == 70));
  CHECK(rqi.largest_excess == Approx(5.0 / 70));
  CHECK(rqi.mean_excess == Approx(3.0 / 70));
  CHECK(rqi.largest_train == 22);
  CHECK(rqi.share_of_all.value == Approx(2.0 / 6));
  CHECK(rqi.share_of_all.low == Approx(0.0).margin(1e-12));  // seed 1 alone
  CHECK(rqi.share_of_all.high == Approx(2.0 / 3));           // seed 0 alone
  // Where the ideal value is 1 nothing is above it: three networks are left.
  CHECK((rqi.binding == 3 && accuracy.binding == 5));
  CHECK(rqi.share.value == Approx(2.0 / 3));
  CHECK(rqi.share.low == Approx(0.0).margin(1e-12));
  CHECK(rqi.share.high == Approx(1.0));
  CHECK(accuracy.share.value == Approx(2.0 / 5));
  CHECK((accuracy.name == "Acc" && accuracy.broken == 2 && accuracy.largest_train == 44));
  CHECK(accuracy.largest_excess == Approx(1.0 / 55));
  CHECK((predicted.name == "predicted Acc" && predicted.broken == 1));
  CHECK(predicted.largest_train == 44);
  CHECK(data.seeds == 2);
}

TEST_CASE("fig10: means per size", "[figures]") {
  const IdealData data = example().data();
  REQUIRE(data.means.size() == 3);
  CHECK(data.means[0].train == 11);
  CHECK(data.means[0].fraction == Approx(0.2));
  CHECK(data.means[0].count == 2);
  CHECK(data.means[0].rqi.value == Approx(2.5 / 70));
  CHECK(data.means[0].rqi.low == Approx(2.0 / 70));
  CHECK(data.means[0].rqi.high == Approx(3.0 / 70));
  CHECK(data.means[1].ideal_rqi.value == Approx(36.5 / 70));
  CHECK(data.means[1].accuracy.value == Approx(23.0 / 55));
  CHECK(data.means[2].ideal_accuracy.value == Approx(54.5 / 55));
}

TEST_CASE("fig10: luck is the RQI of embeddings before training, each counted once", "[figures]") {
  const Runs runs = example();
  const IdealData data = runs.data();
  CHECK(data.untrained == 2);
  const auto P0 = list_parallelograms(group_by_output(Task::addition(10)));
  double sum = 0;
  for (const std::int64_t seed : {0, 1}) {
    RandomStream stream(static_cast<std::uint64_t>(seed), "embeddings");
    Eigen::MatrixXd E(10, 1);
    for (int k = 0; k < 10; ++k) {
      E(k, 0) = stream.uniform(-0.5, 0.5);
    }
    sum += rqi(E, P0);
  }
  CHECK(data.untrained_rqi.value == Approx(sum / 2));
}

TEST_CASE("fig10: a diverged network is counted, not drawn; one task at a time", "[figures]") {
  Runs runs = example();
  runs.add(44, 2, 70, 1, 55, 55, 1);
  runs.records.back().state = "diverged";
  const IdealData data = runs.data();
  CHECK(data.diverged == 1);
  CHECK(data.runs.size() == 6);
  CHECK(data.bounds[0].broken == 2);
  CHECK(data.seeds == 2);
  CHECK_THAT(report_ideal(data), ContainsSubstring("6 networks (1 diverged and left out)"));
  toy::RunSpec other;
  other.symbols = 6;
  other.train = 7;
  runs.specs.back() = resolve(other, "test");
  CHECK_THROWS_WITH(runs.data(), ContainsSubstring("task = addition, 6 symbols, allowed one task"));
  runs.records.pop_back();
  CHECK_THROWS_AS(runs.data(), InputError);
}

TEST_CASE("fig10: ideal quantities of random D are those of the structure, draw by draw",
          "[figures]") {
  const Task task = Task::addition(6);
  constexpr std::int64_t draws = 7;
  const auto expected = expect_ideal(task, draws, 3, 2);
  REQUIRE(std::ssize(expected) == task.sample_count());
  for (const Index n : {5, 9, 13}) {
    std::vector<double> rqi, accuracy;
    for (std::int64_t k = 0; k < draws; ++k) {
      std::vector<Sample> train;
      for (const auto s : RandomStream(3, "threshold/" + std::to_string(k)).sample(21, n)) {
        train.push_back(task.sample(s));
      }
      const Structure found = analyse_structure(task, train);
      rqi.push_back(found.ideal_rqi);
      accuracy.push_back(found.ideal_accuracy);
    }
    const auto check = [](const std::vector<double>& values, const Estimate& mean, double error) {
      double sum = 0, squares = 0;
      for (const double v : values) {
        sum += v;
      }
      const double centre = sum / static_cast<double>(values.size());
      for (const double v : values) {
        squares += (v - centre) * (v - centre);
      }
      const double n_draws = static_cast<double>(values.size());
      CHECK(mean.value == Approx(centre));
      CHECK(error == Approx(std::sqrt(squares / (n_draws - 1) / n_draws)).margin(1e-12));
      CHECK(mean.high - mean.value == Approx(1.959964 * error).margin(1e-9));
      CHECK(mean.value - mean.low == Approx(1.959964 * error).margin(1e-9));
    };
    const IdealExpectation& at = expected.at(static_cast<std::size_t>(n - 1));
    CHECK((at.train == n && at.draws == draws));
    CHECK(at.fraction == Approx(static_cast<double>(n) / 21));
    check(rqi, at.rqi, at.rqi_error);
    check(accuracy, at.accuracy, at.accuracy_error);
  }
  CHECK_THROWS_AS(expect_ideal(task, 1, 3, 1), InputError);
  CHECK_THROWS_AS(expect_ideal(Task::addition(2), 9, 3, 1), InputError);  // no parallelogram
}

TEST_CASE("fig10: ideal RQI is 1 where the structure is unique, on any number of threads",
          "[figures]") {
  const Task task = Task::addition(7);
  constexpr std::int64_t draws = 600;
  const auto one = expect_ideal(task, draws, 58, 1), two = expect_ideal(task, draws, 58, 2);
  const ThresholdCounts unique = count_unique(task, draws, 58, 1);
  bool between = false;
  for (std::size_t n = 1; n <= one.size(); ++n) {
    CHECK(one[n - 1].complete == unique.unique[n]);
    CHECK(one[n - 1].rqi.value == two[n - 1].rqi.value);
    CHECK(one[n - 1].accuracy_error == two[n - 1].accuracy_error);
    between = between || (one[n - 1].complete > 0 && one[n - 1].complete < draws);
  }
  CHECK(between);
}

TEST_CASE("fig10: claims follow the numbers", "[figures]") {
  IdealData data = example().data();
  CHECK_THROWS_AS(claims_of_ideal(data), InputError);  // no expectation
  data.expectation = expect_ideal(Task::addition(10), 2000, 58, 1);
  auto claims = claims_of_ideal(data);
  REQUIRE(claims.size() == 6);
  CHECK_THAT(claims[0].ours,
             ContainsSubstring("above: 2 of the 3 networks with an ideal value below "
                               "1, 0.667 [0, 1.00]; of all 6: 0.333"));
  CHECK_THAT(claims[0].remark, ContainsSubstring("by 3.0 of 70 on average, 5 at most, all with |D| "
                                                 "up to 22; untrained embeddings have an RQI of"));
  CHECK(claims[0].verdict == Verdict::partly);
  CHECK(claims[3].verdict == Verdict::agrees);
  CHECK_THAT(claims[3].statement, ContainsSubstring("less than 40%"));
  CHECK_THAT(claims[4].published, ContainsSubstring("0.656 and 0.698"));
  CHECK(claims[4].verdict == Verdict::agrees);
  CHECK(claims[5].verdict == Verdict::agrees);
  data.bounds[0].share = {0.9, 0.7, 1.0};
  data.bounds[1].share = {0.01, 0.0, 0.03};
  data.bounds[2].broken = 0;
  data.bounds[0].share_of_all = {0.01, 0.0, 0.03};  // says nothing
  data.expectation[21].rqi.value += 0.05;
  data.expectation[29].rqi.value += 0.05;
  data.expectation[29].accuracy.value -= 0.05;
  for (IdealExpectation& at : data.expectation) {
    at.complete = at.train >= 22 ? at.complete : 0;
  }
  claims = claims_of_ideal(data);
  CHECK(claims[0].verdict == Verdict::differs);
  CHECK(claims[1].verdict == Verdict::agrees);
  CHECK(claims[2].verdict == Verdict::agrees);
  CHECK(claims[3].verdict == Verdict::differs);  // 22 of 55 are 40%, not less
  CHECK(claims[4].verdict == Verdict::partly);
  CHECK(claims[5].verdict == Verdict::differs);
  data.bounds[1].binding = 0;
  CHECK(claims_of_ideal(data)[1].verdict == Verdict::open);
}

TEST_CASE("fig10: labels, data rows, numbers", "[figures][gnuplot]") {
  IdealData data = example().data();
  data.expectation = expect_ideal(Task::addition(10), 3, 1, 1);
  const Drawing drawing = draw_ideal(data, "the command");
  CHECK_THAT(drawing.script, ContainsSubstring("set xlabel 'ideal RQI'"));
  CHECK_THAT(drawing.script, ContainsSubstring("'RQI: 2 of 3, 0.67"));
  CHECK_THAT(drawing.script, ContainsSubstring("'predicted Acc: 1 of 5, 0.20"));
  CHECK_THAT(drawing.script, ContainsSubstring("'the command'"));
  CHECK_THAT(drawing.script, ContainsSubstring("$acc_broken << EOD\n0.21818181818181817 0.2363"));
  REQUIRE(drawing.tables.size() == 3);
  CHECK(drawing.tables[0].second.rows.size() == 3);
  CHECK(drawing.tables[1].second.rows.size() == 6);
  CHECK(drawing.tables[2].second.rows.size() == 55);
  for (const auto& [panel, table] : drawing.tables) {
    for (const auto& row : table.rows) {
      CHECK(row.size() == table.columns.size());
    }
  }
  const Scratch scratch("fig10");
  FigureContext context;
  context.out = scratch.folder();
  CHECK(write_drawing("fig10_ideal_bounds", drawing, context).size() == 6);
}

TEST_CASE("fig10: one seed, and no bound broken, or every one, are drawn", "[figures][gnuplot]") {
  const Scratch scratch("fig10-one");
  FigureContext context;
  context.out = scratch.folder();
  for (const double ideal : {55.0, 5.0}) {
    Runs runs;
    runs.add(11, 4, 11, ideal, 12, 13, ideal);
    const IdealData data = runs.data();
    CHECK_THAT(report_ideal(data), ContainsSubstring("undefined"));
    CHECK(write_drawing("fig10_ideal_bounds", draw_ideal(data, "c"), context).size() == 6);
  }
}

TEST_CASE("fig10 from networks to pictures, on a small study", "[figures][gnuplot]") {
  const Scratch scratch("fig10-all");
  Store store(scratch / "store.db");
  std::ostringstream report;
  FigureContext context;
  context.out = scratch.folder();
  context.store = &store;
  context.report = &report;
  const Figure small = fig10_ideal_bounds(
      "[run]\ntask = \"addition\"\nsymbols = 4\ntrain = 5\nseed = 0\nsteps = 30\nstop = "
      "\"budget\"\ndecoder_widths = [8]\n[profiles.quick.axes]\ntrain = [3, 8]\nseed = [0, 1, "
      "2]\n");
  const auto claims = small.draw(small, context);
  CHECK(claims.size() == 3);  // the published numbers are of p = 10
  CHECK(store.count() == 6);
  CHECK_THAT(report.str(), ContainsSubstring("6 networks (0 diverged and left out), 3 seeds"));
  CHECK(std::filesystem::file_size(scratch / "fig10_ideal_bounds.png") > 20'000);
  CHECK(small.draw(small, context).size() == 3);
  CHECK(store.count() == 6);
}
