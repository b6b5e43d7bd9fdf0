#include "figures/script.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/errors.hpp"

namespace grok {

std::string cell(const std::optional<double>& value) {
  return value && !std::isnan(*value) ? to_text(*value) : "";
}

std::string data_block(const std::string& name, const std::vector<std::vector<std::string>>& rows) {
  std::string text = "$" + name + " << EOD\n";
  for (const auto& row : rows) {
    for (std::size_t k = 0; k < row.size(); ++k) {
      text += (k == 0 ? "" : " ") + row[k];
    }
    text += '\n';
  }
  return text + "EOD\n";
}

std::string number_block(const std::string& name, const std::vector<std::vector<double>>& rows) {
  std::vector<std::vector<std::string>> cells;
  for (const auto& row : rows) {
    std::vector<std::string> line;
    for (const double value : row) {
      line.push_back(script_number(value));
    }
    cells.push_back(std::move(line));
  }
  return data_block(name, cells);
}

Multiplicity count_points(std::span<const std::pair<double, double>> points) {
  Multiplicity counts;
  for (const auto& point : points) {
    ++counts[point];
  }
  return counts;
}

std::int64_t largest_count(const Multiplicity& points) {
  std::int64_t largest = 1;
  for (const auto& [point, count] : points) {
    largest = std::max(largest, count);
  }
  return largest;
}

std::vector<std::vector<double>> sized_rows(const Multiplicity& points, double largest,
                                            std::int64_t largest_count) {
  std::vector<std::vector<double>> rows;
  for (const auto& [point, count] : points) {
    const double share = static_cast<double>(count) / static_cast<double>(largest_count);
    rows.push_back(
        {point.first, point.second, static_cast<double>(count), largest * std::sqrt(share)});
  }
  return rows;
}

std::string open_panel(const PanelFrame& panel) {
  std::string text =
      "unset logscale\nunset arrow\nunset object\nunset format\nset xtics auto nomirror\nset ytics "
      "auto nomirror\n"
      "set border 3\nset autoscale\nunset xlabel\nunset ylabel\nset grid\n";
  text += fmt::format(
      "set lmargin at screen {:.4f}\nset rmargin at screen {:.4f}\n"
      "set bmargin at screen {:.4f}\nset tmargin at screen {:.4f}\n",
      panel.left, panel.right, panel.bottom, panel.top);
  const std::string letter =
      panel.letter.empty() ? "" : fmt::format("{{/:Bold {}}}  ", panel.letter);
  text += fmt::format("set label 1 {} at screen {:.4f},{:.4f} left\n", quoted(letter + panel.title),
                      panel.left, panel.head);
  text += fmt::format(
      "set key at screen {:.4f},{:.4f} left top vertical maxcols 1 Left reverse samplen 2.2 "
      "spacing 1.15 width {:.1f} font ',10' textcolor rgb '#222222'\n",
      panel.left, panel.head - 0.018, panel.key_width);
  return text;
}

std::string footer(const std::string& command) {
  return fmt::format(
      "set label 99 {} at screen 0.995,0.014 right noenhanced font ',9' textcolor rgb '#8a8a8a'\n",
      quoted(command));
}

std::string caption(double x, double y, double line_height, const std::vector<std::string>& lines) {
  std::string text;
  for (std::size_t k = 0; k < lines.size(); ++k) {
    text += fmt::format(
        "set label {} {} at screen {:.4f},{:.4f} left font ',10' textcolor rgb '#444444'\n", 10 + k,
        quoted(lines[k]), x, y - line_height * static_cast<double>(k));
  }
  return text;
}

std::string vertical_line(double x, const std::string& colour, int dash) {
  return fmt::format(
      "set arrow from first {0},graph 0 to first {0},graph 1 nohead back lw 2 dt {1} lc rgb "
      "'{2}'\n",
      to_text(x), dash, colour);
}

std::string vertical_band(const Estimate& estimate, const std::string& colour) {
  if (!std::isfinite(estimate.low) || !std::isfinite(estimate.high)) {
    return "";
  }
  return fmt::format(
      "set object rectangle from first {},graph 0 to first {},graph 1 behind fillcolor rgb '{}' "
      "fillstyle solid 0.18 noborder\n",
      to_text(estimate.low), to_text(estimate.high), colour);
}

}  // namespace grok
