// theory/null_space.hpp: the null space of A(P), exactly, in arithmetic modulo a prime.
//   A basis of the null space starts as the identity and shrinks as rows come. A row has at most
//   four entries, so testing it costs O(4 n0); only the (at most p) rows that raise the rank cost
//   O(p n0). The rank modulo a prime can only be too small, and only if the prime divides a minor
//   of A; a second prime is tried in the tests.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "theory/parallelograms.hpp"

namespace grok {

class NullSpace {
 public:
  static constexpr std::uint64_t default_prime = 2'147'483'647;  // 2^31 - 1
  static constexpr std::uint64_t second_prime = 2'147'483'629;

  /// `prime`: one of the two above. Memory O(p^2).
  explicit NullSpace(Index symbols, std::uint64_t prime = default_prime);

  /// Adds the row of a parallelogram; true if it raised the rank (so nullity fell by one).
  bool add(const Parallelogram& p);
  /// Whether every null vector v has v_i + v_j = v_m + v_n: the parallelogram is implied. O(n0).
  /// For samples of one output this is an equivalence of the two samples.
  bool implies(const Parallelogram& p) const;
  Index nullity() const { return nullity_; }  // n0

  /// One fixed combination of the null basis, per symbol: f_i + f_j = f_m + f_n (mod prime) for
  /// every implied parallelogram and hardly any other. To sort samples before asking `implies`.
  std::vector<std::uint64_t> fingerprint() const;
  std::uint64_t prime() const { return prime_; }

 private:
  const std::uint32_t* components(std::int32_t symbol) const;
  void eliminate(Index pivot);
  std::uint64_t inverse(std::uint64_t value) const;

  Index symbols_;
  std::uint64_t prime_;
  std::uint32_t minus_inverse_;  // -1/prime mod 2^32, for Montgomery products
  Index nullity_;
  std::vector<std::uint32_t> basis_;   // symbol s: n0 components from s * p on
  std::vector<std::uint32_t> defect_;  // row . v_k of the row in hand
};

/// The null space of A(P0(D)): one row per sample that is not the first of its class.
NullSpace null_space(Index symbols, const OutputClasses& classes,
                     std::uint64_t prime = NullSpace::default_prime);

/// Follows the null space while samples are added one at a time, in any order.
class GrowingStructure {
 public:
  explicit GrowingStructure(const Task& task);
  void add(Sample s);
  Index nullity() const { return space_.nullity(); }

 private:
  Task task_;
  NullSpace space_;
  std::vector<Sample> first_;  // of each output; i = -1 while there is none
};

}  // namespace grok
