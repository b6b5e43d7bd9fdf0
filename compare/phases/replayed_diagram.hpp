// compare/phases/replayed_diagram.hpp: what [refine] would have trained of each seed's diagram, and
// which borders it would have found (compare/study/refine.hpp); sums over the seeds, intervals by
// resampling them.
#pragma once

#include "compare/phases/phase_diagram.hpp"
#include "compare/study/refine.hpp"

namespace grok {

struct ReplayedDiagram {
  /// count of `of`; the share NaN if `of` is 0, its interval NaN with one seed.
  struct Part {
    std::int64_t count = 0, of = 0;
    Estimate share;
  };
  Part trained;                            // of the points
  Part right, predicted_right;             // phases: of all, of those predicted
  Part borders_exact, borders_within_one;  // of the full grid's
  std::int64_t beside_borders = 0;         // points with a neighbour of another phase
  // Rows of one phase throughout cost little, so they flatter the share: without them.
  std::int64_t rows = 0, plain_rows = 0, other_points = 0, other_trained = 0;
};
/// Throws InputError unless every seed has a run in every cell, or for a stride as [refine].
ReplayedDiagram replay_diagram(const PhaseDiagram& diagram, std::int64_t stride);

}  // namespace grok
