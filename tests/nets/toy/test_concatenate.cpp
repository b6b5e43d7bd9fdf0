// Runs whose decoder sees both embeddings, one after the other: for rules that do not commute.
#include <cmath>
#include <set>

#include "core/errors.hpp"
#include "nets/toy/decoder.hpp"
#include "nets/toy/parameters.hpp"
#include "nets/toy/train.hpp"
#include "nets/toy/trajectory.hpp"
#include "tests/support/catch.hpp"
#include "tests/theory/small_tables.hpp"
#include "theory/training_set.hpp"

using namespace grok;
using namespace grok::toy;

namespace {

/// S_3 as a table of 36 ordered samples.
RunSpec s3_spec(const std::string& combination, const std::string& precision = "float32") {
  const Task table = small_tables::s3();
  RunSpec spec;
  spec.task = "table";
  spec.symbols = 6;
  spec.table_commutes = false;
  spec.table_outputs.assign(table.table_outputs().begin(), table.table_outputs().end());
  spec.train = 36;
  spec.representation_combination = combination;
  spec.representation_dimension = 5;
  spec.representation_rate = spec.decoder_rate = 5e-3;
  spec.decoder_widths = {32, 32};
  spec.loss = "cross-entropy";
  spec.precision = precision;
  spec.steps = 1500;
  spec.stop = "budget";
  return spec;
}

}  // namespace

TEST_CASE("S_3 as a table: sums stay at 27 of 36, both embeddings tell a o b from b o a",
          "[nets][concatenate]") {
  for (const std::string optimiser : {"adamw", "sgd"}) {
    for (const std::string precision : {"float32", "float64"}) {
      const auto trained = [&](const std::string& combination, std::int64_t seed) {
        RunSpec spec = s3_spec(combination, precision);
        spec.seed = seed;
        spec.optimiser = optimiser;
        if (optimiser == "sgd") {
          spec.representation_rate = spec.decoder_rate = 0.3;
          spec.steps = 3000;
        }
        return train_traced(spec, 0).record;
      };
      CAPTURE(optimiser, precision);
      for (const std::int64_t seed : {1, 2}) {
        const Record sums = trained("task", seed);
        CHECK(sums.train_accuracy <= 27.0 / 36);
        CHECK(sums.train_accuracy >= 24.0 / 36);
        CHECK(sums.ideal_accuracy == 27.0 / 36);
        CHECK(trained("concatenate", seed).train_accuracy == 1);
        CHECK(trained("concatenate-shared", seed).train_accuracy == 1);
      }
    }
  }
}

TEST_CASE("what has no meaning without parallelograms is empty, and nobody waits for it",
          "[nets][concatenate]") {
  for (const std::string combination : {"concatenate", "concatenate-shared"}) {
    RunSpec spec = s3_spec(combination);
    for (std::int32_t k = 0; k < 36; ++k) {  // a o b = a: what is easy to generalise
      spec.table_outputs[static_cast<std::size_t>(k)] = k / 6;
    }
    spec.train = 30;
    spec.stop = "decided";
    const TracedRun run = train_traced(spec, 1);
    const Record& record = run.record;
    CHECK_FALSE(record.rqi);
    CHECK_FALSE(record.steps_to_rqi);
    CHECK_FALSE(record.predicted_accuracy);
    CHECK_FALSE(record.ideal_accuracy);
    CHECK_FALSE(record.ideal_rqi);
    CHECK_FALSE(record.unique);
    CHECK_FALSE(record.nullity);
    CHECK_FALSE(record.lambda3);
    CHECK_FALSE(record.ring);
    REQUIRE((record.steps_to_train && record.steps_to_validation));
    CHECK(record.steps_done == std::max(*record.steps_to_train, *record.steps_to_validation));
    CHECK(record.phase == "comprehension");
    CHECK_FALSE(run.trajectory.back().rqi);
    spec.stop = "rqi";
    CHECK_THROWS_WITH(
        resolve(spec, "here"),
        "here: stop = rqi, allowed decided, phase, budget (representation_combination "
        "= " +
            combination + ": RQI has no meaning)");
  }
}

TEST_CASE("concatenation: one table of embeddings or two, and the same numbers as for sums",
          "[nets][concatenate]") {
  const RunSpec sums = resolve(s3_spec("task"), "test"),
                shared = resolve(s3_spec("concatenate-shared"), "test"),
                two = resolve(s3_spec("concatenate"), "test");
  const InitialState of_sums = draw_initial_state(sums), of_shared = draw_initial_state(shared),
                     of_two = draw_initial_state(two);
  CHECK(of_shared.embeddings == of_sums.embeddings);
  REQUIRE(of_two.embeddings.rows() == 12);
  CHECK(of_two.embeddings.topRows(6) == of_sums.embeddings);
  CHECK(of_two.embeddings.bottomRows(6) != of_sums.embeddings);
  CHECK(of_two.decoder[0].weight.cols() == 10);
  CHECK(layer_widths(two) == std::vector<Index>{10, 32, 32, 6});
  const std::vector<Sample> one = {{2, 4}};
  Eigen::RowVectorXd wanted(10);
  wanted << of_two.embeddings.row(2), of_two.embeddings.row(6 + 4);
  CHECK(decoder_inputs(two, of_two, one) == wanted);
  wanted << of_shared.embeddings.row(2), of_shared.embeddings.row(4);
  CHECK(decoder_inputs(shared, of_shared, one) == wanted);
  CHECK_THROWS_WITH(check_initial_state(of_sums, two, "file"),
                    "file: embeddings = 6 x 5, allowed 12 x 5");
  std::set<std::string> names;
  for (const RunSpec& spec : {sums, shared, two}) {
    names.insert(identity(spec));
  }
  CHECK(names.size() == 3);
  CHECK(canonical_text(sums).find("combination") == std::string::npos);
  CHECK(describe(task_of(two)) == "table, p = 6, |D0| = 36, embeddings by concatenate");
}

TEST_CASE("concatenation: answers, parameters and curves are those of the network",
          "[nets][concatenate]") {
  RunSpec spec = s3_spec("concatenate", "float64");
  spec.train = 30;
  spec.steps = 100;
  const RunSpec resolved = resolve(spec, "test");
  const TracedRun run = train_traced(resolved, 50);
  const Task task = task_of(resolved);
  const std::vector<Sample> D = training_set_of(resolved);
  const auto answers =
      decoder_answers(resolved, run.trained, decoder_inputs(resolved, run.trained, D));
  Index right = 0;
  for (std::size_t k = 0; k < D.size(); ++k) {
    right += answers[k] == task.output(D[k]) ? 1 : 0;
  }
  CHECK(right > 10);
  CHECK(static_cast<double>(right) / 30 == run.record.train_accuracy);
  const InitialState back =
      unpacked_parameters(resolved, packed_parameters(resolved, run.trained), "here");
  CHECK(back.embeddings == run.trained.embeddings);
  CHECK(back.embeddings.rows() == 12);
  CHECK(back.decoder[0].weight == run.trained.decoder[0].weight);
  const TracedRun again = train_traced(resolved, 1, &run.trained);
  CHECK(again.trajectory[0].train_loss == run.record.train_loss);
  const Curve curve = curve_of(resolved, run.trajectory);
  CHECK(curve.columns.at(curve.metrics) == "E_0_0");
  CHECK(curve.columns.at(curve.metrics + 30) == "F_0_0");
  CHECK(curve.columns.back() == "F_5_4");
  const auto points = points_of(resolved, curve, "here");
  REQUIRE(points.size() == 3);
  CHECK(points[2].embeddings == run.trained.embeddings);
  CHECK_FALSE(points[2].rqi);
  CHECK(points[2].train_loss == run.record.train_loss);
}
