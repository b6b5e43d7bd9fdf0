#include "compare/store/curves.hpp"

#include <cmath>
#include <limits>

#include "core/errors.hpp"
#include "tests/support/catch.hpp"
#include "tests/compare/study/runs.hpp"

namespace grok {
namespace {

std::vector<TrajectoryPoint> points_of(int count) {
  std::vector<TrajectoryPoint> points;
  for (int k = 0; k < count; ++k) {
    TrajectoryPoint p;
    p.step = 10 * k;
    p.train_loss = k == 1 ? std::numeric_limits<double>::quiet_NaN() : 0.1 * k;
    p.train_accuracy = 1.0 / 3;
    if (k != 2) {
      p.validation_loss = k == 1 ? std::numeric_limits<double>::quiet_NaN() : 1e-300;
      p.validation_accuracy = 0.5;
    }
    p.rqi = 0.25;
    p.embeddings = Eigen::MatrixXd(3, 2);
    p.embeddings << 1, 2, 3, 4, 5, 6 + k;
    points.push_back(p);
  }
  return points;
}

TEST_CASE("a curve reads back exactly", "[curve]") {
  const auto points = points_of(4);
  const auto back = unpacked(packed(points), 3, 2, "t");
  REQUIRE(back.size() == 4);
  for (std::size_t k = 0; k < 4; ++k) {
    CHECK(metric_cells(back[k]) == metric_cells(points[k]));
    CHECK(back[k].embeddings == points[k].embeddings);
    CHECK(back[k].validation_loss.has_value() == (k != 2));
  }
  CHECK(std::isnan(back[1].train_loss));
  CHECK(std::isnan(back[1].validation_loss.value()));
  CHECK(unpacked(packed({}), 3, 2, "t").empty());
}

TEST_CASE("a curve that repeats itself is small", "[curve]") {
  const std::vector<TrajectoryPoint> points(1000, points_of(1)[0]);
  CHECK(packed(points).size() < 5000);  // of 96,000
}

TEST_CASE("what is no curve is refused, without asking for its memory", "[curve]") {
  const std::string good = packed(points_of(4));
  const auto bad = [](const std::string& data, std::int64_t symbols) {
    CHECK_THROWS_WITH(unpacked(data, symbols, 2, "t"),
                      "t: curve: no curve of a run with these symbols and this dimension");
  };
  bad("", 3);
  bad("abc", 3);
  bad(good, 4);
  bad(good.substr(0, good.size() / 2), 3);
  std::string garbled = good;
  garbled[good.size() / 2] = static_cast<char>(garbled[good.size() / 2] ^ 0x55);
  bad(garbled, 3);
  std::string huge = good;
  for (std::size_t k = 0; k < 7; ++k) {
    huge[k] = '\x60';  // 2^54 bytes and more
  }
  bad(huge, 3);
}

}  // namespace
}  // namespace grok
