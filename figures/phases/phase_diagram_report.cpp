// Tables and report of figures/phases/phase_diagram_figure.hpp.
#include <fmt/format.h>

#include <algorithm>

#include "core/errors.hpp"

#include "compare/statistics/summary.hpp"
#include "figures/phases/phase_diagram_figure.hpp"
#include "figures/script.hpp"
#include "figures/study_runs.hpp"

namespace grok {
namespace {

constexpr const char* published_profile = "paper";  // of every study of a phase diagram

template <class T>
std::string whole(const std::optional<T>& value) {
  return value ? fmt::format("{}", *value) : "";
}

/// visit(diagram, x value, y value, cell) for every cell, y slowest.
template <class Visitor>
void for_each_cell(std::span<const PhaseDiagram> diagrams, Visitor&& visit) {
  for (const PhaseDiagram& diagram : diagrams) {
    for (std::size_t iy = 0; iy < diagram.y.values.size(); ++iy) {
      for (std::size_t ix = 0; ix < diagram.x.values.size(); ++ix) {
        visit(diagram, diagram.x.values[ix], diagram.y.values[iy], diagram.cell(ix, iy));
      }
    }
  }
}

/// One phase over all seeds: how often in the first, fewest and most in a seed, share of all runs.
std::string phase_line(const PhaseDiagram& diagram, Phase phase) {
  const auto at = static_cast<std::size_t>(phase);
  std::int64_t fewest = 0, most = 0;
  for (const std::int64_t seed : diagram.seeds) {
    const std::int64_t count = count_phases(diagram, seed)[at];
    fewest = seed == diagram.seeds.front() ? count : std::min(fewest, count);
    most = std::max(most, count);
  }
  std::vector<bool> is_phase;
  std::vector<std::int64_t> seeds;
  for (const PhaseCell& cell : diagram.cells) {
    for (const PhaseRun& run : cell.runs) {
      is_phase.push_back(run.phase == phase);
      seeds.push_back(run.seed);
    }
  }
  std::string text = fmt::format("    {:<14} {:>4}", phase_name(phase),
                                 count_phases(diagram, diagram.seeds.front())[at]);
  if (diagram.seeds.size() > 1) {
    const Estimate share =
        grouped_share(is_phase, seeds, figure_resamples, figure_bootstrap_seed).estimate;
    text += fmt::format("      {:>4} to {:<4}    {}", fewest, most, with_interval(share));
  }
  return text + "\n";
}

std::string diagram_lines(const PhaseDiagram& diagram) {
  std::int64_t runs = 0;
  PhaseCounts all{};
  for (const PhaseCell& cell : diagram.cells) {
    const PhaseCounts counts = count_phases(cell);
    runs += total(counts);
    for (std::size_t k = 0; k < phase_count; ++k) {
      all[k] += counts[k];
    }
  }
  std::string text =
      fmt::format("  {}{} x {} cells ({}, {}), {}, budget {} steps\n",
                  diagram.loss.empty() ? "" : diagram.loss + ": ", diagram.x.values.size(),
                  diagram.y.values.size(), diagram.x.key, diagram.y.key,
                  runs_in_seeds(runs, std::ssize(diagram.seeds)), diagram.budget);
  text += is_published_setting(diagram)
              ? ""
              : fmt::format("    not as published: {}\n", setting_text(diagram));
  text += fmt::format("    {:<11} seed {:<6}", "phase", diagram.seeds.front());
  text += diagram.seeds.size() > 1 ? " fewest to most   share of all runs (over seeds)\n" : "\n";
  for (const Phase phase : all_phases) {
    if (all[static_cast<std::size_t>(phase)] > 0 || phase < Phase::diverged) {
      text += phase_line(diagram, phase);
    }
  }
  if (const auto equal = equal_cells_between_seeds(diagram)) {
    text += fmt::format("    cells with the same phase in two seeds: {} ({} seeds)\n",
                        with_interval(equal->estimate), equal->groups);
  }
  return text;
}

}  // namespace

CsvTable phase_run_table(std::span<const PhaseDiagram> diagrams) {
  const PhaseDiagram& first = diagrams.front();
  CsvTable table{{"loss", first.x.key, first.y.key, "seed", "phase", "steps_to_train",
                  "steps_to_validation", "steps_done", "budget"},
                 {}};
  for_each_cell(
      diagrams, [&table](const PhaseDiagram& diagram, double x, double y, const PhaseCell& runs) {
        for (const PhaseRun& run : runs.runs) {
          table.rows.push_back({diagram.loss, to_text(x), to_text(y), fmt::format("{}", run.seed),
                                phase_name(run.phase), whole(run.steps_to_train),
                                whole(run.steps_to_validation), fmt::format("{}", run.steps_done),
                                fmt::format("{}", diagram.budget)});
        }
      });
  return table;
}

CsvTable phase_share_table(std::span<const PhaseDiagram> diagrams) {
  const PhaseDiagram& first = diagrams.front();
  CsvTable table{{"loss", first.x.key, first.y.key, "runs"}, {}};
  for (const Phase phase : all_phases) {
    const std::string name = phase_name(phase);
    for (const std::string& column : {name, name + "_share", name + "_low", name + "_high"}) {
      table.columns.push_back(column);
    }
  }
  for (const char* column :
       {"median_steps_to_validation", "median_low", "median_high", "censored"}) {
    table.columns.push_back(column);
  }
  for_each_cell(diagrams, [&table](const PhaseDiagram& diagram, double x, double y,
                                   const PhaseCell& runs) {
    const PhaseCounts counts = count_phases(runs);
    const std::int64_t n = total(counts);
    std::vector<std::string> row = {diagram.loss, to_text(x), to_text(y), fmt::format("{}", n)};
    for (const std::int64_t count : counts) {
      row.push_back(fmt::format("{}", count));
      const std::optional<Estimate> share = n > 0 ? std::optional(wilson(count, n)) : std::nullopt;
      row.push_back(share ? cell(share->value) : "");
      row.push_back(share ? cell(share->low) : "");
      row.push_back(share ? cell(share->high) : "");
    }
    const auto steps = steps_to_generalise(runs, diagram.budget).value_or(KaplanMeier{});
    row.push_back(cell(steps.median));
    row.push_back(cell(steps.median_low));
    row.push_back(cell(steps.median_high));
    row.push_back(fmt::format("{}", steps.censored));
    table.rows.push_back(std::move(row));
  });
  return table;
}

std::string report_phase_diagrams(std::span<const PhaseDiagram> diagrams,
                                  std::span<const Claim> claims) {
  std::string text =
      "  the first seed is the published one by its number only: other generators, other networks\n"
      "  95% intervals by resampling seeds\n";
  for (const PhaseDiagram& diagram : diagrams) {
    text += diagram_lines(diagram);
  }
  for (const Claim& claim : claims) {
    text += fmt::format("  {}\n", claim.statement);
    text += claim.published == "-" ? "" : fmt::format("    published: {}\n", claim.published);
    text += fmt::format("    here: {}\n", claim.ours);
    text += claim.remark.empty() ? "" : fmt::format("    ({})\n", claim.remark);
  }
  return text;
}

PhaseResult make_phase_figure(const Figure& figure, const FigureContext& context,
                              const PhaseFigure& content) {
  const FigureRuns runs = run_figure_study(figure, context);
  PhaseResult result;
  result.diagrams = collect_phase_diagrams(runs.study.runs, runs.outcomes, content.x, content.y);
  const Study published = parse_study(figure.toml, figure.stem + ".toml", published_profile);
  for (PhaseDiagram& diagram : result.diagrams) {
    diagram.differences =
        differing_keys(runs.study.runs, published.runs, diagram.loss, diagram.x.key, diagram.y.key);
  }
  result.drawing = draw_phase_diagrams(result.diagrams, command_of(figure, context));
  for (const PhaseDiagram& diagram : result.diagrams) {
    for (const PhaseQuestion& question : content.questions) {
      result.claims.push_back(question(diagram));
    }
  }
  result.text = report_phase_diagrams(result.diagrams, result.claims);
  return result;
}

std::vector<Claim> publish_phase_figure(const Figure& figure, const FigureContext& context,
                                        const PhaseFigure& content) {
  const PhaseResult result = make_phase_figure(figure, context, content);
  publish(figure, context, result.drawing, result.text);
  return result.claims;
}

PhaseAxis decoder_rate_axis() {
  return {.key = "decoder_rate",
          .label = "learning rate of the decoder  [1/step]",
          .scale = AxisScale::logarithmic};
}

PhaseFigure decoder_decay_figure(const std::string& source,
                                 const std::array<std::int64_t, 4>& counts) {
  const CellTest fast_free = in_halves(Half::high, Half::low);
  const CellTest fast_decaying = in_halves(Half::high, Half::high);
  return {.x = decoder_rate_axis(),
          .y = {.key = "decoder_decay",
                .label = "weight decay of the decoder",
                .scale = AxisScale::linear,
                .downward = true},
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
