#include <fmt/format.h>

#include <algorithm>

#include <set>

#include "core/provenance.hpp"
#include "nets/engine_choice.hpp"
#include "nets/toy/initial_state.hpp"
#include "tests/cli/command.hpp"
#include "tests/cli/state_file.hpp"
#include "tests/support/catch.hpp"

using namespace grok;

namespace {

// A run that is over in a blink, in flags and in TOML.
const std::string small_net =
    "train --symbols 5 --decoder-widths 8,8 --output-dimension 4 --steps 60 --stop budget ";
const std::string small_run = small_net + "--train 10 ";
const std::string small_toml =
    "[run]\ntask = \"addition\"\nsymbols = 5\ntrain = 10\ndecoder_widths = [8, 8]\n"
    "output_dimension = 4\nsteps = 60\nstop = \"budget\"\n";

nlohmann::json record_from(const std::string& line) {
  auto record = json_from(line + " --json");
  record.erase("seconds");
  return record;
}

}  // namespace

TEST_CASE("train: a record has every key of the run and of its outcome", "[cli]") {
  const auto record = record_from(small_run);
  CHECK(record["steps_done"] == 60);
  CHECK(record["state"] == "done");
  CHECK(record["decoder_widths"] == nlohmann::json({8, 8}));
  CHECK(record["split_seed"] == 58);
  CHECK(record["train_loss"].get<double>() > 0);
  CHECK(record.contains("predicted_accuracy"));
  const auto theory = json_from("predict --symbols 5 --train 10 --json");
  CHECK(record["lambda3"] == theory["lambda3"]);
  CHECK(record["nullity"] == theory["nullity"]);
  CHECK(record["ideal_rqi"] == theory["ideal_rqi"]);
  // Widths as two arguments or one.
  const auto apart = record_from(
      "train --decoder-widths 8 8 --symbols 5 --train 10 --output-dimension 4 --steps 60 "
      "--stop budget");
  CHECK(apart == record);
  const CommandOutput text = run_line(small_run);
  CHECK(text.status == 0);
  CHECK_THAT(text.out,
             ContainsSubstring("not within 60 steps") && ContainsSubstring("normalisation sum"));
}

TEST_CASE("train: |D| = |D0| has no validation, |D| = 1 no parallelogram", "[cli]") {
  const auto all = record_from(small_net + "--train 15");
  CHECK(all["validation_accuracy"].is_null());
  CHECK(all["validation_loss"].is_null());
  CHECK(all["steps_to_validation"].is_null());
  CHECK(all["phase"].is_null());
  CHECK(all["accuracy"] == all["train_accuracy"]);
  CHECK_THAT(run_line(small_net + "--train 15").out, ContainsSubstring("no validation sample"));
  const auto one = record_from(small_net + "--train 1");
  CHECK(one["nullity"] == 5);
  CHECK(one["lambda3"] == 0.0);
  CHECK(one["validation_accuracy"].is_number());
}

TEST_CASE("train: flags override the file; what was set apart stays apart", "[cli]") {
  const Here here("spec");
  here.files.write("run.toml", small_toml);
  here.files.write("apart.toml", small_toml + "seed = 3\ninit_seed = 11\n");
  const auto base = record_from(small_run);
  CHECK(record_from("train --spec run.toml") == base);
  CHECK(record_from("train --spec run.toml --seed 9") == record_from(small_run + "--seed 9"));
  CHECK(record_from("train --spec run.toml --seed 9") != base);
  const auto apart = record_from("train --spec apart.toml --seed 9");
  CHECK(apart["init_seed"] == 11);
  CHECK(apart["split_seed"] == 9);
  CHECK(apart["label_seed"] == 9);
  CHECK(apart == record_from(small_run + "--seed 9 --init-seed 11"));
  CHECK(record_from("train --spec run.toml --train 15")["train"] == 15);
  here.files.write("plain.toml", "task = \"addition\"\nsymbols = 5\ntrain = 10\nsteps = 5\n");
  const auto classes = record_from("train --spec plain.toml --loss cross-entropy");
  CHECK(classes["output_dimension"] == 9);
  here.files.write("pairs.csv", "i,j\n0,0\n0,2\n1,1\n");
  const auto pairs = record_from("train --spec run.toml --pairs pairs.csv");
  CHECK(pairs["train"] == 3);
  CHECK(pairs["pairs"] == "pairs.csv");
  here.files.write("listed.toml",
                   "task = \"addition\"\nsymbols = 5\npairs = \"pairs.csv\"\nsteps = 5\n");
  CHECK(record_from("train --spec listed.toml")["train"] == 3);
  CHECK(record_from("train --spec listed.toml --train 4")["train"] == 4);
}

TEST_CASE("train: a run replayed from its initial state is the same run", "[cli]") {
  const Here here("replay");
  toy::RunSpec spec;
  spec.symbols = 5;
  spec.train = 10;
  spec.decoder_widths = {8, 8};
  spec.output_dimension = 4;
  auto state = state_json(draw_initial_state(resolve(spec, "test")));
  here.files.write("state.json", state.dump());
  CHECK(record_from(small_run + "--initial-state state.json") == record_from(small_run));
  CHECK(record_from(small_net + "--initial-state state.json") == record_from(small_run));
  // Another start gives another end, and another D is the D of the record.
  state["embeddings"][0][0] = 0.75;
  here.files.write("state.json", state.dump());
  CHECK(record_from(small_net + "--initial-state state.json") != record_from(small_run));
  state["train"] = {{4, 4}};
  here.files.write("state.json", state.dump());
  const auto one = record_from(small_net + "--initial-state state.json");
  CHECK(one["train"] == 1);
  CHECK(one["nullity"] == 5);
}

TEST_CASE("train: a trajectory has the steps asked for and the last", "[cli]") {
  const Here here("trajectory");
  const auto record = record_from(small_run + "--trajectory run.csv --stride 25");
  CHECK(record == record_from(small_run));  // watching changes nothing
  std::istringstream lines(content_of("run.csv"));
  std::vector<std::string> found;
  for (std::string line; std::getline(lines, line);) {
    found.push_back(line);
  }
  REQUIRE(found.size() == 5);
  CHECK(found[0] ==
        "step,train_loss,validation_loss,train_accuracy,validation_accuracy,rqi,embedding_norm,"
        "decoder_norm,output_norm,"
        "E_0_0,E_1_0,E_2_0,E_3_0,E_4_0");
  CHECK(found[1].starts_with("0,"));
  CHECK(found[2].starts_with("25,"));
  CHECK(found[3].starts_with("50,"));
  CHECK(found[4].starts_with(fmt::format("60,{},", record["train_loss"].get<double>())));
}

TEST_CASE("train: a diverged run is printed, and says so with status 3", "[cli]") {
  const CommandOutput outcome = run_line(
      "train --symbols 5 --train 10 --decoder-activation relu --decoder-rate 10 "
      "--representation-rate 10 --decoder-init-scale 1e6 --label-scale 1e6 --decoder-decay 1e6 "
      "--steps 2000 --json");
  CAPTURE(outcome.out, outcome.err);
  CHECK(outcome.status == 3);
  CHECK(std::count(outcome.err.begin(), outcome.err.end(), '\n') == 1);
  CHECK_THAT(outcome.err, ContainsSubstring("train: loss = not finite after") &&
                              ContainsSubstring("wanted finite"));
  CHECK(outcome.json()["state"] == "diverged");
  CHECK(outcome.json()["phase"] == "diverged");
  CHECK(outcome.json()["train_loss"].is_null());
}

TEST_CASE("study: run trains what is missing, status counts, export gives rows", "[cli]") {
  const Here here("study");
  here.files.write("study.toml", "name = \"seeds\"\n" + small_toml +
                                     "[axes]\nseed = [1, 2, 3]\n[profiles.more.axes]\n"
                                     "seed = [1, 2, 3, 4, 5]\n");
  const auto first =
      json_from("study run study.toml --store runs.db --threads 2 --device cpu --json",
                "seeds: engine cpu, 2 threads (asked for)\n");
  CHECK(first["engine"] == "cpu");
  CHECK(first["device"] == "cpu");
  CHECK(first["threads"] == 2);
  CHECK(first["why"] == "asked for");
  CHECK(first["study"] == "seeds");
  CHECK(first["runs"] == 3);
  CHECK(first["trained"] == 3);
  CHECK(first["missing"] == 0);
  const CommandOutput counted =
      run_line("study status study.toml --store runs.db --profile more --json");
  CHECK(counted.status == 4);
  CHECK(counted.err == "groktheory: study status: 2 of 5 runs are not done in runs.db\n");
  const auto status = counted.json();
  CHECK(status["complete"] == false);
  CHECK(status["runs"] == 5);
  CHECK(status["done"] == 3);
  CHECK(status["missing"] == 2);
  const CommandOutput partial = run_line("study export study.toml --store runs.db --profile more");
  CHECK(partial.status == 0);
  CHECK_THAT(partial.err, ContainsSubstring("2 of 5 runs are missing"));
  CHECK(std::count(partial.out.begin(), partial.out.end(), '\n') == 4);
  const auto second = json_from(
      "study run study.toml --store runs.db --profile more --engine cpu --threads 1 --json",
      "seeds: engine cpu, 1 thread (asked for)\n");
  CHECK(second["trained"] == 2);
  std::int64_t phases = 0;
  for (const auto& [phase, count] : second["phases"].items()) {
    phases += count.get<std::int64_t>();
  }
  CHECK(phases == 5);
  const CommandOutput text = run_line("study status study.toml --store runs.db --profile more");
  CHECK_THAT(text.out, ContainsSubstring("5: 5 done, 0 missing"));
  CHECK(text.status == 0);
  CHECK(text.err.empty());
  for (const char* every : {"--watch", "--watch 0.1", "--watch=9"}) {
    const CommandOutput watched =
        run_line(std::string("study status study.toml --store runs.db --profile more ") + every);
    CHECK(watched.status == 0);
    CHECK(watched.out == "seeds: 5 of 5 runs done, 0 running, 0 failed, 0 pending\n");
  }
  const CommandOutput lines =
      run_line("study status study.toml --store runs.db --profile more --json --watch");
  CHECK(std::count(lines.out.begin(), lines.out.end(), '\n') == 1);
  CHECK(lines.json()["complete"] == true);

  const CommandOutput exported =
      run_line("study export study.toml --store runs.db --profile more --out all.csv");
  CHECK(exported.err.empty());
  CHECK(content_of("all.csv") ==
        run_line("study export study.toml --store runs.db --profile more").out);
  CHECK_THAT(content_of("all.csv"),
             ContainsSubstring("steps_to_rqi") && ContainsSubstring("train_loss"));
}

TEST_CASE("study: artefacts that the study or the command asks for are kept", "[cli]") {
  const Here here("study-keep");
  const std::string study = small_toml + "[axes]\nseed = [1, 2]\n";
  here.files.write("bare.toml", study);
  here.files.write("study.toml", "keep = ['parameters']\n" + study);
  const auto trained = [](const std::string& line) {
    return run_line("study run " + line + " --threads 1 --json").json()["trained"];
  };
  CHECK(trained("bare.toml --store runs.db") == 2);
  CHECK(trained("study.toml --store runs.db") == 2);  // for what it lacks
  CHECK(trained("study.toml --store runs.db --keep parameters") == 0);
  CHECK(trained("bare.toml --store runs.db --keep parameters") == 0);
  CHECK_THAT(run_line("study run study.toml --store runs.db --keep weights").err,
             ContainsSubstring("study run: --keep = 'weights', allowed parameters"));
}

TEST_CASE("study: an export never replaces the store or the study", "[cli]") {
  const Here here("export-over");
  here.files.write("study.toml", small_toml + "[axes]\nseed = [1]\n");
  REQUIRE(run_line("study run study.toml --store runs.db").status == 0);
  here.files.write("other.toml", small_toml);
  REQUIRE(run_line("study merge runs.db --store other.db").status == 0);
  for (const std::string target :
       {"runs.db", "./runs.db", "study.toml", "other.db", "other.toml"}) {
    const CommandOutput over = run_line("study export study.toml --store runs.db --out " + target);
    CHECK(over.status == 2);
    CHECK_THAT(over.err, ContainsSubstring("--out = " + target + ", allowed a file that is no"));
  }
  CHECK(json_from("study status study.toml --store other.db --json")["done"] == 1);
  CHECK(json_from("study status study.toml --store runs.db --json")["done"] == 1);
}

TEST_CASE("figure: the list, and one figure with its report and files", "[cli]") {
  const auto list = json_from("figure --list --json");
  const std::string text = run_line("figure --list").out;
  std::set<std::string> names;
  std::set<std::size_t> columns;  // where titles begin
  for (const auto& figure : list["figures"]) {
    names.insert(figure["name"].get<std::string>());
    const auto title = text.find("  " + figure["title"].get<std::string>() + "\n");
    REQUIRE(title != std::string::npos);
    columns.insert(title - (text.rfind('\n', title) + 1));  // of the first line: npos + 1 is 0
    CHECK_THAT(text, ContainsSubstring(figure["stem"].get<std::string>()));
  }
  CHECK(names.contains("fig9"));
  CHECK_THAT(text, ContainsSubstring(" s  Which networks get stuck\n"));
  CHECK(list["figures"].back()["quick_seconds"].get<int>() > 0);
  CHECK(columns.size() == 1);
  const Here here("figure");
  const auto drawn = json_from("figure fig9 --out deep/pictures --threads 1 --json");
  REQUIRE(drawn["figures"].size() == 1);
  CHECK(!drawn["figures"][0]["report"].get<std::string>().empty());
  std::set<std::string> endings;
  for (const auto& file : drawn["figures"][0]["files"]) {
    const std::filesystem::path path = file.get<std::string>();
    CHECK(std::filesystem::file_size(path) > 0);
    endings.insert(path.extension().string());
  }
  CHECK(endings == std::set<std::string>{".csv", ".gp", ".pdf", ".png", ".svg"});
  CHECK(std::filesystem::exists("deep/pictures/runs.db"));
  const std::string report = drawn["figures"][0]["report"],
                    caption = drawn["figures"][0]["caption"];
  const std::string numbers = report.substr(0, report.find("  deep/pictures"));
  CHECK_FALSE(caption.empty());
  CHECK(drawn["figures"][0]["claims"][0]["verdict"] == "agrees");
  CHECK(numbers.find(caption) == std::string::npos);
  CHECK_THAT(run_line("figure fig9 --out deep/pictures").out,
             ContainsSubstring(numbers + "  " + caption + "\n"));
}

TEST_CASE("figure: a picture of another width", "[cli]") {
  const Here here("figure-width");
  CHECK(run_line("figure fig9 --width 8.6cm --out narrow").status == 0);
  CHECK_THAT(content_of(here.files / "narrow/fig9_curriculum.svg"),
             ContainsSubstring("viewBox=\"0 0 244 "));
  const CommandOutput refused = run_line("figure fig9 --width 17mm --out wrong");
  CHECK(refused.status == 2);
  CHECK_THAT(refused.err, ContainsSubstring("figure: --width = '17mm', allowed 5cm to 60cm"));
  CHECK_FALSE(std::filesystem::exists("wrong"));
}

TEST_CASE("figure: NAME:PROFILE as in report, whatever --profile says of others", "[cli]") {
  const Here here("figure-profile");
  const auto drawn = json_from("figure fig9:full --profile quick --out p --json");
  REQUIRE(drawn["figures"].size() == 1);
  CHECK(drawn["figures"][0]["profile"] == "full");
  CHECK_THAT(content_of("p/fig9_curriculum.gp"),
             ContainsSubstring("groktheory figure fig9 --profile full"));
  CHECK(json_from("figure fig9 --profile full --out p --json")["figures"][0] ==
        drawn["figures"][0]);
  CHECK(run_line("report fig9:full --store p/runs.db").status == 0);
}

TEST_CASE("help at every level has an example; the version is the provenance", "[cli]") {
  for (const char* level : {"", "predict", "threshold", "rates", "flow", "train", "study",
                            "study run", "study status", "study export", "figure", "bench"}) {
    const CommandOutput help = run_line(std::string(level) + " --help");
    CAPTURE(level);
    CHECK(help.status == 0);
    CHECK(help.err.empty());
    CHECK_THAT(help.out, ContainsSubstring("Example") &&
                             ContainsSubstring("groktheory " + std::string(level)));
  }
  const std::string train = run_line("train --help").out;
  const toy::RunSpec spec;
  for_each_field(spec, [&](std::string key, const auto&, const auto&, const char* help, auto&&...) {
    std::replace(key.begin(), key.end(), '_', '-');
    CHECK_THAT(train, ContainsSubstring("--" + key));
    CHECK_THAT(train, ContainsSubstring(std::string(help).substr(0, 12)));
  });
  const CommandOutput version = run_line("--version");
  CHECK(version.status == 0);
  CHECK_THAT(version.out, Catch::Matchers::StartsWith(to_text(provenance())) &&
                              ContainsSubstring("engine     cpu: " + engine_build("cpu")) &&
                              ContainsSubstring("engine     torch: "));
}
