// The numbers and claims of figure decoder-width, of made-up runs whose answer is known.
#include <cmath>

#include "core/errors.hpp"
#include "figures/rates/decoder_width.hpp"
#include "tests/support/catch.hpp"

namespace {

using Catch::Matchers::WithinAbs;
using namespace grok;

const std::vector<std::int64_t> widths = {20, 50, 100, 200, 500};

// Networks take c(seed) * width^b steps, the flow says c(seed) * width^(b - e).
toy::FlowRun made_up(std::int64_t seed, std::int64_t width, double b, double e = 0) {
  toy::FlowRun run;
  run.spec.seed = seed;
  run.spec.steps = 10'000;
  run.spec.decoder_widths = {width, width};
  const double w = static_cast<double>(width), c = 1000.0 + 200.0 * static_cast<double>(seed);
  run.measured = c * std::pow(w, b);
  run.flow.steps = std::llround(c * std::pow(w, b - e));
  return run;
}

std::vector<toy::FlowRun> made_up_study(double b, double e = 0) {
  std::vector<toy::FlowRun> runs;
  for (std::int64_t seed = 0; seed < 6; ++seed) {
    for (const auto width : widths) {
      runs.push_back(made_up(seed, width, b, e));
    }
  }
  return runs;
}

Verdict verdict(const std::vector<toy::FlowRun>& runs, std::size_t claim) {
  return decoder_width_claims(runs, 1).at(claim).verdict;
}

}  // namespace

TEST_CASE("exponents of made-up steps are found, whoever is missing", "[figures][decoder-width]") {
  auto runs = made_up_study(0.25, 0.1);
  runs[7].measured.reset();     // seed 1
  runs[14].flow.steps.reset();  // seed 2
  const auto b = width_exponents(runs);
  CHECK(b.seeds == 4);
  CHECK(b.all == 6);
  CHECK_THAT(b.networks.value, WithinAbs(0.25, 1e-9));
  CHECK_THAT(b.flow.value, WithinAbs(0.15, 1e-3));  // its steps are whole
  CHECK_THAT(b.ratio.value, WithinAbs(0.10, 1e-3));
  CHECK(b.widths == 5);
  CHECK(b.networks.low <= b.networks.value);
  CHECK(b.networks.high - b.networks.low < 1e-6);  // all seeds alike
}

TEST_CASE("one seed at every width has no exponent", "[figures][decoder-width]") {
  auto runs = made_up_study(0.25);
  for (std::size_t k = 0; k < 30; k += 6) {  // seed 0 at width 20, seed 1 at 50, ...
    runs[k].measured.reset();
  }
  const auto b = width_exponents(runs);
  CHECK(b.seeds == 1);
  CHECK(std::isnan(b.networks.value));
  CHECK(verdict(runs, 0) == Verdict::open);
  CHECK(verdict(runs, 2) == Verdict::open);
}

TEST_CASE("a width where half are stuck or more is no part of the exponent",
          "[figures][decoder-width]") {
  auto runs = made_up_study(-0.3);
  for (std::size_t k = 4; k < 30; k += 5) {  // 3 of 6 at 500, not more than half, off the law
    runs[k].measured = k < 15 ? std::nullopt : std::optional(9000.0);
  }
  CHECK(width_exponents(runs).widths == 4);
  CHECK(width_exponents(runs).seeds == 6);
  CHECK_THAT(width_exponents(runs).networks.value, WithinAbs(-0.3, 1e-9));
  CHECK(verdict(runs, 1) == Verdict::open);  // 3 of 6: [0.19, 0.81], 6 of 6: [0.61, 1]
  for (std::size_t k = 4; k < 30; k += 5) {
    runs[k].measured.reset();
  }
  CHECK(verdict(runs, 1) == Verdict::differs);
}

TEST_CASE("claims on width hold where they do and not where they do not",
          "[figures][decoder-width]") {
  // The least squares of equal steps is 0 up to rounding, and an interval of no width misses 0: so
  // seeds that disagree
  auto flat = made_up_study(0);
  for (auto& run : flat) {
    const double sign = run.spec.seed % 2 == 0 ? 1 : -1;
    *run.measured *= std::pow(static_cast<double>(run.spec.decoder_widths[0]), 0.01 * sign);
  }
  for (const std::size_t claim : {0u, 2u}) {
    CHECK(verdict(flat, claim) == Verdict::agrees);
  }
  for (const std::size_t claim : {3u, 4u}) {  // all right in six seeds: from 0.61
    CHECK(verdict(flat, claim) == Verdict::open);
  }
  auto slower = made_up_study(0.2, 0.2);
  for (const std::size_t claim : {0u, 2u, 3u}) {  // 20^0.2 > 1.25: no step is right
    CHECK(verdict(slower, claim) == Verdict::differs);
  }
}

TEST_CASE("a flow that is wrong on one network of each seed does not tell who gets there",
          "[figures][decoder-width]") {
  auto runs = made_up_study(0);
  for (std::size_t k = 0; k < 30; k += 5) {
    runs[k].flow.steps.reset();
  }
  CHECK(verdict(runs, 4) == Verdict::open);  // 0.8 in each of six seeds: to 0.95
}

TEST_CASE("medians by width count those that are not there", "[figures][decoder-width]") {
  auto runs = made_up_study(0);
  runs[1].measured.reset();  // width 50, seed 0
  const auto table = by_width(runs);
  REQUIRE(table.size() == 5);
  CHECK(table[1].width == 50);
  CHECK(table[1].networks.censored == 1);
  CHECK(table[1].score.there == 5);
  CHECK(table[1].networks.median == 1600);  // with 1200, ..., 2000 and one beyond
  CHECK(table[0].networks.median == 1400);  // 1000, ..., 2000: S = 1/2 at the third
}

TEST_CASE("layers of different widths and budgets that differ are refused",
          "[figures][decoder-width]") {
  auto runs = made_up_study(0);
  runs[3].spec.decoder_widths = {20, 30};
  CHECK_THROWS_AS(by_width(runs), InputError);
  runs = made_up_study(0);
  runs[3].spec.steps = 5000;
  CHECK_THROWS_AS(by_width(runs), InputError);
}
