// Sample run:  groktheory figure fig4 --profile quick
#include "figures/representation/fig4_critical_fraction.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>

#include "compare/statistics/summary.hpp"
#include "compare/toy/paired.hpp"
#include "core/errors.hpp"
#include "figures/panels/text.hpp"
#include "figures/study_runs.hpp"
#include "theory/flow.hpp"
#include "theory/prediction.hpp"
#include "theory/representation.hpp"
#include "theory/structure.hpp"

namespace grok {
namespace {

constexpr std::int64_t trajectory_stride = 10;  // steps
constexpr std::uint64_t theory_seed = 58;       // as `threshold` and `rates` without --seed

/// Medians by size, and the fraction where half of the networks get there.
void summarise(WaitingData& data) {
  std::vector<double> sizes, fractions;
  std::vector<Waiting> times;
  std::vector<bool> reached;
  std::vector<std::int64_t> seeds;
  std::map<double, double> fraction_of;
  for (const WaitingRun& run : data.runs) {
    sizes.push_back(static_cast<double>(run.train));
    fractions.push_back(run.fraction);
    times.push_back({static_cast<double>(run.steps.value_or(data.budget)), run.steps.has_value()});
    reached.push_back(run.steps.has_value());
    seeds.push_back(run.seed);
    fraction_of[sizes.back()] = run.fraction;
  }
  for (WaitingGroup& size : waiting_by(sizes, times)) {
    data.medians.push_back(
        {static_cast<Index>(size.x), fraction_of.at(size.x), std::move(size.curve)});
  }
  data.critical = critical_fraction(fractions, reached, seeds);
}

std::vector<Claim> draw(const Figure& figure, const FigureContext& context) {
  CriticalFractionData data;
  data.draws = 10'000;
  const toy::StudyRuns runs = toy::run_figure_study(figure, context);
  data.waiting = collect_waiting(runs.runs, runs.records);
  toy::RunSpec single = toy::figure_runs(figure, "trajectory").at(0);
  single.representation_rate = runs.runs.at(0).representation_rate;  // the profile's
  data.trajectories = collect_trajectories(resolve(single, figure.stem),
                                           trace_run(figure, context, single, trajectory_stride));
  const Task task = task_of(single);
  data.theory =
      summarise_threshold(count_unique(task, data.draws, theory_seed, context.workers.threads));
  publish(figure, context, sheet_of(data), report_of(data));
  return claims_of(data);
}

std::string outcome_lines(const WaitingData& data) {
  std::string text;
  for (const bool unique : {true, false}) {
    std::vector<bool> reached;
    std::vector<std::int64_t> seeds;
    for (const WaitingRun& run : data.runs) {
      if (run.unique == unique) {
        reached.push_back(run.steps.has_value());
        seeds.push_back(run.seed);
      }
    }
    text += fmt::format("  structure {:<11} RQI > 0.95 reached by {} of {}",
                        unique ? "unique:" : "not unique:",
                        std::count(reached.begin(), reached.end(), true), reached.size());
    if (!reached.empty()) {
      const auto share = grouped_share(reached, seeds, figure_resamples, figure_bootstrap_seed);
      text += fmt::format(": {}, {} seeds", with_interval(share.estimate), share.groups);
    }
    text += '\n';
  }
  return text;
}

}  // namespace

WaitingData collect_waiting(std::span<const toy::RunSpec> specs,
                            std::span<const toy::Record> records) {
  require_in_range<std::int64_t>("collect_waiting", "records", std::ssize(records),
                                 std::ssize(specs), std::ssize(specs));
  WaitingData data;
  for (std::size_t k = 0; k < specs.size(); ++k) {
    if (data.budget != 0 && specs[k].steps != data.budget) {
      reject("collect_waiting", "steps", fmt::format("{}", specs[k].steps),
             fmt::format("the same budget in every run ({})", data.budget));
    }
    data.budget = specs[k].steps;
    data.rate = specs[0].representation_rate;
    // Whether a network diverges is not independent of how long it takes: none is left out.
    const bool diverged = records[k].state == "diverged";
    data.diverged += diverged ? 1 : 0;
    data.runs.push_back({specs[k].train, specs[k].seed, training_fraction(specs[k]),
                         records[k].steps_to_rqi, records[k].unique.value(), diverged});
  }
  summarise(data);
  return data;
}

Trajectories collect_trajectories(const toy::RunSpec& spec, const toy::TracedRun& run) {
  const Task task = task_of(spec);
  const auto train = training_set_of(spec);
  const OutputClasses classes = group_by_output(task, train);
  const Eigen::MatrixXd start = run.trajectory.front().embeddings;
  RqiQuestion question;
  question.rate = spec.representation_rate;
  question.threshold = spec.rqi_threshold;
  question.tolerance = *spec.rqi_tolerance;
  question.budget = spec.steps;
  const StepPrediction predicted = predict_steps(task, train, start, Normalisation::sum, question);
  Trajectories result;
  result.train = spec.train;
  result.seed = spec.seed;
  result.n_h = predicted.n_h;
  result.predicted_rqi = predicted.gradient_flow;
  result.adam_rqi = predicted.adam_flow;
  result.trained_rqi = run.record.steps_to_rqi;
  const LinearModes modes(task.symbols(), classes, Normalisation::sum, standardise(start));
  const auto rows = static_cast<Eigen::Index>(run.trajectory.size());
  result.flow.resize(rows, task.symbols());
  result.trained.resize(rows, task.symbols());
  for (Eigen::Index k = 0; k < rows; ++k) {
    const toy::TrajectoryPoint& point = run.trajectory[static_cast<std::size_t>(k)];
    const double t = static_cast<double>(point.step) * spec.representation_rate;
    result.steps.push_back(point.step);
    result.flow.row(k) = modes.normalised(t).col(0).transpose();
    result.trained.row(k) = standardise(point.embeddings).col(0).transpose();
  }
  return result;
}

CsvTable median_table(const WaitingData& data) {
  const auto of = [](auto member) {
    return [member](const WaitingMedian& m) { return m.curve.*member; };
  };
  return table_of(
      data.medians, column("train", &WaitingMedian::train),
      column("fraction", &WaitingMedian::fraction), column("networks", of(&KaplanMeier::count)),
      column("censored", of(&KaplanMeier::censored)),
      column("median_steps", of(&KaplanMeier::median)), column("low", of(&KaplanMeier::median_low)),
      column("high", of(&KaplanMeier::median_high)));
}

std::string report_of(const CriticalFractionData& data) {
  const ThresholdCurve& theory = data.theory;
  const WaitingData& waiting = data.waiting;
  std::string text = fmt::format(
      "  predicted r_c (P(unique) = 1/2)          {}  (|D| = {}; {} draws per size)\n",
      with_interval(theory.critical_fraction), with_interval(theory.critical_train), data.draws);
  if (const auto& critical = waiting.critical.critical) {
    text += fmt::format(
        "  measured r_c (RQI > 0.95 in {} steps) {}  (logistic; {}, {} resamples of seeds)\n",
        waiting.budget, with_interval(critical->estimate),
        runs_in_seeds(critical->count, critical->groups), critical->resamples);
  } else {
    text += "  measured r_c: undetermined, " + waiting.critical.none + '\n';
  }
  text += fmt::format("  {} networks, {} diverged (not there before: counted as not reached)\n",
                      waiting.runs.size(), waiting.diverged) +
          outcome_lines(waiting);
  text += text_table(median_table(waiting),
                     {{"train", "|D|"},
                      {"fraction", "fraction"},
                      {"networks", "n"},
                      {"censored", "censored"},
                      {"median_steps", "median steps (Kaplan-Meier, 95% interval)"}});
  const Trajectories& t = data.trajectories;
  return text + fmt::format(
                    "  panels c, d: seed {}, |D| = {}; n_h = {} steps (sum); steps to RQI > 0.95: "
                    "gradient flow {}, Adam flow {}, network {} (n = 1)\n",
                    t.seed, t.train, step_text(t.n_h), step_text(t.predicted_rqi),
                    step_text(t.adam_rqi), step_text(t.trained_rqi));
}

namespace {

constexpr const char* about = "about 0.4";
constexpr double published_fraction = 0.4;

// P(unique) at one size, beside the official table of 10,000 draws.
Claim probability_claim(const CriticalFractionData& data, Index train, std::int64_t unique) {
  const ThresholdPoint& point = data.theory.points.at(static_cast<std::size_t>(train) - 1);
  return number_claim(fmt::format("probability of a unique structure at |D| = {}", train),
                      "Liu et al. 2022, Fig. 4(a); table of the official code",
                      says(wilson(unique, 10'000), 4), point.probability,
                      fmt::format("{} draws", point.draws), 4);
}

Claim critical_claim(const WaitingData& waiting) {
  const auto& critical = waiting.critical.critical;
  return open_claim(
      "networks find the line from the same fraction on", "Liu et al. 2022, Fig. 4(b)", about,
      critical ? fmt::format("{}, {}, {} steps", with_interval(critical->estimate),
                             runs_in_seeds(critical->count, critical->groups), waiting.budget)
               : waiting.critical.none,
      critical ? "the learning rates of the published panel are unknown, and the fraction depends "
                 "on them: no comparison; ours are the code's"
               : "");
}

Claim impossible_claim(const WaitingData& waiting) {
  std::int64_t runs = 0, reached = 0;
  for (const WaitingRun& run : waiting.runs) {
    runs += run.unique ? 0 : 1;
    reached += !run.unique && run.steps ? 1 : 0;
  }
  return none_claim("no network finds the line where theory says it is not unique",
                    "Liu et al. 2022, section 3", reached, runs);
}

// The official code's three runs at its default rates.
std::optional<Claim> waiting_claim(const WaitingData& waiting) {
  constexpr Index train = 45;
  constexpr double code_rate = 1e-3, published = 887;
  const auto m = std::ranges::find(waiting.medians, train, &WaitingMedian::train);
  if (m == waiting.medians.end() || waiting.rate != code_rate) {
    return std::nullopt;
  }
  const double none = std::numeric_limits<double>::infinity();
  const Estimate ours{m->curve.median.value_or(none), m->curve.median_low.value_or(0),
                      m->curve.median_high.value_or(none)};
  return Claim{"median steps to RQI > 0.95 at |D| = 45", "official code, 3 seeds",
               "887 (833, 887, 1071)",
               fmt::format("{} [{}, {}], {} of {} censored", step_text(m->curve.median),
                           step_text(m->curve.median_low), step_text(m->curve.median_high),
                           m->curve.censored, m->curve.count),
               compare_with(ours, published)};
}

}  // namespace

std::vector<Claim> claims_of(const CriticalFractionData& data) {
  const Estimate& critical = data.theory.critical_fraction;
  constexpr Index published_samples = 55;  // |D0|, p = 10
  if (std::ssize(data.theory.points) != published_samples) {
    return {};
  }
  std::vector<Claim> claims = {
      probability_claim(data, 22, 4270),
      probability_claim(data, 30, 9814),
      {"the structure is unique from a critical fraction on", "Liu et al. 2022, Fig. 4(a)", about,
       fmt::format("{}, {} draws", with_interval(critical, 4), data.draws),
       rounded(critical.value, 1) == rounded(published_fraction, 1) ? Verdict::agrees
                                                                    : Verdict::differs},
      critical_claim(data.waiting),
      impossible_claim(data.waiting)};
  if (const auto waiting = waiting_claim(data.waiting)) {
    claims.push_back(*waiting);
  }
  return claims;
}

Figure fig4_critical_fraction(std::string_view toml) {
  return {"fig4_critical_fraction", "Critical training fraction", true, toml, draw, toml};
}

}  // namespace grok
