#include "compare/study/refined_study.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "core/errors.hpp"
#include "nets/phase.hpp"

namespace grok {
namespace {

using I = std::int64_t;

// The place of the value of a key among those met before; a new value is the last one.
std::size_t place_among(std::vector<double>& values, const Run& run, const std::string& key) {
  const auto value = number_under(run, key);
  if (!value) {
    reject("refine", "axes", fmt::format("'{}'", key), "keys of a run that are numbers");
  }
  const auto found = std::ranges::find(values, *value);
  const auto place = static_cast<std::size_t>(found - values.begin());
  if (found == values.end()) {
    values.push_back(*value);
  }
  return place;
}

// The text of a run without the keys in which the runs of one diagram may differ.
std::string diagram_text(const Run& run, const std::array<std::string, 2>& axes) {
  std::vector<std::string> without = seed_keys(run.model());
  without.insert(without.end(), axes.begin(), axes.end());
  return run.model().text(run, without);
}

std::string diagram_name(const Study& study, const Run& run,
                         const std::array<std::string, 2>& axes) {
  std::vector<std::string> settings;
  for (const std::string& key : study.axes) {
    if (key != axes[0] && key != axes[1] && !is_seed(run.model(), key)) {
      settings.push_back(fmt::format("{} = {}", key, text_of(run[key])));
    }
  }
  return fmt::format("{}", fmt::join(settings, ", "));
}

// Where a run stands: its diagram and its place on the two axes.
struct RunPlace {
  std::size_t diagram = 0, row = 0, column = 0;
};

void require_full(const StudyGrid& grid, const std::array<std::string, 2>& axes) {
  for (const auto& diagram : grid.diagrams) {
    const auto empty =
        std::ranges::find_if(diagram.points, [](auto& runs) { return runs.empty(); });
    if (empty != diagram.points.end()) {
      const auto point = static_cast<std::size_t>(empty - diagram.points.begin());
      const auto columns = static_cast<std::size_t>(grid.size.columns);
      reject("refine", "axes",
             fmt::format("{} = {}, {} = {} without a run", axes[0],
                         to_text(grid.values[0][point / columns]), axes[1],
                         to_text(grid.values[1][point % columns])),
             "axes with a run of its own at each pair of values");
    }
  }
}

// Outcomes of a point, if the store has them all; what it lacks goes to `missing`.
std::optional<std::vector<Outcome>> outcomes_of(const std::vector<std::size_t>& numbers,
                                                const std::vector<Run>& runs, const Store& store,
                                                std::vector<Run>& missing) {
  std::vector<Outcome> outcomes;
  for (const std::size_t number : numbers) {
    if (auto outcome = store.find(runs[number])) {
      outcomes.push_back(std::move(*outcome));
    } else {
      missing.push_back(runs[number]);
    }
  }
  if (outcomes.size() < numbers.size()) {
    return {};
  }
  return outcomes;
}

}  // namespace

Vote vote(std::span<const Outcome> outcomes, double share) {
  std::array<I, phase_names.size()> counts{};
  for (const Outcome& outcome : outcomes) {
    const Value phase = outcome[Role::phase];
    const std::string name = text_of(phase).empty() ? "none" : text_of(phase);
    const auto found = std::ranges::find(phase_names, name);
    if (found == phase_names.end()) {
      reject("vote", "phase", name, fmt::format("{}", fmt::join(phase_names, ", ")));
    }
    ++counts[static_cast<std::size_t>(found - phase_names.begin())];
  }
  if (outcomes.empty()) {
    reject("vote", "outcomes", "0", "1 or more");
  }
  const auto most = std::ranges::max_element(counts);  // the first of equal ones
  const I runs = std::ssize(outcomes);
  constexpr double rounding = 1e-9;  // 11 of 20 are a share of 0.55, which 0.55 * 20 is not
  const bool certain = static_cast<double>(*most) >= share * static_cast<double>(runs) - rounding &&
                       std::ranges::count(counts, *most) == 1;
  return {{static_cast<int>(most - counts.begin()), certain}, *most, runs};
}

StudyGrid study_grid(const Study& study, const std::array<std::string, 2>& axes) {
  StudyGrid grid;
  std::map<std::string, std::size_t> diagrams;
  std::vector<RunPlace> places;
  for (const Run& run : study.runs) {
    const auto [at, fresh] = diagrams.try_emplace(diagram_text(run, axes), grid.diagrams.size());
    if (fresh) {
      grid.diagrams.push_back({diagram_name(study, run, axes), {}});
    }
    places.push_back({at->second, place_among(grid.values[0], run, axes[0]),
                      place_among(grid.values[1], run, axes[1])});
  }
  grid.size = {std::ssize(grid.values[0]), std::ssize(grid.values[1])};
  for (auto& diagram : grid.diagrams) {
    diagram.points.resize(static_cast<std::size_t>(grid.size.points()));
  }
  for (std::size_t k = 0; k < places.size(); ++k) {
    const auto& [diagram, row, column] = places[k];
    grid.diagrams[diagram].points[row * grid.values[1].size() + column].push_back(k);
  }
  require_full(grid, axes);
  return grid;
}

std::vector<ReplayedRefinement> replay_study(const Study& study, const RefineSpec& spec,
                                             std::span<const Outcome> outcomes) {
  const I runs = std::ssize(study.runs);
  require_in_range<I>("replay_study", "outcomes", std::ssize(outcomes), runs, runs);
  const StudyGrid grid = study_grid(study, spec.axes);
  std::vector<ReplayedRefinement> results;
  for (const auto& diagram : grid.diagrams) {
    std::vector<PointPhase> phases;
    for (const auto& numbers : diagram.points) {
      std::vector<Outcome> own;
      for (const std::size_t number : numbers) {
        own.push_back(outcomes[number]);
      }
      phases.push_back(vote(own, spec.share).phase);
    }
    results.push_back(replay_refinement(grid.size, spec.strides, phases));
  }
  return results;
}

RefinedStudy::RefinedStudy(const Study& study) : runs_(study.runs) {
  if (!study.refine) {
    reject("refine", "study", fmt::format("'{}'", study.name), "a study with [refine]");
  }
  spec_ = *study.refine;
  grid_ = study_grid(study, spec_.axes);
  refiners_.assign(grid_.diagrams.size(), Refiner(grid_.size, spec_.strides));
  votes_.assign(grid_.diagrams.size(),
                std::vector<Vote>(static_cast<std::size_t>(grid_.size.points())));
  missing_ = needed_runs();
}

void RefinedStudy::advance(const Store& store) {
  missing_.clear();
  for (std::size_t d = 0; d < refiners_.size(); ++d) {
    Refiner& refiner = refiners_[d];
    const std::size_t before = missing_.size();
    while (!refiner.wanted().empty() && missing_.size() == before) {
      std::vector<PointPhase> phases;
      for (const I point : refiner.wanted()) {
        const auto k = static_cast<std::size_t>(point);
        if (const auto outcomes =
                outcomes_of(grid_.diagrams[d].points[k], runs_, store, missing_)) {
          votes_[d][k] = vote(*outcomes, spec_.share);
          phases.push_back(votes_[d][k].phase);
        }
      }
      if (missing_.size() == before) {
        refiner.answer(phases);
      }
    }
  }
}

std::vector<Run> RefinedStudy::runs_of_points(bool wanted) const {
  std::vector<std::size_t> numbers;
  for (std::size_t d = 0; d < refiners_.size(); ++d) {
    const auto add = [&](const std::vector<I>& points) {
      for (const I point : points) {
        const auto& own = grid_.diagrams[d].points[static_cast<std::size_t>(point)];
        numbers.insert(numbers.end(), own.begin(), own.end());
      }
    };
    std::ranges::for_each(refiners_[d].result().rounds, add);
    if (wanted) {
      add(refiners_[d].wanted());
    }
  }
  std::ranges::sort(numbers);
  std::vector<Run> runs;
  for (const std::size_t number : numbers) {
    runs.push_back(runs_[number]);
  }
  return runs;
}

I RefinedStudy::wanted() const {
  I points = 0;
  for (const Refiner& refiner : refiners_) {
    points += std::ssize(refiner.wanted());
  }
  return points;
}

I RefinedStudy::round() const {
  std::optional<I> first;
  I last = 0;
  for (const Refiner& refiner : refiners_) {
    const I rounds = std::ssize(refiner.result().rounds);
    last = std::max(last, rounds);
    if (!refiner.wanted().empty()) {
      first = std::min(first.value_or(rounds), rounds);
    }
  }
  return first.value_or(last);
}

RefinedOutcome run_refined(const Study& study, Store& store, const StudyTraining& training) {
  std::set<std::string> said;
  StudyTraining round = training;
  round.notice = [&](const std::string& line) {  // the engine is that of the round before
    if (training.notice && said.insert(line).second) {
      training.notice(line);
    }
  };
  RefinedOutcome outcome{RefinedStudy(study), {}, {}, 0};
  outcome.workers = run_missing({}, store, round).workers;  // if nothing is missing
  outcome.state.advance(store);
  while (!outcome.state.missing().empty()) {
    const std::vector<Run> runs = outcome.state.missing();
    round.notice(fmt::format("{}: round {}, {} points, {} runs to train", training.label,
                             outcome.state.round(), outcome.state.wanted(), runs.size()));
    try {
      const StudyOutcome trained = run_missing(runs, store, round);
      outcome.workers = trained.workers;
      outcome.trained_now += trained.trained;
    } catch (const Interrupted& stopped) {
      throw Interrupted(fmt::format("round {}: {}", outcome.state.round(), stopped.what()));
    }
    outcome.state.advance(store);
  }
  for (const Run& run : outcome.state.trained_runs()) {
    outcome.outcomes.push_back(store.find(run).value());
  }
  return outcome;
}

CsvTable refined_table(const RefinedStudy& state) {
  if (!state.missing().empty()) {
    reject("refine", "runs", fmt::format("{} missing", state.missing().size()),
           "a refinement that is complete (study run)");
  }
  const auto& keys = state.spec().axes;
  const StudyGrid& grid = state.grid();
  CsvTable table{{"diagram", keys[0], keys[1], "phase", "state", "round", "votes", "runs"}, {}};
  for (std::size_t d = 0; d < grid.diagrams.size(); ++d) {
    for (I k = 0; k < grid.size.points(); ++k) {
      const RefinedPoint& point = state.refinement(d).points[static_cast<std::size_t>(k)];
      std::vector<std::string> row = {
          grid.diagrams[d].name,
          to_text(grid.values[0][static_cast<std::size_t>(k / grid.size.columns)]),
          to_text(grid.values[1][static_cast<std::size_t>(k % grid.size.columns)]),
          std::string(phase_names.at(static_cast<std::size_t>(point.phase))),
          point.round ? "trained" : "predicted"};
      if (point.round) {
        const Vote& vote = state.vote_of(d, k);
        for (const I number : {*point.round, vote.votes, vote.runs}) {
          row.push_back(fmt::format("{}", number));
        }
      } else {
        row.insert(row.end(), 3, "");
      }
      table.rows.push_back(std::move(row));
    }
  }
  return table;
}

}  // namespace grok
