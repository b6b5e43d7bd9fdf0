// The claims of the figures that have no file of tests for them: verdicts follow the data.
#include "figures/representation/fig3_accuracy.hpp"
#include "figures/representation/fig4_critical_fraction.hpp"
#include "figures/representation/fig9_curriculum.hpp"
#include "tests/support/catch.hpp"

namespace grok {
namespace {

TEST_CASE("fig9: the published order needs seven samples; without the last there is no line",
          "[figures][claims]") {
  std::vector<Sample> order = {{0, 4}, {1, 3}, {1, 5}, {2, 4}, {0, 2}, {1, 1}, {2, 4}, {3, 3}};
  const auto claims = claims_of(collect_curriculum(Task::addition(6), order));
  REQUIRE(claims.size() == 1);
  CHECK(claims[0].verdict == Verdict::agrees);
  CHECK_THAT(claims[0].ours, ContainsSubstring("a line after 7 samples"));
  order.pop_back();
  const auto without = claims_of(collect_curriculum(Task::addition(6), order));
  CHECK(without.at(0).verdict == Verdict::differs);
}

TEST_CASE("fig3: each claim agrees on the better side of its published number only",
          "[figures][claims]") {
  toy::AccuracyData data;
  data.correlation.estimate = {0.998, 0.997, 0.999};
  data.correlation.count = 33;
  data.difference.estimate = {0.010, 0.007, 0.013};
  data.largest_difference = 0.12;
  data.equal_share = {0.6, 0.5, 0.7};
  for (const Claim& claim : claims_of(data)) {
    CHECK(claim.verdict == Verdict::agrees);
  }
  data.correlation.estimate = {0.99, 0.98, 0.995};
  data.difference.estimate = {0.03, 0.02, 0.04};
  data.largest_difference = 0.13;
  data.equal_share = {0.2, 0.1, 0.29};
  for (const Claim& claim : claims_of(data)) {
    CHECK(claim.verdict == Verdict::differs);
  }
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
  data.waiting.not_unique.reached = 1;  // a line where theory says there is none
  data.theory.points[21].probability = wilson(4000, 10'000);
  data.theory.critical_fraction = {0.5, 0.49, 0.51};
  claims = claims_of(data);
  CHECK(claims[0].verdict == Verdict::differs);
  CHECK(claims[2].verdict == Verdict::differs);
  CHECK(claims[4].verdict == Verdict::differs);
}

}  // namespace
}  // namespace grok
