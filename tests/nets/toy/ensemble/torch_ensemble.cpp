// tests/nets/toy/ensemble/torch_ensemble.cpp: an ensemble step by step against the cpu engine,
// which LibTorch's autograd judges in turn (torch_network.cpp). In float64, which processors agree
// on; float32: torch_ensemble_float32.cpp.
#include "nets/toy/ensemble/ensemble.hpp"

#include <set>

#include "nets/toy/network.hpp"
#include "nets/toy/train.hpp"
#include "tests/nets/toy/ensemble/ensemble_checks.hpp"
#include "tests/support/catch.hpp"
#include "tests/theory/matrix_solutions.hpp"
#include "theory/matrix_representation.hpp"
#include "theory/training_set.hpp"

using namespace grok;
using namespace grok::toy;

namespace {

// The gradient of every block against the cpu engine's, whose matrices are column-major.
void compare_gradients(const std::vector<Ensemble::Block>& ours, Network<double>& network) {
  auto theirs = network.blocks();
  REQUIRE(ours.size() == theirs.size());
  for (std::size_t k = 0; k < ours.size(); ++k) {
    const std::size_t size = ours[k].gradient.size();
    REQUIRE(ours[k].name == theirs[k].name);
    REQUIRE(size == theirs[k].gradient.size());
    const bool weight = ours[k].name.ends_with("weight");
    const std::size_t rows = weight ? ours[k + 1].gradient.size() : 1;
    double difference = 0, largest = 0;
    for (std::size_t i = 0; i < size; ++i) {
      const std::size_t at = weight ? (i % rows) * (size / rows) + i / rows : i;
      const double wanted = theirs[k].gradient[i];
      difference = std::max(difference, std::abs(ours[k].gradient[at] - wanted));
      largest = std::max(largest, std::abs(wanted));
    }
    CAPTURE(ours[k].name, largest);
    CHECK(largest > 0);
    CHECK(difference < 1e-10 * std::max(largest, 1e-3));
  }
}

void check_gradients(const RunSpec& base, const std::string& device) {
  const std::vector<RunSpec> specs = varied(base, 3);
  const auto ensemble = loaded(specs, device);
  std::vector<Network<double>> networks;
  std::vector<Batch> batches;
  for (const RunSpec& spec : specs) {
    const InitialState state = draw_initial_state(spec);
    networks.emplace_back(spec, state, task_of(spec).sample_count());
    batches.push_back(make_batch(task_of(spec), state.train));
  }
  for (int t = 0; t <= 10; ++t) {
    ensemble->run(1);
    for (std::size_t b = 0; b < specs.size(); ++b) {
      networks[b].forward(batches[b]);
      networks[b].backward(batches[b], batches[b].count());
      if (t == 0 || t == 10) {
        CAPTURE(device, base.task, base.loss, base.decoder_activation, base.decoder_widths.size(),
                base.representation_dimension, t, b);
        compare_gradients(ensemble->blocks(static_cast<Index>(b)), networks[b]);
      }
      networks[b].update();
    }
  }
}

struct Curves {
  double loss = 0, validation = 0;  // largest relative differences, of losses above 1e-3
  bool counts = true;               // answers and RQI agree everywhere
  double first = 0, last = 0;
};

Curves compare_curves(const RunSpec& base, const std::string& device) {
  const std::vector<RunSpec> specs = varied(base, 3);
  const auto ensemble = loaded(specs, device);
  std::vector<std::vector<TrajectoryPoint>> theirs;
  for (const RunSpec& spec : specs) {
    theirs.push_back(train_traced(spec, 1).trajectory);
  }
  Curves worst;
  for (std::size_t t = 0; t < theirs[0].size(); ++t) {
    ensemble->run(1);
    const std::vector<MemberState> states = ensemble->states();
    for (std::size_t b = 0; b < specs.size(); ++b) {
      const TrajectoryPoint& p = theirs[b][t];
      const Metrics& now = states[b].last;
      REQUIRE(states[b].milestones.done == static_cast<std::int64_t>(t));
      const auto differ = [](double ours, double wanted) {
        return std::abs(ours - wanted) / std::max(wanted, 1e-3);
      };
      worst.loss = std::max(worst.loss, differ(now.train_loss, p.train_loss));
      worst.validation =
          std::max(worst.validation, differ(now.validation_loss, *p.validation_loss));
      const double train =
          static_cast<double>(now.train_correct) / static_cast<double>(specs[b].train);
      worst.counts = worst.counts && train == p.train_accuracy && now.rqi == p.rqi.value_or(1);
      if (b == 2) {
        (t == 0 ? worst.first : worst.last) = now.train_loss;
      }
    }
  }
  return worst;
}

}  // namespace

TEST_CASE("ensemble: gradients by name agree with the cpu engine", "[engines][ensemble]") {
  for (const std::string& device : devices()) {
    for (const std::string loss : {"mse", "cross-entropy", "hinge"}) {
      for (const std::string activation : {"tanh", "relu"}) {
        check_gradients(shape(loss, activation, {50, 40}, 1), device);
        check_gradients(shape(loss, activation, {7}, 2), device);
        check_gradients(shape(loss, activation, {9, 33, 5}, 3), device);
        check_gradients(shape(loss, activation, {}, 2), device);
        check_gradients(shape(loss, activation, {}, 5), device);
      }
    }
    RunSpec full = shape("mse", "tanh", {20}, 1);
    full.task = "modular-addition";
    full.symbols = 7;
    full.train = 28;  // nothing to validate
    check_gradients(full, device);
  }
}

TEST_CASE("ensemble: 200 losses agree with the cpu engine", "[engines][ensemble]") {
  for (const std::string& device : devices()) {
    for (const std::string loss : {"mse", "cross-entropy", "hinge"}) {
      for (const Index batch : {0, 10}) {
        RunSpec spec = shape(loss, loss == "mse" ? "tanh" : "relu", {60, 50}, batch == 0 ? 1 : 3);
        spec.batch = batch;
        spec.steps = 200;
        CAPTURE(device, loss, batch);
        const Curves exact = compare_curves(spec, device);
        CHECK(exact.loss < 1e-8);
        CHECK(exact.validation < 1e-8);
        CHECK(exact.counts);
        CHECK(exact.last < 0.9 * exact.first);  // something was learnt
      }
    }
  }
}

TEST_CASE("ensemble: a member that has ended stands still, its metrics with it", "[ensemble]") {
  for (const std::string& device : devices()) {
    std::vector<RunSpec> specs = varied(shape("mse", "tanh", {20}, 1), 3);
    specs[1].steps = 25;
    const auto ensemble = loaded(specs, device);
    ensemble->run(26);  // states at 0 .. 25
    const auto ended = ensemble->blocks(1);
    const auto running = ensemble->blocks(0);
    const std::vector<MemberState> before = ensemble->states();
    CHECK(before[1].milestones.ended);
    CHECK(before[1].milestones.done == 25);
    CHECK_FALSE(before[0].milestones.ended);
    ensemble->run(40);
    const std::vector<MemberState> after = ensemble->states();
    for (std::size_t k = 0; k < ended.size(); ++k) {
      CHECK(ensemble->blocks(1)[k].parameter == ended[k].parameter);
      CHECK(ensemble->blocks(0)[k].parameter != running[k].parameter);
    }
    CHECK(after[1].milestones.done == 25);
    CHECK(after[1].last.train_loss == before[1].last.train_loss);
    CHECK(after[0].milestones.done == 65);
    CHECK(
        (ensemble->embeddings(1) - train_traced(specs[1], 25).trajectory.back().embeddings).norm() <
        1e-10);
  }
}

TEST_CASE("ensemble: taking members out does not change the others", "[engines][ensemble]") {
  for (const std::string& device : devices()) {
    for (const Index batch : {0, 12}) {
      RunSpec base = shape("mse", "tanh", {40, 30}, 1);
      base.batch = batch;
      const std::vector<RunSpec> specs = varied(base, 6);
      const auto whole = loaded(specs, device), shrunk = loaded(specs, device);
      whole->run(90);
      shrunk->run(37);
      const std::vector<std::int64_t> slots = shrunk->remove({0, 3, 5});
      REQUIRE(slots == std::vector<std::int64_t>{4, 1, 2});
      REQUIRE(shrunk->members() == 3);
      shrunk->run(53);
      for (std::size_t k = 0; k < slots.size(); ++k) {
        const auto ours = shrunk->blocks(static_cast<Index>(k)), theirs = whole->blocks(slots[k]);
        for (std::size_t i = 0; i < ours.size(); ++i) {
          for (std::size_t at = 0; at < ours[i].parameter.size(); ++at) {
            REQUIRE(std::abs(ours[i].parameter[at] - theirs[i].parameter[at]) < 1e-12);
          }
        }
        const auto state = shrunk->states()[k];
        CHECK(state.milestones.done == 89);
        CHECK(state.last.rqi == whole->states()[static_cast<std::size_t>(slots[k])].last.rqi);
      }
    }
  }
}

TEST_CASE("ensemble: products and penalties, gradients by name agree with the cpu engine",
          "[engines][ensemble][products]") {
  for (const std::string& device : devices()) {
    for (const std::string loss : {"mse", "cross-entropy", "hinge"}) {
      const std::string activation = loss == "cross-entropy" ? "relu" : "tanh";
      check_gradients(products(loss, activation, {50, 40}, 6, 9), device);
      check_gradients(products(loss, activation, {11}, 6, 1), device);  // one pass: thin
      check_gradients(products(loss, activation, {}, 6, 1), device);
      check_gradients(products(loss, activation, {}, 6, 25), device);
      check_gradients(products(loss, activation, {9}, 2, 4), device);
      RunSpec sums = shape(loss, activation, {12}, loss == "mse" ? 1 : 5);
      sums.representation_l1 = 0.2;
      check_gradients(sums, device);
    }
    RunSpec free = products("mse", "relu", {9, 7}, 6, 9);
    free.representation_l1 = 0;
    check_gradients(free, device);
    check_gradients(products("mse", "tanh", {30}, 24, 9), device);
  }
}

TEST_CASE("ensemble: products and penalties, 200 losses agree with the cpu engine",
          "[engines][ensemble][products]") {
  for (const std::string& device : devices()) {
    for (const std::string loss : {"mse", "cross-entropy", "hinge"}) {
      for (const Index batch : {0, 10}) {
        RunSpec spec = products(loss, "tanh", {60, 50}, 6, batch == 10 && loss == "mse" ? 1 : 9);
        spec.batch = batch;
        spec.steps = 200;
        spec.representation_rate = 5e-3;
        CAPTURE(device, loss, batch);
        const Curves exact = compare_curves(spec, device);
        CHECK(exact.loss < 1e-8);
        CHECK(exact.validation < 1e-8);
        CHECK(exact.counts);
        CHECK(exact.last < 0.9 * exact.first);
      }
    }
  }
}

TEST_CASE("ensemble: both embeddings, one after the other, agree with the cpu engine",
          "[engines][ensemble][concatenate]") {
  for (const std::string& device : devices()) {
    for (const bool shared : {false, true}) {
      for (const std::string loss : {"mse", "cross-entropy", "hinge"}) {
        check_gradients(concatenated(loss, {50, 40}, 9, shared), device);
        check_gradients(concatenated(loss, {11}, 1, shared), device);  // one pass: thin
        check_gradients(concatenated(loss, {}, 1, shared), device);
        check_gradients(concatenated(loss, {}, 5, shared), device);
        RunSpec spec = concatenated(loss, {30, 20}, loss == "mse" ? 1 : 4, shared);
        spec.batch = loss == "hinge" ? 10 : 0;
        spec.steps = 200;
        const Curves exact = compare_curves(spec, device);
        CAPTURE(device, shared, loss);
        CHECK(exact.loss < 1e-8);
        CHECK(exact.validation < 1e-8);
        CHECK(exact.counts);
        CHECK(exact.last < 0.95 * exact.first);
      }
    }
  }
}

TEST_CASE("ensemble: a number at exactly 0 has no gradient of the penalty",
          "[ensemble][products]") {
  for (const std::string& device : devices()) {
    for (RunSpec spec : {products("mse", "tanh", {8}, 6, 9), shape("mse", "tanh", {8}, 3)}) {
      std::vector<std::vector<Ensemble::Block>> found;
      for (const double l1 : {0.0, 5.0}) {
        spec.representation_l1 = l1;
        const RunSpec resolved = resolve(spec, "test");
        InitialState state = draw_initial_state(resolved);
        state.embeddings(2, 0) = 0;
        const auto ensemble = make_ensemble(resolved, 1, device);
        ensemble->load(0, resolved, state);
        ensemble->run(1);
        found.push_back(ensemble->blocks(0));
        if (l1 > 0) {
          const double unit = l1 / static_cast<double>(state.embeddings.size());
          for (Index k = 0; k < state.embeddings.size(); ++k) {
            const Index d = state.embeddings.cols();
            const double e = state.embeddings(k / d, k % d);
            const auto at = static_cast<std::size_t>(k);
            CHECK(found[1][0].gradient[at] - found[0][0].gradient[at] == Approx(e > 0   ? unit
                                                                                : e < 0 ? -unit
                                                                                        : 0)
                                                                             .margin(1e-14));
          }
        }
      }
    }
  }
}

TEST_CASE("ensemble: RQI of matrices is that of the theory, at any scale", "[ensemble][products]") {
  for (const std::string& device : devices()) {
    const RunSpec spec = resolve(products("mse", "tanh", {8}, 6, 9), "test");
    const auto P0 = list_parallelograms(group_by_output(task_of(spec)));
    const InitialState drawn = draw_initial_state(spec);
    const auto ensemble = make_ensemble(spec, 1, device);
    std::set<double> seen;
    const auto measured = [&](const Eigen::MatrixXd& E) {
      InitialState state = drawn;
      state.embeddings = E;
      ensemble->load(0, spec, state);
      ensemble->run(1);
      const double rqi = ensemble->states()[0].last.rqi;
      CHECK(rqi == product_rqi(E, P0));
      seen.insert(rqi);
      return rqi;
    };
    const Eigen::MatrixXd E = matrices::permutation_matrices(3);
    for (const double noise : {0.1, 0.5, 1.0, 2.0}) {
      for (const double scale : {1.0, 1e-150, 1e-200, -1e100}) {
        measured(scale * (E + noise * drawn.embeddings));
      }
    }
    CHECK(seen.size() >= 4);
    CHECK(measured(E) == 1.0);
    CHECK(measured(Eigen::MatrixXd::Zero(6, 9)) == 0.0);
  }
}
