#include "figures/study_runs.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <functional>

#include "compare/store/artefacts.hpp"
#include "compare/store/curves.hpp"
#include "compare/study/run_study.hpp"
#include "core/errors.hpp"
#include "core/nearest.hpp"
#include "figures/settings.hpp"
#include "nets/toy/parameters.hpp"

namespace grok {

namespace {

/// Throws InputError where nothing may be trained and something is missing.
void require_kept(const Figure& figure, const FigureContext& context, std::span<const Run> runs,
                  const Wanted& wanted) {
  if (context.store == nullptr) {
    reject(figure.stem, "store", "none", "an open store of records");
  }
  if (context.train) {
    return;
  }
  const Store& store = *context.store;
  const auto require = [&](const std::string& what, const std::function<bool(const Run&)>& has) {
    const auto missing = std::ranges::count_if(runs, [&has](const Run& run) { return !has(run); });
    if (missing > 0) {
      reject(figure.stem, what, fmt::format("{} of {} missing in the store", missing, runs.size()),
             fmt::format("0 ('{}' trains them)", command_of(figure, context)));
    }
  };
  require("runs", [&](const Run& run) { return store.has(run); });
  for (const std::string& name : wanted.keep) {
    require(name, [&](const Run& run) { return has_artefact(store, run, name); });
  }
  if (wanted.curve_stride > 0) {
    require("curves", [&](const Run& run) { return has_curve(store, run, wanted.curve_stride); });
  }
}

}  // namespace

NamedStudies figure_studies(const Figure& figure, const std::string& profile) {
  return figure.study.empty() ? NamedStudies()
                              : parse_studies(figure.study, figure.stem + ".toml", profile);
}

void require_profile(const Figure& figure, const std::string& profile) {
  if (!figure_studies(figure, profile).empty()) {
    return;
  }
  std::vector<std::string> profiles = profiles_of_settings(figure);
  profiles = profiles.empty() ? std::vector<std::string>{"quick", "full"} : profiles;
  if (std::ranges::find(profiles, profile) == profiles.end()) {
    reject(figure.stem, "profile", "'" + profile + "'",
           allowed_names(profile, profiles, {},
                         fmt::format("{} (it trains nothing)", fmt::join(profiles, ", "))));
  }
}

std::vector<Outcome> figure_outcomes(const Figure& figure, const FigureContext& context,
                                     std::span<const Run> runs, const Wanted& wanted) {
  require_kept(figure, context, runs, wanted);
  StudyTraining training{.request = context.workers,
                         .label = short_name(figure),
                         .notice = context.notice,
                         .stop = context.stop,
                         .curve_stride = wanted.curve_stride,
                         .keep = wanted.keep};
  if (!wanted.keep.empty() || wanted.curve_stride > 0) {
    training.request.engine = training.request.device = "cpu";  // which alone keeps them
  }
  return run_missing(runs, *context.store, training).outcomes;
}

void require_study(const Figure& figure, const FigureContext& context) {
  const Study study = parse_study(figure.study, figure.stem + ".toml", context.profile);
  require_kept(figure, context, study.runs, {.keep = study.keep});
}

FigureRuns run_figure_study(const Figure& figure, const FigureContext& context) {
  FigureRuns result;
  result.study = parse_study(figure.study, figure.stem + ".toml", context.profile);
  result.outcomes =
      figure_outcomes(figure, context, result.study.runs, {.keep = result.study.keep});
  return result;
}

AllRuns run_figure_studies(const Figure& figure, const FigureContext& context) {
  AllRuns all;  // trained at once, so that no thread waits at the end of each study
  for (const auto& [name, study] : figure_studies(figure, context.profile)) {
    all.runs.insert(all.runs.end(), study.runs.begin(), study.runs.end());
  }
  all.outcomes = figure_outcomes(figure, context, all.runs, {});
  return all;
}

namespace {

/// " --width 8.6cm", as the picture's foot says; nothing for the usual one.
std::string width_asked(const PictureSize& size) {
  const PictureSize usual;
  if (size.width != usual.width) {
    return fmt::format(" --width {:.4g}cm", size.width * 2.54 / 72);
  }
  return size.pixels == usual.pixels ? "" : fmt::format(" --width {}", size.pixels);
}

}  // namespace

void publish(const Figure& figure, const FigureContext& context, const Sheet& sheet,
             const std::string& text) {
  const auto files =
      write_sheet(figure.stem, sheet, command_of(figure, context) + width_asked(context.size),
                  context.out, context.size);
  if (context.narrow_svg) {
    write_narrow_svg(figure.stem, sheet, command_of(figure, context), context.out);
  }
  if (context.caption != nullptr) {
    *context.caption = sheet.caption();
  }
  if (context.report == nullptr) {
    return;
  }
  *context.report << figure.title << " (" << command_of(figure, context) << ")\n"
                  << sheet.report() << text;
  if (context.caption == nullptr && !sheet.caption().empty()) {
    *context.report << "  " << sheet.caption() << '\n';
  }
  for (const auto& file : files) {
    *context.report << "  " << file.string() << '\n';
  }
}

std::vector<Claim> publish(const Figure& figure, const FigureContext& context, const Sheet& sheet,
                           std::vector<Claim> claims) {
  publish(figure, context, sheet);
  return claims;
}

}  // namespace grok

namespace grok::toy {

StudyRuns run_figure_study(const Figure& figure, const FigureContext& context) {
  const FigureRuns trained = grok::run_figure_study(figure, context);
  return {specs_of(trained.study.runs), records_of(trained.outcomes)};
}

std::vector<RunSpec> figure_runs(const Figure& figure, const std::string& profile) {
  return specs_of(parse_study(figure.study, figure.stem + ".toml", profile).runs);
}

TrainedNetworks train_networks(const Figure& figure, const FigureContext& context,
                               std::span<const RunSpec> runs) {
  const std::vector<Run> named = runs_of(runs, figure.stem);
  const auto outcomes = figure_outcomes(figure, context, named, {.keep = {parameters_name}});
  TrainedNetworks networks{records_of(outcomes), {}};
  for (const Run& run : named) {
    networks.embeddings.push_back(stored_network(*context.store, run).embeddings);
  }
  return networks;
}

InitialState stored_network(const Store& store, const Run& run) {
  const auto found = find_artefact(store, run, parameters_name);
  if (!found) {
    throw Error("stored_network: " + run.name() + ": parameters = none in the store");
  }
  return unpacked_parameters(run.as<RunSpec>(), found->bytes, run.name());
}

TracedRun trace_run(const Figure& figure, const FigureContext& context, const RunSpec& spec,
                    std::int64_t stride) {
  const Run run = run_of(spec, figure.stem);
  const auto outcomes =
      figure_outcomes(figure, context, std::span(&run, 1), {.curve_stride = stride});
  const Curve curve = find_curve(*context.store, run, stride).value();
  return {outcomes.at(0).as<Record>(), {}, points_of(run.as<RunSpec>(), curve, run.name())};
}

}  // namespace grok::toy
