// From outcomes to cells: the collecting part of figures/phases/phase_diagram.hpp.
#include "figures/phases/phase_diagram.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <sstream>

#include "core/errors.hpp"

namespace grok {
namespace {

constexpr double even_tolerance = 1e-6;  // of spacings; values of a logspace have 12 digits

bool evenly_spaced(const std::vector<double>& values) {
  const double mean = (values.back() - values.front()) /
                      static_cast<double>(std::max(values.size() - 1, size_t{1}));
  for (std::size_t k = 1; k < values.size(); ++k) {
    if (std::abs(values[k] - values[k - 1] - mean) > even_tolerance * mean) {
      return false;
    }
  }
  return true;
}

std::vector<double> logarithms(const std::vector<double>& values) {
  std::vector<double> result;
  for (const double value : values) {
    result.push_back(std::log10(value));
  }
  return result;
}

/// Borders of cells around ascending centres. A cell that is alone has width 1.
std::vector<double> borders(const std::vector<double>& centres) {
  std::vector<double> result = {centres.front() - 0.5};
  for (std::size_t k = 1; k < centres.size(); ++k) {
    result.push_back((centres[k - 1] + centres[k]) / 2);
  }
  const bool alone = centres.size() == 1;
  result[0] = alone ? result[0] : 2 * centres[0] - result[1];
  result.push_back(alone ? centres[0] + 0.5 : 2 * centres.back() - result.back());
  return result;
}

/// The same with geometric means; a cell that is alone spans a factor of 10.
std::vector<double> geometric_borders(const std::vector<double>& centres) {
  std::vector<double> result = {centres.front() / std::sqrt(10)};
  for (std::size_t k = 1; k < centres.size(); ++k) {
    result.push_back(std::sqrt(centres[k - 1] * centres[k]));
  }
  const bool alone = centres.size() == 1;
  result[0] = alone ? result[0] : centres[0] * centres[0] / result[1];
  result.push_back(alone ? centres[0] * std::sqrt(10)
                         : centres.back() * centres.back() / result.back());
  return result;
}

AxisScale scale_for(AxisScale wanted, const std::vector<double>& values) {
  if (wanted == AxisScale::logarithmic) {
    return values.front() > 0 && evenly_spaced(logarithms(values)) ? wanted
                                                                   : AxisScale::categorical;
  }
  return wanted == AxisScale::linear && evenly_spaced(values) ? wanted : AxisScale::categorical;
}

template <class T>
std::size_t place_of(const std::vector<T>& values, const T& value) {
  return static_cast<std::size_t>(std::find(values.begin(), values.end(), value) - values.begin());
}

/// "" for a model without such a key.
std::string loss_of(const Run& run) {
  return find_field(run.model().keys(), "loss") == nullptr ? "" : text_of(run["loss"]);
}

std::int64_t seed_of(const Run& run) {
  const Field* field = find_field(run.model().keys(), Role::seed);
  return field == nullptr ? 0 : std::get<std::int64_t>(run[field->key]);
}

/// Empty for a model without such a result.
std::optional<std::int64_t> steps_under(const Outcome& outcome, const std::string& key) {
  std::optional<std::int64_t> steps;
  if (find_field(outcome.model().results(), key) != nullptr) {
    assign(steps, outcome[key]);
  }
  return steps;
}

PhaseRun phase_run(const Run& run, const Outcome& outcome) {
  std::optional<std::int64_t> steps;
  assign(steps, outcome[Role::steps]);
  return {seed_of(run), phase_of_outcome(outcome), steps_under(outcome, "steps_to_train"),
          steps_under(outcome, "steps_to_validation"), steps ? *steps : budget_of(run)};
}

std::vector<Run> runs_of_loss(std::span<const Run> runs, const std::string& loss) {
  std::vector<Run> own;
  std::ranges::copy_if(runs, std::back_inserter(own),
                       [&loss](const Run& run) { return loss_of(run) == loss; });
  return own;
}

std::vector<double> values_of(std::span<const Run> runs, const std::string& key) {
  std::vector<double> values;
  for (const Run& run : runs) {
    values.push_back(number_of(run, key));
  }
  return values;
}

/// An empty diagram per loss, with axes over what the runs of that loss have.
std::vector<PhaseDiagram> frames_of(std::span<const Run> runs, const PhaseAxis& x,
                                    const PhaseAxis& y) {
  std::vector<std::string> losses;
  for (const Run& run : runs) {
    if (const std::string loss = loss_of(run); place_of(losses, loss) == losses.size()) {
      losses.push_back(loss);
    }
  }
  std::vector<PhaseDiagram> diagrams;
  for (const std::string& loss : losses) {
    PhaseDiagram diagram;
    const std::vector<Run> own = runs_of_loss(runs, loss);
    diagram.loss = loss;
    diagram.x = make_phase_axis(x, values_of(own, x.key));
    diagram.y = make_phase_axis(y, values_of(own, y.key));
    diagram.cells.resize(diagram.x.values.size() * diagram.y.values.size());
    diagram.budget = budget_of(runs.front());
    for (const Run& run : own) {
      if (const std::int64_t seed = seed_of(run);
          place_of(diagram.seeds, seed) == diagram.seeds.size()) {
        diagram.seeds.push_back(seed);
      }
    }
    diagrams.push_back(std::move(diagram));
  }
  return diagrams;
}

void add_run(PhaseDiagram& diagram, const Run& run, const Outcome& outcome) {
  const std::size_t ix = place_of(diagram.x.values, number_of(run, diagram.x.key));
  const std::size_t iy = place_of(diagram.y.values, number_of(run, diagram.y.key));
  auto& runs = diagram.cells[iy * diagram.x.values.size() + ix].runs;
  const PhaseRun added = phase_run(run, outcome);
  if (std::ranges::find(runs, added.seed, &PhaseRun::seed) != runs.end()) {
    reject("collect_phase_diagrams", "seed", fmt::format("{} twice", added.seed),
           fmt::format("one run per loss, {}, {} and seed", diagram.x.key, diagram.y.key));
  }
  runs.push_back(added);
}

/// What the text of a run says, by key.
std::map<std::string, std::string> settings_of(const Run& run) {
  std::map<std::string, std::string> settings;
  std::istringstream lines(run.model().text(run));
  for (std::string line; std::getline(lines, line);) {
    const auto equals = line.find(" = ");
    if (equals != std::string::npos) {
      settings[line.substr(0, equals)] = line.substr(equals + 3);
    }
  }
  return settings;
}

std::string range_text(const std::vector<double>& values) {
  return fmt::format("{} values, {} to {}", values.size(), to_text(values.front()),
                     to_text(values.back()));
}

std::vector<double> distinct_values(std::span<const Run> runs, const std::string& key) {
  std::vector<double> values = values_of(runs, key);
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
  return values;
}

void sort_by_seed(PhaseDiagram& diagram) {
  for (PhaseCell& cell : diagram.cells) {
    std::stable_sort(cell.runs.begin(), cell.runs.end(), [&](const auto& a, const auto& b) {
      return place_of(diagram.seeds, a.seed) < place_of(diagram.seeds, b.seed);
    });
  }
}

}  // namespace

std::string phase_name(Phase phase) {
  return std::string(phase_names[static_cast<std::size_t>(phase)]);
}

Phase phase_of_outcome(const Outcome& outcome) {
  const Value value = outcome[Role::phase];
  const std::string name = std::holds_alternative<std::monostate>(value) ? "none" : text_of(value);
  for (const Phase phase : all_phases) {
    if (name == phase_name(phase)) {
      return phase;
    }
  }
  reject("phase_of_outcome", "phase", name,
         "comprehension, grokking, memorization, confusion, diverged or empty");
}

PhaseAxis make_phase_axis(PhaseAxis wanted, std::vector<double> values) {
  if (values.empty()) {
    reject("make_phase_axis", wanted.key, "no value", "one or more");
  }
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
  PhaseAxis axis = std::move(wanted);
  axis.values = std::move(values);
  axis.scale = scale_for(axis.scale, axis.values);
  std::vector<double> numbers(axis.values.size());
  std::iota(numbers.begin(), numbers.end(), 0);
  axis.edges = axis.scale == AxisScale::logarithmic ? geometric_borders(axis.values)
               : axis.scale == AxisScale::linear    ? borders(axis.values)
                                                    : borders(numbers);
  return axis;
}

double number_of(const Run& run, const std::string& key) {
  const std::optional<double> found = number_under(run, key);
  if (!found) {
    reject("number_of", "key", key, "a key of a run that is one number");
  }
  return *found;
}

std::vector<PhaseDiagram> collect_phase_diagrams(std::span<const Run> runs,
                                                 std::span<const Outcome> outcomes,
                                                 const PhaseAxis& x, const PhaseAxis& y) {
  const std::string where = "collect_phase_diagrams";
  require_in_range<std::int64_t>(where, "outcomes", std::ssize(outcomes), std::ssize(runs),
                                 std::ssize(runs));
  if (runs.empty()) {
    reject(where, "runs", "0", "1 or more");
  }
  std::vector<PhaseDiagram> diagrams = frames_of(runs, x, y);
  for (std::size_t k = 0; k < runs.size(); ++k) {
    const std::int64_t budget = diagrams.front().budget;
    require_in_range(where, find_field(runs[k].model().keys(), Role::budget)->key,
                     budget_of(runs[k]), budget, budget);
    add_run(*std::ranges::find(diagrams, loss_of(runs[k]), &PhaseDiagram::loss), runs[k],
            outcomes[k]);
  }
  std::for_each(diagrams.begin(), diagrams.end(), sort_by_seed);
  return diagrams;
}

std::vector<std::string> differing_keys(std::span<const Run> runs, std::span<const Run> published,
                                        const std::string& loss, const std::string& x_key,
                                        const std::string& y_key) {
  const std::vector<Run> ours = runs_of_loss(runs, loss), theirs = runs_of_loss(published, loss);
  std::vector<std::string> differences;
  if (ours.empty() || theirs.empty()) {
    return differences;
  }
  const Model& model = ours.front().model();
  const Field* budget = find_field(model.keys(), Role::budget);
  const auto is_left_out = [&](const std::string& key) {
    return key == x_key || key == y_key || is_seed(model, key) ||
           (budget != nullptr && key == budget->key);
  };
  auto here = settings_of(ours.front()), there = settings_of(theirs.front());
  for (const auto& [key, value] : there) {
    here.try_emplace(key, "none");
  }
  for (const auto& [key, value] : here) {
    const std::string wanted = there.try_emplace(key, "none").first->second;
    if (value != wanted && !is_left_out(key)) {
      differences.push_back(fmt::format("{} = {} instead of {}", key, value, wanted));
    }
  }
  for (const std::string& key : {x_key, y_key}) {
    const auto values = distinct_values(ours, key), wanted = distinct_values(theirs, key);
    if (values != wanted) {
      differences.push_back(
          fmt::format("{}: {}, instead of {}", key, range_text(values), range_text(wanted)));
    }
  }
  return differences;
}

PhaseCounts count_phases(const PhaseCell& cell) {
  PhaseCounts counts{};
  for (const PhaseRun& run : cell.runs) {
    ++counts[static_cast<std::size_t>(run.phase)];
  }
  return counts;
}

PhaseCounts count_phases(const PhaseDiagram& diagram, std::int64_t seed) {
  PhaseCounts counts{};
  for (const PhaseCell& cell : diagram.cells) {
    for (const PhaseRun& run : cell.runs) {
      counts[static_cast<std::size_t>(run.phase)] += run.seed == seed ? 1 : 0;
    }
  }
  return counts;
}

std::int64_t total(const PhaseCounts& counts) {
  return std::accumulate(counts.begin(), counts.end(), std::int64_t{0});
}

std::optional<Phase> main_phase(const PhaseCell& cell) {
  if (cell.runs.empty()) {
    return std::nullopt;
  }
  const PhaseCounts counts = count_phases(cell);
  return all_phases[static_cast<std::size_t>(std::max_element(counts.begin(), counts.end()) -
                                             counts.begin())];
}

std::optional<KaplanMeier> steps_to_generalise(const PhaseCell& cell, std::int64_t budget) {
  if (cell.runs.empty()) {
    return std::nullopt;
  }
  std::vector<Waiting> waiting;
  for (const PhaseRun& run : cell.runs) {
    const bool reached = run.steps_to_validation.has_value();
    const std::int64_t censored = run.phase == Phase::diverged ? budget : run.steps_done;
    waiting.push_back(
        {static_cast<double>(reached ? *run.steps_to_validation : censored), reached});
  }
  return kaplan_meier(waiting);
}

std::int64_t common_cells(const PhaseCounts& a, const PhaseCounts& b) {
  require_in_range("common_cells", "cells", total(b), total(a), total(a));
  std::int64_t common = 0;
  for (std::size_t k = 0; k < phase_count; ++k) {
    common += std::min(a[k], b[k]);
  }
  return common;
}

}  // namespace grok
