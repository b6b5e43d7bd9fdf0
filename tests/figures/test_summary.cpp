#include "figures/summary.hpp"

#include <cmath>
#include <numeric>

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

TEST_CASE("runs in seeds, in words", "[figures]") {
  CHECK(runs_in_seeds(110, 10) == "110 runs in 10 seeds");
  CHECK(runs_in_seeds(3, 1) == "3 runs in 1 seed");
}
