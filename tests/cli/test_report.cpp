#include <filesystem>

#include "compare/store.hpp"
#include "tests/cli/command.hpp"

namespace grok {
namespace {

using Catch::Matchers::ContainsSubstring;

TEST_CASE("report writes the page and its pictures from a store", "[cli][report]") {
  const Here here("report");
  { const Store store(here.files / "runs.db"); }
  const Outcome outcome = run_line("report fig9 --store runs.db --out page --json");
  CAPTURE(outcome.err);
  REQUIRE(outcome.status == 0);
  CHECK(outcome.json()["figures"][0]["claims"][0]["verdict"] == "agrees");
  const std::string page = content_of(here.files / "page" / "results.md");
  CHECK_THAT(page, ContainsSubstring("## fig9: "));
  CHECK_THAT(page, ContainsSubstring("(images/fig9_curriculum.png)"));
  CHECK(page.find("/tmp") == std::string::npos);  // no path of this machine
  CHECK(std::filesystem::file_size(here.files / "page" / "images" / "fig9_curriculum.png") >
        10'000);
}

TEST_CASE("report trains nothing: what is missing is named, with the command", "[cli][report]") {
  const Here here("report-missing");
  { const Store store(here.files / "runs.db"); }
  const Outcome outcome = run_line("report fig3 --store runs.db --out page");
  CHECK(outcome.status == 2);
  CHECK(outcome.out.empty());
  CHECK_THAT(outcome.err,
             ContainsSubstring("fig3_accuracy: runs = 110 of 110 missing in the store, "
                               "allowed 0 ('groktheory figure fig3 --profile quick' "
                               "trains them)"));
  CHECK_FALSE(std::filesystem::exists(here.files / "page"));
}

TEST_CASE("report refuses what it cannot make", "[cli][report]") {
  const Here here("report-bad");
  { const Store store(here.files / "runs.db"); }
  const auto message = [](const std::string& line) {
    const Outcome outcome = run_line(line);
    CHECK(outcome.status == 2);
    return outcome.err;
  };
  CHECK_THAT(message("report --store runs.db"), ContainsSubstring("report: NAME = nothing"));
  CHECK_THAT(message("report fig9: --store runs.db"), ContainsSubstring("NAME or NAME:PROFILE"));
  CHECK_THAT(message("report fig3:none --store runs.db"), ContainsSubstring("profile = 'none'"));
  CHECK_THAT(message("report nofigure --store runs.db"), ContainsSubstring("name = nofigure"));
  CHECK_THAT(message("report fig9 --store none.db"), ContainsSubstring("none.db: file = missing"));
}

}  // namespace
}  // namespace grok
