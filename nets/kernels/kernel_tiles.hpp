// nets/kernels/kernel_tiles.hpp: the matrix products of a layer, for mlp_kernel.cpp alone (see
// kernel_vector.hpp). Matrices are column-major with columns of whole cache lines, zeros below the
// last row, so there is no code for remainders of rows.
//   A product C = A B is cut into tiles of M vectors x N columns that stay in registers while the
//   depth (columns of A) is walked; every element of C is one sum from depth 0 upwards, whatever
//   the tiles: the order of the sums depends on nothing else.
#pragma once

#include "nets/kernels/kernel_vector.hpp"

namespace grok::GROK_KERNEL {

// Most vectors and columns of a tile: as many sums as the registers hold beside the operands.
#if GROK_VECTOR_BYTES == 64  // 32 registers
inline constexpr int tile_vectors = 4, tile_columns = 6;
#elif defined(__FMA__)  // 16 registers
inline constexpr int tile_vectors = 2, tile_columns = 6;
#else                   // 16 registers, one of them for the product
inline constexpr int tile_vectors = 2, tile_columns = 4;
#endif

/// Vectors of A's rows that a call walks at once, as numbers.
template <class Real>
inline constexpr Count panel_rows = tile_vectors* lanes<Real>;

/// One tile: result(m, n) = start(m) + sum over k of left(m, k) right(k, n).
template <class Real>
struct Tile {
  const Real* left;  // panel of A: M vectors, the next column `left_step` on
  Count left_step;
  const Real* right;  // B(k, n) at right[k * depth_step + n * column_step]
  Count right_step;   // the step that is not 1
  Count depth;
  const Real* start;  // M vectors, or null: zeros
  Real* result;
  Count result_step;
};

// B lies with its depth contiguous (a batch: a column is a sample), or with its columns contiguous
// (a batch transposed).
enum class Along { depth, columns };

template <class Real, Along along, int M, int N>
void multiply_tile(const Tile<Real>& t) {
  constexpr int L = lanes<Real>;
  Vector<Real> sum[M][N];
#pragma GCC unroll 8
  for (int m = 0; m < M; ++m) {
    const Vector<Real> start = t.start != nullptr ? at(t.start + m * L) : Vector<Real>{};
#pragma GCC unroll 8
    for (int n = 0; n < N; ++n) {
      sum[m][n] = start;
    }
  }
  const Real* left = t.left;
  const Real* right = t.right;
  for (Count k = 0; k < t.depth; ++k) {
    Vector<Real> a[M];
#pragma GCC unroll 8
    for (int m = 0; m < M; ++m) {
      a[m] = at(left + m * L);
    }
#pragma GCC unroll 8
    for (int n = 0; n < N; ++n) {
      const Vector<Real> b = all(along == Along::depth ? right[n * t.right_step] : right[n]);
#pragma GCC unroll 8
      for (int m = 0; m < M; ++m) {
        sum[m][n] += a[m] * b;
      }
    }
    left += t.left_step;
    right += along == Along::depth ? 1 : t.right_step;
  }
#pragma GCC unroll 8
  for (int n = 0; n < N; ++n) {
#pragma GCC unroll 8
    for (int m = 0; m < M; ++m) {
      at(t.result + n * t.result_step + m * L) = sum[m][n];
    }
  }
}

template <class Real>
using TileFunction = void (*)(const Tile<Real>&);

/// multiply_tile by its numbers of vectors and columns (from 1).
template <class Real, Along along, int M = 1, int N = 1>
TileFunction<Real> tile_function(Count vectors, Count columns) {
  if constexpr (M < tile_vectors) {
    if (vectors > M) {
      return tile_function<Real, along, M + 1, N>(vectors, columns);
    }
  }
  if constexpr (N < tile_columns) {
    if (columns > N) {
      return tile_function<Real, along, M, N + 1>(vectors, columns);
    }
  }
  return multiply_tile<Real, along, M, N>;
}

/// visit(first, count) for parts of [0, total) of at most `most`, as equal as can be.
template <class Visit>
[[gnu::always_inline]] inline void for_parts(Count total, Count most, Visit visit) {
  const Count parts = (total + most - 1) / most;
  for (Count k = 0; k < parts; ++k) {
    const Count first = total * k / parts;
    visit(first, total * (k + 1) / parts - first);
  }
}

/// panel(r, o) := W(o, first + r) for r < rows (whole vectors), o < outputs: columns first.. of W
/// transposed, `rows` apart; zeros beyond the last column.
template <class Real>
void pack_transposed(const Real* W, Count W_step, Count outputs, Count columns, Count first,
                     Count rows, Real* panel) {
  constexpr int L = lanes<Real>;
  for (Count r = 0; r < rows; r += L) {
    for (Count o = 0; o < outputs; o += L) {
      Vector<Real> block[L];
#pragma GCC unroll 16
      for (int l = 0; l < L; ++l) {
        const Count column = first + r + l;
        block[l] = column < columns ? at(W + column * W_step + o) : Vector<Real>{};
      }
      transpose<Real>(block);
#pragma GCC unroll 16
      for (int l = 0; l < L; ++l) {
        at(panel + (o + l) * rows + r) = block[l];
      }
    }
  }
}

}  // namespace grok::GROK_KERNEL
