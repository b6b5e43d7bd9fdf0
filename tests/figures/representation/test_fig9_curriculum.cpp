#include "figures/representation/representation.hpp"

#include <sstream>

#include "figures/panels/lattice.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scratch.hpp"

using namespace grok;

TEST_CASE("fig9: tables, claim and report of the published list, drawn", "[figures][gnuplot]") {
  const Scratch scratch("fig9");
  std::ostringstream report;
  FigureContext context;
  context.out = scratch.folder();
  context.report = &report;
  const Figure* figure = find_figures({"fig9"}).at(0);
  const auto claims = figure->draw(*figure, context);
  REQUIRE(claims.size() == 1);
  CHECK(claims[0].ours == "a line after 7 samples; nullity 6, 5, 5, 4, 4, 3, 3, 2");
  CHECK(claims[0].verdict == Verdict::agrees);
  CHECK(std::filesystem::file_size(scratch / "fig9_curriculum.png") > 20'000);
  CHECK_THAT(report.str(), ContainsSubstring("groktheory figure fig9 --profile quick") &&
                               ContainsSubstring("|P0| = 13, nullity of the whole task 2") &&
                               ContainsSubstring("E0 + E5 = E2 + E3"));
}

TEST_CASE("fig9: every step is a row; what is outside the task is refused", "[figures]") {
  const Task task = Task::addition(6);
  const std::vector<Sample> order = {{0, 4}, {1, 3}, {4, 0}};
  const auto steps = follow_curriculum(task, order);
  const Sheet sheet = sheet_of(task, steps);
  CHECK(sheet.table("a").rows[1] == std::vector<std::string>{"2", "1", "3", "0", "2", "5", "1", "1",
                                                             "", "abcae", "E0 + E4 = E1 + E3", ""});
  CHECK(sheet.table("b").rows[2] == std::vector<std::string>{"3", "2", "5"});
  CHECK(steps[2].repeated);
  CHECK(relation_text({{3, 5}, {4, 4}}, false) == "2E4 = E3 + E5");
  CHECK(claims_of(task, steps)[0].verdict == Verdict::differs);  // no line
}
