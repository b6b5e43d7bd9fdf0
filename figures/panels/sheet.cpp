#include "figures/panels/sheet.hpp"

#include <algorithm>
#include <numeric>

#include "core/errors.hpp"
#include "figures/panels/panel_script.hpp"

namespace grok {
namespace {

constexpr double edge = 3, column_gap = 16, row_gap = 13, foot_height = 11;

/// A row of panels at its place: columns in proportion to their spans.
struct LaidRow {
  std::vector<const Panel*> panels;
  std::vector<double> x, width;
  double bottom_offset = 0, height = 0;  // of the axes' foot, from the row's top; of all
};

LaidRow lay_row(std::vector<const Panel*> panels, double width) {
  LaidRow row{std::move(panels), {}, {}};
  const double spans =
      std::accumulate(row.panels.begin(), row.panels.end(), 0.0,
                      [](double sum, const Panel* panel) { return sum + panel->content().span; });
  const double room = width - 2 * edge - column_gap * static_cast<double>(row.panels.size() - 1);
  double x = edge, foot = 0;
  for (std::size_t k = 0; k < row.panels.size(); ++k) {
    row.x.push_back(x);
    row.width.push_back(room * row.panels[k]->content().span / spans);
    const PanelSize size = panel_size(*row.panels[k], row.width[k], k == 0);
    row.bottom_offset = std::max(row.bottom_offset, size.head + size.axes);
    foot = std::max(foot, size.foot);
    x += row.width[k] + column_gap;
  }
  row.height = row.bottom_offset + foot;
  return row;
}

std::vector<LaidRow> lay_rows(const std::vector<std::vector<Panel>>& rows, double width) {
  std::vector<LaidRow> laid;
  for (const auto& row : rows) {
    std::vector<const Panel*> beside;
    for (const Panel& panel : row) {
      beside.push_back(&panel);
      if (width < narrow_sheet) {
        laid.push_back(lay_row(std::exchange(beside, {}), width));
      }
    }
    if (!beside.empty()) {
      laid.push_back(lay_row(std::move(beside), width));
    }
  }
  return laid;
}

}  // namespace

Sheet& Sheet::row(std::vector<Panel> panels) {
  rows_.push_back(std::move(panels));
  return *this;
}
Sheet& Sheet::legend(std::vector<Entry> entries) {
  legend_ = std::move(entries);
  return *this;
}
Sheet& Sheet::table(std::string name, CsvTable table) {
  tables_.emplace_back(std::move(name), std::move(table));
  return *this;
}
Sheet& Sheet::caption(const std::string& sentence) {
  caption_ += (caption_.empty() ? "" : " ") + sentence;
  return *this;
}
Sheet& Sheet::report(const std::string& lines) {
  report_ += lines;
  return *this;
}

const CsvTable& Sheet::table(const std::string& name) const {
  const auto found = std::ranges::find(tables_, name, &std::pair<std::string, CsvTable>::first);
  if (found == tables_.end()) {
    throw Error("Sheet: table = '" + name + "', allowed a table of this figure");
  }
  return found->second;
}

Picture Sheet::laid_out(double width, const std::string& foot) const {
  const std::vector<LaidRow> rows = lay_rows(rows_, width);
  const double legend = legend_height(legend_, width - 2 * edge);
  const double head = edge + legend + (legend > 0 ? 5 : 0);
  Canvas canvas{width, head + foot_height + edge};
  for (const LaidRow& row : rows) {
    canvas.height += row.height + (&row == &rows.front() ? 0 : row_gap);
  }
  Picture picture{"set multiplot\n", width, canvas.height};
  std::string once =
      draw_legend(legend_, canvas, edge, edge, width - 2 * edge) +
      draw_text(canvas, width - edge, canvas.height - 5, foot, 7, look::grey, "right noenhanced");
  double y = head;
  char letter = 'a';
  std::size_t panels = 0;
  for (const LaidRow& row : rows) {
    panels += row.panels.size();
  }
  for (const LaidRow& row : rows) {
    for (std::size_t k = 0; k < row.panels.size(); ++k) {
      const Frame frame{row.x[k],     y,
                        row.width[k], y + row.bottom_offset,
                        k == 0,       panels > 1 ? std::string(1, letter++) : std::string()};
      picture.script += panel_script(*row.panels[k], canvas, frame, once);
      once.clear();
    }
    y += row.height + row_gap;
  }
  picture.script += "unset multiplot\n";
  return picture;
}

}  // namespace grok
