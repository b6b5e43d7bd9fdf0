// theory/coverage.hpp: two things that D needs before its linear structure can be unique, counted
// while samples come, and when they are to be expected.
//   covered      a symbol that stands in a row of A(P0(D)) that is not zero. One that does not is
//                free: its unit vector is in the null space. So D cannot be unique before every
//                symbol that D0 covers is covered.
//   rows         |D| - (classes that D meets): at least the rank of A(P0(D)), and so at least p -
//   n0
//                for a unique D. This is what holds small tasks back, coverage large ones.
//   prediction   D drawn uniformly, |D| = n. Exactly, for each symbol, P(not covered); their sum is
//                the expected number U(n) of free symbols; P(all covered) = exp(-U) as if they were
//                independent (Poisson). The mean of the rows is exact. No constant is fitted.
//   of one class with M samples, m_0, m_1, m_2 of which hold symbol s never, once, twice: s is not
//   covered iff all that D has of the class hold it equally often. With every sample in D with
//   probability q = n/|D0|, u = 1 - q, tagged by z = e^(i theta), w = u + q z:
//     f = (sum_g u^(M-m_g) w^(m_g) - 2 u^M) / w^M
//     P(not covered | n) = int z^-n w^|D0| prod f d theta / int z^-n w^|D0| d theta
//   the coefficient of z^n, so that |D| = n is exact and not only the mean.
// Derivation, asymptotics and where it fails: docs/theory.md, "Scaling of the threshold".
#pragma once

#include <complex>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "theory/parallelograms.hpp"

namespace grok {

/// Symbols in a row of A(P0) that is not zero: p but for the smallest tasks and some tables.
Index coverable_symbols(const Task& task);

/// Counts symbols covered, and rows, while samples are added one at a time. O(1) each.
class GrowingCoverage {
 public:
  /// Memory O(p + C). Throws InputError for a task whose embeddings are matrices that multiply.
  explicit GrowingCoverage(const Task& task);
  void add(Sample s);
  Index covered() const { return count_; }
  Index rows() const { return rows_; }

 private:
  Task task_;
  std::vector<Sample> first_;  // of each output; i = -1 while there is none
  std::vector<std::uint8_t> covered_;
  Index count_ = 0;
  Index rows_ = 0;
};

/// What the argument says of a task. Cost of a value: O(p) for the built-in rules, O(p^2) for a
/// table, times some 50 nodes of the integral.
class CoverageTheory {
 public:
  /// Throws InputError for a task whose embeddings are matrices that multiply.
  explicit CoverageTheory(const Task& task);

  /// U: expected number of coverable symbols that a random D of `train` samples leaves uncovered.
  /// Relative error below 1e-9 where U > 1e-20; far below, rounding is left. Throws InputError
  /// unless 0 <= train <= |D0|.
  double expected_uncovered(Index train) const;
  /// The same of symbols in no sample of D at all: the cruder argument, "a sample holds two of p".
  double expected_untouched(Index train) const;
  /// |D| where exp(-U) = 1/2, linear between whole sizes; 0 if nothing is coverable.
  double median_covered() const;
  double median_touched() const;
  /// Expected rows of a random D, exactly: train minus the expected number of classes that D meets.
  double expected_rows(Index train) const;
  /// |D| where that is p - nullity_all - 1/2: about half of the D have p - nullity_all rows. Linear
  /// between whole sizes.
  double median_rows(Index nullity_all) const;

 private:
  using Complex = std::complex<double>;
  struct Kind {  // of a class, seen from a symbol
    Index never = 0, once = 0, twice = 0;
    friend auto operator<=>(const Kind&, const Kind&) = default;
  };
  struct Part {  // of the classes of a symbol: `count` of this kind
    std::size_t kind;
    Index count;
  };

  void read_addition();
  void read_group(const Task& task);
  void read_table(const Task& task);
  std::size_t kind_number(const Kind& kind);
  Complex sum_of_products(double q, Complex w) const;
  double missed(Index of, Index train) const;
  /// Where a function that rises with |D| gets to `level`; linear between whole sizes.
  double crossing(const std::function<double(Index)>& rising, double level) const;

  Index symbols_;
  Index samples_;  // |D0|
  Index coverable_;
  std::vector<Kind> kinds_;
  std::vector<std::size_t> windows_;  // addition: the kind of each output; p in a row per symbol
  std::vector<std::vector<Part>> symbol_parts_;       // else: per distinct symbol
  std::vector<Index> symbol_counts_;                  // how many symbols are alike
  std::vector<Index> samples_with_;                   // of symbol_counts_: samples that hold it
  std::vector<std::pair<Index, Index>> class_sizes_;  // samples, how many classes
};

}  // namespace grok
