// theory/null_space.hpp: the null space of A(P), exactly, in arithmetic modulo a prime.
//   A basis of the null space starts as the identity and shrinks as rows come. A row has at most
//   four entries, so testing it costs O(4 n0); only the (at most p) rows that raise the rank cost
//   O(p n0). The null space of a whole D starts smaller: theory/elimination.hpp first writes all
//   symbols as sums of a few. The rank modulo a prime can only be too small, and only if the prime
//   divides a minor of A; a second prime is tried in the tests.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "theory/modular.hpp"
#include "theory/parallelograms.hpp"

namespace grok {

class NullSpace {
 public:
  static constexpr std::uint64_t default_prime = 2'147'483'647;  // 2^31 - 1
  static constexpr std::uint64_t second_prime = 2'147'483'629;
  /// Numbers of a basis, 4 bytes each: 1 GB.
  static constexpr Index max_entries = 250'000'000;
  /// Of a space that starts as the identity, with p^2 numbers.
  static constexpr Index max_identity = 15'000;

  /// All of R^p: no row yet. `prime`: one of the two above. Memory 4 p^2 bytes. Throws InputError
  /// unless 1 <= symbols <= max_identity.
  explicit NullSpace(Index symbols, std::uint64_t prime = default_prime);
  /// Spanned by the columns of `basis`, which are independent: symbols x nullity, row-major.
  NullSpace(Index symbols, Index nullity, std::vector<std::uint32_t> basis, std::uint64_t prime);

  /// Adds the row of a parallelogram; true if it raised the rank (so nullity fell by one).
  bool add(const Parallelogram& p);
  /// Adds any row, one residue per symbol. O(p n0).
  bool add(std::span<const std::uint32_t> row);
  /// Whether every null vector v has v_i + v_j = v_m + v_n: the parallelogram is implied. O(n0).
  /// For samples of one output this is an equivalence of the two samples.
  bool implies(const Parallelogram& p) const;
  Index nullity() const { return nullity_; }  // n0
  Index symbols() const { return symbols_; }  // p

  /// What the null vectors have at a symbol: n0 residues.
  std::span<const std::uint32_t> at(std::int32_t symbol) const;

  /// One fixed combination of the null basis, per symbol: f_i + f_j = f_m + f_n (mod prime) for
  /// every implied parallelogram and hardly any other. To sort samples before asking `implies`.
  std::vector<std::uint64_t> fingerprint() const;
  std::uint64_t prime() const { return field_.prime(); }

 private:
  void eliminate(Index pivot);

  Index symbols_;
  Modular field_;
  Index nullity_;
  Index stride_;                       // n0 at the start
  std::vector<std::uint32_t> basis_;   // symbol s: n0 components from s * stride on
  std::vector<std::uint32_t> defect_;  // row . v_k of the row in hand
};

/// The null space of A(P0(D)). Cost as exact_nullity and O(p n0 k); memory O(|D| + p n0).
/// Throws InputError if p n0 > NullSpace::max_entries.
NullSpace null_space(Index symbols, const OutputClasses& classes,
                     std::uint64_t prime = NullSpace::default_prime);

/// Its dimension n0 alone, without the basis: for large p. `at_least`: a number that n0 is known
/// not to be below, where the search may stop; full_nullity(task) for any D of that task.
/// Cost O((|D| + p) k + k^3), k the number of symbols that the others follow from by sums and
/// differences: a few where samples are many, 0.05 p at the threshold of uniqueness. Memory
/// 22 to 30 bytes per sample, 4 k per symbol. Throws InputError if that is more than
/// NullSpace::max_entries numbers.
Index exact_nullity(Index symbols, const OutputClasses& classes, Index at_least = 0,
                    std::uint64_t prime = NullSpace::default_prime);

/// Follows the null space while samples are added one at a time, in any order.
class GrowingStructure {
 public:
  explicit GrowingStructure(const Task& task);
  /// From a front of the order on, taken at once: much faster where it holds most that matters.
  GrowingStructure(const Task& task, std::span<const Sample> front);
  void add(Sample s);
  Index nullity() const { return space_.nullity(); }

 private:
  Task task_;
  NullSpace space_;
  std::vector<Sample> first_;  // of each output; i = -1 while there is none
};

}  // namespace grok
