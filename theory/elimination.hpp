// theory/elimination.hpp: the null space of A(P0(D)) by sparse elimination, for large p.
//   E_i + E_j = y_c   one equation per sample (i, j) of D with output c. The unknowns y add as much
//                     to the rank as to the number of unknowns: the nullity stays that of A.
//   peeling      an unknown that stands in one equation only is left out, with the equation, again
//                and again; it follows from the others afterwards
//   spreading    an equation with one unknown left gives it as a sum of what is known; where there
//                is none, the symbol that stands in most equations with two unknowns becomes the
//                next free parameter. Additions only: cost O(k) per equation, k parameters.
//   equations    without unknowns are rows in the k parameters: a small dense null space
// Source: structured elimination as for the sparse systems of discrete logarithms (LaMacchia &
// Odlyzko 1991), in the form used for erasure codes ("inactivation", RFC 5053, section 5.5.2).
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "theory/null_space.hpp"

namespace grok {

class Elimination {
 public:
  /// Peels and spreads. Throws InputError if the sums hold more than NullSpace::max_entries
  /// numbers.
  Elimination(Index symbols, const OutputClasses& classes, std::uint64_t prime);

  /// Looks at the rows in the parameters until the nullity is `at_least` (or they end).
  Index nullity(Index at_least);
  Index parameters() const { return parameters_; }  // k
  Index isolated() const { return isolated_; }      // symbols in no equation after peeling

  /// After `nullity`: its basis, symbols x nullity.
  std::vector<std::uint32_t> basis() const;

 private:
  using Form = std::vector<std::uint32_t>;  // coefficients of the first parameters; the rest are 0
  struct Leaf {
    std::int32_t equation;
    std::int32_t symbol;  // -1: it gave the value of its class
  };

  void read(const OutputClasses& classes);
  void peel();
  void remove(std::int32_t equation);
  void spread();
  void make_known(std::int32_t symbol);
  void make_class_known(std::int32_t equation);
  void one_unknown_less(std::int32_t equation);
  void solve(std::int32_t equation);
  std::int32_t best_parameter() const;
  Form form_of(std::int32_t symbol, std::int32_t equation) const;
  Form row_of(std::int32_t equation) const;

  Index symbols_;
  Modular field_;
  std::vector<Sample> samples_;              // of the equations, grouped by class
  std::vector<std::int32_t> class_of_;       // [equation]
  std::vector<std::int64_t> class_begin_;    // [class]
  std::vector<std::int64_t> symbol_begin_;   // [symbol] into the next
  std::vector<std::int32_t> equations_of_;   // of a symbol
  std::vector<std::uint8_t> unknowns_;       // [equation]; 0 also: peeled
  std::vector<std::uint8_t> alive_;          // [equation]: not peeled
  std::vector<std::int32_t> symbol_degree_;  // equations alive
  std::vector<std::int32_t> class_degree_;
  std::vector<std::int32_t> lone_symbols_, lone_classes_;  // to look at: degree 1
  std::vector<Leaf> leaves_;                               // in the order of peeling
  std::vector<std::uint8_t> known_;                        // [symbol]
  std::vector<std::int32_t> class_value_;  // [class]: the equation that gives y_c; -1: unknown
  std::vector<std::int32_t> pairs_;        // [symbol]: equations with it and one more unknown
  std::vector<std::int32_t> ready_;        // equations with one unknown
  std::vector<std::int32_t> rows_;         // equations without, that gave nothing
  std::vector<Form> forms_;                // [symbol]
  Index entries_ = 0;                      // numbers in them
  Index parameters_ = 0;
  Index isolated_ = 0;
  std::optional<NullSpace> small_;  // of the parameters
};

}  // namespace grok
