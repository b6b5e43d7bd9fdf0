// tests/nets/toy/ensemble/torch_ensemble_math.cpp: the element functions by themselves.
#include "nets/toy/ensemble/ensemble_math.hpp"

#include <algorithm>
#include <bit>
#include <limits>
#include <vector>

#include "tests/support/catch.hpp"

using namespace grok;
using namespace grok::toy;

TEST_CASE("ensemble: tanh in float32 has the accuracy it states", "[ensemble]") {
  constexpr float infinite = std::numeric_limits<float>::infinity();
  double worst = 0;
  float before = -1;
  bool rising = true;
  // Every 500th float from 1e-9 to 20.
  const auto first = std::bit_cast<std::uint32_t>(1e-9f), last = std::bit_cast<std::uint32_t>(20.f);
  for (std::uint32_t bits = first; bits < last; bits += 500) {
    const float x = std::bit_cast<float>(bits);
    const float y = hyperbolic_tangent(x);
    const double exact = std::tanh(static_cast<double>(x));
    worst = std::max(worst, std::abs(static_cast<double>(y) / exact - 1));
    rising = rising && y >= before - 5e-7f;
    before = y;
    REQUIRE(hyperbolic_tangent(-x) == -y);
  }
  CHECK(worst < 3.5e-7);
  CHECK(worst > 1e-8);  // it is float32
  CHECK(rising);
  CHECK(hyperbolic_tangent(0.0f) == 0.0f);
  CHECK(hyperbolic_tangent(infinite) == Approx(1).epsilon(3.5e-7));
  CHECK(hyperbolic_tangent(-infinite) == Approx(-1).epsilon(3.5e-7));
  CHECK(std::isnan(hyperbolic_tangent(std::numeric_limits<float>::quiet_NaN())));
}

TEST_CASE("ensemble: the best answer is the first largest, as std::max_element has it",
          "[ensemble]") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const auto best = [](std::vector<double> values) {
    Best b, backwards;
    for (std::size_t k = 0; k < values.size(); ++k) {
      b.offer(values[k], static_cast<std::int64_t>(k));
    }
    for (std::size_t k = values.size(); k-- > 0;) {
      backwards.offer(values[k], static_cast<std::int64_t>(k));
    }
    CHECK(b.index == backwards.index);  // lanes of a warp come in any order
    CHECK(b.index == std::max_element(values.begin(), values.end()) - values.begin());
    return b.index;
  };
  CHECK(best({1, 3, 3, 2}) == 1);
  CHECK(best({-5, -7}) == 0);
  CHECK(best({1, nan, 4, nan}) == 2);
  CHECK(best({nan, 1, 2}) == 0);
  CHECK(best({nan, std::numeric_limits<double>::infinity()}) == 0);
  CHECK(best({-std::numeric_limits<double>::infinity()}) == 0);
}
