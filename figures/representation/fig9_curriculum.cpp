// Sample run:  groktheory figure fig9
#include "figures/representation/fig9_curriculum.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/numbers.hpp"
#include "figures/panels/lattice.hpp"
#include "figures/settings.hpp"
#include "figures/study_runs.hpp"
#include "theory/structure.hpp"

namespace grok {
namespace {

std::vector<Claim> draw(const Figure& figure, const FigureContext& context) {
  Settings settings(figure, context.profile);
  const Task task = settings.task();
  const auto order = settings.pairs("order", task.symbols() - 1);
  settings.done();
  const CurriculumData data = collect_curriculum(task, order);
  publish(figure, context, sheet_of(data), report_of(data));
  return claims_of(data);
}

/// Everything of panel a: blocks of columns, heights in points downwards from 0.
constexpr std::size_t columns = 4, shown_relations = 5;
constexpr double table_width = 0.8, table_height = 78;  // width of 1, a column
constexpr double head_height = 22, foot_height = 46, line_height = 9.5;

struct Marks {
  Rows cells, dots, gaps;
  std::vector<Rows> equal_gaps = std::vector<Rows>(3);  // by class, for their colours
  std::vector<Words> words;
};
struct Block {
  double left, top, cell_width, cell_height;  // of the table
};

void mark_table(Marks& marks, const CurriculumStep& step, Index symbols, const Block& at) {
  const auto add_word = [&marks](double x, double y, std::int32_t number, const char* colour) {
    const char* const small = number < 10 ? "{}" : "{{/=6 {}}}";  // two digits in a narrow cell
    marks.words.push_back({x, y, fmt::format(fmt::runtime(small), number), colour});
  };
  for (std::int32_t i = 0; i < symbols; ++i) {
    const double y = at.top - (i + 0.5) * at.cell_height;
    add_word(at.left + (i + 0.5) * at.cell_width, at.top + 5, i, look::grey);
    add_word(at.left + (i - 0.5) * at.cell_width, y, i, look::grey);
    for (std::int32_t j = i; j < symbols; ++j) {
      const Sample s{i, j};
      const bool added = s == step.added, of_train = std::ranges::count(step.train, s) > 0;
      const bool implied = std::ranges::count(step.implied_samples, s) > 0;
      const int colour = added ? 0x0072B2 : of_train ? 0x8FCBEE : implied ? 0xF0B48A : 0xF2F2F2;
      const double x = at.left + j * at.cell_width;
      marks.cells.push_back({x + 0.03 * at.cell_width, x + 0.97 * at.cell_width,
                             y - 0.47 * at.cell_height, y + 0.47 * at.cell_height,
                             static_cast<double>(colour)});
      add_word(x + at.cell_width / 2, y, i + j, added ? "#FFFFFF" : "#222222");
    }
  }
}

/// The symbols on a line, and the letters of their gaps.
void mark_gaps(Marks& marks, const std::vector<Index>& classes, const Block& at, double y) {
  for (std::size_t a = 0; a <= classes.size(); ++a) {
    const double x = at.left + (static_cast<double>(a) + 0.5) * at.cell_width;
    marks.dots.push_back({x, y});
    marks.words.push_back({x, y - 8, fmt::format("{}", a), look::grey});
    if (a == classes.size()) {
      break;
    }
    Rows& gaps = std::ranges::count(classes, classes[a]) == 1
                     ? marks.gaps
                     : marks.equal_gaps[static_cast<std::size_t>(classes[a]) % 3];
    gaps.push_back({x, y, at.cell_width});
    marks.words.push_back({x + at.cell_width / 2, y + 6.5,
                           std::string(1, static_cast<char>('a' + classes[a])), "#222222"});
  }
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
    lines.emplace_back("nothing new");
  }
  return lines;
}

void mark_step(Marks& marks, Index symbols, const CurriculumStep& step, double middle, double top) {
  const auto p = static_cast<double>(symbols);
  const Block at{middle - table_width / 2, top - head_height, table_width / p, table_height / p};
  const double foot = at.top - table_height;
  mark_table(marks, step, symbols, at);
  mark_gaps(marks, step.gap_class, at, foot - 18);
  std::vector<std::string> lines = relation_lines(step);
  lines.insert(lines.begin(), fmt::format("|{{/:Italic D}}| = {}, {{/:Italic n}}_0 = {}",
                                          step.train.size(), step.nullity));
  for (std::size_t k = 0; k < lines.size(); ++k) {
    marks.words.push_back({middle, foot - 38 - line_height * static_cast<double>(k), lines[k]});
  }
  marks.words.push_back({middle, top - 7,
                         fmt::format("{{/:Bold + ({},{})}}{}", step.added.i, step.added.j,
                                     step.repeated ? " again" : "")});
}

Panel step_panel(const CurriculumData& data) {
  Marks marks;
  double top = 0, lowest = 0;
  for (std::size_t k = 0; k < data.steps.size(); ++k) {
    if (k % columns == 0) {
      top = lowest;
    }
    mark_step(marks, data.symbols, data.steps[k], static_cast<double>(k % columns) + 0.5, top);
    const auto lines = static_cast<double>(relation_lines(data.steps[k]).size());
    lowest = std::min(lowest, top - head_height - table_height - foot_height - line_height * lines);
  }
  const auto bare = [](double low, double high) {  // no tics, and no room for them
    return Axis{.low = low, .high = high, .tics = {{0, ""}}};
  };
  const auto square = [](const char* colour) {
    return Style{.colour = colour, .symbol = Symbol::filled_square, .size = 6};
  };
  Panel panel(bare(0, static_cast<double>(columns)), bare(lowest, 0));
  panel
      .title(
          fmt::format("Addition, {{/:Italic p}} = {}: what each sample determines", data.symbols))
      .height(-lowest)
      .settings("unset border\nunset tics\nunset grid\n")
      .boxes(marks.cells)
      .entry({Swatch::points, square("#8FCBEE"), "sample of {/:Italic D}"})
      .entry({Swatch::points, square(look::blue), "added now"})
      .entry({Swatch::points, square("#F0B48A"), "implied sample"});
  const Style gap{.colour = look::grey, .width = 0.9, .dash = Dash::dotted};
  const auto add_gaps = [&panel](const Rows& gaps, const Style& style, const std::string& label) {
    if (!gaps.empty()) {
      panel.layer(gaps, "using 1:2:3:(0) with vectors nohead " + line_words(style));
      panel.entry({Swatch::line, style, label});
    }
  };
  add_gaps(marks.gaps, gap, "gap not known to equal another");
  for (std::size_t k = 0; k < marks.equal_gaps.size(); ++k) {
    add_gaps(marks.equal_gaps[k], {.colour = look::kind_colour(k + 2), .width = 2.4},
             k == 0 ? "equal gaps: one letter, one colour" : "");
  }
  return panel.points(marks.dots, {.colour = "#222222", .size = 3}).words(marks.words);
}

Panel nullity_panel(const CurriculumData& data, const CsvTable& table) {
  Rows stairs, points = rows_of(table, {"step", "nullity"});
  std::vector<std::string> names;
  for (std::size_t k = 0; k < points.size(); ++k) {
    stairs.insert(
        stairs.end(),
        {points[k], {k + 1 < points.size() ? points[k][0] + 1 : points[k][0], points[k][1]}});
    names.push_back(fmt::format("({},{})", data.steps[k].added.i, data.steps[k].added.j));
  }
  return Panel(named_axis("samples, one by one", names),
               linear_axis("nullity {/:Italic n}_0", 0, static_cast<double>(data.symbols + 1)))
      .title("Nullity")
      .height(62)
      .level(static_cast<double>(data.full_nullity), look::reference(),
             fmt::format("unique line: {{/:Italic n}}_0 = {}", data.full_nullity))
      .line(std::move(stairs), look::theory())
      .points(std::move(points), {.colour = look::vermilion, .size = 4}, "after the sample, exact");
}

template <class List, class Text>
std::string joined(const List& list, const std::string& between, const Text& text) {
  std::string all;
  for (const auto& entry : list) {
    all += (all.empty() ? "" : between) + text(entry);
  }
  return all;
}

CsvTable step_table(const CurriculumData& data) {
  using Step = CurriculumStep;
  const auto number = [&data](const Step& step) { return &step - data.steps.data() + 1; };
  const auto relations = [](auto list) {
    return [list](const Step& step) {
      return joined(step.*list, "; ", [](const auto& q) { return relation_text(q, false); });
    };
  };
  return table_of(
      data.steps, column("step", number), column("i", [](const Step& s) { return s.added.i; }),
      column("j", [](const Step& s) { return s.added.j; }), column("repeated", &Step::repeated),
      column("train", [](const Step& s) { return s.train.size(); }),
      column("nullity", &Step::nullity), column("parallelograms", &Step::parallelograms),
      column("implied_parallelograms", &Step::implied),
      column("implied_samples",
             [](const Step& s) {
               return joined(s.implied_samples, " ",
                             [](Sample q) { return fmt::format("({},{})", q.i, q.j); });
             }),
      column("gap_classes",
             [](const Step& s) {
               return joined(s.gap_class, "",
                             [](Index c) { return std::string(1, static_cast<char>('a' + c)); });
             }),
      column("new_relations", relations(&Step::new_direct)),
      column("new_implied_relations", relations(&Step::new_implied)));
}

}  // namespace

CurriculumData collect_curriculum(const Task& task, const std::vector<Sample>& order) {
  CurriculumData data;
  data.steps = follow_curriculum(task, order);
  data.symbols = task.symbols();
  data.full_nullity = full_nullity(task);
  data.parallelograms_all = count_parallelograms(group_by_output(task));
  return data;
}

Sheet sheet_of(const CurriculumData& data) {
  const CsvTable steps = step_table(data);
  CsvTable nullities{{"step", "train", "nullity"}, {}};
  for (const auto& row : steps.rows) {
    nullities.rows.push_back({row[0], row[4], row[5]});
  }
  Sheet sheet;
  sheet.table("a", steps).table("b", nullities);
  sheet.row({step_panel(data)}).row({nullity_panel(data, nullities)});
  return sheet.caption(
      "a: the tables show the output of each sample; implied samples are joined to D by an implied "
      "parallelogram; the line below has the symbols and which gaps between them are equal; "
      "relations behind an arrow follow from D.");
}

std::string report_of(const CurriculumData& data) {
  return fmt::format("  addition, p = {}; |P0| = {}, nullity of the whole task {}; exact\n",
                     data.symbols, data.parallelograms_all, data.full_nullity) +
         text_table(step_table(data));
}

std::vector<Claim> claims_of(const CurriculumData& data) {
  const std::string nullities =
      joined(data.steps, ", ", [](const auto& step) { return fmt::format("{}", step.nullity); });
  const auto first = std::ranges::find(data.steps, data.full_nullity, &CurriculumStep::nullity);
  const bool line = first != data.steps.end();
  const auto needed = line ? first->train.size() : 0;  // distinct samples
  Claim claim = fact_claim("samples that come one by one build up the line",
                           "Liu et al. 2022, App. C and Fig. 9",
                           fmt::format("a line after {} samples", data.steps.size()),
                           (line ? fmt::format("a line after {} samples", needed) : "no line") +
                               "; nullity " + nullities,
                           line);
  claim.remark = line && needed < data.steps.size() ? "the published list repeats a sample" : "";
  return {claim};
}

Figure fig9_curriculum(std::string_view toml) {
  return {"fig9_curriculum", "A linear structure sample by sample", false, {}, draw, toml};
}

}  // namespace grok
