// figures/phases/phase_claims.hpp: what Liu et al. say of their phase diagrams, as numbers.
//   A question is asked of one diagram; its claim holds our number with its interval by resampling
//   seeds. A budget or setting other than the published one decides nothing of it: the claim stays
//   open, with what it would be as a remark. (A short budget turns what would generalise into
//   memorization and confusion.)
#pragma once

#include <functional>
#include <string>

#include "compare/phases/phase_shares.hpp"
#include "figures/claim.hpp"

namespace grok {

using PhaseQuestion = std::function<Claim(const PhaseDiagram&)>;

/// The budget of the published diagrams [steps].
inline constexpr std::int64_t published_budget = 100'000;

bool is_published_setting(const PhaseDiagram& diagram);
/// Where it is not, the budget first: "budget 4000 instead of 100000 steps; ..."; empty: nowhere.
std::string setting_text(const PhaseDiagram& diagram);
/// The paper says the difference is positive.
PhaseQuestion more_of(const std::string& statement, const std::string& source,
                      const ShareContrast& contrast);
/// The paper says that most, if not all, of the columns with memorization and confusion have
/// comprehension or grokking in between ("Goldilocks zone"): their share is above `mostly`.
inline constexpr double mostly = 0.5;
PhaseQuestion generalisation_between(const std::string& source);
/// The paper says y hardly matters: same_phase_as_first_row is above `hardly`.
inline constexpr double hardly = 0.8;  // ours, as all bands here: the paper has no number
PhaseQuestion hardly_matters(const std::string& statement, const std::string& source);

/// Published numbers of cells: comprehension, grokking, memorization, confusion. Only they are
/// known, not which cell is what. Agrees if the published diagram is as like ours by its counts as
/// ours are to each other, less `near_counts` of the cells (overlap_difference).
inline constexpr double near_counts = 0.1;
PhaseQuestion published_counts(const std::string& source,
                               const std::array<std::int64_t, 4>& counts);

/// "comprehension 29, grokking 31, memorization 109, confusion 0 of 169" (others if there are any).
std::string counts_text(const PhaseCounts& counts);

}  // namespace grok
