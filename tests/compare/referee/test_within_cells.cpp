#include "compare/referee/within_cells.hpp"

#include <cmath>
#include <map>
#include <set>

#include "core/errors.hpp"
#include "core/random.hpp"
#include "tests/support/catch.hpp"

namespace grok {
namespace {

using Numbers = std::vector<double>;
using Ids = std::vector<std::int64_t>;

struct Example {
  Numbers x, y;
  Ids cells, seeds;
};

/// 8 cells, 6 seeds, some runs missing.
Example example() {
  RandomStream random(4, "test");
  Example e;
  for (std::int64_t cell = 0; cell < 8; ++cell) {
    for (std::int64_t seed = 0; seed < 6; ++seed) {
      if (random.below(4) > 0) {
        e.cells.push_back(10 * cell);
        e.seeds.push_back(seed + 3);
        e.x.push_back(static_cast<double>(cell) + random.uniform(0, 3));
        e.y.push_back(random.uniform(0, 1) + 0.3 * e.x.back() + static_cast<double>(cell));
      }
    }
  }
  return e;
}

/// The runs of a resample, written out, less the means of their cells; who is alone with its seed
/// in a cell is left out.
Example centred(const Example& e, const std::vector<std::size_t>& drawn) {
  Example all, result;
  std::map<std::int64_t, std::set<std::int64_t>> seeds;
  std::map<std::int64_t, Numbers> of_x, of_y;
  for (const std::size_t s : drawn) {
    for (std::size_t k = 0; k < e.x.size(); ++k) {
      if (e.seeds[k] == static_cast<std::int64_t>(s) + 3) {
        all.x.push_back(e.x[k]);
        all.y.push_back(e.y[k]);
        all.cells.push_back(e.cells[k]);
        seeds[e.cells[k]].insert(e.seeds[k]);
        of_x[e.cells[k]].push_back(e.x[k]);
        of_y[e.cells[k]].push_back(e.y[k]);
      }
    }
  }
  const auto mean = [](const Numbers& values) {
    double sum = 0;
    for (const double v : values) {
      sum += v;
    }
    return sum / static_cast<double>(values.size());
  };
  for (std::size_t k = 0; k < all.x.size(); ++k) {
    if (seeds.at(all.cells[k]).size() > 1) {
      result.x.push_back(all.x[k] - mean(of_x.at(all.cells[k])));
      result.y.push_back(all.y[k] - mean(of_y.at(all.cells[k])));
    }
  }
  return result;
}

TEST_CASE("within cells: slope and rank are those of the runs drawn, less their means",
          "[referee]") {
  const Example e = example();
  const auto slope = within_cell_slope(e.x, e.y, e.cells, e.seeds);
  const auto rank = within_cell_rank(e.x, e.y, e.cells, e.seeds);
  for (const std::vector<std::size_t>& drawn :
       {std::vector<std::size_t>{0, 1, 2, 3, 4, 5}, {4, 1, 1, 5, 1, 0}, {1, 1, 4, 4, 4, 1}}) {
    const Example c = centred(e, drawn);
    double xx = 0, xy = 0;
    for (std::size_t k = 0; k < c.x.size(); ++k) {
      xx += c.x[k] * c.x[k];
      xy += c.x[k] * c.y[k];
    }
    CHECK(slope(drawn) == Approx(xy / xx));
    CHECK(rank(drawn) == Approx(spearman_coefficient(c.x, c.y)));
  }
  CHECK(std::isnan(slope(std::vector<std::size_t>{1, 1, 1})));  // one seed: nothing within a cell
  CHECK(std::isnan(rank(std::vector<std::size_t>{1, 1, 1})));
}

TEST_CASE("within cells: a constant of the cell changes nothing, and alone says nothing",
          "[referee]") {
  const Example e = example();
  const std::vector<std::size_t> all = {0, 1, 2, 3, 4, 5}, some = {0, 0, 0, 2, 4, 4};
  Numbers shifted = e.x, alone;
  for (std::size_t k = 0; k < e.x.size(); ++k) {
    shifted[k] += 64.0 * static_cast<double>(e.cells[k]);
    alone.push_back(0.1 * static_cast<double>(e.cells[k] + 1));
  }
  for (const auto& drawn : {all, some}) {
    CHECK(within_cell_slope(shifted, e.y, e.cells, e.seeds)(drawn) ==
          Approx(within_cell_slope(e.x, e.y, e.cells, e.seeds)(drawn)));
    CHECK(within_cell_rank(shifted, e.y, e.cells, e.seeds)(drawn) ==
          Approx(within_cell_rank(e.x, e.y, e.cells, e.seeds)(drawn)));
    CHECK(std::isnan(within_cell_slope(alone, e.y, e.cells, e.seeds)(drawn)));
    CHECK(std::isnan(within_cell_rank(alone, e.y, e.cells, e.seeds)(drawn)));
  }
  CHECK_THROWS_AS(within_cell_slope(e.x, e.y, e.cells, Ids{1}), InputError);
  CHECK_THROWS_AS(within_cell_slope(e.x, e.y, Ids{1}, e.seeds), InputError);
  CHECK_THROWS_AS(within_cell_rank(Numbers{}, Numbers{}, Ids{}, Ids{}), InputError);
}

// Cells 1: 10, 20, > 15; cell 2: 12, > 30. Known within: 10 < 20, 10 < > 15; 12 < > 30. Between:
// 10 < 12, 12 < 20 and 12 < > 15, and > 30 is behind 10 and 20.
TEST_CASE("pairs by kind, and concordance within cells, by hand", "[referee]") {
  const std::vector<Waiting> measured = {
      {10, true}, {20, true}, {15, false}, {12, true}, {30, false}};
  const Ids cells = {1, 1, 1, 2, 2}, seeds = {0, 1, 2, 0, 1};
  const PairKinds kinds = count_pairs(measured, cells);
  CHECK(kinds.both_same_cell == 1);
  CHECK(kinds.one_same_cell == 2);
  CHECK(kinds.both_other_cell == 2);
  CHECK(kinds.one_other_cell == 3);
  CHECK(kinds.same_cell() == 3);
  CHECK(kinds.all() == 8);
  const std::vector<std::size_t> all = {0, 1, 2};
  const auto share = [&](const Numbers& forecast) {
    return concordance_statistic(forecast, measured, seeds, cells)(all);
  };
  CHECK(share({1, 2, 3, 9, 10}) == 1);
  CHECK(share({1, 2, 1, 9, 10}) == Approx(2.5 / 3));
  CHECK(share({1, 2, 0, 9, 8}) == Approx(1.0 / 3));
  CHECK(concordance_statistic(Numbers{1, 2, 3, 9, 10}, measured, seeds)(all) < 1);
  CHECK_THROWS_AS(concordance_statistic(Numbers(5, 1.0), measured, seeds, Ids{1}), InputError);
  CHECK_THROWS_AS(count_pairs(measured, Ids{1}), InputError);
}

}  // namespace
}  // namespace grok
