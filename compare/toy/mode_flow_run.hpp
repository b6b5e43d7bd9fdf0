// compare/toy/mode_flow_run.hpp: the mode flow (theory/mode_flow.hpp) of a run, from what is known
// before it is trained.
#pragma once

#include <optional>
#include <string>

#include "nets/toy/initial_state.hpp"
#include "nets/toy/run_spec.hpp"
#include "theory/mode_flow.hpp"

namespace grok::toy {

/// Modes that the flow has unless said otherwise.
inline constexpr Index mode_flow_modes = 6;
/// The flow is followed for so many times the run's budget: a prediction that the network could
/// not have met is still a prediction.
inline constexpr double mode_flow_budgets = 1.5;

/// Without decay it ends where the loss is below this share of its first value: whoever got there
/// had a third or more of it left (docs/two_rate.md).
inline constexpr double mode_flow_memorised = 0.02;

/// Modes, the interval they are tabulated on and mode_flow_memorised were chosen with a look at the
/// networks of seeds 0 to this one: a score is one of others.
inline constexpr std::int64_t last_seed_looked_at = 5;

/// To be raised with whatever changes a result of mode_flow_of (here or in theory/mode_flow.*):
/// results that a store keeps under another number are not read.
inline constexpr int mode_flow_version = 1;

/// Why the mode flow says nothing of such a run, as "representation_dimension = 3, not 1"; empty:
/// it applies.
std::optional<std::string> mode_flow_refuses(const RunSpec& resolved);

/// The flow of that run, nothing moved yet; `modes`: at most K + 1 are used. `stride` steps of the
/// optimiser in one: rates times it, Adam's beta to the power of it, which leaves the dynamics in
/// continuous time as it is.
ModeFlow<float> mode_flow_at_start(const RunSpec& resolved, const InitialState& initial,
                                   Index modes = mode_flow_modes, std::int64_t stride = 1);

/// The stride that mode_flow_of takes: the largest of 1, 2, 4 with stride^2 eta_E eta_D <= 4e-7,
/// stride eta_E <= 0.02 and stride eta_D <= 0.002 (steps then change by 1 % or so); 1 for gradient
/// descent.
std::int64_t mode_flow_stride(const RunSpec& resolved);

/// When its RQI exceeds the run's threshold, in steps of the run (to within the stride). Throws
/// InputError if mode_flow_refuses, or as ModeFlow does. Pure. Cost: docs/two_rate.md.
ModeFlowOutcome mode_flow_of(const RunSpec& resolved, const InitialState& initial,
                             Index modes = mode_flow_modes, double budgets = mode_flow_budgets);

}  // namespace grok::toy
