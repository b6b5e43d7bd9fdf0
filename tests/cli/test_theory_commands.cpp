#include <fmt/format.h>

#include <cmath>

#include "nets/toy/initial_state.hpp"
#include "tests/cli/command.hpp"
#include "tests/cli/state_file.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scratch.hpp"

using namespace grok;

namespace {

std::vector<std::vector<std::string>> cells_of(const std::string& csv) {
  std::vector<std::vector<std::string>> rows;
  std::istringstream lines(csv);
  for (std::string line; std::getline(lines, line);) {
    rows.emplace_back();
    std::istringstream cells(line);
    for (std::string cell; std::getline(cells, cell, ',');) {
      rows.back().push_back(cell);
    }
  }
  return rows;
}

}  // namespace

TEST_CASE("predict: all of D0 for p = 10, both normalisations", "[cli]") {
  const auto sum = json_from("predict --symbols 10 --train 55 --json");
  CHECK(sum["task"] == "addition");
  CHECK(sum["samples"] == 55);
  CHECK(sum["train"] == 55);
  CHECK(sum["seed"] == 58);
  CHECK(sum["parallelograms"] == 70);
  CHECK(sum["parallelograms_all"] == 70);
  CHECK(sum["nullity"] == 2);
  CHECK(sum["unique"] == true);
  CHECK(sum["lambda3"].get<double>() == Approx(20.0 / 3).epsilon(1e-12));
  CHECK(sum["t_h"].get<double>() == Approx(0.15).epsilon(1e-12));
  CHECK(sum["n_h"].get<double>() == Approx(150).epsilon(1e-12));
  CHECK(sum["ideal_rqi"] == 1.0);
  CHECK(sum["ideal_accuracy"] == 1.0);
  CHECK(sum["normalisation"] == "sum");
  // Eigenvalues of A^T A, published to six digits; H = (2/9) A^T A.
  const std::vector<double> gram = {0, 0, 30, 31.2716, 36.5472, 38.3765, 42.1380, 45.7284};
  REQUIRE(sum["eigenvalues"].size() == gram.size());
  for (std::size_t k = 0; k < gram.size(); ++k) {
    CHECK(sum["eigenvalues"][k].get<double>() ==
          Approx(2.0 / 9 * gram[k]).epsilon(2e-6).margin(1e-12));
  }
  const auto mean =
      json_from("predict --symbols 10 --train 55 --normalisation mean --rate 1e-2 --json");
  CHECK(mean["lambda3"].get<double>() == Approx(2.0 / 21).epsilon(1e-12));
  CHECK(mean["n_h"].get<double>() == Approx(1050).epsilon(1e-12));
  CHECK(mean["normalisation"] == "mean");
}

TEST_CASE("predict: |D| = 1 is a training set without parallelograms", "[cli]") {
  const auto one = json_from("predict --symbols 10 --train 1 --json");
  CHECK(one["parallelograms"] == 0);
  CHECK(one["nullity"] == 10);
  CHECK(one["unique"] == false);
  CHECK(one["lambda3"] == 0.0);
  CHECK(one["t_h"].is_null());
  CHECK(one["n_h"].is_null());
  const CommandOutput text = run_line("predict --symbols 10 --train 1");
  CHECK(text.status == 0);
  CHECK_THAT(text.out, ContainsSubstring("linear structure is not unique") &&
                           ContainsSubstring("infinite: not unique\n") &&
                           ContainsSubstring("infinite: not unique, eta = 0.001") &&
                           ContainsSubstring("normalisation sum"));
}

TEST_CASE("predict: nothing to learn takes no steps, and is not the same as not unique", "[cli]") {
  const auto two = json_from("predict --symbols 2 --train 3 --json");
  CHECK(two["unique"] == true);
  CHECK(two["lambda3"].is_null());
  CHECK(two["t_h"] == 0.0);
  CHECK(two["n_h"] == 0.0);
  CHECK(two["ideal_rqi"] == 1.0);
  CHECK_THAT(run_line("predict --symbols 2 --train 3").out,
             ContainsSubstring("lambda_3          infinite: nothing to learn") &&
                 ContainsSubstring("n_h = t_h/eta     0 [steps], eta = 0.001"));
  CHECK_THAT(run_line("predict --symbols 5 --train 15 --rate 0").out,
             ContainsSubstring("infinite: no rate, eta = 0"));
}

TEST_CASE("predict: RQI above 0.95 without a unique structure is said", "[cli]") {
  const Here here("predict-free");
  std::string pairs = "i,j\n";
  for (int i = 1; i < 60; ++i) {
    for (int j = i; j < 60; ++j) {
      pairs += std::to_string(i) + "," + std::to_string(j) + "\n";
    }
  }
  here.files.write("pairs.csv", pairs);
  const auto line = "predict --symbols 60 --pairs pairs.csv";
  CHECK(json_from(std::string(line) + " --json")["n_h"].is_null());
  CHECK_THAT(run_line(line).out,
             ContainsSubstring("ideal RQI         0.9504") &&
                 ContainsSubstring("not unique, though the ideal RQI exceeds 0.95 without that"));
}

TEST_CASE("predict: what a decoder of sums can reach", "[cli]") {
  const Here here("predict-ceiling");
  const auto line = run_line("predict --symbols 10 --train 45");
  CHECK_THAT(line.out,
             ContainsSubstring("accuracy ceiling  1.0000 in a generic solution of D: 0 of "
                               "19 outputs share a sum\n"));
  const auto ring = json_from("predict --task modular-addition --symbols 11 --train 50 --json");
  CHECK(ring["ideal_accuracy"] == 1.0);
  CHECK(ring["outputs"] == 11);
  CHECK(ring["outputs_sharing_sums"] == 11);
  CHECK(ring["ceiling_solution"].get<double>() == Approx(1.0 / 11));
  CHECK(ring["ceiling_any_embeddings"] == 1.0);
  const Task group = Task::permutations(3);
  std::string table = "a,b,c\n";
  for (const Sample s : group.samples()) {
    table += std::to_string(s.i) + "," + std::to_string(s.j) + "," +
             std::to_string(group.output(s)) + "\n";
  }
  here.files.write("s3.csv", table);
  CHECK_THAT(
      run_line("predict --task table --table s3.csv --train 36").out,
      ContainsSubstring("accuracy ceiling  0.1667 in a generic solution of D: 6 of 6 outputs "
                        "share a sum; 0.7500 with any embeddings, a sum has no order\n"));
  const auto many = json_from("predict --task modular-addition --symbols 6400 --train 10 --json");
  CHECK(many["ceiling_solution"].is_null());
  CHECK(many["outputs_sharing_sums"].is_null());
}

TEST_CASE("predict: seed, pairs file and table say the same of the same D", "[cli]") {
  const Here here("predict");
  here.files.write("pairs.csv", "i,j\n1,1\n2,0\n2,2\n1,3\n");
  const auto listed = json_from("predict --symbols 4 --pairs pairs.csv --json");
  CHECK(listed["seed"].is_null());
  CHECK(listed["train"] == 4);
  CHECK(listed["parallelograms"] == 2);
  CHECK(listed["nullity"] == 2);
  std::string table = "a,b,c\n";
  for (int a = 0; a < 4; ++a) {
    for (int b = a; b < 4; ++b) {
      table += std::to_string(a) + "," + std::to_string(b) + "," + std::to_string(a + b) + "\n";
    }
  }
  here.files.write("table.csv", table);
  auto from_table = json_from("predict --task table --table table.csv --pairs pairs.csv --json");
  CHECK(from_table["task"] == "table");
  from_table["task"] = "addition";
  CHECK(from_table["lambda3"].get<double>() ==
        Approx(listed["lambda3"].get<double>()).epsilon(1e-12));
  for (const char* key : {"symbols", "samples", "train", "parallelograms", "parallelograms_all",
                          "nullity", "unique", "ideal_rqi", "ideal_accuracy"}) {
    CHECK(from_table[key] == listed[key]);
  }
  const auto drawn = json_from("predict --symbols 10 --train 30 --seed 7 --json");
  CHECK(drawn["seed"] == 7);
  CHECK(drawn != json_from("predict --symbols 10 --train 30 --seed 8 --json"));
}

TEST_CASE("threshold: nothing to learn, and what sums cannot tell apart", "[cli]") {
  const auto two = json_from("threshold --symbols 2 --draws 50 --json");
  CHECK(two["critical_train"].is_null());
  CHECK(two["critical_fraction"].is_null());
  CHECK(two["curve"].empty());
  CHECK((two["sizes_never"] == 0 && two["sizes_always"] == 3));
  const std::string text = run_line("threshold --symbols 2 --draws 50").out;
  CHECK_THAT(text, ContainsSubstring("none: nothing to learn, no parallelogram says anything"));
  CHECK_THAT(text, ContainsSubstring("unique at every size, 0 included"));
  CHECK_THAT(text, !ContainsSubstring("critical fraction"));
  const Scratch scratch("threshold-minus");
  std::string table = "a,b,c\n";
  for (int a = 0; a < 6; ++a) {
    for (int b = 0; b < 6; ++b) {
      table += fmt::format("{},{},{}\n", a, b, (a - b + 6) % 6);
    }
  }
  scratch.write("minus.csv", table);
  const std::string minus = " --task table --table " + (scratch / "minus.csv").string();
  CHECK_THAT(run_line("threshold --draws 50" + minus).out,
             ContainsSubstring("0.6667 with any embeddings, a sum has no order"));
  CHECK(json_from("threshold --draws 50 --json" + minus)["ceiling_any_embeddings"] == 24.0 / 36);
  CHECK(json_from("predict --train 36 --json" + minus)["ideal_accuracy"] == 24.0 / 36);
  const auto record = json_from("train --train 36 --steps 1 --decoder-widths 4 --json" + minus);
  CHECK(record["ideal_accuracy"] == 24.0 / 36);
  CHECK_THAT(run_line("train --train 36 --steps 1 --decoder-widths 4" + minus).out,
             ContainsSubstring("ideal accuracy 0.6667 (a sum has no order: at most 0.6667)"));
  const std::string both =
      "train --train 36 --steps 1 --decoder-widths 4 --representation-combination concatenate";
  CHECK(json_from(both + " --json" + minus)["rqi"].is_null());
  CHECK_THAT(
      run_line(both + minus).out,
      ContainsSubstring("no meaning: a decoder of both embeddings knows no parallelograms") &&
          ContainsSubstring("does not apply: nothing forces embeddings that are concatenated"));
}

TEST_CASE("threshold and rates: curves over every |D|", "[cli]") {
  const std::string asked = "threshold --symbols 10 --draws 2000 --seed 3 --json --threads ";
  const auto curve = json_from(asked + "2 --all-sizes");
  CHECK(curve == json_from(asked + "1 --all-sizes"));
  // Without --all-sizes: the same but for the sizes whose probability is 0 or 1.
  auto kept = curve;
  kept["curve"].clear();
  std::int64_t never = 0, always = 0;
  for (const auto& point : curve["curve"]) {
    never += point["unique"] == 0 ? 1 : 0;
    always += point["unique"] == 2000 ? 1 : 0;
    if (point["unique"] != 0 && point["unique"] != 2000) {
      kept["curve"].push_back(point);
    }
  }
  CHECK(json_from(asked + "1") == kept);
  CHECK((curve["sizes_never"] == never && curve["sizes_always"] == always));
  CHECK((never > 5 && always > 5));
  REQUIRE(curve["curve"].size() == 55);
  std::int64_t before = 0;
  for (std::size_t n = 1; n <= 55; ++n) {
    const auto& point = curve["curve"][n - 1];
    CHECK(point["train"] == n);
    CHECK(point["draws"] == 2000);
    CHECK(point["unique"].get<std::int64_t>() >= before);
    before = point["unique"];
    CHECK(point["probability"].get<double>() == Approx(static_cast<double>(before) / 2000));
    CHECK(point["low"].get<double>() <= point["probability"].get<double>());
    CHECK(point["high"].get<double>() >= point["probability"].get<double>());
  }
  // Published: 0.4270 at |D| = 22 (10^4 draws). Two counts differ by less than 5 sigma; false
  // alarm 6e-7, and the seed is fixed.
  const double sigma = std::sqrt(0.427 * 0.573 * (1.0 / 2000 + 1.0 / 10000));
  CHECK(std::abs(curve["curve"][21]["probability"].get<double>() - 0.4270) < 5 * sigma);
  const auto& critical = curve["critical_fraction"];
  CHECK(critical["low"].get<double>() < critical["value"].get<double>());
  CHECK(critical["value"].get<double>() < critical["high"].get<double>());
  CHECK(critical["value"].get<double>() == Approx(0.409).margin(0.01));
  CHECK(curve["critical_train"]["value"].get<double>() ==
        Approx(55 * critical["value"].get<double>()));

  const auto rates = json_from("rates --symbols 6 --draws 50 --seed 3 --json");
  REQUIRE(rates["curve"].size() == 21);
  CHECK(rates["normalisation"] == "sum");
  CHECK(rates["curve"][0]["zero"]["value"] == 1.0);
  CHECK(rates["curve"][20]["zero"]["value"] == 0.0);
  const auto full = json_from("predict --symbols 6 --train 21 --json");
  const auto& last = rates["curve"][20];  // one D only: D0
  for (const auto& rate : {last["median"]["value"], last["median"]["low"], last["median"]["high"],
                           last["lower_quartile"], last["upper_quartile"]}) {
    CHECK(rate.get<double>() == Approx(full["lambda3"].get<double>()).epsilon(1e-12));
  }
  const auto& typical = rates["curve"][14]["median"];
  CHECK(typical["low"].get<double>() < typical["value"].get<double>());
  CHECK(typical["value"].get<double>() < typical["high"].get<double>());
}

TEST_CASE("flow: the header, the start, and what each flow conserves", "[cli]") {
  const std::string base = "flow --symbols 10 --train 45 --points 20 ";
  const auto gradient = cells_of(run_line(base + "--time 1").out);
  REQUIRE(gradient.size() == 22);
  CHECK(gradient[0].size() == 17);
  CHECK(gradient[0][0] == "t");
  CHECK(gradient[0][5] == "C");
  CHECK(gradient[0][16] == "E_9_0");
  CHECK(std::stod(gradient[1][4]) == Approx(9).epsilon(1e-12));  // Z0 = p - 1
  CHECK(std::stod(gradient[21][4]) == Approx(9).epsilon(1e-8));  // conserved
  CHECK(std::stod(gradient[21][2]) < 0.1 * std::stod(gradient[1][2]));
  CHECK(std::stod(gradient[21][1]) == Approx(1000));  // steps at eta = 1e-3
  CHECK(run_line(base + "--steps 1000").out == run_line(base + "--time 1").out);

  // Fixed and adaptive steps end at the same place; Euler is further off than RK4.
  const auto fixed = cells_of(run_line(base + "--time 1 --dt 0.001").out);
  const auto euler = cells_of(run_line(base + "--time 1 --dt 0.001 --method euler").out);
  const double end = std::stod(gradient[21][7]);
  CHECK(std::stod(fixed[21][7]) == Approx(end).epsilon(1e-8));
  CHECK(std::abs(std::stod(euler[21][7]) - end) > 1e-6);
  CHECK(std::stod(euler[21][7]) == Approx(end).epsilon(1e-2));

  const CommandOutput coarse = run_line(base + "--time 100 --dt 1 --method euler");
  CHECK(coarse.status == 3);
  CHECK(coarse.out.empty());
  CHECK_THAT(coarse.err, ContainsSubstring("flow: --dt = 1: Z0 drifts by"));

  const auto linear = cells_of(run_line(base + "--flow linear --time 1").out);
  for (std::size_t k = 0; k < linear[1].size(); ++k) {  // one start, up to rounding
    CHECK(std::stod(linear[1][k]) == Approx(std::stod(gradient[1][k])).margin(1e-12));
  }
  CHECK(std::stod(linear[21][4]) < 0.5 * std::stod(linear[1][4]));  // Z0 decays
  CHECK(std::abs(std::stod(linear[21][5])) < 1e-12);

  const auto adam = cells_of(run_line(base + "--flow adam --steps 40").out);
  REQUIRE(adam.size() == 22);
  CHECK(adam[2][1] == "2");
  CHECK(std::abs(std::stod(adam[1][7])) <= 0.5);  // raw: U(-1/2, 1/2)
  // Adam's steps have size eta at first.
  CHECK(std::abs(std::stod(adam[2][7]) - std::stod(adam[1][7])) == Approx(2e-3).epsilon(0.05));
  const auto plane = cells_of(run_line(base + "--time 1 --representation-dimension 2").out);
  CHECK(plane[0][5] == "C_0");
  CHECK(plane[0][6] == "C_1");
  CHECK(plane[0][9] == "E_0_1");
}

TEST_CASE("flow: to a file, and from a file", "[cli]") {
  const Here here("flow");
  const std::string base = "flow --symbols 5 --time 0.5 --points 4 ";
  const CommandOutput written = run_line(base + "--train 12 --seed 4 --out flow.csv");
  CHECK(written.status == 0);
  CHECK_THAT(written.out, ContainsSubstring("normalisation sum"));
  CHECK(content_of("flow.csv") == run_line(base + "--train 12 --seed 4").out);
  toy::RunSpec spec;
  spec.symbols = 5;
  spec.train = 12;
  spec.seed = 4;
  here.files.write("state.json", state_json(draw_initial_state(resolve(spec, "test"))).dump());
  const CommandOutput replayed = run_line(base + "--initial-state state.json");
  CHECK(replayed.err.empty());
  CHECK(replayed.out == content_of("flow.csv"));
}
