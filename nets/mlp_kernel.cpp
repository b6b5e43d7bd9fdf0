// nets/mlp_kernel.cpp: built once per instruction set (nets/CMakeLists.txt) with
//   GROK_KERNEL  the namespace of this variant;   Eigen=...  a name of its own for Eigen's
//   namespace
// Nothing here may use an inline function of another library that could be shared between variants.
#include "nets/mlp_kernel.hpp"

#include <Eigen/Core>

namespace grok {
namespace {

template <class Real>
using Matrix = Eigen::Map<Eigen::Matrix<Real, Eigen::Dynamic, Eigen::Dynamic>, Eigen::Aligned64>;
template <class Real>
using ConstMatrix =
    Eigen::Map<const Eigen::Matrix<Real, Eigen::Dynamic, Eigen::Dynamic>, Eigen::Aligned64>;
template <class Real>
using Array = Eigen::Map<Eigen::Array<Real, Eigen::Dynamic, 1>, Eigen::Aligned64>;
template <class Real>
using ConstArray = Eigen::Map<const Eigen::Array<Real, Eigen::Dynamic, 1>, Eigen::Aligned64>;

template <class Real>
void forward(const MlpBuffers<Real>& net, const std::int32_t* pairs, std::int64_t n) {
  const ConstMatrix<Real> E(net.embeddings, net.dimensions, net.symbols);
  Matrix<Real> X(net.input, net.dimensions, n);
  for (std::int64_t k = 0; k < n; ++k) {
    X.col(k) = E.col(pairs[2 * k]) + E.col(pairs[2 * k + 1]);
  }
  const Real* below = net.input;
  for (std::int64_t l = 0; l < net.layer_count; ++l) {
    const LayerBuffers<Real>& layer = net.layers[l];
    const ConstMatrix<Real> A(below, layer.inputs, n), W(layer.weight, layer.outputs, layer.inputs);
    const ConstMatrix<Real> b(layer.bias, layer.outputs, 1);
    Matrix<Real> Z(layer.activation, layer.outputs, n);
    if (layer.inputs == 1) {
      Z.noalias() = W.col(0) * A.row(0);
    } else {
      Z.noalias() = W * A;
    }
    Z.colwise() += b.col(0);
    Array<Real> phi(layer.activation, layer.outputs * n);
    if (l + 1 < net.layer_count) {
      if (net.relu) {
        phi = phi.max(Real(0));
      } else {
        phi = phi.tanh();
      }
    }
    below = layer.activation;
  }
}

// Turns dloss/da' of a hidden layer into dloss/dz, in place.
template <class Real>
void through_activation(const MlpBuffers<Real>& net, const LayerBuffers<Real>& layer,
                        std::int64_t n) {
  const ConstArray<Real> a(layer.activation, layer.outputs * n);
  Array<Real> delta(layer.delta, layer.outputs * n);
  if (net.relu) {
    delta = (a > Real(0)).select(delta, Real(0));
  } else {
    delta *= Real(1) - a.square();
  }
}

template <class Real>
void backward(const MlpBuffers<Real>& net, const std::int32_t* pairs, std::int64_t n) {
  for (std::int64_t l = net.layer_count - 1; l >= 0; --l) {
    const LayerBuffers<Real>& layer = net.layers[l];
    if (l + 1 < net.layer_count) {
      through_activation(net, layer, n);
    }
    const Real* below = l == 0 ? net.input : net.layers[l - 1].activation;
    const ConstMatrix<Real> A(below, layer.inputs, n), delta(layer.delta, layer.outputs, n);
    const ConstMatrix<Real> W(layer.weight, layer.outputs, layer.inputs);
    Matrix<Real>(layer.weight_gradient, layer.outputs, layer.inputs).noalias() =
        delta * A.transpose();
    Matrix<Real>(layer.bias_gradient, layer.outputs, 1) = delta.rowwise().sum();
    Real* down = l == 0 ? net.input_delta : net.layers[l - 1].delta;
    Matrix<Real>(down, layer.inputs, n).noalias() = W.transpose() * delta;
  }
  Matrix<Real> G(net.embedding_gradient, net.dimensions, net.symbols);
  const ConstMatrix<Real> dX(net.input_delta, net.dimensions, n);
  G.setZero();
  for (std::int64_t k = 0; k < n; ++k) {
    G.col(pairs[2 * k]) += dX.col(k);
    G.col(pairs[2 * k + 1]) += dX.col(k);
  }
}

template <class Real>
void adamw(Real* parameter, const Real* gradient, Real* mean, Real* square, std::int64_t count,
           const AdamWStep& s) {
  const double t = static_cast<double>(s.step);
  const double correction1 = 1.0 - std::pow(s.beta1, t);
  const double correction2 = 1.0 - std::pow(s.beta2, t);
  const Real b1 = static_cast<Real>(s.beta1), b2 = static_cast<Real>(s.beta2);
  const Real c1 = static_cast<Real>(1.0 - s.beta1), c2 = static_cast<Real>(1.0 - s.beta2);
  const Real keep = static_cast<Real>(1.0 - s.rate * s.decay);
  const Real rate = static_cast<Real>(s.rate / correction1);
  const Real scale = static_cast<Real>(1.0 / std::sqrt(correction2));
  const Real epsilon = static_cast<Real>(s.epsilon);
  // A block is read and written while it is in the first-level cache.
  constexpr std::int64_t block = 1024;
  for (std::int64_t first = 0; first < count; first += block) {
    const std::int64_t size = count - first < block ? count - first : block;
    Array<Real> p(parameter + first, size), m(mean + first, size), v(square + first, size);
    const ConstArray<Real> g(gradient + first, size);
    m = b1 * m + c1 * g;
    v = b2 * v + c2 * g.square();
    p = keep * p - rate * (m / (v.sqrt() * scale + epsilon));
  }
}

template <class Real>
void products(const Real* templates, const Real* outputs, Real* result, std::int64_t rows,
              std::int64_t classes, std::int64_t n) {
  const ConstMatrix<Real> Y(templates, rows, classes), F(outputs, rows, n);
  Matrix<Real>(result, classes, n).noalias() = Y.transpose() * F;
}

}  // namespace

namespace GROK_KERNEL {

template <class Real>
const MlpKernel<Real>& get() {
  static constexpr MlpKernel<Real> kernel = {GROK_KERNEL_NAME, forward<Real>, backward<Real>,
                                             adamw<Real>, products<Real>};
  return kernel;
}
template const MlpKernel<float>& get<float>();
template const MlpKernel<double>& get<double>();

}  // namespace GROK_KERNEL
}  // namespace grok
