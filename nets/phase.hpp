// nets/phase.hpp: how a network learnt, in one word: the phases of Table 1 of Liu et al. 2022.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace grok {

/// Table 1, `diverged`, and outcomes without a phase.
inline constexpr std::array<std::string_view, 6> phase_names = {
    "comprehension", "grokking", "memorization", "confusion", "diverged", "none"};

struct PhaseInput {
  std::optional<std::int64_t> steps_to_train;
  std::optional<std::int64_t> steps_to_validation;
  bool diverged = false;
  bool has_validation = true;
  bool budget_spent = true;  // false: the run stopped early
  std::int64_t grokking_gap = 1000;
};

/// Exactly one label for every case:
///   diverged       a loss that is not finite, whatever was reached before
///   comprehension  both reached, validation - train < gap
///   grokking       both reached, validation - train >= gap
///   memorization   only training reached
///   confusion      training not reached (whether or not validation was)
/// Empty if there is no validation sample, or if the run stopped before its budget with one of the
/// two not reached: it might have been later.
std::optional<std::string> phase_of(const PhaseInput& input);

}  // namespace grok
