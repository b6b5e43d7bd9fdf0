// figures/referee/referee_layout.hpp: where the parts of the referee's picture stand, in pixels
// from the top: the league, then bands of panels, one column per theory.
#pragma once

#include <string>

#include "compare/referee/league.hpp"
#include "figures/script.hpp"

namespace grok {

struct RefereeLayout {
  static constexpr double width = 1500;
  static constexpr double row_height = 23, league_top = 74, names = 252;
  static constexpr double pair_head = 92, pair_height = 168;  // steps: title and numbers, axes
  static constexpr double calibration_head = 62, calibration_height = 128;
  static constexpr double label_height = 46;  // of an axis
  static constexpr double line = 16;          // of captions
  static constexpr std::size_t most_columns = 6;

  std::size_t rows = 0;     // of the league
  std::size_t columns = 1;  // of theories
  std::size_t bands = 1;    // of steps with calibrations below
  double league_bottom = 0, band = 0, height = 0;

  double part(double pixels) const { return pixels / height; }
  double y(double pixels) const { return 1 - part(pixels); }
  /// A panel between pixels; its title stands `head` above its top.
  PanelFrame panel(double left, double right, double top, double bottom, double head,
                   const std::string& letter, const std::string& title) const;
};
RefereeLayout layout_of(const League& league);

/// The name of a contestant; of a fitted one without what its colour says.
std::string short_title(const Contestant& contestant, const League& league);

/// Linear axis ("x", "y") over [low, high] with a margin and some four tics.
std::string linear_axis(const char* name, double low, double high);

/// Gnuplot text of the league: one row per contestant, one panel per measure.
std::string league_panels(const League& league, const RefereeLayout& layout,
                          const std::string& command);

}  // namespace grok
