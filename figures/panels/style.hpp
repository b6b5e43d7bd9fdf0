// figures/panels/style.hpp: how things look in every picture: the same thing, the same look.
//   Colours are those of Okabe & Ito, safe for the colour-blind.
#pragma once

#include <string>

namespace grok::look {

inline constexpr const char* blue = "#0072B2";       // experiment
inline constexpr const char* vermilion = "#D55E00";  // theory
inline constexpr const char* green = "#009E73";
inline constexpr const char* orange = "#E69F00";
inline constexpr const char* sky = "#56B4E9";
inline constexpr const char* purple = "#CC79A7";
inline constexpr const char* black = "#000000";
inline constexpr const char* grey = "#8A8A8A";

}  // namespace grok::look

namespace grok {

enum class Dash { none = 1, dashed = 2, dotted = 3, dash_dot = 4 };
/// gnuplot's symbols.
enum class Symbol {
  ring = 6,
  disc = 7,
  square = 4,
  filled_square = 5,
  triangle = 8,
  filled_triangle = 9,
  diamond = 12,
  filled_diamond = 13,
  cross = 2
};

struct Style {
  std::string colour = look::blue;  // "#rrggbb"
  double width = 1;                 // of lines [pt]
  Dash dash = Dash::none;
  Symbol symbol = Symbol::disc;
  double size = 3;     // of symbols, across [pt]
  double opacity = 1;  // of symbols and bands
};

/// The same, but for one thing.
inline Style sized(Style style, double size) { return style.size = size, style; }
inline Style faded(Style style, double opacity) { return style.opacity = opacity, style; }
inline Style dashed(Style style, Dash dash) { return style.dash = dash, style; }
inline Style shaped(Style style, Symbol symbol) { return style.symbol = symbol, style; }
inline Style widened(Style style, double width) { return style.width = width, style; }

}  // namespace grok

namespace grok::look {

/// One trained network, or one run; see-through, so that many stay visible.
inline Style networks() { return {.width = 0.3, .opacity = 0.55}; }
/// A run that did not get there within its budget.
inline Style censored() { return {.width = 0.6, .symbol = Symbol::triangle, .size = 4}; }
/// What was computed before training.
inline Style theory() { return {.colour = vermilion, .size = 2}; }
/// A mean or a median of networks, with its interval.
inline Style summary() { return {.colour = black, .width = 0.8, .size = 2.4}; }
/// Something to compare with: the diagonal, the budget, chance.
inline Style reference() { return {.colour = grey, .width = 0.7, .dash = Dash::dashed}; }

/// The k-th of a few kinds of equal rank.
std::string kind_colour(std::size_t k);
Symbol kind_symbol(std::size_t k);
/// Place k of n along a scale: viridis without its lightest end.
std::string scale_colour(std::size_t k, std::size_t n);

}  // namespace grok::look

namespace grok {

/// gnuplot's words: "lw 1 dt 2 lc rgb '#0072B2'", "pt 7 ps 0.5*P lw 0.3 lc rgb '#730072B2'". P is a
/// number of the script that makes symbols alike in all terminals.
std::string line_words(const Style& style);
std::string point_words(const Style& style, bool variable_size = false);
std::string fill_words(const Style& style);
/// "#rrggbb" as a number, for Panel::boxes.
double colour_number(const std::string& colour);
/// What gnuplot calls a symbol of so many points across.
double point_size(double across);

}  // namespace grok
