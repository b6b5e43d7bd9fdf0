#include "figures/representation/fig17_hexagon.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <sstream>

#include "core/errors.hpp"
#include "core/random.hpp"
#include "figures/study_runs.hpp"
#include "nets/toy/train.hpp"
#include "tests/figures/drawn_again.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scratch.hpp"

using namespace grok;
using Eigen::MatrixXd;

namespace {

constexpr double pi = std::numbers::pi;

/// Corner `places[k]` of a regular hexagon in row k, turned by `turn`.
MatrixXd hexagon(const std::array<int, 6>& places, double turn = 0, double size = 1) {
  MatrixXd points(6, 2);
  for (std::size_t k = 0; k < 6; ++k) {
    const double angle = turn + places[k] * pi / 3;
    points.row(static_cast<Eigen::Index>(k)) << size * std::cos(angle), size * std::sin(angle);
  }
  return points;
}

MatrixXd random_points(std::uint64_t seed, Eigen::Index columns) {
  RandomStream stream(seed, "points");
  return MatrixXd::NullaryExpr(6, columns, [&stream] { return stream.normal(); });
}

/// 6 x 9 with nearly equal variances whose PC1 and PC3 are a regular hexagon with alternating
/// parities, and PC2 separates two triangles.
MatrixXd hexagon_matrices() {
  const std::array<int, 6> places = {0, 1, 3, 2, 4, 5};  // even are 012, 120, 201: symbols 0, 3, 4
  const MatrixXd ring = hexagon(places);
  MatrixXd R = MatrixXd::Constant(6, 9, 0.25);
  R.col(1) += 1.002 * ring.col(0);
  R.col(2) += ring.col(1);
  for (std::size_t k = 0; k < 6; ++k) {
    R(static_cast<Eigen::Index>(k), 5) += (places[k] % 2 == 0 ? 1 : -1) * std::sqrt(0.501);
  }
  return R;
}

/// Two triangles on top of each other in PC1-PC3 (and in every other plane but those with PC2).
MatrixXd triangle_matrices() {
  MatrixXd R = MatrixXd::Zero(6, 9);
  const MatrixXd one = hexagon({0, 0, 2, 2, 4, 4});
  R.col(0) = 1.002 * one.col(0);
  R.col(1) = one.col(1);
  for (Eigen::Index k = 0; k < 6; ++k) {
    R(k, 2) = (k % 2 == 0 ? 1 : -1) * std::sqrt(0.501);
  }
  return R;
}

struct Runs {
  std::vector<toy::RunSpec> specs;
  std::vector<toy::Record> records;
  std::vector<MatrixXd> embeddings;
  void add(double rqi, const MatrixXd& R, const std::string& state = "done") {
    toy::RunSpec spec;
    spec.task = "permutations";
    spec.symbols = 6;
    spec.train = 30;
    spec.steps = 100;
    spec.seed = 10 + std::ssize(specs);
    spec.representation_dimension = 9;
    specs.push_back(resolve(spec, "test"));
    toy::Record record;
    record.rqi = rqi;
    record.accuracy = rqi;
    record.state = state;
    records.push_back(record);
    embeddings.push_back(R);
  }
  HexagonData collect() const { return collect_hexagon(specs, records, embeddings, 200, 0); }
};

Runs example() {
  Runs runs;
  runs.add(0.2, random_points(1, 9));
  runs.add(1, random_points(2, 9), "diverged");
  runs.add(0.95, hexagon_matrices());  // not above 0.95
  runs.add(0.96, triangle_matrices());
  runs.add(1, hexagon_matrices());
  return runs;
}

}  // namespace

TEST_CASE("fig17: which run is drawn, and what counts as a hexagon", "[figures]") {
  Runs runs = example();
  const HexagonData data = runs.collect();
  REQUIRE(data.runs.size() == 4);
  CHECK(data.diverged == 1);
  CHECK(data.high == 2);
  CHECK(data.hexagons == 1);
  CHECK(data.runs[data.shown].seed == 13);  // the first above 0.95, hexagon or not
  const HexagonRun& triangles = data.runs[2];
  CHECK(triangles.six.fits.first_third.deviation == Approx(0.25).margin(0.002));
  CHECK_FALSE(is_hexagon(triangles.six.fits.first_third, data.limit));
  const HexagonRun& ring = data.runs[3];
  CHECK(ring.six.fits.first_third.deviation < 1e-4);
  CHECK(ring.six.fits.best <= ring.six.fits.first_third.deviation);
  CHECK(is_hexagon(ring.six.fits.first_third, data.limit));
  CHECK(std::ranges::count_if(data.random, [&](const SixMatrices& draw) {  // five percent
          return draw.fits.first_third.deviation < data.limit;
        }) == 10);
  const auto alternate = sheet_of(data).table("cd").rows;
  CHECK((alternate[3][12] == "1" && alternate[3][13] == "1"));  // a hexagon, parities alternate
  CHECK((alternate[2][12] == "0" && alternate[2][13] == "0"));
  runs.records[3].rqi = 0.5;
  runs.records[4].rqi = 0.94;
  const HexagonData none = runs.collect();
  CHECK(none.high == 0);
  CHECK(none.runs[none.shown].seed == 12);  // the highest RQI, 0.95
}

TEST_CASE("fig17: runs that cannot be compared are refused", "[figures]") {
  Runs runs = example();
  runs.specs[1].steps = 99;
  CHECK_THROWS_WITH(runs.collect(), ContainsSubstring("steps = 99, allowed [100, 100]"));
  runs = example();
  runs.specs[2].train = 29;
  CHECK_THROWS_WITH(runs.collect(), ContainsSubstring("train = 29"));
  runs = example();
  runs.embeddings.pop_back();
  CHECK_THROWS_WITH(runs.collect(), ContainsSubstring("embeddings = 4"));
  runs = Runs();
  runs.add(1, random_points(1, 9), "diverged");
  CHECK_THROWS_WITH(runs.collect(), ContainsSubstring("all diverged"));
}

TEST_CASE("fig17: the verdict comes from the share of hexagons", "[figures]") {
  Runs runs = example();
  Claim claim = claims_of(runs.collect()).at(0);
  CHECK(claim.verdict == Verdict::partly);
  CHECK_THAT(claim.ours, ContainsSubstring("1 of 2 networks with RQI > 0.95: 0.500 ["));
  CHECK_THAT(claim.ours, ContainsSubstring("(seed 13) 0.25 of the squared"));
  runs.records[4].rqi = 0.3;
  CHECK(claims_of(runs.collect()).at(0).verdict == Verdict::differs);
  runs.records[3].rqi = 0.3;
  CHECK(claims_of(runs.collect()).at(0).verdict == Verdict::open);
  Runs all;
  for (int k = 0; k < 6; ++k) {
    all.add(1, hexagon_matrices());
  }
  CHECK(claims_of(all.collect()).at(0).verdict == Verdict::agrees);
}

TEST_CASE("fig17: what is drawn", "[figures][gnuplot]") {
  const Scratch scratch("fig17");
  Runs runs = example();
  const Sheet sheet = sheet_of(runs.collect());
  REQUIRE(sheet.tables().size() == 3);
  CHECK(sheet.table("ab").rows.size() == 6);
  CHECK(sheet.table("ab").rows[1][1] == "odd");
  REQUIRE(sheet.table("cd").rows.size() == 4);
  CHECK(sheet.table("cd").rows[2][1] == "1");
  CHECK(sheet.table("d").rows.size() == 4);
  CHECK_THAT(sheet.caption(), ContainsSubstring("|D| = 30 of 36, seed 13, RQI 0.96"));
  write_sheet("fig17", sheet, "the command", scratch.folder());
  CHECK(std::filesystem::file_size(scratch / "fig17.png") > 50'000);
  const std::string report = report_of(runs.collect());
  CHECK_THAT(report, ContainsSubstring("5 networks (1 diverged, left out)"));
  CHECK_THAT(report, ContainsSubstring("seed 13 (the first with high RQI)"));
  for (toy::Record& record : runs.records) {  // no network with high RQI: drawn all the same
    record.rqi *= 0.5;
  }
  write_sheet("fig17", sheet_of(runs.collect()), "the command", scratch.folder());
  CHECK_THAT(report_of(runs.collect()), ContainsSubstring("no network with high RQI"));
}

TEST_CASE("fig17 from networks to pictures, on a small study", "[figures][gnuplot]") {
  const Scratch scratch("fig17-all");
  Store store(scratch / "store.db");
  std::ostringstream report;
  FigureContext context;
  context.out = scratch.folder();
  context.store = &store;
  context.report = &report;
  context.workers = cpu_workers(2);
  const std::string toml =
      "[figure]\nreference_seed = 0\n[run]\ntask = \"permutations\"\nsymbols = 6\ntrain = "
      "30\nrepresentation_dimension = 9\n"
      "steps = 40\nstop = \"budget\"\ndecoder_widths = [8]\n[profiles.quick.axes]\nseed = [0, 1, "
      "2]\n";
  const Figure small = fig17_hexagon(toml);
  CHECK(small.draw(small, context).size() == 1);
  CHECK(store.count() == 3);
  const auto specs = toy::figure_runs(small, "quick");
  const toy::TracedRun again = train_traced(specs[1], 0);  // what is drawn is this very run
  const auto stored = store.find(toy::run_of(specs[1]))->as<toy::Record>();
  CHECK(stored.rqi == again.record.rqi);
  CHECK(stored.train_loss == again.record.train_loss);
  CHECK_THAT(report.str(), ContainsSubstring("3 networks (0 diverged"));
  CHECK(std::filesystem::file_size(scratch / "fig17_hexagon.png") > 20'000);
  CHECK(drawn_again(small, context, scratch / "store.db") == tables_in(scratch.folder()));
  context.store = nullptr;
  CHECK_THROWS_AS(small.draw(small, context), InputError);
}
