// groktheory referee: every theory forecasts the runs of one study, and is scored.
#include "figures/referee/referee.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>

#include "cli/json.hpp"
#include "cli/new_folder.hpp"
#include "cli/options.hpp"
#include "compare/study/run_study.hpp"
#include "compare/study/study.hpp"
#include "compare/theories.hpp"
#include "core/csv.hpp"
#include "core/interrupt.hpp"
#include "core/provenance.hpp"
#include "figures/referee/referee_page.hpp"

namespace grok {
namespace {

namespace fs = std::filesystem;

struct RefereeOptions {
  std::string study, profile, store, page;
  std::string out = "referee-out";
  std::string event;  // empty: the last one of the model
  const Models* models = nullptr;
  WorkerOptions workers;
  bool json = false;
};

constexpr std::int64_t max_study_bytes = std::int64_t{1} << 20;

/// The study asked for, the text of its file, and how it is called in a command.
struct AskedLeague {
  Study study;
  std::string toml;
  std::string profile;
  std::vector<std::string> words;
};

AskedLeague asked_runs(const RefereeOptions& options) {
  AskedLeague asked;
  if (options.study.empty()) {
    const Figure& figure = *find_figures({"referee"}).front();
    asked.profile = options.profile.empty() ? "quick" : options.profile;
    asked.toml = figure.study;
    asked.study = parse_study(figure.study, figure.stem + ".toml", asked.profile);
  } else {
    asked.profile = options.profile;
    asked.toml = read_file(options.study, max_study_bytes, "a TOML file of a study");
    asked.study = read_study(options.study, asked.profile, *options.models);
    asked.words.push_back(fs::path(options.study).filename().string());
  }
  if (asked.study.refine) {
    reject("referee", "STUDY", "one with [refine]", "one whose runs are all trained");
  }
  return asked;
}

// As it can be typed elsewhere: no folder of this machine.
std::string command_of(const RefereeOptions& options, const AskedLeague& asked) {
  std::string text = "groktheory referee";
  for (const std::string& word : asked.words) {
    text += " " + word;
  }
  text += asked.profile.empty() ? "" : " --profile " + asked.profile;
  const std::vector<Event> events = events_of(*asked.study.model);
  text += !events.empty() && options.event == events.back() ? "" : " --event " + options.event;
  if (!options.store.empty()) {
    text += " --store " + fs::path(options.store).filename().string();
  }
  return text +
         (options.page.empty() ? "" : " --page " + fs::path(options.page).filename().string());
}

Json score_json(const Score& score) {
  Json json = json_of(score.estimate);
  json["runs"] = score.count;
  json["censored"] = score.censored;
  if (score.pairs > 0) {
    json["pairs"] = score.pairs;
  }
  return json;
}

Json theory_json(const League& league, std::size_t contestant) {
  const Contestant& who = league.study.contestants[contestant];
  const Standing& standing = league.standings[contestant];
  Json json = {{"key", who.key},
               {"name", who.name},
               {"source", who.source},
               {"what", who.what},
               {"fitted", who.fitted}};
  if (who.fitted) {
    json["constants"] = Json::array();
    for (const auto& constant : league.study.constants[contestant]) {
      json["constants"].push_back(json_of(constant));
    }
  }
  if (who.theory && !league.costs.empty()) {
    const ForecastCost& cost = league.costs[*who.theory];
    json["cost"] = {{"seconds", cost.seconds}, {"forecasts", cost.forecasts}};
  }
  json["told"] = standing.told;
  json["told_there"] = standing.told_there;
  json["told_not"] = standing.told_not;
  json["told_not_there"] = standing.told_not_there;
  for (std::size_t m = 0; m < measures().size(); ++m) {
    const std::string key(measures()[m].key);
    json["scores"][key] = score_json(standing.scores[m]);
    if (measures()[m].compared) {
      json["minus_null"][key] = score_json(standing.to_null[m]);
      json["minus_best"][key] = score_json(standing.to_best[m]);
    }
  }
  json["calibration"] = Json::array();
  for (const CalibrationBin& bin : standing.calibration) {
    json["calibration"].push_back({{"low", bin.low},
                                   {"high", bin.high},
                                   {"forecast", bin.forecast},
                                   {"runs", bin.count},
                                   {"there", bin.successes},
                                   {"share", json_of(bin.happened)}});
  }
  return json;
}

Json league_json(const League& league) {
  Json json = {{"event", league.study.event},
               {"runs", league.study.runs.size()},
               {"seeds", league.seeds},
               {"cells", league.study.cell_count},
               {"cell_folds", league.study.cell_fold_count},
               {"seed_folds", league.study.seed_fold_count},
               {"reached", league.reached},
               {"censored", league.censored},
               {"diverged", league.diverged},
               {"cut_off", league.study.cut_off},
               {"training_seconds", json_of(league.study.training_seconds)}};
  for (std::size_t m = 0; m < measures().size(); ++m) {
    if (league.best[m]) {
      json["best"][std::string(measures()[m].key)] = league.study.contestants[*league.best[m]].key;
    }
  }
  json["theories"] = Json::array();
  for (std::size_t c = 0; c < league.standings.size(); ++c) {
    json["theories"].push_back(theory_json(league, c));
  }
  return json;
}

std::vector<Outcome> trained(const AskedLeague& asked, const Workers& workers, Store& store,
                             const Output& output) {
  StudyTraining training;
  training.request = workers;
  training.label = "referee";
  training.notice = [&output](const std::string& line) { output.err << line << std::endl; };
  training.stop = [] { return stop_signal() != 0; };
  return run_missing(asked.study.runs, store, training).outcomes;
}

// What it trains is kept, what it forecasts is not.
League judged(const RefereeOptions& options, const AskedLeague& asked, const Workers& workers,
              Store& store, const Output& output) {
  const StopOnSignal stop(fmt::format(
      "groktheory: referee: interrupted; finished runs are kept in {}; the same command goes on "
      "from there",
      options.store));
  try {
    const auto outcomes = trained(asked, workers, store, output);
    return judge(theories_of(*asked.study.model), asked.study.runs, outcomes, options.event,
                 workers.threads);
  } catch (const Interrupted& stopped) {
    throw Interrupted(fmt::format("referee: {}", stopped.what()));
  }
}

/// Where the picture stands beside the page: images/referee.png, as docs/results.md has it.
fs::path image_beside(const fs::path& page) {
  return page.parent_path() / "images" / (page.stem().string() + ".png");
}

void place_image(const fs::path& picture, const fs::path& image) {
  std::error_code failure;
  fs::copy_file(picture, image, fs::copy_options::overwrite_existing, failure);
  if (failure) {
    reject("referee", "picture", image.string(), "a file that can be written");
  }
}

int run(const RefereeOptions& given, const Output& output) {
  RefereeOptions options = given;
  const AskedLeague asked = asked_runs(options);
  if (options.event.empty() && !events_of(*asked.study.model).empty()) {
    options.event = events_of(*asked.study.model).back();
  }
  event_from("referee", options.event, *asked.study.model);
  const Workers workers = checked_workers(options.workers, "referee");
  if (!options.page.empty()) {
    require_writable("referee", "--page", options.page, {options.study, options.store});
  }
  require_gnuplot("referee");
  const std::string command = command_of(options, asked);
  std::optional<NewFolder> images;
  if (!options.page.empty()) {
    images.emplace(image_beside(options.page).parent_path(), "referee");
    require_writable("referee", "--page", image_beside(options.page));
  }
  NewFolder folder(options.out, "referee");
  options.store =
      options.store.empty() ? (fs::path(options.out) / "runs.db").string() : options.store;
  Store store(options.store);
  folder.keep();
  const League league = judged(options, asked, workers, store, output);
  const auto files = write_sheet("referee", sheet_of(league), command, options.out);
  if (!options.page.empty()) {
    const Provenance made = provenance();
    const fs::path image = image_beside(options.page);
    place_image(fs::path(options.out) / "referee.png", image);
    images->keep();
    write_file(options.page,
               referee_page(league, {asked.study.name, asked.study.source, asked.toml, command,
                                     "images/" + image.filename().string(),
                                     fmt::format("version {}, commit {}, {}", made.version,
                                                 made.commit, made.compiler)}));
  }
  if (options.json) {
    Json json = league_json(league);
    json["command"] = command;
    json["store"] = options.store;
    json["files"] = Json::array();
    for (const fs::path& file : files) {
      json["files"].push_back(file.string());
    }
    output.out << to_text(json);
    return 0;
  }
  output.out << "The referee (" << command << ")\n" << report_of(league);
  for (const fs::path& file : files) {
    output.out << "  " << file.string() << "\n";
  }
  output.out << (options.page.empty() ? "" : "  " + options.page + "\n");
  return 0;
}

}  // namespace

void add_referee(CLI::App& root, Action& action, const Models& models) {
  const auto options = std::make_shared<RefereeOptions>();
  options->models = &models;
  CLI::App& app = *root.add_subcommand(
      "referee", "Every theory forecasts the runs of one study, and is scored on them");
  app.add_option("study", options->study, "TOML file of the study (default: the built-in one)")
      ->type_name("FILE");
  app.add_option(
         "--profile", options->profile,
         "profile of the TOML file; of the built-in one quick (the default), full, unseen or fresh")
      ->type_name("NAME");
  add_file(app, "--store", options->store,
           "SQLite file of the records (default: runs.db in --out)");
  app.add_option("--event", options->event,
                 "what is forecast, a result steps_to_NAME: of the toy rqi, train, validation")
      ->type_name("NAME")
      ->default_str("rqi");
  add_workers(app, options->workers);
  add_file(app, "--page", options->page,
           "Markdown page to write, its picture in images/ beside it");
  add_file(app, "--out", options->out, "folder for the picture and the tables")
      ->type_name("DIR")
      ->default_str(options->out);
  add_flag(app, "--json", options->json, "one JSON object instead of text");
  app.footer(
      "It trains what the store lacks; every run is forecast from what is known before training,\n"
      "and what is fitted is fitted on other cells (combinations of all axes but the seeds) and\n"
      "other seeds; two of each are needed.\n"
      "Examples:\n"
      "  groktheory referee --profile quick   # hours of training\n"
      "  groktheory referee --profile unseen --store runs.db --page referee.md\n"
      "  groktheory referee rates.toml --store rates.db --event train   # of 'groktheory study "
      "--help'");
  run_when_asked(app, action, options, run);
}

}  // namespace grok
