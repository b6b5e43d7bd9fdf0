#include "core/errors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace grok {
namespace {

bool is_control(char c) { return (c >= 0 && c < 0x20) || c == 0x7f; }

// What came from outside stays on one line: control characters (of ASCII, and U+0080 to U+009F in
// UTF-8, with which some terminals begin a command) are shown as \x0a.
std::string escaped(std::string_view text) {
  std::string shown;
  for (std::size_t k = 0; k < text.size(); ++k) {
    const auto byte = static_cast<unsigned char>(text[k]);
    const auto next = static_cast<unsigned char>(k + 1 < text.size() ? text[k + 1] : 0);
    const bool second = byte == 0xc2 && next >= 0x80 && next <= 0x9f;
    if (is_control(text[k]) || second) {
      shown += fmt::format("\\x{:02x}", byte);
    } else {
      shown += text[k];
    }
    if (second) {
      shown += fmt::format("\\x{:02x}", next);
      ++k;
    }
  }
  return shown;
}

// And short, cut between characters.
std::string shortened(std::string_view text, std::size_t longest) {
  if (text.size() <= longest) {
    return escaped(text);
  }
  std::size_t end = longest;
  while (end > longest - 3 && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80U) {
    --end;
  }
  return fmt::format("{}... ({} bytes)", escaped(text.substr(0, end)), text.size());
}

}  // namespace

void reject(std::string_view where, std::string_view name, std::string_view value,
            std::string_view allowed) {
  constexpr std::size_t a_value = 200, a_place = 5000, a_list = 5000;  // PATH_MAX is 4096
  throw InputError(fmt::format("{}: {} = {}, allowed {}", shortened(where, a_place),
                               shortened(name, a_value), shortened(value, a_value),
                               shortened(allowed, a_list)));
}

void reject_further(const InputError& error, std::string_view more) {
  constexpr std::size_t a_list = 2000;
  throw InputError(fmt::format("{} ({})", error.what(), shortened(more, a_list)));
}

bool has_control_characters(std::string_view text) { return std::ranges::any_of(text, is_control); }

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
