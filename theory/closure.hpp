// theory/closure.hpp: which products of matrices D makes equal, by deduction: a lower bound.
//   premises     E_a E_b = E_c E_d for every parallelogram {(a,b), (c,d)} of P0(D)
//   quotients    L(c,a) = E_c^-1 E_a,  R(d,b) = E_d E_b^-1.  For invertible E
//     (1)  E_a E_b = E_c E_d  <=>  L(c,a) = R(d,b)  <=>  L(a,c) = R(b,d)
//     (2)  L(f,d) = L(e,b)    <=>  R(d,b) = R(f,e)
//   and equality is transitive, among products and among quotients. So three parallelograms imply a
//   fourth in two ways:
//     chain (1)     ab = cd, ae = cf, gb = hd  =>  ge = hf    R(d,b) = L(c,a) = R(f,e), L(h,g)
//     flip  (1, 2)  dh = fg, bh = eg, ae = cf  =>  ab = cd    L(f,d) = R(g,h) = L(e,b)
// What is joined here holds in all invertible matrices that satisfy the premises. The converse is
// not claimed, since longer deductions may exist (docs/theory.md): every count is "at least".
// Source: Liu et al. 2022, App. H (chain); the flip is ours.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "theory/parallelograms.hpp"

namespace grok {

/// Equivalence classes of 0..n-1 whose members can be listed.
class Partition {
 public:
  explicit Partition(Index n);
  bool same(Index x, Index y) const { return label_[at(x)] == label_[at(y)]; }
  Index size(Index x) const { return size_[at(label_[at(x)])]; }
  void members(Index x, std::vector<Index>& out) const;  // out := the class of x
  void join(Index x, Index y);                           // of different classes; O(smaller)

 private:
  static std::size_t at(Index x) { return static_cast<std::size_t>(x); }
  std::vector<std::int32_t> label_, next_, size_;
};

/// Which rules are used: the paper's alone, or both.
enum class Deduction { chain, chain_and_flip };

/// The closure of a growing set of premises. Its final state does not depend on their order.
/// Premises that hold in a group of p elements cost O(p^3) in all (S_5: 0.2 s); memory
/// O(p^2).
class ProductClosure {
 public:
  /// Throws InputError unless 2 <= symbols <= 720.
  explicit ProductClosure(Index symbols, Deduction deduction = Deduction::chain_and_flip);

  void add(const Parallelogram& premise);
  bool implies(const Parallelogram& q) const;
  /// Parallelograms joined so far, premises included: pairs of distinct samples.
  std::int64_t implied() const { return implied_; }

 private:
  struct Equality {
    bool products;  // of two products; else of two quotients
    Index x, y;
  };
  Index product(Sample s) const { return s.i * symbols_ + s.j; }
  void close();
  void join_products(Index x, Index y);
  void join_quotients(Index x, Index y);
  void quotients_of(Index x, Index y);
  void products_of(Index l, Index r);
  void equality_of(Index u, Index v);
  void equate_quotients(Index x, Index y);
  Index left(Index c, Index a) const { return c * symbols_ + a; }
  Index right(Index d, Index b) const { return (symbols_ + d) * symbols_ + b; }

  Index symbols_;
  Deduction deduction_;
  Partition products_;   // (a,b): a p + b
  Partition quotients_;  // L(c,a): c p + a;  R(d,b): p^2 + d p + b
  std::int64_t implied_ = 0;
  std::vector<Equality> pending_;
  std::vector<Index> one_, other_;
};

/// What D implies about a task whose embeddings are matrices that multiply; all but the first four
/// are lower bounds of what is true.
struct ProductStructure {
  Index train = 0;                          // |D|
  Index samples = 0;                        // |D0|
  std::int64_t parallelograms = 0;          // |P0(D)|
  std::int64_t parallelograms_all = 0;      // |P0|
  std::int64_t implied_parallelograms = 0;  // |P(D)| is at least this
  bool complete = false;                    // all of P0 is implied; if false: not shown to be
  double ideal_rqi = 0;                     // implied_parallelograms / |P0|
  double ideal_accuracy = 0;                // share of D0 joined to D by them
};

/// Throws InputError for a task whose embeddings combine by `sum`. O(p^3).
ProductStructure analyse_products(const Task& task, std::span<const Sample> train,
                                  Deduction deduction = Deduction::chain_and_flip);

/// The implied parallelograms themselves, in the order of list_parallelograms. As above.
std::vector<Parallelogram> implied_products(const Task& task, std::span<const Sample> train,
                                            Deduction deduction = Deduction::chain_and_flip);

/// The closure of P0(D).
ProductClosure product_closure(Index symbols, const OutputClasses& classes,
                               Deduction deduction = Deduction::chain_and_flip);

}  // namespace grok
