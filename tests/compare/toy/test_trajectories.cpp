#include "compare/toy/trajectories.hpp"

#include <cmath>

#include "tests/support/catch.hpp"

using namespace grok;
using namespace grok::toy;

TEST_CASE("trajectories: flow and network start from the same embeddings; the flow keeps Z0",
          "[compare]") {
  RunSpec spec;
  spec.symbols = 6;
  spec.train = 18;
  spec.seed = 3;
  spec.steps = 400;
  spec.stop = "budget";
  spec.decoder_widths = {16};
  spec = resolve(spec, "test");
  const Trajectories run = collect_trajectories(spec, train_traced(spec, 10));
  REQUIRE(run.steps.size() == 41);
  CHECK(run.steps.back() == 400);
  CHECK((run.flow.row(0) - run.trained.row(0)).norm() < 1e-12);
  REQUIRE((run.flow.row(40) - run.flow.row(0)).norm() > 0.1);  // it moved
  REQUIRE((run.trained.row(40) - run.trained.row(0)).norm() > 1e-3);
  for (Eigen::Index k = 0; k < 41; ++k) {
    CHECK(run.flow.row(k).squaredNorm() == Approx(5).epsilon(1e-12));  // Z0 = p - 1
    CHECK(run.trained.row(k).squaredNorm() == Approx(5).epsilon(1e-12));
    CHECK(std::abs(run.flow.row(k).sum()) < 1e-10);
  }
}
