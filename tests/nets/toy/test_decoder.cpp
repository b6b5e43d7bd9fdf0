#include "nets/toy/decoder.hpp"

#include <cmath>

#include "core/errors.hpp"
#include "core/random.hpp"
#include "nets/toy/train.hpp"
#include "tests/support/catch.hpp"
#include "theory/training_set.hpp"

using namespace grok;
using namespace grok::toy;

namespace {

RunSpec small_spec(const std::string& loss, const std::string& activation) {
  RunSpec spec;
  spec.symbols = 6;
  spec.train = 14;
  spec.seed = 3;
  spec.representation_dimension = 2;
  spec.representation_distribution = "normal";
  spec.representation_rate = 1e-2;
  spec.decoder_widths = {16, 12};
  spec.decoder_activation = activation;
  spec.decoder_rate = 3e-3;
  spec.loss = loss;
  spec.steps = 120;
  spec.stop = "budget";
  spec.precision = "float64";
  return resolve(spec, "test");
}

/// Share of right answers, by the decoder.
double accuracy_of(const RunSpec& spec, const InitialState& network,
                   const std::vector<Sample>& samples) {
  const Task task = task_of(spec);
  const auto answers = decoder_answers(spec, network, decoder_inputs(spec, network, samples));
  double right = 0;
  for (std::size_t k = 0; k < samples.size(); ++k) {
    right += answers[k] == task.output(samples[k]) ? 1 : 0;
  }
  return right / static_cast<double>(samples.size());
}

void check_against_engine(const RunSpec& spec) {
  const TracedRun run = train_traced(spec, 0);
  const auto rest = remaining_samples(task_of(spec), run.trained.train);
  CHECK(accuracy_of(spec, run.trained, run.trained.train) == run.record.train_accuracy);
  CHECK(accuracy_of(spec, run.trained, rest) == *run.record.validation_accuracy);
  CHECK(run.record.train_accuracy > 0.2);  // neither all right nor all wrong: equality says much
  CHECK(run.record.accuracy < 1);
}

}  // namespace

TEST_CASE("decoder: two layers worked out by hand", "[nets][decoder]") {
  RunSpec spec = small_spec("mse", "relu");
  spec.decoder_widths = {2};
  spec.symbols = 2;
  spec.train = 2;
  spec.output_dimension = 1;
  spec = resolve(spec, "test");
  InitialState network = draw_initial_state(spec);
  network.embeddings = (Eigen::MatrixXd(2, 2) << 1, 2, -3, 0.5).finished();
  network.decoder[0].weight = (Eigen::MatrixXd(2, 2) << 1, 1, -2, 0).finished();
  network.decoder[0].bias = Eigen::Vector2d(0.5, 1);
  network.decoder[1].weight = (Eigen::MatrixXd(1, 2) << 3, 10).finished();
  network.decoder[1].bias = Eigen::VectorXd::Constant(1, -1);
  network.labels = (Eigen::MatrixXd(3, 1) << 20, 49, 1e3).finished();
  const std::vector<Sample> samples = {{0, 0}, {0, 1}};  // inputs (2,4), (-2,2.5)
  const Eigen::MatrixXd inputs = decoder_inputs(spec, network, samples);
  CHECK(inputs == (Eigen::MatrixXd(2, 2) << 2, 4, -2, 2.5).finished());
  const Eigen::MatrixXd outputs = decode(spec, network, inputs);
  CHECK(outputs(0, 0) == Approx(3 * 6.5 - 1));           // relu(-3) = 0
  CHECK(outputs(1, 0) == Approx(3 * 1.0 + 10 * 5 - 1));  // 52
  CHECK(decoder_answers(spec, network, inputs) == std::vector<std::int32_t>{0, 1});
  network.labels(0, 0) = 18.5 + 1;  // both one away from the output: the first
  network.labels(1, 0) = 18.5 - 1;
  CHECK(decoder_answers(spec, network, inputs.topRows(1)).front() == 0);
  spec.decoder_activation = "tanh";
  CHECK(decode(spec, network, inputs)(1, 0) ==
        Approx(3 * std::tanh(1.0) + 10 * std::tanh(5.0) - 1));
}

TEST_CASE("decoder: a classifier answers with the largest output, the first of equal ones",
          "[nets][decoder]") {
  RunSpec spec = small_spec("cross-entropy", "relu");
  spec.decoder_widths = {};
  spec = resolve(spec, "test");
  InitialState network = draw_initial_state(spec);
  network.decoder[0].weight.setZero();
  network.decoder[0].bias.setZero();
  network.decoder[0].bias(4) = network.decoder[0].bias(7) = 1;
  CHECK(decoder_answers(spec, network, Eigen::MatrixXd::Zero(1, 2)).front() == 4);
  network.decoder[0].bias(9) = 1.5;
  CHECK(decoder_answers(spec, network, Eigen::MatrixXd::Zero(1, 2)).front() == 9);
}

TEST_CASE("decoder: the engine's accuracies on D and on the rest, every loss and activation",
          "[nets][decoder]") {
  for (const std::string loss : {"mse", "cross-entropy", "hinge"}) {
    for (const std::string activation : {"relu", "tanh"}) {
      CAPTURE(loss, activation);
      check_against_engine(small_spec(loss, activation));
    }
  }
  RunSpec one_hot = small_spec("mse", "relu");
  one_hot.targets = "one-hot";
  one_hot.output_dimension.reset();
  one_hot.label_scale = 0.1;
  one_hot.steps = 600;
  check_against_engine(resolve(one_hot, "test"));
  RunSpec modular = small_spec("cross-entropy", "relu");
  modular.task = "modular-addition";
  modular.output_dimension.reset();
  modular.precision = "float32";
  check_against_engine(resolve(modular, "test"));
}

TEST_CASE("decoder: the engine's loss, number by number", "[nets][decoder]") {
  const RunSpec spec = small_spec("mse", "tanh");
  const TracedRun run = train_traced(spec, 0);
  const Task task = task_of(spec);
  const Eigen::MatrixXd outputs =
      decode(spec, run.trained, decoder_inputs(spec, run.trained, run.trained.train));
  double loss = 0;
  for (std::size_t k = 0; k < run.trained.train.size(); ++k) {
    const Index answer = task.output(run.trained.train[k]);
    loss +=
        (outputs.row(static_cast<Index>(k)) - run.trained.labels.row(answer)).squaredNorm() / 30;
  }
  CHECK(loss / 14 == Approx(run.record.train_loss).epsilon(1e-10));
}

TEST_CASE("decoder: matrices are multiplied in the order of the sample", "[nets][decoder]") {
  RunSpec spec;
  spec.task = "permutations";
  spec.symbols = 6;
  spec.train = 20;
  spec.representation_dimension = 4;
  spec.decoder_widths = {20};
  spec.representation_rate = spec.decoder_rate = 1e-2;
  spec.loss = "cross-entropy";
  spec.steps = 100;
  spec.stop = "budget";
  spec.precision = "float64";
  spec = resolve(spec, "test");
  const InitialState start = draw_initial_state(spec);
  const Eigen::MatrixXd inputs = decoder_inputs(spec, start, std::vector<Sample>{{1, 2}, {2, 1}});
  const Eigen::MatrixXd& E = start.embeddings;
  CHECK(inputs(0, 1) == Approx(E(1, 0) * E(2, 1) + E(1, 1) * E(2, 3)));
  CHECK(inputs(1, 1) == Approx(E(2, 0) * E(1, 1) + E(2, 1) * E(1, 3)));
  check_against_engine(spec);
}

TEST_CASE("decoder: many inputs as one by one", "[nets][decoder]") {
  const RunSpec spec = small_spec("mse", "tanh");
  const InitialState network = draw_initial_state(spec);
  RandomStream random(1, "inputs");
  Eigen::MatrixXd inputs(2500, 2);
  for (Index row = 0; row < inputs.rows(); ++row) {
    inputs.row(row) << random.normal(), random.normal();
  }
  const Eigen::MatrixXd outputs = decode(spec, network, inputs);
  for (const Index row : {0, 1023, 1024, 2047, 2048, 2499}) {
    CHECK((decode(spec, network, inputs.row(row)) - outputs.row(row)).norm() < 1e-13);
  }
}

TEST_CASE("decoder: shapes and symbols are checked", "[nets][decoder]") {
  const RunSpec spec = small_spec("mse", "relu");
  InitialState network = draw_initial_state(spec);
  CHECK_THROWS_WITH(decode(spec, network, Eigen::MatrixXd::Zero(4, 3)),
                    "decode: columns of inputs = 3, allowed [2, 2]");
  CHECK_THROWS_AS(decoder_inputs(spec, network, std::vector<Sample>{{0, 6}}), InputError);
  CHECK_THROWS_AS(decoder_inputs(spec, network, std::vector<Sample>{{-1, 2}}), InputError);
  network.decoder[1].weight.resize(12, 15);
  CHECK_THROWS_WITH(decode(spec, network, Eigen::MatrixXd::Zero(4, 2)),
                    ContainsSubstring("decode: decoder[1].weight = 12 x 15, allowed 12 x 16"));
  CHECK(decode(spec, draw_initial_state(spec), Eigen::MatrixXd(0, 2)).rows() == 0);
}
