#include "figures/report/results_page.hpp"

#include <limits>

#include "tests/support/catch.hpp"

namespace grok {
namespace {

TEST_CASE("what all remarks begin with is said once", "[figures]") {
  const auto remarks = [](const std::vector<std::string>& texts) {
    std::vector<Claim> claims(texts.size(), Claim{"", ""});
    for (std::size_t k = 0; k < texts.size(); ++k) {
      claims[k].remark = texts[k];
    }
    const SharedRemark shared = share_remark(claims);
    std::vector<std::string> result = {shared.text};
    for (const Claim& claim : shared.claims) {
      result.push_back(claim.remark);
    }
    return result;
  };
  using Texts = std::vector<std::string>;
  CHECK(remarks({"a; b; c", "a; b; d"}) == Texts{"a; b", "c", "d"});
  CHECK(remarks({"a; b", "a"}) == Texts{"a", "b", ""});
  CHECK(remarks({"a", "a"}) == Texts{"a", "", ""});
  CHECK(remarks({"a; b", "ab; b"}) == Texts{"", "a; b", "ab; b"});
  CHECK(remarks({"a; b", ""}) == Texts{"", "a; b", ""});
  CHECK(remarks({"a; b"}) == Texts{"", "a; b"});  // nothing to share it with
  CHECK(remarks({}) == Texts{""});
}

TEST_CASE("the page counts verdicts and shows every claim, picture and number",
          "[figures][claims]") {
  const Figure& fig3 = *find_figures({"fig3"}).at(0);
  const Figure& fig9 = *find_figures({"fig9"}).at(0);
  const std::vector<FigureResult> results = {
      {&fig3,
       "groktheory figure fig3 --profile quick",
       "images/a.png",
       {{"P(x|y) is large\nindeed", "Someone 2022", "0.4", "0.5 [0.4, 0.6]", Verdict::agrees, "",
         "0.4 within 0.3"},
        {"so is Q", "Someone 2022", "", "0.1", Verdict::differs, "another rate"},
        {"and R", our_own("a goal"), "", "2", Verdict::at_least}},
       "  all 3 numbers\n"},
      {&fig9, "groktheory figure fig9", "images/b.png", {{"c", "d", "e", "f", Verdict::open}}, ""}};
  const std::string page = results_page(results, "version 9.9");
  const auto has = [&page](const std::string& text) {
    return page.find(text) != std::string::npos;
  };
  CHECK(has("say:\n\n| figure | command | agrees | at least as good | differs | open |\n"));
  CHECK(has("| fig3 | `groktheory figure fig3 --profile quick` | 1 | 0 | 1 | 0 |\n"));
  CHECK(has("goal:\n\n| figure |"));
  CHECK(has("| fig3 | `groktheory figure fig3 --profile quick` | 0 | 1 | 0 | 0 |\n"));
  CHECK(has("| all | | 0 | 1 | 0 | 0 |\n"));
  CHECK(has("of 4 verdicts, chance decides some"));
  CHECK(has("| fig9 | `groktheory figure fig9` | 0 | 0 | 0 | 1 |\n"));
  CHECK(has("| all | | 1 | 0 | 1 | 1 |\n"));
  CHECK(
      has("| P(x\\|y) is large indeed | Someone 2022 | 0.4 | 0.5 [0.4, 0.6] | **agrees** | "
          "0.4 within 0.3 |  |\n"));
  CHECK(has("| so is Q | Someone 2022 | - | 0.1 | **differs** | - | another rate |\n"));
  CHECK(has("## fig3: Accuracy and predicted accuracy\n\n`groktheory figure fig3"));
  CHECK(has("(images/a.png)"));
  CHECK(has("```text\n  all 3 numbers\n```"));
  CHECK(has("version 9.9"));
}

}  // namespace
}  // namespace grok
