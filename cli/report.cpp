// groktheory report: the results pages (HTML, Markdown), from what a store holds.
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <map>
#include <memory>
#include <sstream>

#include "cli/asked_figures.hpp"
#include "cli/json.hpp"
#include "cli/new_folder.hpp"
#include "cli/options.hpp"
#include "core/csv.hpp"
#include "core/provenance.hpp"
#include "figures/report/report.hpp"
#include "figures/study_runs.hpp"

namespace grok {
namespace {

namespace fs = std::filesystem;

struct ReportOptions {
  std::vector<std::string> names;
  std::vector<AskedFigure> asked;  // by those names
  std::string out = "report";
  std::string store;
  std::int64_t threads = 1;
  bool json = false;
};

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

constexpr std::int64_t max_svg_bytes = std::int64_t{64} << 20;

// Draws into `context.out`. The page may show a figure in several profiles: all but the first name
// of a picture carry theirs.
FigureResult result_of(const AskedFigure& asked, const FigureContext& context) {
  const Figure& figure = *asked.figure;
  FigureResult result;
  result.figure = &figure;
  result.command = command_of(figure, context);
  std::ostringstream report;
  FigureContext reporting = context;
  reporting.report = &report;
  reporting.caption = &result.caption;
  reporting.narrow_svg = true;
  result.claims = figure.draw(figure, reporting);
  result.report = report.str();
  // Its last lines name files that go away.
  result.report = result.report.substr(0, result.report.find("  " + context.out.string()));
  result.image = fmt::format("images/{}{}.png", figure.stem,
                             asked.profile == "quick" ? "" : "_" + asked.profile);
  result.profile = asked.profile;
  result.svg =
      read_file(context.out / (figure.stem + ".svg"), max_svg_bytes, "the SVG that gnuplot wrote");
  const fs::path narrow = context.out / (figure.stem + ".narrow.svg");
  result.narrow_svg = read_file(narrow, max_svg_bytes, "the SVG that gnuplot wrote");
  fs::remove(narrow);
  for (const auto& entry : fs::directory_iterator(context.out)) {
    result.files.push_back(entry.path().filename().string());
  }
  std::ranges::sort(result.files);
  for (const auto& [name, study] : figure_studies(figure, asked.profile)) {
    result.runs.push_back(context.store->table(*study.model, study.runs));
  }
  return result;
}

std::string verdict_lines(const std::vector<FigureResult>& results, Json& json) {
  for (const FigureResult& result : results) {
    json["figures"].push_back({{"name", short_name(*result.figure)},
                               {"command", result.command},
                               {"claims", json_of(result.claims)}});
  }
  VerdictCounts papers = count_verdicts(results, false), own = count_verdicts(results, true);
  LabelledLines lines;
  for (const Verdict verdict : all_verdicts) {
    lines.add(to_text(verdict), fmt::format("{}, of our own {}", papers[verdict], own[verdict]));
  }
  return lines.text();
}

std::string now_in_utc() {
  return fmt::format(
      "{:%Y-%m-%dT%H:%M:%SZ}",
      fmt::gmtime(std::chrono::system_clock::to_time_t(std::chrono::system_clock::now())));
}

// As it can be typed elsewhere: no folder of this machine.
std::string command_of(const ReportOptions& options) {
  return fmt::format("groktheory report {} --store {}", fmt::join(options.names, " "),
                     fs::path(options.store).filename().string());
}

void write_pages(const ReportOptions& options, const ScratchFolder& scratch,
                 const std::vector<FigureResult>& results) {
  const fs::path folder = options.out;
  for (std::size_t k = 0; k < results.size(); ++k) {
    const fs::path to = folder / results[k].image;
    std::error_code failure;
    fs::copy_file(scratch.path() / std::to_string(k) / (results[k].figure->stem + ".png"), to,
                  fs::copy_options::overwrite_existing, failure);
    if (failure) {
      reject("report", "picture", to.string(), "a file that can be written");
    }
  }
  const ReportOrigin origin = {command_of(options), now_in_utc(), provenance()};
  write_file(folder / "results.md", results_page(results, origin));
  write_file(folder / "report.html", report_html(results, origin));
}

int run(const ReportOptions& options, const Output& output) {
  require_gnuplot("report");
  NewFolder images(fs::path(options.out) / "images", "report");
  for (const char* page : {"results.md", "report.html"}) {
    require_writable("report", "--out", fs::path(options.out) / page, {options.store});
  }
  Store store = Store::open_existing(options.store);
  const ScratchFolder scratch;
  std::vector<FigureResult> results;
  for (const AskedFigure& one : options.asked) {
    const fs::path drawn = scratch.path() / std::to_string(results.size());
    fs::create_directory(drawn);
    results.push_back(result_of(one, {.profile = one.profile,
                                      .out = drawn,
                                      .store = &store,
                                      .workers = cpu_workers(static_cast<int>(options.threads)),
                                      .train = false}));
  }
  write_pages(options, scratch, results);
  images.keep();
  const std::string page = (fs::path(options.out) / "results.md").string();
  const std::string html = (fs::path(options.out) / "report.html").string();
  Json json = {{"html", html}, {"page", page}, {"store", options.store}};
  json["figures"] = Json::array();
  const std::string counts = verdict_lines(results, json);
  output.out << (options.json ? to_text(json) : html + "\n" + page + "\n" + counts);
  return 0;
}

}  // namespace

void add_report(CLI::App& root, Action& action) {
  const auto options = std::make_shared<ReportOptions>();
  CLI::App& app = *root.add_subcommand(
      "report", "What the papers say beside what came out, from the records of a store");
  app.add_option("names", options->names, "figures as in 'figure'; without :PROFILE quick")
      ->type_name("NAME[:PROFILE]...");
  add_file(app, "--store", options->store, "SQLite file of the records")->required();
  add_file(app, "--out", options->out, "folder for report.html, results.md and images/")
      ->type_name("DIR")
      ->default_str(options->out);
  add_threads(app, options->threads);
  add_flag(app, "--json", options->json, "one JSON object instead of text");
  app.footer(
      "report.html holds its pictures and needs no other file; results.md needs images/.\n"
      "Nothing is added to the store: a run that it lacks is an error that names the command.\n"
      "Example, with the store of an example of 'groktheory figure --help':\n"
      "  groktheory report fig11 fig9:full --store pictures/runs.db");
  app.callback([&action, options] {
    options->asked = asked_figures("report", options->names, "quick");
    action = [options](const Output& output) { return run(*options, output); };
  });
}

}  // namespace grok
