// tests/nets/toy/ensemble/torch_network.cpp: the cpu engine against LibTorch in float64: gradients
// by name, and the loss curve of AdamW; sums, products and concatenation of embeddings, with and
// without their penalty. torch must come before Catch2: both define CHECK.
#include <torch/torch.h>
#undef CHECK

#include "nets/toy/network.hpp"
#include "tests/support/catch.hpp"

using namespace grok;
using namespace grok::toy;

namespace {

torch::Tensor to_tensor(const Eigen::MatrixXd& m) {
  torch::Tensor t = torch::empty({m.rows(), m.cols()}, torch::kFloat64);
  for (Index r = 0; r < m.rows(); ++r) {
    for (Index c = 0; c < m.cols(); ++c) {
      t[r][c] = m(r, c);
    }
  }
  return t;
}

// The same network as a user of LibTorch would write it.
struct TorchTwin {
  torch::Tensor embeddings, templates, first, second, targets;
  std::vector<torch::Tensor> weights, biases;
  bool relu, products, both;
  std::string kind;
  double l1;

  TorchTwin(const RunSpec& spec, const InitialState& state, const Task& task)
      : embeddings(to_tensor(state.embeddings).set_requires_grad(true)),
        relu(spec.decoder_activation == "relu"),
        products(spec.task == "permutations" && spec.representation_combination == "task"),
        both(spec.representation_combination != "task"),
        kind(spec.loss),
        l1(spec.representation_l1) {
    if (kind == "mse") {
      templates = to_tensor(state.labels);
    }
    for (const Layer& layer : state.decoder) {
      weights.push_back(to_tensor(layer.weight).set_requires_grad(true));
      biases.push_back(to_tensor(layer.bias).squeeze(1).clone().set_requires_grad(true));
    }
    std::vector<std::int64_t> i, j, c;
    for (const Sample s : state.train) {
      i.push_back(s.i);
      j.push_back(spec.representation_combination == "concatenate" ? spec.symbols + s.j : s.j);
      c.push_back(task.output(s));
    }
    first = torch::tensor(i);
    second = torch::tensor(j);
    targets = torch::tensor(c);
  }

  torch::Tensor input() const {
    const torch::Tensor x = embeddings.index_select(0, first);
    const torch::Tensor y = embeddings.index_select(0, second);
    if (!products) {
      return both ? torch::cat({x, y}, 1) : x + y;
    }
    const auto k = std::lround(std::sqrt(static_cast<double>(embeddings.size(1))));
    return torch::matmul(x.reshape({-1, k, k}), y.reshape({-1, k, k})).reshape({-1, k * k});
  }

  // What is minimised is the loss and this.
  torch::Tensor penalty() const { return l1 * embeddings.abs().mean(); }

  torch::Tensor loss() const {
    torch::Tensor a = input();
    for (std::size_t l = 0; l < weights.size(); ++l) {
      a = torch::addmm(biases[l], a, weights[l].t());
      if (l + 1 < weights.size()) {
        a = relu ? torch::relu(a) : torch::tanh(a);
      }
    }
    if (kind == "mse") {
      return torch::mse_loss(a, templates.index_select(0, targets));
    }
    return kind == "hinge" ? torch::multi_margin_loss(a, targets)
                           : torch::nll_loss(torch::log_softmax(a, 1), targets);
  }
};

void compare_block(const std::string& name, Columns<double> ours, torch::Tensor theirs) {
  // Ours is column-major (outputs x inputs; d x p for the embeddings).
  const torch::Tensor flat =
      (name == "embeddings" ? theirs : theirs.t()).contiguous().reshape({-1});
  REQUIRE(flat.size(0) == static_cast<std::int64_t>(ours.size()));
  double difference = 0, size = 0;
  for (std::size_t k = 0; k < ours.size(); ++k) {
    const double wanted = flat[static_cast<std::int64_t>(k)].item<double>();
    difference = std::max(difference, std::abs(ours[k] - wanted));
    size = std::max(size, std::abs(wanted));
  }
  CAPTURE(name, size);
  CHECK(size > 0);
  CHECK(difference < 1e-10 * std::max(size, 1e-3));
}

template <class Method>
struct OptionsOf {
  using Type = torch::optim::AdamWOptions;
};
template <>
struct OptionsOf<torch::optim::SGD> {
  using Type = torch::optim::SGDOptions;
};

// Both are trained from one state, the same way.
template <class Method = torch::optim::AdamW>
void compare_training(const RunSpec& resolved) {
  const Task task = task_of(resolved);
  const InitialState state = draw_initial_state(resolved);
  Network<double> ours(resolved, state, task.sample_count());
  const Batch batch = make_batch(task, state.train);
  TorchTwin twin(resolved, state, task);
  using Options = typename OptionsOf<Method>::Type;
  std::vector<torch::Tensor> decoder = twin.weights;
  decoder.insert(decoder.end(), twin.biases.begin(), twin.biases.end());
  Method embedding_optimiser(
      std::vector<torch::Tensor>{twin.embeddings},
      Options(resolved.representation_rate).weight_decay(resolved.representation_decay));
  Method decoder_optimiser(decoder,
                           Options(resolved.decoder_rate).weight_decay(resolved.decoder_decay));
  for (int t = 0; t < 200; ++t) {
    ours.forward(batch);
    ours.backward(batch, batch.count());
    embedding_optimiser.zero_grad();
    decoder_optimiser.zero_grad();
    const torch::Tensor value = twin.loss();
    (value + twin.penalty()).backward();
    CAPTURE(resolved.task, resolved.loss, resolved.decoder_activation,
            resolved.representation_dimension, resolved.representation_l1, t);
    REQUIRE(ours.score(batch, 0, batch.count()).loss == Approx(value.item<double>()).epsilon(1e-8));
    if (t == 0 || t == 10) {
      const auto blocks = ours.blocks();
      compare_block(blocks[0].name, blocks[0].gradient, twin.embeddings.grad());
      for (std::size_t l = 0; l < twin.weights.size(); ++l) {
        compare_block(blocks[1 + 2 * l].name, blocks[1 + 2 * l].gradient, twin.weights[l].grad());
        compare_block(blocks[2 + 2 * l].name, blocks[2 + 2 * l].gradient,
                      twin.biases[l].grad().unsqueeze(1));
      }
    }
    ours.update();
    embedding_optimiser.step();
    decoder_optimiser.step();
  }
}

RunSpec spec_of(const std::string& loss, const std::string& activation) {
  RunSpec spec;
  spec.precision = "float64";
  spec.loss = loss;
  spec.decoder_activation = activation;
  spec.representation_dimension = activation == "relu" ? 2 : 1;
  spec.decoder_widths = {50, 40};
  spec.decoder_rate = 1e-3;
  spec.decoder_decay = 0.7;
  spec.representation_decay = 0.1;
  return spec;
}

}  // namespace

TEST_CASE("gradients by name and 200 steps of AdamW agree with LibTorch",
          "[engines][nets][torch]") {
  torch::set_num_threads(1);
  for (const std::string loss : {"mse", "cross-entropy", "hinge"}) {
    for (const std::string activation : {"tanh", "relu"}) {
      compare_training(resolve(spec_of(loss, activation), "test"));
    }
  }
}

TEST_CASE("200 steps of plain descent agree with LibTorch", "[engines][nets][torch][sgd]") {
  torch::set_num_threads(1);
  for (const std::string loss : {"mse", "cross-entropy", "hinge"}) {
    RunSpec spec = spec_of(loss, "tanh");
    spec.optimiser = "sgd";
    spec.representation_rate = 0.2;
    spec.decoder_rate = 0.05;
    spec.decoder_decay = 0.1;
    compare_training<torch::optim::SGD>(resolve(spec, "test"));
  }
}

TEST_CASE("products of embeddings and their penalty agree with LibTorch",
          "[engines][nets][torch][products]") {
  torch::set_num_threads(1);
  for (const std::string loss : {"mse", "cross-entropy", "hinge"}) {
    for (const double l1 : {0.0, 0.3}) {
      RunSpec spec = spec_of(loss, loss == "hinge" ? "relu" : "tanh");
      spec.representation_l1 = l1;
      if (l1 > 0) {
        compare_training(resolve(spec, "test"));  // of sums
      }
      spec.task = "permutations";
      spec.symbols = 6;
      spec.train = 24;
      for (const std::int64_t dimension : {1, 4, 9}) {
        spec.representation_dimension = dimension;
        compare_training(resolve(spec, "test"));
      }
      spec.symbols = 2;
      spec.train = 3;
      spec.representation_dimension = 4;
      compare_training(resolve(spec, "test"));
    }
  }
}

TEST_CASE("the cpu engine against LibTorch: both embeddings, one after the other",
          "[engines][concatenate]") {
  for (const std::string combination : {"concatenate", "concatenate-shared"}) {
    for (const std::string loss : {"mse", "cross-entropy", "hinge"}) {
      for (const bool sgd : {false, true}) {
        RunSpec spec;
        spec.task = "permutations";
        spec.symbols = 6;
        spec.train = 24;
        spec.precision = "float64";
        spec.representation_combination = combination;
        spec.representation_dimension = loss == "mse" ? 1 : 5;
        spec.representation_l1 = 0.2;
        spec.representation_decay = 0.3;
        spec.decoder_widths = {20, 11};
        spec.decoder_activation = loss == "hinge" ? "relu" : "tanh";
        spec.loss = loss;
        spec.optimiser = sgd ? "sgd" : "adamw";
        sgd ? compare_training<torch::optim::SGD>(resolve(spec, "test"))
            : compare_training(resolve(spec, "test"));
      }
    }
  }
}
