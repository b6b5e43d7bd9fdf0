#include "nets/phase.hpp"

namespace grok {

std::optional<std::string> phase_of(const PhaseInput& in) {
  if (in.diverged) {
    return "diverged";
  }
  const bool both = in.steps_to_train && in.steps_to_validation;
  if (!in.has_validation || !(both || in.budget_spent)) {
    return std::nullopt;
  }
  if (!in.steps_to_train) {
    return "confusion";
  }
  if (!in.steps_to_validation) {
    return "memorization";
  }
  const std::int64_t gap = *in.steps_to_validation - *in.steps_to_train;
  return gap < in.grokking_gap ? "comprehension" : "grokking";
}

}  // namespace grok
