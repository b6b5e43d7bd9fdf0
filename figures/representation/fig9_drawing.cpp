// The picture of figures/representation/fig9_curriculum.hpp: one column per sample, everything in
// one column unit.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "figures/representation/fig9_curriculum.hpp"
#include "figures/script.hpp"

namespace grok {
namespace {

// Heights in column units; y grows upwards, 0 is the foot of the upper panel.
constexpr double panel_height = 2.32, title_y = 2.24, table_top = 2.02, table_width = 0.84;
constexpr double line_y = 0.90, nullity_y = 0.63, relation_y = 0.49, relation_step = 0.088;
constexpr std::size_t shown_relations = 5;

double cell_size(const CurriculumData& data) {
  return table_width / static_cast<double>(data.symbols);
}

/// Left edge of the drawing of step k, which is column k + 1.
double left_edge(std::size_t k) { return static_cast<double>(k) + 1 - table_width / 2; }

enum class CellKind { empty, train, added, implied };

CellKind kind_of(const CurriculumStep& step, Sample s) {
  const auto among = [s](const std::vector<Sample>& list) {
    return std::find(list.begin(), list.end(), s) != list.end();
  };
  if (s == step.added) {
    return CellKind::added;
  }
  return among(step.train)             ? CellKind::train
         : among(step.implied_samples) ? CellKind::implied
                                       : CellKind::empty;
}

/// x, y and output of the cells of one kind: i downwards, j to the right.
std::vector<std::vector<double>> cells(const CurriculumData& data, CellKind kind) {
  std::vector<std::vector<double>> rows;
  const double size = cell_size(data);
  for (std::size_t k = 0; k < data.steps.size(); ++k) {
    for (std::int32_t i = 0; i < data.symbols; ++i) {
      for (std::int32_t j = i; j < data.symbols; ++j) {
        if (kind_of(data.steps[k], {i, j}) == kind) {
          rows.push_back({left_edge(k) + (j + 0.5) * size, table_top - (i + 0.5) * size,
                          static_cast<double>(i + j)});
        }
      }
    }
  }
  return rows;
}

std::string label_row(double x, double y, const std::string& text) {
  return fmt::format("{} {} \"{}\"\n", x, y, text);
}

/// Row and column numbers of the tables, and the names of the symbols on the lines.
std::string symbol_labels(const CurriculumData& data) {
  std::string text = "$symbols << EOD\n";
  const double size = cell_size(data);
  for (std::size_t k = 0; k < data.steps.size(); ++k) {
    for (std::int32_t s = 0; s < data.symbols; ++s) {
      const double along = left_edge(k) + (s + 0.5) * size;
      const std::string name = fmt::format("{}", s);
      text += label_row(along, table_top + 0.055, name);
      text += label_row(along - 0.75 * size, table_top - (s + 0.5) * size, name);
      text += label_row(along, line_y - 0.085, name);
    }
  }
  return text + "EOD\n";
}

std::string dots(const CurriculumData& data) {
  std::vector<std::vector<double>> rows;
  for (std::size_t k = 0; k < data.steps.size(); ++k) {
    for (Index s = 0; s < data.symbols; ++s) {
      rows.push_back({left_edge(k) + (static_cast<double>(s) + 0.5) * cell_size(data), line_y});
    }
  }
  return number_block("dots", rows);
}

/// Gaps of the lines: known to equal another (x, y, length, colour) or free, and a letter for each.
std::string gaps(const CurriculumData& data) {
  std::vector<std::vector<double>> equal, free;
  std::string letters = "$letters << EOD\n";
  const double size = cell_size(data);
  for (std::size_t k = 0; k < data.steps.size(); ++k) {
    const auto& classes = data.steps[k].gap_class;
    for (std::size_t a = 0; a < classes.size(); ++a) {
      const double x = left_edge(k) + (static_cast<double>(a) + 0.5) * size;
      const auto members = std::count(classes.begin(), classes.end(), classes[a]);
      const auto colour = static_cast<double>(classes[a] % 6 + 1);
      (members > 1 ? equal : free).push_back({x, line_y, size, colour});
      letters += label_row(x + size / 2, line_y + 0.06,
                           std::string(1, static_cast<char>('a' + classes[a])));
    }
  }
  return number_block("equal", equal) + number_block("free", free) + letters + "EOD\n";
}

/// The new relations of a step: those of D, then what follows from them.
std::vector<std::string> relation_lines(const CurriculumStep& step) {
  std::vector<std::string> lines;
  for (const Parallelogram& q : step.new_direct) {
    lines.push_back(relation_text(q, true));
  }
  for (const Parallelogram& q : step.new_implied) {
    lines.push_back("⇒ " + relation_text(q, true));
  }
  if (lines.size() > shown_relations) {
    const std::size_t more = lines.size() - (shown_relations - 1);
    lines.resize(shown_relations - 1);
    lines.push_back(fmt::format("⇒ and {} more", more));
  }
  if (step.repeated) {
    lines.push_back("nothing new");
  }
  return lines;
}

std::string column_texts(const CurriculumData& data) {
  std::string text = "$heads << EOD\n", relations = "$relations << EOD\n";
  std::string nullities = "$nullities << EOD\n";
  for (std::size_t k = 0; k < data.steps.size(); ++k) {
    const CurriculumStep& step = data.steps[k];
    text += label_row(static_cast<double>(k) + 1, title_y,
                      fmt::format("{{/:Bold + ({},{})}}{}", step.added.i, step.added.j,
                                  step.repeated ? " again" : ""));
    nullities +=
        label_row(static_cast<double>(k) + 1, nullity_y,
                  fmt::format("|{{/:Italic D}}| = {},  {{/:Italic n}}_0 = {}{}", step.train.size(),
                              step.nullity, step.nullity == data.full_nullity ? ": unique" : ""));
    const auto lines = relation_lines(step);
    for (std::size_t line = 0; line < lines.size(); ++line) {
      relations += label_row(static_cast<double>(k) + 1,
                             relation_y - relation_step * static_cast<double>(line), lines[line]);
    }
  }
  return text + "EOD\n" + relations + "EOD\n" + nullities + "EOD\n";
}

std::string tables_panel(const CurriculumData& data) {
  const double half = 0.46 * cell_size(data);
  const std::string columns = fmt::format("{}", static_cast<double>(data.steps.size()) + 0.5);
  std::string text = number_block("empty", cells(data, CellKind::empty)) +
                     number_block("train", cells(data, CellKind::train)) +
                     number_block("added", cells(data, CellKind::added)) +
                     number_block("implied", cells(data, CellKind::implied)) + symbol_labels(data) +
                     dots(data) + gaps(data) + column_texts(data);
  text += open_panel(
      {0.055, 0.985, 0.308, 0.885, 0.975, "a",
       fmt::format("Addition, {{/:Italic p}} = {}: what each sample determines", data.symbols)});
  text += "set border 0\nunset xtics\nunset ytics\nunset grid\nset xrange [0.5:" + columns +
          "]\nset yrange [0:" + fmt::format("{}", panel_height) +
          "]\nset key maxcols 3 maxrows 2\n";
  const auto boxes = [half](const std::string& block, const std::string& style) {
    return fmt::format("${0} using 1:2:({1}):({1}) with boxxyerror {2}, ", block, half, style);
  };
  const auto outputs = [](const std::string& block, const std::string& colour) {
    return fmt::format("${} using 1:2:3 with labels font ',8' tc rgb '{}' notitle, ", block,
                       colour);
  };
  const bool any_implied = !cells(data, CellKind::implied).empty();
  const bool any_train = !cells(data, CellKind::train).empty();
  text += "plot " + boxes("empty", "fc rgb '#f2f2f2' fs solid 1 noborder notitle");
  if (any_train) {
    text += boxes("train", "fc rgb '#56B4E9' fs solid 1 noborder title 'sample of {/:Italic D}'");
  }
  text += boxes("added", "fc rgb '#0072B2' fs solid 1 noborder title 'added now'");
  if (any_implied) {
    text += boxes("implied",
                  "fc rgb '#D55E00' fs pattern 4 border lc rgb '#D55E00' title 'implied: joined "
                  "to {/:Italic D} by an implied parallelogram'");
  }
  text += outputs("empty", "#9a9a9a") + (any_train ? outputs("train", "#10303f") : "") +
          outputs("added", "#ffffff") + (any_implied ? outputs("implied", "#7a3400") : "");
  text +=
      "$free using 1:2:3:(0) with vectors nohead lw 1.6 dt 3 lc rgb '#9a9a9a' title 'gap not yet "
      "known to equal another', "
      "$equal using 1:2:3:(0):4 with vectors nohead lw 4 lc variable title 'gaps with one letter: "
      "known to be equal', "
      "$dots using 1:2 with points pt 7 ps 0.7 lc rgb '#222222' notitle, "
      "$letters using 1:2:3 with labels font ',10' tc rgb '#222222' notitle, "
      "$symbols using 1:2:3 with labels font ',8' tc rgb '#666666' notitle, "
      "$heads using 1:2:3 with labels font ',12' notitle, "
      "$nullities using 1:2:3 with labels font ',10' tc rgb '#222222' notitle, "
      "$relations using 1:2:3 with labels font ',9' tc rgb '#222222' notitle\n";
  return text;
}

std::string nullity_panel(const CurriculumData& data) {
  std::vector<std::vector<double>> rows;
  for (std::size_t k = 0; k < data.steps.size(); ++k) {
    rows.push_back({static_cast<double>(k) + 1, static_cast<double>(data.steps[k].nullity)});
  }
  return number_block("nullity", rows) +
         open_panel({0.055, 0.985, 0.09, 0.225, 0.282, "b", "Nullity"}) +
         fmt::format(
             "set key at screen 0.12,0.291\nset key horizontal maxcols 3 maxrows 1\n"
             "set xrange [0.5:{}]\nset yrange [0:{}]\nset xtics 1 nomirror\nset ytics 2 nomirror\n"
             "set xlabel 'samples listed'\nset ylabel 'nullity {{/:Italic n}}_0'\n"
             "plot {} with lines lt 2 dt 2 title 'unique linear structure: {{/:Italic n}}_0 = {}', "
             "$nullity using 1:2 with steps lt 8 lw 1.6 notitle, "
             "$nullity using 1:2 with points lt 8 pt 7 ps 0.8 title 'after the sample (exact)'\n",
             static_cast<double>(data.steps.size()) + 0.5, data.symbols + 1, data.full_nullity,
             data.full_nullity);
}

CsvTable step_table(const CurriculumData& data) {
  CsvTable table{
      {"step", "i", "j", "repeated", "train", "nullity", "parallelograms", "implied_parallelograms",
       "implied_samples", "gap_classes", "new_relations", "new_implied_relations"},
      {}};
  const auto joined = [](const std::vector<Parallelogram>& list) {
    std::string text;
    for (const Parallelogram& q : list) {
      text += (text.empty() ? "" : "; ") + relation_text(q, false);
    }
    return text;
  };
  for (std::size_t k = 0; k < data.steps.size(); ++k) {
    const CurriculumStep& step = data.steps[k];
    std::string samples, classes;
    for (const Sample s : step.implied_samples) {
      samples += fmt::format("{}({},{})", samples.empty() ? "" : " ", s.i, s.j);
    }
    for (const Index c : step.gap_class) {
      classes += static_cast<char>('a' + c);
    }
    table.rows.push_back({fmt::format("{}", k + 1), fmt::format("{}", step.added.i),
                          fmt::format("{}", step.added.j), step.repeated ? "1" : "0",
                          fmt::format("{}", step.train.size()), fmt::format("{}", step.nullity),
                          fmt::format("{}", step.parallelograms), fmt::format("{}", step.implied),
                          samples, classes, joined(step.new_direct), joined(step.new_implied)});
  }
  return table;
}

CsvTable nullity_table(const CurriculumData& data) {
  CsvTable table{{"step", "train", "nullity"}, {}};
  for (std::size_t k = 0; k < data.steps.size(); ++k) {
    table.rows.push_back({fmt::format("{}", k + 1), fmt::format("{}", data.steps[k].train.size()),
                          fmt::format("{}", data.steps[k].nullity)});
  }
  return table;
}

}  // namespace

Drawing draw_curriculum(const CurriculumData& data, const std::string& command) {
  Drawing drawing;
  drawing.width = 1500;
  drawing.height = 700;
  drawing.script = "set multiplot\n" + footer(command) + tables_panel(data) + "unset label 99\n" +
                   nullity_panel(data) + "unset multiplot\n";
  drawing.tables = {{"a", step_table(data)}, {"b", nullity_table(data)}};
  return drawing;
}

}  // namespace grok
