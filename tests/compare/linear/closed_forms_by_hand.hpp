// Records of linear teachers and diagonal networks made by hand: nothing is trained.
#pragma once

#include <algorithm>
#include <cmath>

#include "compare/linear/closed_forms.hpp"
#include "tests/support/catch.hpp"

namespace grok {

inline linear::LinearTeacherOutcome reached(std::optional<std::int64_t> train,
                                            std::optional<std::int64_t> generalisation) {
  linear::LinearTeacherOutcome outcome;
  outcome.reached = {{train, generalisation}};
  return outcome;
}

/// Records by hand: two seeds from 7; lambda * time = slope * ln alpha + offset.
inline ClosedFormsData closed_forms_by_hand(double slope, double offset) {
  ClosedFormsData data;
  LinearResult seen, unseen;
  seen.run.steps = 1000;
  seen.run.thresholds = {0.9};
  seen.seeds = {7, 8};
  unseen = seen;
  seen.run.teacher.ratio = 0.5;
  seen.predicted = {{100, 200}};
  seen.runs = {reached(100, 150), reached(120, 320)};
  unseen.run.teacher.ratio = 2;
  unseen.predicted = {{50, std::nullopt}};
  unseen.runs = {reached(50, std::nullopt), reached(55, std::nullopt)};
  data.linear = {seen, unseen};
  for (const DiagonalLoss loss : {DiagonalLoss::squared, DiagonalLoss::logistic}) {
    for (const double x : {2.0, 3.0, 4.0}) {
      SwitchResult cell;
      cell.run.loss = loss;
      cell.run.setting = {100, std::exp(x), 0.01, 0.001};
      cell.run.steps = 10'000'000;
      cell.seeds = {7, 8};
      const double steps = (slope * x + offset) / 1e-5;
      cell.runs.resize(2, {std::lround(steps), steps * 1.001, 0.99, 0.98});
      data.switches.push_back(cell);
    }
  }
  return data;
}

inline const ClosedFormScore& score_of(const std::vector<ClosedFormScore>& scores,
                                       const std::string& model) {
  const auto found = std::ranges::find(scores, model, &ClosedFormScore::model);
  REQUIRE(found != scores.end());
  return *found;
}

}  // namespace grok
