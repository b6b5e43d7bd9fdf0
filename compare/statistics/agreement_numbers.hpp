// compare/statistics/agreement_numbers.hpp: an agreement as rows of a table.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compare/statistics/statistics.hpp"

namespace grok {

struct AgreementNumber {
  std::string name;                       // "of all decided within 1.5", "kappa of those there"
  std::int64_t pairs = 0;                 // that it is of; of shares those that are decided
  std::optional<std::int64_t> undecided;  // empty: a count
  Estimate value;                         // a count has no interval: NaN
};

inline constexpr const char* within_name = "of all decided within ";

/// Counts of `pairs` in all, shares within each factor, kappa, and slope and rank where they exist.
std::vector<AgreementNumber> numbers_of(const Agreement& agreement, std::int64_t pairs);

}  // namespace grok
