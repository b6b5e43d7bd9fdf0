// Commands on kinds of network that are not the toy, one of the tests' own among them.
#include <iomanip>
#include <sstream>

#include "tests/cli/command.hpp"
#include "tests/support/walk_model.hpp"

using namespace grok;

namespace {

CommandOutput run_with_walk(const std::string& line) {
  std::vector<std::string> args;
  std::istringstream words(line);
  for (std::string word; words >> word;) {
    args.push_back(word);
  }
  std::ostringstream out, err;
  const int status = run_cli(args, out, err, walk::all_models());
  return {status, out.str(), err.str()};
}

}  // namespace

TEST_CASE("train --model: flags, help, JSON and text are the model's", "[cli][model]") {
  const auto json =
      run_with_walk("train --model walk --bias 0.4 --target 10 --seed 3 --json").json();
  CHECK(json["bias"] == 0.4);
  CHECK(json["steps"] == 1000);
  CHECK(json["steps_to_train"].is_number());
  CHECK(json["phase"] == "comprehension");
  CHECK_FALSE(json.contains("symbols"));
  const CommandOutput help = run_with_walk("train --model walk --help");
  CHECK_THAT(help.out, ContainsSubstring("to the right, above one half (default 0.1)") &&
                           ContainsSubstring("where it has learnt"));
  CHECK_THAT(help.out, !ContainsSubstring("--decoder-rate"));
  CHECK_THAT(run_with_walk("train --model walk --bias 0.4").out,
             ContainsSubstring("steps_to_validation") && ContainsSubstring("bias"));
  CHECK_THAT(run_with_walk("train --model walk --bias 2").err,
             ContainsSubstring("train: bias = 2, allowed [-0.5, 0.5]"));
  CHECK_THAT(run_with_walk("train --model walk --symbols 3").err,
             ContainsSubstring("train: argument = '--symbols'"));
  CHECK_THAT(run_line("train --model walk").err,
             ContainsSubstring("train: model = 'walk', allowed toy, linear-teacher, diagonal"));
  CHECK_THAT(run_with_walk("train --model walk --initial-state x.json").err,
             ContainsSubstring("--initial-state = 'x.json', allowed nothing (model = walk"));
}

TEST_CASE("train --spec: the file says the model; --trajectory has its columns", "[cli][model]") {
  const Here here("own-spec");
  here.files.write("walk.toml", "model = \"walk\"\nbias = 0.3\nsteps = 50\n");
  const auto json = run_with_walk("train --spec walk.toml --target 15 --json").json();
  CHECK(json["bias"] == 0.3);
  CHECK(json["target"] == 15);
  CHECK(run_with_walk("train --spec walk.toml --trajectory w.csv --stride 5").status == 0);
  CHECK_THAT(content_of("w.csv"), Catch::Matchers::StartsWith("step,place\n0,0\n5,"));
  CHECK_THAT(run_with_walk("train --model toy --spec walk.toml --symbols 5 --train 5").err,
             ContainsSubstring("train: --model = 'toy', allowed walk (as --spec says)"));
}

TEST_CASE("study and show on a model of one's own", "[cli][model]") {
  const Here here("own-commands");
  here.files.write("walk.toml", "model = \"walk\"\n[run]\nsteps = 200\n[axes]\nseed = [1, 2, 3]\n");
  const auto ran =
      run_with_walk("study run walk.toml --store w.db --threads 2 --keep end --curves 20 --json");
  REQUIRE(ran.status == 0);
  CHECK(ran.json()["trained"] == 3);
  CHECK(run_with_walk("study status walk.toml --store w.db --json").json()["done"] == 3);
  CHECK(run_with_walk("study plan walk.toml --store w.db --json").json()["missing"] == 0);
  const CommandOutput exported = run_with_walk("study export walk.toml --store w.db");
  CHECK_THAT(exported.out,
             Catch::Matchers::StartsWith("identity,bias,target,seed,steps,steps_to_train"));
  const std::string name = exported.out.substr(exported.out.find('\n') + 1, 36);
  const auto shown = run_with_walk("show " + name.substr(0, 10) + " --store w.db --json").json();
  CHECK(shown["identity"] == name);
  CHECK(shown["model"] == "walk");
  CHECK(shown["artefacts"][0]["name"] == "end");
  const std::string again = shown["command"];
  CHECK(again == "groktheory train --model walk --seed 1 --steps 200");
  auto record = run_with_walk(again.substr(again.find("train")) + " --json").json();
  auto kept = shown["run"];
  record.erase("seconds");
  kept.erase("seconds");
  CHECK(record == kept);
  CHECK_THAT(run_with_walk("show zzzz --store w.db").err,
             ContainsSubstring("show: identity = 'zzzz', allowed one of a finished run in w.db"));
  CHECK_THAT(run_with_walk("show abc --store w.db").err, ContainsSubstring("4 characters or more"));
  CHECK_THAT(run_with_walk("study run walk.toml --store w.db --keep parameters").err,
             ContainsSubstring("study run: --keep = 'parameters', allowed end"));
}

TEST_CASE("show: the toy's run with its theory and the command that makes it again",
          "[cli][model]") {
  const Here here("show-toy");
  here.files.write("toy.toml",
                   "[run]\ntask = \"addition\"\nsymbols = 6\ntrain = 14\nsteps = 30\nseed = 4\n"
                   "init_seed = 9\ndecoder_widths = [8]\n");
  REQUIRE(run_line("study run toy.toml --store t.db --keep parameters").status == 0);
  const CommandOutput exported = run_line("study export toy.toml --store t.db");
  const std::string name = exported.out.substr(exported.out.find('\n') + 1, 36);
  const auto shown = run_line("show " + name + " --store t.db --json").json();
  CHECK(shown["command"] ==
        "groktheory train --symbols 6 --train 14 --seed 4 --init-seed 9 --decoder-widths 8 "
        "--steps 30");
  CHECK(shown["theory"].size() > 5);
  CHECK(shown["artefacts"][0]["name"] == "parameters");
  const CommandOutput text = run_line("show " + name + " --store t.db");
  CHECK_THAT(text.out, ContainsSubstring("theory adam_flow, rqi") && ContainsSubstring("again") &&
                           ContainsSubstring("parameters at step 30"));
}

TEST_CASE("show: the command that it prints makes the same run, whatever gave its training set",
          "[cli][model]") {
  const Here here("show-again");
  here.files.write("my pairs.csv", "i,j\n0,0\n0,2\n1,1\n1,3\n2,2\n");
  here.files.write("table.csv", "a,b,c\n0,0,0\n0,1,1\n1,0,1\n1,1,0\n");
  const std::string common = "steps = 5\ndecoder_widths = [4]\n";
  here.files.write("pairs.toml",
                   "[run]\ntask = \"addition\"\nsymbols = 5\npairs = \"my pairs.csv\"\n" + common);
  here.files.write("abelian.toml",
                   "[run]\ntask = \"abelian\"\norders = [2, 3]\ntrain = 9\n" + common);
  here.files.write("table.toml",
                   "[run]\ntask = \"table\"\ntable = \"table.csv\"\ntrain = 2\n" + common);
  here.files.write("fraction.toml",
                   "[run]\ntask = \"addition\"\nsymbols = 10\ntrain_fraction = 0.3\n" + common);
  for (const std::string kind : {"pairs", "abelian", "table", "fraction"}) {
    CAPTURE(kind);
    const std::string store = " --store " + kind + ".db";
    REQUIRE(run_line("study run " + kind + ".toml" + store).status == 0);
    const CommandOutput exported = run_line("study export " + kind + ".toml" + store);
    const std::string name = exported.out.substr(exported.out.find('\n') + 1, 36);
    const auto shown = run_line("show " + name + store + " --json").json();
    REQUIRE(shown["command"].is_string());
    std::string again = shown["command"];
    CHECK((kind != "fraction" ||
           again.find("--symbols 10 --train-fraction 0.3 ") != std::string::npos));
    CHECK((kind != "pairs" || again.find("--pairs 'my pairs.csv'") != std::string::npos));
    std::vector<std::string> args;
    std::istringstream words(again.substr(again.find("train")) + " --json");
    for (std::string word; words >> std::quoted(word, '\'');) {
      args.push_back(word);
    }
    auto record = run_command(args).json();
    auto kept = shown["run"];
    record.erase("seconds");
    kept.erase("seconds");
    CHECK(record == kept);
  }
}

TEST_CASE("the models of closed forms train by their flags", "[cli][model]") {
  const auto teacher = json_from(
      "train --model linear-teacher --dimension 20 --ratio 0.5 --held-out 50 --rate 0.1 "
      "--steps 2000 --thresholds 0.5,0.9 --at 0,10 --json");
  CHECK(teacher["steps_to_train"].size() == 2);
  CHECK(teacher["train_loss_at"].size() == 2);
  CHECK(teacher["train_loss_at"][0].get<double>() > teacher["train_loss_at"][1].get<double>());
  const auto diagonal = json_from(
      "train --model diagonal --dimension 40 --samples 30 --sparsity 2 --init-norm 4 "
      "--decay 0.05 --rate 0.05 --steps 20000 --at-switch 0.5,1.5 --json");
  CHECK(diagonal["steps_to_switch"].is_number());
  CHECK(diagonal["teacher_cosine"].size() == 2);
  CHECK_THAT(run_line("train --model linear-teacher --ratio 0.7").err,
             ContainsSubstring("train: ratio = 0.7, allowed one with dimension/ratio a whole"));
}
