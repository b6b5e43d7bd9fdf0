// groktheory figure fig9: a linear structure built up sample by sample, without training
// (theory/curriculum.hpp): what D joins and implies, and which of the gaps E_{k+1} - E_k are known
// to be equal. Source: Liu et al. 2022, App. C and Fig. 9.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "compare/statistics/over_seeds.hpp"
#include "figures/panels/lattice.hpp"
#include "figures/representation/representation.hpp"
#include "figures/settings.hpp"
#include "theory/structure.hpp"

namespace grok {
namespace {

std::vector<Claim> draw(const Figure& figure, const FigureContext& context) {
  Settings settings(figure, context.profile);
  const Task task = settings.task();
  const auto order = settings.pairs("order", task.symbols() - 1);
  settings.done();
  const std::vector<CurriculumStep> steps = follow_curriculum(task, order);
  return publish(figure, context, sheet_of(task, steps), claims_of(task, steps));
}

std::string pair_text(const Sample& s) { return fmt::format("({},{})", s.i, s.j); }

/// Everything of panel a: blocks of columns, heights in points downwards from 0.
constexpr std::size_t columns = 4, shown_relations = 5;
constexpr double table_width = 0.8, table_height = 78;  // width of 1, a column
constexpr double head_height = 22, foot_height = 46, line_height = 9.5;

struct Marks {
  Rows cells, dots;
  std::array<Rows, 4> gaps;  // those known to equal no other; then by class, for their colours
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
    const bool equal = std::ranges::count(classes, classes[a]) > 1;
    marks.gaps[equal ? 1 + static_cast<std::size_t>(classes[a]) % 3 : 0].push_back(
        {x, y, at.cell_width});
    marks.words.push_back({x + at.cell_width / 2, y + 6.5, letter_of(classes[a]), "#222222"});
  }
}

/// The new relations of a step: those of D, then what follows from them.
std::vector<std::string> relation_lines(const CurriculumStep& step) {
  const auto text = [](const Parallelogram& q) { return relation_text(q, true); };
  std::vector<std::string> lines = each_of(step.new_direct, text);
  for (const Parallelogram& q : step.new_implied) {
    lines.push_back("⇒ " + text(q));
  }
  if (const std::size_t more = lines.size(); more > shown_relations) {
    lines.resize(shown_relations - 1);
    lines.push_back(fmt::format("⇒ and {} more", more - lines.size()));
  }
  if (step.repeated) {
    lines.emplace_back("nothing new");
  }
  return lines;
}

/// Its height.
double mark_step(Marks& marks, Index symbols, const CurriculumStep& step, double middle,
                 double top) {
  const auto p = static_cast<double>(symbols);
  const Block at{middle - table_width / 2, top - head_height, table_width / p, table_height / p};
  const double foot = at.top - table_height;
  mark_table(marks, step, symbols, at);
  mark_gaps(marks, step.gap_class, at, foot - 18);
  std::vector<std::string> lines = relation_lines(step);
  const auto relations = static_cast<double>(lines.size());
  lines.insert(lines.begin(), fmt::format("|{{/:Italic D}}| = {}, {{/:Italic n}}_0 = {}",
                                          step.train.size(), step.nullity));
  for (std::size_t k = 0; k < lines.size(); ++k) {
    marks.words.push_back({middle, foot - 38 - line_height * static_cast<double>(k), lines[k]});
  }
  marks.words.push_back(
      {middle, top - 7,
       fmt::format("{{/:Bold + {}}}{}", pair_text(step.added), step.repeated ? " again" : "")});
  return head_height + table_height + foot_height + line_height * relations;
}

Panel step_panel(Index symbols, const std::vector<CurriculumStep>& steps) {
  Marks marks;
  double top = 0, lowest = 0;
  for (std::size_t k = 0; k < steps.size(); ++k) {
    top = k % columns == 0 ? lowest : top;
    const double middle = static_cast<double>(k % columns) + 0.5;
    lowest = std::min(lowest, top - mark_step(marks, symbols, steps[k], middle, top));
  }
  const auto square = [](const char* colour) {
    return Style{.colour = colour, .symbol = Symbol::filled_square, .size = 6};
  };
  Panel panel(blank_axis(0, static_cast<double>(columns)), blank_axis(lowest, 0));
  panel.title(fmt::format("Addition, {{/:Italic p}} = {}: what each sample determines", symbols))
      .height(-lowest)
      .settings("unset border\nunset tics\nunset grid\n")
      .boxes(marks.cells)
      .entry({Swatch::points, square("#8FCBEE"), "sample of {/:Italic D}"})
      .entry({Swatch::points, square(look::blue), "added now"})
      .entry({Swatch::points, square("#F0B48A"), "implied sample"});
  for (std::size_t k = 0; k < marks.gaps.size(); ++k) {
    const Style style = k == 0 ? Style{.colour = look::grey, .width = 0.9, .dash = Dash::dotted}
                               : Style{.colour = look::kind_colour(k + 1), .width = 2.4};
    if (!marks.gaps[k].empty()) {
      panel.layer(marks.gaps[k], "using 1:2:3:(0) with vectors nohead " + line_words(style));
      panel.entry({Swatch::line, style,
                   k == 0   ? "gap not known to equal another"
                   : k == 1 ? "equal gaps: one letter, one colour"
                            : ""});
    }
  }
  return panel.points(marks.dots, {.colour = "#222222", .size = 3}).words(marks.words);
}

Panel nullity_panel(const Task& task, const std::vector<CurriculumStep>& steps,
                    const CsvTable& table) {
  const Index unique = full_nullity(task);
  Rows stairs, points = rows_of(table, {"step", "nullity"});
  for (std::size_t k = 0; k < points.size(); ++k) {
    const double end = points[k][0] + (k + 1 < points.size() ? 1 : 0);
    stairs.insert(stairs.end(), {points[k], {end, points[k][1]}});
  }
  return Panel(named_axis("samples, one by one",
                          each_of(steps, [](const auto& step) { return pair_text(step.added); })),
               linear_axis("nullity {/:Italic n}_0", 0, static_cast<double>(task.symbols() + 1)))
      .title("Nullity")
      .height(62)
      .level(static_cast<double>(unique), look::reference(),
             fmt::format("unique line: {{/:Italic n}}_0 = {}", unique))
      .line(std::move(stairs), look::theory())
      .points(std::move(points), {.colour = look::vermilion, .size = 4}, "after the sample, exact");
}

}  // namespace

Sheet sheet_of(const Task& task, const std::vector<CurriculumStep>& steps) {
  using Step = CurriculumStep;
  const auto relations = [](auto list) {
    return [list](const Step& step) {
      return joined(step.*list, "; ", [](const auto& q) { return relation_text(q, false); });
    };
  };
  const CsvTable all = table_of(
      steps, column("step", [&](const Step& step) { return &step - steps.data() + 1; }),
      column("i", inside(&Step::added, &Sample::i)), column("j", inside(&Step::added, &Sample::j)),
      column("repeated", &Step::repeated),
      column("train", [](const Step& s) { return s.train.size(); }),
      column("nullity", &Step::nullity), column("parallelograms", &Step::parallelograms),
      column("implied_parallelograms", &Step::implied),
      column("implied_samples",
             [](const Step& s) { return joined(s.implied_samples, " ", pair_text); }),
      column("gap_classes", [](const Step& s) { return joined(s.gap_class, "", letter_of); }),
      column("new_relations", relations(&Step::new_direct)),
      column("new_implied_relations", relations(&Step::new_implied)));
  CsvTable nullities{{"step", "train", "nullity"}, {}};
  for (const auto& row : all.rows) {
    nullities.rows.push_back({row[0], row[4], row[5]});
  }
  Sheet sheet;
  sheet.table("a", all).table("b", nullities);
  sheet.row({step_panel(task.symbols(), steps)}).row({nullity_panel(task, steps, nullities)});
  sheet.report(fmt::format("  |P0| = {}, nullity of the whole task {}; exact\n",
                           count_parallelograms(group_by_output(task)), full_nullity(task)) +
               text_table(all));
  return sheet.caption(
      "a: the tables show the output of each sample; implied samples are joined to D by an implied "
      "parallelogram; the line below has the symbols and which gaps between them are equal; "
      "relations behind an arrow follow from D.");
}

std::vector<Claim> claims_of(const Task& task, const std::vector<CurriculumStep>& steps) {
  const auto first = std::ranges::find(steps, full_nullity(task), &CurriculumStep::nullity);
  const bool line = first != steps.end();
  const auto needed = line ? first->train.size() : 0;  // distinct samples
  return {remarked(
      fact_claim(
          "samples that come one by one build up the line", "Liu et al. 2022, App. C and Fig. 9",
          fmt::format("a line after {} samples", steps.size()),
          fmt::format(
              "{}; nullity {}", line ? fmt::format("a line after {} samples", needed) : "no line",
              joined(steps, ", ", [](const auto& step) { return std::to_string(step.nullity); })),
          line),
      line && needed < steps.size() ? "the published list repeats a sample" : "")};
}

Figure fig9_curriculum(std::string_view toml) {
  return {"fig9_curriculum", "A linear structure sample by sample", false, {}, draw, toml};
}

}  // namespace grok
