// Sample run:  groktheory figure fig18 --profile quick
#include "figures/representation/fig18_permutations.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <limits>
#include <map>
#include <set>

#include "compare/toy/paired.hpp"
#include "core/errors.hpp"
#include "figures/panels/text.hpp"
#include "figures/panels/waiting.hpp"
#include "figures/settings.hpp"
#include "figures/study_runs.hpp"
#include "theory/threshold.hpp"

namespace grok {
namespace {

constexpr double undefined = std::numeric_limits<double>::quiet_NaN();

/// That member of all rows.
template <class Row, class Value>
std::vector<Value> values_of(const std::vector<Row>& rows, Value Row::*member) {
  std::vector<Value> values;
  std::ranges::transform(rows, std::back_inserter(values), std::mem_fn(member));
  return values;
}

std::vector<PermutationRun> finished_of(std::vector<PermutationRun> runs) {
  std::erase_if(runs, std::mem_fn(&PermutationRun::diverged));
  return runs;
}

PermutationRun run_of(const toy::RunSpec& spec, const toy::Record& record) {
  const bool diverged = record.state == "diverged";
  const auto at_end = [diverged](double value) { return diverged ? undefined : value; };
  return {.train = spec.train,
          .seed = spec.seed,
          .fraction = training_fraction(spec),
          .steps = record.steps_to_rqi,
          .complete = record.ideal_rqi == 1.0,
          .diverged = diverged,
          .rqi = at_end(record.rqi),
          .accuracy = at_end(record.accuracy),
          .predicted = at_end(record.predicted_accuracy),
          .ideal_rqi = record.ideal_rqi,
          .ideal_accuracy = record.ideal_accuracy};
}

PermutationSize size_of(const std::vector<PermutationRun>& runs, std::int64_t budget) {
  const auto finished = finished_of(runs);
  const auto mean = [&finished](auto member) {
    return grouped_mean(values_of(finished, member), values_of(finished, &PermutationRun::seed));
  };
  const auto best = [&finished](auto member) {
    return finished.empty() ? undefined : std::ranges::max(values_of(finished, member));
  };
  std::vector<Waiting> waiting;
  PermutationSize size;
  size.train = runs.front().train;
  size.fraction = runs.front().fraction;
  for (const PermutationRun& run : runs) {
    waiting.push_back({static_cast<double>(run.steps.value_or(budget)), run.steps.has_value()});
    if (run.steps) {
      size.best_steps = std::min(*run.steps, size.best_steps.value_or(*run.steps));
    }
  }
  size.waiting = kaplan_meier(waiting);
  size.reached = wilson(size.waiting.count - size.waiting.censored, size.waiting.count);
  size.finished = std::ssize(finished);
  size.best_rqi = best(&PermutationRun::rqi);
  size.best_accuracy = best(&PermutationRun::accuracy);
  size.rqi = mean(&PermutationRun::rqi);
  size.accuracy = mean(&PermutationRun::accuracy);
  size.predicted = mean(&PermutationRun::predicted);
  size.ideal_rqi = mean(&PermutationRun::ideal_rqi).value;
  size.ideal_accuracy = mean(&PermutationRun::ideal_accuracy).value;
  return size;
}

Claim critical_claim(const PermutationData& data) {
  Claim claim = open_claim(
      "steps to RQI > 0.95 of the best seed fall at a critical training fraction",
      "Liu et al. 2022, App. H.2, Fig. 18(b)", "r_c = 0.5, 11 seeds",
      fmt::format("no network gets there in {} steps, {} networks", data.budget, data.runs.size()));
  if (!data.best_critical) {
    return claim;
  }
  claim.ours = fmt::format("{}, best of {} seeds", with_interval(data.best_critical->estimate),
                           data.best_critical->groups);
  const auto& critical = data.critical.critical;
  claim.ours += critical ? fmt::format("; half of the networks at {}, {} networks",
                                       with_interval(critical->estimate), critical->count)
                         : "; half of the networks: " + data.critical.none;
  claim.remark = fmt::format(
      "published budget, learning rates and sizes are unknown, and the fraction depends on them: "
      "no comparison; ours: {} steps. Resampling seeds moves the best one later only, so more "
      "seeds may come earlier. Deduction from D is complete for half of the sets from {} (the "
      "paper's rule: {})",
      data.budget, with_interval(data.both.critical_fraction),
      with_interval(data.chain.critical_fraction));
  return claim;
}

Claim bound_claim(const PermutationData& data) {
  const BoundCheck& bound = data.bound;
  Claim claim =
      open_claim("predicted accuracy is a lower bound of accuracy",
                 "Liu et al. 2022, App. H.2, Fig. 18(e)", "all points at or above the diagonal",
                 fmt::format("below it {} of the {} networks with accuracy below 1: {}; of all {}; "
                             "{} seeds",
                             bound.below, bound.binding, with_interval(bound.below_share),
                             bound.compared, data.seeds),
                 fmt::format("above {}, equal {}", bound.above, bound.equal));
  if (bound.binding > 0) {
    claim.verdict = bound.below == 0              ? Verdict::agrees
                    : bound.below_share.low > 0.5 ? Verdict::differs
                                                  : Verdict::partly;
  }
  return claim;
}

std::string outcome_line(const PermutationData& data, bool complete, const char* which) {
  std::int64_t count = 0, reached = 0;
  for (const PermutationRun& run : data.runs) {
    count += run.complete == complete ? 1 : 0;
    reached += run.complete == complete && run.steps ? 1 : 0;
  }
  return fmt::format("  {} RQI > 0.95 reached by {} of {}\n", which, reached, count);
}

CsvTable size_table(const PermutationData& data) {
  using Size = PermutationSize;
  return table_of(data.sizes, column("train", &Size::train), column("fraction", &Size::fraction),
                  column("networks", [](const Size& s) { return s.waiting.count; }),
                  column("finished", &Size::finished), column("reached", &Size::reached),
                  column("best_steps", &Size::best_steps),
                  column("median_steps", [](const Size& s) { return s.waiting.median; }),
                  column("best_rqi", &Size::best_rqi), column("rqi", &Size::rqi),
                  column("accuracy", &Size::accuracy),
                  column("predicted_accuracy", &Size::predicted));
}

std::vector<Claim> draw(const Figure& figure, const FigureContext& context) {
  Settings settings(figure, context.profile);
  const auto seed = static_cast<std::uint64_t>(settings.whole("theory_seed", 0, 1'000'000));
  settings.done();
  const toy::StudyRuns runs = toy::run_figure_study(figure, context);
  PermutationData data = collect_permutations(runs.runs, runs.records);
  const Task task = task_of(runs.runs.at(0));
  const int threads = context.workers.threads;
  data.draws = theory_draws(context);
  data.both = summarise_threshold(count_complete(task, data.draws, seed, threads));
  data.chain =
      summarise_threshold(count_complete(task, data.draws, seed, threads, Deduction::chain));
  publish(figure, context, sheet_of(data), report_of(data));
  return claims_of(data);
}

}  // namespace

PermutationData collect_permutations(std::span<const toy::RunSpec> specs,
                                     std::span<const toy::Record> records) {
  const char* where = "collect_permutations";
  require_in_range<std::int64_t>(where, "records", std::ssize(records), std::ssize(specs),
                                 std::ssize(specs));
  require_in_range<std::int64_t>(where, "runs", std::ssize(specs), 1, max_study_runs);
  PermutationData data;
  data.budget = specs.front().steps;
  std::map<Index, std::vector<PermutationRun>> sizes;
  for (std::size_t k = 0; k < specs.size(); ++k) {
    if (specs[k].task != "permutations") {
      reject(where, "task", specs[k].task, "permutations");
    }
    require_in_range(where, "steps", specs[k].steps, data.budget, data.budget);
    data.runs.push_back(run_of(specs[k], records[k]));
    sizes[specs[k].train].push_back(data.runs.back());
    data.diverged += data.runs.back().diverged ? 1 : 0;
  }
  for (const auto& [train, runs] : sizes) {
    data.sizes.push_back(size_of(runs, data.budget));
  }
  std::vector<bool> reached;
  std::ranges::transform(data.runs, std::back_inserter(reached),
                         [](const PermutationRun& run) { return run.steps.has_value(); });
  const auto fractions = values_of(data.runs, &PermutationRun::fraction);
  const auto all_seeds = values_of(data.runs, &PermutationRun::seed);
  data.critical = critical_fraction(fractions, reached, all_seeds);
  data.best_critical = first_success(fractions, reached, all_seeds);
  const auto finished = finished_of(data.runs);
  data.bound = check_lower_bound(values_of(finished, &PermutationRun::accuracy),
                                 values_of(finished, &PermutationRun::predicted),
                                 values_of(finished, &PermutationRun::seed));
  data.seeds = std::ssize(std::set(all_seeds.begin(), all_seeds.end()));
  return data;
}

std::vector<Claim> claims_of(const PermutationData& data) {
  return {critical_claim(data), bound_claim(data)};
}

std::string report_of(const PermutationData& data) {
  const BoundCheck& bound = data.bound;
  std::string text = fmt::format(
      "  {} networks ({} diverged: not there, left out of means), {} seeds, {} steps; 95% "
      "intervals by resampling seeds\n",
      data.runs.size(), data.diverged, data.seeds, data.budget);
  if (data.best_critical) {
    text += fmt::format("  the best seed gets there from {}  (published: 0.5)\n",
                        with_interval(data.best_critical->estimate));
  }
  const auto& critical = data.critical.critical;
  text += critical ? fmt::format(
                         "  half of the networks get there at {}  (logistic; {}, {} resamples "
                         "of seeds)\n",
                         with_interval(critical->estimate),
                         runs_in_seeds(critical->count, critical->groups), critical->resamples)
                   : "  half of the networks: " + data.critical.none + '\n';
  text += fmt::format(
      "  all of P0 implied for half of random D from {}, by the paper's rule alone {}  ({} draws "
      "per size)\n",
      with_interval(data.both.critical_fraction), with_interval(data.chain.critical_fraction),
      data.draws);
  text += outcome_line(data, true, "D implies all of P0 (deduction):") +
          outcome_line(data, false, "not shown to:");
  text += fmt::format(
      "  Acc below predicted Acc {} of {} with Acc < 1: {}; of all {}: above {}, equal {}; "
      "correlation {}\n",
      bound.below, bound.binding, with_interval(bound.below_share), bound.compared, bound.above,
      bound.equal, with_interval(bound.correlation.estimate));
  return text + text_table(size_table(data), {{"train", "|D|"},
                                              {"fraction", "fraction"},
                                              {"networks", "n"},
                                              {"reached", "share there"},
                                              {"best_steps", "best steps"},
                                              {"best_rqi", "best RQI"},
                                              {"rqi", "RQI"},
                                              {"accuracy", "Acc"},
                                              {"predicted_accuracy", "predicted Acc"}});
}

namespace {

Style many_networks() {
  Style style = look::networks();
  style.size = 7;  // where most are at one place
  return style;
}
Style best_network() { return {.colour = look::black, .width = 0.8, .dash = Dash::dotted}; }
Style begins() { return {.colour = look::black, .width = 0.8, .dash = Dash::dash_dot}; }
Style implied() {
  return {.colour = look::vermilion, .width = 0.9, .symbol = Symbol::square, .size = 3.6};
}

/// One number of every network against the fraction, its mean, and what D implies at least.
Panel share_panel(const Sheet& sheet, const std::string& label, const std::string& column,
                  const std::string& title) {
  const CsvTable &runs = sheet.table("abcde"), &means = sheet.table("means");
  return Panel(fraction_axis(), share_axis(label))
      .title(title)
      .counted(rows_of(runs, {"fraction", column}), many_networks())
      .bars(rows_of(means, {"fraction", column, column + "_low", column + "_high"}),
            look::summary());
}

Rows size_rows(const PermutationData& data, double PermutationSize::*value) {
  return rows_of(table_of(data.sizes, column("x", &PermutationSize::fraction), column("y", value)),
                 {"x", "y"});
}

Panel waiting_panel(const PermutationData& data, const CsvTable& runs, const CsvTable& means) {
  Panel panel = waiting(fraction_axis(), "steps to RQI > 0.95", static_cast<double>(data.budget),
                        runs, "fraction", "steps_to_rqi");
  panel.title("When it is there")
      .line(rows_of(means, {"fraction", "best_steps"}), best_network())
      .points(rows_of(means, {"fraction", "median_steps"}), look::summary(),
              "median (Kaplan–Meier)")
      .mark(0.5, look::reference(), "published {/:Italic r}_c = 0.5");
  if (data.best_critical) {
    panel.mark(data.best_critical->estimate, begins(),
               "best from " + with_interval(data.best_critical->estimate, 2));
  }
  return panel;
}

Panel reached_panel(const PermutationData& data, const CsvTable& means, const CsvTable& theory) {
  const auto share = [&theory](const std::string& column) {
    Rows rows = rows_of(theory, {"fraction", column, "draws"});
    std::ranges::for_each(rows, [](auto& row) { row[1] /= row[2]; });
    return rows;
  };
  Style paper = look::theory();
  paper.dash = Dash::dashed;
  Panel panel(fraction_axis(), share_axis("probability"));
  panel.title("Who gets there")
      .line(share("complete"), look::theory(), "{/:Italic D} implies all of {/:Italic P}_0")
      .line(share("complete_chain_alone"), paper, "by the paper's rule alone")
      .bars(rows_of(means, {"fraction", "reached", "reached_low", "reached_high"}), look::summary(),
            "share of networks");
  if (const auto& critical = data.critical.critical) {
    panel.mark(critical->estimate, begins(),
               "half of them: " + with_interval(critical->estimate, 2));
  }
  return panel;
}

}  // namespace

Sheet sheet_of(const PermutationData& data) {
  using One = PermutationRun;
  Sheet sheet;
  sheet.table(
      "abcde",
      table_of(data.runs, column("train", &One::train), column("seed", &One::seed),
               column("fraction", &One::fraction), column("rqi", &One::rqi),
               column("steps_to_rqi", &One::steps),
               column("budget", [&data](const One&) { return data.budget; }),
               column("accuracy", &One::accuracy), column("predicted_accuracy", &One::predicted),
               column("ideal_rqi", &One::ideal_rqi), column("ideal_accuracy", &One::ideal_accuracy),
               column("complete", &One::complete), column("diverged", &One::diverged)));
  sheet.table("means", size_table(data));
  using Point = ThresholdPoint;
  sheet.table(
      "f", table_of(data.both.points, column("train", &Point::train),
                    column("fraction", &Point::fraction), column("draws", &Point::draws),
                    column("complete", &Point::unique),
                    column("complete_chain_alone", [&data](const Point& point) {
                      return data.chain.points.at(static_cast<std::size_t>(point.train) - 1).unique;
                    })));
  const CsvTable &runs = sheet.table("abcde"), &means = sheet.table("means");
  const Style best = best_network();
  sheet.row({share_panel(sheet, "RQI at the last step", "rqi", "What is learnt")
                 .points(size_rows(data, &PermutationSize::ideal_rqi), implied())
                 .line(size_rows(data, &PermutationSize::best_rqi), best),
             waiting_panel(data, runs, means),
             share_panel(sheet, "accuracy over {/:Italic D}_0", "accuracy", "How accurate they are")
                 .law("x", look::reference())
                 .line(size_rows(data, &PermutationSize::best_accuracy), best)});
  sheet.row({share_panel(sheet, "predicted accuracy", "predicted_accuracy", "Predicted accuracy")
                 .law("x", look::reference())
                 .points(size_rows(data, &PermutationSize::ideal_accuracy), implied()),
             Panel(share_axis("predicted accuracy"), share_axis("accuracy"))
                 .title("Is it a lower bound?")
                 .law("x", look::reference(), "equal")
                 .counted(rows_of(runs, {"predicted_accuracy", "accuracy"}), many_networks())
                 .note(fmt::format("below: {} of {} with accuracy < 1", data.bound.below,
                                   data.bound.binding)),
             reached_panel(data, means, sheet.table("f"))});
  sheet.legend({{Swatch::points, many_networks(), "networks (area ∝ their number)"},
                {Swatch::bars, look::summary(), "mean or share, 95% interval"},
                {Swatch::line, best, "best network"},
                {Swatch::points, implied(), "{/:Italic D} implies at least, mean"},
                {Swatch::line, look::reference(), "the training samples alone"}});
  sheet.caption(fmt::format(
      "a–d: intervals of the mean over {} seeds. b: triangles are networks that are not there "
      "within the budget; the grey line is the published critical fraction, of other settings. c, "
      "d: the dashed line is the accuracy of who knows the training samples alone. f: {} random "
      "training sets per size, deduction by both rules and by the paper's alone.",
      data.seeds, data.draws));
  return sheet;
}

Figure fig18_permutations(std::string_view toml) {
  return {"fig18_permutations", "Permutations against training fraction", false, toml, draw, toml};
}

}  // namespace grok
