#include "figures/panels/legend.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "figures/panels/text.hpp"

namespace grok {
namespace {

constexpr double sample_width = 17, sample_gap = 4, column_gap = 10;
constexpr const char* ink = "#222222";

/// Words alone stand below the words of the others.
double indent_of(std::span<const Entry> entries) {
  const bool any =
      std::ranges::any_of(entries, [](const Entry& entry) { return entry.sample != Swatch::none; });
  return any ? sample_width + sample_gap : 0;
}

/// As many columns as the longest entry allows; filled one after the other.
struct Placed {
  const Entry* entry;
  std::vector<std::string> lines;
  double x = 0, y = 0;
};
struct Grid {
  std::vector<Placed> entries;
  double height = 0;
};

Grid place(std::span<const Entry> entries, double width) {
  Grid grid;
  const double indent = indent_of(entries);
  double longest = 1;
  for (const Entry& entry : entries) {
    longest = std::max(longest, indent + text_width(entry.text, small_size));
  }
  const auto count = entries.size();
  const auto fit = static_cast<std::size_t>((width + column_gap) / (longest + column_gap));
  const std::size_t columns = std::clamp<std::size_t>(fit, 1, std::max<std::size_t>(1, count));
  const std::size_t rows = (count + columns - 1) / columns;
  double y = 0;
  for (std::size_t k = 0; k < count; ++k) {
    if (k % rows == 0) {
      y = 0;
    }
    const Entry& entry = entries[k];
    Placed placed{&entry, wrapped(entry.text, small_size, width - indent),
                  static_cast<double>(k / rows) * (longest + column_gap), y};
    y += small_line * static_cast<double>(placed.lines.size());
    grid.height = std::max(grid.height, y);
    grid.entries.push_back(std::move(placed));
  }
  return grid;
}

std::string draw_sample(const Entry& entry, const Canvas& canvas, double x, double y) {
  const Style& style = entry.style;
  const double middle = x + sample_width / 2, end = x + sample_width;
  const auto segment = [&](double x0, double y0, double x1, double y1, const char* head) {
    return fmt::format("set arrow from {} to {} {} {}\n", canvas.at(x0, y0), canvas.at(x1, y1),
                       head, line_words(style));
  };
  std::string text;
  if (entry.sample == Swatch::rimmed) {  // a light line on a dark one
    Style rim = style;
    rim.colour = look::black;
    rim.width += 0.7;
    text += fmt::format("set arrow from {} to {} nohead {}\n", canvas.at(x, y), canvas.at(end, y),
                        line_words(rim)) +
            segment(x, y, end, y, "nohead");
  }
  if (entry.sample == Swatch::line || entry.sample == Swatch::both) {
    text += segment(x, y, end, y, "nohead");
  }
  if (entry.sample == Swatch::arrow) {
    text += segment(x, y, end, y, "head filled size screen 0.008,20");
  }
  if (entry.sample == Swatch::bars) {
    text += segment(middle, y - 3.6, middle, y + 3.6, "nohead");
  }
  if (entry.sample == Swatch::band) {
    text += fmt::format("set object rectangle from {} to {} {}\n", canvas.at(x, y - 2.6),
                        canvas.at(end, y + 2.6), fill_words(style));
  }
  if (entry.sample == Swatch::points || entry.sample == Swatch::both ||
      entry.sample == Swatch::bars) {
    Style shown = style;
    shown.size = std::min(shown.size, 6.5);
    text += fmt::format("set label '' at {} point {}\n", canvas.at(middle, y), point_words(shown));
  }
  return text;
}

}  // namespace

std::string Canvas::at(double x, double y) const {
  return fmt::format("screen {:.5f},{:.5f}", x / width, 1 - y / height);
}

double legend_height(std::span<const Entry> entries, double width) {
  return place(entries, width).height;
}

std::string draw_legend(std::span<const Entry> entries, const Canvas& canvas, double x, double y,
                        double width) {
  std::string text;
  const double indent = indent_of(entries);
  for (const Placed& placed : place(entries, width).entries) {
    const double left = x + placed.x, middle = y + placed.y + small_line / 2;
    text += draw_sample(*placed.entry, canvas, left, middle);
    for (std::size_t k = 0; k < placed.lines.size(); ++k) {
      text += draw_text(canvas, left + indent, middle + small_line * static_cast<double>(k),
                        placed.lines[k], small_size, ink);
    }
  }
  return text;
}

std::string draw_text(const Canvas& canvas, double x, double y, const std::string& text,
                      double size, const std::string& colour, const std::string& where) {
  return fmt::format("set label {} at {} {} font ',{:g}' textcolor rgb '{}'\n", quoted(text),
                     canvas.at(x, y), where, size, colour);
}

}  // namespace grok
