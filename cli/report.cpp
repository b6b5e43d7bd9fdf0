// groktheory report: the results page, from what a store holds.
#include <fmt/format.h>

#include <fstream>
#include <map>
#include <memory>
#include <sstream>

#include "cli/json.hpp"
#include "cli/options.hpp"
#include "core/csv.hpp"
#include "core/provenance.hpp"
#include "figures/results_page.hpp"

namespace grok {
namespace {

namespace fs = std::filesystem;

struct ReportOptions {
  std::vector<std::string> names;
  std::string out = "report";
  std::string store;
  std::int64_t threads = 1;
  bool json = false;
};

struct Asked {
  const Figure* figure;
  std::string profile;
};

// "fig6:paper" is the figures that fig6 names, in profile paper; without a colon, quick.
std::vector<Asked> figures_asked(const std::vector<std::string>& names) {
  std::vector<Asked> asked;
  for (const std::string& name : names) {
    const auto colon = name.find(':');
    const std::string profile = colon == std::string::npos ? "quick" : name.substr(colon + 1);
    if (profile.empty()) {
      reject("report", "NAME", "'" + name + "'", "NAME or NAME:PROFILE");
    }
    for (const Figure* figure : find_figures({name.substr(0, colon)})) {
      asked.push_back({figure, profile});
    }
  }
  if (asked.empty()) {
    reject("report", "NAME", "nothing", "core, all, or names of 'groktheory figure --list'");
  }
  return asked;
}

// A folder that goes away with everything in it.
class ScratchFolder {
 public:
  ScratchFolder() {
    std::string name = (fs::temp_directory_path() / "groktheory-report-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) {
      throw Error("report: folder = " + name + ", allowed a place that can be written");
    }
    folder_ = name;
  }
  ~ScratchFolder() {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  const fs::path& path() const { return folder_; }

 private:
  fs::path folder_;
};

// Draws into `context.out`. The page may show a figure in several profiles: all but the first name
// of a picture carry theirs.
FigureResult result_of(const Asked& asked, const FigureContext& context) {
  const Figure& figure = *asked.figure;
  FigureResult result;
  result.figure = &figure;
  result.command = command_of(figure, context);
  std::ostringstream report;
  FigureContext reporting = context;
  reporting.report = &report;
  result.claims = figure.draw(figure, reporting);
  result.report = report.str();
  // Its last lines name files that go away.
  result.report = result.report.substr(0, result.report.find("  " + context.out.string()));
  result.image = fmt::format("images/{}{}.png", figure.stem,
                             asked.profile == "quick" ? "" : "_" + asked.profile);
  return result;
}

std::string verdict_lines(const std::vector<FigureResult>& results, Json& json) {
  std::map<std::string, std::int64_t> counts;
  for (const FigureResult& result : results) {
    Json claims = Json::array();
    for (const Claim& claim : result.claims) {
      ++counts[to_text(claim.verdict)];
      claims.push_back({{"claim", claim.statement},
                        {"source", claim.source},
                        {"published", claim.published},
                        {"here", claim.ours},
                        {"verdict", to_text(claim.verdict)},
                        {"remark", claim.remark}});
    }
    json["figures"].push_back(
        {{"name", short_name(*result.figure)}, {"command", result.command}, {"claims", claims}});
  }
  LabelledLines lines;
  for (const auto& [verdict, count] : counts) {
    lines.add(verdict, fmt::format("{}", count));
  }
  return lines.text();
}

void write_page(const fs::path& folder, const ScratchFolder& scratch,
                const std::vector<FigureResult>& results) {
  std::error_code failure;
  fs::create_directories(folder / "images", failure);
  if (failure) {
    reject("report", "--out", folder.string(), "a folder that can be made");
  }
  for (std::size_t k = 0; k < results.size(); ++k) {
    fs::copy_file(scratch.path() / std::to_string(k) / (results[k].figure->stem + ".png"),
                  folder / results[k].image, fs::copy_options::overwrite_existing);
  }
  const Provenance made = provenance();
  write_file(folder / "results.md",
             results_page(results, fmt::format("version {}, commit {}, {}", made.version,
                                               made.commit, made.compiler)));
}

int run(const ReportOptions& options, const Output& output) {
  const std::vector<Asked> asked = figures_asked(options.names);
  Store store = Store::open_existing(options.store);
  const ScratchFolder scratch;
  std::vector<FigureResult> results;
  for (const Asked& one : asked) {
    const fs::path drawn = scratch.path() / std::to_string(results.size());
    fs::create_directory(drawn);
    results.push_back(result_of(one, {.profile = one.profile,
                                      .out = drawn,
                                      .store = &store,
                                      .workers = cpu_workers(static_cast<int>(options.threads)),
                                      .train = false}));
  }
  write_page(options.out, scratch, results);
  const std::string page = (fs::path(options.out) / "results.md").string();
  Json json = {{"page", page}, {"store", options.store}};
  json["figures"] = Json::array();
  const std::string counts = verdict_lines(results, json);
  output.out << (options.json ? to_text(json) : page + "\n" + counts);
  return 0;
}

}  // namespace

void add_report(CLI::App& root, Action& action) {
  const auto options = std::make_shared<ReportOptions>();
  CLI::App& app = *root.add_subcommand(
      "report", "What the papers say beside what came out, from the records of a store");
  app.add_option("names", options->names, "figures as in 'figure', each with :PROFILE if not quick")
      ->type_name("NAME[:PROFILE]...");
  add_file(app, "--store", options->store, "SQLite file of the records")->required();
  add_file(app, "--out", options->out, "folder for results.md and images/")
      ->type_name("DIR")
      ->default_str(options->out);
  add_threads(app, options->threads);
  app.add_flag("--json", options->json, "one JSON object instead of text");
  app.footer(
      "Nothing is added to the store: a run that it lacks is an error that names the command.\n"
      "Example:\n"
      "  groktheory report core fig6:paper --store figures-out/runs.db --out docs");
  run_when_asked(app, action, options, run);
}

}  // namespace grok
