// The figure of docs/extending.md, drawn.

#include "figures/study_runs.hpp"
#include "tests/figures/drawn_again.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scratch.hpp"

namespace grok {

Figure my_figure(std::string_view toml);  // docs/examples/my_figure.cpp

TEST_CASE("the figure of the page that explains figures", "[figures][gnuplot]") {
  DrawingPlace place("my-figure");
  auto& [scratch, store, report, context] = place;
  const Figure figure = my_figure(
      "[run]\ntask = \"addition\"\nsymbols = 4\ntrain = 8\nseed = 0\nsteps = 60\nstop = "
      "\"rqi\"\ndecoder_widths = [8]\n[profiles.quick.axes]\ntrain = [3, 8]\nseed = [0, 1, 2]\n");
  const auto claims = figure.draw(figure, context);
  REQUIRE(claims.size() == 1);
  CHECK_THAT(claims[0].ours, ContainsSubstring(" of 6: "));
  CHECK(store.count() == 6);
  CHECK_THAT(report.str(), ContainsSubstring("Triangles are networks"));
  CHECK(std::filesystem::file_size(scratch / "my_figure.png") > 10'000);
  CHECK(drawn_again(figure, context, scratch / "store.db") == tables_in(scratch.folder()));
}

}  // namespace grok
