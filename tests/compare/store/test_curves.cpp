#include "compare/store/curves.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "compare/store/merge_stores.hpp"
#include "compare/store/store_worker.hpp"
#include "core/errors.hpp"
#include "nets/toy/train.hpp"
#include "tests/compare/study/runs.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scratch.hpp"

namespace grok {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

// Three symbols, two numbers each.
toy::RunSpec spec_of_points() {
  toy::RunSpec spec = small_spec(1, 40);
  spec.symbols = 3;
  spec.train = 4;
  spec.representation_dimension = 2;
  return resolve(spec, "test");
}

std::vector<toy::TrajectoryPoint> made_points(int count) {
  std::vector<toy::TrajectoryPoint> points;
  for (int k = 0; k < count; ++k) {
    toy::TrajectoryPoint p;
    p.step = 10 * k;
    p.train_loss = k == 1 ? nan : 0.1 * k;
    p.train_accuracy = 1.0 / 3;
    if (k != 2) {
      p.validation_loss = k == 1 ? nan : 1e-300;
      p.validation_accuracy = 0.5;
    }
    p.rqi = 0.25;
    p.norms = toy::Norms{1.5, 2.5, 3.5 + k};
    p.embeddings = Eigen::MatrixXd(3, 2);
    p.embeddings << 1, 2, 3, 4, 5, 6 + k;
    points.push_back(p);
  }
  return points;
}

std::string packed_points(const std::vector<toy::TrajectoryPoint>& points) {
  return packed(toy::curve_of(spec_of_points(), points).numbers);
}

bool same_numbers(std::span<const double> a, std::span<const double> b) {
  return std::ranges::equal(
      a, b, [](double x, double y) { return x == y || (std::isnan(x) && std::isnan(y)); });
}

TEST_CASE("a curve reads back exactly", "[curve]") {
  const auto points = made_points(4);
  Curve curve = toy::curve_of(spec_of_points(), points);
  REQUIRE(curve.columns.size() == 15);
  curve.numbers = unpacked(packed_points(points), curve.columns.size(), "t");
  CHECK(same_numbers(curve.numbers, toy::curve_of(spec_of_points(), points).numbers));
  const auto back = toy::points_of(spec_of_points(), curve, "t");
  REQUIRE(back.size() == 4);
  for (std::size_t k = 0; k < 4; ++k) {
    CHECK(back[k].step == points[k].step);
    CHECK((back[k].train_loss == points[k].train_loss || k == 1));
    CHECK((back[k].validation_loss == points[k].validation_loss || k == 1));
    CHECK(back[k].train_accuracy == points[k].train_accuracy);
    CHECK(back[k].validation_accuracy == points[k].validation_accuracy);
    CHECK(back[k].rqi == points[k].rqi);
    CHECK(back[k].norms->embeddings == 1.5);
    CHECK(back[k].norms->decoder == 2.5);
    CHECK(back[k].norms->outputs == points[k].norms->outputs);
    CHECK(back[k].embeddings == points[k].embeddings);
    CHECK(back[k].validation_loss.has_value() == (k != 2));
  }
  CHECK(std::isnan(back[1].train_loss));
  CHECK(std::isnan(back[1].validation_loss.value()));
  CHECK(unpacked(packed({}), 15, "t").empty());
}

TEST_CASE("a curve that repeats itself is small", "[curve]") {
  const std::vector<toy::TrajectoryPoint> points(1000, made_points(1)[0]);
  CHECK(packed_points(points).size() < 5000);  // of 120,000
}

TEST_CASE("what is no curve is refused, without asking for its memory", "[curve]") {
  const std::string good = packed_points(made_points(4));
  const auto bad = [](const std::string& data, std::size_t width) {
    CHECK_THROWS_WITH(unpacked(data, width, "t"), "t: curve: no curve of a run of this shape");
  };
  bad("", 15);
  bad("abc", 15);
  bad(good, 14);
  bad(good, 0);
  bad(good.substr(0, good.size() / 2), 15);
  std::string garbled = good;
  garbled[good.size() / 2] = static_cast<char>(garbled[good.size() / 2] ^ 0x55);
  bad(garbled, 15);
  std::string huge = good;
  for (std::size_t k = 0; k < 7; ++k) {
    huge[k] = '\x60';  // 2^54 bytes and more
  }
  bad(huge, 15);
}

void keep_curve(Store& store, const Run& run, std::int64_t stride, const Curve& curve) {
  StoreWorker worker(store, {});
  worker.take(run, {.stride = stride});
  worker.finish(run, {toy::outcome_of({}), curve}, stride);
}

TEST_CASE("a curve says itself what its columns are", "[curve]") {
  const Scratch scratch("curve-columns");
  const auto runs = small_runs(2, 20);
  const Curve own{{"step", "angle", "W_0"}, 2, {0, 0.5, nan, 10, nan, 7, 20, 0.25, 8}};
  const Curve usual = runs[0].model().curve_shape(runs[0]);
  REQUIRE(own.columns != usual.columns);
  {
    Store store(scratch / "s.db");
    keep_curve(store, runs[0], 10, own);
    keep_curve(store, runs[1], 10, usual);
  }
  const Store store = Store::open_existing(scratch / "s.db");
  const Curve back = find_curve(store, runs[0], 10).value();
  CHECK(back.columns == own.columns);
  CHECK(back.metrics == 2);
  CHECK(back.rows() == 3);
  CHECK(same_numbers(back.numbers, own.numbers));
  CHECK(find_curve(store, runs[1], 10) == usual);
  CHECK(find_curve(store, runs[1], 10)->rows() == 0);
  CHECK_FALSE(find_curve(store, runs[0], 20));
  CHECK(table_of(back).columns == own.columns);
  CHECK(table_of(back).rows == std::vector<std::vector<std::string>>{
                                   {"0", "0.5", "nan"}, {"10", "nan", "7"}, {"20", "0.25", "8"}});
  Store into(scratch / "into.db");
  CHECK(merge_stores(into, std::vector{scratch / "s.db"}).curves == 2);
  CHECK(find_curve(into, runs[0], 10)->columns == own.columns);
  CHECK(find_curve(into, runs[0], 10)->metrics == 2);
  CHECK_THROWS_WITH(curve_table(store, toy::model(), runs, {}),
                    (scratch / "s.db").string() +
                        ": curves with other columns than step, train_loss, validation_loss, "
                        "train_accuracy, validation_accuracy, rqi, embedding_norm, decoder_norm, "
                        "output_norm");
}

TEST_CASE("an export of curves has their metrics, and cells without a number where there is none",
          "[curve]") {
  const Scratch scratch("curve-table");
  toy::RunSpec all = small_spec(1, 20);
  all.train = 15;  // no validation sample
  const std::vector<Run> runs = {toy::run_of(small_spec(0, 20)), toy::run_of(all),
                                 toy::run_of(small_spec(2, 20))};
  Store store(scratch / "s.db");
  for (const Run& run : runs) {
    Curve curve = run.model().curve_shape(run);
    const bool validation = run.as<toy::RunSpec>().train < 15;
    for (const double step : {0.0, 10.0}) {
      std::vector<double> row(curve.columns.size(), 0.5);
      row[0] = step;
      const bool finite = step == 0 && run.as<toy::RunSpec>().seed != 2;  // which diverged at once
      row[1] = finite ? 0.1 : nan;
      row[2] = validation && finite ? 0.25 : nan;
      row[4] = validation ? 0.125 : nan;
      curve.numbers.insert(curve.numbers.end(), row.begin(), row.end());
    }
    keep_curve(store, run, 10, curve);
  }
  const CsvTable table =
      curve_table(store, toy::model(), runs, std::vector<std::string>{"seed", "train"});
  const std::string first = runs[0].name(), second = runs[1].name(), third = runs[2].name();
  CHECK(table.columns == std::vector<std::string>{"identity", "seed", "train", "stride", "step",
                                                  "train_loss", "validation_loss", "train_accuracy",
                                                  "validation_accuracy", "rqi", "embedding_norm",
                                                  "decoder_norm", "output_norm"});
  CHECK(
      table.rows ==
      std::vector<std::vector<std::string>>{
          {first, "0", "10", "10", "0", "0.1", "0.25", "0.5", "0.125", "0.5", "0.5", "0.5", "0.5"},
          {first, "0", "10", "10", "10", "nan", "nan", "0.5", "0.125", "0.5", "0.5", "0.5", "0.5"},
          {second, "1", "15", "10", "0", "0.1", "", "0.5", "", "0.5", "0.5", "0.5", "0.5"},
          {second, "1", "15", "10", "10", "nan", "", "0.5", "", "0.5", "0.5", "0.5", "0.5"},
          {third, "2", "10", "10", "0", "nan", "nan", "0.5", "0.125", "0.5", "0.5", "0.5", "0.5"},
          {third, "2", "10", "10", "10", "nan", "nan", "0.5", "0.125", "0.5", "0.5", "0.5",
           "0.5"}});
  CHECK(curve_table(store, toy::model(), {}, {}).columns ==
        std::vector<std::string>{"identity", "stride", "step", "train_loss", "validation_loss",
                                 "train_accuracy", "validation_accuracy", "rqi", "embedding_norm",
                                 "decoder_norm", "output_norm"});
}

}  // namespace
}  // namespace grok
