// Statistical checks run on fixed seeds; each states the chance that it would fail for another seed
// although the stream is sound.
#include <algorithm>
#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/normal.hpp>
#include <cmath>
#include <map>
#include <numeric>
#include <set>

#include "core/errors.hpp"
#include "core/random.hpp"
#include "tests/support/catch.hpp"

using namespace grok;
using Catch::Matchers::Equals;
using Draw = std::vector<std::int64_t>;

namespace {

// Pearson's statistic against equal shares lies between its 5e-7 quantiles on both sides: false
// alarm rate 1e-6 per call. Too even is a fault as well. `bins`: how many were possible.
template <class Counts>
bool evenly_spread(const Counts& counts, std::size_t bins, double draws) {
  const double expected = draws / static_cast<double>(bins);
  double statistic = static_cast<double>(bins - counts.size()) * expected;
  for (const auto& [bin, count] : counts) {
    statistic += (count - expected) * (count - expected) / expected;
  }
  const boost::math::chi_squared law(static_cast<double>(bins - 1));
  INFO("chi^2 = " << statistic << " with " << bins - 1 << " degrees of freedom");
  CHECK(statistic > quantile(law, 5e-7));
  CHECK(statistic < quantile(complement(law, 5e-7)));
  return statistic > quantile(law, 5e-7) && statistic < quantile(complement(law, 5e-7));
}

std::vector<double> uniforms(std::uint64_t seed, std::string_view name, std::size_t count) {
  RandomStream stream(seed, name);
  std::vector<double> values(count);
  std::generate(values.begin(), values.end(), [&] { return stream.uniform(0.0, 1.0); });
  return values;
}

}  // namespace

// Computed by a separate program: FNV-1a and splitmix64 from their definitions, the 64-bit Mersenne
// twister of Nishimura & Matsumoto (10,000th output 9981545732273789042), Fisher-Yates by hand.
TEST_CASE("random: the numbers of a stream are fixed on every platform", "[core]") {
  RandomStream split(58, "split");
  CHECK(split.uniform(-0.5, 0.5) == -0.43667364710261225);
  CHECK(split.uniform(-0.5, 0.5) == -0.35077573769537973);
  CHECK(split.uniform(-0.5, 0.5) == 0.2500067838989086);
  RandomStream whole(58, "split");
  CHECK(whole.below(std::int64_t{1} << 62) == 292041256254881948);
  CHECK(whole.below(std::int64_t{1} << 62) == 688175444080358465);
  CHECK(whole.below(1000) == 750);
  CHECK(RandomStream(58, "split").sample(55, 10) == Draw{3, 9, 41, 52, 51, 29, 40, 22, 35, 4});
  CHECK(RandomStream(0, "").uniform(0.0, 1.0) == 0.9434478215735714);
  CHECK(RandomStream(9'007'199'254'740'992, "labels").uniform(0.0, 1.0) == 0.9962786417485316);
}

TEST_CASE("random: the normal numbers are fixed, up to the last place of exp", "[core]") {
  RandomStream init(58, "init");  // Boost 1.74's ziggurat
  for (const double expected :
       {-1.6113870861492452, 2.97984788959006, 1.9219215152625881, 1.4446387199374688}) {
    CHECK(init.normal() == Approx(expected).epsilon(1e-14));
  }
}

TEST_CASE("random: a draw has k distinct numbers of 0..n-1", "[core]") {
  const std::int64_t n = GENERATE(0, 1, 2, 55, 3000);
  for (const std::int64_t k : {std::int64_t{0}, n / 20, n / 2, n}) {
    const Draw drawn = RandomStream(3, "split").sample(n, k);
    REQUIRE(std::ssize(drawn) == k);
    const std::set<std::int64_t> distinct(drawn.begin(), drawn.end());
    CHECK(std::ssize(distinct) == k);
    CHECK((distinct.empty() || (*distinct.begin() >= 0 && *distinct.rbegin() < n)));
  }
}

TEST_CASE("random: draws of one seed are nested, sparse or dense", "[core]") {
  const std::int64_t n = 1600;  // up to k = 100 as a map of changes, above as an array
  const Draw all = RandomStream(7, "split").sample(n, n);
  for (const std::int64_t k : {1, 2, 50, 99, 100, 101, 102, 800, 1599}) {
    const Draw some = RandomStream(7, "split").sample(n, k);
    REQUIRE(std::ssize(some) == k);
    CHECK(std::equal(some.begin(), some.end(), all.begin()));
  }
  CHECK_FALSE(std::is_sorted(all.begin(), all.end()));
  for (std::uint64_t seed = 0; seed < 50;
       ++seed) {  // a number moved twice is rare, but must be right
    const Draw sparse = RandomStream(seed, "split").sample(n, 100);
    const Draw dense = RandomStream(seed, "split").sample(n, 101);
    CHECK(std::equal(sparse.begin(), sparse.end(), dense.begin()));
  }
}

TEST_CASE("random: a draw leaves the stream where k calls of `below` leave it", "[core]") {
  RandomStream drawn(7, "split"), called(7, "split");
  drawn.sample(1600, 30);
  for (std::int64_t t = 0; t < 30; ++t) {
    called.below(1600 - t);
  }
  CHECK(drawn.below(1'000'000) == called.below(1'000'000));
}

TEST_CASE("random: every ordered choice is equally likely", "[core]") {
  RandomStream stream(11, "split");
  std::map<Draw, int> dense, sparse;
  for (int k = 0; k < 24'000; ++k) {
    ++dense[stream.sample(5, 5)];
  }
  for (int k = 0; k < 99'200; ++k) {
    ++sparse[stream.sample(32, 2)];
  }
  CHECK(evenly_spread(dense, 120, 24'000));
  CHECK(evenly_spread(sparse, 32 * 31, 99'200));
}

TEST_CASE("random: `below` and `uniform` are even over their range", "[core]") {
  RandomStream stream(12, "even");
  std::map<std::int64_t, int> whole, parts;
  double low = 1e9, high = -1e9;
  for (int k = 0; k < 70'000; ++k) {
    ++whole[stream.below(7)];
    const double x = stream.uniform(-0.5, 0.5);
    ++parts[static_cast<std::int64_t>(std::floor((x + 0.5) * 64))];
    low = std::min(low, x);
    high = std::max(high, x);
  }
  CHECK(evenly_spread(whole, 7, 70'000));
  CHECK(evenly_spread(parts, 64, 70'000));
  CHECK(parts.begin()->first == 0);
  CHECK(parts.rbegin()->first == 63);
  CHECK(low >= -0.5);
  CHECK(high < 0.5);
  CHECK(RandomStream(1, "one").below(1) == 0);
}

TEST_CASE("random: `normal` has the normal law, tails included", "[core]") {
  RandomStream stream(13, "normal");
  const boost::math::normal law;
  std::map<int, int> bins;  // 200 of equal probability: the outer ones begin at 2.6
  double square = 0;
  const int draws = 100'000;
  for (int k = 0; k < draws; ++k) {
    const double x = stream.normal();
    ++bins[static_cast<int>(cdf(law, x) * 200)];
    square += x * x;
  }
  CHECK(evenly_spread(bins, 200, draws));
  // the mean of x^2 is 1 with standard deviation sqrt(2/n): five of them, false alarm rate 6e-7
  CHECK(square / draws == Approx(1.0).margin(5 * std::sqrt(2.0 / draws)));
}

TEST_CASE("random: streams of other names or seeds are unrelated", "[core]") {
  const std::size_t count = 64'000;
  const auto split = uniforms(58, "split", count);
  CHECK(split == uniforms(58, "split", count));
  const std::vector<std::pair<std::uint64_t, std::string>> others = {
      {58, "labels"}, {58, "init"}, {58, "batches"}, {59, "split"}, {57, "split"}, {58, "splis"}};
  for (const auto& [seed, name] : others) {
    INFO("stream " << seed << ", " << name);
    const auto other = uniforms(seed, name, count);
    for (const std::size_t lag : {0, 1}) {  // side by side, and one behind the other
      std::map<int, int> joint;
      for (std::size_t k = 0; k + lag < count; ++k) {
        ++joint[8 * static_cast<int>(split[k + lag] * 8) + static_cast<int>(other[k] * 8)];
      }
      CHECK(evenly_spread(joint, 64, static_cast<double>(count - lag)));
    }
  }
}

TEST_CASE("random: near seeds and names give first numbers that are spread evenly", "[core]") {
  std::set<double> distinct;
  std::map<int, int> parts;
  for (std::uint64_t seed = 0; seed < 4000; ++seed) {
    for (const auto* name : {"split", "labels", "embeddings", "decoder", "batches"}) {
      const double first = uniforms(seed, name, 1).front();
      distinct.insert(first);
      ++parts[static_cast<int>(first * 50)];
    }
  }
  CHECK(distinct.size() == 20'000);
  CHECK(evenly_spread(parts, 50, 20'000));
}

TEST_CASE("random: more than there is cannot be drawn", "[core]") {
  CHECK_THROWS_WITH(RandomStream(1, "split").sample(5, 6),
                    Equals("RandomStream::sample: k = 6, allowed [0, 5]"));
  CHECK_THROWS_WITH(RandomStream(1, "split").sample(5, -1),
                    Equals("RandomStream::sample: k = -1, allowed [0, 5]"));
}

TEST_CASE("random: a stream goes on from where its state was told", "[core]") {
  const auto next = [](RandomStream& stream) {
    std::vector<double> numbers;
    for (int k = 0; k < 400; ++k) {  // beyond the 312 words of the engine
      numbers.push_back(stream.uniform(0, 1));
      numbers.push_back(stream.normal());
      numbers.push_back(static_cast<double>(stream.below(1000)));
    }
    return numbers;
  };
  RandomStream stream(7, "batches");
  for (int made = 0; made < 700; made += 99) {
    const std::string state = stream.state();
    RandomStream other(8, "labels");
    other.normal();
    CHECK(other.state() != state);
    other.restore(state);
    CHECK(other.state() == state);
    const std::vector<double> numbers = next(stream);
    CHECK(next(other) == numbers);
    stream.restore(state);  // back
    CHECK(next(stream) == numbers);
    CHECK(stream.state() == other.state());
  }
}

TEST_CASE("random: a text that is no state is an error", "[core]") {
  RandomStream stream(7, "batches");
  const std::string state = stream.state();
  for (const std::string& text :
       {std::string(), std::string("no numbers"), state.substr(0, state.size() / 2), "x" + state,
        state + " 1", state + "x", std::string("1 2 3")}) {
    CHECK_THROWS_WITH(stream.restore(text), Equals("RandomStream: text that is no state"));
  }
  CHECK(stream.state() == state);  // where it was
}
