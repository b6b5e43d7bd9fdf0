#include "nets/toy/record.hpp"

#include <cmath>

namespace grok {
namespace {

template <class T>
bool same_value(const T& a, const T& b) {
  return a == b;
}
bool same_value(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }
bool same_value(const std::optional<double>& a, const std::optional<double>& b) {
  return a.has_value() == b.has_value() && (!a || same_value(*a, *b));
}

}  // namespace

std::vector<std::string> different_fields(const Record& a, const Record& b) {
  std::vector<std::string> keys;
  for_each_record_field(a, [&](const char* key, const auto& of_a) {
    for_each_record_field(b, [&](const char* other, const auto& of_b) {
      if constexpr (std::is_same_v<decltype(of_a), decltype(of_b)>) {
        if (std::string_view(key) == other && !same_value(of_a, of_b)) {
          keys.emplace_back(key);
        }
      }
    });
  });
  std::erase(keys, "seconds");
  return keys;
}

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
