// groktheory parity: its numbers, and what it refuses.
#include <cmath>

#include "nets/parity/strings.hpp"
#include "tests/cli/command.hpp"
#include "tests/support/catch.hpp"
#include "theory/parity/staircase.hpp"

using namespace grok;

TEST_CASE("parity critical-decay: the closed form, and a training set", "[cli][parity]") {
  const auto three = json_from("parity critical-decay --parity 3 --json");
  CHECK(three["critical_decay"] == 0.125);
  CHECK(three["least_squared_norm"] == 16);
  CHECK_FALSE(three.contains("first_loss"));
  const auto set =
      json_from("parity critical-decay --bits 20 --parity 2 --train 100 --seed 4 --json");
  const auto counts = set["pattern_counts"].get<std::vector<std::int64_t>>();
  const parity::Staircase stairs = parity::staircase(counts);
  CHECK(set["first_loss"].get<double>() == Approx(stairs.first_loss).epsilon(1e-5));
  CHECK(set["collapse"].get<double>() == Approx(stairs.collapse).epsilon(1e-9));
  CHECK(set["zero_stability"].get<double>() > stairs.collapse);
  // The training set is that of the network with this seed.
  const auto record = json_from(
      "train --model parity --bits 20 --parity 2 --train 100 --seed 4 --epochs 1 --width 5 "
      "--json");
  parity::RunSpec spec;
  spec.bits = record["bits"];
  spec.train = record["train"];
  spec.data_seed = record["data_seed"].get<std::int64_t>();
  spec.test_seed = spec.noise_seed = 0;
  CHECK(parity::pattern_counts(make_strings(spec).train, 2) == counts);
  const CommandOutput text = run_line("parity critical-decay --parity 7 --train 200 --bits 9");
  CHECK(text.status == 0);
  CHECK_THAT(text.out, ContainsSubstring("0.0552427") && !ContainsSubstring("reduced problem"));
}

TEST_CASE("parity circuit: neurons and costs", "[cli][parity]") {
  const auto two = json_from("parity circuit --parity 2 --json");
  CHECK(two["neurons"].size() == 4);
  CHECK(std::abs(two["neurons"][0]["u"].get<double>()) == Approx(std::pow(2, -0.25)));
  CHECK(std::abs(two["neurons"][0]["w"][0].get<double>()) == Approx(std::pow(2, -0.75)));
  CHECK(two["path_norm"].get<double>() == Approx(2 * std::sqrt(2.0)));
  const auto three = json_from("parity circuit --parity 3 --json");
  CHECK(three["tight_directions"] == 16);
  for (const auto& exact : three["exact"]) {
    CHECK(exact["balanced_squared_norm"].get<double>() >= 16 - 1e-9);
  }
  CHECK_THAT(run_line("parity circuit --parity 3").out, ContainsSubstring("16 tight directions"));
}

TEST_CASE("parity: what is refused", "[cli][parity]") {
  for (const auto& [line, words] : std::vector<std::pair<std::string, std::string>>{
           {"parity critical-decay --parity 0", "--parity = 0"},
           {"parity critical-decay --parity 3 --bits 2", "--bits = 2, allowed one with --train"},
           {"parity critical-decay --parity 16 --train 3", "--parity = 16, allowed"},
           {"parity critical-decay --parity 3 --bits 2 --train 3", "parity = 3, allowed 1 to bits"},
           {"parity critical-decay --bits 5 --train 33", "train = 33"},
           {"parity circuit --parity 11", "--parity = 11"}}) {
    const CommandOutput output = run_line(line);
    CAPTURE(line, output.err);
    CHECK(output.status == 2);
    CHECK(output.out.empty());
    CHECK_THAT(output.err, ContainsSubstring(words));
  }
}
