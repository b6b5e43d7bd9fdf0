#include "figures/panels/traces.hpp"

#include <algorithm>
#include <cmath>

#include "core/errors.hpp"
#include "figures/panels/legend.hpp"
#include "figures/panels/text.hpp"

namespace grok {

Panel traces(Axis x, Axis y, const CsvTable& table, const std::string& x_column,
             const std::vector<std::pair<std::string, std::string>>& traces) {
  Panel panel(x, std::move(y));
  double widest = 0;
  for (std::size_t k = 0; k < traces.size(); ++k) {
    const auto& [column, name] = traces[k];
    Rows rows = rows_of(table, {x_column, column});
    std::erase_if(rows, [&x](const auto& row) { return x.high && row[0] > *x.high; });
    if (rows.empty()) {
      continue;
    }
    const Style style{.colour = look::scale_colour(k, traces.size())};
    panel.settings("set label " + quoted(name) + " at graph 1.01,first " + to_text(rows.back()[1]) +
                   " left font ',7' textcolor rgb '" + style.colour + "'\n");
    widest = std::max(widest, text_width(name, small_size));
    panel.line(std::move(rows), style);
  }
  return panel.right_margin(widest + 7);
}

}  // namespace grok
