// cli/refine_text.hpp: what `study run` and `study status` say of a study with [refine]. Include
// from .cpp files only, as options.hpp.
#pragma once

#include "cli/json.hpp"
#include "cli/options.hpp"
#include "compare/study/refined_study.hpp"

namespace grok {

/// axes, start, stop, share, complete, missing (runs of the rounds at hand), points, trained,
/// predicted (points; null until it is complete), rounds, and `diagrams`: each with its name,
/// these counts, uncertain (trained points whose seeds disagree), rounds (points trained in each)
/// and phases (points trained and predicted).
Json refine_json(const RefinedStudy& state);

inline constexpr const char* complete_text = "complete: no other run is needed";

void add_refine_text(LabelledLines& lines, const RefinedStudy& state);

}  // namespace grok
