// theory/structure.hpp: what a training set implies about the representation, before any training.
//   nullity n0     dim null A(P0(D)); the linear structure is unique iff n0 = nullity of A(P0)
//   P(D)           the parallelograms of P0 whose row is orthogonal to that null space
//   ideal RQI      |P(D)| / |P0|
//   ideal accuracy |Dbar(D, P(D))| / |D0|, where Dbar adds to D each sample that a parallelogram of
//                  P joins to a sample of D (one hop; the partner is in D). A sum has no order: of
//                  (i,j) and (j,i) with different outputs, both in Dbar, one counts. Otherwise it
//                  looks within output classes only: whether sums tell two outputs apart is the
//                  next question.
//   ceiling        the largest accuracy on D0 of any decoder of E_i + E_j: samples with one sum
//                  have one answer, at best that of most of them
// Source: Liu et al. 2022, App. D and E, eq. 12, 16, 17; explained in docs/theory.md; the ceiling
// is ours [def].
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "theory/null_space.hpp"

namespace grok {

struct Structure {
  Index train = 0;                          // |D|
  Index samples = 0;                        // |D0|
  std::int64_t parallelograms = 0;          // |P0(D)|
  std::int64_t parallelograms_all = 0;      // |P0|
  Index nullity = 0;                        // n0 of A(P0(D))
  Index nullity_all = 0;                    // n0 of A(P0): addition 2, finite groups 1
  bool unique = false;                      // nullity == nullity_all
  std::int64_t implied_parallelograms = 0;  // |P(D)|
  double ideal_rqi = 0;                     // 1 if P0 is empty: nothing can fail to hold
  double ideal_accuracy = 0;
};

/// Exact. Throws InputError for a task whose embeddings are matrices that multiply
/// (theory/closure.hpp has theirs), as does all that follows from A(P). Cost and memory of
/// exact_nullity (theory/null_space.hpp) where the structure is unique; else also those of
/// null_space, O(|D0| n0) and one bit per sample of D0. A table costs O(|D0|) memory anyway.
Structure analyse_structure(const Task& task, std::span<const Sample> train);

struct SumCeiling {
  double any_embeddings = 1;  // below 1 iff the rule does not commute: (i,j) and (j,i) have one sum
  std::optional<double> solution;  // in a generic solution of the equations of D
  Index outputs = 0;               // that occur in D0
  std::optional<Index> sharing;    // of these, how many share a sum with another in that solution
};

/// Of the samples of D0 marked in `known` (by their number), the most that a decoder of E_i + E_j
/// can get right, since (i,j) and (j,i) have one answer. O(|D0|). Throws InputError unless there is
/// a mark for each sample.
std::int64_t answerable_by_sums(const Task& task, const std::vector<char>& known);
/// Share of D0 that is answerable where all of it is known: below 1 iff the rule does not commute.
double any_sum_ceiling(const Task& task);

/// `structure` of the same D. Exact as the null space is (a sum modulo its prime). `solution` and
/// `sharing` are empty if samples have to be listed and |D0| > max_listed_samples: not for addition
/// and for groups with a unique structure. Throws InputError as analyse_structure. Cost that of
/// null_space and O(|D0| (ln |D0| + n0)), memory 24 bytes a sample of D0, where they are listed.
SumCeiling sum_ceiling(const Task& task, std::span<const Sample> train, const Structure& structure);

/// Nullity of A(P0) for the whole task.
Index full_nullity(const Task& task);

}  // namespace grok
