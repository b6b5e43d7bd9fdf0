// tests/cli/test_engines.cpp: the torch engine through the commands, where its module was built.
#include <fmt/format.h>

#include "core/provenance.hpp"
#include "figures/figure.hpp"
#include "figures/study_runs.hpp"
#include "nets/engine_choice.hpp"
#include "nets/torch_engine.hpp"
#include "tests/cli/command.hpp"
#include "tests/cli/state_file.hpp"
#include "tests/support/catch.hpp"

using namespace grok;
using Catch::Matchers::StartsWith;

namespace {

const std::string small_net =
    "train --symbols 5 --train 10 --decoder-widths 8,8 --output-dimension 4 --precision float64 ";
const std::string small_study =
    "name = \"seeds\"\n[run]\ntask = \"addition\"\nsymbols = 5\ntrain = 10\n"
    "decoder_widths = [8, 8]\noutput_dimension = 4\nsteps = 60\nstop = \"budget\"\n"
    "[axes]\nseed = [1, 2, 3]\n";

bool present() {
  const LoadedEngine& torch = torch_engine();
  if (torch.engine == nullptr) {
    WARN("skipped: no torch engine (" << torch.why_not << ")");
  }
  return torch.engine != nullptr;
}

std::vector<std::string> cells_of(const std::string& line) {
  std::vector<std::string> cells(1);
  bool quoted = false;
  for (const char c : line) {
    if (c == '"') {
      quoted = !quoted;
    } else if (c == ',' && !quoted) {
      cells.emplace_back();
    } else {
      cells.back() += c;
    }
  }
  return cells;
}

/// Rows of a CSV, by column.
std::vector<std::map<std::string, std::string>> rows_of(const std::string& csv) {
  std::istringstream in(csv);
  std::string line;
  std::getline(in, line);
  const std::vector<std::string> columns = cells_of(line);
  std::vector<std::map<std::string, std::string>> rows;
  while (std::getline(in, line)) {
    const std::vector<std::string> cells = cells_of(line);
    REQUIRE(cells.size() == columns.size());
    rows.emplace_back();
    for (std::size_t k = 0; k < columns.size(); ++k) {
      rows.back()[columns[k]] = cells[k];
    }
  }
  return rows;
}

}  // namespace

TEST_CASE("engines: a study that torch has trained leaves nothing to any other", "[cli]") {
  if (!present()) {
    return;
  }
  const Here here("engines-study");
  here.files.write("study.toml", small_study);
  const std::string run = "study run study.toml --store runs.db --json --engine ";
  const auto first = json_from(run + "torch --device cpu --threads 2",
                               "seeds: engine torch on cpu, 2 threads (asked for)\n");
  CHECK(first["engine"] == "torch");
  CHECK(first["device"] == "cpu");
  CHECK(first["threads"] == 2);
  CHECK(first["why"] == "asked for");
  CHECK(first["trained"] == 3);
  CHECK(first["missing"] == 0);
  const CommandOutput exported = run_line("study export study.toml --store runs.db");
  CHECK(exported.err.empty());
  const auto rows = rows_of(exported.out);
  REQUIRE(rows.size() == 3);
  for (const auto& row : rows) {
    CHECK(row.at("engine") == "torch/cpu");
    CHECK(row.at("engine_build") == describe(torch_engine().engine->info()));
    CHECK_THAT(row.at("engine_build"), StartsWith("LibTorch "));
    CHECK(std::stod(row.at("seconds")) > 0);
    CHECK(row.at("steps_done") == "60");
  }
  for (const std::string engine : {"cpu", "torch", "auto"}) {
    const auto again = json_from(run + engine);  // nothing to say
    CHECK(again["trained"] == 0);
    CHECK(again["missing"] == 0);
  }
  CHECK(run_line("study export study.toml --store runs.db").out == exported.out);
}

TEST_CASE("engines: a study begun by one engine goes on with the other", "[cli]") {
  if (!present()) {
    return;
  }
  const Here here("engines-mixed");
  here.files.write("study.toml", small_study + "[profiles.more.axes]\nseed = [1, 2, 3, 4, 5]\n");
  const std::string files = " study.toml --store runs.db ";
  json_from("study run" + files + "--json --engine cpu --threads 1",
            "seeds: engine cpu, 1 thread (asked for)\n");
  const CommandOutput more = run_line("study run" + files + "--profile more --json --engine torch");
  REQUIRE(more.status == 0);
  CHECK_THAT(more.err, StartsWith("seeds: engine torch on ") && ContainsSubstring("(asked for"));
  CHECK(more.json()["trained"] == 2);
  std::map<std::string, int> engines;
  for (const auto& row : rows_of(run_line("study export" + files + "--profile more").out)) {
    ++engines[row.at("engine").substr(0, 5)];
    CHECK(row.at("engine_build") == engine_build(row.at("engine")));
  }
  CHECK(engines == std::map<std::string, int>{{"cpu", 3}, {"torch", 2}});
}

TEST_CASE("engines: train says the same with either, up to rounding", "[cli]") {
  if (!present()) {
    return;
  }
  for (const std::string rest :
       {"--steps 300 --stop budget",
        "--steps 300 --stop budget --loss cross-entropy --decoder-activation relu",
        "--steps 300 --stop budget --batch 4 --seed 7"}) {
    const std::string line = small_net + rest + " --json --engine ";
    const std::string plain = rest.find("entropy") == std::string::npos ? line : [&] {
      std::string without = line;  // classes have no free dimension
      return without.erase(without.find("--output-dimension 4 "), 21);
    }();
    auto torch = json_from(plain + "torch --device cpu"), cpu = json_from(plain + "cpu");
    CAPTURE(rest);
    CHECK(torch["engine"] == "torch/cpu");
    CHECK(cpu["engine"] == "cpu");
    CHECK(torch["seconds"].get<double>() > 0);
    for (const char* loss : {"train_loss", "validation_loss"}) {
      CHECK(torch[loss].get<double>() == Approx(cpu[loss].get<double>()).epsilon(1e-6));
    }
    for (const char* key : {"engine", "seconds", "train_loss", "validation_loss"}) {
      torch.erase(key);
      cpu.erase(key);
    }
    CHECK(torch == cpu);  // steps, accuracies, RQI, phase, theory
    CHECK(torch["steps_done"].get<std::int64_t>() > 100);
  }
  const CommandOutput text = run_line(small_net + "--steps 20 --engine torch --device cpu");
  CHECK_THAT(text.out, ContainsSubstring("torch/cpu, LibTorch ") &&
                           ContainsSubstring(engine_build("torch/cpu") + " (asked for)"));
}

TEST_CASE("engines: torch keeps no trajectory and draws its own initial state", "[cli]") {
  if (!present()) {
    return;
  }
  const Here here("engines-refused");
  toy::RunSpec spec;
  spec.symbols = 5;
  spec.train = 10;
  spec.decoder_widths = {8, 8};
  spec.output_dimension = 4;
  here.files.write("state.json", state_json(draw_initial_state(resolve(spec, "test"))).dump());
  const auto before = snapshot(here.files.folder());
  for (const std::string extra : {"--trajectory run.csv", "--initial-state state.json"}) {
    const CommandOutput refused = run_line(small_net + "--steps 20 --engine torch " + extra);
    CHECK(refused.status == 2);
    CHECK(refused.out.empty());
    CHECK_THAT(refused.err, ContainsSubstring("train: --engine = 'torch', allowed cpu (with "
                                              "--trajectory or --initial-state)"));
    CHECK(snapshot(here.files.folder()) == before);
    CHECK(run_line(small_net + "--steps 20 --engine cpu " + extra).status == 0);
    std::filesystem::remove("run.csv");
  }
}

TEST_CASE("engines: what the version says of torch, and a device that is not there", "[cli]") {
  const LoadedEngine& torch = torch_engine();
  const CommandOutput version = run_line("--version");
  CHECK(version.status == 0);
  const auto last = version.out.find("engine     torch: ");
  REQUIRE(last != std::string::npos);
  const auto end = version.out.find('\n', last);
  const std::string line = version.out.substr(last + 18, end + 1 - (last + 18));
  if (!present()) {
    CHECK(line == torch.why_not + "\n");
    const CommandOutput refused = run_line(small_net + "--steps 20 --engine torch");
    CHECK(refused.status == 2);
    CHECK_THAT(refused.err,
               ContainsSubstring("train: --engine = 'torch', allowed cpu (" + torch.why_not + ")"));
    return;
  }
  const TorchInfo info = torch.engine->info();
  CHECK(line == describe(info) + "\n");
  CHECK_THAT(line, StartsWith("LibTorch " + info.version + ", 1 thread; "));
  if (info.cuda_devices == 0) {
    const CommandOutput refused = run_line(small_net + "--steps 20 --device cuda");
    CHECK(refused.status == 2);
    CHECK_THAT(refused.err, ContainsSubstring("train: --device = 'cuda', allowed cpu ("));
  }
}

// Runs of fig5 that take longer than a blink are put into the store beforehand.
TEST_CASE("engines: a figure trains with the engine that was asked for", "[cli]") {
  if (!present()) {
    return;
  }
  const Here here("engines-figure");
  const Figure& figure = *find_figures({"fig5"}).front();
  std::int64_t left = 0;
  {
    Store store("runs.db");
    for (const toy::RunSpec& run : toy::figure_runs(figure, "quick")) {
      if (run.train == 54 && run.seed < 2) {
        ++left;
        continue;
      }
      toy::Record record;
      record.steps_to_rqi = record.steps_done = 400 + 10 * run.seed + 7 * run.train;
      record.rqi = 1;
      record.lambda3 = static_cast<double>(run.train);
      store.insert(toy::run_of(run), toy::outcome_of(record));
    }
  }
  REQUIRE(left == 2);
  const auto drawn = json_from(
      "figure fig5 --store runs.db --out pictures --engine torch --device cpu --threads 2 --json",
      "fig5: engine torch on cpu, 2 threads (asked for)\n");
  CHECK(drawn["figures"][0]["files"].size() >= 3);
  std::int64_t trained = 0;
  const Store store = Store::open_existing("runs.db");
  for (const toy::RunSpec& run : toy::figure_runs(figure, "quick")) {
    const toy::Record record = store.find(toy::run_of(run)).value().as<toy::Record>();
    const bool ours = record.engine == "torch/cpu";
    trained += ours ? 1 : 0;
    CHECK(ours == (run.train == 54 && run.seed < 2));
    CHECK(ours == (record.seconds > 0));
  }
  CHECK(trained == 2);
}
