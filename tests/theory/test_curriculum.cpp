#include "theory/curriculum.hpp"

#include <algorithm>

#include "core/errors.hpp"
#include "tests/support/catch.hpp"

using namespace grok;

namespace {

const std::vector<Sample> published = {{0, 4}, {1, 3}, {1, 5}, {2, 4},
                                       {0, 2}, {1, 1}, {2, 4}, {3, 3}};

}  // namespace

TEST_CASE("the p = 6 example of App. C, sample by sample", "[theory]") {
  const auto steps = follow_curriculum(Task::addition(6), published);
  REQUIRE(steps.size() == 8);
  std::vector<Index> nullities;
  std::vector<std::size_t> sizes;
  for (const CurriculumStep& step : steps) {
    nullities.push_back(step.nullity);
    sizes.push_back(step.train.size());
  }
  // Published: 4, 3, 2 after 4, 6, 7 distinct samples; (2,4) comes twice.
  CHECK(nullities == std::vector<Index>{6, 5, 5, 4, 4, 3, 3, 2});
  CHECK(sizes == std::vector<std::size_t>{1, 2, 3, 4, 5, 6, 6, 7});
  CHECK(steps[6].repeated);
  CHECK(steps[6].new_implied.empty());
  CHECK(steps[3].new_direct == std::vector<Parallelogram>{{{1, 5}, {2, 4}}});
  CHECK(steps[3].new_implied == std::vector<Parallelogram>{{{0, 5}, {2, 3}}});
  CHECK(std::ranges::count(steps[5].new_implied, Parallelogram{{3, 5}, {4, 4}}) == 1);
  CHECK(steps[7].implied == 13);  // all of P0
}

TEST_CASE("gaps known to be equal, and the samples that follow", "[theory]") {
  const auto steps = follow_curriculum(Task::addition(6), published);
  CHECK(steps[0].gap_class == std::vector<Index>{0, 1, 2, 3, 4});
  CHECK(steps[1].gap_class == std::vector<Index>{0, 1, 2, 0, 4});  // E1-E0 = E4-E3
  CHECK(steps[3].gap_class == std::vector<Index>{0, 1, 2, 0, 1});
  CHECK(steps[5].gap_class == std::vector<Index>{0, 0, 2, 0, 0});
  CHECK(steps[7].gap_class == std::vector<Index>{0, 0, 0, 0, 0});
  // In this example the nullity is one place and as many free gaps as there are classes.
  for (const CurriculumStep& step : steps) {
    std::vector<Index> classes = step.gap_class;
    std::sort(classes.begin(), classes.end());
    const auto distinct = std::unique(classes.begin(), classes.end()) - classes.begin();
    CHECK(step.nullity == distinct + 1);
  }
  // (2,2) has output 4, as (0,4) and (1,3) of D have; no other output is joined.
  CHECK(steps[6].implied_samples.empty());
  CHECK(steps[7].implied_samples == std::vector<Sample>{{2, 2}});
}

TEST_CASE("a curriculum outside the task is refused", "[theory]") {
  CHECK_THROWS_AS(follow_curriculum(Task::addition(6), std::vector<Sample>{{0, 6}}), InputError);
  CHECK_THROWS_AS(follow_curriculum(Task::modular_addition(6), published), InputError);
}
