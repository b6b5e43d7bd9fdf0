#include "compare/toy/stuck_scores.hpp"

#include <Eigen/Eigenvalues>
#include <cmath>

#include "compare/statistics/statistics.hpp"
#include "core/errors.hpp"
#include "tests/support/catch.hpp"

using namespace grok;
using namespace grok::toy;

namespace {

RunSpec small_spec(std::int64_t seed, std::int64_t steps = 300) {
  RunSpec spec;
  spec.symbols = 6;
  spec.train = 15;
  spec.seed = seed;
  spec.decoder_widths = {20, 20};
  spec.steps = steps;
  spec.stop = "rqi";
  return resolve(spec, "test");
}

}  // namespace

TEST_CASE("targets in order pull the embeddings in order", "[compare][stuck]") {
  Known known = known_before(small_spec(1));
  const double random = label_order(known);
  CHECK(random >= 0);
  CHECK(random <= 1);
  // Y_c = c v: row k of M is v times a sum that grows with k over the full table.
  known.initial.train = known.task.samples();
  for (Index c = 0; c < known.initial.labels.rows(); ++c) {
    known.initial.labels.row(c).setConstant(static_cast<double>(c));
  }
  CHECK(label_order(known) == Approx(1).margin(1e-12));
  known.initial.labels = -3.0 * known.initial.labels;  // neither sign nor scale matter
  CHECK(label_order(known) == Approx(1).margin(1e-12));
  known.initial.labels = Eigen::MatrixXd::Zero(3, 2);
  CHECK_THROWS_AS(label_order(known), InputError);
}

// docs/two_rate.md, section 3. The mean of M M^T over targets is B B^T, row k of B the centred
// counts of the outputs of the samples that hold k.
TEST_CASE("a straight decoder orders the embeddings, for most draws of targets",
          "[compare][stuck]") {
  const Task task = Task::addition(10);
  Eigen::MatrixXd B = Eigen::MatrixXd::Zero(10, task.outputs());
  Eigen::RowVectorXd share = Eigen::RowVectorXd::Zero(task.outputs());
  for (const Sample s : task.samples()) {
    B(s.i, task.output(s)) += 1;
    B(s.j, task.output(s)) += 1;
    share[task.output(s)] += 1.0 / 55;
  }
  B -= B.rowwise().sum() * share;
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> modes(B * B.transpose());
  const Eigen::VectorXd first = modes.eigenvectors().col(9);
  CHECK(std::abs(first[0]) == Approx(0.416).margin(5e-4));
  CHECK(std::abs(first[4]) == Approx(0.085).margin(5e-4));
  for (Index k = 0; k < 10; ++k) {
    CHECK(first[k] == Approx(-first[9 - k]).margin(1e-12));                    // odd
    CHECK((k == 0 || (first[k] - first[k - 1]) * (first[9] - first[0]) > 0));  // monotone
  }
  CHECK(modes.eigenvalues()[9] / modes.eigenvalues()[8] == Approx(2.93).margin(0.01));
  std::vector<double> orders;
  for (std::int64_t seed = 0; seed < 200; ++seed) {
    RunSpec spec;
    spec.seed = seed;
    spec.decoder_widths = {4};
    orders.push_back(label_order(known_before(resolve(spec, "test"))));
  }
  CHECK(quantile(orders, 0.25) == Approx(0.88).margin(0.02));
  CHECK(quantile(orders, 0.5) == Approx(0.925).margin(0.015));
  CHECK(quantile(orders, 0.75) == Approx(0.95).margin(0.01));
}

TEST_CASE("scores before training: one for each name, from the spec alone", "[compare][stuck]") {
  const Known known = known_before(small_spec(3));
  const StuckFlows flows = follow_stuck(known, 1);
  const auto scores = score_before_training(known, flows);
  CHECK(scores.size() == stuck_scores().size());
  CHECK(scores == score_before_training(known, follow_stuck(known_before(small_spec(3)), 1)));
  const Known other = known_before(small_spec(4));
  CHECK(scores != score_before_training(other, follow_stuck(other, 1)));
  for (std::size_t k = 0; k < scores.size(); ++k) {
    CAPTURE(stuck_scores()[k].key);
    CHECK_FALSE(std::isnan(scores[k]));
    if (stuck_scores()[k].swap) {
      CHECK((scores[k] == 0 || scores[k] == 1));
    }
  }
}

TEST_CASE("kept flows: every number in its place, other settings another name",
          "[compare][stuck]") {
  const Known known = known_before(small_spec(3));
  StuckFlows flows;
  flows.own = 150;
  flows.swapped = {{{1, 2}, {std::nullopt, 301}, {300, std::nullopt}, {0, 301}}};
  const StuckFlows read = unpacked_flows(packed_flows(flows), 2);
  CHECK(read.own == flows.own);
  CHECK(read.swapped == flows.swapped);
  const auto scores = score_before_training(known, read);
  CHECK(scores[6] == Approx(std::log(2)));  // ln(300/150)
  CHECK(scores[7] == 1);                    // decoders
  CHECK(scores[8] == 0);                    // embeddings: never, and behind the budget
  CHECK(scores[9] == 0.5);                  // targets
  CHECK(scores[10] == 0.5);                 // D
  flows.own.reset();
  CHECK_FALSE(unpacked_flows(packed_flows(flows), 2).own);
  CHECK(score_before_training(known, flows)[6] == -INFINITY);
  CHECK_THROWS_AS(unpacked_flows(packed_flows(flows), 1), Error);
  CHECK_THROWS_AS(unpacked_flows(packed_flows(flows), 3), Error);
  CHECK(stuck_flows_name(2) != stuck_flows_name(10));
  CHECK(stuck_flows_name(2) ==
        "mode_flow 1, modes 6, budgets 1.5, swaps 1, apart 1000003, draws 2");
}

TEST_CASE("swaps are those of their ingredient", "[compare][stuck]") {
  Known known = known_before(small_spec(3, 3000));
  const StuckFlows flows = follow_stuck(known, 2);
  for (const auto& drawn : flows.swapped) {
    CHECK(drawn.size() == 2);
  }
  known.initial.embeddings = known_before(small_spec(5)).initial.embeddings;
  const StuckFlows moved = follow_stuck(known, 2);
  CHECK(moved.swapped[1] == flows.swapped[1]);  // with other embeddings those at hand do not matter
  CHECK(moved.swapped[0] != flows.swapped[0]);
}
