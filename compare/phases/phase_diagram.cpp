#include "compare/phases/phase_diagram.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <sstream>

#include "core/errors.hpp"

namespace grok {
namespace {

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

/// Ascending.
std::vector<double> distinct_values(std::span<const Run> runs, const std::string& key) {
  std::set<double> values;
  for (const Run& run : runs) {
    values.insert(number_of(run, key));
  }
  return {values.begin(), values.end()};
}

template <class T>
void add_new(std::vector<T>& values, const T& value) {
  if (place_of(values, value) == values.size()) {
    values.push_back(value);
  }
}

/// An empty diagram per loss, over what the runs of that loss have.
std::vector<PhaseDiagram> frames_of(std::span<const Run> runs, const std::string& x_key,
                                    const std::string& y_key) {
  std::vector<std::string> losses;
  for (const Run& run : runs) {
    add_new(losses, loss_of(run));
  }
  std::vector<PhaseDiagram> diagrams;
  for (const std::string& loss : losses) {
    const std::vector<Run> own = runs_of_loss(runs, loss);
    PhaseDiagram diagram{loss,
                         {x_key, distinct_values(own, x_key)},
                         {y_key, distinct_values(own, y_key)},
                         {},
                         {},
                         budget_of(runs.front())};
    diagram.cells.resize(diagram.x.values.size() * diagram.y.values.size());
    for (const Run& run : own) {
      add_new(diagram.seeds, seed_of(run));
    }
    diagrams.push_back(std::move(diagram));
  }
  return diagrams;
}

void add_run(PhaseDiagram& diagram, const Run& run, const Outcome& outcome) {
  const std::size_t ix = place_of(diagram.x.values, number_of(run, diagram.x.key));
  const std::size_t iy = place_of(diagram.y.values, number_of(run, diagram.y.key));
  PhaseCell& cell = diagram.cells[iy * diagram.x.values.size() + ix];
  const PhaseRun added = phase_run(run, outcome);
  if (find_run(cell, added.seed) != nullptr) {
    reject("collect_phase_diagrams", "seed", fmt::format("{} twice", added.seed),
           fmt::format("one run per loss, {}, {} and seed", diagram.x.key, diagram.y.key));
  }
  cell.runs.push_back(added);
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

const PhaseRun* find_run(const PhaseCell& cell, std::int64_t seed) {
  const auto run = std::ranges::find(cell.runs, seed, &PhaseRun::seed);
  return run == cell.runs.end() ? nullptr : &*run;
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
                                                 const std::string& x_key,
                                                 const std::string& y_key) {
  const std::string where = "collect_phase_diagrams";
  require_in_range<std::int64_t>(where, "outcomes", std::ssize(outcomes), std::ssize(runs),
                                 std::ssize(runs));
  if (runs.empty()) {
    reject(where, "runs", "0", "1 or more");
  }
  std::vector<PhaseDiagram> diagrams = frames_of(runs, x_key, y_key);
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

}  // namespace grok
