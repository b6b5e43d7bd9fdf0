// `study` on a file with [refine].
#include <algorithm>

#include "tests/cli/command.hpp"

namespace grok {
namespace {

const std::string refined_toml = R"(name = "small"
[run]
task = "addition"
symbols = 5
train = 10
decoder_widths = [16]
output_dimension = 4
steps = 1000
stop = "phase"
[axes]
decoder_rate = { logspace = [1e-4, 1e-1], count = 13 }
decoder_decay = { range = [0, 6], step = 1 }
seed = [1, 2]
[refine]
axes = ["decoder_rate", "decoder_decay"]
start = [4, 3]
)";

TEST_CASE("study: [refine] trains what is needed, and says how many points", "[cli][refine]") {
  const Here here("refine");
  here.files.write("study.toml", refined_toml);
  const CommandOutput run = run_line("study run study.toml --store runs.db --device cpu --json");
  CAPTURE(run.err);
  REQUIRE(run.status == 0);
  CHECK_THAT(run.err, ContainsSubstring("small: round 0, 12 points, 24 runs to train\n"));
  CHECK_THAT(run.err, ContainsSubstring("small: round 1, "));
  const auto json = run.json();
  const auto& refine = json["refine"];
  CHECK(json["trained"] == 2 * refine["trained"].get<int>());
  CHECK(json["done"] == json["trained"]);
  CHECK(json["runs"] == json["done"]);
  CHECK(json["missing"] == 0);
  CHECK(refine["axes"] == nlohmann::json({"decoder_rate", "decoder_decay"}));
  CHECK(refine["start"] == nlohmann::json({4, 3}));
  CHECK(refine["stop"] == nlohmann::json({1, 1}));
  CHECK(refine["share"] == 0.5);
  CHECK(refine["complete"] == true);
  CHECK(refine["missing"] == 0);
  CHECK(refine["points"] == 13 * 7);
  CHECK(refine["trained"].get<int>() > 12);
  CHECK(refine["trained"].get<int>() + refine["predicted"].get<int>() == 13 * 7);
  CHECK(refine["rounds"].get<int>() > 1);
  REQUIRE(refine["diagrams"].size() == 1);
  const auto& diagram = refine["diagrams"][0];
  CHECK(diagram["name"] == "");
  CHECK(diagram["rounds"].size() == refine["rounds"].get<std::size_t>());
  CHECK(diagram["rounds"][0] == 12);
  int trained = 0, predicted = 0, records = 0;
  for (const auto& [phase, counts] : diagram["phases"].items()) {
    trained += counts["trained"].get<int>();
    predicted += counts["predicted"].get<int>();
  }
  for (const auto& [phase, count] : json["phases"].items()) {
    records += count.get<int>();
  }
  CHECK(trained == refine["trained"]);
  CHECK(predicted == refine["predicted"]);
  CHECK(records == json["done"]);

  const auto again = json_from("study run study.toml --store runs.db --device cpu --json");
  CHECK(again["trained"] == 0);
  CHECK(again["refine"] == refine);
  const auto status = json_from("study status study.toml --store runs.db --json");
  CHECK(status["refine"] == refine);
  for (const char* count : {"missing", "running", "failed", "pending"}) {
    CHECK(status[count] == 0);
  }
  CHECK(status["done"] == json["done"]);
  CHECK(status["complete"] == true);
  const auto plan = json_from("study plan study.toml --store runs.db --json");
  CHECK(plan["missing"] == 0);
  CHECK(plan["refine"]["complete"] == true);
  CHECK(plan["refine"]["runs_at_most"] == json["done"]);
  CHECK(plan["refine"]["steps_at_most"] == 0);
  const std::string planned = run_line("study plan study.toml --store runs.db").out;
  CHECK_THAT(planned,
             ContainsSubstring("complete: no other run is needed") && !ContainsSubstring("round"));
  const CommandOutput text = run_line("study status study.toml --store runs.db");
  CHECK_THAT(text.out, ContainsSubstring("decoder_rate and decoder_decay, strides 4 x 3 to 1 x 1, "
                                         "complete"));
  CHECK_THAT(text.out, ContainsSubstring("91: " + std::to_string(trained) + " trained in"));
}

TEST_CASE("study: export of a refined study has its runs, or with --points its points",
          "[cli][refine]") {
  const Here here("refine-export");
  here.files.write("study.toml", refined_toml);
  here.files.write("plain.toml", refined_toml.substr(0, refined_toml.find("[refine]")));
  REQUIRE(run_line("study run study.toml --store runs.db --device cpu").status == 0);
  const auto refine = json_from("study status study.toml --store runs.db --json")["refine"];
  const int trained = refine["trained"], points = refine["points"];
  const CommandOutput runs = run_line("study export study.toml --store runs.db");
  CHECK(runs.status == 0);
  CHECK(std::count(runs.out.begin(), runs.out.end(), '\n') == 1 + 2 * trained);
  CHECK(runs.err.empty());  // what is predicted has no runs that could be missing
  const CommandOutput map =
      run_line("study export study.toml --store runs.db --points --out map.csv");
  CHECK(map.status == 0);
  CHECK(map.err.empty());
  CHECK(map.out == "map.csv: 91 of 91 points\n");
  const std::string csv = content_of("map.csv");
  CHECK(csv.substr(0, csv.find('\n')) ==
        "diagram,decoder_rate,decoder_decay,phase,state,round,votes,runs");
  CHECK(std::count(csv.begin(), csv.end(), '\n') == 1 + points);
  std::size_t predicted = 0;
  for (auto at = csv.find(",predicted,"); at != std::string::npos;
       at = csv.find(",predicted,", at + 1)) {
    ++predicted;
  }
  CHECK(predicted == static_cast<std::size_t>(points - trained));
  const CommandOutput plain = run_line("study export plain.toml --store runs.db --points");
  CHECK(plain.status == 2);
  CHECK_THAT(plain.err, ContainsSubstring("--points = plain.toml, allowed a study with [refine]"));
  CHECK(!run_line("study status plain.toml --store runs.db --json").json().contains("refine"));
}

TEST_CASE("study: a refined study that is not complete says what it lacks", "[cli][refine]") {
  const Here here("refine-part");
  const std::string coarse =
      "[profiles.corners.axes]\ndecoder_rate = [1e-4, 1e-1]\n"
      "decoder_decay = [0, 6]\n"
      "[profiles.corners.refine]\nstart = [1, 1]\n";
  here.files.write("study.toml", refined_toml + coarse);
  REQUIRE(run_line("study run study.toml --profile corners --store runs.db --device cpu").status ==
          0);
  const CommandOutput partial = run_line("study status study.toml --store runs.db --json");
  CHECK(partial.status == 4);
  CHECK(partial.err == "groktheory: study status: 16 of 24 runs are not done in runs.db\n");
  const auto status = partial.json();
  CHECK(status["complete"] == false);
  CHECK(status["runs"] == 24);
  CHECK(status["done"] == 8);
  CHECK(status["pending"] == 16);
  CHECK(status["refine"]["complete"] == false);
  CHECK(status["refine"]["missing"] == 24 - 8);
  CHECK(status["refine"]["trained"] == 0);
  CHECK(status["refine"]["predicted"].is_null());
  CHECK_THAT(run_line("study status study.toml --store runs.db").out,
             ContainsSubstring("round 0 lacks 16 runs") && ContainsSubstring("not yet decided"));
  const CommandOutput map = run_line("study export study.toml --store runs.db --points");
  CHECK(map.status == 2);
  CHECK(map.out.empty());
  CHECK_THAT(map.err, ContainsSubstring("16 missing, allowed a refinement that is complete"));
}

TEST_CASE("study plan: of [refine] the round at hand, and all rounds at most", "[cli][refine]") {
  const Here here("refine-plan");
  here.files.write("study.toml", refined_toml);
  const std::string line = "study plan study.toml --store none.db --device cpu --threads 1";
  const auto plan = json_from(line + " --json");
  CHECK(plan["runs"] == 24);  // where lines of stride 4 and 3 cross, two seeds each
  CHECK(plan["done"] == 0);
  CHECK(plan["missing"] == 24);
  CHECK(plan["steps_at_most"] == 24'000);
  CHECK(plan["refine"]["round"] == 0);
  CHECK(plan["refine"]["points"] == 12);
  CHECK(plan["refine"]["runs_at_most"] == 13 * 7 * 2);
  CHECK(plan["refine"]["steps_at_most"] == 182'000);
  CHECK(plan["refine"]["seconds_at_most"] > plan["seconds_at_most"]);
  CHECK_THAT(run_line(line).out,
             ContainsSubstring("24: 0 done, 24 missing") &&
                 ContainsSubstring("round 0, 12 points: 24 runs to train; with all rounds to come "
                                   "at most 182 runs, 1.82e+05 steps, about "));
  CHECK(!std::filesystem::exists("none.db"));
}

TEST_CASE("bad input: [refine]", "[cli][bad][refine]") {
  const Here here("refine-bad");
  const std::string run = refined_toml.substr(0, refined_toml.find("[refine]"));
  here.files.write("key.toml", run + "[refine]\naxis = 3\n");
  here.files.write("big.toml",
                   run + "[refine]\naxes = ['decoder_rate', 'decoder_decay']\nstart = [13, 3]\n");
  const CommandOutput key = run_line("study run key.toml --store runs.db");
  CHECK(key.status == 2);
  CHECK_THAT(key.err,
             ContainsSubstring("key.toml:15: key = 'axis', allowed axes? (of axes, start"));
  const CommandOutput big = run_line("study run big.toml --store runs.db");
  CHECK(big.status == 2);
  CHECK_THAT(big.err, ContainsSubstring("big.toml:16: refine.start[0] = 13, allowed [1, 12]"));
  CHECK(!std::filesystem::exists("runs.db"));
}

}  // namespace
}  // namespace grok
