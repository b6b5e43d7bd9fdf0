#include "figures/representation/fig17_hexagon.hpp"

#include <Eigen/QR>
#include <cmath>
#include <numbers>
#include <numeric>
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

/// By least squares for each of the 720 assignments: x = u + a cos - b sin, y = v + a sin + b cos.
double brute_deviation(const MatrixXd& points) {
  std::array<int, 6> places;
  std::iota(places.begin(), places.end(), 0);
  double least = 1e300;
  do {
    const MatrixXd corners = hexagon(places);
    MatrixXd A = MatrixXd::Zero(12, 4);
    Eigen::VectorXd y(12);
    for (Eigen::Index k = 0; k < 6; ++k) {
      A.row(k) << corners(k, 0), -corners(k, 1), 1, 0;
      A.row(6 + k) << corners(k, 1), corners(k, 0), 0, 1;
      y[k] = points(k, 0);
      y[6 + k] = points(k, 1);
    }
    const Eigen::VectorXd x = A.colPivHouseholderQr().solve(y);
    least = std::min(least, (A * x - y).squaredNorm());
  } while (std::next_permutation(places.begin(), places.end()));
  return least / (points.rowwise() - points.colwise().mean()).squaredNorm();
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
  HexagonData collect() const { return collect_hexagon(specs, records, embeddings, 200); }
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

TEST_CASE("fig17: a regular hexagon has deviation 0, wherever, however large, however numbered",
          "[figures]") {
  for (const std::array<int, 6>& places :
       {std::array{0, 1, 2, 3, 4, 5}, std::array{4, 0, 2, 5, 1, 3}, std::array{0, 5, 4, 3, 2, 1}}) {
    MatrixXd points = hexagon(places, 0.3, 7);
    points.rowwise() += Eigen::RowVector2d(3, -20);
    const HexagonFit fit = fit_hexagon(points);
    CHECK(fit.deviation < 1e-12);
    CHECK(fit.convex);
    CHECK((fit.nearest - points).norm() < 1e-9);
    for (std::size_t k = 0; k < 6; ++k) {  // the same order round the ring, in one of two senses
      const int step = (places[k] - places[0] + 6) % 6;
      const int back = (6 - step) % 6;
      CHECK((fit.corner[k] == step || fit.corner[k] == back));
    }
  }
}

TEST_CASE("fig17: deviations by hand and by brute force", "[figures]") {
  // Both copies of a triangle's corner go to neighbouring corners: |3 (1 + exp(i pi/3))|^2/36 =
  // 3/4.
  CHECK(fit_hexagon(hexagon({0, 0, 2, 2, 4, 4})).deviation == Approx(0.25));
  // On a line: cos of 0, 60, 120, ... are its best order, half of all squares.
  MatrixXd line = hexagon({0, 1, 2, 3, 4, 5});
  line.col(1).setZero();
  CHECK(fit_hexagon(line).deviation == Approx(0.5));
  CHECK_FALSE(fit_hexagon(line).convex);
  for (std::uint64_t seed = 0; seed < 6; ++seed) {
    const MatrixXd points = random_points(seed, 2);
    const HexagonFit fit = fit_hexagon(points);
    CHECK(fit.deviation == Approx(brute_deviation(points)).epsilon(1e-9));
    const double scatter = (points.rowwise() - points.colwise().mean()).squaredNorm();
    CHECK((fit.nearest - points).squaredNorm() == Approx(fit.deviation * scatter));
  }
}

TEST_CASE("fig17: convex: each point is a corner of the hull", "[figures]") {
  MatrixXd points = hexagon({0, 1, 2, 3, 4, 5});
  points.row(2) *= 0.86;  // the side between its neighbours is at 0.5 from the centre
  CHECK(fit_hexagon(points).convex);
  points.row(2) *= 0.5 / 0.86 * 1.02;
  CHECK(fit_hexagon(points).convex);
  points.row(2) *= 0.98 / 1.02;
  CHECK_FALSE(fit_hexagon(points).convex);
}

TEST_CASE("fig17: bad points are refused", "[figures]") {
  CHECK_THROWS_WITH(fit_hexagon(MatrixXd::Ones(6, 2)), ContainsSubstring("rows = all equal"));
  CHECK_THROWS_WITH(fit_hexagon(random_points(1, 3)), ContainsSubstring("columns = 3"));
  CHECK_THROWS_WITH(fit_hexagon(random_points(1, 2).topRows(5)), ContainsSubstring("rows = 5"));
  MatrixXd broken = random_points(1, 9);
  broken(3, 3) = std::nan("");
  CHECK_THROWS_WITH(principal_components(broken), ContainsSubstring("not finite"));
  CHECK_THROWS_WITH(principal_components(random_points(1, 4)), ContainsSubstring("columns = 4"));
  CHECK_THROWS_AS(fit_planes(random_points(1, 3)), InputError);
}

TEST_CASE("fig17: principal components of known matrices", "[figures]") {
  const MatrixXd R = random_points(5, 9);
  const PrincipalComponents pc = principal_components(R);
  const MatrixXd X = R.rowwise() - R.colwise().mean();
  CHECK((pc.scores * pc.scores.transpose() - X * X.transpose()).norm() < 1e-10);
  CHECK(pc.explained.sum() == Approx(1));
  for (Eigen::Index c = 0; c < 5; ++c) {
    CHECK(pc.scores.col(c).maxCoeff() == Approx(pc.scores.col(c).cwiseAbs().maxCoeff()));
    CHECK(pc.explained[c] == Approx(pc.scores.col(c).squaredNorm() / X.squaredNorm()));
    CHECK((c == 0 || pc.explained[c] <= pc.explained[c - 1]));
  }
  const HexagonData data = example().collect();  // permutation matrices: four equal, none beyond
  for (std::size_t c = 0; c < 5; ++c) {
    CHECK(data.exact.explained[c][1] == Approx(c < 4 ? 0.25 : 0).margin(1e-12));
  }
}

TEST_CASE("fig17: which run is drawn, and what counts as a hexagon", "[figures]") {
  Runs runs = example();
  const HexagonData data = runs.collect();
  REQUIRE(data.runs.size() == 4);
  CHECK(data.diverged == 1);
  CHECK(data.even == std::vector<bool>{true, false, false, true, true, false});
  CHECK(data.high == 2);
  CHECK(data.hexagons == 1);
  CHECK(data.runs[data.shown].seed == 13);  // the first above 0.95, hexagon or not
  const HexagonRun& triangles = data.runs[2];
  CHECK(triangles.fits.first_third.deviation == Approx(0.25).margin(0.002));
  CHECK_FALSE(is_hexagon(data, triangles.fits.first_third));
  const HexagonRun& ring = data.runs[3];
  CHECK(ring.fits.first_third.deviation < 1e-4);
  CHECK(ring.fits.best <= ring.fits.first_third.deviation);
  CHECK(is_hexagon(data, ring.fits.first_third));
  CHECK(parities_alternate(data, ring.fits.first_third));
  HexagonFit other = ring.fits.first_third;
  std::swap(other.corner[0], other.corner[1]);
  CHECK_FALSE(parities_alternate(data, other));
  other.convex = false;
  CHECK_FALSE(is_hexagon(data, other));
  // Five percent of random matrices lie below the limit.
  const auto below = std::count_if(data.random.first_third.begin(), data.random.first_third.end(),
                                   [&](double x) { return x < data.limit; });
  CHECK(below == 10);
  CHECK(data.random.hexagons <= 0.05);
  // Any plane of the exact representation's four directions: from near a hexagon to far from one.
  CHECK(data.exact.first_third.front() < 0.1);
  CHECK(data.exact.first_third.back() > 0.3);
  for (std::size_t k = 0; k < data.random.best.size(); ++k) {
    CHECK(data.random.best[k] <= data.random.first_third[k]);
  }
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
  Claim claim = claims_of_hexagon(runs.collect()).at(0);
  CHECK(claim.verdict == Verdict::partly);
  CHECK_THAT(claim.ours, ContainsSubstring("1 of 2 networks with RQI > 0.95: 0.500 ["));
  CHECK_THAT(claim.ours, ContainsSubstring("(seed 13) 0.25 of the squared"));
  runs.records[4].rqi = 0.3;
  CHECK(claims_of_hexagon(runs.collect()).at(0).verdict == Verdict::differs);
  runs.records[3].rqi = 0.3;
  CHECK(claims_of_hexagon(runs.collect()).at(0).verdict == Verdict::open);
  Runs all;
  for (int k = 0; k < 6; ++k) {
    all.add(1, hexagon_matrices());
  }
  CHECK(claims_of_hexagon(all.collect()).at(0).verdict == Verdict::agrees);
}

TEST_CASE("fig17: what is drawn", "[figures][gnuplot]") {
  const Scratch scratch("fig17");
  FigureContext context;
  context.out = scratch.folder();
  Runs runs = example();
  const Drawing drawing = draw_hexagon(runs.collect(), "the command");
  CHECK_THAT(drawing.script, ContainsSubstring("|{/:Italic D}| = 30 of 36, seed 13, RQI 0.96"));
  CHECK_THAT(drawing.script, ContainsSubstring("networks with RQI > 0.95 (2)"));
  CHECK_THAT(drawing.script, ContainsSubstring("deviation 0.25, not convex"));
  REQUIRE(drawing.tables.size() == 3);
  CHECK(drawing.tables[0].second.rows.size() == 6);
  CHECK(drawing.tables[0].second.rows[1][1] == "odd");
  CHECK(drawing.tables[1].second.rows.size() == 4);
  CHECK(drawing.tables[1].second.rows[2][1] == "1");
  CHECK(drawing.tables[2].second.rows.size() == 4);
  write_drawing("fig17", drawing, context);
  CHECK(std::filesystem::file_size(scratch / "fig17.png") > 50'000);
  const std::string report = report_hexagon(runs.collect());
  CHECK_THAT(report, ContainsSubstring("5 networks (1 diverged, left out)"));
  CHECK_THAT(report, ContainsSubstring("seed 13 (the first with high RQI)"));
  for (toy::Record& record : runs.records) {  // no network with high RQI: drawn all the same
    record.rqi *= 0.5;
  }
  write_drawing("fig17", draw_hexagon(runs.collect(), "the command"), context);
  CHECK_THAT(report_hexagon(runs.collect()), ContainsSubstring("no network with high RQI"));
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
      "[run]\ntask = \"permutations\"\nsymbols = 6\ntrain = 30\nrepresentation_dimension = 9\n"
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
