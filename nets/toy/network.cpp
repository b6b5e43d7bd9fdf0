#include "nets/toy/network.hpp"

#include <algorithm>
#include <cmath>
#include <new>

#include "core/errors.hpp"
#include "theory/matrix_representation.hpp"

namespace grok::toy {
namespace {

// Numbers from one column to the next: whole cache lines. An even number of lines would send the
// columns of a long matrix to few sets of the cache.
template <class Real>
Index step_of(Index rows) {
  constexpr Index line = 64 / static_cast<Index>(sizeof(Real)), short_column = 4;
  const Index lines = (rows + line - 1) / line;
  return (lines > short_column ? lines | 1 : lines) * line;
}

// Hands out parts of one block, or only measures it while there is none.
template <class Real>
class Pieces {
 public:
  explicit Pieces(Real* memory) : memory_(memory) {}
  Real* take(Index count) {
    Real* piece = memory_ == nullptr ? nullptr : memory_ + used_;
    used_ += count;
    return piece;
  }
  Index used() const { return used_; }

 private:
  Real* memory_;
  Index used_ = 0;
};

}  // namespace

Batch make_batch(const Task& task, std::span<const Sample> samples) {
  Batch batch;
  for (const Sample s : samples) {
    const Sample pair = task.embeddings_of(s);
    batch.pairs.push_back(pair.i);
    batch.pairs.push_back(pair.j);
    batch.targets.push_back(static_cast<std::int32_t>(task.output(s)));
  }
  return batch;
}

template <class Real>
Network<Real>::Network(const RunSpec& spec, const InitialState& state, Index capacity,
                       const MlpKernel<Real>& kernel)
    : Network(spec, task_of(spec), state, capacity, kernel) {}

template <class Real>
Network<Real>::Network(const RunSpec& spec, const Task& task, const InitialState& state,
                       Index capacity, const MlpKernel<Real>& kernel)
    : kernel_(kernel),
      symbols_(task.embeddings()),
      dimensions_(spec.representation_dimension),
      classes_(task.outputs()),
      outputs_(*spec.output_dimension),
      loss_(loss_named(spec.loss)),
      widths_(layer_widths(spec)),
      representation_step_{.kind = optimiser_of(spec),
                           .rate = spec.representation_rate,
                           .decay = spec.representation_decay},
      decoder_step_{
          .kind = optimiser_of(spec), .rate = spec.decoder_rate, .decay = spec.decoder_decay} {
  net_.symbols = symbols_;
  net_.dimensions = dimensions_;
  net_.concatenate = task.concatenates();
  if (task.combination() == Combination::matrix_product) {
    net_.matrix_size = matrix_size(dimensions_);
  }
  net_.penalty =
      static_cast<Real>(spec.representation_l1 / static_cast<double>(symbols_ * dimensions_));
  net_.relu = spec.decoder_activation == "relu";
  layers_.resize(widths_.size() - 1);
  net_.layers = layers_.data();
  net_.layer_count = static_cast<Index>(layers_.size());
  lay_out(capacity);  // measures
  auto* memory = static_cast<Real*>(std::aligned_alloc(64, bytes_));
  if (memory == nullptr) {
    throw std::bad_alloc();
  }
  memory_.reset(memory);
  std::fill(memory, memory + bytes_ / sizeof(Real), Real(0));
  lay_out(capacity);
  load(state);
}

template <class Real>
void Network<Real>::lay_out(Index capacity) {
  Pieces<Real> pieces(memory_.get());
  net_.embedding_step = step_of<Real>(dimensions_);
  net_.input_step = step_of<Real>(widths_.front());
  net_.embeddings = pieces.take(net_.embedding_step * symbols_);
  for (std::size_t l = 0; l < layers_.size(); ++l) {
    LayerBuffers<Real>& layer = layers_[l];
    layer.inputs = widths_[l];
    layer.outputs = widths_[l + 1];
    layer.step = step_of<Real>(layer.outputs);
    layer.weight = pieces.take(layer.step * layer.inputs);
    layer.bias = pieces.take(layer.step);
  }
  net_.parameter_size = pieces.used();
  pieces.take(3 * net_.parameter_size);  // gradients, means, squares
  net_.input = pieces.take(net_.input_step * capacity);
  net_.input_delta = pieces.take(net_.input_step * capacity);
  Index longest = 0;
  for (LayerBuffers<Real>& layer : layers_) {
    layer.activation = pieces.take(layer.step * capacity);
    layer.delta = pieces.take(layer.step * capacity);
    longest = std::max(longest, layer.step);
  }
  net_.scratch = pieces.take(longest * kernel_.scratch_columns);
  if (loss_ == Loss::mse) {
    template_step_ = step_of<Real>(outputs_);
    templates_ = pieces.take(template_step_ * classes_);
    likeness_.inputs = outputs_;
    likeness_.outputs = classes_;
    likeness_.step = step_of<Real>(classes_);
    likeness_.weight = pieces.take(likeness_.step * outputs_);
    likeness_.bias = pieces.take(likeness_.step);
    likeness_.activation = pieces.take(likeness_.step * capacity);
  }
  bytes_ = static_cast<std::size_t>(pieces.used()) * sizeof(Real);
}

template <class Real>
void Network<Real>::load(const InitialState& state) {
  const auto copy = [](Real* to, Index step, const Eigen::MatrixXd& from) {
    for (Index c = 0; c < from.cols(); ++c) {
      for (Index r = 0; r < from.rows(); ++r) {
        to[c * step + r] = static_cast<Real>(from(r, c));
      }
    }
  };
  copy(net_.embeddings, net_.embedding_step, state.embeddings.transpose());
  for (std::size_t l = 0; l < layers_.size(); ++l) {
    copy(layers_[l].weight, layers_[l].step, state.decoder[l].weight);
    copy(layers_[l].bias, layers_[l].step, state.decoder[l].bias);
  }
  if (loss_ == Loss::mse) {
    copy(templates_, template_step_, state.labels.transpose());
    copy(likeness_.weight, likeness_.step, state.labels);
    const Eigen::MatrixXd half_norms = state.labels.rowwise().squaredNorm() / 2;
    copy(likeness_.bias, likeness_.step, -half_norms);
  }
}

template <class Real>
void Network<Real>::forward(const Batch& batch) {
  kernel_.gather(net_, batch.pairs.data(), batch.count());
  kernel_.forward(net_, batch.count());
}

template <class Real>
Score Network<Real>::score(const Batch& batch, Index first, Index count) {
  Score score{.loss = 0, .correct = 0, .count = count};
  const LayerBuffers<Real>& last = layers_.back();
  const Real* output = last.activation + first * last.step;
  if (loss_ == Loss::mse) {
    kernel_.linear(likeness_, output, last.step, count);
  }
  for (Index k = 0; k < count; ++k, output += last.step) {
    const Index target = batch.targets[static_cast<std::size_t>(first + k)];
    // argmin |f - Y_c|^2 = argmax Y_c . f - |Y_c|^2 / 2
    const Index answer = loss_ == Loss::mse
                             ? largest(likeness_.activation + k * likeness_.step, classes_)
                             : largest(output, outputs_);
    score.correct += answer == target ? 1 : 0;
    score.loss +=
        sample_loss(loss_, output, templates_ + target * template_step_, target, outputs_);
  }
  score.loss /= static_cast<double>(count);
  return score;
}

// Below the last row of a matrix all is 0.
template <class Real>
Norms Network<Real>::norms(Index count) const {
  const auto norm = [](const Real* from, const Real* to) {
    double sum = 0;
    for (; from != to; ++from) {
      sum += static_cast<double>(*from) * static_cast<double>(*from);
    }
    return std::sqrt(sum);
  };
  const Real* decoder = layers_.front().weight;
  Norms norms{norm(net_.embeddings, decoder), norm(decoder, net_.embeddings + net_.parameter_size),
              0};
  const LayerBuffers<Real>& last = layers_.back();
  for (Index k = 0; k < count; ++k) {
    const Real* output = last.activation + k * last.step;
    norms.outputs += norm(output, output + outputs_) / static_cast<double>(count);
  }
  return norms;
}

// dloss/df of the mean loss over the first `count` samples.
template <class Real>
void Network<Real>::loss_delta(const Batch& batch, Index count) {
  const LayerBuffers<Real>& last = layers_.back();
  for (Index k = 0; k < count; ++k) {
    const Index target = batch.targets[static_cast<std::size_t>(k)];
    sample_delta(loss_, last.activation + k * last.step, templates_ + target * template_step_,
                 target, outputs_, count, last.delta + k * last.step);
  }
}

template <class Real>
void Network<Real>::backward(const Batch& batch, Index count) {
  loss_delta(batch, count);
  kernel_.backward(net_, count, nullptr);
  kernel_.scatter(net_, batch.pairs.data(), count);
}

template <class Real>
void Network<Real>::count_update() {
  ++representation_step_.step;
  ++decoder_step_.step;
}

template <class Real>
void Network<Real>::update() {
  count_update();
  kernel_.update(net_, net_.embeddings, dimensions_, net_.embedding_step, symbols_,
                 representation_step_);
  for (const LayerBuffers<Real>& layer : layers_) {
    kernel_.update(net_, layer.weight, layer.outputs, layer.step, layer.inputs, decoder_step_);
    kernel_.update(net_, layer.bias, layer.outputs, layer.step, 1, decoder_step_);
  }
}

template <class Real>
void Network<Real>::descend(const Batch& batch, Index count) {
  count_update();
  loss_delta(batch, count);
  kernel_.backward(net_, count, &decoder_step_);
  kernel_.scatter(net_, batch.pairs.data(), count);
  kernel_.update(net_, net_.embeddings, dimensions_, net_.embedding_step, symbols_,
                 representation_step_);
}

template <class Real>
void Network<Real>::embeddings(Eigen::MatrixXd& out) const {
  out.resize(symbols_, dimensions_);
  for (Index k = 0; k < dimensions_; ++k) {
    for (Index i = 0; i < symbols_; ++i) {
      out(i, k) = static_cast<double>(net_.embeddings[i * net_.embedding_step + k]);
    }
  }
}

template <class Real>
Eigen::MatrixXd Network<Real>::embeddings() const {
  Eigen::MatrixXd out;
  embeddings(out);
  return out;
}

template <class Real>
InitialState Network<Real>::state() const {
  const auto copy = [](const Real* from, Index rows, Index columns, Index step) {
    Eigen::MatrixXd to(rows, columns);
    for (Index c = 0; c < columns; ++c) {
      for (Index r = 0; r < rows; ++r) {
        to(r, c) = static_cast<double>(from[c * step + r]);
      }
    }
    return to;
  };
  InitialState state;
  embeddings(state.embeddings);
  for (const LayerBuffers<Real>& layer : layers_) {
    state.decoder.push_back({copy(layer.weight, layer.outputs, layer.inputs, layer.step),
                             copy(layer.bias, layer.outputs, 1, layer.step)});
  }
  return state;
}

// Parameters, gradients, means and squares lie one behind the other.
template <class Real>
std::vector<Real> Network<Real>::saved() const {
  return {memory_.get(), memory_.get() + 4 * net_.parameter_size};
}

template <class Real>
void Network<Real>::restore(const std::vector<Real>& saved, std::int64_t updates) {
  if (std::ssize(saved) != 4 * net_.parameter_size) {
    throw Error("Network: saved numbers of another shape");
  }
  std::ranges::copy(saved, memory_.get());
  representation_step_.step = decoder_step_.step = updates;
}

template <class Real>
std::vector<typename Network<Real>::Block> Network<Real>::blocks() {
  const auto block = [this](std::string name, Real* data, Index rows, Index columns, Index step) {
    return Block{std::move(name),
                 {data, rows, columns, step},
                 {data + net_.parameter_size, rows, columns, step}};
  };
  std::vector<Block> blocks = {
      block("embeddings", net_.embeddings, dimensions_, symbols_, net_.embedding_step)};
  for (std::size_t l = 0; l < layers_.size(); ++l) {
    const LayerBuffers<Real>& layer = layers_[l];
    const std::string name = "decoder[" + std::to_string(l) + "].";
    blocks.push_back(block(name + "weight", layer.weight, layer.outputs, layer.inputs, layer.step));
    blocks.push_back(block(name + "bias", layer.bias, layer.outputs, 1, layer.step));
  }
  return blocks;
}

template class Network<float>;
template class Network<double>;

}  // namespace grok::toy
