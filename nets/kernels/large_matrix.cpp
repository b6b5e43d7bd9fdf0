// nets/kernels/large_matrix.cpp: the product of large matrices by Eigen, built once per instruction
// set as mlp_kernel.cpp is: the limit that the cpu engine is held against (nets/toy/speed.hpp).
#include <Eigen/Core>
#include <cstdint>

namespace grok::GROK_LARGE_MATRIX {

/// c = a b, each size x size, column-major.
void product(const float* a, const float* b, float* c, std::int64_t size) {
  using Matrix = Eigen::MatrixXf;
  Eigen::Map<Matrix>(c, size, size).noalias() =
      Eigen::Map<const Matrix>(a, size, size) * Eigen::Map<const Matrix>(b, size, size);
}

}  // namespace grok::GROK_LARGE_MATRIX
