// nets/toy/ensemble/plain_loop.cpp: one network as a user of LibTorch would write it after the
// paper: autograd, torch::optim::AdamW (or SGD), evaluation at every step. Nothing here is tuned:
// it is the yardstick.
//   Sums, products of matrices, both vectors, and the penalty, as nets/toy/network.hpp has them.
#include <torch/torch.h>

#include <chrono>

#include "core/errors.hpp"
#include "core/random.hpp"
#include "nets/toy/ensemble/ensemble_device.hpp"
#include "nets/toy/ensemble/ensemble_engine.hpp"
#include "nets/toy/initial_state.hpp"
#include "nets/toy/outcome.hpp"
#include "theory/training_set.hpp"

namespace grok::toy {
namespace {

torch::Tensor tensor_of(const Eigen::MatrixXd& m, torch::ScalarType type) {
  torch::Tensor t = torch::empty({m.rows(), m.cols()}, torch::kFloat64);
  for (Index r = 0; r < m.rows(); ++r) {
    for (Index c = 0; c < m.cols(); ++c) {
      t[r][c] = m(r, c);
    }
  }
  return t.to(type);
}

struct Data {
  torch::Tensor first, second, targets;
  Data(const Task& task, const std::vector<Sample>& samples) {
    std::vector<std::int64_t> i, j, c;
    for (const Sample s : samples) {
      const Sample pair = task.embeddings_of(s);
      i.push_back(pair.i);
      j.push_back(pair.j);
      c.push_back(task.output(s));
    }
    first = torch::tensor(i, torch::kLong);
    second = torch::tensor(j, torch::kLong);
    targets = torch::tensor(c, torch::kLong);
  }
};

class PlainNetwork {
 public:
  PlainNetwork(const RunSpec& spec, const InitialState& state)
      : loss_(spec.loss),
        relu_(spec.decoder_activation == "relu"),
        combination_(task_of(spec).combination()) {
    const auto type = spec.precision == "float64" ? torch::kFloat64 : torch::kFloat32;
    embeddings_ = tensor_of(state.embeddings, type).set_requires_grad(true);
    if (loss_ == "mse") {
      templates_ = tensor_of(state.labels, type);
    }
    for (const Layer& layer : state.decoder) {
      decoder_.push_back(tensor_of(layer.weight, type).set_requires_grad(true));
      decoder_.push_back(tensor_of(layer.bias, type).squeeze(1).clone().set_requires_grad(true));
    }
  }

  torch::Tensor forward(const Data& data) const {
    torch::Tensor a = combined(data);
    for (std::size_t l = 0; l < decoder_.size(); l += 2) {
      a = torch::nn::functional::linear(a, decoder_[l], decoder_[l + 1]);
      if (l + 2 < decoder_.size()) {
        a = relu_ ? torch::relu(a) : torch::tanh(a);
      }
    }
    return a;
  }
  torch::Tensor combined(const Data& data) const {
    const torch::Tensor first = embeddings_.index_select(0, data.first);
    const torch::Tensor second = embeddings_.index_select(0, data.second);
    if (combination_ == Combination::sum) {
      return first + second;
    }
    if (combination_ != Combination::matrix_product) {
      return torch::cat({first, second}, 1);
    }
    const Index k = matrix_size(embeddings_.size(1));
    return torch::bmm(first.view({-1, k, k}), second.view({-1, k, k})).view({-1, k * k});
  }
  torch::Tensor loss(const torch::Tensor& output, const Data& data) const {
    if (loss_ == "mse") {
      return torch::mse_loss(output, templates_.index_select(0, data.targets));
    }
    return loss_ == "hinge" ? torch::multi_margin_loss(output, data.targets)
                            : torch::cross_entropy_loss(output, data.targets);
  }
  std::int64_t correct(const torch::Tensor& output, const Data& data) const {
    const torch::Tensor answer =
        loss_ == "mse" ? torch::cdist(output, templates_).argmin(1) : output.argmax(1);
    return (answer == data.targets).sum().item<std::int64_t>();
  }
  Eigen::MatrixXd representation() const {
    const torch::Tensor e = embeddings_.detach().to(torch::kFloat64).contiguous();
    using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
    return Eigen::Map<const RowMajor>(e.data_ptr<double>(), e.size(0), e.size(1));
  }
  torch::Tensor embeddings() const { return embeddings_; }
  std::vector<torch::Tensor> decoder() const { return decoder_; }

 private:
  std::string loss_;
  bool relu_;
  Combination combination_;
  torch::Tensor embeddings_, templates_;
  std::vector<torch::Tensor> decoder_;  // weight, bias, weight, bias, ...
};

class PlainLoop {
 public:
  explicit PlainLoop(const RunSpec& spec)
      : PlainLoop(spec, task_of(spec), draw_initial_state(spec)) {}

  void step() {
    evaluate();
    optimiser_->zero_grad();
    const Data batch = next_batch();
    torch::Tensor minimised = network_.loss(network_.forward(batch), batch);
    if (spec_.representation_l1 > 0) {
      minimised = minimised + spec_.representation_l1 * network_.embeddings().abs().mean();
    }
    minimised.backward();
    optimiser_->step();
  }
  const Metrics& last() const { return last_; }  // as evaluated before the last step

 private:
  PlainLoop(const RunSpec& spec, const Task& task, const InitialState& state)
      : spec_(spec),
        task_(task),
        samples_(state.train),
        network_(spec, state),
        optimiser_(
            optimiser_of(spec) == Optimiser::sgd
                ? make_optimiser<torch::optim::SGD, torch::optim::SGDOptions>(spec, network_)
                : make_optimiser<torch::optim::AdamW, torch::optim::AdamWOptions>(spec, network_)),
        train_(task, state.train),
        validation_(task, remaining_samples(task, state.train)),
        rqi_(spec, task),
        batches_(static_cast<std::uint64_t>(spec.batch_seed.value_or(spec.seed)), "batches") {}

  template <class Method, class Options>
  static std::unique_ptr<torch::optim::Optimizer> make_optimiser(const RunSpec& spec,
                                                                 const PlainNetwork& network) {
    std::vector<torch::optim::OptimizerParamGroup> groups;
    groups.emplace_back(
        std::vector<torch::Tensor>{network.embeddings()},
        std::make_unique<Options>(
            Options(spec.representation_rate).weight_decay(spec.representation_decay)));
    groups.emplace_back(
        network.decoder(),
        std::make_unique<Options>(Options(spec.decoder_rate).weight_decay(spec.decoder_decay)));
    return std::make_unique<Method>(groups, Options(spec.decoder_rate));
  }

  void evaluate() {
    torch::NoGradGuard no_grad;
    const torch::Tensor train = network_.forward(train_);
    last_.train_loss = network_.loss(train, train_).item<double>();
    last_.train_correct = network_.correct(train, train_);
    if (validation_.targets.numel() > 0) {
      const torch::Tensor validation = network_.forward(validation_);
      last_.validation_loss = network_.loss(validation, validation_).item<double>();
      last_.validation_correct = network_.correct(validation, validation_);
    }
    last_.rqi = rqi_.of(network_.representation());
  }

  Data next_batch() {
    if (spec_.batch == 0 || spec_.batch == spec_.train) {
      return train_;
    }
    std::vector<Sample> chosen;
    for (const std::int64_t k : batches_.sample(spec_.train, spec_.batch)) {
      chosen.push_back(samples_[static_cast<std::size_t>(k)]);
    }
    return {task_, chosen};
  }

  const RunSpec& spec_;
  Task task_;
  std::vector<Sample> samples_;
  PlainNetwork network_;
  std::unique_ptr<torch::optim::Optimizer> optimiser_;
  Data train_, validation_;
  RqiMeter rqi_;
  RandomStream batches_;
  Metrics last_;
};

}  // namespace

PlainLoopResult plain_loop(const RunSpec& spec, std::int64_t steps, int threads) {
  require_in_range<std::int64_t>("plain_loop", "steps", steps, 1, 1'000'000'000);
  require_in_range("plain_loop", "threads", threads, 1, 4096);
  constexpr std::int64_t warm_steps = 20;
  const int before = numeric_threads();
  set_numeric_threads(threads);
  PlainLoop loop(spec);
  for (std::int64_t t = 0; t < warm_steps; ++t) {
    loop.step();
  }
  const auto start = std::chrono::steady_clock::now();
  for (std::int64_t t = 0; t < steps; ++t) {
    loop.step();
  }
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
  set_numeric_threads(before);
  return {.seconds = elapsed.count(), .steps = warm_steps + steps, .last = loop.last()};
}

}  // namespace grok::toy
