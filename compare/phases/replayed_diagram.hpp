// compare/phases/replayed_diagram.hpp: what [refine] with stride 4 would have trained of the first
// seed's diagram, and which borders it would have found (compare/study/refine.hpp).
#pragma once

#include "compare/phases/phase_diagram.hpp"
#include "compare/study/refine.hpp"

namespace grok {

struct ReplayedDiagram {
  ReplayedRefinement found;
  std::int64_t beside_borders = 0;  // points with a neighbour of another phase
  // Rows of one phase throughout cost little, so they flatter the share: without them.
  std::int64_t rows = 0, plain_rows = 0, other_points = 0, other_trained = 0;
};
/// Throws InputError unless the first seed has a run in every cell.
ReplayedDiagram replay_diagram(const PhaseDiagram& diagram);

}  // namespace grok
