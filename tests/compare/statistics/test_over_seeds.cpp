#include "compare/statistics/over_seeds.hpp"

#include "core/errors.hpp"
#include "tests/support/catch.hpp"

using namespace grok;

namespace {

struct Run {
  std::int64_t seed = 0;
  double value = 0;
};
// Two seeds with two runs each, which differ within a seed but not between seeds.
const std::vector<Run> runs = {{0, 1}, {0, 3}, {1, 1}, {1, 3}};

}  // namespace

TEST_CASE("means and shares resample seeds, not runs", "[statistics]") {
  const auto seeds = each_of(runs, &Run::seed);
  CHECK(seeds == std::vector<std::int64_t>{0, 0, 1, 1});
  const auto values = each_of(runs, &Run::value);
  const BootstrapInterval mean = mean_over_seeds(values, seeds);
  CHECK(mean.estimate.value == 2);
  CHECK(mean.estimate.low == 2);  // every resample has both runs of each seed it draws
  CHECK(mean.estimate.high == 2);
  CHECK(mean.count == 4);
  CHECK(mean.groups == 2);
  const std::vector<std::int64_t> own = {0, 1, 2, 3};
  CHECK(mean_over_seeds(values, own).estimate.low < 2);
  const auto large = each_of(runs, [](const Run& run) { return run.value > 2; });
  CHECK(grouped_share(large, seeds).estimate.value == 0.5);
  const auto twice = each_of(runs, [](const Run& run) { return 2 * run.value + 1; });
  CHECK(rank_over_seeds(values, twice, own).estimate.value == Approx(1));
  CHECK(rank_over_seeds(values, std::vector<double>(4, 1.0), own).count == 0);
  CHECK(rank_over_seeds(std::span(values).first(2), std::span(twice).first(2),
                        std::span(own).first(2))
            .count == 0);
  CHECK_THROWS_AS(mean_over_seeds({}, {}), InputError);
  CHECK_THROWS_AS(mean_over_seeds(values, std::span(own).first(3)), InputError);
}
