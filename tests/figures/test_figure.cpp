#include <map>
#include <set>

#include "compare/study/study.hpp"
#include "core/errors.hpp"
#include "figures/figure.hpp"
#include "figures/study_runs.hpp"
#include "tests/support/catch.hpp"

using namespace grok;

namespace {

std::vector<std::string> stems(const std::vector<std::string>& names) {
  std::vector<std::string> found;
  for (const Figure* figure : find_figures(names)) {
    found.push_back(figure->stem);
  }
  return found;
}

}  // namespace

TEST_CASE("figures are found by stem, short name, group, core and all, each once", "[figures]") {
  const std::vector<std::string> phases = {"fig6a_embedding_rate", "fig6b_regression",
                                           "fig6c_classification", "fig6d_permutations"};
  std::vector<std::string> core = {"fig3_accuracy", "fig4_critical_fraction", "fig5_grokking_rate"};
  core.insert(core.end(), phases.begin(), phases.end());
  CHECK(stems({"core"}) == core);
  CHECK(stems({"all"}).size() == figures().size());
  CHECK(stems({"fig4"}) == std::vector<std::string>{"fig4_critical_fraction"});
  CHECK(stems({"fig6"}) == phases);
  CHECK(stems({"fig6b"}) == std::vector<std::string>{"fig6b_regression"});
  CHECK(stems({"fig9_curriculum", "fig3", "fig9"}) ==
        std::vector<std::string>{"fig9_curriculum", "fig3_accuracy"});
  CHECK(stems({}).empty());
  for (const char* unknown : {"fig", "fig1", "fig6e", "", "fig6ab"}) {
    CHECK_THROWS_AS(find_figures({"fig4", unknown}), InputError);
  }
  CHECK_THROWS_WITH(
      find_figures({"fig"}),
      Catch::Matchers::StartsWith("figure: name = fig, allowed core, all, fig2, fig3, fig4, fig5, "
                                  "fig6a, fig6b, fig6c, fig6d, fig9, fig10, fig11, fig12, fig13"));
}

TEST_CASE("figures stand in the order of the paper, each with its own short name", "[figures]") {
  std::int64_t before = 0;
  std::set<std::string> names;
  for (const Figure& figure : figures()) {
    const std::string name = short_name(figure);
    CHECK(names.insert(name).second);
    if (name.starts_with("fig")) {
      const std::int64_t number = std::stol(name.substr(3));
      CHECK(number >= before);
      before = number;
    } else {  // ours come after the paper's, and have their whole name
      CHECK(name.find('_') == std::string::npos);
      before = 1000;
    }
  }
  CHECK(before == 1000);
}

TEST_CASE("the foot of a figure names its command", "[figures]") {
  FigureContext context;
  context.profile = "full";
  CHECK(command_of(*find_figures({"fig5"}).at(0), context) ==
        "groktheory figure fig5 --profile full");
  CHECK(command_of(*find_figures({"closed-forms"}).at(0), context) ==
        "groktheory figure closed-forms --profile full");
  CHECK(find_figures({"closed_forms"}) == find_figures({"closed-forms"}));
}

TEST_CASE("embedded studies hold the runs they promise", "[figures]") {
  std::map<std::string, Study> quick, full;
  for (const Figure* figure : find_figures({"fig3", "fig4", "fig5"})) {
    quick[short_name(*figure)] = parse_study(figure->study, figure->stem, "quick");
    full[short_name(*figure)] = parse_study(figure->study, figure->stem, "full");
  }
  for (const auto& [name, study] : quick) {
    CAPTURE(name);
    std::set<std::int64_t> sizes, seeds;
    for (const toy::RunSpec& run : toy::specs_of(study.runs)) {
      sizes.insert(run.train);
      seeds.insert(run.seed);
      CHECK((run.task == "addition" && run.symbols == 10 && run.batch == 0));
      CHECK((run.representation_rate == 1e-3 && run.decoder_rate == 1e-4));
      CHECK((run.steps == (name == "fig3" ? 5000 : 10'000)));
      CHECK((run.stop == (name == "fig3" ? "budget" : "rqi")));
    }
    CHECK(sizes == std::set<std::int64_t>{5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 54});
    CHECK(seeds.size() == 10);
    CHECK(study.runs.size() == 110);
  }
  for (const auto& [name, study] : full) {
    CAPTURE(name);
    CHECK(study.runs.size() == 27 * 100);
  }
  for (std::size_t k = 0; k < 110; ++k) {  // the store trains them once for both
    CHECK(quick["fig4"].runs[k].name() == quick["fig5"].runs[k].name());
  }
  const Figure* fig4 = find_figures({"fig4"}).at(0);
  const auto single = toy::figure_runs(*fig4, "trajectory");
  REQUIRE(single.size() == 1);
  CHECK((single[0].seed == 58 && single[0].train == 45 && single[0].steps == 5000));
  CHECK(find_figures({"fig9"}).at(0)->study.empty());
  CHECK_FALSE(find_figures({"fig9"}).at(0)->toml.empty());
}
