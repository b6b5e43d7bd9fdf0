// figures/phases/phase_diagram_claims.hpp: what Liu et al. say of their phase diagrams, as numbers.
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
#include <vector>

#include "figures/claim.hpp"
#include "figures/phases/phase_diagram.hpp"

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

/// Share of cells with the same phase in two seeds (of those where both have a run), mean over
/// pairs of seeds; what is drawn is a seed, pairs of a seed with itself are left out. Empty with
/// one seed.
std::optional<BootstrapInterval> equal_cells_between_seeds(const PhaseDiagram& diagram);

/// Which cells of a diagram.
using CellTest = std::function<bool(const PhaseDiagram&, std::size_t ix, std::size_t iy)>;
/// The lower or upper half of the values of an axis; the middle one of an odd number is in neither.
enum class Half { any, low, high };
CellTest in_halves(Half x, Half y);
CellTest outside(CellTest inside);

/// Share of `phase` among the runs of the cells `inside` minus that of the cells `against`.
struct ShareContrast {
  Phase phase = Phase::comprehension;
  CellTest inside, against;
  std::string inside_name, against_name;
};
BootstrapInterval share_difference(const PhaseDiagram& diagram, const ShareContrast& contrast);
/// The paper says it is positive.
PhaseQuestion more_of(const std::string& statement, const std::string& source,
                      const ShareContrast& contrast);

/// Columns (one x, one seed) with memorization and, further up y, confusion; and how many of them
/// have comprehension or grokking in between. Per seed.
struct Between {
  std::int64_t seed = 0, columns = 0, with_generalisation = 0;
};
std::vector<Between> between_memorization_and_confusion(const PhaseDiagram& diagram);
/// The paper says: most, if not all, of them ("Goldilocks zone").
PhaseQuestion generalisation_between(const std::string& source);

/// Share of runs with y above its smallest value that have the phase of the run with the same x and
/// seed at that value.
BootstrapInterval same_phase_as_first_row(const PhaseDiagram& diagram);
/// The paper says y hardly matters: it should exceed `hardly`.
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
