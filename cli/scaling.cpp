// groktheory scaling: the number of samples that makes the linear structure unique, against p.
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <span>

#include "cli/json.hpp"
#include "cli/options.hpp"
#include "compare/statistics/scaling_fits.hpp"
#include "core/errors.hpp"
#include "core/progress.hpp"

namespace grok {
namespace {

constexpr std::size_t least_sizes_to_fit = 4;  // as fit_scaling
constexpr std::size_t least_sizes = 3;         // from --fit-from on, and up to --fit-up-to

struct ScalingOptions {
  std::string task = "addition";
  std::string symbols = "6,10,20,40,80,160,320,640,1250,2500,4000";
  std::optional<std::int64_t> factor;
  std::int64_t fit_from = 40;  // below, rows bind and not coverage: another law
  std::optional<std::int64_t> fit_up_to;
  std::int64_t draws = 400;
  std::int64_t resamples = 400;
  std::int64_t seed = default_seed;
  std::int64_t threads = 1;
  bool json = false;
};

struct Scan {
  std::vector<ScalingDatum> data;
  std::vector<LawFit> fits;  // empty: too few sizes or draws
  std::string no_fits;       // why
  Index fit_up_to = 0;
};

Json point_row(const ScalingPoint& point) {
  return {{"symbols", point.symbols},
          {"samples", point.samples},
          {"draws", point.draws},
          {"n50", json_of(point.n50)},
          {"critical_fraction", json_of(point.fraction)},
          {"critical_train", json_of(point.critical_train)},
          {"covered", json_of(point.covered)},
          {"rows", json_of(point.rows)},
          {"explained", json_of(point.explained)},
          {"predicted", json_of(point.predicted)},
          {"predicted_covered", json_of(point.coverage)},
          {"predicted_touched", json_of(point.touched)},
          {"predicted_rows", json_of(point.counting)},
          {"measured_over_predicted", json_of(point.ratio)}};
}

Json fit_row(const LawFit& fit) {
  Json row = {{"law", to_text(fit.law)},
              {"formula", formula_of(fit.law)},
              {"constants", Json::array()},
              {"points", fit.points},
              {"chi2", json_of(fit.chi2)},
              {"aic", json_of(fit.aic)},
              {"bic", json_of(fit.bic)},
              {"aic_weight", json_of(fit.aic_weight)},
              {"held_out", fit.held_out},
              {"held_out_rms", json_of(fit.held_out_rms)},
              {"held_out_worst", json_of(fit.held_out_worst)}};
  for (const Estimate& constant : fit.constants) {
    row["constants"].push_back(json_of(constant));
  }
  return row;
}

std::string as_json(const Scan& scan, const ScalingOptions& options) {
  Json json = {{"task", options.task}, {"seed", options.seed}, {"draws", options.draws}};
  if (options.factor) {
    json["factor"] = *options.factor;
  }
  json["points"] = Json::array();
  for (const ScalingDatum& datum : scan.data) {
    json["points"].push_back(point_row(datum.point));
  }
  json["fits"] = Json::array();
  for (const LawFit& fit : scan.fits) {
    json["fits"].push_back(fit_row(fit));
  }
  if (scan.fits.empty()) {
    json["no_fits"] = scan.no_fits;
  } else {
    json["resamples"] = options.resamples;
    json["fit_from"] = options.fit_from;
    json["fit_up_to"] = scan.fit_up_to;
  }
  return to_text(json);
}

std::string whole(const Estimate& e) {
  return fmt::format("{:.0f} [{:.0f}, {:.0f}]", e.value, e.low, e.high);
}

std::string points_table(const Scan& scan) {
  std::vector<std::vector<std::string>> rows;
  for (const ScalingDatum& datum : scan.data) {
    const ScalingPoint& p = datum.point;
    rows.push_back(
        {fmt::format("{}", p.symbols), fmt::format("{}", p.draws), whole(p.n50),
         fmt::format("{:.4g} [{:.4g}, {:.4g}]", p.fraction.value, p.fraction.low, p.fraction.high),
         fmt::format("{:.1f}", p.coverage), fmt::format("{:.1f}", p.counting),
         fmt::format("{:.4f} [{:.4f}, {:.4f}]", p.ratio.value, p.ratio.low, p.ratio.high),
         fmt::format("{:.3f} [{:.3f}, {:.3f}]", p.explained.value, p.explained.low,
                     p.explained.high)});
  }
  return aligned_table({"p", "draws", "n50", "r_c = n50/|D0|", "coverage", "rows",
                        "measured/predicted", "explained"},
                       rows);
}

std::string fits_table(const Scan& scan) {
  const auto bic_below = [](const LawFit& a, const LawFit& b) { return a.bic < b.bic; };
  const double best_bic = std::min_element(scan.fits.begin(), scan.fits.end(), bic_below)->bic;
  std::vector<std::vector<std::string>> rows;
  for (const LawFit& fit : scan.fits) {
    std::vector<std::string> row = {formula_of(fit.law)};
    for (std::size_t k = 0; k < 3; ++k) {
      row.push_back(k < fit.constants.size()
                        ? fmt::format("{:.4f} [{:.4f}, {:.4f}]", fit.constants[k].value,
                                      fit.constants[k].low, fit.constants[k].high)
                        : "");
    }
    row.push_back(fmt::format("{:.1f}", fit.chi2));
    row.push_back(fmt::format("{:.1f}", fit.aic - scan.fits.front().aic));
    row.push_back(fmt::format("{:.1f}", fit.bic - best_bic));
    row.push_back(fit.held_out > 0 ? fmt::format("{:.4f}", fit.held_out_rms) : "");
    row.push_back(fit.held_out > 0 ? fmt::format("{:+.4f}", fit.held_out_worst) : "");
    rows.push_back(std::move(row));
  }
  return aligned_table(
      {"law", "a", "b", "c", "chi2", "AIC - best", "BIC - best", "held-out rms", "worst"}, rows);
}

std::string held_out_text(const Scan& scan) {
  const LawFit& fit = scan.fits.front();
  return fit.held_out == 0
             ? fmt::format("none held out: no size above {}", scan.fit_up_to)
             : fmt::format("held out: fitted to p <= {}, ln(measured/predicted) at the {} larger",
                           scan.fit_up_to, fit.held_out);
}

std::string as_text(const Scan& scan, const ScalingOptions& options) {
  LabelledLines head;
  head.add("task", options.factor ? fmt::format("abelian, products of Z_{}", *options.factor)
                                  : options.task);
  head.add("draws",
           fmt::format("{} random orders of D0 each, seed {}", options.draws, options.seed));
  head.add("n50", "smallest |D| at which half of the draws are unique, 95% interval");
  head.add("coverage, rows", "predicted without a constant; the larger one is the prediction");
  head.add("explained",
           "share of draws unique as soon as every symbol is covered and D has p - n0 "
           "rows");
  std::string text = head.text() + "\n" + points_table(scan);
  if (scan.fits.empty()) {
    return text + "\nno fits: " + scan.no_fits + "\n";
  }
  return text + "\n" + fits_table(scan) +
         fmt::format("{} sizes p >= {}; bootstrap over draws, {} resamples; {}\n",
                     scan.fits.front().points, options.fit_from, options.resamples,
                     held_out_text(scan));
}

// The sizes p >= --fit-from. Throws InputError if they, or those up to --fit-up-to, are too few.
std::span<const Index> sizes_to_fit(const std::vector<Index>& sizes,
                                    const ScalingOptions& options) {
  const auto first = std::lower_bound(sizes.begin(), sizes.end(), options.fit_from);
  const std::span<const Index> fitted(first, sizes.end());
  if (fitted.size() < least_sizes) {
    reject("scaling", "--fit-from", fmt::format("{}", options.fit_from),
           fmt::format("one that {} sizes or more of --symbols reach (here {})", least_sizes,
                       fitted.size()));
  }
  if (options.fit_up_to) {
    require_in_range("scaling", "--fit-up-to", *options.fit_up_to, fitted[least_sizes - 1],
                     max_symbols);
  }
  return fitted;
}

Scan scan_of(const ScalingOptions& options) {
  const std::vector<Index> sizes = scan_of_symbols("scaling", options.symbols);
  std::vector<Task> tasks;  // all of them checked before the first is drawn
  for (const Index symbols : sizes) {
    tasks.push_back(scaling_task("scaling", options.task, symbols, options.factor));
  }
  const std::span<const Index> fitted = sizes_to_fit(sizes, options);
  Scan scan;
  Progress progress("scaling", std::ssize(tasks));
  for (const Task& task : tasks) {
    UniqueSizes drawn =
        draw_unique_sizes(task, options.draws, static_cast<std::uint64_t>(options.seed),
                          static_cast<int>(options.threads));
    const ScalingPoint point = summarise_scaling(task, drawn);
    scan.data.push_back({point, std::move(drawn.unique)});
    progress.advance();
  }
  if (fitted.size() < least_sizes_to_fit || options.draws < 10) {
    scan.no_fits = fmt::format("they need at least {} sizes p >= {} and 10 draws",
                               least_sizes_to_fit, options.fit_from);
    return scan;
  }
  scan.fit_up_to = options.fit_up_to.value_or(fitted[fitted.size() / 2]);
  scan.fits = fit_scaling(std::span(scan.data).last(fitted.size()), scan.fit_up_to,
                          options.resamples, static_cast<std::uint64_t>(options.seed));
  return scan;
}

int run_scaling(const ScalingOptions& options, const Output& output) {
  const Scan scan = scan_of(options);
  output.out << (options.json ? as_json(scan, options) : as_text(scan, options));
  return 0;
}

}  // namespace

void add_scaling(CLI::App& root, Action& action) {
  const auto options = std::make_shared<ScalingOptions>();
  CLI::App& app = *root.add_subcommand(
      "scaling", "Samples that make the structure unique, against p: laws and their explanation");
  add_choice(app, "--task", options->task, {"addition", "modular-addition", "abelian"},
             "rule a o b = c: addition, modular-addition, abelian");
  add_number(app, "--factor", options->factor, 2, max_symbols,
             "products of cyclic groups of this order (with --task abelian); p is a power of it");
  app.add_option("--symbols", options->symbols,
                 "sizes p: a,b,c or from:to:count, evenly spaced in ln p")
      ->type_name("LIST")
      ->default_str(options->symbols);
  add_number(app, "--draws", options->draws, 1, 10'000'000, "random orders of D0 for each size");
  add_number(app, "--fit-from", options->fit_from, 3, max_symbols,
             "fit laws to p >= this (below 40 another condition binds: docs/theory.md)");
  add_number(app, "--fit-up-to", options->fit_up_to, 3, max_symbols,
             "held-out test: fit p <= this, predict larger p (default: the middle size)");
  add_number(app, "--resamples", options->resamples, 40, 1'000'000, "of the bootstrap");
  add_number(app, "--seed", options->seed, 0, max_seed, "seed of the random streams");
  add_threads(app, options->threads);
  add_flag(app, "--json", options->json, "one JSON object instead of text");
  app.footer(
      "Examples:\n"
      "  groktheory scaling --symbols 40:320:4 --draws 100\n"
      "  groktheory scaling --symbols 40:4000:8 --draws 400   # minutes\n"
      "  groktheory scaling --task abelian --factor 2 --symbols 8,16,32,64,128,256 --fit-from 8 "
      "--json");
  run_when_asked(app, action, options, run_scaling);
}

}  // namespace grok
