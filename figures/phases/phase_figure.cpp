#include "figures/phases/phase_figure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <set>

#include "figures/panels/text.hpp"
#include "figures/study_runs.hpp"

namespace grok {
namespace {

constexpr const char* published_profile = "paper";  // of every study of a phase diagram
constexpr double nothing = std::numeric_limits<double>::quiet_NaN();

/// A cell and where it lies; with `run`, one of its runs.
struct PlacedCell {
  const PhaseDiagram* diagram = nullptr;
  const PhaseCell* cell = nullptr;
  std::string loss;
  double x = 0, y = 0;
  PhaseRun run = {};
};

/// Of all diagrams, y slowest.
std::vector<PlacedCell> placed_cells(const std::vector<PhaseDiagram>& diagrams) {
  std::vector<PlacedCell> placed;
  for (const PhaseDiagram& d : diagrams) {
    const std::size_t columns = d.x.values.size();
    for (std::size_t k = 0; k < d.cells.size(); ++k) {
      placed.push_back({&d, &d.cells[k], d.loss, d.x.values[k % columns], d.y.values[k / columns]});
    }
  }
  return placed;
}

/// The columns of `more`, right of those of a table of as many rows.
void beside(CsvTable& table, const CsvTable& more) {
  table.columns.insert(table.columns.end(), more.columns.begin(), more.columns.end());
  for (std::size_t k = 0; k < table.rows.size(); ++k) {
    table.rows[k].insert(table.rows[k].end(), more.rows[k].begin(), more.rows[k].end());
  }
}

std::string loss_name(const std::string& loss) {
  return loss == "mse" ? "Regression" : loss == "cross-entropy" ? "Classification" : loss;
}

std::string title_of(const PhaseDiagram& diagram, const std::string& seeds) {
  return diagram.loss.empty() ? seeds : loss_name(diagram.loss) + ", " + seeds;
}

std::vector<double> levels_of(const PhaseDiagram& diagram) {
  std::vector<double> levels = contour_levels(diagram.budget);
  levels.push_back(static_cast<double>(diagram.budget));
  return levels;
}

/// Panels of one figure, and the levels of which one has a line.
struct Drawn {
  const PhaseFigure& asked;
  std::set<std::size_t> levels = {};

  Panel draw(const PhaseDiagram& diagram, const std::string& title,
             const std::vector<CellBar>& bars, const std::vector<double>& steps,
             const std::vector<CellInterval>& intervals = {}) {
    const CellAxis x = cell_axis(asked.x.axis, diagram.x.values);
    const CellAxis y = cell_axis(asked.y.axis, diagram.y.values);
    Panel panel = cells(x, y);
    fill_cells(panel, x, y, bars);
    const auto drawn = add_contours(panel, x, y, steps, levels_of(diagram));
    for (std::size_t k = 0; k < drawn.size(); ++k) {
      if (drawn[k]) {
        levels.insert(k);
      }
    }
    add_intervals(panel, x, y, intervals);
    panel.title(title).height(150);
    return panel;
  }
};

/// Of one diagram, and perhaps one seed.
CsvTable rows_of_seed(const PhaseDiagram& diagram, const CsvTable& runs, std::int64_t seed) {
  return rows_where(rows_where(runs, "loss", diagram.loss), "seed", std::to_string(seed));
}

Panel seed_panel(Drawn& drawn, const PhaseDiagram& diagram, const CsvTable& runs) {
  const std::int64_t seed = diagram.seeds.front();
  const CsvTable own = rows_of_seed(diagram, runs, seed);
  std::vector<CellBar> bars;
  for (const Phase phase : all_phases) {
    for (const auto& row :
         rows_of(rows_where(own, "phase", phase_name(phase)), {diagram.x.key, diagram.y.key})) {
      bars.push_back({row[0], row[1], 1, phase_colour(phase)});
    }
  }
  return drawn.draw(diagram, title_of(diagram, fmt::format("seed {}", seed)), bars,
                    seed_steps(diagram, runs, seed));
}

Panel share_panel(Drawn& drawn, const PhaseDiagram& diagram, const CsvTable& shares) {
  const CsvTable own = rows_where(shares, "loss", diagram.loss);
  std::vector<Rows> of_phase;  // x, y, share, low, high; cells without a run are in none
  for (const Phase phase : all_phases) {
    const std::string name = phase_name(phase);
    of_phase.push_back(rows_of(
        own, {diagram.x.key, diagram.y.key, name + "_share", name + "_low", name + "_high"}));
  }
  std::vector<CellBar> bars;
  std::vector<CellInterval> intervals;
  for (std::size_t k = 0; k < of_phase.front().size(); ++k) {
    const double x = of_phase.front()[k][0], y = of_phase.front()[k][1];
    std::vector<std::pair<double, std::string>> parts;
    CellInterval interval;
    double most = 0;
    for (const Phase phase : all_phases) {
      const auto& row = of_phase[static_cast<std::size_t>(phase)][k];
      parts.emplace_back(row[2], phase_colour(phase));
      if (row[2] > most) {
        most = row[2];
        interval = {x, y, row[3], row[4]};
      }
    }
    const auto cell = stacked_bars(x, y, std::move(parts));
    bars.insert(bars.end(), cell.begin(), cell.end());
    intervals.push_back(interval);
  }
  const std::string seeds = fmt::format("all {} seeds", diagram.seeds.size());
  return drawn.draw(diagram, title_of(diagram, seeds), bars, median_steps(diagram, shares),
                    intervals);
}

/// The phases of Table 1, and of the others those that occur; then the lines.
std::vector<Entry> legend_of(const PhaseData& data, const Drawn& drawn) {
  std::set<std::string> names;
  for (const PhaseDiagram& diagram : data.diagrams) {
    for (const PhaseTotal& sum : phase_totals(diagram)) {
      names.insert(sum.phase);
    }
  }
  std::vector<Entry> legend;
  for (const Phase phase : all_phases) {
    if (names.contains(phase_name(phase))) {
      legend.push_back({Swatch::band,
                        {.colour = phase_colour(phase)},
                        phase == Phase::none ? "no phase" : phase_name(phase)});
    }
  }
  const std::vector<double> levels = levels_of(data.diagrams.front());
  for (std::size_t k = 0; k < levels.size(); ++k) {
    const bool budget = k + 1 == levels.size();
    if (budget || drawn.levels.contains(k)) {
      legend.push_back(contour_entry(
          k, levels.size(),
          fmt::format("{:.0f} steps{}", levels[k], budget ? ", the budget" : " to generalise")));
    }
  }
  return legend;
}

std::string text_of(const PhaseDiagram& diagram) {
  std::int64_t runs = 0;
  for (const PhaseCell& cell : diagram.cells) {
    runs += std::ssize(cell.runs);
  }
  std::string text =
      fmt::format("  {}{} x {} cells ({}, {}), {}, budget {} steps\n",
                  diagram.loss.empty() ? "" : diagram.loss + ": ", diagram.x.values.size(),
                  diagram.y.values.size(), diagram.x.key, diagram.y.key,
                  runs_in_seeds(runs, std::ssize(diagram.seeds)), diagram.budget);
  const CsvTable totals =
      table_of(phase_totals(diagram), column("phase", &PhaseTotal::phase),
               column("first", &PhaseTotal::first), column("fewest", &PhaseTotal::fewest),
               column("most", &PhaseTotal::most), column("share", &PhaseTotal::share));
  std::vector<std::pair<std::string, std::string>> shown = {
      {"phase", "phase"}, {"first", fmt::format("seed {}", diagram.seeds.front())}};
  if (diagram.seeds.size() > 1) {
    shown.insert(shown.end(), {{"fewest", "fewest in a seed"},
                               {"most", "most"},
                               {"share", "share of all runs, over seeds"}});
  }
  text += text_table(totals, shown);
  if (const auto equal = equal_cells_between_seeds(diagram)) {
    text += fmt::format("  cells with the same phase in two seeds: {} ({} seeds)\n",
                        with_interval(equal->estimate), equal->groups);
  }
  return text;
}

}  // namespace

std::string phase_colour(Phase phase) {
  constexpr std::array<const char*, phase_count> colours = {"#0072B2", "#80C4EE", "#F0C650",
                                                            "#B04A50", "#000000", "#EEEEEE"};
  return colours[static_cast<std::size_t>(phase)];
}

CsvTable phase_run_table(const std::vector<PhaseDiagram>& diagrams) {
  std::vector<PlacedCell> runs;
  for (PlacedCell& cell : placed_cells(diagrams)) {
    for (const PhaseRun& run : cell.cell->runs) {
      cell.run = run;
      runs.push_back(cell);
    }
  }
  const auto of = [](auto member) {
    return [member](const PlacedCell& c) { return c.run.*member; };
  };
  return table_of(
      runs, column("loss", &PlacedCell::loss), column(diagrams.front().x.key, &PlacedCell::x),
      column(diagrams.front().y.key, &PlacedCell::y), column("seed", of(&PhaseRun::seed)),
      column("phase", [](const PlacedCell& c) { return phase_name(c.run.phase); }),
      column("steps_to_train", of(&PhaseRun::steps_to_train)),
      column("steps_to_validation", of(&PhaseRun::steps_to_validation)),
      column("steps_done", of(&PhaseRun::steps_done)),
      column("budget", [](const PlacedCell& c) { return c.diagram->budget; }));
}

CsvTable phase_share_table(const std::vector<PhaseDiagram>& diagrams) {
  const std::vector<PlacedCell> cells = placed_cells(diagrams);
  CsvTable table = table_of(
      cells, column("loss", &PlacedCell::loss), column(diagrams.front().x.key, &PlacedCell::x),
      column(diagrams.front().y.key, &PlacedCell::y),
      column("runs", [](const PlacedCell& c) { return c.cell->runs.size(); }));
  for (const Phase phase : all_phases) {
    const std::string name = phase_name(phase);
    const auto count = [phase](const PlacedCell& c) {
      return count_phases(*c.cell)[static_cast<std::size_t>(phase)];
    };
    beside(table, table_of(cells, column(name, count),
                           column(name + "_share", name + "_low", name + "_high",
                                  [&count](const PlacedCell& c) {
                                    return c.cell->runs.empty()
                                               ? Estimate{nothing, nothing, nothing}
                                               : wilson(count(c), std::ssize(c.cell->runs));
                                  })));
  }
  const auto of = [](auto member) {
    return [member](const PlacedCell& c) {
      return steps_to_generalise(*c.cell, c.diagram->budget).value_or(KaplanMeier{}).*member;
    };
  };
  beside(table, table_of(cells, column("median_steps_to_validation", of(&KaplanMeier::median)),
                         column("median_low", of(&KaplanMeier::median_low)),
                         column("median_high", of(&KaplanMeier::median_high)),
                         column("censored", of(&KaplanMeier::censored))));
  return table;
}

std::vector<double> seed_steps(const PhaseDiagram& diagram, const CsvTable& runs,
                               std::int64_t seed) {
  return grid_of(cell_axis({}, diagram.x.values), cell_axis({}, diagram.y.values),
                 rows_of(rows_of_seed(diagram, runs, seed), {diagram.x.key, diagram.y.key},
                         {"steps_to_validation"}));
}

std::vector<double> median_steps(const PhaseDiagram& diagram, const CsvTable& shares) {
  Rows rows = rows_of(rows_where(shares, "loss", diagram.loss),
                      {diagram.x.key, diagram.y.key, "runs"}, {"median_steps_to_validation"});
  std::erase_if(rows, [](const auto& row) { return row[2] == 0; });
  for (auto& row : rows) {
    row.erase(row.begin() + 2);
  }
  return grid_of(cell_axis({}, diagram.x.values), cell_axis({}, diagram.y.values), rows);
}

Sheet sheet_of(const PhaseData& data) {
  Sheet sheet;
  sheet.table("runs", phase_run_table(data.diagrams));
  sheet.table("shares", phase_share_table(data.diagrams));
  Drawn drawn{data.asked};
  bool shares = false;
  std::vector<Panel> panels;
  for (const PhaseDiagram& diagram : data.diagrams) {
    panels.push_back(seed_panel(drawn, diagram, sheet.table("runs")));
    if (diagram.seeds.size() > 1) {
      shares = true;
      panels.push_back(share_panel(drawn, diagram, sheet.table("shares")));
      sheet.row(std::exchange(panels, {}));
    }
  }
  if (!panels.empty()) {
    if (panels.size() == 1) {
      panels.front().height(300);
    }
    sheet.row(std::move(panels));
  }
  sheet.legend(legend_of(data, drawn));
  sheet.caption(fmt::format(
      "A line parts cells that generalise within so many steps{} from those that do not; where "
      "several coincide, the one of most steps is drawn.",
      shares ? " (of several seeds: their median)" : ""));
  if (shares) {
    sheet.caption(
        "Bars: share of the seeds in each phase, the most frequent at the bottom, with the 95% "
        "interval of its share; those of all phases are in the table 'shares'.");
  }
  if (!is_published_setting(data.diagrams.front())) {
    sheet.caption("Not the published setting: " + setting_text(data.diagrams.front()) + ".");
  }
  return sheet;
}

std::string report_of(const PhaseData& data) {
  std::string text =
      "  the first seed is the published one by its number only: other generators, other networks\n"
      "  95% intervals by resampling seeds\n";
  for (const PhaseDiagram& diagram : data.diagrams) {
    text += text_of(diagram);
  }
  return text;
}

std::vector<Claim> claims_of(const PhaseData& data) {
  std::vector<Claim> claims;
  for (const PhaseDiagram& diagram : data.diagrams) {
    for (const PhaseQuestion& question : data.asked.questions) {
      claims.push_back(question(diagram));
    }
  }
  return claims;
}

PhaseData collect_phases(const Figure& figure, const FigureContext& context, PhaseFigure asked) {
  const FigureRuns runs = run_figure_study(figure, context);
  const std::string x = asked.x.key, y = asked.y.key;
  PhaseData data{std::move(asked), collect_phase_diagrams(runs.study.runs, runs.outcomes, x, y)};
  const Study published = parse_study(figure.toml, figure.stem + ".toml", published_profile);
  for (PhaseDiagram& diagram : data.diagrams) {
    diagram.differences = differing_keys(runs.study.runs, published.runs, diagram.loss, x, y);
  }
  return data;
}

std::vector<Claim> publish_phases(const Figure& figure, const FigureContext& context,
                                  PhaseFigure asked) {
  const PhaseData data = collect_phases(figure, context, std::move(asked));
  publish(figure, context, sheet_of(data), report_of(data));
  return claims_of(data);
}

SweptKey decoder_rate() {
  return {"decoder_rate",
          {.label = "learning rate of the decoder [1/step]", .scale = CellScale::logarithmic}};
}

PhaseFigure decoder_decay_figure(const std::string& source,
                                 const std::array<std::int64_t, 4>& counts) {
  const CellTest fast_free = in_halves(Half::high, Half::low);
  const CellTest fast_decaying = in_halves(Half::high, Half::high);
  return {decoder_rate(),
          {"decoder_decay", {.label = "weight decay of the decoder", .downward = true}},
          {published_counts(source, counts),
           more_of("a fast decoder with little decay memorizes", source,
                   {Phase::memorization, fast_free, outside(fast_free), "in that quarter",
                    "elsewhere"}),
           more_of("a fast decoder with much decay is confused", source,
                   {Phase::confusion, fast_decaying, outside(fast_decaying), "in that quarter",
                    "elsewhere"}),
           generalisation_between(source)}};
}

}  // namespace grok
