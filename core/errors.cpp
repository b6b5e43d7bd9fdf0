#include "core/errors.hpp"

#include <fmt/format.h>

#include <cmath>

namespace grok {
namespace {

// What came from outside stays on one line, and short.
std::string printable(std::string_view text) {
  constexpr std::size_t longest = 200;
  std::string shown;
  for (const char c : text.substr(0, longest)) {
    const auto byte = static_cast<unsigned char>(c);
    shown += byte < 0x20 || byte == 0x7f ? fmt::format("\\x{:02x}", byte) : std::string(1, c);
  }
  return text.size() <= longest ? shown : fmt::format("{}... ({} bytes)", shown, text.size());
}

}  // namespace

void reject(std::string_view where, std::string_view name, std::string_view value,
            std::string_view allowed) {
  throw InputError(fmt::format("{}: {} = {}, allowed {}", where, name, printable(value), allowed));
}

std::string to_text(double value) {
  return std::isnan(value) ? "nan" : fmt::format("{}", value);  // NaN may have a sign: "-nan"
}

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
