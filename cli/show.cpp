// groktheory show: all that a store has of one run.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <memory>

#include "cli/json.hpp"
#include "cli/options.hpp"
#include "cli/run_flags.hpp"
#include "compare/store/artefacts.hpp"
#include "compare/store/find_run.hpp"
#include "compare/theories.hpp"

namespace grok {
namespace {

struct ShowOptions {
  std::string name, store;
  const Models* models = nullptr;
  bool json = false;
};

/// What a theory of its model says of the run, from what is known before it is trained.
struct Said {
  std::string theory;
  Event event;
  Forecast forecast;
};

std::vector<Said> said_of(const Run& run) {
  std::vector<Said> said;
  const std::vector<Theory> theories = theories_of(run.model());
  for (const Event& event : theories.empty() ? std::vector<Event>{} : events_of(run.model())) {
    const Forecasts forecasts = forecast_runs(theories, {&run, 1}, event, 1);
    for (std::size_t t = 0; t < theories.size(); ++t) {
      if (forecasts[t].front()) {
        said.push_back({theories[t].key, event, *forecasts[t].front()});
      }
    }
  }
  return said;
}

std::string forecast_text(const Forecast& forecast) {
  std::vector<std::string> parts;
  if (forecast.steps) {
    parts.push_back(*forecast.steps == never ? "never"
                                             : fmt::format("step {:.4g}", *forecast.steps));
  }
  if (forecast.accuracy) {
    parts.push_back(fmt::format("final accuracy {:.4f}", *forecast.accuracy));
  }
  return parts.empty() ? "nothing" : fmt::format("{}", fmt::join(parts, ", "));
}

// A word as a shell takes it.
std::string quoted(const std::string& word) {
  const bool plain = word.find_first_not_of(
                         "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                         "0123456789_./,=+-") == std::string::npos;
  if (plain && !word.empty()) {
    return word;
  }
  std::string text = "'";
  for (const char letter : word) {
    text += letter == '\'' ? "'\\''" : std::string(1, letter);
  }
  return text + "'";
}

/// How the run is made again; empty: its files are not where they were.
std::string command_for(const StoredRun& stored, const Models& models) {
  if (!stored.why_not.empty()) {
    return {};
  }
  const Model& model = stored.run.model();
  const auto flags = flags_for(stored.run);
  if (!flags) {
    return {};
  }
  std::string words;
  for (const std::string& word : *flags) {
    words += " " + quoted(word);
  }
  const bool first = &model == models.front();
  return fmt::format("groktheory train{}{}", first ? "" : fmt::format(" --model {}", model.name()),
                     words);
}

int show_json(const StoredRun& stored, const std::vector<Said>& said,
              const std::vector<ArtefactInfo>& artefacts, const Models& models,
              const Output& output) {
  Json json;
  json["identity"] = stored.name;
  json["model"] = std::string(stored.run.model().name());
  json["run"] = json_of(stored.run, stored.outcome);
  json["theory"] = Json::array();
  for (const auto& [theory, event, forecast] : said) {
    Json one = {{"theory", theory}, {"event", event}};
    one["steps"] = json_of(forecast.steps);
    one["never"] = forecast.steps == never;
    one["accuracy"] = json_of(forecast.accuracy);
    json["theory"].push_back(one);
  }
  json["artefacts"] = Json::array();
  for (const ArtefactInfo& artefact : artefacts) {
    json["artefacts"].push_back(
        {{"name", artefact.name}, {"step", artefact.step}, {"bytes", artefact.bytes}});
  }
  const std::string command = command_for(stored, models);
  json["command"] = command.empty() ? Json(nullptr) : Json(command);
  output.out << to_text(json);
  return 0;
}

int run(const ShowOptions& options, const Output& output) {
  const Store store = Store::open_existing(options.store);
  const StoredRun stored = find_run(store, options.name, *options.models, "show");
  const std::vector<Said> said = stored.why_not.empty() ? said_of(stored.run) : std::vector<Said>{};
  const auto artefacts = artefacts_of(store, stored.name);
  if (options.json) {
    return show_json(stored, said, artefacts, *options.models, output);
  }
  const Model& model = stored.run.model();
  LabelledLines lines;
  lines.add("identity", stored.name);
  lines.add("model", std::string(model.name()));
  const std::vector<Value> keys = model.row(stored.run);
  for (std::size_t k = 0; k < keys.size(); ++k) {
    if (!same_value(keys[k], model.keys()[k].usual)) {
      lines.add("  " + model.keys()[k].key, text_of(keys[k]));
    }
  }
  for (std::size_t k = 0; k < model.results().size(); ++k) {
    const std::string text = text_of(stored.outcome.values()[k]);
    lines.add(model.results()[k].key, text.empty() ? "none" : text);
  }
  for (const auto& [theory, event, forecast] : said) {
    lines.add(fmt::format("theory {}, {}", theory, event), forecast_text(forecast));
  }
  for (const ArtefactInfo& artefact : artefacts) {
    lines.add("artefact",
              fmt::format("{} at step {}, {} bytes", artefact.name, artefact.step, artefact.bytes));
  }
  lines.add("made by", fmt::format("{}, {} on {}, at {}", stored.made.version, stored.made.commit,
                                   stored.made.processor, stored.made.finished_at));
  const std::string command = command_for(stored, *options.models);
  lines.add("again", command.empty() ? "by no flags of train" +
                                           (stored.why_not.empty() ? "" : ": " + stored.why_not)
                                     : command);
  output.out << lines.text();
  return 0;
}

}  // namespace

void add_show(CLI::App& root, Action& action, const Models& models) {
  const auto options = std::make_shared<ShowOptions>();
  options->models = &models;
  CLI::App& app = *root.add_subcommand(
      "show", "All that a store has of one run: keys, results, theory, artefacts");
  app.add_option("identity", options->name, "its name, or how it begins (4 characters or more)")
      ->required()
      ->type_name("IDENTITY");
  add_file(app, "--store", options->store, "SQLite file of the records")->required();
  add_flag(app, "--json", options->json, "one JSON object instead of text");
  app.footer(
      "Keys at their default are left out of the text; --json has all.\n"
      "Example, a run of the store of 'groktheory study --help':\n"
      "  groktheory show 03b2 --store rates.db");
  run_when_asked(app, action, options, run);
}

}  // namespace grok
