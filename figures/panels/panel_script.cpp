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

/// Where an axis ends, and what stands at its tics; none: powers of ten, by gnuplot.
struct Scale {
  double low = 0, high = 1;
  std::vector<std::pair<double, std::string>> tics = {};
};

/// 1, 2 or 5 times a power of ten between tics, at most one for every `apart` points of `length`.
/// Ends that nobody gave stand at a tic.
Scale linear_scale(const Axis& axis, const Panel::Range& range, double length, double apart) {
  Scale scale{axis.low.value_or(range.empty() ? 0 : range.low),
              axis.high.value_or(range.empty() ? 1 : range.high)};
  if (scale.low == scale.high) {
    scale.high = scale.low + (scale.low == 0 ? 1 : std::abs(scale.low));
  }
  const double least = std::abs(scale.high - scale.low) / std::max(2.0, length / apart);
  double step = std::pow(10, std::floor(std::log10(least)));
  for (const double digit : {2.0, 2.5, 2.0}) {  // 1, 2, 5, 10
    step *= step < least * (1 - 1e-9) ? digit : 1;
  }
  scale.low = axis.low ? scale.low : std::floor(scale.low / step + 1e-9) * step;
  scale.high = axis.high ? scale.high : std::ceil(scale.high / step - 1e-9) * step;
  const int decimals = std::max(0, static_cast<int>(std::ceil(-std::log10(step) - 1e-9)));
  const auto [first, last] = std::minmax(scale.low, scale.high);  // an axis may go down
  const double lowest = first, highest = last;
  for (double k = std::ceil(lowest / step - 1e-9); k * step <= highest + 1e-9 * step; ++k) {
    std::string label = fmt::format("{:.{}f}", k == 0 ? 0 : k * step, decimals);
    label.replace(0, label.starts_with('-') ? 1 : 0, label.starts_with('-') ? "−" : "");
    scale.tics.emplace_back(k * step, std::move(label));
  }
  return scale;
}

/// 1, 2, 5 and their tenfolds where there are too few decades to read by; 1 and 3 if these touch.
Scale log_scale(const Axis& axis, const Panel::Range& range, double length, double apart) {
  const auto [low, high] = log_ends(axis, range);
  Scale scale{low, high};
  if (high / low >= 100) {
    return scale;
  }
  const bool narrow = length * std::log10(2) / std::log10(high / low) < apart;
  for (double ten = std::pow(10, std::floor(std::log10(low))); ten <= high; ten *= 10) {
    for (const double digit : narrow ? std::vector{1.0, 3.0} : std::vector{1.0, 2.0, 5.0}) {
      if (low <= digit * ten && digit * ten <= high) {
        scale.tics.emplace_back(digit * ten, fmt::format("{:g}", digit * ten));
      }
    }
  }
  return scale;
}

/// `first`: in its row; others may leave out the names that stand there.
Scale scale_of(const Axis& axis, const Panel::Range& range, double length, double apart,
               bool first) {
  Scale scale =
      axis.log ? log_scale(axis, range, length, apart) : linear_scale(axis, range, length, apart);
  if (!axis.tics.empty()) {
    scale.tics = axis.tics;
    for (auto& [place, name] : scale.tics) {
      name = first || !axis.named_once ? name : "";
    }
  }
  return scale;
}

double tics_width(const Scale& scale) {
  double widest = scale.tics.empty() ? text_width("10^{−3}", small_size) : 0;
  for (const auto& [place, name] : scale.tics) {
    widest = std::max(widest, text_width(name, small_size));
  }
  return widest;
}

/// In double quotes, where \n breaks a line and nothing else means anything.
std::string with_breaks(const std::string& label) {
  std::string text = "\"";
  for (std::size_t k = 0; k < label.size(); ++k) {
    const char c = label[k];
    const bool breaks = c == '\\' && k + 1 < label.size() && label[k + 1] == 'n';
    text += (c == '"' || c == '`' || (c == '\\' && !breaks)) ? "\\" : "";
    text += c;
  }
  return text + "\"";
}

std::string axis_words(char name, bool log, const Scale& scale) {
  std::string text =
      fmt::format("set {}range [{}:{}]\n", name, to_text(scale.low), to_text(scale.high));
  text += log ? fmt::format("set logscale {}\n", name) : "";
  if (scale.tics.empty()) {
    return text + fmt::format("set format {} '10^{{%L}}'\n", name);
  }
  std::string tics;
  for (const auto& [place, label] : scale.tics) {
    tics += fmt::format("{}{} {}", tics.empty() ? "" : ", ", with_breaks(label), to_text(place));
  }
  return text + fmt::format("set {}tics ({})\n", name, tics);
}

double lines_of_tics(const Axis& axis) {
  const auto is_named = [](const auto& tic) { return !tic.second.empty(); };
  if (!axis.tics.empty() && std::ranges::none_of(axis.tics, is_named)) {
    return 0;
  }
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
  const Scale y = scale_of(c.y, c.y_range, tall, tics_apart_y, first);
  size.left = tics_width(y) + tic_gap + (c.y.label.empty() ? 2 : label_room);
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
      "set tics nomirror out scale 0.5 textcolor rgb '#222222' font ',7'\n"
      "set xtics auto nomirror offset 0,0.35\nset ytics auto nomirror offset 0.4,0\nset grid\n";
  text += fmt::format(
      "set lmargin at screen {:.5f}\nset rmargin at screen {:.5f}\n"
      "set bmargin at screen {:.5f}\nset tmargin at screen {:.5f}\n",
      size.left / canvas.width, size.right / canvas.width, 1 - frame.bottom / canvas.height,
      1 - top / canvas.height);
  const double tall = c.square ? size.axes : c.height;
  text += axis_words('x', c.x.log,
                     scale_of(c.x, c.x_range, size.right - size.left, tics_apart_x, true));
  text += axis_words('y', c.y.log, scale_of(c.y, c.y_range, tall, tics_apart_y, frame.first));
  text += head_words(panel, canvas, frame) + label_words(panel, canvas, frame, size, top);
  return text + once + c.settings + blocks_and_plot(panel, frame.letter);
}

}  // namespace grok
