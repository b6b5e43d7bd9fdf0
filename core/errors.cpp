#include "core/errors.hpp"

#include <fmt/format.h>

namespace grok {

void reject(std::string_view where, std::string_view name, std::string_view value,
            std::string_view allowed) {
  throw InputError(fmt::format("{}: {} = {}, allowed {}", where, name, value, allowed));
}

std::string to_text(double value) { return fmt::format("{}", value); }

void require_in_range(std::string_view where, std::string_view name, double value, double low,
                      double high) {
  if (low <= value && value <= high) {
    return;
  }
  reject(where, name, to_text(value), fmt::format("[{}, {}]", low, high));
}

void require_in_range(std::string_view where, std::string_view name, std::int64_t value,
                      std::int64_t low, std::int64_t high) {
  if (low <= value && value <= high) {
    return;
  }
  const std::string allowed = low <= high ? fmt::format("[{}, {}]", low, high) : "nothing";
  reject(where, name, fmt::format("{}", value), allowed);
}

}  // namespace grok
