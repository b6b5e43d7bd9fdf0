// groktheory plot: a picture of the runs of a study or a store, by the names of their columns.
#include "figures/plot/plot.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <memory>

#include "cli/new_folder.hpp"
#include "cli/study_options.hpp"
#include "compare/store/curves.hpp"
#include "compare/store/find_run.hpp"
#include "figures/panels/legend.hpp"
#include "figures/panels/text.hpp"
#include "figures/write_sheet.hpp"
#include "nets/phase.hpp"

namespace grok {
namespace {

namespace fs = std::filesystem;

struct PlotOptions {
  const Models* models = nullptr;
  std::string source, store, profile, model, name, out = "plots", width = "17cm";
  PlotAsked asked;
  std::vector<std::string> where;
  bool curves = false, json = false;
};

/// What is drawn, and where it came from.
struct PlotSource {
  PlotRuns runs;
  std::string store;
  std::vector<Run> of_study;  // empty: of a store
};

bool is_study(const std::string& source) { return fs::path(source).extension() == ".toml"; }

/// As stores have it.
std::string cell_of(const Value& value) {
  const bool* flag = std::get_if<bool>(&value);
  return flag == nullptr ? text_of(value) : *flag ? "1" : "0";
}

/// Keys that the store was made without have a column, too, as the runs have them.
void add_missing_keys(CsvTable& table, const Model& model, std::span<const Run> runs) {
  const auto identity = std::ranges::find(table.columns, "identity") - table.columns.begin();
  for (const Field& field : model.keys()) {
    if (std::ranges::find(table.columns, field.key) != table.columns.end()) {
      continue;
    }
    table.columns.push_back(field.key);
    auto run = runs.begin();  // rows are in their order
    for (auto& row : table.rows) {
      run = std::find_if(run, runs.end(), [&](const Run& one) {
        return one.name() == row[static_cast<std::size_t>(identity)];
      });
      row.push_back(cell_of(run == runs.end() ? field.usual : (*run)[field.key]));
    }
  }
}

/// Points that were not trained: their runs, with the phase that is predicted.
CsvTable predicted_table(const Study& study, const Store& store) {
  CsvTable table;
  const Field* phase = find_field(study.model->results(), Role::phase);
  const auto refined = refined_so_far(study, store);
  if (!refined || !refined->missing().empty() || phase == nullptr) {
    return table;
  }
  for (const Field& field : study.model->keys()) {
    table.columns.push_back(field.key);
  }
  table.columns.push_back(phase->key);
  for (std::size_t d = 0; d < refined->grid().diagrams.size(); ++d) {
    const auto& points = refined->refinement(d).points;
    for (std::size_t k = 0; k < points.size(); ++k) {
      for (const std::size_t run :
           points[k].round ? std::vector<std::size_t>{} : refined->grid().diagrams[d].points[k]) {
        auto& row = table.rows.emplace_back();
        for (const Value& value : study.model->row(study.runs[run])) {
          row.push_back(cell_of(value));
        }
        row.emplace_back(phase_names.at(static_cast<std::size_t>(points[k].phase)));
      }
    }
  }
  return table;
}

PlotSource from_study(const PlotOptions& options) {
  if (options.store.empty()) {
    reject("plot", "--store", "nothing", "the store of " + options.source);
  }
  const Study study = read_study(options.source, options.profile, *options.models);
  if (!options.model.empty() && options.model != study.model->name()) {
    reject("plot", "--model", "'" + options.model + "'",
           fmt::format("{} (as {} says)", study.model->name(), options.source));
  }
  const Store store = Store::open_existing(options.store);
  PlotSource source{
      {study.model, store.table(*study.model, study.runs)}, options.store, study.runs};
  add_missing_keys(source.runs.runs, *study.model, study.runs);
  source.runs.predicted = predicted_table(study, store);
  const bool refined = study.refine && source.runs.predicted.columns.size() > 0;
  source.runs.missing = refined ? 0 : std::ssize(study.runs) - std::ssize(source.runs.runs.rows);
  return source;
}

PlotSource from_store(const PlotOptions& options) {
  for (const auto& [flag, value] :
       {std::pair{"--store", options.store}, std::pair{"--profile", options.profile}}) {
    if (!value.empty()) {
      reject("plot", flag, "'" + value + "'",
             fmt::format("with a study: {} is taken for a store", options.source));
    }
  }
  const Store store = Store::open_existing(options.source);
  std::vector<PlotSource> found;
  std::vector<std::string_view> names;
  for (const Model* model : *options.models) {
    CsvTable table = store.table(*model);
    if (!table.rows.empty()) {
      names.push_back(model->name());
      if (options.model.empty() || options.model == model->name()) {
        found.push_back({{model, std::move(table)}, options.source, {}});
      }
    }
  }
  if (names.empty()) {
    reject("plot", "store", options.source, "one with finished runs");
  }
  if (found.size() != 1) {
    reject("plot", "--model", options.model.empty() ? "nothing" : "'" + options.model + "'",
           fmt::format("one of those that it has runs of: {}", fmt::join(names, ", ")));
  }
  add_missing_keys(found[0].runs.runs, *found[0].runs.model, {});
  return std::move(found[0]);
}

std::vector<std::pair<std::string, std::string>> read_where(const PlotOptions& options) {
  std::vector<std::pair<std::string, std::string>> where;
  for (const std::string& text : options.where) {
    const auto equals = text.find('=');
    if (equals == std::string::npos || equals == 0) {
      reject("plot", "--where", "'" + text + "'", "KEY=VALUE");
    }
    where.emplace_back(text.substr(0, equals), text.substr(equals + 1));
  }
  return where;
}

CsvTable curves_of(const PlotOptions& options, const PlotSource& source) {
  const Store store = Store::open_existing(source.store);
  const PlotFrame frame(*source.runs.model, source.runs.runs);
  std::vector<Run> runs;
  for (const std::string& name : frame.column("identity", "identity").cells) {
    const auto known = std::ranges::find(source.of_study, name, &Run::name);
    runs.push_back(known != source.of_study.end()
                       ? *known
                       : find_run(store, name, *options.models, "plot").run);
  }
  return curve_table(store, *source.runs.model, runs, {});
}

/// "phase_by_decoder_rate_and_decoder_decay".
std::string stem_of(const PlotOptions& options, const Model& model, const Plot& plot) {
  if (!options.name.empty()) {
    return options.name;
  }
  const PlotAsked& asked = options.asked;
  if (plot.kind == PlotKind::cells || plot.kind == PlotKind::dots) {
    const std::string colour =
        asked.colour.empty() ? find_field(model.results(), Role::phase)->key : asked.colour;
    return fmt::format("{}_by_{}_and_{}", colour, asked.x, asked.y);
  }
  return fmt::format("{}_by_{}", asked.y, asked.x.empty() ? "step" : asked.x);
}

void check_name(const std::string& name) {
  const bool good =
      name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-") ==
      std::string::npos;
  if (!good) {
    reject("plot", "--name", "'" + name + "'", "letters, digits, _ and -");
  }
}

/// What the picture says at its foot, as much of it as fits [pt]; files by their names alone.
std::string command_of(const PlotOptions& options, double width) {
  const PlotAsked& asked = options.asked;
  std::string text = "groktheory plot " + fs::path(options.source).filename().string();
  bool cut = false;
  const auto add = [&](const std::string& flag, const std::string& value) {
    const std::string more = " " + flag + " " + value;
    cut = cut || (!value.empty() && text_width(text + more + " ...", small_size) > width - 6);
    text += value.empty() || cut ? "" : more;
  };
  add("--profile", options.profile);
  text += options.curves ? " --curves" : "";
  add("--x", asked.x);
  add("--y", asked.y);
  add("--colour", asked.colour);
  add("--facet", asked.facet);
  for (const std::string& where : options.where) {
    add("--where", where);
  }
  for (const std::string& key : asked.pool) {
    add("--pool", key);
  }
  for (const auto& [axis, log] : {std::pair("x", asked.log_x), std::pair("y", asked.log_y)}) {
    text += !log || cut ? "" : fmt::format(" --{}-{}", *log ? "log" : "linear", axis);
  }
  return text + (cut ? " ..." : "");
}

int run(const PlotOptions& options, const Output& output) {
  check_name(options.name);
  require_gnuplot("plot");
  const PictureSize size = parse_size(options.width, "plot");
  const auto where = read_where(options);
  PlotSource source = is_study(options.source) ? from_study(options) : from_store(options);
  source.runs.runs = rows_where_all(*source.runs.model, source.runs.runs, where);
  source.runs.predicted = where.empty() ? source.runs.predicted : CsvTable{};
  const Plot plot = options.curves
                        ? plot_curves(options.asked, source.runs, curves_of(options, source))
                        : plot_runs(options.asked, source.runs);
  NewFolder folder(options.out, "plot");
  const auto files = write_sheet(stem_of(options, *source.runs.model, plot), plot.sheet,
                                 command_of(options, size.width), options.out, size);
  folder.keep();
  if (options.json) {
    Json json = {{"kind", name_of(plot.kind)},
                 {"model", std::string(source.runs.model->name())},
                 {"runs", plot.runs},
                 {"seeds", plot.seeds},
                 {"censored", plot.censored},
                 {"diverged", plot.diverged},
                 {"missing", source.runs.missing},
                 {"caption", plot.sheet.caption()}};
    json["files"] = Json::array();
    for (const fs::path& file : files) {
      json["files"].push_back(file.string());
    }
    output.out << to_text(json);
    return 0;
  }
  output.out << plot.sheet.caption() << '\n';
  for (const fs::path& file : files) {
    output.out << "  " << file.string() << '\n';
  }
  return 0;
}

// CLI11 counts flags of an optional, and sets it to 0.
void add_scale(CLI::App& app, const std::string& axis, std::optional<bool>& log) {
  CLI::Option* by_factors = app.add_flag_callback(
      "--log-" + axis, [&log] { log = true; },
      "a logarithmic axis (default: over a decade and more, and for steps; above 0)");
  app.add_flag_callback(
         "--linear-" + axis, [&log] { log = false; }, "a linear axis")
      ->excludes(by_factors);
}

void add_columns(CLI::App& app, PlotOptions& options) {
  const auto add = [&app](const char* flag, std::string& target, const char* help) {
    app.add_option(flag, target, help)->type_name("COLUMN");
  };
  add("--x", options.asked.x, "a key of the runs, or a result");
  add("--y", options.asked.y, "another one; of two keys: cells");
  add("--colour,--color", options.asked.colour,
      "what colours cells (default: the phase), points or curves");
  add("--facet", options.asked.facet, "a panel for each of its values");
  app.add_option("--where", options.where, "only runs with that value; may be given again")
      ->type_name("COLUMN=VALUE")
      ->allow_extra_args(false);
  app.add_option("--pool", options.asked.pool,
                 "draw runs together that differ in this key, too; may be given again")
      ->type_name("KEY")
      ->allow_extra_args(false);
  add_scale(app, "x", options.asked.log_x);
  add_scale(app, "y", options.asked.log_y);
}

}  // namespace

void add_plot(CLI::App& root, Action& action, const Models& models) {
  const auto options = std::make_shared<PlotOptions>();
  options->models = &models;
  CLI::App& app = *root.add_subcommand("plot", "Draw the runs of a study by keys and results");
  app.add_option("source", options->source, "a study (.toml), with --store; or a store")
      ->required()
      ->type_name("STUDY|STORE");
  add_file(app, "--store", options->store, "SQLite file of the study's records");
  app.add_option("--profile", options->profile, "profile of the TOML file")->type_name("NAME");
  app.add_option("--model", options->model, "of a store with several: whose runs")
      ->type_name("NAME");
  add_columns(app, *options);
  add_flag(app, "--curves", options->curves,
           "a line for each run that kept its curve; --x (step) and --y are its columns");
  add_file(app, "--out", options->out, "folder for the picture and its data")
      ->type_name("DIR")
      ->default_str(options->out);
  app.add_option("--name", options->name, "of the files (default: from the columns)")
      ->type_name("NAME");
  app.add_option("--width", options->width,
                 "on paper, 8.6cm or 17cm, letters staying 7 pt and more; or pixels of the PNG")
      ->type_name("CM|PIXELS")
      ->default_str(options->width);
  add_flag(app, "--json", options->json, "one JSON object instead of text");
  app.footer(
      "Two keys: cells, of several seeds shares or medians. A key and a result: runs, and medians\n"
      "with intervals over seeds. Two results: a point a run. Runs that did not get there stand "
      "at\n"
      "their budget. Writes PNG, SVG, PDF, gnuplot script and CSV.\n"
      "Examples, with the study of 'groktheory study --help':\n"
      "  groktheory plot rates.toml --store rates.db --x decoder_rate --y steps_to_train\n"
      "  groktheory plot rates.db --x steps_to_train --y steps_to_validation --colour "
      "decoder_rate");
  run_when_asked(app, action, options, run);
}

}  // namespace grok
