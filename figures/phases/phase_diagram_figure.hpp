// figures/phases/phase_diagram_figure.hpp: the picture, the tables and the report of phase
// diagrams; what fig6a ... fig15 are made of.
//   One row of panels per loss: the first seed alone, and with more seeds the shares over all of
//   them. One seed: the first panel of each loss only.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "figures/figure.hpp"
#include "figures/phases/phase_diagram.hpp"
#include "figures/phases/phase_diagram_claims.hpp"

namespace grok {

/// What a figure asks of its study.
struct PhaseFigure {
  PhaseAxis x, y;                        // key, label, wanted scale, direction
  std::vector<PhaseQuestion> questions;  // of every diagram
};

struct PhaseResult {
  std::vector<PhaseDiagram> diagrams;
  Drawing drawing;
  std::string text;  // of the report
  std::vector<Claim> claims;
};

/// Trains what is missing, collects, draws, answers; `publish` (study_runs.hpp) writes it.
PhaseResult make_phase_figure(const Figure& figure, const FigureContext& context,
                              const PhaseFigure& content);
/// All of it, for a figure that adds nothing.
std::vector<Claim> publish_phase_figure(const Figure& figure, const FigureContext& context,
                                        const PhaseFigure& content);

/// The decoder's rate, on a logarithmic axis: x of every published diagram.
PhaseAxis decoder_rate_axis();
/// Fig. 6(b-d): decoder's decay, growing downwards as published, against its rate; what the text
/// says of the three; their published counts (see published_counts).
PhaseFigure decoder_decay_figure(const std::string& source,
                                 const std::array<std::int64_t, 4>& counts);

Drawing draw_phase_diagrams(std::span<const PhaseDiagram> diagrams, const std::string& command);
std::string report_phase_diagrams(std::span<const PhaseDiagram> diagrams,
                                  std::span<const Claim> claims);

/// loss, x, y, seed, phase, steps_to_train, steps_to_validation (empty: not reached), steps_done,
/// budget; one row per run.
CsvTable phase_run_table(std::span<const PhaseDiagram> diagrams);
/// loss, x, y, runs, then of each phase its count, share and Wilson interval, then the median of
/// steps to validation with its interval (Kaplan-Meier; empty: not reached) and the censored; one
/// row per cell.
CsvTable phase_share_table(std::span<const PhaseDiagram> diagrams);

/// What is made of this.
Figure fig6a_embedding_rate(std::string_view toml);
Figure fig6b_regression(std::string_view toml);
Figure fig6c_classification(std::string_view toml);
Figure fig6d_permutations(std::string_view toml);
Figure fig13_batch(std::string_view toml);
Figure fig14_init_scale(std::string_view toml);
Figure fig15_embedding_decay(std::string_view toml);

}  // namespace grok
