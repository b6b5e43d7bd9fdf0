// figures/phases/phase_claims.hpp: what Liu et al. say of their phase diagrams, as numbers.
//   A question is asked of one diagram; its claim holds our number with its interval by resampling
//   seeds. Verdict of a number that should exceed a limit:
//     agrees   its whole interval does      partly  it does, its interval does not or there is none
//     differs  its whole interval does not  open    it does not and its interval does or there is
//                                                   none; or there is no such number
//   A budget or setting other than the published one proves nothing of it: agrees becomes partly,
//   differs open. (A short budget turns what would generalise into memorization and confusion.)
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
/// "statement (loss)" (a loss, if there is one), open, with what keeps our diagram from being the
/// published one as remark.
Claim new_claim(const PhaseDiagram& diagram, const std::string& statement,
                const std::string& source);
/// With its interval, if it has one.
std::string number_text(const BootstrapInterval& number);

/// The paper says the difference is positive.
PhaseQuestion more_of(const std::string& statement, const std::string& source,
                      const ShareContrast& contrast);
/// The paper says: most, if not all, of the columns with memorization and confusion have
/// comprehension or grokking in between ("Goldilocks zone").
PhaseQuestion generalisation_between(const std::string& source);
/// The paper says y hardly matters: the share of same_phase_as_first_row should exceed `hardly`.
inline constexpr double hardly = 0.8;  // ours: the paper has no number
PhaseQuestion hardly_matters(const std::string& statement, const std::string& source);

/// Published numbers of cells: comprehension, grokking, memorization, confusion. Only they are
/// known, not which cell is what, and counts hardly tell diagrams apart: equal ones for the four
/// phases can have most cells in common with the published diagram (said in the text). Open unless
/// the diagram has the published setting and at least `least_seeds` seeds. Then, of all those
/// diagrams and the published one: differs if the latter alone has the smallest mean overlap of
/// counts with the others (if it is one more seed: 1 chance in n + 1), else agrees.
inline constexpr std::size_t least_seeds = 9;  // so that this chance is at most one in ten
PhaseQuestion published_counts(const std::string& source,
                               const std::array<std::int64_t, 4>& counts);

/// "comprehension 29, grokking 31, memorization 109, confusion 0 of 169" (others if there are any).
std::string counts_text(const PhaseCounts& counts);

}  // namespace grok
