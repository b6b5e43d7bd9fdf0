// nets/kernels/kernel_vector.hpp: vectors of one instruction set, for mlp_kernel.cpp alone.
// Everything lives in the namespace of the variant (GROK_KERNEL), so no two variants share a
// function, and uses nothing but the compiler's vector extensions: the same source serves every
// instruction set.
//   GROK_VECTOR_BYTES  16 (baseline), 32 (v3), 64 (v4)
#pragma once

#include <cstdint>
#include <utility>

namespace grok::GROK_KERNEL {

using Count = std::int64_t;

template <class Real>
struct Lanes;
template <>
struct Lanes<float> {
  using Bit = std::int32_t;
  typedef float Vector __attribute__((vector_size(GROK_VECTOR_BYTES), may_alias));
  typedef Bit Bits __attribute__((vector_size(GROK_VECTOR_BYTES), may_alias));
  static constexpr int mantissa = 23, bias = 127;
};
template <>
struct Lanes<double> {
  using Bit = std::int64_t;
  typedef double Vector __attribute__((vector_size(GROK_VECTOR_BYTES), may_alias));
  typedef Bit Bits __attribute__((vector_size(GROK_VECTOR_BYTES), may_alias));
  static constexpr int mantissa = 52, bias = 1023;
};

template <class Real>
inline constexpr int lanes = GROK_VECTOR_BYTES / static_cast<int>(sizeof(Real));

template <class Real>
using Vector = typename Lanes<Real>::Vector;
template <class Real>
using Bits = typename Lanes<Real>::Bits;

/// Vectors that hold `count` numbers.
template <class Real>
constexpr Count vectors_of(Count count) {
  return (count + lanes<Real> - 1) / lanes<Real>;
}

template <class Real>
[[gnu::always_inline]] inline Vector<Real>& at(Real* p) {
  return *reinterpret_cast<Vector<Real>*>(p);
}
template <class Real>
[[gnu::always_inline]] inline const Vector<Real>& at(const Real* p) {
  return *reinterpret_cast<const Vector<Real>*>(p);
}
template <class Real>
[[gnu::always_inline]] inline Vector<Real> all(Real x) {
  return x - Vector<Real>{};  // x in every lane: compilers drop "- 0", which keeps -0 too
}

template <class Real>
[[gnu::always_inline]] inline Real* at_line(Real* p) {
  return static_cast<Real*>(__builtin_assume_aligned(p, GROK_VECTOR_BYTES));
}
[[gnu::always_inline]] inline float square_root(float x) { return __builtin_sqrtf(x); }
[[gnu::always_inline]] inline double square_root(double x) { return __builtin_sqrt(x); }

/// Numbers below 1e-38 (2e-308 in double) count as 0 while one of these lives, whatever the caller
/// has set, and his setting comes back: weights that decay would slow the arithmetic down.
class FlushToZero {
 public:
#ifdef __SSE2__
  FlushToZero() : kept_(__builtin_ia32_stmxcsr()) {
    constexpr unsigned flush_to_zero = 0x8000, denormals_are_zero = 0x0040;
    __builtin_ia32_ldmxcsr(kept_ | flush_to_zero | denormals_are_zero);
    asm volatile("" ::: "memory");
  }
  ~FlushToZero() {
    asm volatile("" ::: "memory");
    __builtin_ia32_ldmxcsr(kept_);
  }

 private:
  unsigned kept_;
#else
  FlushToZero() {}
  ~FlushToZero() {}
#endif
};

// expm1(r) = r + r^2 (c0 + c1 r + ...) for |r| <= ln(2)/2: interpolation at Chebyshev nodes,
// relative error 2.5e-8 and 4e-17.
template <class Real>
struct ExpTable;
template <>
struct ExpTable<float> {
  static constexpr float limit = 10;  // tanh(10) rounds to 1
  static constexpr float ln2_high = 0.693145751953125F, ln2_low = 1.42860682031e-6F;
  static constexpr float c[] = {0.5F, 0.166665769897F, 0.0416665546172F, 0.00836317905272F,
                                0.00139261835877F};
};
template <>
struct ExpTable<double> {
  static constexpr double limit = 20;
  static constexpr double ln2_high = 0.6931471805592082, ln2_low = 7.371002565167798901834e-13;
  static constexpr double c[] = {0.50000000000000010221,   0.16666666666666667453,
                                 0.041666666666624127873,  0.0083333333333300618325,
                                 0.0013888888917213716901, 0.00019841269863053616878,
                                 2.4801521295954375131e-5, 2.7557268459997064772e-6,
                                 2.7620088445409748161e-7, 2.5100385495510319078e-8};
};

/// tanh(x) = e / (e + 2), e = expm1(2 |x|), with the sign of x. Error below 3 ulp for every x that
/// is not denormal, in both precisions; never above 1; NaN stays NaN
/// (tests/nets/kernels/test_kernel.cpp).
template <class Real>
[[gnu::always_inline]] inline Vector<Real> tanh(Vector<Real> x) {
  using L = Lanes<Real>;
  using T = ExpTable<Real>;
  using B = Bits<Real>;
  constexpr auto one_bit = static_cast<typename L::Bit>(1);
  const B sign = reinterpret_cast<B>(x) & (one_bit << (8 * sizeof(Real) - 1));
  Vector<Real> y = reinterpret_cast<Vector<Real>>(reinterpret_cast<B>(x) ^ sign);
  y = y > T::limit ? all(T::limit) : y;  // keeps NaN
  y += y;
  // y = n ln2 + r: adding 1.5 * 2^mantissa leaves round(y / ln2) in the lowest bits.
  constexpr auto shift = static_cast<Real>(one_bit << L::mantissa) * static_cast<Real>(1.5);
  constexpr auto log2_e = static_cast<Real>(1.442695040888963407359924681);
  const Vector<Real> shifted = y * log2_e + shift;
  const Vector<Real> n = shifted - shift;
  const Vector<Real> r = (y - n * T::ln2_high) - n * T::ln2_low;
  constexpr int terms = sizeof(T::c) / sizeof(T::c[0]);
  Vector<Real> q = all(T::c[terms - 1]);
#pragma GCC unroll 16
  for (int k = terms - 2; k >= 0; --k) {
    q = q * r + T::c[k];
  }
  const Vector<Real> p = (r * r) * q + r;
  // The sum's lowest bits, moved into the exponent: 2^n.
  const B power = (reinterpret_cast<B>(shifted) << L::mantissa) +
                  (static_cast<typename L::Bit>(L::bias) << L::mantissa);
  const Vector<Real> s = reinterpret_cast<Vector<Real>>(power);
  const Vector<Real> e = s * p + (s - 1);
  return reinterpret_cast<Vector<Real>>(reinterpret_cast<B>(e / (e + 2)) | sign);
}

// One exchange of the transposition: rows r and r + half swap their off-diagonal blocks.
template <class Real, int half, int... column>
[[gnu::always_inline]] inline void exchange(Vector<Real>& low, Vector<Real>& high,
                                            std::integer_sequence<int, column...>) {
  constexpr int n = lanes<Real>;
  const Vector<Real> a = low, b = high;
  low = __builtin_shufflevector(a, b, ((column & half) != 0 ? n + column - half : column)...);
  high = __builtin_shufflevector(a, b, ((column & half) != 0 ? n + column : column + half)...);
}

/// Rows become columns: the blocks off the diagonal change places, at every size.
template <class Real, int half = lanes<Real> / 2>
[[gnu::always_inline]] inline void transpose(Vector<Real> (&rows)[lanes<Real>]) {
  if constexpr (half > 0) {
#pragma GCC unroll 16
    for (int r = 0; r < lanes<Real>; ++r) {
      if ((r & half) == 0) {
        exchange<Real, half>(rows[r], rows[r + half],
                             std::make_integer_sequence<int, lanes<Real>>{});
      }
    }
    transpose<Real, half / 2>(rows);
  }
}

template <class Real, int half, int... lane>
[[gnu::always_inline]] inline Vector<Real> swapped(Vector<Real> v,
                                                   std::integer_sequence<int, lane...>) {
  return __builtin_shufflevector(v, v, (lane ^ half)...);
}

/// Sum over the lanes, by halves.
template <class Real, int half = lanes<Real> / 2>
[[gnu::always_inline]] inline Real total(Vector<Real> v) {
  Vector<Real> rows = v;
  if constexpr (half > 0) {
    rows += swapped<Real, half>(v, std::make_integer_sequence<int, lanes<Real>>{});
    return total<Real, half / 2>(rows);
  }
  return rows[0];
}

/// visit(vector of a) for `rows` rows of `columns` columns; visit gets the offset.
template <class Real, class Visit>
[[gnu::always_inline]] inline void for_vectors(Count rows, Count step, Count columns, Visit visit) {
  for (Count c = 0; c < columns; ++c) {
    for (Count r = 0; r < rows; r += lanes<Real>) {
      visit(c * step + r);
    }
  }
}

}  // namespace grok::GROK_KERNEL
