#include "compare/toy/paired.hpp"

#include <algorithm>

#include "core/errors.hpp"
#include "tests/support/catch.hpp"

namespace grok::toy {
namespace {

RunSpec spec_of(std::int64_t train, std::int64_t seed = 58) {
  RunSpec spec;
  spec.train = train;
  spec.seed = seed;
  spec.steps = 5'000;
  return resolve(spec, "test");
}

PairedRow pair_one(const RunSpec& spec) {
  const std::vector<RunSpec> runs = {spec};
  const std::vector<Record> records(1);
  return pair_with_theory(runs, records, 1).at(0);
}

// p = 10, all 55 samples: lambda_3 = 20/3 (sum), 2/21 (mean), so 1/(lambda_3 eta) is 150, 10500.
TEST_CASE("n_h of all samples is the published one, in both normalisations") {
  RunSpec spec = spec_of(55);
  PairedRow row = pair_one(spec);
  REQUIRE(row.sum.n_h);
  REQUIRE(row.mean.n_h);
  CHECK(*row.sum.n_h == Approx(150).epsilon(1e-9));
  CHECK(*row.mean.n_h == Approx(10'500).epsilon(1e-9));
  spec.representation_rate *= 2;
  row = pair_one(spec);
  CHECK(*row.sum.n_h == Approx(75).epsilon(1e-9));
}

// The flow with `mean` is the one with `sum`, |P0(D)| = 70 times slower; steps are rounded up.
TEST_CASE("the gradient flow scales with the number of parallelograms") {
  RunSpec spec = spec_of(55);
  spec.steps = 200'000;
  const PairedRow row = pair_one(spec);
  REQUIRE(row.sum.gradient_flow);
  REQUIRE(row.mean.gradient_flow);
  CHECK(*row.mean.gradient_flow > 70 * (*row.sum.gradient_flow - 1));
  CHECK(*row.mean.gradient_flow <= 70 * *row.sum.gradient_flow);
  REQUIRE(row.sum.adam_flow);
  CHECK(*row.sum.adam_flow > 10);
}

TEST_CASE("theory starts from the embeddings the network starts from") {
  RunSpec spec = spec_of(50);
  const PairedRow row = pair_one(spec);
  RunSpec other = spec;
  other.init_seed = 1;
  CHECK(pair_one(other).sum.n_h == row.sum.n_h);  // the same D
  CHECK(pair_one(other).sum.adam_flow != row.sum.adam_flow);
  CHECK(pair_one(other).sum.gradient_flow != row.sum.gradient_flow);
  other = spec;
  other.label_seed = 1;
  other.decoder_widths = {3};
  CHECK(pair_one(other).sum.adam_flow == row.sum.adam_flow);
  other = spec;
  other.split_seed = 1;
  CHECK(pair_one(other).sum.n_h != row.sum.n_h);
}

TEST_CASE("the question is the run's own: threshold, tolerance and budget") {
  const RunSpec spec = spec_of(55);
  const PairedRow row = pair_one(spec);
  REQUIRE(row.sum.gradient_flow);
  REQUIRE(row.sum.adam_flow);
  RunSpec other = spec;
  other.rqi_threshold = 0.3;
  CHECK(*pair_one(other).sum.gradient_flow < *row.sum.gradient_flow);
  CHECK(*pair_one(other).sum.adam_flow < *row.sum.adam_flow);
  other = spec;
  other.rqi_tolerance = 1e-4;
  CHECK(*pair_one(other).sum.gradient_flow > *row.sum.gradient_flow);
  other = spec;
  const std::int64_t wanted = *row.sum.adam_flow;
  other = spec;
  other.steps = (wanted + prediction_budgets - 1) / prediction_budgets;
  CHECK(pair_one(other).sum.adam_flow == wanted);
  other.steps = (wanted - 1) / prediction_budgets;
  CHECK_FALSE(pair_one(other).sum.adam_flow);
  CHECK_FALSE(row.mean.adam_flow);
}

std::string cell(const CsvTable& table, std::size_t row, const std::string& column) {
  const auto at = std::ranges::find(table.columns, column) - table.columns.begin();
  return table.rows.at(row).at(static_cast<std::size_t>(at));
}

TEST_CASE("the table: what was not reached is empty, and its budget stands beside it") {
  const std::vector<RunSpec> runs = {spec_of(55, 3), spec_of(5)};
  std::vector<Record> records(2);
  records[0].steps_to_rqi = 321;
  records[0].steps_done = 400;
  records[0].unique = true;
  records[0].lambda3 = 20.0 / 3;
  records[0].rqi = 0.96;
  records[1].steps_done = 5'000;
  records[1].phase = "memorization";
  const CsvTable table = paired_table(pair_with_theory(runs, records, 2));
  CHECK(table.columns == std::vector<std::string>{"seed",
                                                  "train",
                                                  "fraction",
                                                  "measured",
                                                  "n_h_sum",
                                                  "n_h_mean",
                                                  "gradient_flow_sum",
                                                  "gradient_flow_mean",
                                                  "adam_flow",
                                                  "lambda3",
                                                  "unique",
                                                  "nullity",
                                                  "ideal_rqi",
                                                  "rqi",
                                                  "ideal_accuracy",
                                                  "predicted_accuracy",
                                                  "accuracy",
                                                  "phase",
                                                  "state",
                                                  "steps_done",
                                                  "budget",
                                                  "prediction_budget",
                                                  "identity"});
  REQUIRE(table.rows.size() == 2);
  CHECK(cell(table, 0, "seed") == "3");
  CHECK(cell(table, 0, "fraction") == "1");
  CHECK(cell(table, 0, "measured") == "321");
  CHECK(std::stod(cell(table, 0, "n_h_sum")) == Approx(150));
  CHECK(std::stod(cell(table, 0, "lambda3")) == 20.0 / 3);
  CHECK(cell(table, 0, "unique") == "1");
  CHECK(cell(table, 0, "rqi") == "0.96");
  CHECK(cell(table, 0, "phase").empty());
  CHECK(std::stol(cell(table, 0, "adam_flow")) > 0);
  CHECK(cell(table, 0, "identity") == identity(runs[0]));
  CHECK(cell(table, 1, "fraction") == "0.09090909090909091");
  CHECK(cell(table, 1, "measured").empty());
  CHECK(cell(table, 1, "n_h_sum").empty());  // five samples: the structure is not unique
  CHECK(cell(table, 1, "adam_flow").empty());
  CHECK(cell(table, 1, "steps_done") == "5000");
  CHECK(cell(table, 1, "budget") == "5000");
  CHECK(cell(table, 1, "prediction_budget") == "50000");
  CHECK(cell(table, 1, "phase") == "memorization");
  CHECK(paired_table({}).columns == table.columns);
  CHECK(paired_table({}).rows.empty());
}

TEST_CASE("rows keep the order of the runs for any number of threads") {
  std::vector<RunSpec> runs;
  for (std::int64_t seed = 0; seed < 6; ++seed) {
    runs.push_back(spec_of(40, seed));
  }
  const std::vector<Record> records(6);
  const CsvTable one = paired_table(pair_with_theory(runs, records, 1));
  CHECK(paired_table(pair_with_theory(runs, records, 4)).rows == one.rows);
  for (std::size_t k = 0; k < 6; ++k) {
    CHECK(cell(one, k, "identity") == identity(runs[k]));
  }
  CHECK_THROWS_WITH(pair_with_theory(runs, std::span(records).first(5), 1),
                    "pair_with_theory: records = 5, allowed 6, one for each run");
}

}  // namespace
}  // namespace grok::toy
