#include "core/numbers.hpp"

#include <fmt/format.h>

#include <charconv>
#include <system_error>

#include "core/errors.hpp"

namespace grok {

std::int64_t parse_integer(std::string_view where, std::string_view name, std::string_view text) {
  std::int64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, status] = std::from_chars(text.data(), end, value);
  if (status != std::errc() || stop != end) {
    reject(where, name, fmt::format("'{}'", text), "an integer");
  }
  return value;
}

double parse_number(std::string_view where, std::string_view name, std::string_view text) {
  double value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, status] = std::from_chars(text.data(), end, value);
  if (stop == end && !fits_double(text)) {
    reject(where, name, fmt::format("'{}'", text), doubles_allowed());
  }
  if (status != std::errc() || stop != end) {
    reject(where, name, fmt::format("'{}'", text), "a number");
  }
  return value;
}

bool fits_double(std::string_view text) {
  double value = 0;
  return std::from_chars(text.data(), text.data() + text.size(), value).ec !=
         std::errc::result_out_of_range;
}

std::string doubles_allowed() {
  return fmt::format("0, or a size in [{:.2g}, {:.2g}]", std::numeric_limits<double>::denorm_min(),
                     std::numeric_limits<double>::max());
}

}  // namespace grok
