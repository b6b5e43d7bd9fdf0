// theory/null_basis.hpp: the null space of the full task's A(P0) as vectors, to deflate it.
//   addition          1 and k (docs/theory.md, section 2)
//   finite groups     1
//   tables            any dimension: the exact basis modulo a prime, in reduced echelon form,
//   lifted
//                     to fractions, and accepted only if every row of A(P0(D)) is 0 on it in
//                     integer arithmetic
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <optional>
#include <vector>

#include "theory/null_space.hpp"
#include "theory/task.hpp"

namespace grok {

/// Columns: integer vectors that span the null space of A(P0(D)), without a common factor. Empty if
/// the echelon form holds a fraction with numerator or denominator above 32,767 in size, or a
/// common denominator above 2^31 is needed. Exact: each column is checked on every sample of
/// `classes`, and their number is that of `null_space`, which is never too small. Cost O((|D| + p
/// n0) n0).
std::optional<std::vector<std::vector<std::int64_t>>> integer_null_basis(
    const NullSpace& space, const OutputClasses& classes);

/// Orthonormal, p x nullity, of a D that is unique, so that its null space is that of the full
/// task. Empty as above (tables only). Memory O(p n0).
std::optional<Eigen::MatrixXd> null_basis(const Task& task, const OutputClasses& classes);

}  // namespace grok
