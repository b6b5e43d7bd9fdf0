// figures/panels/text.hpp: words and numbers of pictures and reports.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "compare/statistics/statistics.hpp"

namespace grok {

/// A single-quoted gnuplot string, whatever is in it.
std::string quoted(const std::string& text);

/// A number for a script: shortest text that reads back; "NaN" where there is none.
std::string script_number(const std::optional<double>& value);

/// Significant digits, with a true minus sign: for texts in pictures and reports.
std::string rounded(double value, int digits = 3);

/// "0.409 [0.400, 0.418]"; without ends, "0.409".
std::string with_interval(const Estimate& estimate, int digits = 3);

/// "a", "b", ... of 0, 1, ...
std::string letter_of(std::int64_t k);

/// The texts of a list, `between` them.
template <class List, class Text>
std::string joined(const List& list, const std::string& between, const Text& text) {
  std::string all;
  for (const auto& one : list) {
    all += (&one == &*std::begin(list) ? "" : between) + std::invoke(text, one);
  }
  return all;
}

/// "70 runs in 10 seeds".
std::string runs_in_seeds(std::int64_t runs, std::int64_t seeds);

/// For a report: "  70 runs in 10 seeds, 1 diverged (left out)", a line.
std::string runs_line(std::int64_t runs, std::int64_t seeds, std::int64_t diverged,
                      const std::string& so);

/// "852", "not reached".
std::string step_text(const std::optional<double>& steps);
std::string step_text(const std::optional<std::int64_t>& steps);

/// How wide gnuplot's enhanced text is in a font like Helvetica of that size, within some 5 % [pt].
double text_width(const std::string& text, double size);

/// The text in lines no wider than `width`, broken at blanks outside of braces; a single word may
/// be wider.
std::vector<std::string> wrapped(const std::string& text, double size, double width);

}  // namespace grok
