// figures/phases/phase_figure.hpp: the picture, the tables and the report of phase diagrams; what
// fig6a ... fig15 are made of.
//   One row of panels per loss: the first seed alone, and with more seeds the shares over all of
//   them. One seed: the first panel of each loss only.
#pragma once

#include <string>
#include <vector>

#include "figures/figure.hpp"
#include "figures/panels/cells.hpp"
#include "figures/panels/sheet.hpp"
#include "figures/phases/phase_claims.hpp"

namespace grok {

struct SweptKey {
  std::string key;
  CellAxis axis;  // label, wanted scale, direction
};
/// What a figure asks of its study.
struct PhaseFigure {
  SweptKey x = {
      "decoder_rate",  // of every published diagram
      {.label = "learning rate of the decoder [1/step]", .scale = CellScale::logarithmic}};
  SweptKey y = {};
  std::vector<PhaseQuestion> questions = {};  // of every diagram
};

struct PhaseData {
  PhaseFigure asked;
  std::vector<PhaseDiagram> diagrams;
};
/// Trains what is missing; `differences` are those from the profile `paper`.
PhaseData collect_phases(const Figure& figure, const FigureContext& context, PhaseFigure asked);

Sheet sheet_of(const PhaseData& data);
std::string report_of(const PhaseData& data);
std::vector<Claim> claims_of(const PhaseData& data);
/// All of it.
std::vector<Claim> publish_phases(const Figure& figure, const FigureContext& context,
                                  const PhaseFigure& asked);
/// A figure of all that and nothing else.
Figure phase_figure(const std::string& stem, const std::string& title, bool core,
                    std::string_view toml, const PhaseFigure& asked);

/// Fig. 6(b-d): decoder's decay, growing downwards as published, against its rate; what the text
/// says of the three; their published counts (see published_counts).
PhaseFigure decoder_decay_figure(const std::string& source,
                                 const std::array<std::int64_t, 4>& counts);

/// A colour of its own for each phase, apart for the colour-blind: "#0072B2".
std::string phase_colour(Phase phase);

/// loss, x, y, seed, phase, steps_to_train, steps_to_validation (empty: not reached), steps_done,
/// budget; one row per run.
CsvTable phase_run_table(const std::vector<PhaseDiagram>& diagrams);
/// loss, x, y, runs, then of each phase its count, share and Wilson interval, then the median of
/// steps to validation with its interval (Kaplan-Meier; empty: not reached) and the censored; one
/// row per cell.
CsvTable phase_share_table(const std::vector<PhaseDiagram>& diagrams);

/// Of each cell, its steps to validation in that seed, and over all seeds the median; infinite if
/// that is not reached, NaN without a run.
std::vector<double> seed_steps(const PhaseDiagram& diagram, std::int64_t seed);
std::vector<double> median_steps(const PhaseDiagram& diagram);

}  // namespace grok
