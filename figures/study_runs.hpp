// figures/study_runs.hpp: the networks of a figure, trained where the store lacks them.
#pragma once

#include <string>
#include <vector>

#include "compare/paired.hpp"
#include "compare/study.hpp"
#include "figures/figure.hpp"

namespace grok {

struct StudyRuns {
  Study study;
  std::vector<Record> records;  // in the order of study.runs
};

/// The study of `figure` under the profile of `context`.
StudyRuns run_figure_study(const Figure& figure, const FigureContext& context);

/// How many draws of training sets the theory takes in a profile: 10 000 in `full`, else 1000.
std::int64_t theory_draws(const FigureContext& context);

/// Writes the drawing, and the report if the context wants one: its title, the text, the files.
void publish(const Figure& figure, const FigureContext& context, const Drawing& drawing,
             const std::string& text);

}  // namespace grok
