// Axes that are drawn: at random, and along Sobol's sequence.
#include "compare/study/sampled.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "compare/study/study.hpp"
#include "nets/toy/model.hpp"
#include "tests/support/catch.hpp"

namespace grok {
namespace {

using Doubles = std::vector<double>;

const std::string base = "[run]\ntask = \"addition\"\nsymbols = 10\ntrain = 45\n";

Doubles values(const std::string& toml, const std::string& key = "decoder_rate") {
  Doubles found;
  for (const Run& run : parse_study(base + toml, "s.toml").runs) {
    found.push_back(number_in(run[key]).value());
  }
  return found;
}
Doubles values_of(const std::string& axis, const std::string& key = "decoder_rate") {
  return values("[zip]\n" + key + " = " + axis + "\n", key);
}

double share(std::size_t dimension, std::int64_t k) {
  return std::ldexp(static_cast<double>(sobol_bits(dimension, k)), -64);
}

TEST_CASE("Sobol's sequence is that of Joe and Kuo", "[sampled]") {
  // Their first points in three dimensions (web.maths.unsw.edu.au/~fkuo/sobol)
  const std::vector<Doubles> known = {{0, 0, 0},
                                      {0.5, 0.5, 0.5},
                                      {0.75, 0.25, 0.25},
                                      {0.25, 0.75, 0.75},
                                      {0.375, 0.375, 0.625},
                                      {0.875, 0.875, 0.125},
                                      {0.625, 0.125, 0.875},
                                      {0.125, 0.625, 0.375},
                                      {0.1875, 0.3125, 0.9375},
                                      {0.6875, 0.8125, 0.4375}};
  for (std::size_t k = 0; k < known.size(); ++k) {
    for (std::size_t d = 0; d < 3; ++d) {
      CAPTURE(k, d);
      CHECK(share(d, static_cast<std::int64_t>(k)) == known[k][d]);
    }
  }
}

// Every interval of length 2^-m once, by the first 2^m numbers and by those behind a multiple.
TEST_CASE("Sobol's sequence is balanced in every dimension", "[sampled]") {
  for (std::size_t d = 0; d < 20; ++d) {
    for (int m = 0; m <= 8; ++m) {
      const std::int64_t all = std::int64_t{1} << m;
      for (const std::int64_t first : {std::int64_t{0}, 3 * all}) {
        std::set<double> intervals;
        for (std::int64_t k = first; k < first + all; ++k) {
          intervals.insert(std::floor(share(d, k) * static_cast<double>(all)));
        }
        CAPTURE(d, m, first);
        CHECK(std::ssize(intervals) == all);
      }
    }
  }
}

// In the plane of the first two dimensions: a (0, m, 2)-net, one point in each box of area 2^-m.
TEST_CASE("two dimensions of a zip fill every dyadic box once", "[sampled]") {
  for (const std::string seed : {"", ", seed = 5"}) {
    const std::string toml = "[zip]\ndecoder_rate = { sobol = 64, low = 0, high = 1" + seed +
                             " }\nrepresentation_rate = { sobol = 64, low = 0, high = 1" + seed +
                             " }\n";
    const Doubles x = values(toml), y = values(toml, "representation_rate");
    REQUIRE(x.size() == 64);
    CHECK(x != y);
    CHECK((x[0] == 0) == seed.empty());
    for (int a = 0; a <= 6; ++a) {
      std::set<std::pair<double, double>> boxes;
      for (std::size_t k = 0; k < x.size(); ++k) {
        boxes.insert({std::floor(x[k] * (1 << a)), std::floor(y[k] * (1 << (6 - a)))});
      }
      CAPTURE(seed, a);
      CHECK(boxes.size() == 64);
    }
  }
}

TEST_CASE("axes of one sequence are its dimensions in the order of the file", "[sampled]") {
  const std::string rates =
      "decoder_rate = { sobol = 4, low = 1, high = 9 }\nseed = [1, 2, 3, 4]\n"
      "decoder_decay = { sobol = 4, low = 1, high = 100, log = true }\n";
  CHECK(values("[zip]\n" + rates) == Doubles{1, 5, 7, 3});
  CHECK(values("[zip]\n" + rates, "decoder_decay") == Doubles{1, 10, 3.16227766017, 31.6227766017});
  const Study crossed = parse_study(base + "[axes]\nbatch = [0, 5, 6]\n[zip]\n" + rates, "s");
  CHECK(crossed.runs.size() == 12);  // a zip is one axis
  CHECK(crossed.axes == std::vector<std::string>{"decoder_rate", "seed", "decoder_decay", "batch"});
}

TEST_CASE("random axes: within their ends, uniform, the same for ever", "[sampled]") {
  const Doubles linear = values_of("{ random = 400, low = 2, high = 4, seed = 1 }");
  REQUIRE(linear.size() == 400);  // all different
  double mean = 0;
  for (const double value : linear) {
    CHECK(value >= 2);
    CHECK(value <= 4);
    mean += value / 400;
  }
  CHECK(mean == Approx(3).margin(4 * 2 / std::sqrt(12.0 * 400)));
  const Doubles log = values_of("{ random = 400, low = 1e-5, high = 1e-1, log = true, seed = 1 }");
  const auto below = std::ranges::count_if(log, [](double value) { return value < 1e-3; });
  CHECK(std::abs(below - 200) < 4 * 10);  // half of the decades, sd 10
  for (const double value : log) {
    CHECK((value >= 1e-5 && value <= 1e-1));
    CHECK(fmt::format("{:.12g}", value) == fmt::format("{}", value));  // as one can write it
  }
  // Pinned: another number would be another run
  CHECK(Doubles(log.begin(), log.begin() + 3) ==
        Doubles{0.0163769870462, 1.51578163576e-05, 0.000200480445668});
}

TEST_CASE("random axes: a longer one begins with a shorter one; seed and key set the numbers",
          "[sampled]") {
  const auto drawn = [](int count, int seed, const std::string& key) {
    return values_of(fmt::format("{{ random = {}, low = 0, high = 1, seed = {} }}", count, seed),
                     key);
  };
  const Doubles few = drawn(5, 1, "decoder_rate"), many = drawn(9, 1, "decoder_rate");
  CHECK(Doubles(many.begin(), many.begin() + 5) == few);
  CHECK(drawn(5, 2, "decoder_rate") != few);
  CHECK(drawn(5, 1, "representation_rate") != few);
}

TEST_CASE("integers are drawn from low to high, both included", "[sampled]") {
  const Doubles even = values_of("{ random = 300, low = 3, high = 5, seed = 1 }", "batch");
  CHECK(even.size() == 3);  // equal runs are one
  Doubles sorted = even;
  std::ranges::sort(sorted);
  CHECK(sorted == Doubles{3, 4, 5});
  CHECK(values_of("{ sobol = 8, low = 1, high = 8 }", "seed") == Doubles{1, 5, 7, 3, 4, 8, 6, 2});
  const Doubles log = values_of("{ sobol = 3, low = 1, high = 15, log = true }", "seed");
  CHECK(log == Doubles{1, 4, 8});  // 16^0, 16^(1/2), 16^(3/4)
}

TEST_CASE("random axes in [axes] are crossed, in [zip] walked together", "[sampled]") {
  const std::string axes =
      "decoder_rate = { random = 3, low = 0, high = 1, seed = 1 }\n"
      "decoder_decay = { random = 3, low = 0, high = 1, seed = 1 }\n";
  CHECK(values("[axes]\n" + axes).size() == 9);
  CHECK(values("[zip]\n" + axes).size() == 3);
  CHECK(values("[zip]\n" + axes) != values("[zip]\n" + axes, "decoder_decay"));
}

TEST_CASE("a share of D0 is an axis, and finds the runs of that size", "[sampled]") {
  const std::string head = "[run]\ntask = \"addition\"\n[axes]\nsymbols = [6, 10]\n";
  const Study s = parse_study(head + "train_fraction = [0.5, 1]\n", "s.toml");
  REQUIRE(s.runs.size() == 4);
  std::vector<std::int64_t> trains;
  for (const Run& run : s.runs) {
    trains.push_back(std::get<std::int64_t>(run["train"]));
    const auto p = std::get<std::int64_t>(run["symbols"]);
    const std::string size =
        fmt::format("[run]\ntask = \"addition\"\nsymbols = {}\ntrain = {}\n", p, trains.back());
    CHECK(parse_study(size, "s.toml").runs.at(0).name() == run.name());
  }
  CHECK(trains == std::vector<std::int64_t>{11, 21, 28, 55});
  CHECK_THROWS_WITH(parse_study(head + "train_fraction = [0.01]\n", "s.toml"),
                    "s.toml:5: train_fraction = 0.01, allowed one that gives a sample or more of "
                    "|D0| = 21 (run 1 of 2: symbols = 6, train_fraction = 0.01)");
}

}  // namespace
}  // namespace grok
