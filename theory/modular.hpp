// theory/modular.hpp: arithmetic modulo a prime below 2^31, on residues 0..prime-1 in 32 bits.
#pragma once

#include <algorithm>
#include <cstdint>

namespace grok {

class Modular {
 public:
  explicit Modular(std::uint32_t prime) : prime_(prime), minus_inverse_(minus_inverse_of(prime)) {}

  std::uint32_t prime() const { return prime_; }

  // The smaller of x and x - prime, the latter huge where it would be negative: no branch, so that
  // loops over it become vector instructions.
  std::uint32_t sum(std::uint32_t a, std::uint32_t b) const {
    return std::min(a + b, a + b - prime_);
  }
  std::uint32_t difference(std::uint32_t a, std::uint32_t b) const {
    return std::min(a - b, a - b + prime_);
  }
  std::uint32_t half(std::uint32_t a) const { return (a & 1U) != 0 ? (a + prime_) / 2 : a / 2; }

  /// a b / 2^32, without a division (Montgomery 1985).
  std::uint32_t montgomery(std::uint32_t a, std::uint32_t b) const {
    const std::uint64_t product = std::uint64_t{a} * b;
    const std::uint32_t m = static_cast<std::uint32_t>(product) * minus_inverse_;
    const auto r = static_cast<std::uint32_t>((product + std::uint64_t{m} * prime_) >> 32);
    return std::min(r, r - prime_);
  }

  /// 1/a for a != 0: a^(prime-2) (Fermat).
  std::uint64_t inverse(std::uint64_t a) const {
    std::uint64_t result = 1;
    for (std::uint64_t power = prime_ - 2; power > 0; power >>= 1) {
      result = (power & 1) != 0 ? result * a % prime_ : result;
      a = a * a % prime_;
    }
    return result;
  }

 private:
  static std::uint32_t minus_inverse_of(std::uint32_t prime) {
    std::uint32_t inverse = 1;  // Newton: the number of right bits doubles, 1 -> 32
    for (int step = 0; step < 5; ++step) {
      inverse *= 2 - prime * inverse;
    }
    return 0 - inverse;
  }

  std::uint32_t prime_;
  std::uint32_t minus_inverse_;  // -1/prime mod 2^32
};

}  // namespace grok
