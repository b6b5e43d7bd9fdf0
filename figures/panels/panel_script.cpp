#include "figures/panels/panel_script.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/errors.hpp"
#include "figures/panels/text.hpp"

namespace grok {
namespace {

constexpr double tic_gap = 5, label_room = 13, tic_line = 8.5;
constexpr double tics_apart_x = 26, tics_apart_y = 16;  // at least
constexpr double head_gap = 7, note_gap = 2;
constexpr const char* ink = "#222222";

bool has_names(const Axis& axis, bool first) {
  return !axis.tics.empty() && (first || !axis.named_once);
}

/// 10^k at the decades; 1, 2, 5 and their tenfolds where there are too few decades to read by.
bool is_short(const std::pair<double, double>& ends) { return ends.second / ends.first < 100; }

/// A linear axis: its ends, and 1, 2 or 5 times a power of ten between tics.
struct Linear {
  double low = 0, high = 1, step = 0.2;
  int decimals = 1;
};

/// At most one tic for every `apart` points of `length`. Ends that nobody gave stand at a tic.
Linear linear_ends(const Axis& axis, const Panel::Range& range, double length, double apart) {
  Linear ends{axis.low.value_or(range.empty() ? 0 : range.low),
              axis.high.value_or(range.empty() ? 1 : range.high)};
  if (ends.low == ends.high) {
    ends.high = ends.low + (ends.low == 0 ? 1 : std::abs(ends.low));
  }
  const double least = std::abs(ends.high - ends.low) / std::max(2.0, length / apart);
  ends.step = std::pow(10, std::floor(std::log10(least)));
  for (const double digit : {2.0, 2.5, 2.0}) {  // 1, 2, 5, 10
    ends.step *= ends.step < least * (1 - 1e-9) ? digit : 1;
  }
  ends.decimals = std::max(0, static_cast<int>(std::ceil(-std::log10(ends.step) - 1e-9)));
  if (!axis.low) {
    ends.low = std::floor(ends.low / ends.step + 1e-9) * ends.step;
  }
  if (!axis.high) {
    ends.high = std::ceil(ends.high / ends.step - 1e-9) * ends.step;
  }
  return ends;
}

double number_width(const Axis& axis, const Panel::Range& range, double length) {
  if (axis.log) {
    const auto ends = log_ends(axis, range);
    return is_short(ends)
               ? text_width(fmt::format("{:g}", std::max(ends.second / 2, 10.0)), small_size)
               : text_width("10^{−3}", small_size);
  }
  const Linear ends = linear_ends(axis, range, length, tics_apart_y);
  double widest = 0;
  for (const double end : {ends.low, ends.high}) {
    widest = std::max(widest, text_width(fmt::format("{:.{}f}", end, ends.decimals), small_size));
  }
  return widest;
}

double tics_width(const Axis& axis, const Panel::Range& range, bool first, double length) {
  if (axis.tics.empty()) {
    return number_width(axis, range, length);
  }
  double widest = 0;
  for (const auto& [place, name] : axis.tics) {
    widest = std::max(widest, has_names(axis, first) ? text_width(name, small_size) : 0);
  }
  return widest;
}

std::string named_tics(char axis_name, const Axis& axis, bool first) {
  std::string tics;
  for (const auto& [place, label] : axis.tics) {  // in double quotes \n breaks a line
    tics += fmt::format("{}{} {}", tics.empty() ? "" : ", ",
                        has_names(axis, first) ? "\"" + label + "\"" : "''", to_text(place));
  }
  return fmt::format("set {}tics ({})\n", axis_name, tics);
}

std::string axis_words(char name, const Axis& axis, const Panel::Range& range, bool first,
                       double length) {
  if (!axis.log) {
    const Linear ends = linear_ends(axis, range, length, name == 'x' ? tics_apart_x : tics_apart_y);
    std::string text =
        fmt::format("set {}range [{}:{}]\n", name, to_text(ends.low), to_text(ends.high));
    return axis.tics.empty() ? text + fmt::format("set {0}tics {1}\nset format {0} '%.{2}f'\n",
                                                  name, to_text(ends.step), ends.decimals)
                             : text + named_tics(name, axis, first);
  }
  const auto [low, high] = log_ends(axis, range);
  std::string text =
      fmt::format("set logscale {0}\nset {0}range [{1}:{2}]\n", name, to_text(low), to_text(high));
  if (!axis.tics.empty()) {
    return text + named_tics(name, axis, first);
  }
  if (!is_short({low, high})) {
    return text + fmt::format("set format {} '10^{{%L}}'\n", name);
  }
  const double apart = name == 'x' ? tics_apart_x : tics_apart_y;
  const bool narrow = length * std::log10(2) / std::log10(high / low) < apart;
  std::string tics;
  for (double ten = std::pow(10, std::floor(std::log10(low))); ten <= high; ten *= 10) {
    for (const double digit : narrow ? std::vector{1.0, 3.0} : std::vector{1.0, 2.0, 5.0}) {
      tics += (tics.empty() ? "" : ", ") + to_text(digit * ten);
    }
  }
  return text + fmt::format("set format {0} '%g'\nset {0}tics ({1})\n", name, tics);
}

double lines_of_tics(const Axis& axis) {
  std::ptrdiff_t most = 0;
  for (const auto& [place, name] : axis.tics) {
    std::ptrdiff_t breaks = 0;
    for (auto at = name.find("\\n"); at != std::string::npos; at = name.find("\\n", at + 1)) {
      ++breaks;
    }
    most = std::max(most, breaks);
  }
  return static_cast<double>(most + 1);
}

std::vector<std::string> title_lines(const Panel& panel, double width) {
  const std::string& title = panel.content().title;
  return title.empty() ? std::vector<std::string>()
                       : wrapped(title, title_size, width - 12);  // beside the letter
}

std::vector<std::string> note_lines(const Panel& panel, double width) {
  std::vector<std::string> lines;
  for (const std::string& note : panel.content().notes) {
    const auto parts = wrapped(note, small_size, width);
    lines.insert(lines.end(), parts.begin(), parts.end());
  }
  return lines;
}

/// Title, legend and notes, from above.
std::string head_words(const Panel& panel, const Canvas& canvas, const Frame& frame) {
  std::string text;
  double y = frame.y;
  const double indent = frame.letter.empty() ? 0 : 12;
  if (!frame.letter.empty()) {
    text += draw_text(canvas, frame.x, y + title_line / 2, "{/:Bold " + frame.letter + "}",
                      title_size, ink);
  }
  for (const std::string& line : title_lines(panel, frame.width)) {
    text += draw_text(canvas, frame.x + indent, y + title_line / 2, line, title_size, ink);
    y += title_line;
  }
  const auto& legend = panel.content().legend;
  text += draw_legend(legend, canvas, frame.x, y + 1, frame.width);
  y += legend_height(legend, frame.width) + note_gap;
  for (const std::string& line : note_lines(panel, frame.width)) {
    text += draw_text(canvas, frame.x, y + small_line / 2, line, small_size, "#555555");
    y += small_line;
  }
  return text;
}

std::string label_words(const Panel& panel, const Canvas& canvas, const Frame& frame,
                        const PanelSize& size, double top) {
  const auto& content = panel.content();
  std::string text;
  if (!content.y.label.empty()) {
    // a label longer than its axis stands over two lines
    const auto lines = wrapped(content.y.label, label_size, frame.bottom - top + 16);
    for (std::size_t k = 0; k < lines.size(); ++k) {
      text += draw_text(canvas, frame.x + label_size / 2 + 9.5 * static_cast<double>(k),
                        (top + frame.bottom) / 2, lines[k], label_size, ink, "center rotate by 90");
    }
  }
  if (!content.x.label.empty()) {
    const double below = frame.bottom + tic_gap + tic_line * lines_of_tics(content.x);
    const auto lines = wrapped(content.x.label, label_size, frame.width);
    for (std::size_t k = 0; k < lines.size(); ++k) {
      text +=
          draw_text(canvas, (size.left + size.right) / 2, below + 8 + 9.5 * static_cast<double>(k),
                    lines[k], label_size, ink, "center");
    }
  }
  for (const Words& words : content.words) {
    const char* side = words.side == Side::left    ? "left"
                       : words.side == Side::right ? "right"
                                                   : "center";
    text += fmt::format(
        "set label {} at first {},first {} {} front font ',{:g}' textcolor rgb '{}'\n",
        quoted(words.text), to_text(words.x), to_text(words.y), side, small_size, words.colour);
  }
  return text;
}

std::string blocks_and_plot(const Panel& panel, const std::string& letter) {
  std::string blocks, plot;
  for (const Panel::Layer& layer : panel.content().layers) {
    std::string what = layer.formula;
    if (what.empty()) {
      const std::string name = fmt::format("{}{}", letter.empty() ? "a" : letter, plot.size());
      blocks += "$" + name + " << EOD\n";
      for (const auto& row : layer.rows) {
        std::string line;
        for (const double value : row) {
          line += (line.empty() ? "" : " ") + script_number(value);
        }
        blocks += line + '\n';
      }
      blocks += "EOD\n";
      what = "$" + name;
    }
    plot += (plot.empty() ? "plot " : ", \\\n  ") + what + ' ' + layer.plot + " notitle";
  }
  return blocks + (plot.empty() ? "plot NaN notitle" : plot) + '\n';
}

}  // namespace

std::pair<double, double> log_ends(const Axis& axis, const Panel::Range& range) {
  double low = range.empty() ? 1 : std::max(range.low, 1e-12);
  double high = range.empty() ? 10 : std::max(range.high, low);
  const double room = std::pow(high / low, 0.06) * 1.15;
  return {axis.low.value_or(low / room), axis.high.value_or(high * room)};
}

PanelSize panel_size(const Panel& panel, double width, bool first) {
  const auto& c = panel.content();
  PanelSize size;
  const double legend = legend_height(c.legend, width);
  const auto notes = note_lines(panel, width);
  size.head = title_line * static_cast<double>(title_lines(panel, width).size()) + legend +
              note_gap + small_line * static_cast<double>(notes.size()) + head_gap;
  const double tall = c.square ? width - c.right_margin - 30 : c.height;  // nearly
  size.left =
      tics_width(c.y, c.y_range, first, tall) + tic_gap + (c.y.label.empty() ? 2 : label_room);
  size.right = width - c.right_margin;
  size.axes = c.square ? size.right - size.left : c.height;
  if (!c.y.label.empty() && wrapped(c.y.label, label_size, size.axes + 16).size() > 1) {
    size.left += 9.5;
  }
  const auto lines = wrapped(c.x.label, label_size, width);
  size.foot = tic_gap + tic_line * lines_of_tics(c.x) +
              (c.x.label.empty() ? 2 : 5 + 9.5 * static_cast<double>(lines.size()));
  return size;
}

std::string panel_script(const Panel& panel, const Canvas& canvas, const Frame& frame,
                         const std::string& once) {
  const auto& c = panel.content();
  PanelSize size = panel_size(panel, frame.width, frame.first);
  size.left += frame.x;
  size.right += frame.x;
  const double top = c.square ? frame.bottom - size.axes : frame.y + size.head;
  std::string text =
      "unset logscale\nunset arrow\nunset object\nunset label\nunset format\nset border 3\n"
      "set xtics auto nomirror offset 0,0.35\nset ytics auto nomirror offset 0.4,0\nset grid\n";
  text += fmt::format(
      "set lmargin at screen {:.5f}\nset rmargin at screen {:.5f}\n"
      "set bmargin at screen {:.5f}\nset tmargin at screen {:.5f}\n",
      size.left / canvas.width, size.right / canvas.width, 1 - frame.bottom / canvas.height,
      1 - top / canvas.height);
  text += axis_words('x', c.x, c.x_range, true, size.right - size.left) +
          axis_words('y', c.y, c.y_range, frame.first, c.square ? size.axes : c.height);
  text += head_words(panel, canvas, frame) + label_words(panel, canvas, frame, size, top);
  return text + once + c.settings + blocks_and_plot(panel, frame.letter);
}

}  // namespace grok
