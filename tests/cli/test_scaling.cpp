#include <algorithm>

#include "tests/cli/command.hpp"
#include "tests/support/catch.hpp"

using namespace grok;

namespace {

std::string output_of(const std::string& line) {
  const CommandOutput outcome = run_line(line);
  CAPTURE(line, outcome.err);
  REQUIRE(outcome.status == 0);
  return outcome.out;
}

}  // namespace

TEST_CASE("scaling: points agree with threshold, fits are ordered", "[cli]") {
  const auto json = json_from(
      "scaling --symbols 6,10,20,40,80 --draws 300 --seed 3 --threads 2 --fit-from 3 "
      "--resamples 40 --json");
  CHECK(json["task"] == "addition");
  CHECK(json["draws"] == 300);
  CHECK(json["fit_up_to"] == 20);
  REQUIRE(json["points"].size() == 5);
  const auto& ten = json["points"][1];
  const auto threshold = json_from("threshold --symbols 10 --draws 300 --seed 3 --json");
  CHECK(ten["symbols"] == 10);
  CHECK(ten["samples"] == 55);
  CHECK(ten["critical_train"]["value"].get<double>() ==
        Approx(threshold["critical_train"]["value"].get<double>()).epsilon(1e-12));
  CHECK(ten["critical_train"]["low"].get<double>() ==
        Approx(threshold["critical_train"]["low"].get<double>()).epsilon(1e-12));
  CHECK(ten["critical_fraction"]["value"].get<double>() ==
        Approx(ten["n50"]["value"].get<double>() / 55));
  REQUIRE(json["fits"].size() == 4);
  for (std::size_t k = 1; k < 4; ++k) {
    CHECK(json["fits"][k]["aic"].get<double>() >= json["fits"][k - 1]["aic"].get<double>());
  }
  const auto from = json_from(
      "scaling --symbols 6,10,20,40,80 --draws 300 --seed 3 --fit-from 10 "
      "--resamples 40 --json");
  CHECK(from["fits"][0]["points"] == 4);
  CHECK(from["fit_from"] == 10);
  CHECK(from["fit_up_to"] == 40);
  CHECK(json["fits"][0]["points"] == 5);
  const std::string few = "scaling --symbols 6,10,20,40,80 --draws 300 --seed 3 --fit-from 3";
  const std::string text = output_of(few);
  CHECK_THAT(text, ContainsSubstring("p (a + b ln p)"));
  CHECK_THAT(text, ContainsSubstring("measured/predicted"));
  CHECK_THAT(text,
             ContainsSubstring("held out: fitted to p <= 20, ln(measured/predicted) at the 2"));
  CHECK_THAT(output_of(few + " --fit-up-to 80"),
             ContainsSubstring("; none held out: no size above 80\n"));
}

TEST_CASE("scaling: laws are fitted from p = 40 on", "[cli]") {
  const auto json = json_from(
      "scaling --symbols 6,40,70,120,200 --draws 50 --resamples 40 --fit-up-to 120 --json");
  CHECK(json["fit_from"] == 40);
  CHECK(json["points"].size() == 5);
  REQUIRE(json["fits"].size() == 4);
  CHECK(json["fits"][0]["points"] == 4);
  CHECK(json["fits"][0]["held_out"] == 1);
}

TEST_CASE("scaling: groups, and too little to fit", "[cli]") {
  const auto json = json_from(
      "scaling --task abelian --factor 2 --symbols 4,8,16 --draws 50 --fit-from 3 --json");
  CHECK(json["factor"] == 2);
  CHECK(json["points"][2]["samples"] == 136);
  CHECK(json["fits"].empty());
  CHECK(json["no_fits"] == "they need at least 4 sizes p >= 3 and 10 draws");
  CHECK_THAT(output_of("scaling --task modular-addition --symbols 5,6,7 --draws 20 --fit-from 5"),
             ContainsSubstring("no fits: they need at least 4 sizes"));
}

TEST_CASE("scaling: bad input is one line", "[cli][errors]") {
  for (const auto& [arguments, message] : std::vector<std::pair<std::string, std::string>>{
           {"scaling --symbols 1,6", "scaling: --symbols = 1,6, allowed sizes a,b,c"},
           {"scaling --task table --symbols 6", "scaling: --task = 'table', allowed addition"},
           {"scaling --task abelian --symbols 6", "scaling: --factor = nothing"},
           {"scaling --symbols 6 --draws 0", "scaling: --draws = 0, allowed [1, 10000000]"},
           {"scaling --symbols 6 --resamples 3", "scaling: --resamples = 3, allowed [40, "},
           {"scaling --symbols 6,8,10,12 --draws 20 --fit-from 6 --fit-up-to 8",
            "scaling: --fit-up-to = 8, allowed [10, 100000]"},
           {"scaling --symbols 3,4,6,8,10 --draws 20 --fit-from 4 --fit-up-to 6",
            "scaling: --fit-up-to = 6, allowed [8, 100000]"},
           {"scaling --symbols 6,10,20,40,80",
            "scaling: --fit-from = 40, allowed one that 3 sizes or more of --symbols reach (here "
            "2)"}}) {
    CAPTURE(arguments);
    const auto result = run_line(arguments);
    CHECK(result.status == 2);
    CHECK(result.out.empty());
    CHECK_THAT(result.err, ContainsSubstring(message));
    CHECK(std::count(result.err.begin(), result.err.end(), '\n') == 1);
  }
}
