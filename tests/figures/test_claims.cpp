// The claims of the figures that have no file of tests for them: verdicts follow the data.
#include "figures/representation/representation.hpp"
#include "tests/support/catch.hpp"

namespace grok {
namespace {

TEST_CASE("fig9: the published order needs seven samples; without the last there is no line",
          "[figures][claims]") {
  std::vector<Sample> order = {{0, 4}, {1, 3}, {1, 5}, {2, 4}, {0, 2}, {1, 1}, {2, 4}, {3, 3}};
  const Task task = Task::addition(6);
  const auto claims = claims_of(task, follow_curriculum(task, order));
  REQUIRE(claims.size() == 1);
  CHECK(claims[0].verdict == Verdict::agrees);
  CHECK_THAT(claims[0].ours, ContainsSubstring("a line after 7 samples"));
  order.pop_back();
  const auto without = claims_of(task, follow_curriculum(task, order));
  CHECK(without.at(0).verdict == Verdict::differs);
}

TEST_CASE("fig3: verdicts on both sides of their bands", "[figures][claims]") {
  toy::AccuracyData data;
  const auto verdicts = [&data](const Estimate& correlation, const Estimate& difference,
                                const Estimate& equal, const Estimate& within) {
    data.all.correlation = correlation;
    data.all.difference = difference;
    data.all.equal_share = equal;
    data.unseen.correlation_within = within;
    std::vector<Verdict> found;
    for (const Claim& claim : claims_of(data)) {
      found.push_back(claim.verdict);
    }
    return found;
  };
  using V = Verdict;
  CHECK(claims_of(data).size() == 4);  // nothing unseen
  data.unseen.networks = 33;
  CHECK(verdicts({0.998, 0.997, 0.999}, {0.019, 0.015, 0.023}, {0.45, 0.44, 0.46},
                 {0.95, 0.92, 0.97}) ==
        std::vector{V::agrees, V::agrees, V::open, V::open, V::agrees});
  CHECK(verdicts({0.9997, 0.9995, 0.9999}, {0.010, 0.007, 0.013}, {0.75, 0.7, 0.8},
                 {0.9, 0.85, 0.95}) ==
        std::vector{V::at_least, V::at_least, V::open, V::at_least, V::open});
  CHECK(verdicts({0.98, 0.97, 0.99}, {0.03, 0.025, 0.04}, {0.1, 0.05, 0.12}, {0.8, 0.7, 0.89}) ==
        std::vector{V::differs, V::differs, V::open, V::differs, V::differs});
}

TEST_CASE("fig4: no claim without the published task; the others follow the counts",
          "[figures][claims]") {
  CriticalFractionData data;
  CHECK(claims_of(data).empty());
  data.theory.critical_fraction = {0.409, 0.408, 0.410};
  for (Index n = 1; n <= 55; ++n) {
    const std::int64_t unique = n == 22 ? 4270 : n == 30 ? 9814 : 0;
    data.theory.points.push_back(
        {n, static_cast<double>(n) / 55, 10'000, unique, wilson(unique, 10'000)});
  }
  data.waiting.not_unique.networks = 1;
  data.waiting.not_unique.share = BootstrapInterval{{0, 0, 0.04}, 1, 1, 0};
  auto claims = claims_of(data);
  REQUIRE(claims.size() == 5);
  CHECK(claims[0].verdict == Verdict::agrees);
  CHECK(claims[1].verdict == Verdict::agrees);
  CHECK(claims[2].verdict == Verdict::agrees);
  CHECK(claims[3].verdict == Verdict::open);  // no fit
  for (const double fraction : {0.4, 0.7}) {  // the published rates are not known
    data.waiting.critical.critical =
        BootstrapInterval{{fraction, fraction - 0.1, fraction + 0.1}, 2, 2, 40};
    const Claim claim = claims_of(data)[3];
    CHECK(claim.verdict == Verdict::open);
    CHECK_THAT(claim.remark, ContainsSubstring("no comparison"));
  }
  CHECK(claims[4].verdict == Verdict::agrees);
  data.waiting.not_unique.share->estimate.high = 0.278;
  CHECK(claims_of(data)[4].verdict == Verdict::open);
  data.waiting.not_unique.reached = 1;  // a line where theory says there is none
  data.theory.points[21].probability = wilson(4000, 10'000);
  data.theory.critical_fraction = {0.5, 0.49, 0.51};
  claims = claims_of(data);
  CHECK(claims[0].verdict == Verdict::open);  // 0.40 against 0.427: 0.013 to 0.041 apart
  CHECK(claims[2].verdict == Verdict::differs);
  CHECK(claims[4].verdict == Verdict::differs);
  data.theory.points[21].probability = wilson(3800, 10'000);
  data.theory.critical_fraction = {0.44, 0.43, 0.46};
  CHECK(claims_of(data)[0].verdict == Verdict::differs);
  CHECK(claims_of(data)[2].verdict == Verdict::open);
  // 887 steps within a factor 1.25, at the code's rate alone.
  data.waiting.medians = {{45, 45.0 / 55, {}}};
  KaplanMeier& curve = data.waiting.medians[0].curve;
  const auto verdict = [&](double low, double median, std::optional<double> high, double rate) {
    curve.median_low = low;
    curve.median = median;
    curve.median_high = high;
    data.waiting.rate = rate;
    return claims_of(data).at(5).verdict;
  };
  CHECK(verdict(750, 850, 1000, 1e-3) == Verdict::agrees);
  CHECK(verdict(700, 850, 1000, 1e-3) == Verdict::open);
  CHECK(verdict(750, 850, {}, 1e-3) == Verdict::open);
  CHECK(verdict(300, 400, 500, 1e-3) == Verdict::differs);
  CHECK(verdict(750, 850, 1000, 1e-2) == Verdict::open);
}

}  // namespace
}  // namespace grok
