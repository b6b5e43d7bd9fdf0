#include "theory/null_space.hpp"

#include <fmt/format.h>

#include "core/errors.hpp"

namespace grok {
namespace {

// Montgomery 1985: a b / 2^32 mod prime for a, b < prime < 2^31, without a division.
inline std::uint32_t montgomery(std::uint32_t a, std::uint32_t b, std::uint32_t prime,
                                std::uint32_t minus_inverse) {
  const std::uint64_t product = std::uint64_t{a} * b;
  const std::uint32_t m = static_cast<std::uint32_t>(product) * minus_inverse;
  const auto r = static_cast<std::uint32_t>((product + std::uint64_t{m} * prime) >> 32);
  return r < prime ? r : r - prime;
}

inline std::uint32_t sum_modulo(std::uint32_t a, std::uint32_t b, std::uint32_t prime) {
  const std::uint32_t sum = a + b;
  return sum < prime ? sum : sum - prime;
}

std::uint32_t minus_inverse_of(std::uint32_t prime) {
  std::uint32_t inverse = 1;  // Newton: the number of right bits doubles, 1 -> 32
  for (int step = 0; step < 5; ++step) {
    inverse *= 2 - prime * inverse;
  }
  return 0 - inverse;
}

}  // namespace

NullSpace::NullSpace(Index symbols, std::uint64_t prime)
    : symbols_(symbols), prime_(prime), minus_inverse_(0), nullity_(symbols) {
  require_in_range("NullSpace", "symbols", symbols, Index{1}, max_symbols);
  if (prime != default_prime && prime != second_prime) {
    reject("NullSpace", "prime", fmt::format("{}", prime),
           fmt::format("{}, {}", default_prime, second_prime));
  }
  minus_inverse_ = minus_inverse_of(static_cast<std::uint32_t>(prime));
  const auto p = static_cast<std::size_t>(symbols);
  basis_.assign(p * p, 0);
  for (std::size_t k = 0; k < p; ++k) {
    basis_[k * p + k] = 1;
  }
}

// The basis vectors are columns, so the four entries of a row are four contiguous runs.
const std::uint32_t* NullSpace::components(std::int32_t symbol) const {
  return basis_.data() + static_cast<std::size_t>(symbol) * static_cast<std::size_t>(symbols_);
}

bool NullSpace::implies(const Parallelogram& p) const {
  const std::uint32_t* i = components(p.first.i);
  const std::uint32_t* j = components(p.first.j);
  const std::uint32_t* m = components(p.second.i);
  const std::uint32_t* n = components(p.second.j);
  const auto prime = static_cast<std::uint32_t>(prime_);
  for (Index k = 0; k < nullity_; ++k) {
    if (sum_modulo(i[k], j[k], prime) != sum_modulo(m[k], n[k], prime)) {
      return false;
    }
  }
  return true;
}

bool NullSpace::add(const Parallelogram& p) {
  if (implies(p)) {
    return false;
  }
  const std::uint32_t* i = components(p.first.i);
  const std::uint32_t* j = components(p.first.j);
  const std::uint32_t* m = components(p.second.i);
  const std::uint32_t* n = components(p.second.j);
  const auto prime = static_cast<std::uint32_t>(prime_);
  defect_.resize(static_cast<std::size_t>(nullity_));
  Index pivot = 0;
  for (Index k = 0; k < nullity_; ++k) {
    const std::uint32_t left = sum_modulo(i[k], j[k], prime);
    const std::uint32_t right = sum_modulo(m[k], n[k], prime);
    defect_[static_cast<std::size_t>(k)] = sum_modulo(left, prime - right, prime);
    pivot = left == right ? pivot : k;
  }
  eliminate(pivot);
  return true;
}

// The row leaves what is orthogonal to it: v_k - (d_k / d_b) v_b for all k but the pivot b. The
// last vector takes the place of the pivot.
void NullSpace::eliminate(Index pivot) {
  const auto prime = static_cast<std::uint32_t>(prime_);
  const std::uint64_t scale = inverse(defect_[static_cast<std::size_t>(pivot)]) % prime_;
  for (auto& d : defect_) {  // becomes -d_k / d_b, times 2^32 for Montgomery products
    const std::uint64_t factor = prime_ - std::uint64_t{d} * scale % prime_;
    d = static_cast<std::uint32_t>((factor << 32) % prime_);
  }
  --nullity_;
  defect_[static_cast<std::size_t>(pivot)] = defect_[static_cast<std::size_t>(nullity_)];
  const std::uint32_t* factor = defect_.data();
  for (Index s = 0; s < symbols_; ++s) {
    std::uint32_t* run = basis_.data() + s * symbols_;
    const std::uint32_t x = run[pivot];
    run[pivot] = run[nullity_];
    if (x == 0) {
      continue;
    }
    for (Index k = 0; k < nullity_; ++k) {
      run[k] = sum_modulo(run[k], montgomery(factor[k], x, prime, minus_inverse_), prime);
    }
  }
}

// Fermat: value^(prime-2).
std::uint64_t NullSpace::inverse(std::uint64_t value) const {
  std::uint64_t result = 1;
  for (std::uint64_t power = prime_ - 2; power > 0; power >>= 1) {
    result = (power & 1) != 0 ? result * value % prime_ : result;
    value = value * value % prime_;
  }
  return result;
}

std::vector<std::uint64_t> NullSpace::fingerprint() const {
  std::vector<std::uint64_t> weights(static_cast<std::size_t>(nullity_));
  std::uint64_t weight = 1;
  for (auto& w : weights) {
    weight = weight * 48'271 % prime_;  // any numbers without small relations will do
    w = weight;
  }
  std::vector<std::uint64_t> prints(static_cast<std::size_t>(symbols_));
  for (Index s = 0; s < symbols_; ++s) {
    const std::uint32_t* run = components(static_cast<std::int32_t>(s));
    std::uint64_t print = 0;
    for (Index k = 0; k < nullity_; ++k) {
      print = (print + weights[static_cast<std::size_t>(k)] * run[k]) % prime_;
    }
    prints[static_cast<std::size_t>(s)] = print;
  }
  return prints;
}

NullSpace null_space(Index symbols, const OutputClasses& classes, std::uint64_t prime) {
  NullSpace space(symbols, prime);
  for (Index c = 0; c < classes.count(); ++c) {
    const auto samples = classes[c];
    for (std::size_t k = 1; k < samples.size(); ++k) {
      space.add({samples[0], samples[k]});
    }
  }
  return space;
}

GrowingStructure::GrowingStructure(const Task& task)
    : task_(task),
      space_(task.symbols()),
      first_(static_cast<std::size_t>(task.outputs()), Sample{-1, -1}) {
  require_combination("GrowingStructure", task, Combination::sum);
}

void GrowingStructure::add(Sample s) {
  Sample& first = first_[static_cast<std::size_t>(task_.output(s))];
  if (first.i < 0) {
    first = s;
  } else {
    space_.add({first, s});
  }
}

}  // namespace grok
