#include "figures/representation/fig9_curriculum.hpp"

#include <sstream>

#include "core/errors.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scratch.hpp"

using namespace grok;

namespace {

const std::vector<Sample> published = {{0, 4}, {1, 3}, {1, 5}, {2, 4},
                                       {0, 2}, {1, 1}, {2, 4}, {3, 3}};

std::vector<std::string> texts(const std::vector<Parallelogram>& relations) {
  std::vector<std::string> result;
  for (const Parallelogram& q : relations) {
    result.push_back(relation_text(q, false));
  }
  return result;
}

}  // namespace

TEST_CASE("the p = 6 example of App. C, sample by sample", "[figures]") {
  const CurriculumData data = collect_curriculum(Task::addition(6), published);
  REQUIRE(data.steps.size() == 8);
  CHECK(data.parallelograms_all == 13);
  CHECK(data.full_nullity == 2);
  std::vector<Index> nullities;
  std::vector<std::size_t> sizes;
  for (const CurriculumStep& step : data.steps) {
    nullities.push_back(step.nullity);
    sizes.push_back(step.train.size());
  }
  // Published: 4, 3, 2 after 4, 6, 7 distinct samples; (2,4) comes twice.
  CHECK(nullities == std::vector<Index>{6, 5, 5, 4, 4, 3, 3, 2});
  CHECK(sizes == std::vector<std::size_t>{1, 2, 3, 4, 5, 6, 6, 7});
  CHECK(data.steps[6].repeated);
  CHECK(texts(data.steps[6].new_implied).empty());
  CHECK(texts(data.steps[3].new_direct) == std::vector<std::string>{"E1 + E5 = E2 + E4"});
  CHECK(texts(data.steps[3].new_implied) == std::vector<std::string>{"E0 + E5 = E2 + E3"});
  CHECK_THAT(texts(data.steps[5].new_implied),
             Catch::Matchers::VectorContains(std::string("2E4 = E3 + E5")));
  CHECK(data.steps[7].implied == 13);  // all of P0
}

TEST_CASE("gaps known to be equal, and the samples that follow", "[figures]") {
  const CurriculumData data = collect_curriculum(Task::addition(6), published);
  CHECK(data.steps[0].gap_class == std::vector<Index>{0, 1, 2, 3, 4});
  CHECK(data.steps[1].gap_class == std::vector<Index>{0, 1, 2, 0, 4});  // E1-E0 = E4-E3
  CHECK(data.steps[3].gap_class == std::vector<Index>{0, 1, 2, 0, 1});
  CHECK(data.steps[5].gap_class == std::vector<Index>{0, 0, 2, 0, 0});
  CHECK(data.steps[7].gap_class == std::vector<Index>{0, 0, 0, 0, 0});
  // In this example the nullity is one place and as many free gaps as there are classes.
  for (const CurriculumStep& step : data.steps) {
    std::vector<Index> classes = step.gap_class;
    std::sort(classes.begin(), classes.end());
    const auto distinct = std::unique(classes.begin(), classes.end()) - classes.begin();
    CHECK(step.nullity == distinct + 1);
  }
  // (2,2) has output 4, as (0,4) and (1,3) of D have; no other output is joined.
  CHECK(data.steps[6].implied_samples.empty());
  CHECK(data.steps[7].implied_samples == std::vector<Sample>{{2, 2}});
}

TEST_CASE("a curriculum outside the task is refused", "[figures]") {
  CHECK_THROWS_AS(collect_curriculum(Task::addition(6), {{0, 6}}), InputError);
  CHECK_THROWS_AS(collect_curriculum(Task::modular_addition(6), published), InputError);
}

TEST_CASE("fig9 draws every step, with labels, and gnuplot takes it", "[figures][gnuplot]") {
  const CurriculumData data = collect_curriculum(Task::addition(6), published);
  const Drawing drawing = draw_curriculum(data, "the command");
  CHECK_THAT(drawing.script, ContainsSubstring("+ (2,4)} again"));
  CHECK_THAT(drawing.script, ContainsSubstring("set ylabel 'nullity {/:Italic n}_0'"));
  CHECK_THAT(drawing.script, ContainsSubstring("$nullity << EOD\n1 6\n2 5\n3 5\n4 4\n"));
  CHECK_THAT(drawing.script, ContainsSubstring("'the command'"));
  REQUIRE(drawing.tables.size() == 2);
  REQUIRE(drawing.tables[0].second.rows.size() == 8);
  CHECK(drawing.tables[1].second.rows[7] == std::vector<std::string>{"8", "7", "2"});
  const Scratch scratch("fig9");
  std::ostringstream report;
  FigureContext context;
  context.out = scratch.folder();
  context.report = &report;
  const Figure* figure = find_figures({"fig9"}).at(0);
  figure->draw(*figure, context);
  CHECK(std::filesystem::file_size(scratch / "fig9_curriculum.png") > 20'000);
  CHECK(std::filesystem::exists(scratch / "fig9_curriculum_b.csv"));
  CHECK_THAT(report.str(), ContainsSubstring("groktheory figure fig9 --profile quick") &&
                               ContainsSubstring("implied: E0 + E5 = E2 + E3"));
}
