// groktheory plot: studies and stores in, pictures and tables out.
#include <filesystem>

#include "tests/cli/command.hpp"
#include "tests/support/catch.hpp"

using namespace grok;

namespace {

const std::string study =
    "[run]\ntask = \"addition\"\nsymbols = 5\ntrain_fraction = 0.8\nsteps = 20\n"
    "decoder_widths = [4]\n[axes]\ndecoder_rate = [1e-4, 1e-2]\ndecoder_decay = [0, 1, 2]\n"
    "seed = [1, 2]\n[profiles.one.axes]\nseed = [1]\n";

std::vector<std::string> files_in(const std::string& folder) {
  std::vector<std::string> names;
  for (const auto& [file, content] : snapshot(folder)) {
    names.push_back(std::filesystem::path(file).filename().string());
    CHECK_FALSE(content.empty());
  }
  return names;
}

}  // namespace

TEST_CASE("plot: cells of a study, points of a store, its files", "[cli][plot]") {
  const Here here("plot");
  here.files.write("s.toml", study);
  REQUIRE(run_line("study run s.toml --store s.db --profile one").status == 0);
  const auto cells =
      json_from("plot s.toml --store s.db --x decoder_rate --y decoder_decay --out cells --json");
  CHECK(cells["kind"] == "cells");
  CHECK(cells["runs"] == 6);
  CHECK(cells["missing"] == 6);
  CHECK_THAT(std::string(cells["caption"]),
             ContainsSubstring("6 runs in 1 seed; 6 of the whole study are not in the store.") &&
                 ContainsSubstring("train_fraction = 0.8") && ContainsSubstring("train = 12"));
  CHECK(files_in("cells") ==
        std::vector<std::string>{"phase_by_decoder_rate_and_decoder_decay.gp",
                                 "phase_by_decoder_rate_and_decoder_decay.pdf",
                                 "phase_by_decoder_rate_and_decoder_decay.png",
                                 "phase_by_decoder_rate_and_decoder_decay.svg",
                                 "phase_by_decoder_rate_and_decoder_decay_cells.csv",
                                 "phase_by_decoder_rate_and_decoder_decay_runs.csv"});
  const CommandOutput points = run_line(
      "plot s.db --x decoder_rate --y rqi --colour decoder_decay --where seed=1 --out p "
      "--name mine --width 8.6cm");
  CAPTURE(points.err);
  REQUIRE(points.status == 0);
  CHECK_THAT(points.out,
             ContainsSubstring("6 runs in 1 seed.") && ContainsSubstring("p/mine_medians.csv\n"));
  CHECK_THAT(content_of("p/mine.gp"),  // as much as fits in a column
             ContainsSubstring(
                 "'groktheory plot s.db --x decoder_rate --y rqi --colour decoder_decay ...'"));
  CHECK(run_line("plot s.toml --store s.db --profile one --x decoder_rate --y decoder_decay "
                 "--colour rqi --linear-x --out linear")
            .status == 0);
}

TEST_CASE("plot: a study is found by the size that a share gives", "[cli][plot]") {
  const Here here("plot-share");
  std::string by_size = study;
  by_size.replace(by_size.find("train_fraction = 0.8"), 20, "train = 12");
  here.files.write("size.toml", by_size);
  here.files.write("share.toml", study);
  REQUIRE(run_line("study run size.toml --store s.db").status == 0);
  const auto plan = json_from("study plan share.toml --store s.db --json");
  CHECK(plan["missing"] == 0);
  const auto drawn = json_from(
      "plot share.toml --store s.db --x train_fraction --y rqi --pool decoder_rate --pool "
      "decoder_decay --json");
  CHECK(drawn["runs"] == 12);
  CHECK_THAT(content_of("plots/rqi_by_train_fraction_runs.csv"), ContainsSubstring(",0.8,"));
}

TEST_CASE("plot: curves that a study kept", "[cli][plot]") {
  const Here here("plot-curves");
  here.files.write("s.toml", study);
  REQUIRE(run_line("study run s.toml --store s.db --profile one --curves 5").status == 0);
  for (const std::string source : {"s.db", "s.toml --store s.db"}) {
    const auto curves =
        json_from("plot " + source + " --curves --y rqi --colour decoder_rate --json");
    CHECK(curves["kind"] == "curves");
    CHECK_THAT(std::string(curves["caption"]),
               ContainsSubstring("A line is a run. 6 runs in 1 seed"));
  }
}

TEST_CASE("plot: a study with [refine] draws what it predicts", "[cli][plot]") {
  const Here here("plot-refine");
  here.files.write("s.toml", study +
                                 "[refine]\naxes = [\"decoder_rate\", \"decoder_decay\"]\n"
                                 "start = [1, 2]\n");
  REQUIRE(run_line("study run s.toml --store s.db").status == 0);
  const auto cells =
      json_from("plot s.toml --store s.db --x decoder_rate --y decoder_decay --json");
  CHECK(cells["missing"] == 0);
  CHECK_THAT(std::string(cells["caption"]), ContainsSubstring("that refinement predicts"));
}

TEST_CASE("plot: what it is not given is told", "[cli][plot]") {
  const Here here("plot-errors");
  here.files.write("s.toml", study);
  here.files.write("other.toml",
                   "model = \"diagonal\"\n[run]\ndimension = 10\nsamples = 4\nsparsity = 1\nsteps "
                   "= 10\n[axes]\nseed = [1]\n");
  REQUIRE(run_line("study run s.toml --store s.db --profile one").status == 0);
  const auto refused = [](const std::string& line) {
    const CommandOutput outcome = run_line("plot " + line);
    CHECK(outcome.status == 2);
    CHECK(outcome.out.empty());
    return outcome.err;
  };
  const std::string xy = " --x decoder_rate --y decoder_decay";
  CHECK(refused("s.toml" + xy) ==
        "groktheory: plot: --store = nothing, allowed the store of s.toml\n");
  CHECK_THAT(refused("s.db --profile one" + xy),
             ContainsSubstring("plot: --profile = 'one', allowed with a study"));
  CHECK_THAT(refused("s.db --where seed" + xy),
             ContainsSubstring("plot: --where = 'seed', allowed KEY=VALUE"));
  CHECK_THAT(refused("s.db --name a/b" + xy), ContainsSubstring("plot: --name = 'a/b', allowed"));
  CHECK_THAT(refused("s.db --width 2cm" + xy), ContainsSubstring("plot: --width = '2cm'"));
  CHECK_THAT(refused("no.db" + xy), ContainsSubstring("no.db"));
  CHECK_THAT(refused("s.db --curves --y rqi"), ContainsSubstring("plot: curves = 0 with rqi"));
  CHECK_THAT(refused("s.db --model diagonal" + xy),
             ContainsSubstring("plot: --model = 'diagonal', allowed one of those that it has runs "
                               "of: toy"));
  CHECK_FALSE(std::filesystem::exists("plots"));  // nothing written
  REQUIRE(run_line("study run other.toml --store s.db").status == 0);
  CHECK_THAT(refused("s.db" + xy),
             ContainsSubstring("plot: --model = nothing, allowed one of those "
                               "that it has runs of: toy, diagonal"));
  CHECK(run_line("plot s.db --model toy" + xy).status == 0);
}
