#include "figures/report/results_page.hpp"

#include <limits>

#include "tests/support/catch.hpp"

namespace grok {
namespace {

TEST_CASE("a published number agrees if our interval holds it, or meets its interval",
          "[figures][claims]") {
  const double inf = std::numeric_limits<double>::infinity();
  const double nan = std::numeric_limits<double>::quiet_NaN();
  CHECK(compare_with(Estimate{0.41, 0.40, 0.42}, 0.4) == Verdict::agrees);
  CHECK(compare_with(Estimate{0.41, 0.405, 0.42}, 0.4) == Verdict::differs);
  CHECK(compare_with(Estimate{0.38, 0.37, 0.39}, 0.4) == Verdict::differs);
  CHECK(compare_with(Estimate{0.5, 0.4, 0.6}, Estimate{0.7, 0.6, 0.8}) == Verdict::agrees);
  CHECK(compare_with(Estimate{0.5, 0.4, 0.59}, Estimate{0.7, 0.6, 0.8}) == Verdict::differs);
  CHECK(compare_with(Estimate{0.9, 0.81, 0.95}, Estimate{0.7, 0.6, 0.8}) == Verdict::differs);
  CHECK(compare_with(Estimate{1, nan, nan}, 1) == Verdict::open);
  CHECK(compare_with(Estimate{1, 0, inf}, 1) == Verdict::open);
}

TEST_CASE("what all remarks begin with is said once", "[figures]") {
  const auto remarks = [](const std::vector<std::string>& texts) {
    std::vector<Claim> claims(texts.size());
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
       {{"P(x|y) is large\nindeed", "Someone 2022", "0.4", "0.5 [0.4, 0.6]", Verdict::agrees},
        {"so is Q", "Someone 2022", "", "0.1", Verdict::differs, "another rate"}},
       "  all 3 numbers\n"},
      {&fig9, "groktheory figure fig9", "images/b.png", {{"c", "d", "e", "f", Verdict::open}}, ""}};
  const std::string page = results_page(results, "version 9.9");
  const auto has = [&page](const std::string& text) {
    return page.find(text) != std::string::npos;
  };
  CHECK(has("| fig3 | `groktheory figure fig3 --profile quick` | 1 | 0 | 1 | 0 |\n"));
  CHECK(has("| fig9 | `groktheory figure fig9` | 0 | 0 | 0 | 1 |\n"));
  CHECK(has("| all | | 1 | 0 | 1 | 1 |\n"));
  CHECK(
      has("| P(x\\|y) is large indeed | Someone 2022 | 0.4 | 0.5 [0.4, 0.6] | **agrees** |  |\n"));
  CHECK(has("| so is Q | Someone 2022 | - | 0.1 | **differs** | another rate |\n"));
  CHECK(has("## fig3: Accuracy and predicted accuracy\n\n`groktheory figure fig3"));
  CHECK(has("(images/a.png)"));
  CHECK(has("```text\n  all 3 numbers\n```"));
  CHECK(has("version 9.9"));
}

}  // namespace
}  // namespace grok
