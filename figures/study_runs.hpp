// figures/study_runs.hpp: the networks of a figure, trained where the store lacks them.
#pragma once

#include <Eigen/Core>
#include <span>
#include <string>
#include <vector>

#include "compare/toy/paired.hpp"
#include "compare/study/study.hpp"
#include "figures/figure.hpp"

namespace grok {

struct StudyRuns {
  Study study;
  std::vector<Record> records;  // in the order of study.runs
};

/// Throws InputError unless `figure` has the profile.
void require_profile(const Figure& figure, const std::string& profile);

/// The study of `figure` under the profile of `context`.
StudyRuns run_figure_study(const Figure& figure, const FigureContext& context);

/// The networks of runs. A store holds numbers, so they are trained again, by the cpu engine;
/// records that the store lacks are added to it.
struct TrainedNetworks {
  std::vector<Record> records;              // in the order of the runs
  std::vector<Eigen::MatrixXd> embeddings;  // p x d, at the last step
};
TrainedNetworks train_networks(const Figure& figure, const FigureContext& context,
                               std::span<const RunSpec> runs);

/// How many draws of training sets the theory takes in a profile: 10 000 in `full`, else 1000.
std::int64_t theory_draws(const FigureContext& context);

/// Writes the drawing, and the report if the context wants one: its title, the text, the files.
void publish(const Figure& figure, const FigureContext& context, const Drawing& drawing,
             const std::string& text);

}  // namespace grok
