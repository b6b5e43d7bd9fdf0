// groktheory threshold, groktheory rates: uniqueness and lambda_3 against |D|.
#include <fmt/format.h>

#include <memory>

#include "cli/json.hpp"
#include "cli/options.hpp"
#include "compare/statistics/threshold_summary.hpp"
#include "theory/structure.hpp"

namespace grok {
namespace {

constexpr std::int64_t max_draws = 10'000'000;  // as count_unique

struct CurveOptions {
  TaskOptions task;
  std::int64_t draws = 10'000;
  std::int64_t seed = default_seed;
  std::int64_t threads = 1;
  Normalisation normalisation = Normalisation::sum;  // rates only
  bool all_sizes = false;                            // threshold only
  bool json = false;
};

/// What is counted: structures that are unique, or deductions that are complete.
struct Counted {
  std::string what;                  // "unique", "complete"; also the key of the counts
  std::string meaning;               // of it, in words
  std::optional<Index> nullity_all;  // of D0, where a nullity exists
  std::optional<double> ceiling;     // of accuracy, where sums cannot tell a o b from b o a
};

Counted counted_for(const Task& task) {
  if (task.combination() == Combination::matrix_product) {
    return {"complete", "all of P0 is implied by deduction; a lower bound", {}, {}};
  }
  const Index full = full_nullity(task);
  const double ceiling = any_sum_ceiling(task);
  return {"unique",
          fmt::format("nullity n0 = {}, that of the full task{}", full,
                      full == 1 ? " (all symbols in one place)" : ""),
          full, ceiling < 1 ? std::optional(ceiling) : std::nullopt};
}

Json curve_head(const Task& task, const CurveOptions& options) {
  Json json = json_of(task);
  json["samples"] = task.sample_count();
  json["seed"] = options.seed;
  json["draws"] = options.draws;
  return json;
}

std::string as_json(const Task& task, const ThresholdCurve& curve, const Counted& counted,
                    const CurveOptions& options) {
  Json json = curve_head(task, options);
  json["counted"] = counted.what;
  if (counted.nullity_all) {
    json["nullity_all"] = *counted.nullity_all;
  } else {
    json["bound"] = "lower";  // of how often D implies all of P0
  }
  if (counted.ceiling) {
    json["ceiling_any_embeddings"] = *counted.ceiling;
  }
  json["curve"] = Json::array();
  for (const ThresholdPoint& point : curve.points) {
    json["curve"].push_back({{"train", point.train},
                             {"fraction", point.fraction},
                             {"draws", point.draws},
                             {counted.what, point.unique},
                             {"probability", json_of(point.probability.value)},
                             {"low", json_of(point.probability.low)},
                             {"high", json_of(point.probability.high)}});
  }
  json["sizes_never"] = curve.never;  // this and the next: left out of the curve unless asked for
  json["sizes_always"] = curve.always;
  // null: nothing to learn, unique before the first sample
  json["critical_train"] = curve.from_start ? Json(nullptr) : json_of(curve.critical_train);
  json["critical_fraction"] = curve.from_start ? Json(nullptr) : json_of(curve.critical_fraction);
  return to_text(json);
}

/// Of the sizes that the table leaves out.
std::string rest_text(const ThresholdCurve& curve, const Counted& counted) {
  if (curve.from_start) {
    return fmt::format("{} at every size, 0 included\n", counted.what);
  }
  return fmt::format(
      "never {} in these draws at the {} smaller sizes, always at the {} larger ones\n",
      counted.what, curve.never, curve.always);
}

std::string as_text(const Task& task, const ThresholdCurve& curve, const Counted& counted,
                    const CurveOptions& options) {
  std::vector<std::vector<std::string>> rows;
  for (const ThresholdPoint& point : curve.points) {
    rows.push_back({fmt::format("{}", point.train), fmt::format("{:.4f}", point.fraction),
                    fmt::format("{}", point.unique), fmt::format("{:.4f}", point.probability.value),
                    fmt::format("{:.4f}", point.probability.low),
                    fmt::format("{:.4f}", point.probability.high)});
  }
  const auto critical = [](const Estimate& e) {
    return fmt::format("{:.4g}  [{:.4g}, {:.4g}]", e.value, e.low, e.high);
  };
  LabelledLines head;
  head.add("task", describe(task));
  head.add("draws", fmt::format("{} random orders of D0, seed {}", options.draws, options.seed));
  head.add(counted.what, counted.meaning);
  if (counted.ceiling) {
    head.add("accuracy ceiling",
             fmt::format("{:.4f} with any embeddings, a sum has no order", *counted.ceiling));
  }
  const std::string probability = fmt::format("P({})", counted.what);
  if (curve.from_start) {
    head.add("critical |D|", "none: nothing to learn, no parallelogram says anything");
  } else {
    head.add("critical |D|", critical(curve.critical_train) + "  samples, 95% interval");
    head.add("critical fraction",
             critical(curve.critical_fraction) + fmt::format("  where {} = 1/2", probability));
  }
  const std::string table =
      rows.empty()
          ? ""
          : aligned_table({"|D|", "fraction", counted.what, probability, "low", "high"}, rows);
  return head.text() + "\n" + table + rest_text(curve, counted);
}

Json rate_row(const RatePoint& point) {
  return {{"train", point.train},
          {"fraction", point.fraction},
          {"draws", point.draws},
          {"median", json_of(point.median)},
          {"lower_quartile", json_of(point.lower_quartile)},
          {"upper_quartile", json_of(point.upper_quartile)},
          {"zero", json_of(point.zero)}};
}

std::string as_text(const Task& task, const std::vector<RatePoint>& points,
                    const CurveOptions& options) {
  std::vector<std::vector<std::string>> rows;
  Index never = 0;
  for (const RatePoint& point : points) {
    if (point.zero.value == 1.0) {
      ++never;
      continue;
    }
    const auto cell = [](double value) { return fmt::format("{:.4g}", value); };
    rows.push_back({fmt::format("{}", point.train), fmt::format("{:.4f}", point.fraction),
                    cell(point.median.value),
                    fmt::format("[{:.4g}, {:.4g}]", point.median.low, point.median.high),
                    cell(point.lower_quartile), cell(point.upper_quartile),
                    fmt::format("{:.4f}", point.zero.value),
                    fmt::format("[{:.4f}, {:.4f}]", point.zero.low, point.zero.high)});
  }
  LabelledLines head;
  head.add("task", describe(task));
  head.add("draws", fmt::format("{} random orders of D0, seed {}", options.draws, options.seed));
  head.add("lambda_3", fmt::format("[1/time], normalisation {}", to_text(options.normalisation)));
  return head.text() + "\n" +
         aligned_table({"|D|", "fraction", "median", "95% interval", "lower quartile",
                        "upper quartile", "P(lambda_3 = 0)", "95% interval"},
                       rows) +
         fmt::format("lambda_3 = 0 in all draws at the {} smaller sizes\n", never);
}

int run_threshold(const CurveOptions& options, const Output& output) {
  const Task task = make_task(options.task, "threshold");
  const Counted counted = counted_for(task);
  const auto seed = static_cast<std::uint64_t>(options.seed);
  const auto threads = static_cast<int>(options.threads);
  const ThresholdCurve curve =
      summarise_threshold(counted.nullity_all ? count_unique(task, options.draws, seed, threads)
                                              : count_complete(task, options.draws, seed, threads),
                          options.all_sizes ? CurveSizes::all : CurveSizes::undecided);
  output.out << (options.json ? as_json(task, curve, counted, options)
                              : as_text(task, curve, counted, options));
  return 0;
}

int run_rates(const CurveOptions& options, const Output& output) {
  const Task task = make_task(options.task, "rates");
  const RateDraws draws = draw_rates(task, options.draws, static_cast<std::uint64_t>(options.seed),
                                     static_cast<int>(options.threads), options.normalisation);
  const std::vector<RatePoint> points = summarise_rates(draws, task.sample_count());
  if (!options.json) {
    output.out << as_text(task, points, options);
    return 0;
  }
  Json json = curve_head(task, options);
  json["nullity_all"] = full_nullity(task);
  json["normalisation"] = to_text(options.normalisation);
  json["curve"] = Json::array();
  for (const RatePoint& point : points) {
    json["curve"].push_back(rate_row(point));
  }
  output.out << to_text(json);
  return 0;
}

void add_curve_options(CLI::App& app, CurveOptions& options) {
  add_task_options(app, options.task);
  add_number(app, "--draws", options.draws, 1, max_draws,
             "random orders of D0; each answers for every |D|");
  add_number(app, "--seed", options.seed, 0, max_seed, "seed of the random streams");
  add_threads(app, options.threads);
  add_flag(app, "--json", options.json, "one JSON object instead of text");
}

}  // namespace

void add_threshold(CLI::App& root, Action& action) {
  const auto options = std::make_shared<CurveOptions>();
  CLI::App& app = *root.add_subcommand(
      "threshold", "Probability that D determines the whole structure, per |D|");
  add_curve_options(app, *options);
  app.add_flag("--all-sizes", options->all_sizes,
               "also the |D| whose probability is 0 or 1 in these draws");
  app.footer(
      "Counted is how often the linear structure is unique; where embeddings are matrices, how "
      "often\n"
      "deduction shows that all of P0 is implied.\n"
      "Examples:\n"
      "  groktheory threshold --symbols 10 --draws 10000 --json\n"
      "  groktheory threshold --task permutations --symbols 6 --draws 10000");
  run_when_asked(app, action, options, run_threshold);
}

void add_rates(CLI::App& root, Action& action) {
  const auto options = std::make_shared<CurveOptions>();
  options->draws = 1000;
  CLI::App& app = *root.add_subcommand("rates", "Distribution of lambda_3, per |D|");
  add_curve_options(app, *options);
  add_normalisation(app, options->normalisation);
  app.footer("Example:\n  groktheory rates --symbols 10 --draws 1000 --normalisation sum");
  run_when_asked(app, action, options, run_rates);
}

}  // namespace grok
