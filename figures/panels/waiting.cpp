#include "figures/panels/waiting.hpp"

#include <fmt/format.h>

#include <cmath>

namespace grok {

Panel waiting(Axis x, const std::string& label, double budget, const CsvTable& runs,
              const std::string& x_column, const std::string& steps) {
  const Rows there = rows_of(runs, {x_column, steps});
  Rows not_there = rows_of(rows_where(runs, steps, ""), {x_column});
  for (auto& row : not_there) {
    row.push_back(budget);
  }
  Style style = look::networks();
  style.size = 2.8;
  Panel panel(std::move(x), log_axis(label));
  panel.level(budget, look::reference(), fmt::format("budget: {:.0f} steps", budget));
  panel.points(there, style,
               fmt::format("networks there ({} of {})", there.size(), runs.rows.size()));
  Style open = look::censored();
  open.size = 6.5;
  return panel.counted(not_there, open,
                       fmt::format("not within it ({}; area by number)", not_there.size()));
}

void add_medians(Panel& panel, double budget, const CsvTable& medians, const std::string& x_column,
                 const std::string& median, const std::string& low, const std::string& high) {
  Rows line, closed, open;
  for (const auto& row : rows_of(medians, {x_column}, {median, low, high})) {
    if (std::isfinite(row[1])) {
      line.push_back({row[0], row[1]});
    }
    if (std::isfinite(row[2]) && std::isfinite(row[3])) {
      closed.push_back({row[0], row[1], row[2], row[3]});
    } else if (std::isfinite(row[2])) {
      open.push_back({row[0], row[2], budget});
    }
  }
  panel.line(line, look::summary());
  panel.arrows(open, look::summary());
  panel.bars(closed, look::summary());
  panel.points(line, look::summary());
  panel.entry({Swatch::both, look::summary(), "median (Kaplan–Meier), 95% interval"});
  if (!open.empty()) {
    panel.entry({Swatch::arrow, look::summary(), "interval, open above"});
  }
}

}  // namespace grok
