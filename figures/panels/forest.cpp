#include "figures/panels/forest.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "figures/panels/legend.hpp"
#include "figures/panels/text.hpp"

namespace grok {
namespace {

constexpr double row_height = 12, kind_height = 9.5;

/// How many kinds the fullest row has.
std::size_t most_in_a_row(const std::vector<ForestPoint>& points) {
  std::map<std::size_t, std::size_t> counts;
  std::size_t most = 1;
  for (const ForestPoint& point : points) {
    most = std::max(most, ++counts[point.row]);
  }
  return most;
}

}  // namespace

Panel forest(Axis x, const std::vector<std::string>& names, const std::vector<ForestKind>& kinds,
             const std::vector<ForestPoint>& points, bool with_numbers) {
  const std::size_t most = most_in_a_row(points);
  Panel panel(std::move(x), rows_axis(names));
  std::vector<Rows> rows(kinds.size());
  std::map<std::size_t, double> placed;
  double widest = 0;
  for (const ForestPoint& point : points) {
    const Estimate& e = point.estimate;
    const double below = placed[point.row]++;
    if (!std::isfinite(e.value)) {
      continue;
    }
    const double spread = 0.62 / static_cast<double>(most);
    const double y = static_cast<double>(point.row + 1) +
                     (most > 1 ? spread * (below - static_cast<double>(most - 1) / 2) : 0);
    rows.at(point.kind).push_back({e.value, y, e.low, e.high});
    if (with_numbers) {
      const std::string text = with_interval(e);
      widest = std::max(widest, text_width(text, small_size));
      panel.settings("set label " + quoted(text) + " at graph 1.015,first " + script_number(y) +
                     " left font ',7' textcolor rgb '#444444'\n");
    }
  }
  for (std::size_t k = 0; k < kinds.size(); ++k) {
    panel.across(rows[k], kinds[k].style, kinds[k].name);
  }
  const double heights = most > 1 ? kind_height * static_cast<double>(most) + 5 : row_height;
  return panel.height(heights * static_cast<double>(names.size()) + 6)
      .right_margin(with_numbers ? widest + 6 : 8)
      .settings("set grid noytics\n");
}

}  // namespace grok
