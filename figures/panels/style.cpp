#include "figures/panels/style.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>

namespace grok {
namespace {

/// "#rrggbb" with gnuplot's transparency before it.
std::string see_through(const Style& style) {
  return style.opacity >= 1
             ? style.colour
             : fmt::format("#{:02X}{}", static_cast<int>(std::lround(255 * (1 - style.opacity))),
                           style.colour.substr(1));
}

}  // namespace

std::string look::kind_colour(std::size_t k) {
  static constexpr std::array<const char*, 6> colours = {blue,   vermilion, green,
                                                         purple, orange,    sky};
  return colours[k % colours.size()];
}

Symbol look::kind_symbol(std::size_t k) {
  static constexpr std::array<Symbol, 4> symbols = {
      Symbol::disc, Symbol::filled_square, Symbol::filled_triangle, Symbol::filled_diamond};
  return symbols[k % symbols.size()];
}

std::string look::scale_colour(std::size_t k, std::size_t n) {
  static constexpr std::array<const char*, 10> colours = {
      "#440154", "#482475", "#414487", "#355f8d", "#2a788e",
      "#21918c", "#22a884", "#44bf70", "#7ad151", "#bddf26"};
  return colours.at(n < 2 ? 0 : k * (colours.size() - 1) / (n - 1));
}

double colour_number(const std::string& colour) {
  return static_cast<double>(std::stoi(colour.substr(1), nullptr, 16));
}

double point_size(double across) { return across / 6.1; }  // measured, of a disc

std::string line_words(const Style& style) {
  // gnuplot's SVG gives neighbouring lines of one width and colour one dash
  const int dash = static_cast<int>(style.dash);
  return fmt::format("lw {:.3f} dt {} lc rgb '{}'", style.width + 0.001 * dash, dash, style.colour);
}

std::string point_words(const Style& style, bool variable_size) {
  const std::string size =
      variable_size ? "variable" : fmt::format("{:.3f}*P", point_size(style.size));
  return fmt::format("pt {} ps {} lw {:g} lc rgb '{}'", static_cast<int>(style.symbol), size,
                     style.width, see_through(style));
}

std::string fill_words(const Style& style) {
  return fmt::format("fc rgb '{}' fs solid noborder", see_through(style));
}

}  // namespace grok
