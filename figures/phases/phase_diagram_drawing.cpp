// The picture of figures/phases/phase_diagram_figure.hpp. Sizes are pixels of the PNG until the
// last moment.
#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <sstream>

#include "figures/phases/phase_diagram_figure.hpp"
#include "figures/phases/phase_diagram_panel.hpp"
#include "figures/script.hpp"

namespace grok {
namespace {

/// Places in pixels from the upper left corner, as fractions of the picture.
struct Canvas {
  double width = 0, height = 0;
  std::string at(double x, double y) const {
    return fmt::format("screen {:.4f},{:.4f}", x / width, 1 - y / height);
  }
};

constexpr double left_margin = 92, right_margin = 24, title_height = 44, axis_height = 74;
constexpr double line_height = 27, letter_width = 8.3;

/// The text in lines of at most `letters`, broken at blanks.
std::vector<std::string> wrapped(const std::string& text, std::size_t letters) {
  std::vector<std::string> lines = {""};
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    if (!lines.back().empty() && lines.back().size() + 1 + word.size() > letters) {
      lines.emplace_back();
    }
    lines.back() += (lines.back().empty() ? "" : " ") + word;
  }
  return lines;
}

/// Entries of the legend, one after the other, on as many lines as they need.
struct Legend {
  Canvas canvas;
  double x = left_margin, y = 26;
  std::string text = {};

  void new_line() {
    x = left_margin;
    y += line_height;
  }
  void label(const std::string& words, double width_of) {
    text += fmt::format("set label {} at {} left noenhanced font ',11' textcolor rgb '#222222'\n",
                        quoted(words), canvas.at(x, y));
    x += letter_width * width_of;
  }
  void room_for(const std::string& words, double sample) {
    if (x + sample + letter_width * static_cast<double>(words.size()) > canvas.width) {
      new_line();
    }
  }
  void square(const std::string& colour, const std::string& words) {
    room_for(words, 26);
    text += fmt::format(
        "set object rectangle from {} to {} fillcolor rgb '{}' fillstyle solid border lc rgb "
        "'#888888'\n",
        canvas.at(x, y - 9), canvas.at(x + 18, y + 9), colour);
    x += 26;
    label(words, static_cast<double>(words.size()) + 2.5);
  }
  void line(std::size_t number, std::size_t count, const std::string& words) {
    room_for(words, 46);
    for (const bool rim : {true, false}) {
      text += fmt::format("set arrow from {} to {} nohead {}\n", canvas.at(x, y),
                          canvas.at(x + 38, y), line_style(number, count, rim));
    }
    x += 46;
    label(words, static_cast<double>(words.size()) + 2);
  }
  /// As many lines as they need.
  void paragraph(const std::string& words) {
    const double letters = (canvas.width - left_margin - right_margin) / letter_width;
    for (const std::string& part : wrapped(words, static_cast<std::size_t>(letters))) {
      new_line();
      label(part, 0);
    }
  }
};

/// Level numbers whose line is in one of the panels.
std::set<std::size_t> drawn_levels(std::span<const PhaseDiagram> diagrams, bool shares) {
  std::set<std::size_t> drawn;
  const auto look = [&drawn](const PhaseDiagram& diagram, const std::vector<double>& steps) {
    const auto lines = lines_of(diagram, steps);
    for (std::size_t k = 0; k + 1 < lines.size(); ++k) {  // but for that of the budget
      if (!lines[k].empty()) {
        drawn.insert(k);
      }
    }
  };
  for (const PhaseDiagram& diagram : diagrams) {
    look(diagram, first_seed_steps(diagram));
    if (shares) {
      look(diagram, median_steps(diagram));
    }
  }
  return drawn;
}

/// The phases of Table 1, and of the others those that occur.
std::vector<Phase> phases_in(std::span<const PhaseDiagram> diagrams) {
  std::set<Phase> phases = {all_phases.begin(), all_phases.begin() + 4};
  for (const PhaseDiagram& diagram : diagrams) {
    for (const PhaseCell& cell : diagram.cells) {
      for (const PhaseRun& run : cell.runs) {
        phases.insert(run.phase);
      }
    }
  }
  return {phases.begin(), phases.end()};
}

Legend make_legend(const Canvas& canvas, std::span<const PhaseDiagram> diagrams, bool shares) {
  Legend legend{canvas};
  for (const Phase phase : phases_in(diagrams)) {
    legend.square(phase_colour(phase), phase == Phase::none ? "no phase" : phase_name(phase));
  }
  legend.new_line();
  const std::string what =
      shares ? "steps to generalise (of several seeds: median):" : "steps to generalise:";
  legend.label(what, 0.9 * static_cast<double>(what.size()) + 2);
  const std::vector<double> levels = contour_levels(diagrams.front().budget);
  for (const std::size_t k : drawn_levels(diagrams, shares)) {
    legend.line(k, levels.size(), fmt::format("{:.0f}", levels[k]));
  }
  legend.line(levels.size(), levels.size(), fmt::format("not within {}", diagrams.front().budget));
  legend.paragraph("Where several of these lines coincide, the one of most steps is drawn.");
  if (shares) {
    legend.paragraph(
        "Bars: share of the seeds in each phase, the most frequent at the bottom. Whisker: 95% "
        "interval of that share; those of all phases are in the CSV file 'shares'.");
  }
  if (!is_published_setting(diagrams.front())) {
    legend.paragraph("Not the published setting: " + setting_text(diagrams.front()) + ".");
  }
  return legend;
}

/// What opens the title of a panel; nothing where there is no loss.
std::string loss_title(const std::string& loss) {
  const std::string name = loss == "mse"             ? "Regression"
                           : loss == "cross-entropy" ? "Classification"
                                                     : loss;
  return name.empty() ? "" : name + ", ";
}

struct PanelContent {
  const PhaseDiagram* diagram = nullptr;
  bool shares = false;
  std::string title;
};

std::vector<PanelContent> panel_contents(std::span<const PhaseDiagram> diagrams, bool shares) {
  std::vector<PanelContent> contents;
  for (const PhaseDiagram& diagram : diagrams) {
    const std::string loss = loss_title(diagram.loss);
    contents.push_back({&diagram, false, fmt::format("{}seed {}", loss, diagram.seeds.front())});
    if (shares) {
      contents.push_back(
          {&diagram, true, fmt::format("{}all {} seeds", loss, diagram.seeds.size())});
    }
  }
  return contents;
}

}  // namespace

Drawing draw_phase_diagrams(std::span<const PhaseDiagram> diagrams, const std::string& command) {
  const bool shares = std::any_of(diagrams.begin(), diagrams.end(),
                                  [](const PhaseDiagram& d) { return d.seeds.size() > 1; });
  const std::vector<PanelContent> contents = panel_contents(diagrams, shares);
  const std::size_t columns = std::min<std::size_t>(contents.size(), 2);
  const std::size_t rows = (contents.size() + columns - 1) / columns;
  const double width = columns == 1 ? 760 : 480, height = columns == 1 ? 560 : 370;
  const double column_width = left_margin + width + right_margin;
  const double row_height = title_height + height + axis_height;
  Canvas canvas{static_cast<double>(columns) * column_width, 1};
  const double head =
      make_legend(canvas, diagrams, shares).y + 20;  // does not depend on the height
  canvas.height = head + static_cast<double>(rows) * row_height + 26;

  Drawing drawing;
  drawing.width = canvas.width;
  drawing.height = canvas.height;
  drawing.script = "set multiplot\n";
  std::string decoration = footer(command) + make_legend(canvas, diagrams, shares).text;
  for (std::size_t k = 0; k < contents.size(); ++k) {
    const double x = left_margin + static_cast<double>(k % columns) * column_width;
    const double y = head + static_cast<double>(k / columns) * row_height + title_height;
    const PanelFrame panel{x / canvas.width,
                           (x + width) / canvas.width,
                           1 - (y + height) / canvas.height,
                           1 - y / canvas.height,
                           1 - (y - title_height / 2) / canvas.height,
                           std::string(1, static_cast<char>('a' + k)),
                           contents[k].title};
    drawing.script +=
        phase_panel(panel, *contents[k].diagram, contents[k].shares, decoration) + "unset label\n";
    decoration.clear();  // once
  }
  drawing.script += "unset multiplot\n";
  drawing.tables = {{"runs", phase_run_table(diagrams)}, {"shares", phase_share_table(diagrams)}};
  return drawing;
}

}  // namespace grok
