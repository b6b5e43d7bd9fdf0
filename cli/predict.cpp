// groktheory predict: what the theory says about one training set.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <memory>

#include "cli/json.hpp"
#include "cli/options.hpp"
#include "theory/closure.hpp"
#include "theory/prediction.hpp"
#include "theory/structure.hpp"

namespace grok {
namespace {

constexpr Index eigenvalues_shown = 8;

constexpr double default_rate = 1e-3;

struct PredictOptions {
  TaskOptions task;
  SplitOptions split;
  Normalisation normalisation = Normalisation::sum;
  const CLI::Option* normalisation_flag = nullptr;  // tells whether it was given
  std::optional<double> rate;
  bool json = false;

  double eta() const { return rate.value_or(default_rate); }
};

struct Prediction {
  Structure structure;
  SumCeiling ceiling;
  Spectrum spectrum;
  std::optional<double> t_h, n_h;
};

Prediction predict(const Task& task, std::span<const Sample> train, const PredictOptions& options) {
  Prediction p;
  const OutputClasses classes = group_by_output(task, train);
  p.structure = analyse_structure(task, train);
  p.ceiling = sum_ceiling(task, train, p.structure);
  p.spectrum = hessian_spectrum(task, classes, p.structure, options.normalisation);
  p.t_h = grokking_steps(p.spectrum.lambda3, 1.0);
  p.n_h = grokking_steps(p.spectrum.lambda3, options.eta());
  return p;
}

std::vector<double> first_eigenvalues(const Spectrum& spectrum) {
  const Index shown = std::min<Index>(eigenvalues_shown, spectrum.eigenvalues.size());
  return {spectrum.eigenvalues.data(), spectrum.eigenvalues.data() + shown};
}

std::optional<std::int64_t> seed_of(const SplitOptions& split) {
  return split.pairs.empty() ? std::optional(split.seed.value_or(default_seed)) : std::nullopt;
}

Json json_head(const Task& task, const PredictOptions& options) {
  Json json = json_of(task);
  const auto seed = seed_of(options.split);
  json["seed"] = seed ? Json(*seed) : Json(nullptr);
  return json;
}

std::string as_json(const Task& task, const Prediction& p, const PredictOptions& options) {
  Json json = json_head(task, options);
  const Structure& s = p.structure;
  json["samples"] = s.samples;
  json["train"] = s.train;
  json["parallelograms"] = s.parallelograms;
  json["parallelograms_all"] = s.parallelograms_all;
  json["implied_parallelograms"] = s.implied_parallelograms;
  json["nullity"] = s.nullity;
  json["nullity_all"] = s.nullity_all;
  json["unique"] = s.unique;
  json["normalisation"] = to_text(options.normalisation);
  json["lambda3"] = json_of(p.spectrum.lambda3);  // null: infinite, nothing to learn (n_h = 0)
  json["eigenvalues"] = first_eigenvalues(p.spectrum);
  json["eigenvalues_complete"] = p.spectrum.complete;  // false: null space and lambda_3 only
  json["residual"] = json_of(p.spectrum.residual);     // relative to lambda3; null: not iterative
  json["products"] = p.spectrum.products;              // with H, of the iterative method
  json["t_h"] = json_of(p.t_h);
  json["rate"] = options.eta();
  json["n_h"] = json_of(p.n_h);
  json["ideal_rqi"] = s.ideal_rqi;
  json["ideal_accuracy"] = s.ideal_accuracy;
  json["outputs"] = p.ceiling.outputs;
  json["outputs_sharing_sums"] = p.ceiling.sharing ? Json(*p.ceiling.sharing) : Json(nullptr);
  json["ceiling_solution"] = json_of(p.ceiling.solution);
  json["ceiling_any_embeddings"] = p.ceiling.any_embeddings;
  return to_text(json);
}

std::string train_text(Index train, Index samples, const SplitOptions& split) {
  const auto seed = seed_of(split);
  return fmt::format("|D| = {} (fraction {:.3f}), {}", train,
                     static_cast<double>(train) / static_cast<double>(samples),
                     seed ? fmt::format("drawn with seed {}", *seed) : "from " + split.pairs);
}

/// Ideal accuracy asks nothing of the decoder; this is what a decoder of sums can make of it.
std::string ceiling_text(const SumCeiling& ceiling) {
  std::string text =
      ceiling.solution
          ? fmt::format("{:.4f} in a generic solution of D: {} of {} outputs share a sum",
                        *ceiling.solution, *ceiling.sharing, ceiling.outputs)
          : fmt::format("not computed for more than {} samples", max_listed_samples);
  if (ceiling.any_embeddings < 1) {
    text += fmt::format("; {:.4f} with any embeddings, a sum has no order", ceiling.any_embeddings);
  }
  return text;
}

/// n_h and t_h, or why there are none. No unique structure is needed for RQI above its threshold if
/// the ideal RQI is.
std::string time_text(const std::optional<double>& value, const char* unit, const Prediction& p) {
  if (value) {
    return fmt::format("{:.6g} {}", *value, unit);
  }
  if (p.structure.unique) {
    return "infinite: no rate";
  }
  const bool there = p.structure.ideal_rqi > RqiQuestion{}.threshold;
  return fmt::format("infinite: not unique{}",
                     there ? ", though the ideal RQI exceeds 0.95 without that" : "");
}

std::string as_text(const Task& task, const Prediction& p, const PredictOptions& options) {
  const Structure& s = p.structure;
  const std::string normalised = fmt::format("normalisation {}", to_text(options.normalisation));
  LabelledLines lines;
  lines.add("task", describe(task));
  lines.add("training set", train_text(s.train, s.samples, options.split));
  lines.add("parallelograms",
            fmt::format("{} in D, {} implied by them, {} in all", s.parallelograms,
                        s.implied_parallelograms, s.parallelograms_all));
  lines.add("nullity n0",
            fmt::format("{} (of the full task {}{}): the linear structure is {}", s.nullity,
                        s.nullity_all, s.nullity_all == 1 ? ", all symbols in one place" : "",
                        s.unique ? "unique" : "not unique"));
  lines.add("ideal RQI", fmt::format("{:.4f}", s.ideal_rqi));
  lines.add("ideal accuracy", fmt::format("{:.4f}", s.ideal_accuracy));
  lines.add("accuracy ceiling", ceiling_text(p.ceiling));
  const char* more = !p.spectrum.complete ? "  and larger ones, not computed"
                     : p.spectrum.eigenvalues.size() > eigenvalues_shown ? "  ..."
                                                                         : "";
  lines.add("eigenvalues of H",
            fmt::format("{:.6g}{} [1/time], {}", fmt::join(first_eigenvalues(p.spectrum), "  "),
                        more, normalised));
  lines.add("lambda_3", std::isfinite(p.spectrum.lambda3)
                            ? fmt::format("{:.6g} [1/time], {}", p.spectrum.lambda3, normalised)
                            : "infinite: nothing to learn");
  if (p.spectrum.residual) {
    lines.add("residual", fmt::format("{:.2g} of lambda_3: |H v - lambda_3 v|, {} products with H",
                                      *p.spectrum.residual, p.spectrum.products));
  }
  lines.add("t_h = 1/lambda_3", time_text(p.t_h, "[time]", p));
  lines.add("n_h = t_h/eta",
            fmt::format("{}, eta = {}", time_text(p.n_h, "[steps]", p), to_text(options.eta())));
  return lines.text();
}

std::string as_json(const Task& task, const ProductStructure& s, const PredictOptions& options) {
  Json json = json_head(task, options);
  json["samples"] = s.samples;
  json["train"] = s.train;
  json["parallelograms"] = s.parallelograms;
  json["parallelograms_all"] = s.parallelograms_all;
  json["bound"] = "lower";  // of all that follow: what deduction finds, not all that is true
  json["implied_parallelograms"] = s.implied_parallelograms;
  json["complete"] = s.complete;
  json["ideal_rqi"] = s.ideal_rqi;
  json["ideal_accuracy"] = s.ideal_accuracy;
  return to_text(json);
}

std::string as_text(const Task& task, const ProductStructure& s, const PredictOptions& options) {
  LabelledLines lines;
  lines.add("task", describe(task));
  lines.add("training set", train_text(s.train, s.samples, options.split));
  lines.add("parallelograms",
            fmt::format("{} in D, at least {} implied by them, {} in all", s.parallelograms,
                        s.implied_parallelograms, s.parallelograms_all));
  lines.add("complete", s.complete ? "yes: all are implied, by deduction"
                                   : "not shown: deduction does not reach all of them");
  lines.add("ideal RQI", fmt::format("at least {:.4f}", s.ideal_rqi));
  lines.add("ideal accuracy", fmt::format("at least {:.4f}", s.ideal_accuracy));
  return lines.text();
}

/// Matrices that multiply have no A(P), so no eigenvalues and no rate (docs/theory.md, 9.4).
void refuse_rates(const Task& task, const PredictOptions& options) {
  const std::string allowed = fmt::format("nothing (--task {} has no lambda_3)", task.name());
  if (options.rate) {
    reject("predict", "--rate", to_text(*options.rate), allowed);
  }
  if (options.normalisation_flag->count() > 0) {
    reject("predict", "--normalisation", to_text(options.normalisation), allowed);
  }
}

int run(const PredictOptions& options, const Output& output) {
  check_split_options(options.split, "predict");
  if (!options.split.pairs.empty() && options.split.seed) {
    reject("predict", "--seed", fmt::format("{}", *options.split.seed),
           "nothing (--pairs: nothing is drawn)");
  }
  const Task task = make_task(options.task, "predict");
  const bool products = task.combination() == Combination::matrix_product;
  if (products) {
    refuse_rates(task, options);
  }
  const std::vector<Sample> train = make_training_set(options.split, task, "predict");
  if (products) {
    const ProductStructure structure = analyse_products(task, train);
    output.out << (options.json ? as_json(task, structure, options)
                                : as_text(task, structure, options));
    return 0;
  }
  const Prediction prediction = predict(task, train, options);
  output.out << (options.json ? as_json(task, prediction, options)
                              : as_text(task, prediction, options));
  return 0;
}

}  // namespace

void add_predict(CLI::App& root, Action& action) {
  const auto options = std::make_shared<PredictOptions>();
  CLI::App& app = *root.add_subcommand("predict", "What the theory says about one training set");
  add_task_options(app, options->task);
  add_split_options(app, options->split);
  options->normalisation_flag = add_normalisation(app, options->normalisation);
  add_number(app, "--rate", options->rate, 0.0, 10.0,
             "eta: learning rate of the embeddings, for n_h")
      ->default_str(to_text(default_rate));
  add_flag(app, "--json", options->json, "one JSON object instead of text");
  app.footer(
      "Examples:\n"
      "  groktheory predict --symbols 10 --train 45 --seed 58\n"
      "  printf 'i,j\\n0,0\\n0,1\\n1,1\\n2,7\\n' > pairs.csv\n"
      "  groktheory predict --symbols 10 --pairs pairs.csv --normalisation mean --json\n"
      "  printf 'a,b,c\\n0,0,0\\n0,1,1\\n1,1,0\\n' > group.csv\n"
      "  groktheory predict --task table --table group.csv --train 2\n"
      "  groktheory predict --task abelian --orders 2,3 --train 12\n"
      "  groktheory predict --task permutations --symbols 6 --train 18");
  run_when_asked(app, action, options, run);
}

}  // namespace grok
