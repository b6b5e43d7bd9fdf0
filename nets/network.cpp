#include "nets/network.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <new>

namespace grok {
namespace {

// Whole cache lines, so that every block starts aligned and no order of operations depends on
// where.
template <class Real>
Index padded(Index count) {
  constexpr Index line = 64 / static_cast<Index>(sizeof(Real));
  return (count + line - 1) / line * line;
}

}  // namespace

Batch make_batch(const Task& task, std::span<const Sample> samples) {
  Batch batch;
  for (const Sample s : samples) {
    batch.pairs.push_back(s.i);
    batch.pairs.push_back(s.j);
    batch.targets.push_back(static_cast<std::int32_t>(task.output(s)));
  }
  return batch;
}

template <class Real>
typename Network<Real>::Buffer Network<Real>::allocate(Index count) {
  const std::size_t bytes = static_cast<std::size_t>(padded<Real>(count)) * sizeof(Real);
  auto* memory = static_cast<Real*>(std::aligned_alloc(64, std::max<std::size_t>(bytes, 64)));
  if (memory == nullptr) {
    throw std::bad_alloc();
  }
  std::fill(memory, memory + padded<Real>(count), Real(0));
  return Buffer(memory);
}

template <class Real>
Network<Real>::Network(const RunSpec& spec, const InitialState& state, Index capacity,
                       const MlpKernel<Real>& kernel)
    : kernel_(kernel),
      symbols_(spec.symbols),
      dimensions_(spec.representation_dimension),
      classes_(task_of(spec).outputs()),
      outputs_(*spec.output_dimension),
      regression_(spec.loss == "mse"),
      widths_(layer_widths(spec)),
      representation_step_{.rate = spec.representation_rate, .decay = spec.representation_decay},
      decoder_step_{.rate = spec.decoder_rate, .decay = spec.decoder_decay} {
  net_.symbols = symbols_;
  net_.dimensions = dimensions_;
  net_.relu = spec.decoder_activation == "relu";
  lay_out(capacity);
  load(state);
}

template <class Real>
void Network<Real>::lay_out(Index capacity) {
  layers_.resize(widths_.size() - 1);
  embedding_size_ = padded<Real>(dimensions_ * symbols_);
  parameter_size_ = embedding_size_;
  Index batch_size = 2 * padded<Real>(dimensions_ * capacity);
  for (std::size_t l = 0; l < layers_.size(); ++l) {
    parameter_size_ += padded<Real>(widths_[l] * widths_[l + 1]) + padded<Real>(widths_[l + 1]);
    batch_size += 2 * padded<Real>(widths_[l + 1] * capacity);
  }
  memory_ = allocate(4 * parameter_size_ + batch_size);
  Real* next = memory_.get();
  const auto take = [&next](Index count) {
    Real* block = next;
    next += padded<Real>(count);
    return block;
  };
  net_.embeddings = take(dimensions_ * symbols_);
  net_.embedding_gradient = net_.embeddings + parameter_size_;
  for (std::size_t l = 0; l < layers_.size(); ++l) {
    LayerBuffers<Real>& layer = layers_[l];
    layer.inputs = widths_[l];
    layer.outputs = widths_[l + 1];
    layer.weight = take(layer.inputs * layer.outputs);
    layer.weight_gradient = layer.weight + parameter_size_;
    layer.bias = take(layer.outputs);
    layer.bias_gradient = layer.bias + parameter_size_;
  }
  next = memory_.get() + 4 * parameter_size_;
  net_.input = take(dimensions_ * capacity);
  net_.input_delta = take(dimensions_ * capacity);
  for (LayerBuffers<Real>& layer : layers_) {
    layer.activation = take(layer.outputs * capacity);
    layer.delta = take(layer.outputs * capacity);
  }
  net_.layers = layers_.data();
  net_.layer_count = static_cast<Index>(layers_.size());
  if (regression_) {
    templates_ = allocate(outputs_ * classes_);
    products_ = allocate(classes_ * capacity);
  }
}

template <class Real>
void Network<Real>::load(const InitialState& state) {
  using Matrix = Eigen::Matrix<Real, Eigen::Dynamic, Eigen::Dynamic>;
  const auto copy = [](Real* to, const Eigen::MatrixXd& from) {
    Eigen::Map<Matrix>(to, from.rows(), from.cols()) = from.cast<Real>();
  };
  copy(net_.embeddings, state.embeddings.transpose());
  for (std::size_t l = 0; l < layers_.size(); ++l) {
    copy(layers_[l].weight, state.decoder[l].weight);
    copy(layers_[l].bias, state.decoder[l].bias);
  }
  if (!regression_) {
    return;
  }
  copy(templates_.get(), state.labels.transpose());
  for (Index c = 0; c < classes_; ++c) {
    const auto column = Eigen::Map<const Matrix>(templates_.get(), outputs_, classes_).col(c);
    half_norms_.push_back(column.squaredNorm() / 2);
  }
}

template <class Real>
void Network<Real>::forward(const Batch& batch) {
  kernel_.forward(net_, batch.pairs.data(), batch.count());
  if (regression_) {
    kernel_.products(templates_.get(), layers_.back().activation, products_.get(), outputs_,
                     classes_, batch.count());
  }
}

template <class Real>
Score Network<Real>::score(const Batch& batch, Index first, Index count) {
  Score score{.loss = 0, .correct = 0, .count = count};
  const Real* output = layers_.back().activation + first * outputs_;
  const Real* likeness = regression_ ? products_.get() + first * classes_ : nullptr;
  for (Index k = 0; k < count; ++k, output += outputs_) {
    const Index target = batch.targets[static_cast<std::size_t>(first + k)];
    Index answer = 0;
    if (regression_) {
      const Real* wanted = templates_.get() + target * outputs_;
      for (Index o = 0; o < outputs_; ++o) {
        const double error = static_cast<double>(output[o]) - static_cast<double>(wanted[o]);
        score.loss += error * error;
      }
      // argmin |f - Y_c|^2 = argmax Y_c . f - |Y_c|^2 / 2
      for (Index c = 1; c < classes_; ++c) {
        const auto at = [&](Index q) {
          return likeness[q] - half_norms_[static_cast<std::size_t>(q)];
        };
        answer = at(c) > at(answer) ? c : answer;
      }
      likeness += classes_;
    } else {
      answer = std::max_element(output, output + outputs_) - output;
      const double highest = static_cast<double>(output[answer]);
      double sum = 0;
      for (Index o = 0; o < outputs_; ++o) {
        sum += std::exp(static_cast<double>(output[o]) - highest);
      }
      score.loss += std::log(sum) + highest - static_cast<double>(output[target]);
    }
    score.correct += answer == target ? 1 : 0;
  }
  score.loss /= static_cast<double>(count * (regression_ ? outputs_ : 1));
  return score;
}

// dloss/df of the mean loss over the first `count` samples.
template <class Real>
void Network<Real>::loss_delta(const Batch& batch, Index count) {
  const Real* output = layers_.back().activation;
  Real* delta = layers_.back().delta;
  for (Index k = 0; k < count; ++k, output += outputs_, delta += outputs_) {
    const Index target = batch.targets[static_cast<std::size_t>(k)];
    if (regression_) {
      const Real* wanted = templates_.get() + target * outputs_;
      const Real factor = Real(2) / static_cast<Real>(count * outputs_);
      for (Index o = 0; o < outputs_; ++o) {
        delta[o] = factor * (output[o] - wanted[o]);
      }
      continue;
    }
    const Real highest = *std::max_element(output, output + outputs_);
    Real sum = 0;
    for (Index o = 0; o < outputs_; ++o) {
      delta[o] = std::exp(output[o] - highest);
      sum += delta[o];
    }
    for (Index o = 0; o < outputs_; ++o) {
      delta[o] = (delta[o] / sum - (o == target ? Real(1) : Real(0))) / static_cast<Real>(count);
    }
  }
}

template <class Real>
void Network<Real>::backward(const Batch& batch, Index count) {
  loss_delta(batch, count);
  kernel_.backward(net_, batch.pairs.data(), count);
}

template <class Real>
void Network<Real>::update() {
  ++representation_step_.step;
  ++decoder_step_.step;
  Real* p = memory_.get();
  const Real* g = p + parameter_size_;
  Real* m = p + 2 * parameter_size_;
  Real* v = p + 3 * parameter_size_;
  kernel_.adamw(p, g, m, v, embedding_size_, representation_step_);
  const Index rest = parameter_size_ - embedding_size_, e = embedding_size_;
  kernel_.adamw(p + e, g + e, m + e, v + e, rest, decoder_step_);
}

template <class Real>
Eigen::MatrixXd Network<Real>::embeddings() const {
  using Matrix = Eigen::Matrix<Real, Eigen::Dynamic, Eigen::Dynamic>;
  return Eigen::Map<const Matrix>(net_.embeddings, dimensions_, symbols_)
      .transpose()
      .template cast<double>();
}

template <class Real>
std::vector<typename Network<Real>::Block> Network<Real>::blocks() {
  const auto view = [](Real* data, Index count) {
    return std::span<Real>(data, static_cast<std::size_t>(count));
  };
  std::vector<Block> blocks = {{"embeddings", view(net_.embeddings, dimensions_ * symbols_),
                                view(net_.embedding_gradient, dimensions_ * symbols_)}};
  for (std::size_t l = 0; l < layers_.size(); ++l) {
    const LayerBuffers<Real>& layer = layers_[l];
    const std::string name = "decoder[" + std::to_string(l) + "].";
    const Index size = layer.inputs * layer.outputs;
    blocks.push_back(
        {name + "weight", view(layer.weight, size), view(layer.weight_gradient, size)});
    blocks.push_back(
        {name + "bias", view(layer.bias, layer.outputs), view(layer.bias_gradient, layer.outputs)});
  }
  return blocks;
}

template class Network<float>;
template class Network<double>;

}  // namespace grok
