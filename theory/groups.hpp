// theory/groups.hpp: the finite groups behind the tasks `permutations` and `abelian`.
//   S_n       permutations of 0..n-1 in lexicographic order of (a(0), ..., a(n-1)); symbol 0 is the
//             identity. a o b is "first a, then b": (a o b)(i) = b(a(i)). With (M_a)_{i,a(i)} = 1
//             this is the matrix product, M_{a o b} = M_a M_b, as in the official code.
//   abelian   Z_{n1} x Z_{n2} x ...; element (x1, x2, ...) has the number (x1 n2 + x2) n3 + ...
//             (mixed radix, last factor fastest); 0 is the neutral element.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace grok {

/// S_6 has 720 symbols; S_7 would have 5040, above max_symbols.
inline constexpr std::int64_t max_permuted = 6;

/// n!, n >= 0.
std::int64_t factorial(std::int64_t n);

/// The permutations of 0..n-1, row after row: n! n numbers. Throws InputError unless
/// 2 <= n <= max_permuted.
std::vector<std::int32_t> permutations_of(std::int64_t n);

/// Their names, "012", "021", ..., and which are even.
std::vector<std::string> permutation_names(std::int64_t n);
std::vector<bool> even_permutations(std::int64_t n);

/// The table of S_n: entry a * n! + b is the number of a o b.
std::vector<std::int32_t> permutation_products(std::int64_t n);

/// The number of x + y in the product of cyclic groups of these orders.
std::int64_t abelian_sum(std::span<const std::int64_t> orders, std::int64_t x, std::int64_t y);

}  // namespace grok
