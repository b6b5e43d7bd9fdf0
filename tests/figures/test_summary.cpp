#include "figures/summary.hpp"

#include <cmath>
#include <numeric>

#include "core/errors.hpp"
#include "core/random.hpp"
#include "tests/catch.hpp"

using namespace grok;

namespace {

std::vector<std::size_t> everything(std::size_t n) {
  std::vector<std::size_t> all(n);
  std::iota(all.begin(), all.end(), std::size_t{0});
  return all;
}

}  // namespace

TEST_CASE("Pearson's correlation: by hand, and none for a constant", "[figures]") {
  const std::vector<double> x = {1, 2, 3, 4}, y = {1, 3, 2, 4}, flat = {5, 5, 5, 5};
  CHECK(pearson(x, y, everything(4)) == Approx(0.8).epsilon(1e-14));
  const std::vector<double> down = {-2, -4, -6, -8};
  CHECK(pearson(x, down, everything(4)) == Approx(-1).epsilon(1e-14));
  CHECK(std::isnan(pearson(x, flat, everything(4))));
  const std::vector<std::size_t> chosen = {0, 1, 1, 2};  // with repeats
  CHECK(mean_of(y, chosen) == Approx(9.0 / 4));
}

TEST_CASE("the bootstrap resamples groups, not runs", "[figures]") {
  // 20 groups of 50 equal runs: the mean is known as well as from 20 runs, not from 1000.
  RandomStream stream(11, "test");
  std::vector<std::int64_t> groups, one_each;
  std::vector<double> values, group_values;
  for (std::int64_t g = 0; g < 20; ++g) {
    group_values.push_back(stream.normal());
    one_each.push_back(g);
    for (int k = 0; k < 50; ++k) {
      groups.push_back(g);
      values.push_back(group_values.back());
    }
  }
  const auto of = [](const std::vector<double>& x) {
    return [&x](std::span<const std::size_t> chosen) { return mean_of(x, chosen); };
  };
  const auto many = bootstrap_groups(groups, of(values));
  const auto few = bootstrap_groups(one_each, of(group_values));
  CHECK(many.count == 1000);
  CHECK(many.groups == 20);
  CHECK(many.resamples == figure_resamples);
  CHECK(many.estimate.value == Approx(few.estimate.value));
  CHECK(many.estimate.low == Approx(few.estimate.low));
  CHECK(many.estimate.high == Approx(few.estimate.high));
  double square = 0;
  for (const double v : group_values) {
    square += std::pow(v - few.estimate.value, 2) / 20;
  }
  // 2 * 1.96 standard errors; the quantiles of 1000 resamples are good to some 5%.
  CHECK(few.estimate.high - few.estimate.low ==
        Approx(2 * 1.96 * std::sqrt(square / 20)).epsilon(0.15));
}

TEST_CASE("the 95% interval of a mean of 30 normals covers as a percentile bootstrap does",
          "[figures][statistics]") {
  // Its coverage with n = 30 is about 0.935: 374 of 400, standard deviation 6 (the resamples are
  // the same in every repeat). Fixed stream; a fresh one would fall outside with P < 0.003.
  RandomStream stream(5, "coverage");
  int covered = 0;
  for (int repeat = 0; repeat < 400; ++repeat) {
    std::vector<double> x;
    std::vector<std::int64_t> groups;
    for (std::int64_t k = 0; k < 30; ++k) {
      x.push_back(stream.normal());
      groups.push_back(k);
    }
    const auto e = bootstrap_groups(
                       groups, [&](auto chosen) { return mean_of(x, chosen); }, 400)
                       .estimate;
    covered += e.low <= 0 && 0 <= e.high ? 1 : 0;
  }
  CHECK(covered >= 356);
  CHECK(covered <= 392);
}

TEST_CASE("bootstrap of groups: what cannot be done", "[figures]") {
  const std::vector<std::int64_t> one = {3, 3, 3}, none;
  const auto seven = [](std::span<const std::size_t>) { return 7.0; };
  const auto single = bootstrap_groups(one, seven);
  CHECK(single.estimate.value == 7);
  CHECK(std::isnan(single.estimate.low));
  CHECK(std::isnan(single.estimate.high));
  CHECK_THROWS_AS(bootstrap_groups(none, seven), InputError);
  const std::vector<std::int64_t> two = {1, 2};
  CHECK_THROWS_AS(bootstrap_groups(two, [](auto) { return std::nan(""); }), ConvergenceError);
}
