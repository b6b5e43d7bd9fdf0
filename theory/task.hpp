// theory/task.hpp: what is learnt: p symbols 0..p-1 and a rule a o b = c with C outputs.
//   D0   all samples (i, j): i <= j if the rule commutes, p(p+1)/2 of them, else all p^2;
//        numbered in lexicographic order (0,0), (0,1), ..., as the official code does.
//   combination   what the decoder sees of a sample: E_i + E_j (`sum`), or the product E_i E_j of
//                 k x k matrices (`matrix-product`), in this order, or both numbers of E_i and of
//                 F_j, one after the other (`concatenate`; `concatenate-shared`: E_i and E_j)
// Source: Liu et al. 2022, arXiv:2205.10343, section 3 (addition), App. B and H (groups);
// docs/theory.md.
#pragma once

#include <compare>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace grok {

using Index = std::int64_t;

/// Of any task. What lists samples, or holds a p x p matrix, says so and stops earlier.
inline constexpr Index max_symbols = 100'000;
inline constexpr Index max_listed_samples = 20'000'000;  // 160 MB; |D0| of addition at p = 6323
inline constexpr Index max_dense_symbols = 4'000;        // a p x p matrix of doubles: 128 MB
inline constexpr Index max_table_symbols = 4'000;        // a table has an entry for each sample
inline constexpr Index max_table_output = 9'999'999;

struct Sample {
  std::int32_t i = 0;
  std::int32_t j = 0;
  friend auto operator<=>(const Sample&, const Sample&) = default;
};

enum class Combination { sum, matrix_product, concatenate, concatenate_shared };
std::string to_text(Combination combination);  // "sum", "matrix-product", "concatenate", ...

class Task {
 public:
  /// c = a + b, not modular: C = 2p - 1. Throws InputError unless 2 <= symbols <= max_symbols,
  /// as do the others.
  static Task addition(Index symbols);
  /// c = (a + b) mod p: C = p.
  static Task modular_addition(Index symbols);
  /// c = a + b in the product of cyclic groups of these orders (>= 2 each); p = C = their product.
  /// Elements are numbered in mixed radix, the last factor fastest (theory/groups.hpp).
  static Task abelian(std::vector<Index> orders);
  /// S_n: c = "first a, then b", ordered pairs, p = C = n!, permutations in lexicographic order;
  /// embeddings are matrices that multiply. Throws InputError unless 2 <= n <= 6.
  static Task permutations(Index n);
  /// outputs[k] is the output (0..max_table_output) of the k-th sample of D0; one for each sample.
  /// 2 <= symbols <= max_table_symbols.
  static Task table(Index symbols, bool commutative, std::vector<std::int32_t> outputs);

  /// "addition", "modular-addition", "abelian", "permutations", "table"
  const std::string& name() const { return name_; }
  Index symbols() const { return symbols_; }  // p
  Index outputs() const { return outputs_; }  // C
  bool commutative() const { return commutative_; }
  Combination combination() const { return combination_; }
  /// The same rule for embeddings that are combined in another way.
  Task combined_by(Combination combination) const;
  bool concatenates() const;
  /// Vectors of embeddings: p, or 2p for `concatenate`, E_0 .. E_p-1, F_0 .. F_p-1.
  Index embeddings() const;
  /// The two of them that stand for a sample.
  Sample embeddings_of(Sample s) const;
  std::span<const Index> orders() const;  // of the factors of an abelian task, else empty
  Index sample_count() const;             // |D0|

  Sample sample(Index k) const;  // the k-th of D0; O(1)
  Index index(Sample s) const;   // its inverse; s in D0
  Index output(Sample s) const;  // a o b; O(1)
  /// All of D0. Throws InputError if there are more than max_listed_samples.
  std::vector<Sample> samples() const;

  /// `s` as it stands in D0: ordered i <= j if the rule commutes.
  Sample canonical(Sample s) const;

  /// The outputs of a table task in the order of D0; empty for the built-in rules.
  std::span<const std::int32_t> table_outputs() const;

 private:
  Task(std::string name, Index symbols, Index outputs, bool commutative);
  std::string name_;
  Index symbols_;
  Index outputs_;
  bool commutative_;
  Combination combination_ = Combination::sum;
  std::shared_ptr<const std::vector<std::int32_t>> table_;
  std::shared_ptr<const std::vector<Index>> orders_;
};

/// A built-in task by name. `permutations` takes symbols = n!; `abelian` takes `orders`, whose
/// product is `symbols`; for the others `orders` is empty. Throws InputError for anything else
/// ("table" needs a file: read_table).
Task make_task(const std::string& name, Index symbols, std::span<const Index> orders);
Task make_task(const std::string& name, Index symbols);

/// Throws InputError unless the embeddings of the task combine so. For what has a meaning for one
/// combination only, such as A(P) and its null space for `sum`.
void require_combination(const std::string& where, const Task& task, Combination combination);

/// "addition, p = 10, |D0| = 55"; an abelian task with its orders, and how embeddings are combined
/// where that is not the task's own way.
std::string describe(const Task& task);

}  // namespace grok
