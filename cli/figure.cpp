// groktheory figure: trains what a figure lacks, compares, draws.
#include "figures/figure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <memory>
#include <sstream>

#include "cli/asked_figures.hpp"
#include "cli/json.hpp"
#include "cli/new_folder.hpp"
#include "cli/options.hpp"
#include "core/interrupt.hpp"
#include "figures/settings.hpp"
#include "figures/study_runs.hpp"

namespace grok {
namespace {

namespace fs = std::filesystem;

struct FigureOptions {
  std::vector<std::string> names;
  std::vector<AskedFigure> asked;  // by those names
  std::string profile = "quick";
  std::string out = "figures-out";
  std::string store;
  std::string width = "17cm";
  WorkerOptions workers;
  bool list = false;
  bool json = false;
};

Json head_of(const Figure& figure) {
  return {{"name", short_name(figure)},
          {"stem", figure.stem},
          {"title", figure.title},
          {"core", figure.core}};
}

int list_figures(const FigureOptions& options, const Output& output) {
  Json json;
  json["figures"] = Json::array();
  std::size_t names = 0, stems = 0;
  for (const Figure& figure : figures()) {
    names = std::max(names, short_name(figure).size());
    stems = std::max(stems, figure.stem.size());
  }
  std::string text;
  for (const Figure& figure : figures()) {
    const auto seconds = quick_seconds(figure);
    json["figures"].push_back(head_of(figure));
    json["figures"].back()["quick_seconds"] = seconds ? Json(*seconds) : Json();
    text += fmt::format("{:<{}}  {:<{}}  {:<4}  {:>5}  {}\n", short_name(figure), names,
                        figure.stem, stems, figure.core ? "core" : "",
                        seconds ? fmt::format("{} s", *seconds) : "", figure.title);
  }
  output.out << (options.json ? to_text(json) : text);
  return 0;
}

std::vector<std::string> files_of(const Figure& figure, const fs::path& out) {
  std::vector<std::string> files;
  for (const auto& entry : fs::directory_iterator(out)) {
    const std::string name = entry.path().filename().string();
    const bool of_another = std::ranges::any_of(figures(), [&](const Figure& other) {
      return other.stem.size() > figure.stem.size() && name.starts_with(other.stem);
    });
    if (!of_another &&
        (name.starts_with(figure.stem + ".") || name.starts_with(figure.stem + "_"))) {
      files.push_back((out / name).string());
    }
  }
  std::ranges::sort(files);
  return files;
}

// What the figure trains is kept, what it computes is not; some figures train nothing.
std::vector<Claim> drawn(const Figure& figure, const FigureContext& context,
                         const fs::path& store) {
  const std::string name = short_name(figure);
  const StopOnSignal stop(fmt::format(
      "groktheory: figure {}: interrupted; {}", name,
      figure_studies(figure, context.profile).empty()
          ? "nothing is kept, the same command computes it again"
          : fmt::format("finished runs are kept in {}; the same command goes on from there",
                        store.string())));
  try {
    return figure.draw(figure, context);
  } catch (const Interrupted& stopped) {
    throw Interrupted(fmt::format("figure {}: {}", name, stopped.what()));
  }
}

// Names and profiles, before anything is done. The files of a figure have one name in every
// profile.
void check_names(FigureOptions& options) {
  if (options.list) {
    if (!options.names.empty()) {
      reject("figure", "--list", "with " + options.names.front(), "without names");
    }
    return;
  }
  if (options.profile.empty()) {
    reject("figure", "--profile", "''", "a name: quick, full, ...");
  }
  options.asked = asked_figures("figure", options.names, options.profile);
  std::map<const Figure*, std::string> profiles;
  for (const auto& [figure, profile] : options.asked) {
    const auto [at, fresh] = profiles.emplace(figure, profile);
    if (!fresh) {
      reject("figure", "NAME",
             fmt::format("{0}:{1} and {0}:{2}", short_name(*figure), at->second, profile),
             "one profile of a figure in one --out");
    }
  }
}

int run(const FigureOptions& options, const Output& output) {
  if (options.list) {
    return list_figures(options, output);
  }
  const std::vector<AskedFigure>& chosen = options.asked;
  const PictureSize size = parse_size(options.width, "figure");
  const Workers workers = checked_workers(options.workers, "figure");
  require_gnuplot("figure");
  NewFolder folder(options.out, "figure");
  const fs::path file =
      options.store.empty() ? fs::path(options.out) / "runs.db" : fs::path(options.store);
  Store store(file);
  folder.keep();
  Json json = {{"out", options.out}, {"store", file.string()}};
  json["figures"] = Json::array();
  const auto notice = [&output](const std::string& line) { output.err << line << std::endl; };
  for (const auto& [figure, profile] : chosen) {
    std::ostringstream report;
    std::string caption;
    const std::vector<Claim> claims = drawn(*figure,
                                            {.profile = profile,
                                             .out = options.out,
                                             .store = &store,
                                             .workers = workers,
                                             .notice = notice,
                                             .stop = [] { return stop_signal() != 0; },
                                             .size = size,
                                             .caption = options.json ? &caption : nullptr,
                                             .report = &report},
                                            file);
    if (!options.json) {  // the report names the figure, its numbers and its files
      output.out << report.str() << claims_text(claims) << std::endl;
      continue;
    }
    Json entry = head_of(*figure);
    entry["profile"] = profile;
    entry["report"] = report.str();
    entry["caption"] = caption;
    entry["claims"] = json_of(claims);
    entry["files"] = files_of(*figure, options.out);
    json["figures"].push_back(entry);
  }
  if (options.json) {
    output.out << to_text(json);
  }
  return 0;
}

}  // namespace

void add_figure(CLI::App& root, Action& action) {
  const auto options = std::make_shared<FigureOptions>();
  CLI::App& app = *root.add_subcommand("figure", "Draw figures: theory and experiment together");
  app.add_option(
         "names", options->names,
         "figures of --list, fig6 for fig6a to fig6d, core or all; NAME:PROFILE for another "
         "profile than --profile")
      ->type_name("NAME[:PROFILE]...");
  add_flag(app, "--list", options->list,
           "list the figures; of slow ones the seconds of one core that quick takes from an "
           "empty store");
  app.add_option(
         "--profile", options->profile,
         "which networks, of names without :PROFILE: quick, full; fig4, fig5: fast; fig6, fig13 to "
         "fig15: paper (one seed)")
      ->type_name("NAME")
      ->default_str(options->profile);
  add_file(app, "--out", options->out, "folder for the pictures and their data")
      ->type_name("DIR")
      ->default_str(options->out);
  add_file(app, "--store", options->store,
           "SQLite file of the records (default: runs.db in --out)");
  app.add_option("--width", options->width,
                 "on paper, 8.6cm or 17cm, letters staying 7 pt and more; or pixels of the PNG")
      ->type_name("CM|PIXELS")
      ->default_str(options->width);
  add_workers(app, options->workers);
  add_flag(app, "--json", options->json, "one JSON object instead of text");
  app.footer(
      "Examples:\n"
      "  groktheory figure --list\n"
      "  groktheory figure fig9 --width 8.6cm --out paper   # a column of a journal; .pdf, too\n"
      "  groktheory figure fig11 fig9:full --profile quick --out pictures\n"
      "  groktheory figure fig4 --profile fast --out pictures   # minutes of training\n"
      "  groktheory figure core --profile full --threads 8   # days of training");
  app.callback([&action, options] {
    check_names(*options);
    action = [options](const Output& output) { return run(*options, output); };
  });
}

}  // namespace grok
