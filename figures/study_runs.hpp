// figures/study_runs.hpp: the networks of a figure, trained where the store lacks them.
#pragma once

#include <Eigen/Core>
#include <span>
#include <string>
#include <vector>

#include "compare/study/study.hpp"
#include "figures/figure.hpp"
#include "nets/toy/model.hpp"
#include "nets/toy/train.hpp"

namespace grok {

struct FigureRuns {
  Study study;
  std::vector<Outcome> outcomes;  // in the order of study.runs
};

/// What its .toml asks for; none of a figure that trains nothing.
NamedStudies figure_studies(const Figure& figure, const std::string& profile);

/// Throws InputError unless `figure` has the profile.
void require_profile(const Figure& figure, const std::string& profile);

/// What a figure wants of runs beside their records.
struct Wanted {
  std::int64_t curve_stride = 0;       // their curves [steps]; 0: none
  std::vector<std::string> keep = {};  // artefacts
};
/// Outcomes in the order of the runs, trained where the store lacks the record or what is wanted
/// (then by the cpu engine, whoever else was asked for); a figure trains nowhere else. Throws
/// InputError, with what is missing and the command that trains it, if the context trains nothing.
std::vector<Outcome> figure_outcomes(const Figure& figure, const FigureContext& context,
                                     std::span<const Run> runs, const Wanted& wanted = {});

/// Throws that InputError of the figure's study, for figures that have long work before it.
void require_study(const Figure& figure, const FigureContext& context);

/// The study of `figure` under the profile of `context`, with the artefacts that it keeps.
FigureRuns run_figure_study(const Figure& figure, const FigureContext& context);
/// The runs of a figure whose .toml has several studies, in its order.
struct AllRuns {
  std::vector<Run> runs;
  std::vector<Outcome> outcomes;
};
AllRuns run_figure_studies(const Figure& figure, const FigureContext& context);

/// Writes the sheet, and the report if the context wants one: its title, the sheet's own, the text,
/// the caption, the files.
void publish(const Figure& figure, const FigureContext& context, const Sheet& sheet,
             const std::string& text = "");
/// The same of a sheet that says all; hands the claims on.
std::vector<Claim> publish(const Figure& figure, const FigureContext& context, const Sheet& sheet,
                           std::vector<Claim> claims);

}  // namespace grok

namespace grok::toy {

/// The same of a study of the toy model, in its own types.
struct StudyRuns {
  std::vector<RunSpec> runs;    // of the study, resolved
  std::vector<Record> records;  // in the order of the runs
};
StudyRuns run_figure_study(const Figure& figure, const FigureContext& context);

/// The runs of that study; nothing is trained.
std::vector<RunSpec> figure_runs(const Figure& figure, const std::string& profile);

/// The networks of runs, from the artefact `parameters`.
struct TrainedNetworks {
  std::vector<Record> records;              // in the order of the runs
  std::vector<Eigen::MatrixXd> embeddings;  // p x d, at the last step
};
TrainedNetworks train_networks(const Figure& figure, const FigureContext& context,
                               std::span<const RunSpec> runs);
/// All of such a network. Throws Error if the store has none.
InitialState stored_network(const Store& store, const Run& run);

/// A run with its curve (`trained` is empty).
TracedRun trace_run(const Figure& figure, const FigureContext& context, const RunSpec& spec,
                    std::int64_t stride);

}  // namespace grok::toy
