#include <filesystem>
#include <regex>

#include "compare/store/store.hpp"
#include "tests/cli/command.hpp"

namespace grok {
namespace {

using Catch::Matchers::ContainsSubstring;

TEST_CASE("report writes the pages and their pictures from a store", "[cli][report]") {
  const Here here("report");
  { const Store store(here.files / "runs.db"); }
  const CommandOutput outcome =
      run_line("report fig9 fig9:quick --store runs.db --out page --json");
  CAPTURE(outcome.err);
  REQUIRE(outcome.status == 0);
  CHECK(outcome.json()["figures"][0]["claims"][0]["verdict"] == "agrees");
  const std::string page = content_of(here.files / "page" / "results.md");
  CHECK_THAT(page, ContainsSubstring("## fig9: "));
  CHECK_THAT(page, ContainsSubstring("(images/fig9_curriculum.png)"));
  CHECK(page.find("/tmp") == std::string::npos);  // no path of this machine
  CHECK(outcome.json()["html"] == "page/report.html");
  std::string html = content_of(here.files / "page" / "report.html");
  CHECK(html.size() > 50'000);  // with its pictures, which may spell anything
  for (auto at = html.find("base64,"); at != std::string::npos; at = html.find("base64,", at + 7)) {
    html.erase(at + 7, html.find('"', at) - at - 7);
  }
  CHECK_THAT(html, ContainsSubstring("<section class=\"figure filtered has-agrees\" "
                                     "id=\"fig9-quick\""));
  CHECK_THAT(html, ContainsSubstring("<img src=\"data:image/svg+xml;base64,\" alt=\"fig9") &&
                       ContainsSubstring("srcset=\"data:image/svg+xml;base64,\">"));
  CHECK_THAT(html, ContainsSubstring("<p class=\"caption\">"));
  CHECK(html.find("narrow.svg") == std::string::npos);
  CHECK_THAT(html, ContainsSubstring("<code>groktheory report fig9 fig9:quick --store "
                                     "runs.db</code>"));
  for (const char* file : {"csv", "gp", "pdf", "png", "svg"}) {
    CHECK(std::regex_search(html, std::regex("<li><code>fig9_curriculum[a-z_]*[.]" +
                                             std::string(file) + "</code></li>")));
  }
  for (const char* text : {"/tmp", "<script", "http://", "https://", " src=\"h"}) {
    CAPTURE(text);
    CHECK(html.find(text) == std::string::npos);
  }
  // Asked for twice, shown once.
  CHECK(html.find("id=\"fig9-quick--2\"") == std::string::npos);
  CHECK(std::filesystem::file_size(here.files / "page" / "images" / "fig9_curriculum.png") >
        10'000);
}

TEST_CASE("report trains nothing: what is missing is named, with the command", "[cli][report]") {
  const Here here("report-missing");
  { const Store store(here.files / "runs.db"); }
  const CommandOutput outcome = run_line("report fig3 --store runs.db --out page");
  CHECK(outcome.status == 2);
  CHECK(outcome.out.empty());
  CHECK_THAT(outcome.err,
             ContainsSubstring("fig3_accuracy: runs = 110 of 110 missing in the store, "
                               "allowed 0 ('groktheory figure fig3 --profile quick' "
                               "trains them)"));
  const CommandOutput several = run_line("report closed-forms --store runs.db --out page");
  CHECK_THAT(several.err,  // of several studies, counted together
             ContainsSubstring("closed_forms: runs = 312 of 312 missing in the store, allowed 0 "
                               "('groktheory figure closed-forms --profile quick' trains them)"));
  CHECK_FALSE(std::filesystem::exists(here.files / "page"));
}

TEST_CASE("report refuses what it cannot make", "[cli][report]") {
  const Here here("report-bad");
  { const Store store(here.files / "runs.db"); }
  const auto message = [](const std::string& line) {
    const CommandOutput outcome = run_line(line);
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
