// optimiser = "sgd": a step by hand, the path of a plain twin, and what gradient descent conserves.
#include <cmath>

#include "core/errors.hpp"
#include "nets/toy/model.hpp"
#include "nets/toy/network.hpp"
#include "nets/toy/train.hpp"
#include "tests/nets/toy/plain_network.hpp"
#include "tests/support/catch.hpp"

using namespace grok;
using namespace grok::toy;

namespace {

RunSpec sgd_spec() {
  RunSpec spec;
  spec.optimiser = "sgd";
  spec.precision = "float64";
  spec.symbols = 6;
  spec.train = 15;
  spec.seed = 4;
  spec.output_dimension = 4;
  spec.decoder_widths = {7, 5};
  spec.stop = "budget";
  return spec;
}

/// PyTorch's SGD(weight_decay) by its definition: p -= rate (g + decay p).
void plain_step(const RunSpec& spec, InitialState& state) {
  const Task task = task_of(spec);
  const auto gradients = PlainNetwork(spec, state).gradients(task, state.train);
  const Eigen::MatrixXd embeddings = state.embeddings;
  for (Index k = 0; k < embeddings.size(); ++k) {
    const Index symbol = k / embeddings.cols(), number = k % embeddings.cols();
    double& p = state.embeddings(symbol, number);
    p -= spec.representation_rate *
         (gradients[0][static_cast<std::size_t>(k)] + spec.representation_decay * p);
  }
  for (std::size_t l = 0; l < state.decoder.size(); ++l) {
    const auto step = [&](double* parameters, const std::vector<double>& gradient) {
      for (std::size_t k = 0; k < gradient.size(); ++k) {
        parameters[k] -= spec.decoder_rate * (gradient[k] + spec.decoder_decay * parameters[k]);
      }
    };
    step(state.decoder[l].weight.data(), gradients[1 + 2 * l]);
    step(state.decoder[l].bias.data(), gradients[2 + 2 * l]);
  }
}

double difference(const InitialState& a, const InitialState& b) {
  double largest = (a.embeddings - b.embeddings).cwiseAbs().maxCoeff();
  for (std::size_t l = 0; l < a.decoder.size(); ++l) {
    largest = std::max({largest, (a.decoder[l].weight - b.decoder[l].weight).cwiseAbs().maxCoeff(),
                        (a.decoder[l].bias - b.decoder[l].bias).cwiseAbs().maxCoeff()});
  }
  return largest;
}

/// The run's state after `steps`, from `start`.
InitialState after(RunSpec spec, const InitialState& start, std::int64_t steps) {
  spec.steps = steps;
  return train_traced(spec, 0, &start).trained;
}

// f = w (E_i + E_j) + b, one number for three classes.
InitialState two_symbols() {
  InitialState state;
  state.train = {{0, 0}, {0, 1}, {1, 1}};
  state.embeddings = Eigen::Vector2d(0.5, -0.25);
  state.labels = Eigen::Vector3d(1, -1, 0.5);
  state.decoder = {{Eigen::MatrixXd::Constant(1, 1, 2.0), Eigen::VectorXd::Constant(1, 0.1)}};
  return state;
}

template <class Real>
void step_by_hand() {
  RunSpec spec = sgd_spec();
  spec.symbols = 2;
  spec.train = 3;
  spec.decoder_widths = {};
  spec.output_dimension = 1;
  spec.representation_rate = 0.1;
  spec.representation_decay = 0.5;
  spec.decoder_rate = 20;  // more than any AdamW takes
  spec.decoder_decay = 0.02;
  spec = resolve(spec, "test");
  const InitialState start = two_symbols();
  const Batch batch = make_batch(task_of(spec), start.train);
  for (const bool at_once : {false, true}) {
    Network<Real> network(spec, start, 3);
    network.forward(batch);
    if (at_once) {
      network.descend(batch, 3);
    } else {
      network.backward(batch, 3);
      network.update();
    }
    // f = 2.1, 0.6, -0.9; f - Y = 1.1, 1.6, -1.4; the loss is the mean of its squares
    const InitialState now = network.state();
    const double rounding = sizeof(Real) == 8 ? 1e-14 : 1e-5;
    const double w = 2.0 / 3 * (1.1 * 1 + 1.6 * 0.25 + 1.4 * 0.5), b = 2.0 / 3 * (1.1 + 1.6 - 1.4);
    const double e0 = 2.0 / 3 * 2 * (2 * 1.1 + 1.6), e1 = 2.0 / 3 * 2 * (1.6 - 2 * 1.4);
    CAPTURE(at_once, sizeof(Real));
    CHECK(now.decoder[0].weight(0, 0) ==
          Approx(2.0 - 20 * (w + 0.02 * 2.0)).margin(rounding).epsilon(0));
    CHECK(now.decoder[0].bias(0) ==
          Approx(0.1 - 20 * (b + 0.02 * 0.1)).margin(rounding).epsilon(0));
    CHECK(now.embeddings(0, 0) == Approx(0.5 - 0.1 * (e0 + 0.5 * 0.5)).margin(rounding).epsilon(0));
    CHECK(now.embeddings(1, 0) ==
          Approx(-0.25 - 0.1 * (e1 - 0.5 * 0.25)).margin(rounding).epsilon(0));
  }
}

/// E^T E / eta_E - W^T W / eta_D, d x d: the decoder sees W E^T alone, so that gradient flow at
/// these rates keeps it (E -> E S, W -> W S^-T changes no output).
Eigen::MatrixXd balance(const InitialState& state, double representation_rate,
                        double decoder_rate) {
  const Eigen::MatrixXd& w = state.decoder[0].weight;
  return state.embeddings.transpose() * state.embeddings / representation_rate -
         w.transpose() * w / decoder_rate;
}

}  // namespace

TEST_CASE("a step of sgd by hand, decay and both rates", "[nets][sgd]") {
  step_by_hand<double>();
  step_by_hand<float>();
}

TEST_CASE("sgd follows a plain twin, number by number", "[nets][sgd]") {
  struct Setting {
    std::string loss, activation;
    std::int64_t dimension;
    std::vector<std::int64_t> widths;
    double l1;
  };
  const std::vector<Setting> settings = {{"mse", "tanh", 1, {7, 5}, 0},
                                         {"cross-entropy", "relu", 2, {33}, 0.2},
                                         {"hinge", "tanh", 3, {9, 4}, 0},
                                         {"mse", "tanh", 2, {}, 0.1}};
  constexpr std::int64_t steps = 40;
  for (const Setting& setting : settings) {
    RunSpec spec = sgd_spec();
    spec.loss = setting.loss;
    spec.output_dimension.reset();
    spec.decoder_activation = setting.activation;
    spec.representation_dimension = setting.dimension;
    spec.representation_l1 = setting.l1;
    spec.decoder_widths = setting.widths;
    spec.representation_rate = 0.3;
    spec.representation_decay = 0.05;
    spec.decoder_rate = 0.1;
    spec.decoder_decay = 0.01;
    spec.steps = steps;
    spec = resolve(spec, "test");
    const InitialState start = draw_initial_state(spec);
    InitialState twin = start;
    const TracedRun run = train_traced(spec, 1, &start);
    REQUIRE(std::ssize(run.trajectory) == steps + 1);
    const Task task = task_of(spec);
    for (const TrajectoryPoint& point : run.trajectory) {
      CAPTURE(setting.loss, setting.activation, point.step);
      REQUIRE((point.embeddings - twin.embeddings).cwiseAbs().maxCoeff() < 1e-11);
      REQUIRE(point.train_loss ==
              Approx(PlainNetwork(spec, twin).score(task, twin.train).loss).epsilon(1e-11));
      if (point.step < steps) {
        plain_step(spec, twin);
      }
    }
    CHECK(difference(run.trained, twin) < 1e-11);
    CHECK(difference(run.trained, start) > 0.01);
    RunSpec other = spec;
    other.optimiser = "adamw";
    CHECK(difference(train_traced(other, 0, &start).trained, twin) > 0.01);
  }
}

TEST_CASE("mini-batches descend too, and a rate of 0 holds what it is of", "[nets][sgd]") {
  RunSpec spec = sgd_spec();
  spec.batch = 4;
  spec.representation_rate = 0;
  spec.decoder_rate = 0.01;
  const InitialState start = draw_initial_state(resolve(spec, "test"));
  const InitialState held = after(spec, start, 60);
  CHECK(held.embeddings == start.embeddings);
  CHECK((held.decoder[0].weight - start.decoder[0].weight).cwiseAbs().maxCoeff() > 1e-4);
  spec.representation_rate = 0.01;
  spec.decoder_rate = 0;
  const InitialState other = after(spec, start, 60);
  CHECK(other.decoder[1].weight == start.decoder[1].weight);
  CHECK((other.embeddings - start.embeddings).cwiseAbs().maxCoeff() > 1e-5);
}

TEST_CASE("the loss falls at every step at small rates, by rate |g|^2", "[nets][sgd]") {
  RunSpec spec = sgd_spec();
  spec.representation_dimension = 2;
  spec.steps = 300;
  spec.representation_rate = 2e-3;
  spec.decoder_rate = 1e-3;
  spec = resolve(spec, "test");
  const InitialState start = draw_initial_state(spec);
  const TracedRun run = train_traced(spec, 1, &start);
  for (std::size_t t = 1; t < run.trajectory.size(); ++t) {
    CHECK(run.trajectory[t].train_loss < run.trajectory[t - 1].train_loss);
  }
  const auto gradients = PlainNetwork(spec, start).gradients(task_of(spec), start.train);
  double fall = 0;
  for (std::size_t k = 0; k < gradients.size(); ++k) {
    for (const double g : gradients[k]) {
      fall += (k == 0 ? spec.representation_rate : spec.decoder_rate) * g * g;
    }
  }
  CHECK(run.trajectory[0].train_loss - run.trajectory[1].train_loss == Approx(fall).epsilon(0.01));
}

TEST_CASE("gradient descent keeps the balance of embeddings and first layer", "[nets][sgd]") {
  RunSpec spec = sgd_spec();
  spec.representation_dimension = 2;
  const InitialState start = draw_initial_state(resolve(spec, "test"));
  // How far the balance, and what it is the difference of, move in a time 20 / scale steps
  const auto moved = [&](double scale, const char* optimiser) {
    spec.optimiser = optimiser;
    spec.representation_rate = 0.5 * scale;
    spec.decoder_rate = 0.1 * scale;
    const InitialState end = after(spec, start, std::lround(20 / scale));
    const auto change = [&](double rate) {
      return (balance(end, 0.5, rate) - balance(start, 0.5, rate)).norm();
    };
    return std::pair(change(0.1), change(0.5));
  };
  const auto [coarse, coarse_wrong] = moved(0.1, "sgd");
  const auto [fine, fine_wrong] = moved(0.05, "sgd");
  CHECK(fine_wrong == Approx(coarse_wrong).epsilon(0.05));  // with one rate for both: not kept
  CHECK(fine_wrong > 30 * fine);
  CHECK(fine / coarse == Approx(0.5).epsilon(0.1));  // what is left is of first order in the rates
  CHECK(moved(1e-3, "adamw").first > 30 * fine);
}

TEST_CASE("sgd leaves the optimiser's name in the record's run", "[nets][sgd]") {
  RunSpec spec = sgd_spec();
  const RunSpec resolved = resolve(spec, "test");
  CHECK(optimiser_of(resolved) == Optimiser::sgd);
  CHECK(text_of(run_of(resolved)["optimiser"]) == "sgd");
  CHECK_THAT(canonical_text(resolved), ContainsSubstring("\noptimiser = sgd\nbatch = 0\n"));
  spec.optimiser = "adamw";
  const RunSpec usual = resolve(spec, "test");
  CHECK(optimiser_of(usual) == Optimiser::adamw);
  CHECK_THAT(canonical_text(usual), !ContainsSubstring("optimiser"));
  CHECK(identity(usual) != identity(resolved));
  spec.optimiser = "adam";  // nothing takes it for AdamW
  CHECK_THROWS_AS(optimiser_of(spec), Error);
  CHECK_THROWS_WITH(train_traced(spec, 0),
                    "train: optimiser = 'adam', allowed adamw? (of adamw, sgd)");
}
