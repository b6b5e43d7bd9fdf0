// The picture of figures/rates/two_rate_limits.hpp: a line of points for each variation.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "compare/statistics/summary.hpp"
#include "core/errors.hpp"
#include "figures/rates/two_rate_limits.hpp"
#include "figures/script.hpp"

namespace grok {
namespace {

constexpr double width = 1500, row_height = 26, head = 92, foot = 70, names = 345;

struct Layout {
  std::vector<double> y;  // of each line; variations of one thing stand together
  std::vector<double> rates;
  double rows = 0, height = 0;
  double place(double pixels) const { return 1 - pixels / height; }
};

Layout layout_of(const LimitsData& data) {
  Layout l;
  for (const LimitLine& line : data.lines) {
    if (std::ranges::find(l.rates, line.decoder_rate) == l.rates.end()) {
      l.rates.push_back(line.decoder_rate);
    }
  }
  std::vector<std::pair<std::string, double>> rows;  // name, row from the top
  std::string key;
  for (const LimitLine& line : data.lines) {
    if (std::ranges::find(rows, line.name, &std::pair<std::string, double>::first) == rows.end()) {
      l.rows += line.key == key ? 1 : 1.45;
      rows.emplace_back(line.name, l.rows);
      key = line.key;
    }
  }
  l.rows += 0.8;
  for (const LimitLine& line : data.lines) {
    l.y.push_back(
        l.rows -
        std::ranges::find(rows, line.name, &std::pair<std::string, double>::first)->second);
  }
  l.height = head + foot + row_height * l.rows;
  return l;
}

struct Column {
  const char* title;
  const char* setup;
  std::vector<double> guides;
  Estimate (*value)(const LimitLine&);
};

std::vector<Column> columns_of(const LimitsData& data) {
  const double base = data.lines[0].constant.value;
  return {{"{/:Italic C} = steps √(η_E η_D)",
           "set logscale x\nset xtics (0.05,0.1,0.15,0.2,0.3,0.4,0.6,1,2,4)\n",
           std::isfinite(base) ? std::vector<double>{base} : std::vector<double>{},
           [](const LimitLine& line) { return line.constant; }},
          {"measured / mode flow, median",
           "set logscale x\nset xtics (0.2,0.5,0.8,1,1.25,2,5)\n",
           {0.8, 1, 1.25},
           [](const LimitLine& line) { return line.score.ratio; }},
          {"share of steps within 1.25",
           "set xrange [-0.04:1.04]\nset xtics 0.25\n",
           {},
           [](const LimitLine& line) { return line.score.within_1_25.share; }},
          {"share told: there or stuck",
           "set xrange [-0.04:1.04]\nset xtics 0.25\n",
           {},
           [](const LimitLine& line) { return line.score.outcome; }}};
}

constexpr const char* colours[] = {"#0072B2", "#D55E00", "#009E73"};
constexpr int symbols[] = {7, 5, 9};

std::string row_names(const LimitsData& data, const Layout& l) {
  std::string text;
  int label = 200;
  std::set<std::string> named;
  for (std::size_t k = 0; k < data.lines.size(); ++k) {
    const LimitLine& line = data.lines[k];
    if (!named.insert(line.name).second) {
      continue;
    }
    std::string there;
    for (const LimitLine& other : data.lines) {
      if (other.name == line.name) {
        there +=
            fmt::format("{}{}/{}", there.empty() ? "" : ", ", other.score.there, other.score.count);
      }
    }
    const double y = l.place(head + row_height * (l.rows - l.y[k]));
    text += fmt::format(
        "set label {} {} at screen {:.4f},{:.4f} right noenhanced font ',11' textcolor rgb "
        "'#222222'\n",
        label++, quoted(line.name), (names - 84) / width, y);
    text += fmt::format(
        "set label {} {} at screen {:.4f},{:.4f} right noenhanced font ',10' textcolor rgb "
        "'#777777'\n",
        label++, grok::quoted(there), (names - 14) / width, y);
  }
  return text + fmt::format(
                    "set label {} 'got there' at screen {:.4f},{:.4f} right font ',10' textcolor "
                    "rgb '#777777'\n",
                    label, (names - 14) / width, l.place(head - 14));
}

std::string column_panel(const LimitsData& data, const Layout& l, const Column& column,
                         std::size_t c, const std::string& letter, const std::string& heading) {
  const double step = (width - names - 10) / 4;
  const double left = names + step * static_cast<double>(c);
  std::string text = "unset label\n";
  std::string plots;
  double low = 1e300, high = 0;
  for (std::size_t r = 0; r < l.rates.size(); ++r) {
    std::vector<std::vector<double>> rows;
    for (std::size_t k = 0; k < data.lines.size(); ++k) {
      const Estimate e = column.value(data.lines[k]);
      if (data.lines[k].decoder_rate == l.rates[r] && std::isfinite(e.value)) {
        const double shift = l.rates.size() == 1 ? 0 : 0.17 - 0.34 * static_cast<double>(r);
        rows.push_back({e.value, l.y[k] + shift, std::isfinite(e.low) ? e.low : e.value,
                        std::isfinite(e.high) ? e.high : e.value});
        low = std::min(low, rows.back()[2]);
        high = std::max(high, rows.back()[3]);
      }
    }
    const std::string block = fmt::format("limits{}_{}", c, r);
    text += number_block(block, rows);
    plots += rows.empty() ? ""
                          : fmt::format(
                                ", ${} using 1:2:3:4 with xerrorbars pt {} ps 0.95 lw 1.7 "
                                "lc rgb '{}' notitle",
                                block, symbols[r % 3], colours[r % 3]);
  }
  text += open_panel({left / width, (left + step - 26) / width, l.place(l.height - foot),
                      l.place(head), l.place(head - 28), letter, column.title});
  text +=
      heading +
      fmt::format("unset key\nset yrange [0:{}]\nset ytics 1 format ''\nunset ytics\n", l.rows) +
      column.setup;
  if (std::string(column.setup).find("logscale") != std::string::npos && low < high) {
    text +=
        fmt::format("set xrange [{}:{}]\n", std::min(low, 0.78) / 1.15, std::max(high, 1.3) * 1.15);
    if (c == 0) {
      text += fmt::format("set xrange [{}:{}]\n", low / 1.25, high * 1.25);
    }
  }
  for (std::size_t g = 0; g < column.guides.size(); ++g) {
    text +=
        vertical_line(column.guides[g], column.guides.size() == 1 || g == 1 ? "#009E73" : "#999999",
                      column.guides.size() == 1 || g == 1 ? 2 : 3);
  }
  return text + "plot NaN notitle" + plots + "\n";
}

std::string heading_of(const LimitsData& data, const Layout& l, const std::string& command) {
  const toy::RunSpec& base = data.lines[0].runs.at(0).spec;
  std::string text = footer(command) + row_names(data, l);
  text += fmt::format(
      "set label 400 {} at screen {:.4f},{:.4f} left font ',12' textcolor rgb '#222222'\n",
      quoted(
          fmt::format("RQI > 0.95 within {} steps; η_E = {}; base: {} units a layer, {}, {}; one "
                      "thing at a time differs from it",
                      base.steps, to_text(base.representation_rate), base.decoder_widths[0],
                      base.decoder_activation, base.loss)),
      16 / width, l.place(20));
  double left = 1180;
  for (std::size_t r = 0; r < l.rates.size(); ++r) {
    text += fmt::format(
        "set label {} {} at screen {:.4f},{:.4f} left font ',12' textcolor rgb '{}'\n", 401 + r,
        quoted(fmt::format("{} η_D = {}",
                           r == 0   ? "●"
                           : r == 1 ? "■"
                                    : "▲",
                           to_text(l.rates[r]))),
        left / width, l.place(20), colours[r % 3]);
    left += 150;
  }
  return text;
}

CsvTable line_table(const LimitsData& data) {
  CsvTable table{{"what",
                  "key",
                  "decoder_rate",
                  "runs",
                  "there",
                  "C",
                  "C_low",
                  "C_high",
                  "C_over_base",
                  "C_over_base_low",
                  "C_over_base_high",
                  "flow_ratio",
                  "flow_ratio_low",
                  "flow_ratio_high",
                  "within_1_25",
                  "within_1_25_low",
                  "within_1_25_high",
                  "told",
                  "told_low",
                  "told_high"},
                 {}};
  for (const LimitLine& line : data.lines) {
    auto& row = table.rows.emplace_back(std::vector<std::string>{
        line.name, line.key, to_text(line.decoder_rate), fmt::format("{}", line.score.count),
        fmt::format("{}", line.score.there)});
    for (const Estimate& e : {line.constant, line.ratio, line.score.ratio,
                              line.score.within_1_25.share, line.score.outcome}) {
      for (const double value : {e.value, e.low, e.high}) {
        row.push_back(cell(value));
      }
    }
  }
  return table;
}

CsvTable run_table(const LimitsData& data) {
  std::vector<FlowRun> all;
  std::vector<std::string> what;
  for (const LimitLine& line : data.lines) {
    for (const FlowRun& run : line.runs) {
      all.push_back(run);
      what.push_back(line.name);
    }
  }
  CsvTable table = flow_table(all);
  table.columns.insert(table.columns.begin(), "what");
  for (std::size_t k = 0; k < what.size(); ++k) {
    table.rows[k].insert(table.rows[k].begin(), what[k]);
  }
  return table;
}

}  // namespace

Drawing draw_limits(const LimitsData& data, const std::string& command) {
  const Layout l = layout_of(data);
  Drawing drawing;
  drawing.width = width;
  drawing.height = l.height;
  drawing.script = "set multiplot\n";
  const std::vector<Column> columns = columns_of(data);
  for (std::size_t c = 0; c < columns.size(); ++c) {
    drawing.script +=
        column_panel(data, l, columns[c], c, std::string(1, static_cast<char>('a' + c)),
                     c == 0 ? heading_of(data, l, command) : "");
  }
  drawing.script += "unset label\nunset multiplot\n";
  drawing.tables = {{"lines", line_table(data)}, {"runs", run_table(data)}};
  return drawing;
}

}  // namespace grok
