#include "nets/parity/network.hpp"

#include <algorithm>
#include <cmath>
#include <new>

#include "core/random.hpp"
#include "theory/parity/circuits.hpp"

namespace grok::parity {
namespace {

using Index = Eigen::Index;

constexpr std::int64_t cache_line = 64;  // bytes

template <class Real>
std::int64_t padded(std::int64_t rows) {
  constexpr auto line = cache_line / static_cast<std::int64_t>(sizeof(Real));
  return (rows + line - 1) / line * line;
}

void draw(RandomStream& stream, Eigen::Ref<Eigen::MatrixXd> numbers, double most) {
  for (Index row = 0; row < numbers.rows(); ++row) {
    for (Index column = 0; column < numbers.cols(); ++column) {
      numbers(row, column) = most * stream.uniform(-1, 1);
    }
  }
}

void start_at_circuit(const RunSpec& spec, Weights& weights) {
  const Circuit circuit = minimal_circuit(spec.parity);
  const Index neurons = circuit.width();
  weights.W *= spec.circuit_rest;
  weights.b *= spec.circuit_rest;
  weights.u *= spec.circuit_rest;
  weights.W.topRows(neurons).setZero();
  weights.W.topLeftCorner(neurons, spec.parity) = circuit.W;
  weights.b.head(neurons) = circuit.b;
  weights.u.head(neurons) = circuit.u;
}

}  // namespace

Eigen::MatrixXd Weights::activations(const Eigen::MatrixXd& strings) const {
  return ((strings * W.transpose()).rowwise() + b.transpose()).cwiseMax(0);
}

Eigen::VectorXd Weights::outputs(const Eigen::MatrixXd& strings) const {
  return activations(strings) * u;
}

Weights initial_weights(const RunSpec& checked) {
  const auto stream = [&checked](const char* name) {
    return RandomStream(static_cast<std::uint64_t>(checked.init_seed.value()), name);
  };
  const double hidden = 1 / std::sqrt(static_cast<double>(checked.bits)),
               output = 1 / std::sqrt(static_cast<double>(checked.width));
  Weights weights{Eigen::MatrixXd(checked.width, checked.bits), Eigen::VectorXd(checked.width),
                  Eigen::VectorXd(checked.width)};
  RandomStream hidden_weight = stream("parity/hidden-weight"),
               hidden_bias = stream("parity/hidden-bias"), outputs = stream("parity/output");
  draw(hidden_weight, weights.W, hidden * checked.init_scale);
  draw(hidden_bias, weights.b, hidden * checked.init_scale);
  draw(outputs, weights.u, output * checked.init_scale);
  if (checked.start == "circuit") {
    start_at_circuit(checked, weights);
  }
  if (checked.precision == "float32") {
    weights.W = weights.W.cast<float>().cast<double>();
    weights.b = weights.b.cast<float>().cast<double>();
    weights.u = weights.u.cast<float>().cast<double>();
  }
  return weights;
}

template <class Real>
AlignedNumbers<Real>::AlignedNumbers(std::int64_t count) {
  const auto bytes =
      static_cast<std::size_t>(padded<Real>(std::max<std::int64_t>(count, 1))) * sizeof(Real);
  auto* memory = static_cast<Real*>(std::aligned_alloc(cache_line, bytes));
  if (memory == nullptr) {
    throw std::bad_alloc();
  }
  data_.reset(memory);
  std::fill(memory, memory + bytes / sizeof(Real), Real(0));
}

template <class Real>
Network<Real>::Network(const Weights& weights, std::int64_t largest_batch,
                       const MlpKernel<Real>& kernel)
    : kernel_(kernel),
      bits_(weights.W.cols()),
      width_(weights.W.rows()),
      step_(padded<Real>(width_)),
      input_step_(padded<Real>(bits_)),
      largest_batch_(largest_batch),
      parameters_(step_ * (bits_ + 2)),
      activation_(step_ * largest_batch),
      sums_(padded<Real>(1) * std::max(evaluated_at_once, largest_batch)),
      delta_(step_ * largest_batch),
      inputs_(input_step_ * largest_batch),
      gradient_(step_ * (2 + kernel.scratch_columns)) {
  net_ = {bits_,
          width_,
          step_,
          parameters_.data(),
          parameters_.data() + step_ * bits_,
          parameters_.data() + step_ * (bits_ + 1)};
  restore(weights);
}

template <class Real>
void Network<Real>::restore(const Weights& weights) {
  for (Index i = 0; i < bits_; ++i) {
    for (Index j = 0; j < width_; ++j) {
      net_.weight[i * step_ + j] = static_cast<Real>(weights.W(j, i));
    }
  }
  for (Index j = 0; j < width_; ++j) {
    net_.bias[j] = static_cast<Real>(weights.b[j]);
    net_.output[j] = static_cast<Real>(weights.u[j]);
  }
}

template <class Real>
AlignedNumbers<Real> Network<Real>::columns_of(const Eigen::MatrixXd& strings) const {
  AlignedNumbers<Real> columns(input_step_ * strings.rows());
  for (Index k = 0; k < strings.rows(); ++k) {
    for (Index i = 0; i < bits_; ++i) {
      columns.data()[k * input_step_ + i] = static_cast<Real>(strings(k, i));
    }
  }
  return columns;
}

template <class Real>
Weights Network<Real>::weights() const {
  using Matrix = Eigen::Map<const Eigen::Matrix<Real, Eigen::Dynamic, Eigen::Dynamic>, 0,
                            Eigen::OuterStride<>>;
  using Vector = Eigen::Map<const Eigen::Matrix<Real, Eigen::Dynamic, 1>>;
  return {Matrix(net_.weight, width_, bits_, Eigen::OuterStride<>(step_)).template cast<double>(),
          Vector(net_.bias, width_).template cast<double>(),
          Vector(net_.output, width_).template cast<double>()};
}

template <class Real>
void Network<Real>::outputs(const Real* columns, std::int64_t count, Real* f) {
  for (std::int64_t first = 0; first < count; first += evaluated_at_once) {
    const std::int64_t now = std::min(evaluated_at_once, count - first);
    kernel_.relu_outputs(net_, columns + first * input_step_, input_step_, now, f + first, nullptr,
                         sums_.data());
  }
}

template <class Real>
void Network<Real>::forward(const Real* columns, std::int64_t count, Real* f) {
  kernel_.relu_outputs(net_, columns, input_step_, count, f, activation_.data(), sums_.data());
  kept_ = count;
}

template <class Real>
void Network<Real>::descend(const Real* columns, const Real* slope, double rate, double decay) {
  kernel_.relu_descend(net_, columns, input_step_, activation_.data(), slope, kept_,
                       static_cast<Real>(rate), static_cast<Real>(1 - rate * decay),
                       {delta_.data(), inputs_.data(), gradient_.data()});
}

template class AlignedNumbers<float>;
template class AlignedNumbers<double>;
template class Network<float>;
template class Network<double>;

}  // namespace grok::parity
