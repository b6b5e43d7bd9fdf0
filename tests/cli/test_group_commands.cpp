// predict, threshold and rates for groups: sums (abelian, modular-addition) and products of
// matrices (permutations).
#include <algorithm>

#include "compare/statistics/threshold_summary.hpp"
#include "tests/cli/command.hpp"
#include "tests/support/catch.hpp"
#include "theory/closure.hpp"
#include "theory/structure.hpp"
#include "theory/threshold.hpp"
#include "theory/training_set.hpp"

using namespace grok;

namespace {

struct BadInput {
  const char* line;
  const char* message;  // part of the one line
};

void check_all(const std::vector<BadInput>& table) {
  const Here here("bad-groups");
  here.files.write("group.csv", "a,b,c\n0,0,0\n0,1,1\n1,1,0\n");
  const auto before = snapshot(here.files.folder());
  for (const BadInput& bad : table) {
    CAPTURE(bad.line);
    const CommandOutput outcome = run_line(bad.line);
    CHECK(outcome.status == 2);
    CHECK(outcome.out.empty());
    CHECK(std::ranges::count(outcome.err, '\n') == 1);
    CHECK(outcome.err.starts_with("groktheory: "));
    CHECK_THAT(outcome.err, ContainsSubstring(bad.message));
    CHECK(snapshot(here.files.folder()) == before);
  }
}

}  // namespace

TEST_CASE("predict: products of matrices, as analyse_products says", "[cli][groups]") {
  const Task task = Task::permutations(3);
  for (const Index train : {Index{6}, Index{14}, Index{20}}) {
    CAPTURE(train);
    const auto json = json_from("predict --task permutations --symbols 6 --train " +
                                std::to_string(train) + " --seed 5 --json");
    const ProductStructure s = analyse_products(task, draw_training_set(task, train, 5));
    CHECK(json["task"] == "permutations");
    CHECK(json["symbols"] == 6);
    CHECK(json["seed"] == 5);
    CHECK(json["samples"] == 36);
    CHECK(json["train"] == train);
    CHECK(json["parallelograms"] == s.parallelograms);
    CHECK(json["parallelograms_all"] == 90);
    CHECK(json["bound"] == "lower");
    CHECK(json["implied_parallelograms"] == s.implied_parallelograms);
    CHECK(json["complete"] == s.complete);
    CHECK(json["ideal_rqi"] == s.ideal_rqi);
    CHECK(json["ideal_accuracy"] == s.ideal_accuracy);
    for (const char* key : {"nullity", "nullity_all", "unique", "lambda3", "eigenvalues", "t_h",
                            "n_h", "rate", "normalisation", "orders"}) {
      CHECK_FALSE(json.contains(key));
    }
  }
  const std::string line = "predict --task permutations --symbols 6 --train ";
  CHECK(json_from(line + "6 --json")["complete"] == false);
  CHECK(json_from(line + "30 --json")["complete"] == true);
  const CommandOutput few = run_line(line + "6"), many = run_line(line + "30");
  CHECK_THAT(few.out, ContainsSubstring("complete        not shown"));
  CHECK_THAT(few.out, ContainsSubstring("ideal accuracy  at least 0."));
  CHECK_THAT(many.out, ContainsSubstring("at least 90 implied by them, 90 in all"));
  CHECK_THAT(many.out, ContainsSubstring("complete        yes: all are implied, by deduction"));
  CHECK_THAT(many.out, ContainsSubstring("ideal RQI       at least 1.0000"));
  CHECK_THAT(many.out, !ContainsSubstring("nullity") && !ContainsSubstring("lambda"));
}

TEST_CASE("predict: a training set of products from a file", "[cli][groups]") {
  const Here here("group-pairs");
  // 012 021 = 021 012 is one parallelogram; (1,0) does not repeat (0,1) where order matters.
  here.files.write("pairs.csv", "i,j\n0,1\n1,0\n2,2\n");
  const auto json = json_from("predict --task permutations --symbols 6 --pairs pairs.csv --json");
  CHECK(json["seed"].is_null());
  CHECK(json["train"] == 3);
  CHECK(json["parallelograms"] == 1);
}

TEST_CASE("predict: Abelian groups say their orders and the nullity of the whole task",
          "[cli][groups]") {
  const auto json = json_from("predict --task abelian --orders 2,3 --train 12 --seed 4 --json");
  const Task task = Task::abelian({2, 3});
  const Structure s = analyse_structure(task, draw_training_set(task, 12, 4));
  CHECK(json["task"] == "abelian");
  CHECK(json["symbols"] == 6);
  CHECK(json["orders"] == nlohmann::json({2, 3}));
  CHECK(json["samples"] == 21);
  CHECK(json["nullity"] == s.nullity);
  CHECK(json["nullity_all"] == 1);
  CHECK(json["unique"] == s.unique);
  CHECK(json["rate"] == 1e-3);
  CHECK(json["ideal_rqi"] == s.ideal_rqi);
  CHECK(json == json_from("predict --task abelian --orders 2 3 --train 12 --seed 4 --json"));
  CHECK(json != json_from("predict --task abelian --orders 3,2 --train 12 --seed 4 --json"));
  const CommandOutput text = run_line("predict --task abelian --orders 2,3 --train 12");
  CHECK_THAT(text.out, ContainsSubstring("abelian (2 x 3), p = 6, |D0| = 21"));
  CHECK_THAT(text.out, ContainsSubstring("(of the full task 1, all symbols in one place)"));
  // One cyclic group is modular addition.
  auto cyclic = json_from("predict --task abelian --orders 7 --train 20 --rate 1e-2 --json");
  const auto modular =
      json_from("predict --task modular-addition --symbols 7 --train 20 --rate 1e-2 --json");
  CHECK(modular["nullity_all"] == 1);
  CHECK_FALSE(modular.contains("orders"));
  cyclic["task"] = "modular-addition";
  cyclic.erase("orders");
  CHECK(cyclic == modular);
  CHECK(modular["rate"] == 1e-2);
}

TEST_CASE("threshold: complete by deduction, with the fields of the other curve", "[cli][groups]") {
  const auto json = json_from(
      "threshold --task permutations --symbols 6 --draws 300 --seed 3 --all-sizes --json");
  const ThresholdCurve curve =
      summarise_threshold(count_complete(Task::permutations(3), 300, 3, 1));
  CHECK(json["counted"] == "complete");
  CHECK(json["bound"] == "lower");
  CHECK_FALSE(json.contains("nullity_all"));
  REQUIRE(json["curve"].size() == 36);
  for (std::size_t k = 0; k < 36; ++k) {
    const auto& point = json["curve"][k];
    CHECK(point["train"] == k + 1);
    CHECK(point["draws"] == 300);
    CHECK(point["complete"] == curve.points[k].unique);
    CHECK_FALSE(point.contains("unique"));
    CHECK(point["probability"] == curve.points[k].probability.value);
    CHECK(point["low"] == curve.points[k].probability.low);
    CHECK(point["high"] == curve.points[k].probability.high);
  }
  CHECK(json["critical_train"]["value"] == curve.critical_train.value);
  CHECK(json["critical_fraction"]["high"] == curve.critical_fraction.high);
  CHECK(
      json ==
      json_from(
          "threshold --task permutations --symbols 6 --draws 300 --seed 3 --threads 2 --all-sizes "
          "--json"));
  const CommandOutput text = run_line("threshold --task permutations --symbols 6 --draws 300");
  CHECK_THAT(text.out, ContainsSubstring("implied by deduction; a lower bound"));
  CHECK_THAT(text.out,
             ContainsSubstring("P(complete) = 1/2") && ContainsSubstring("never complete"));
  CHECK_THAT(text.out, !ContainsSubstring("unique"));
}

TEST_CASE("threshold and rates: sums of group elements", "[cli][groups]") {
  const auto json =
      json_from("threshold --task abelian --orders 2,2 --draws 200 --all-sizes --json");
  const ThresholdCurve curve = summarise_threshold(count_unique(Task::abelian({2, 2}), 200, 58, 1));
  CHECK(json["counted"] == "unique");
  CHECK(json["nullity_all"] == 1);
  CHECK_FALSE(json.contains("bound"));
  CHECK(json["orders"] == nlohmann::json({2, 2}));
  REQUIRE(json["curve"].size() == 10);
  CHECK(json["curve"][6]["unique"] == curve.points[6].unique);
  CHECK(json_from("threshold --task addition --symbols 5 --draws 20 --json")["nullity_all"] == 2);
  const CommandOutput text = run_line("threshold --task modular-addition --symbols 5 --draws 20");
  CHECK_THAT(text.out, ContainsSubstring("nullity n0 = 1, that of the full task (all symbols in"));
  const auto rates = json_from("rates --task abelian --orders 2,2 --draws 20 --json");
  CHECK(rates["orders"] == nlohmann::json({2, 2}));
  CHECK(rates["nullity_all"] == 1);
  CHECK(rates["curve"].size() == 10);
}

TEST_CASE("bad input: groups", "[cli][bad][groups]") {
  check_all({
      {"predict --task abelian --train 3",
       "predict: --orders = nothing, allowed the orders of cyc"},
      {"predict --task abelian --orders '' --train 3", "--orders = '', allowed an integer"},
      {"predict --task abelian --orders 2,,3 --train 3", "--orders = '', allowed an integer"},
      {"predict --task abelian --orders 2, --train 3", "--orders = '', allowed an integer"},
      {"predict --task abelian --orders 1 --train 3", "predict: --orders = 1, allowed [2, 100000]"},
      {"predict --task abelian --orders 2,1 --train 3",
       "predict: --orders = 1, allowed [2, 100000]"},
      {"predict --task abelian --orders -2 --train 3", "--orders = -2, allowed [2, 100000]"},
      {"predict --task abelian --orders 2.5 --train 3", "--orders = '2.5', allowed an integer"},
      {"predict --task abelian --orders 2x3 --train 3", "--orders = '2x3', allowed an integer"},
      {"predict --task abelian --orders 1000,101 --train 3",
       "symbols = 101000, allowed [2, 100000]"},
      {"predict --task abelian --orders 2,3 --symbols 6 --train 3",
       "predict: --symbols = 6, allowed nothing (--task abelian: the orders say)"},
      {"predict --task abelian --orders 2,3 --train 22", "predict: --train = 22, allowed [1, 21]"},
      {"predict --task abelian --orders 2,3 --table group.csv --train 2",
       "--table = group.csv, allowed nothing (--task abelian)"},
      {"predict --orders 2,3 --symbols 6 --train 3",
       "predict: --orders = 2,3, allowed nothing (--task addition)"},
      {"predict --task permutations --symbols 6 --orders 6 --train 3",
       "--orders = 6, allowed nothing (--task permutations)"},
      {"predict --task table --table group.csv --orders 2 --train 2",
       "--orders = 2, allowed nothing (--task table)"},
      {"predict --task permutations --train 3", "--symbols = nothing, allowed an integer"},
      {"predict --task permutations --symbols 7 --train 3",
       "symbols = 7, allowed n!: 2, 6, 24, 120, 720"},
      {"predict --task permutations --symbols 6 --train 37", "--train = 37, allowed [1, 36]"},
      {"predict --task permutations --symbols 6 --train 3 --rate 1e-3",
       "predict: --rate = 0.001, allowed nothing (--task permutations has no lambda_3)"},
      {"predict --task permutations --symbols 6 --train 3 --normalisation sum",
       "predict: --normalisation = sum, allowed nothing (--task permutations has no lambda_3)"},
      {"threshold --task permutations --symbols 5 --draws 10", "symbols = 5, allowed n!"},
      {"threshold --task abelian --draws 10", "threshold: --orders = nothing"},
      {"rates --task permutations --symbols 6 --draws 10",
       "rates: task = permutations (matrix-product), allowed tasks whose embeddings combine by "
       "sum"},
      {"rates --task abelian --orders 1 --draws 10", "rates: --orders = 1, allowed [2, 100000]"},
  });
}

TEST_CASE("help names the groups", "[cli][groups]") {
  for (const char* command : {"predict --help", "threshold --help", "rates --help"}) {
    const CommandOutput help = run_line(command);
    CHECK(help.status == 0);
    CHECK_THAT(help.out, ContainsSubstring("--orders") && ContainsSubstring("permutations"));
  }
  CHECK_THAT(run_line("predict --help").out,
             ContainsSubstring("--task abelian --orders 2,3") && ContainsSubstring("0.001"));
}
