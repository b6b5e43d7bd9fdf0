#include "figures/panels/panel.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "core/errors.hpp"

namespace grok {
namespace {

constexpr double least_symbol = 1.2;  // pt: one among many is still seen

}  // namespace

Axis linear_axis(std::string label, std::optional<double> low, std::optional<double> high) {
  return {.label = std::move(label), .low = low, .high = high};
}
Axis log_axis(std::string label, std::optional<double> low, std::optional<double> high) {
  return {.label = std::move(label), .log = true, .low = low, .high = high};
}
Axis share_axis(std::string label) { return linear_axis(std::move(label), 0, 1.04); }
Axis fraction_axis() {
  return linear_axis("training fraction {/:Italic r} = |{/:Italic D}|/|{/:Italic D}_0|", 0, 1);
}

Axis blank_axis(double low, double high) {
  return {.low = low, .high = high, .tics = {{low - 1, ""}}};
}

Axis named_axis(std::string label, const std::vector<std::string>& names) {
  Axis axis = linear_axis(std::move(label), 0.5, static_cast<double>(names.size()) + 0.5);
  for (std::size_t k = 0; k < names.size(); ++k) {
    axis.tics.emplace_back(static_cast<double>(k + 1), names[k]);
  }
  return axis;
}
Axis rows_axis(const std::vector<std::string>& names) {
  Axis axis = named_axis("", names);
  std::swap(axis.low, axis.high);  // the first on top
  axis.named_once = true;
  return axis;
}

void Panel::Range::add(double value) {
  if (std::isfinite(value)) {
    low = std::min(low, value);
    high = std::max(high, value);
  }
}

Panel& Panel::cover(double x, double y) {
  const auto has_place = [](const Axis& axis, double value) { return !axis.log || value > 0; };
  if (has_place(content_.x, x)) {
    content_.x_range.add(x);
  }
  if (has_place(content_.y, y)) {
    content_.y_range.add(y);
  }
  return *this;
}

/// Columns 1 is x, the next `ys` are y.
Panel& Panel::add(Rows rows, const std::string& plot, std::size_t ys, const Entry& entry) {
  if (rows.empty()) {
    return *this;
  }
  for (const auto& row : rows) {
    for (std::size_t k = 1; k <= ys; ++k) {
      cover(row.at(0), row.at(k));
    }
  }
  content_.layers.push_back({std::move(rows), plot});
  return this->entry(entry);
}

Panel& Panel::entry(Entry entry) {
  if (!entry.text.empty()) {
    content_.legend.push_back(std::move(entry));
  }
  return *this;
}

Panel& Panel::line(Rows rows, const Style& style, const std::string& label) {
  return add(std::move(rows), "using 1:2 with lines " + line_words(style), 1,
             {Swatch::line, style, label});
}

Panel& Panel::law(const std::string& formula, const Style& style, const std::string& label) {
  content_.layers.push_back({{}, "with lines " + line_words(style), formula});
  return entry({Swatch::line, style, label});
}

Panel& Panel::band(Rows rows, const Style& style, const std::string& label) {
  return add(std::move(rows), "using 1:2:3 with filledcurves " + fill_words(style), 2,
             {Swatch::band, style, label});
}

Panel& Panel::points(Rows rows, const Style& style, const std::string& label) {
  return add(std::move(rows), "using 1:2 with points " + point_words(style), 1,
             {Swatch::points, style, label});
}

Panel& Panel::both(const Rows& rows, const Style& style, const std::string& label) {
  line(rows, style).points(rows, style);
  return rows.empty() ? *this : entry({Swatch::both, style, label});
}

Panel& Panel::counted(const Rows& rows, const Style& style, const std::string& label,
                      std::int64_t most) {
  std::map<std::pair<double, double>, std::int64_t> counts;
  for (const auto& row : rows) {
    most = std::max(most, ++counts[{row.at(0), row.at(1)}]);
  }
  Rows sized;
  for (const auto& [point, count] : counts) {
    const double share = static_cast<double>(count) / static_cast<double>(most);
    sized.push_back({point.first, point.second, static_cast<double>(count),
                     point_size(std::max(style.size * std::sqrt(share), least_symbol))});
  }
  return add(std::move(sized), "using 1:2:($4*P) with points " + point_words(style, true), 1,
             {Swatch::points, style, label});
}

Panel& Panel::bars(const Rows& rows, const Style& style, const std::string& label) {
  Rows closed, points;
  for (const auto& row : rows) {
    points.push_back({row.at(0), row.at(1)});
    if (std::isfinite(row.at(2)) && std::isfinite(row.at(3))) {
      closed.push_back({row[0], row[2], row[3]});
    }
  }
  add(std::move(closed),
      "using 1:2:(0):($3-$2) with vectors heads size screen 0.003,90 " + line_words(style), 2, {});
  return add(std::move(points), "using 1:2 with points " + point_words(style), 1,
             {Swatch::bars, style, label});
}

Panel& Panel::across(const Rows& rows, const Style& style, const std::string& label) {
  Rows closed, points;
  for (const auto& row : rows) {
    points.push_back({row.at(0), row.at(1)});
    if (std::isfinite(row.at(2)) && std::isfinite(row.at(3))) {
      closed.push_back({row[2], row[1], row[3]});
      cover(row[2], row[1]);
      cover(row[3], row[1]);
    }
  }
  if (!closed.empty()) {
    layer(std::move(closed), "using 1:2:($3-$1):(0) with vectors nohead " + line_words(style));
  }
  return add(std::move(points), "using 1:2 with points " + point_words(style), 1,
             {Swatch::both, style, label});
}

Panel& Panel::vectors(Rows rows, const Style& style, const std::string& label) {
  return add(std::move(rows),
             "using 1:2:3:4 with vectors head filled size screen 0.008,18 " + line_words(style), 1,
             {Swatch::arrow, style, label});
}

Panel& Panel::arrows(Rows rows, const Style& style, const std::string& label) {
  return add(
      std::move(rows),
      "using 1:2:(0):($3-$2) with vectors head filled size screen 0.005,20 " + line_words(style), 2,
      {Swatch::arrow, style, label});
}

Panel& Panel::boxes(Rows rows, const std::string& label) {
  for (const auto& row : rows) {
    cover(row.at(0), row.at(2));
    cover(row.at(1), row.at(3));
  }
  return rows.empty() ? *this
                      : layer(std::move(rows),
                              "using (($1+$2)/2):(($3+$4)/2):1:2:3:4:5 with boxxyerror fs solid "
                              "noborder fc rgb variable")
                            .entry({Swatch::none, {}, label});
}

Panel& Panel::mark(double x, const Style& style, const std::string& label) {
  if (!std::isfinite(x)) {
    return *this;
  }
  content_.x_range.add(x);
  settings(fmt::format("set arrow from first {0},graph 0 to first {0},graph 1 nohead back {1}\n",
                       to_text(x), line_words(style)));
  return entry({Swatch::line, style, label});
}

Panel& Panel::mark(const Estimate& estimate, const Style& style, const std::string& label) {
  if (std::isfinite(estimate.low) && std::isfinite(estimate.high)) {
    Style faint = style;
    faint.opacity = 0.18;
    settings(
        fmt::format("set object rectangle from first {},graph 0 to first {},graph 1 behind {}\n",
                    to_text(estimate.low), to_text(estimate.high), fill_words(faint)));
  }
  return mark(estimate.value, style, label);
}

Panel& Panel::level(double y, const Style& style, const std::string& label) {
  if (!std::isfinite(y)) {
    return *this;
  }
  settings(fmt::format("set arrow from graph 0,first {0} to graph 1,first {0} nohead back {1}\n",
                       to_text(y), line_words(style)));
  content_.y_range.add(y);
  return entry({Swatch::line, style, label});
}

Panel& Panel::words(std::vector<Words> texts) {
  content_.words.insert(content_.words.end(), texts.begin(), texts.end());
  return *this;
}

Panel& Panel::layer(Rows rows, const std::string& plot) {
  content_.layers.push_back({std::move(rows), plot});
  return *this;
}

Panel& Panel::settings(const std::string& text) {
  content_.settings += text;
  return *this;
}

Panel& Panel::title(std::string text) {
  content_.title = std::move(text);
  return *this;
}
Panel& Panel::note(std::string text) {
  content_.notes.push_back(std::move(text));
  return *this;
}
Panel& Panel::height(double points) {
  content_.height = points;
  return *this;
}
Panel& Panel::square() {
  content_.square = true;
  return *this;
}
Panel& Panel::span(double share) {
  content_.span = share;
  return *this;
}
Panel& Panel::right_margin(double points) {
  content_.right_margin = points;
  return *this;
}

Rows spread(Rows rows, double factor) {
  std::map<double, int> seen;
  for (auto& row : rows) {
    const int k = seen[row.at(0)]++;
    row[0] *= std::pow(factor, (k % 2 == 0 ? 1 : -1) * ((k + 1) / 2 % 4));
  }
  return rows;
}

}  // namespace grok
