// A line for each run that kept its curve.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "core/errors.hpp"
#include "core/nearest.hpp"
#include "figures/panels/text.hpp"
#include "figures/plot/plot_parts.hpp"

namespace grok {
namespace {

void require_column(const CsvTable& curves, const std::string& option, const std::string& name) {
  std::vector<std::string> names = curves.columns;
  std::erase_if(names,
                [](const auto& column) { return column == "identity" || column == "stride"; });
  if (std::ranges::find(names, name) == names.end()) {
    reject("plot", option, name.empty() ? "nothing" : "'" + name + "'",
           "a column of the curves: " + allowed_names(name, names));
  }
}

CsvTable columns_of(const CsvTable& table, const std::vector<std::string>& names) {
  CsvTable some{names, {}};
  std::vector<std::size_t> places;
  for (const std::string& name : names) {
    places.push_back(
        static_cast<std::size_t>(std::ranges::find(table.columns, name) - table.columns.begin()));
  }
  for (const auto& row : table.rows) {
    auto& cells = some.rows.emplace_back();
    for (const std::size_t place : places) {
      cells.push_back(row[place]);
    }
  }
  return some;
}

/// x, y of each curve, by the name of its run; a curve for each stride that was kept.
std::map<std::string, std::vector<Rows>> lines_of(const CsvTable& curves, const std::string& x,
                                                  const std::string& y) {
  std::map<std::string, std::vector<Rows>> lines;
  std::map<std::pair<std::string, std::string>, CsvTable> parts;
  for (const auto& row : columns_of(curves, {"identity", "stride", x, y}).rows) {
    auto& part = parts[{row[0], row[1]}];
    part.columns = {x, y};
    part.rows.push_back({row[2], row[3]});
  }
  for (const auto& [key, part] : parts) {
    lines[key.first].push_back(rows_of(part, {x, y}));
  }
  return lines;
}

std::vector<double> numbers_in(const std::map<std::string, std::vector<Rows>>& lines,
                               std::size_t k) {
  std::vector<double> numbers;
  for (const auto& [name, curves] : lines) {
    for (const Rows& curve : curves) {
      for (const auto& row : curve) {
        numbers.push_back(row[k]);
      }
    }
  }
  return numbers;
}

std::string words_of(std::string name) {
  std::ranges::replace(name, '_', ' ');
  return plain(name);
}

/// Without the points that a logarithmic axis has no place for; how many they are.
std::size_t drop_not_positive(std::map<std::string, std::vector<Rows>>& lines, std::size_t k) {
  std::size_t dropped = 0;
  for (auto& [name, curves] : lines) {
    for (Rows& curve : curves) {
      dropped += std::erase_if(curve, [k](const auto& row) { return row[k] <= 0; });
    }
  }
  return dropped;
}

/// Linear, or as asked for; steps begin at 0, which a logarithmic axis leaves out.
Axis axis_of(std::map<std::string, std::vector<Rows>>& lines, std::size_t k,
             const std::string& name, std::optional<bool> asked, std::size_t& dropped) {
  if (asked.value_or(false)) {
    dropped += drop_not_positive(lines, k);
  }
  const std::vector<double> numbers = numbers_in(lines, k);
  const bool log = asked.value_or(spans_decades(numbers));
  return log ? log_axis(words_of(name)) : linear_axis(words_of(name));
}

}  // namespace

Plot draw_curves(const PlotData& data, const PlotAsked& asked, const CsvTable& curves) {
  const std::string x = asked.x.empty() ? "step" : asked.x;
  require_column(curves, "--x", x);
  require_column(curves, "--y", asked.y);
  auto lines = lines_of(curves, x, asked.y);
  const PlotColumn* identity = data.frame.find("identity");
  const PlotColumn* colour = data.columns.colour;
  std::vector<std::string> values = {""};
  std::vector<PlotClass> classes(1);
  classes[0].colour = look::blue;
  if (colour != nullptr) {
    values = distinct_values(*colour, data.frame.all());
    classes = classes_of(*colour, values, "--colour");
  }
  std::size_t dropped = 0;
  const Axis across = axis_of(lines, 0, x, asked.log_x, dropped),
             up = axis_of(lines, 1, asked.y, asked.log_y, dropped);
  std::int64_t drawn = 0;
  std::vector<Panel> panels;
  for (const PlotPanel& part : data.panels) {
    Panel panel(across, up);
    for (const std::size_t row : part.rows) {
      const auto k =
          colour == nullptr ? 0 : std::ranges::find(values, colour->cells[row]) - values.begin();
      for (const Rows& curve : lines[identity->cells[row]]) {
        drawn += curve.empty() ? 0 : 1;
        panel.line(curve, {.colour = classes[static_cast<std::size_t>(k)].colour, .width = 0.6});
      }
    }
    for (const auto& [name, all] : lines) {
      for (const Rows& curve : all) {
        for (const auto& point : curve) {
          panel.cover(point[0], point[1]);
        }
      }
    }
    panels.push_back(
        std::move(panel.title(plain(part.title)).height(panel_height(data.panels.size()))));
  }
  if (drawn == 0) {
    reject("plot", "curves", "0 with " + asked.y, "1 or more (study run --curves N keeps them)");
  }
  Plot plot{PlotKind::curves, {}};
  std::vector<Entry> legend;
  for (std::size_t k = 0; colour != nullptr && k < classes.size(); ++k) {
    const std::string name =
        colour->numeric() ? colour->words() + " = " + classes[k].name : classes[k].name;
    legend.push_back({Swatch::line, {.colour = classes[k].colour, .width = 1.1}, plain(name)});
  }
  plot.sheet.table("runs", run_table(data)).legend(std::move(legend));
  plot.sheet.table("curves", columns_of(curves, {"identity", "stride", x, asked.y}));
  lay_out(plot.sheet, std::move(panels));
  const auto kept = std::ranges::count_if(
      data.frame.all(), [&](std::size_t row) { return !lines[identity->cells[row]].empty(); });
  const auto without = std::ssize(data.frame.all()) - kept;
  plot.sheet.caption(
      without == 0 ? "A line is a run."
                   : fmt::format("A line is a run; {} kept no curve.", counted(without, "run")));
  if (dropped > 0) {
    plot.sheet.caption(fmt::format("{} at or below 0 {} no place on a logarithmic axis.",
                                   counted(static_cast<std::int64_t>(dropped), "point"),
                                   dropped == 1 ? "has" : "have"));
  }
  return plot;
}

}  // namespace grok
