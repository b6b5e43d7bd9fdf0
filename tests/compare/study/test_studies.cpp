// Several studies in one file.
#include "compare/study/run_study.hpp"
#include "compare/study/study.hpp"
#include "core/errors.hpp"
#include "nets/linear/model.hpp"
#include "nets/toy/model.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scratch.hpp"

namespace grok {
namespace {

// Line 4: [studies.small]; line 12: [studies.teacher]
const std::string two = R"(name = "two of them"
source = "nobody"

[studies.small]
[studies.small.run]
task = "addition"
symbols = 5
[studies.small.axes]
train = [5, 10]
[studies.small.profiles.fine.axes]
train = [5, 6, 7]
[studies.teacher]
model = "linear-teacher"
run.thresholds = [0.5, 0.9]
axes.seed = { range = [0, 3], step = 1 }
profiles.fine.run.steps = 7
profiles.coarse.run.steps = 3
)";

std::string with(std::string text, const std::string& what, const std::string& instead) {
  const auto at = text.find(what);
  REQUIRE(at != std::string::npos);
  return text.replace(at, what.size(), instead);
}

TEST_CASE("a file may hold several studies, each of its own model", "[studies]") {
  const NamedStudies studies = parse_studies(two, "s.toml", "fine");
  REQUIRE(studies.size() == 2);
  CHECK(studies[0].first == "small");
  CHECK(studies[1].first == "teacher");  // as in the file, not in the alphabet
  for (const auto& [name, study] : studies) {
    CHECK((study.name == "two of them" && study.source == "nobody"));
  }
  CHECK(studies[0].second.model == &toy::model());
  CHECK(studies[0].second.axes == std::vector<std::string>{"train"});
  CHECK(studies[0].second.runs.size() == 3);
  CHECK(studies[1].second.model == &linear::teacher_model());
  REQUIRE(studies[1].second.runs.size() == 4);
  const auto& last = studies[1].second.runs[3].as<linear::LinearTeacherRun>();
  CHECK((last.seed == 3 && last.steps == 7));
  CHECK(last.thresholds == std::vector<double>{0.5, 0.9});
  CHECK(parse_studies(two, "s.toml")[0].second.runs.size() == 2);
  const std::string turned = "[studies.z]\nmodel = 'diagonal'\n[studies.a]\nmodel = 'diagonal'\n";
  CHECK(parse_studies(turned, "s.toml")[0].first == "z");
  CHECK(parse_studies(turned, "s.toml")[1].second.name.empty());
}

TEST_CASE("a file without [studies] is one study without a name", "[studies]") {
  const std::string one = "name = 'n'\nmodel = 'diagonal'\n[axes]\nseed = [1, 2]\n";
  const NamedStudies studies = parse_studies(one, "s.toml");
  REQUIRE(studies.size() == 1);
  CHECK(studies[0].first.empty());
  const Study same = parse_study(one, "s.toml");
  CHECK((studies[0].second.name == same.name && studies[0].second.axes == same.axes));
  REQUIRE(studies[0].second.runs.size() == 2);
  CHECK(studies[0].second.runs[1].name() == same.runs[1].name());
}

TEST_CASE("what a study of several is refused for, with the line", "[studies]") {
  const auto message = [](const std::string& toml, const std::string& profile = "") {
    try {
      parse_studies(toml, "s.toml", profile, ".", 4);
    } catch (const InputError& error) {
      return std::string(error.what());
    }
    return std::string("no error");
  };
  CHECK(message(two) == "no error");
  CHECK(message(two, "fine") == "no error");
  CHECK(message(two, "coarse") == "s.toml:4: profile = 'coarse', allowed fine");
  CHECK(message(two, "slow") == "s.toml:4: profile = 'slow', allowed fine");
  CHECK(message(with(two, "profiles.fine.run.steps = 7", ""), "fine") ==
        "s.toml:12: profile = 'fine', allowed coarse");
  CHECK_THAT(
      message(with(two, "run.thresholds", "run.theshold")),
      ContainsSubstring(
          "s.toml:14: key = 'theshold', allowed thresholds? (of the keys of a run: ratio, "));
  CHECK_THAT(
      message(with(two, "axes.seed", "x")),
      ContainsSubstring("s.toml:15: key = 'x', allowed model, keep, run, axes, zip, refine, "));
  CHECK(message(with(two, "[0.5, 0.9]", "[0.5, 'x']")) ==
        "s.toml:14: thresholds = [ 0.5, 'x' ], allowed a list of numbers");
  CHECK_THAT(message(with(two, "[0.5, 0.9]", "[0.5, 1.5]")),
             ContainsSubstring("s.toml:14: thresholds[1] = 1.5, allowed "));
  CHECK_THAT(message(with(two, "thresholds = [0.5, 0.9]", "held_out = 1.5")),
             ContainsSubstring("s.toml:14: held_out = 1.5, allowed an integer"));
  CHECK_THAT(message(with(two, "linear-teacher", "linear")),
             ContainsSubstring("s.toml:13: model = "));
  CHECK(message(with(two, "[0, 3]", "[0, 4]")) == "s.toml:12: runs = 5, allowed [1, 4]");
  CHECK(message(with(two, "run.thresholds = [0.5, 0.9]", "name = 'n'")) ==
        "s.toml:14: key = 'name', allowed model, keep, run, axes, zip, refine, profiles");
  CHECK(message("seed = 1\n" + two) ==
        "s.toml:1: key = 'seed', allowed name, source, figure, studies");
  CHECK(message("name = 3\n[studies.a]\n") == "s.toml:1: name = 3, allowed a string");
  CHECK(message("studies = 3\n") == "s.toml:1: studies = 3, allowed a table [studies]");
  CHECK(message("\n[studies]\na = 1\n") == "s.toml:3: studies.a = 1, allowed a table [studies.a]");
  CHECK(message("[studies]\n") ==
        "s.toml:1: studies = {}, allowed one or more tables [studies.NAME]");
  CHECK_THROWS_WITH(
      parse_study(two, "s.toml"),
      "s.toml:4: key = 'studies', allowed name, source, figure, model, keep, run, axes, zip, "
      "refine, profiles");
}

}  // namespace
}  // namespace grok
