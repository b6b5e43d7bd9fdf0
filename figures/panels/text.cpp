#include "figures/panels/text.hpp"

#include <fmt/format.h>

#include <cmath>
#include <string_view>

#include "core/errors.hpp"

namespace grok {
namespace {

/// Of one letter, in units of the size; letters beyond ASCII are about as wide as "n".
double letter_width(char c) {
  constexpr std::string_view narrow = "fijlrtI.,:;'!|/()[] -", wide = "mwMW%@";
  if (narrow.find(c) != std::string_view::npos) {
    return 0.29;
  }
  if (wide.find(c) != std::string_view::npos) {
    return 0.87;
  }
  return c >= 'A' && c <= 'Z' ? 0.69 : 0.56;
}

bool is_inside_a_letter(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

}  // namespace

std::string quoted(const std::string& text) {
  std::string result = "'";
  for (const char c : text) {
    result += c == '\'' ? std::string("''") : std::string(1, c);
  }
  return result + "'";
}

std::string script_number(const std::optional<double>& value) {
  return value && std::isfinite(*value) ? to_text(*value) : "NaN";
}

std::string rounded(double value, int digits) {
  if (value == 0) {
    return "0";
  }
  if (!std::isfinite(value)) {
    return std::isnan(value) ? "undefined" : value > 0 ? "∞" : "−∞";
  }
  // As one reads steps: no exponent between 1e-4 and 1e6. "e" rounds first, so 0.9996 has exponent
  // 0.
  const std::string scientific = fmt::format("{:.{}e}", value, digits - 1);
  const int exponent = std::stoi(scientific.substr(scientific.find('e') + 1));
  std::string text = exponent >= -4 && exponent < 6
                         ? fmt::format("{:.{}f}", value, std::max(0, digits - 1 - exponent))
                         : fmt::format("{:.{}g}", value, digits);
  if (text.starts_with('-')) {
    text.replace(0, 1, "−");
  }
  return text;
}

std::string with_interval(const Estimate& estimate, int digits) {
  if (std::isnan(estimate.low) && std::isnan(estimate.high)) {
    return rounded(estimate.value, digits);
  }
  return fmt::format("{} [{}, {}]", rounded(estimate.value, digits), rounded(estimate.low, digits),
                     rounded(estimate.high, digits));
}

std::string letter_of(std::int64_t k) { return {static_cast<char>('a' + k)}; }

std::string runs_in_seeds(std::int64_t runs, std::int64_t seeds) {
  return fmt::format("{} runs in {} seed{}", runs, seeds, seeds == 1 ? "" : "s");
}

std::string runs_line(std::int64_t runs, std::int64_t seeds, std::int64_t diverged,
                      const std::string& so) {
  return fmt::format("  {}, {} diverged ({})\n", runs_in_seeds(runs, seeds), diverged, so);
}

std::string step_text(const std::optional<double>& steps) {
  return steps ? fmt::format("{:.0f}", *steps) : "not reached";
}
std::string step_text(const std::optional<std::int64_t>& steps) {
  return steps ? fmt::format("{}", *steps) : "not reached";
}

double text_width(const std::string& text, double size) {
  double width = 0, scale = 1, outer = 1;
  bool one = false;  // the next letter alone is a sub- or superscript
  for (std::size_t k = 0; k < text.size(); ++k) {
    const char c = text[k];
    if (is_inside_a_letter(c)) {
      continue;
    }
    if (c == '_' || c == '^') {
      scale = 0.8;
      one = true;
    } else if (c == '{') {
      outer = one ? 1 : scale;
      one = false;
      if (k + 1 < text.size() && text[k + 1] == '/') {  // {/:Italic x}
        k = std::min(text.find(' ', k), text.size() - 1);
      }
    } else if (c == '}') {
      scale = outer;
    } else {
      width += scale * letter_width(c);
      scale = one ? 1 : scale;
      one = false;
    }
  }
  return width * size;
}

std::vector<std::string> wrapped(const std::string& text, double size, double width) {
  std::vector<std::string> lines = {""};
  std::string word;
  int depth = 0;
  const auto end_word = [&] {
    std::string& line = lines.back();
    const std::string longer = line.empty() ? word : line + ' ' + word;
    if (!line.empty() && text_width(longer, size) > width) {
      lines.push_back(word);
    } else {
      line = longer;
    }
    word.clear();
  };
  for (const char c : text) {
    depth += c == '{' ? 1 : c == '}' ? -1 : 0;
    if (c == ' ' && depth == 0) {
      end_word();
    } else {
      word += c;
    }
  }
  end_word();
  return lines;
}

}  // namespace grok
