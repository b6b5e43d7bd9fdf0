// Columns of runs, rows by what they hold, and the colours of values.
#include "figures/plot/plot_frame.hpp"

#include "figures/plot/plot_colours.hpp"
#include "tests/figures/plot/plot_runs.hpp"
#include "tests/support/catch.hpp"

namespace grok {
namespace {

using Where = std::vector<std::pair<std::string, std::string>>;

std::size_t count_where(const Where& where, const std::vector<HandRun>& runs) {
  return rows_where_all(toy::model(), hand_table(runs), where).rows.size();
}

TEST_CASE("rows are found by numbers, texts and lists, however they are written", "[plot]") {
  const std::vector<HandRun> runs = {
      {.rate = 1e-3, .loss = "mse"}, {.rate = 1e-3, .loss = "hinge"}, {.rate = 1e-5}};
  CHECK(count_where({}, runs) == 3);
  CHECK(count_where({{"decoder_rate", "0.001"}}, runs) == 2);
  CHECK(count_where({{"decoder_rate", "10e-4"}}, runs) == 2);
  CHECK(count_where({{"decoder_rate", "1e-3"}, {"loss", "hinge"}}, runs) == 1);
  CHECK(count_where({{"decoder_widths", "[50,50]"}}, runs) == 3);
  CHECK_THROWS_WITH(count_where({{"loss", "crossentropy"}}, runs),
                    "plot: --where = loss=crossentropy, allowed loss that runs have: hinge, mse");
  CHECK_THROWS_WITH(
      count_where({{"los", "mse"}}, runs),
      ContainsSubstring("plot: --where = 'los', allowed loss? (of identity, symbols"));
}

TEST_CASE("values come in their order: numbers, phases, letters", "[plot]") {
  const PlotFrame frame(toy::model(),
                        hand_table({{.rate = 1e-2, .phase = "memorization", .loss = "mse"},
                                    {.rate = 1e-10, .phase = "", .loss = "hinge"},
                                    {.rate = 2, .phase = "comprehension"}}));
  const auto values = [&](const std::string& name) {
    return distinct_values(frame.column("--x", name), frame.all());
  };
  CHECK(values("decoder_rate") == std::vector<std::string>{"1e-10", "0.01", "2"});
  CHECK(values("phase") == std::vector<std::string>{"", "comprehension", "memorization"});
  CHECK(values("loss") == std::vector<std::string>{"hinge", "mse"});
  CHECK(frame.column("--x", "steps_to_validation").event());
  CHECK_FALSE(frame.column("--x", "steps_done").event());
}

TEST_CASE("classes of numbers: round borders, as many as can be told apart", "[plot]") {
  const auto names = [](const std::vector<double>& values, bool log) {
    std::string text;
    for (const PlotClass& one : classes_of(values, log).classes) {
      text += one.name + "|";
    }
    return text;
  };
  CHECK(names({1, 2, 2, 4}, false) == "1|2|4|");
  CHECK(names({0, 0.1, 0.3, 0.5, 0.61, 0.8, 1}, false) ==
        "0 to 0.2|0.2 to 0.4|0.4 to 0.6|0.6 to 0.8|0.8 to 1|");
  CHECK(names({37, 50, 80, 400, 700, 900, 9000}, true) ==
        "30 to 100|100 to 300|300 to 1000|1000 to 3000|3000 to 10000|");
  CHECK(names({12, 13, 20, 31, 45, 60, 99}, true) == "10 to 20|20 to 50|50 to 100|");
  const NumberClasses classes =
      classes_of(std::vector<double>{0, 0.1, 0.3, 0.5, 0.61, 0.8, 1}, false);
  CHECK(classes.of(0) == 0);
  CHECK(classes.of(0.2) == 1);  // a border belongs to what is above it
  CHECK(classes.of(0.19) == 0);
  CHECK(classes.of(1) == 4);  // but the last one
  CHECK_THROWS_AS(classes_of(std::vector<double>{}, false), InputError);
  CHECK_THROWS_AS(classes_of(std::vector<double>{0, 1}, true), InputError);
  for (double high = 1.5; high < 1e9; high *= 1.7) {  // any range has 2 to 7 classes that hold it
    std::vector<double> values;
    for (int k = 0; k < 20; ++k) {
      values.push_back(1 + (high - 1) * k / 19.0);
    }
    for (const bool log : {false, true}) {
      const NumberClasses some = classes_of(values, log);
      CAPTURE(high, log);
      CHECK(some.classes.size() >= 1);
      CHECK(some.classes.size() <= 7);
      CHECK(some.borders.front() <= 1);
      CHECK(some.borders.back() >= high * (1 - 1e-9));
      CHECK(some.borders[1] > 1);
    }
  }
}

TEST_CASE("letters of gnuplot stand for themselves", "[plot]") {
  CHECK(plain("a_b^{c}") == "a\\_b\\^\\{c\\}");
  CHECK(plain("[50, 50]") == "[50, 50]");
  CHECK(pale("#000000") == "#8c8c8c");
}

}  // namespace
}  // namespace grok
