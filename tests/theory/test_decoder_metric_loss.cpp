// tests/theory/test_decoder_metric_loss.cpp: decoders as the theory sees them, their table, and
// parallelograms measured through them.
#include "theory/decoder_metric_loss.hpp"

#include <cmath>
#include <limits>

#include "core/errors.hpp"
#include "tests/support/catch.hpp"
#include "tests/theory/loss_twins.hpp"
#include "theory/decoder_curve.hpp"
#include "theory/flow.hpp"
#include "theory/loss_tools.hpp"
#include "theory/parallelogram_loss.hpp"
#include "theory/prediction.hpp"
#include "theory/training_set.hpp"

using namespace grok;
using Eigen::MatrixXd;
using Eigen::VectorXd;

namespace {

OutputClasses drawn(Index p, Index train, std::uint64_t seed) {
  const Task task = Task::addition(p);
  return group_by_output(task, draw_training_set(task, train, seed));
}

MatrixXd uniform_embeddings(Index p, Index d, std::uint64_t seed) {
  RandomStream stream(seed, "test/decoder metric");
  MatrixXd R(p, d);
  for (double& number : R.reshaped()) {
    number = stream.uniform(-0.5, 0.5);
  }
  return R;
}

/// f(x) = A x + b.
DecoderNetwork linear_decoder(const MatrixXd& A) {
  return {{{A, normal_vector(A.rows(), 3)}}, DecoderActivation::tanh};
}

double spread(const MatrixXd& columns) {
  return (columns.colwise() - columns.rowwise().mean()).squaredNorm();
}

MatrixXd evaluated(const DecoderMap& map, const MatrixXd& x) {
  MatrixXd out;
  map.evaluate(x, out);
  return out;
}

VectorXd gradient_of(const LossFunctions& loss, const VectorXd& x) {
  VectorXd out;
  loss.gradient(x, out);
  return out;
}

}  // namespace

TEST_CASE("decoder network: number by number, its derivative by differences", "[theory][decoder]") {
  const Index d = GENERATE(1, 3);
  const auto layers = random_layers({d, 7, 5, 4}, 2);
  const MatrixXd x = normal_vector(6 * d, 1).reshaped(d, 6);
  for (const auto activation : {DecoderActivation::tanh, DecoderActivation::relu}) {
    const DecoderNetwork network(layers, activation);
    const MatrixXd f = evaluated(network, x), h = evaluated(network.features(), x);
    REQUIRE(h.rows() == 5);
    if (activation == DecoderActivation::tanh) {
      for (Index k = 0; k < 6; ++k) {
        CHECK((f.col(k) - tanh_network<double>(layers, x.col(k), false)).norm() < 1e-14);
        const std::vector<DecoderLayer> hidden(layers.begin(), layers.end() - 1);
        CHECK((h.col(k) - tanh_network<double>(hidden, x.col(k), true)).norm() < 1e-14);
      }
    } else {
      CHECK(h.minCoeff() == 0.0);
      CHECK((f - ((layers[2].weight * h).colwise() + layers[2].bias)).norm() < 1e-14);
    }
    const MatrixXd g = normal_vector(4 * 6, 9).reshaped(4, 6);
    MatrixXd pulled;
    network.pull_back(x, g, pulled);
    const double step = 1e-6;
    for (Index k = 0; k < 6; ++k) {
      const MatrixXd J = network.jacobian(x.col(k));
      for (Index n = 0; n < d; ++n) {
        MatrixXd above = x.col(k), below = x.col(k);
        above(n) += step;
        below(n) -= step;
        const VectorXd slope = (evaluated(network, above) - evaluated(network, below)) / (2 * step);
        CHECK((J.col(n) - slope).norm() < 1e-8);
      }
      CHECK((J.transpose() * g.col(k) - pulled.col(k)).norm() < 1e-13);
    }
  }
}

TEST_CASE("decoder network: what does not fit is refused", "[theory][decoder]") {
  auto layers = random_layers({1, 4, 3}, 1);
  const auto tanh = DecoderActivation::tanh;
  CHECK_THROWS_AS(DecoderNetwork({}, tanh), InputError);
  layers[1].weight.resize(3, 5);
  CHECK_THROWS_WITH(DecoderNetwork(layers, tanh),
                    ContainsSubstring("layers[1].weight = 3 x 5, allowed outputs x 4"));
  layers = random_layers({1, 4, 3}, 1);
  layers[0].bias.resize(2);
  CHECK_THROWS_WITH(DecoderNetwork(layers, tanh), ContainsSubstring("layers[0].bias = 2 numbers"));
  layers = random_layers({1, 4, 3}, 1);
  layers[0].weight(1, 0) = std::numeric_limits<double>::quiet_NaN();
  CHECK_THROWS_WITH(DecoderNetwork(layers, tanh), ContainsSubstring("layers[0] = not finite"));
  const DecoderNetwork network(random_layers({2, 4, 3}, 1), tanh);
  CHECK_THROWS_AS(evaluated(network, MatrixXd::Zero(3, 1)), InputError);
  CHECK_THROWS_AS(network.slopes(MatrixXd::Zero(2, 1)), InputError);
  CHECK_THROWS_AS(linear_decoder(MatrixXd::Ones(2, 1)).features(), InputError);
  CHECK_THROWS_AS(decoder_activation_from("x", "sigmoid"), InputError);
  CHECK(decoder_activation_from("x", "relu") == DecoderActivation::relu);
}

TEST_CASE("decoder curve: the error follows the tolerance, outside it is the network itself",
          "[theory][decoder]") {
  const DecoderNetwork network(random_layers({1, 40, 40, 6}, 4, 2.0), DecoderActivation::tanh);
  const Eigen::RowVectorXd x = Eigen::RowVectorXd::LinSpaced(999, -3.99, 3.97);
  const MatrixXd exact = evaluated(network, x);
  const double largest = exact.cwiseAbs().maxCoeff();
  Index nodes = 0;
  for (const double tolerance : {1e-4, 1e-7, 1e-10}) {
    const DecoderCurve curve(network, -4, 4, tolerance);
    const double error = (evaluated(curve, x) - exact).cwiseAbs().maxCoeff() / largest;
    CAPTURE(tolerance, error, curve.nodes());
    CHECK(error < 2 * tolerance);
    CHECK(curve.error() <= tolerance);
    CHECK(curve.nodes() > nodes);
    nodes = curve.nodes();
    // The derivative is that of the cubic itself.
    const MatrixXd g = normal_vector(6, 2).replicate(1, x.cols());
    MatrixXd pulled, network_pulled;
    curve.pull_back(x, g, pulled);
    const double h = 1e-5;
    const Eigen::RowVectorXd slope =
        (evaluated(curve, x.array() + h) - evaluated(curve, x.array() - h))
            .cwiseProduct(g)
            .colwise()
            .sum() /
        (2 * h);
    CHECK((pulled - slope).cwiseAbs().maxCoeff() < 2e-5);
    network.pull_back(x, g, network_pulled);
    CHECK((pulled - network_pulled).cwiseAbs().maxCoeff() < 1e3 * tolerance);
  }
  const DecoderCurve curve(network, -4, 4, 1e-6);
  const MatrixXd far = Eigen::RowVector2d(-4.5, 9), g = MatrixXd::Ones(6, 2);
  CHECK(evaluated(curve, far) == evaluated(network, far).eval());
  MatrixXd ours, theirs;
  curve.pull_back(far, g, ours);
  network.pull_back(far, g, theirs);
  CHECK((ours - theirs).norm() < 1e-15);
  const MatrixXd ends = Eigen::RowVector2d(-4, 4);  // the first and the last node
  CHECK((evaluated(curve, ends) - evaluated(network, ends)).norm() < 1e-13);
  const DecoderNetwork steep(random_layers({1, 4, 2}, 1, 1e7), DecoderActivation::tanh);
  CHECK_THROWS_AS(DecoderCurve(steep, -4, 4, 1e-12), ConvergenceError);
  const DecoderNetwork kinked(random_layers({1, 4, 2}, 1), DecoderActivation::relu);
  CHECK_THROWS_WITH(DecoderCurve(kinked, -1, 1), ContainsSubstring("activation = relu"));
  CHECK_THROWS_AS(DecoderCurve(network, 1, 1), InputError);
  const DecoderNetwork plane(random_layers({2, 4, 2}, 1), DecoderActivation::tanh);
  CHECK_THROWS_AS(DecoderCurve(plane, -1, 1), InputError);
}

TEST_CASE("decoder metric: output and kernel are their twins, tabulated or not",
          "[theory][decoder][losses]") {
  const Index d = GENERATE(1, 2);
  const auto metric = GENERATE(DecoderMetric::output, DecoderMetric::kernel);
  const auto scale = GENERATE(MetricScale::spread, MetricScale::embeddings);
  const Index p = 7;
  const OutputClasses classes = drawn(p, 22, 3);
  const MatrixXd R = uniform_embeddings(p, d, 4);
  const auto layers = random_layers({d, 9, 8, 5}, 5);
  const DecoderNetwork network(layers, DecoderActivation::tanh);
  const bool kernel = metric == DecoderMetric::kernel;
  DecoderTwin twin{p, d, classes, layers, kernel};
  if (kernel) {
    twin.layers.pop_back();
  }
  if (scale == MetricScale::embeddings) {
    MatrixXd sums(d, 22), f(kernel ? 8 : 5, 22);
    for (Index k = 0; k < 22; ++k) {
      const Sample s = classes.samples[static_cast<std::size_t>(k)];
      sums.col(k) = R.row(s.i) + R.row(s.j);
      f.col(k) = tanh_network<double>(twin.layers, sums.col(k), kernel);
    }
    twin.stretch = spread(f) / spread(sums);
  }
  const AutomaticLoss<DecoderTwin, Derivatives::first> automatic{twin};
  const VectorXd x = (1.3 * R).reshaped();  // not where the stretch was taken
  for (const double reach : {0.0, 8.0}) {
    const LossFunctions loss = decoder_metric_loss(classes, R, network, {metric, scale, reach});
    CAPTURE(reach, d);
    REQUIRE(loss.dimension == p * d);
    const double rounding = reach > 0 && d == 1 ? 1e-6 : 1e-12;
    CHECK(loss.value(x) == Approx(automatic.value(x)).epsilon(rounding));
    VectorXd theirs;
    automatic.gradient(x, theirs);
    REQUIRE(theirs.norm() > 1e-2);
    CHECK((gradient_of(loss, x) - theirs).norm() < 10 * rounding * theirs.norm());
    CHECK(check_gradient(loss, x).right(1e-6));
    // Rows of A sum to 0, the decoder does not care: only Z0 and f matter.
    CHECK_FALSE(check_scale(loss, x).free(1e-3));
  }
}

TEST_CASE("decoder metric: a linear decoder c r is the Euclidean effective loss",
          "[theory][decoder][exact]") {
  const Index p = 8, d = GENERATE(1, 2);
  const OutputClasses classes = drawn(p, 28, 6);
  const MatrixXd R = uniform_embeddings(p, d, 7);
  // A^T A = 9: orthogonal columns of length 3.
  const MatrixXd A = 3 * MatrixXd::Identity(4, d);
  const ParallelogramLoss euclidean(p, d, classes);
  const VectorXd x = normal_vector(p * d, 8);
  for (const auto metric : {DecoderMetric::output, DecoderMetric::tangent}) {
    const LossFunctions loss =
        decoder_metric_loss(classes, R, linear_decoder(A), {metric, MetricScale::embeddings});
    CHECK(loss.value(x) == Approx(euclidean.value(x)).epsilon(1e-9));
    const VectorXd theirs = gradient_of(functions_of(euclidean), x);
    CHECK((gradient_of(loss, x) - theirs).norm() < 1e-7 * theirs.norm());
  }
  // spread: the Euclidean l0 over the variance of the inputs instead of Z0.
  const LossFunctions loss = decoder_metric_loss(classes, R, linear_decoder(A), {});
  MatrixXd sums(d, 28);
  for (Index k = 0; k < 28; ++k) {
    const Sample s = classes.samples[static_cast<std::size_t>(k)];
    for (Index n = 0; n < d; ++n) {
      sums(n, k) = x[n * p + s.i] + x[n * p + s.j];
    }
  }
  CHECK(loss.value(x) == Approx(euclidean.l0(x) / spread(sums)).epsilon(1e-8));
}

TEST_CASE("decoder metric: tangent is a weighted parallelogram loss, free of scale",
          "[theory][decoder][losses]") {
  const Index p = 7, d = GENERATE(1, 2);
  const OutputClasses classes = drawn(p, 22, 3);
  const MatrixXd R = uniform_embeddings(p, d, 4);
  const DecoderNetwork network(random_layers({d, 9, 8, 5}, 5, 2.0), DecoderActivation::tanh);
  const TangentMetricLoss loss(network, classes, R);
  const VectorXd x = normal_vector(p * d, 6);
  double l0 = 0, stretch = 0;  // pair by pair
  const auto list = list_parallelograms(classes);
  for (const auto& [a, b] : list) {
    const VectorXd middle = (R.row(a.i) + R.row(a.j) + R.row(b.i) + R.row(b.j)).transpose() / 2;
    const MatrixXd J = network.jacobian(middle);
    VectorXd defect(d);
    for (Index k = 0; k < d; ++k) {
      defect[k] = x[k * p + a.i] + x[k * p + a.j] - x[k * p + b.i] - x[k * p + b.j];
    }
    l0 += (J * defect).squaredNorm();
    stretch += J.squaredNorm() / static_cast<double>(d) / static_cast<double>(list.size());
  }
  CHECK(loss.value(x) == Approx(l0 / stretch / x.squaredNorm()).epsilon(1e-12));
  CHECK(check_gradient(functions_of(loss), x).right(1e-8));
  const MatrixXd H = hessian_at(functions_of(loss), x);
  CHECK((H - hessian_by_differences(functions_of(loss), x)).norm() < 1e-7 * H.norm());
  CHECK(check_scale(functions_of(loss), x).free());
  CHECK(drift_along_flow(functions_of(loss), squared_size(), x, 1.0).conserved(x.squaredNorm()));
  VectorXd centred = x;
  for (Index k = 0; k < d; ++k) {
    centred.segment(k * p, p).array() -= centred.segment(k * p, p).mean();
  }
  CHECK(drift_along_flow(functions_of(loss), embedding_sum(p, d, 0), centred, 1.0).conserved(10));
}

TEST_CASE("decoder metric: bad input", "[theory][decoder]") {
  const OutputClasses classes = drawn(7, 22, 3);
  const MatrixXd R = uniform_embeddings(7, 1, 4);
  const DecoderNetwork network(random_layers({1, 4, 3}, 5), DecoderActivation::tanh);
  const auto output = DecoderMetric::output;
  CHECK_THROWS_WITH(
      decoder_metric_loss(classes, R, network, {DecoderMetric::tangent, MetricScale::spread}),
      ContainsSubstring("scale = spread, allowed embeddings (metric tangent)"));
  CHECK_THROWS_AS(decoder_metric_loss(classes, uniform_embeddings(7, 2, 1), network, {}),
                  InputError);
  CHECK_THROWS_AS(decoder_metric_loss(classes, uniform_embeddings(4, 1, 1), network, {}),
                  InputError);
  CHECK_THROWS_AS(decoder_metric_loss(classes, R, network, {output, MetricScale::spread, -1}),
                  InputError);
  const DecoderNetwork dead({{MatrixXd::Zero(3, 1), VectorXd::Ones(3)}}, DecoderActivation::tanh);
  CHECK_THROWS_WITH(decoder_metric_loss(classes, R, dead, {output, MetricScale::embeddings}),
                    ContainsSubstring("stretch of the decoder = 0, allowed (0, inf)"));
  CHECK_THROWS_AS(decoder_metric_loss(classes, R, linear_decoder(MatrixXd::Ones(2, 1)),
                                      {DecoderMetric::kernel, MetricScale::spread}),
                  InputError);
  CHECK(decoder_metric_from("x", "tangent") == DecoderMetric::tangent);
  CHECK(metric_scale_from("x", "embeddings") == MetricScale::embeddings);
  CHECK_THROWS_AS(decoder_metric_from("x", "l2"), InputError);
  CHECK_THROWS_AS(metric_scale_from("x", "l2"), InputError);
}

TEST_CASE("decoder metric: steps of Adam to RQI, tabulated as with the network itself",
          "[theory][decoder][prediction]") {
  const Task task = Task::addition(6);
  const auto train = draw_training_set(task, 19, 2);
  const MatrixXd R = uniform_embeddings(6, 1, 12);
  const DecoderNetwork network(random_layers({1, 12, 12, 5}, 8), DecoderActivation::tanh);
  RqiQuestion question;
  question.rate = 5e-3;
  question.budget = 3000;
  DecoderMetricSetting setting;
  const auto tabulated = decoder_metric_steps(task, train, R, network, setting, question);
  REQUIRE(tabulated);
  CHECK(*tabulated > 10);
  setting.reach = 0;
  CHECK(decoder_metric_steps(task, train, R, network, setting, question) == tabulated);
  // One step before, RQI is not yet there.
  const LossFunctions loss = decoder_metric_loss(group_by_output(task, train), R, network, setting);
  AdamFlow flow(loss, R.reshaped(), question.rate);
  const auto P0 = list_parallelograms(group_by_output(task));
  for (std::int64_t n = 0; n < *tabulated; ++n) {
    REQUIRE_FALSE(rqi(flow.state(), P0) > 0.95);
    flow.step();
  }
  CHECK(rqi(flow.state(), P0) > 0.95);
  question.budget = *tabulated - 1;
  CHECK_FALSE(decoder_metric_steps(task, train, R, network, setting, question));
}
