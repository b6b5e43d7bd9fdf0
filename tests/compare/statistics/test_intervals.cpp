// Resampling whole groups.
#include "compare/statistics/intervals.hpp"

#include <cmath>
#include <limits>

#include "core/errors.hpp"
#include "core/random.hpp"
#include "tests/compare/statistics/groups.hpp"
#include "tests/support/catch.hpp"

using namespace grok;

namespace {

using Drawn = std::span<const std::size_t>;

double mean(const std::vector<double>& x, Drawn drawn) {
  double sum = 0;
  for (const std::size_t k : drawn) {
    sum += x[k];
  }
  return sum / static_cast<double>(drawn.size());
}

bool same(const Estimate& a, const Estimate& b) {
  return a.value == b.value && a.low == b.low && a.high == b.high;
}

// Runs of one group share most of what is random, as networks of one seed do.
struct Clustered {
  std::vector<double> effect;
  std::vector<bool> success;
  std::vector<std::int64_t> groups;
};

Clustered clustered(RandomStream& random, int groups, int runs) {
  Clustered c;
  for (int g = 0; g < groups; ++g) {
    const double shared = 0.5 * random.normal(), p = random.uniform(0.2, 1.0);
    for (int k = 0; k < runs; ++k) {
      c.effect.push_back(shared + 0.2 * random.normal());
      c.success.push_back(random.uniform(0, 1) < p);
      c.groups.push_back(g);
    }
  }
  return c;
}

}  // namespace

TEST_CASE("bootstrap: draws groups with all their pairs", "[compare][intervals]") {
  const std::vector<std::int64_t> groups{7, 3, 7, 7, 3, 5};  // 3: 1 4   5: 5   7: 0 2 3
  const std::vector<std::vector<std::size_t>> members{{1, 4}, {5}, {0, 2, 3}};
  const std::vector<double> x{1, 10, 2, 4, 20, 100};
  RandomStream random(9, "bootstrap");
  std::vector<double> means;
  for (int b = 0; b < 200; ++b) {
    std::vector<std::size_t> drawn;
    for (int k = 0; k < 3; ++k) {
      const auto& g = members[static_cast<std::size_t>(random.below(3))];
      drawn.insert(drawn.end(), g.begin(), g.end());
    }
    means.push_back(mean(x, drawn));
  }
  const auto b =
      bootstrap_number("test", groups, 200, 9, [&](Drawn drawn) { return mean(x, drawn); });
  CHECK(b.estimate.value == 137.0 / 6);
  CHECK(b.estimate.low == quantile(means, 0.025));
  CHECK(b.estimate.high == quantile(means, 0.975));
  CHECK(b.count == 6);
  CHECK(b.groups == 3);
  CHECK(b.resamples == 200);
}

TEST_CASE("bootstrap: copies of a run in its group tell nothing new", "[compare][intervals]") {
  RandomStream random(11, "test");
  std::vector<double> single, copied;
  std::vector<std::int64_t> groups;
  for (int g = 0; g < 20; ++g) {
    single.push_back(random.normal());
    for (int k = 0; k < 50; ++k) {
      groups.push_back(g);
      copied.push_back(single.back());
    }
  }
  const auto few = bootstrap_number("test", each_alone(20), 1000, 0,
                                    [&](Drawn drawn) { return mean(single, drawn); });
  const auto many =
      bootstrap_number("test", groups, 1000, 0, [&](Drawn drawn) { return mean(copied, drawn); });
  CHECK(many.count == 1000);
  CHECK(many.groups == 20);
  CHECK(many.estimate.value == Approx(few.estimate.value));
  CHECK(many.estimate.low == Approx(few.estimate.low));
  CHECK(many.estimate.high == Approx(few.estimate.high));
  double square = 0;
  for (const double v : single) {
    square += std::pow(v - few.estimate.value, 2) / 20;
  }
  // 2 * 1.96 standard errors; the quantiles of 1000 resamples are good to some 5%.
  CHECK(few.estimate.high - few.estimate.low ==
        Approx(2 * 1.96 * std::sqrt(square / 20)).epsilon(0.15));
}

TEST_CASE("bootstrap: coverage with clustered runs", "[compare][intervals]") {
  // 400 experiments of 30 groups of 8. An interval of 30 groups covers 93-96%; binomial
  // spread 1.3%: [0.89, 0.98] fails a right program in fewer than 1 of 50 seeds; fixed seeds. Drawn
  // run by run the standard error of the mean is too small by a factor sqrt(8 * 0.87) = 2.6, which
  // covers 55%; of the share by sqrt(1 + 7 * 0.22) = 1.6, some 78%.
  int mean_covered = 0, mean_alone = 0, share_covered = 0, share_alone = 0;
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    RandomStream random(seed, "clustered");
    const Clustered c = clustered(random, 30, 8);
    const auto alone = each_alone(c.groups.size());
    const auto mean_of = [&](Groups groups) {
      return bootstrap_number("test", groups, 200, seed,
                              [&](Drawn drawn) { return mean(c.effect, drawn); })
          .estimate;
    };
    const auto share = [&](Groups groups) { return grouped_share(c.success, groups).estimate; };
    const auto covers = [](const Estimate& e, double truth) {
      return e.low <= truth && truth <= e.high ? 1 : 0;
    };
    mean_covered += covers(mean_of(c.groups), 0);
    mean_alone += covers(mean_of(alone), 0);
    share_covered += covers(share(c.groups), 0.6);
    share_alone += covers(share(alone), 0.6);
  }
  CAPTURE(mean_covered, mean_alone, share_covered, share_alone);
  CHECK(mean_covered >= 356);
  CHECK(mean_covered <= 392);
  CHECK(share_covered >= 356);
  CHECK(share_covered <= 392);
  CHECK(mean_alone < 280);
  CHECK(share_alone < 345);
}

TEST_CASE("bootstrap: coverage of a mean of 30 normals", "[compare][intervals]") {
  // About 0.935 with n = 30: 374 of 400, standard deviation 5. A fresh stream would fall outside
  // with P < 0.002.
  RandomStream stream(5, "coverage");
  int covered = 0;
  for (std::uint64_t repeat = 0; repeat < 400; ++repeat) {
    std::vector<double> x;
    for (int k = 0; k < 30; ++k) {
      x.push_back(stream.normal());
    }
    const auto e = bootstrap_number("test", each_alone(30), 400, repeat, [&](Drawn drawn) {
                     return mean(x, drawn);
                   }).estimate;
    covered += e.low <= 0 && 0 <= e.high ? 1 : 0;
  }
  CHECK(covered >= 356);
  CHECK(covered <= 392);
}

TEST_CASE("bootstrap: few groups cover nearly as they say", "[compare][intervals]") {
  // Of 1000 experiments; binomial spread 0.7 to 0.8%. Unexpanded, 5 groups cover 84.6% and
  // 10 90.4%.
  for (const auto& [groups, least, most] : {std::tuple{5, 905, 950}, {10, 920, 965}}) {
    RandomStream stream(7, "few");
    int covered = 0;
    for (std::uint64_t repeat = 0; repeat < 1000; ++repeat) {
      std::vector<double> x;
      for (int k = 0; k < groups; ++k) {
        x.push_back(stream.normal());
      }
      const auto e = bootstrap_number("test", each_alone(x.size()), 1000, repeat, [&](Drawn drawn) {
                       return mean(x, drawn);
                     }).estimate;
      covered += e.low <= 0 && 0 <= e.high ? 1 : 0;
    }
    CAPTURE(groups, covered);
    CHECK(covered >= least);
    CHECK(covered <= most);
  }
}

TEST_CASE("grouped_share: covers near 1, where resampling does not", "[compare][intervals]") {
  // Most seeds always get there, the others mostly: mean 0.977. Resampled, 14 seeds cover some 86%.
  RandomStream stream(11, "near one");
  int covered = 0;
  for (int repeat = 0; repeat < 1000; ++repeat) {
    std::vector<bool> success;
    std::vector<std::int64_t> groups;
    for (std::int64_t group = 0; group < 14; ++group) {
      const double share = stream.uniform(0, 1) < 0.6 ? 1 : 1 - 0.115 * stream.uniform(0, 1);
      for (int run = 0; run < 47; ++run) {
        success.push_back(stream.uniform(0, 1) < share);
        groups.push_back(group);
      }
    }
    const Estimate e = grouped_share(success, groups).estimate;
    covered += e.low <= 0.977 && 0.977 <= e.high ? 1 : 0;
  }
  CAPTURE(covered);
  CHECK(covered >= 925);
  CHECK(covered <= 980);
}

TEST_CASE("t and the tail of an expanded percentile, from tables", "[compare][intervals]") {
  CHECK(t_half_width(5) == Approx(2.776445).epsilon(1e-6));
  CHECK(t_half_width(11) == Approx(2.228139).epsilon(1e-6));
  // 2.776445 sqrt(5/4) = 3.104160, and P(N > that) = 0.000954.
  CHECK(expanded_tail(5) == Approx(0.000954).epsilon(2e-3));
  CHECK(expanded_tail(1'000'000) == Approx(0.025).epsilon(1e-4));
  CHECK_THROWS_AS(t_half_width(1), InputError);
}

TEST_CASE("difference_of, ratio_of: of independent estimates", "[compare][intervals]") {
  // Newcombe 1998, Statist. Med. 17, 873, method 10: 56/70 - 48/80 = 0.2 [0.0524, 0.3339].
  const Estimate difference = difference_of(wilson(56, 70), wilson(48, 80));
  CHECK(difference.value == Approx(0.2));
  CHECK(difference.low == Approx(0.0524).margin(5e-5));
  CHECK(difference.high == Approx(0.3339).margin(5e-5));
  const Estimate back = difference_of(wilson(48, 80), wilson(56, 70));
  CHECK(back.low == Approx(-difference.high));
  CHECK(back.high == Approx(-difference.low));
  // The same of logarithms.
  const Estimate ratio = ratio_of({200, 150, 300}, {100, 100, 100});
  CHECK(ratio.value == Approx(2));
  CHECK(ratio.low == Approx(1.5));
  CHECK(ratio.high == Approx(3));
  CHECK(std::isinf(difference_of({1, 0, 2}, {5, 4, INFINITY}).low));
  CHECK(std::isnan(difference_of({1, NAN, NAN}, {5, 4, 6}).low));
  const auto far = [](double value, double low, double high) {
    const Estimate factor = factor_of({value, low, high});
    return std::vector{factor.value, factor.low, factor.high};
  };
  CHECK(far(3, 2, 4) == std::vector<double>{3, 2, 4});
  CHECK(far(0.5, 0.25, 1) == std::vector<double>{2, 1, 4});
  CHECK(far(0.5, 0.25, 2) == std::vector<double>{2, 1, 4});  // 1 is in it
  CHECK_THROWS_WITH(ratio_of({1, 0, 2}, {5, 4, 6}), "ratio_of: low = 0, allowed (0, inf)");
}

TEST_CASE("bootstrap: what cannot be done", "[compare][intervals]") {
  const std::vector<std::int64_t> one{3, 3, 3}, two{1, 2};
  const auto single = bootstrap_number("test", one, 100, 0, [](Drawn) { return 7.0; });
  CHECK(single.estimate.value == 7);
  CHECK(std::isnan(single.estimate.low));
  CHECK(std::isnan(single.estimate.high));
  CHECK(single.groups == 1);
  CHECK_THROWS_WITH(bootstrap_number("test", {}, 100, 0, [](Drawn) { return 7.0; }),
                    "test: pairs = 0, allowed 1 or more");
  CHECK_THROWS_AS(bootstrap_number("test", two, 100, 0, [](Drawn) { return std::nan(""); }),
                  ConvergenceError);
  CHECK_THROWS_WITH(bootstrap_number("test", two, 39, 0, [](Drawn) { return 7.0; }),
                    "test: resamples = 39, allowed [40, 1000000]");
}

TEST_CASE("grouped_share: pairs, groups, and where all groups agree", "[compare][intervals]") {
  const std::vector<std::int64_t> groups{1, 1, 2, 2, 3, 3};
  const auto mixed = grouped_share({true, true, true, false, false, false}, groups);
  CHECK(mixed.estimate.value == 0.5);
  // Moves 1/6, 0, -1/6: standard error sqrt(3/2 * 2/36), over 0.25 on the logit scale, times t_2.
  const double half = 4.302653 * std::sqrt(3.0 / 2 * 2 / 36) / 0.25;
  CHECK(mixed.estimate.low == Approx(1 / (1 + std::exp(half))));
  CHECK(mixed.estimate.high == Approx(1 - mixed.estimate.low));
  CHECK(mixed.count == 6);
  CHECK(mixed.groups == 3);
  // All six: no more than three of three.
  const auto all = grouped_share(std::vector<bool>(6, true), groups);
  CHECK(same(all.estimate, wilson(3, 3)));
  CHECK(same(grouped_share(std::vector<bool>(6, false), groups).estimate, wilson(0, 3)));
  const std::vector<std::int64_t> two{1, 1, 2, 2}, uneven{1, 1, 2, 2, 2, 2};
  CHECK(same(grouped_share({true, false, false, true}, two).estimate, wilson(1, 2)));
  CHECK(
      same(grouped_share({true, false, false, true, true, false}, uneven).estimate, wilson(1, 2)));
  CHECK(same(grouped_share(std::vector<bool>(9, true), each_alone(9)).estimate, wilson(9, 9)));
  CHECK(same(grouped_share({true, true}, std::vector<std::int64_t>{4, 4}).estimate, wilson(1, 1)));
  CHECK(same(grouped_share({true, false, true, true}, each_alone(4)).estimate, wilson(3, 4)));
  CHECK_THROWS_WITH(grouped_share({true}, two),
                    "grouped_share: lengths = 1 and 4, allowed equal lengths");
  CHECK_THROWS_WITH(grouped_share({}, {}), "grouped_share: pairs = 0, allowed 1 or more");
}
