#include "figures/panels/rows.hpp"

#include <cmath>
#include <limits>

#include "core/errors.hpp"
#include "tests/support/catch.hpp"

using namespace grok;

namespace {

struct Run {
  std::int64_t train = 0;
  std::optional<std::int64_t> steps;
  double share = 0;
  bool unique = false;
  std::string name;
  Estimate rqi;
};

const double none = std::numeric_limits<double>::quiet_NaN();

CsvTable example() {
  const std::vector<Run> runs = {{11, std::nullopt, 0.2, false, "a", {0.5, 0.4, none}},
                                 {44, 700, none, true, "b", {0.25, 0.125, 0.5}}};
  return table_of(runs, column("train", &Run::train), column("steps", &Run::steps),
                  column("share", &Run::share), column("unique", &Run::unique),
                  column("name", &Run::name), column("rqi", &Run::rqi),
                  column("mean", "low", "high", &Run::rqi),
                  column("twice", [](const Run& run) { return 2 * run.train; }));
}

}  // namespace

TEST_CASE("a table of rows: what is not there is empty, an estimate three columns", "[figures]") {
  const CsvTable table = example();
  CHECK(to_csv(table) ==
        "train,steps,share,unique,name,rqi,rqi_low,rqi_high,mean,low,high,twice\n"
        "11,,0.2,0,a,0.5,0.4,,0.5,0.4,,22\n"
        "44,700,,1,b,0.25,0.125,0.5,0.25,0.125,0.5,88\n");
  CHECK(table_of(std::vector<Run>(), column("train", &Run::train)).rows.empty());
}

TEST_CASE("the numbers of a table: rows that lack one are left out unless it may be", "[figures]") {
  const CsvTable table = example();
  CHECK(rows_of(table, {"train", "rqi"}) == Rows{{11, 0.5}, {44, 0.25}});
  CHECK(rows_of(table, {"train", "steps"}) == Rows{{44, 700}});
  CHECK(rows_of(table, {"name"}).empty());
  const Rows maybe = rows_of(table, {"train"}, {"steps"});
  REQUIRE(maybe.size() == 2);
  CHECK(std::isnan(maybe[0][1]));
  CHECK(maybe[1][1] == 700);
  CHECK(rows_where(table, "steps", "").rows.size() == 1);
  CHECK(rows_where(table, "unique", "1").rows.at(0).at(0) == "44");
  CHECK_THROWS_WITH(rows_of(table, {"trian"}),
                    ContainsSubstring("column = 'trian', allowed train"));
}

TEST_CASE("exact numbers come back from a table", "[figures]") {
  const std::vector<double> values = {1.0 / 3, 1e-300, -2.5e17, 4232};
  const CsvTable table = table_of(values, column("value", [](double value) { return value; }));
  for (std::size_t k = 0; k < values.size(); ++k) {
    CHECK(rows_of(table, {"value"})[k][0] == values[k]);
  }
}

TEST_CASE("tables are joined if their columns agree", "[figures]") {
  CsvTable table = example();
  append(table, example());
  CHECK(table.rows.size() == 4);
  CHECK_THROWS_AS(append(table, CsvTable{{"train"}, {}}), Error);
  CsvTable none;
  append(none, example());
  CHECK(to_csv(none) == to_csv(example()));
  CsvTable left{{"a"}, {{"1"}, {"2"}}};
  beside(left, {{"b", "c"}, {{"3", "4"}, {"5", "6"}}});
  CHECK(to_csv(left) == "a,b,c\n1,3,4\n2,5,6\n");
}

TEST_CASE("members of members, and bars of an estimate's columns", "[figures]") {
  std::vector<std::pair<Run, int>> runs(2);
  runs[0].first.train = 11;
  runs[0].first.rqi = {0.5, 0.4, none};
  runs[1].first.train = 44;
  runs[1].first.rqi = {0.25, 0.125, 0.5};
  using Pair = std::pair<Run, int>;
  const auto low = inside(inside(&Pair::first, &Run::rqi), &Estimate::low);
  const CsvTable table =
      table_of(runs, column("train", inside(&Pair::first, &Run::train)), column("low", low),
               column("rqi", inside(&Pair::first, &Run::rqi)));
  CHECK(to_csv(table) ==
        "train,low,rqi,rqi_low,rqi_high\n11,0.4,0.5,0.4,\n44,0.125,0.25,0.125,0.5\n");
  const Rows bars = bars_of(table, "train", "rqi");
  CHECK(bars.at(1) == std::vector<double>{44, 0.25, 0.125, 0.5});
  CHECK((bars[0][2] == 0.4 && std::isnan(bars[0][3])));
}

TEST_CASE("a table as text: rounded, aligned, intervals in one place", "[figures]") {
  CHECK(text_table(example(), {{"name", "λ"}, {"train", "|D|"}, {"rqi", "RQI"}, {"steps", "n"}}) ==
        "  λ  |D|  RQI                   n\n"
        "  a  11   0.500 [0.400, open]   -\n"
        "  b  44   0.250 [0.125, 0.500]  700\n");
}

TEST_CASE("a table as text: a number without both ends has no interval", "[figures]") {
  const CsvTable counts{{"n", "n_low", "n_high"}, {{"10", "", ""}, {"0.5", "0.25", "0.75"}}};
  CHECK(text_table(counts, {{"n", "n"}}) ==
        "  n\n"
        "  10\n"
        "  0.500 [0.250, 0.750]\n");
}

TEST_CASE("a table as text: without names, every column under its own", "[figures]") {
  const CsvTable table{{"train_size", "share", "low", "high", "n", "n_low", "n_high"},
                       {{"3", "0.5", "0.25", "0.75", "10", "", ""}}};
  CHECK(text_table(table) ==
        "  train size  share                 n\n"
        "  3           0.500 [0.250, 0.750]  10\n");
}
