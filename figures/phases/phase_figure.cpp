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
constexpr double nothing = std::numeric_limits<double>::quiet_NaN(),
                 never = std::numeric_limits<double>::infinity();

/// A cell and where it lies.
struct PlacedCell {
  const PhaseDiagram* diagram = nullptr;
  const PhaseCell* cell = nullptr;
  double x = 0, y = 0;
};

/// Of all diagrams, y slowest.
std::vector<PlacedCell> placed_cells(std::span<const PhaseDiagram> diagrams) {
  std::vector<PlacedCell> placed;
  for (const PhaseDiagram& d : diagrams) {
    const std::size_t columns = d.x.values.size();
    for (std::size_t k = 0; k < d.cells.size(); ++k) {
      placed.push_back({&d, &d.cells[k], d.x.values[k % columns], d.y.values[k / columns]});
    }
  }
  return placed;
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

Panel seed_panel(Drawn& drawn, const PhaseDiagram& diagram) {
  const std::int64_t seed = diagram.seeds.front();
  std::vector<CellBar> bars;
  for (const PlacedCell& placed : placed_cells({&diagram, 1})) {
    if (const PhaseRun* run = find_run(*placed.cell, seed)) {
      bars.push_back({placed.x, placed.y, 1, phase_colour(run->phase)});
    }
  }
  return drawn.draw(diagram, title_of(diagram, fmt::format("seed {}", seed)), bars,
                    seed_steps(diagram, seed));
}

Panel share_panel(Drawn& drawn, const PhaseDiagram& diagram) {
  std::vector<CellBar> bars;
  std::vector<CellInterval> intervals;
  for (const PlacedCell& placed : placed_cells({&diagram, 1})) {
    const PhaseCounts counts = count_phases(*placed.cell);
    const std::int64_t runs = total(counts), most = std::ranges::max(counts);
    if (runs == 0) {
      continue;
    }
    std::vector<std::pair<double, std::string>> parts;
    for (const Phase phase : all_phases) {
      parts.emplace_back(wilson(counts[static_cast<std::size_t>(phase)], runs).value,
                         phase_colour(phase));
    }
    const auto cell = stacked_bars(placed.x, placed.y, std::move(parts));
    bars.insert(bars.end(), cell.begin(), cell.end());
    const Estimate share = wilson(most, runs);
    intervals.push_back({placed.x, placed.y, share.low, share.high});
  }
  const std::string seeds = fmt::format("all {} seeds", diagram.seeds.size());
  return drawn.draw(diagram, title_of(diagram, seeds), bars, median_steps(diagram), intervals);
}

/// The phases of Table 1, and of the others those that occur; then the lines.
std::vector<Entry> legend_of(const PhaseData& data, const Drawn& drawn) {
  std::vector<Entry> legend;
  for (const Phase phase : all_phases) {
    const auto in_cell = [phase](const PhaseCell& cell) {
      return count_phases(cell)[static_cast<std::size_t>(phase)] > 0;
    };
    const auto occurs = [&](const PhaseDiagram& d) {
      return std::ranges::any_of(d.cells, in_cell);
    };
    if (phase < Phase::diverged || std::ranges::any_of(data.diagrams, occurs)) {
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
  text += text_table(
      table_of(phase_totals(diagram), column("phase", &PhaseTotal::phase),
               column(fmt::format("seed {}", diagram.seeds.front()), &PhaseTotal::first),
               column("fewest in a seed", &PhaseTotal::fewest), column("most", &PhaseTotal::most),
               column("share of all runs, over seeds", &PhaseTotal::share)));
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
  CsvTable table{{"loss", diagrams.front().x.key, diagrams.front().y.key, "seed", "phase",
                  "steps_to_train", "steps_to_validation", "steps_done", "budget"},
                 {}};
  for (const PlacedCell& at : placed_cells(diagrams)) {
    for (const PhaseRun& run : at.cell->runs) {
      add_row(table, at.diagram->loss, at.x, at.y, run.seed, phase_name(run.phase),
              run.steps_to_train, run.steps_to_validation, run.steps_done, at.diagram->budget);
    }
  }
  return table;
}

CsvTable phase_share_table(const std::vector<PhaseDiagram>& diagrams) {
  CsvTable table{{"loss", diagrams.front().x.key, diagrams.front().y.key, "runs"}, {}};
  for (const Phase phase : all_phases) {
    for (const char* part : {"", "_share", "_low", "_high"}) {
      table.columns.push_back(phase_name(phase) + part);
    }
  }
  for (const char* column :
       {"median_steps_to_validation", "median_low", "median_high", "censored"}) {
    table.columns.emplace_back(column);
  }
  for (const PlacedCell& at : placed_cells(diagrams)) {
    const PhaseCounts counts = count_phases(*at.cell);
    add_row(table, at.diagram->loss, at.x, at.y, total(counts));
    auto& row = table.rows.back();
    for (const std::int64_t count : counts) {
      add_cells(row, count);
      add_cells(row, total(counts) == 0 ? Estimate{nothing, nothing, nothing}
                                        : wilson(count, total(counts)));
    }
    const auto waiting = steps_to_generalise(*at.cell, at.diagram->budget).value_or(KaplanMeier{});
    for (const auto& steps : {waiting.median, waiting.median_low, waiting.median_high}) {
      add_cells(row, steps);
    }
    add_cells(row, waiting.censored);
  }
  return table;
}

std::vector<double> seed_steps(const PhaseDiagram& diagram, std::int64_t seed) {
  std::vector<double> steps;
  for (const PhaseCell& cell : diagram.cells) {
    const PhaseRun* run = find_run(cell, seed);
    const auto there = run == nullptr ? std::nullopt : run->steps_to_validation;
    steps.push_back(run == nullptr ? nothing : there ? static_cast<double>(*there) : never);
  }
  return steps;
}

std::vector<double> median_steps(const PhaseDiagram& diagram) {
  std::vector<double> steps;
  for (const PhaseCell& cell : diagram.cells) {
    const auto waiting = steps_to_generalise(cell, diagram.budget);
    steps.push_back(waiting ? waiting->median.value_or(never) : nothing);
  }
  return steps;
}

Sheet sheet_of(const PhaseData& data) {
  Sheet sheet;
  sheet.table("runs", phase_run_table(data.diagrams));
  sheet.table("shares", phase_share_table(data.diagrams));
  Drawn drawn{data.asked};
  bool shares = false;
  std::vector<Panel> panels;
  for (const PhaseDiagram& diagram : data.diagrams) {
    panels.push_back(seed_panel(drawn, diagram));
    if (diagram.seeds.size() > 1) {
      shares = true;
      panels.push_back(share_panel(drawn, diagram));
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
                                  const PhaseFigure& asked) {
  const PhaseData data = collect_phases(figure, context, asked);
  publish(figure, context, sheet_of(data), report_of(data));
  return claims_of(data);
}

Figure phase_figure(const std::string& stem, const std::string& title, bool core,
                    std::string_view toml, const PhaseFigure& asked) {
  const auto draw = [asked](const Figure& figure, const FigureContext& context) {
    return publish_phases(figure, context, asked);
  };
  return {stem, title, core, toml, draw, toml};
}

PhaseFigure decoder_decay_figure(const std::string& source,
                                 const std::array<std::int64_t, 4>& counts) {
  const CellTest fast_free = in_halves(Half::high, Half::low);
  const CellTest fast_decaying = in_halves(Half::high, Half::high);
  return {.y = {"decoder_decay", {.label = "weight decay of the decoder", .downward = true}},
          .questions = {published_counts(source, counts),
                        more_of("a fast decoder with little decay memorizes", source,
                                {Phase::memorization, fast_free, outside(fast_free),
                                 "in that quarter", "elsewhere"}),
                        more_of("a fast decoder with much decay is confused", source,
                                {Phase::confusion, fast_decaying, outside(fast_decaying),
                                 "in that quarter", "elsewhere"}),
                        generalisation_between(source)}};
}

}  // namespace grok
