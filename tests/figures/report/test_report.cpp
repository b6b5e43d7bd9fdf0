#include "figures/report/report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <regex>
#include <set>

#include "core/errors.hpp"
#include "figures/page.hpp"
#include "tests/support/catch.hpp"

namespace grok {
namespace {

using Catch::Matchers::ContainsSubstring;

std::vector<std::string> all_of(const std::string& text, const std::string& pattern) {
  std::vector<std::string> found;
  const std::regex regex(pattern);
  for (std::sregex_iterator at(text.begin(), text.end(), regex), end; at != end; ++at) {
    found.push_back((*at)[1].str());
  }
  return found;
}

// Every element is closed in order, every id once, every reference to an id that there is.
void check_page(const std::string& page) {
  const std::set<std::string> empty_elements = {"meta", "input", "img", "source"};
  std::vector<std::string> open;
  const std::regex tag(R"(<(/?)([A-Za-z0-9]+)(?:\s[^<>]*?)?(/?)>)");
  const auto from = page.find("</style>");  // a style sheet may hold '>'
  REQUIRE(from != std::string::npos);
  for (std::sregex_iterator
           at(page.begin() + static_cast<std::ptrdiff_t>(from) + 8, page.end(), tag),
       end;
       at != end; ++at) {
    const std::string name = (*at)[2].str();
    if ((*at)[1].length() > 0) {
      if (name == "head" || name == "html") {  // opened before </style>
        continue;
      }
      CAPTURE(open);
      REQUIRE_FALSE(open.empty());
      REQUIRE(open.back() == name);
      open.pop_back();
    } else if ((*at)[3].length() == 0 && !empty_elements.contains(name)) {
      open.push_back(name);
    }
  }
  CHECK(open.empty());
  const auto ids = all_of(page, " id=\"([^\"]*)\"");
  const std::set<std::string> distinct(ids.begin(), ids.end());
  CHECK(distinct.size() == ids.size());
  for (const char* reference :
       {" href=\"#([^\"]*)\"", " for=\"([^\"]*)\"", " aria-labelledby=\"([^\"]*)\""}) {
    for (const std::string& id : all_of(page, reference)) {
      CAPTURE(id);
      CHECK(distinct.contains(id));
    }
  }
}

std::vector<FigureResult> two_results() {
  const Figure& fig3 = *find_figures({"fig3"}).at(0);
  const Figure& fig9 = *find_figures({"fig9"}).at(0);
  const std::string hostile = "</td><script>alert(1)</script> \"q\" 'a' & <b>";
  FigureResult first;
  first.figure = &fig3;
  first.command = "groktheory figure fig3 --profile " + hostile;
  first.claims = {{"statement " + hostile, "source " + hostile, "0.4 " + hostile,
                   "0.5 [0.4, 0.6], n = 7", Verdict::agrees, "remark " + hostile},
                  {"second", "someone", "-", "12 of 20, 3 censored", Verdict::differs}};
  first.report = "numbers </pre>" + hostile + "\n";
  first.profile = "full";
  first.svg = "<svg/>";
  first.narrow_svg = "<svg />";
  first.caption = "Bars are 95 % " + hostile;
  first.files = {"fig3_accuracy.csv", "x<y.csv"};
  // Two studies, whose models need not have the same columns
  first.runs = {{{"identity", "engine", "version", "commit_id", "finished_at"},
                 {{"r1", "cpu", "0.1.0", "abc", "2026-02-03T01:02:03Z"},
                  {"r2", "cpu", "0.1.0", "abc", "2026-02-01T01:02:03Z"}}},
                {{"engine", "rate", "identity", "version", "commit_id", "finished_at"},
                 {{"torch", "0.1", "r3", "0.1.0", hostile, ""}}}};
  FigureResult second = first;
  second.figure = &fig9;
  second.profile = "quick";
  second.claims = {{"third", "b", "c", "d", Verdict::open}};
  second.runs.pop_back();
  second.runs.front().rows.push_back({"r4", "cpu", "0.1.0", "abc", "2026-02-02T01:02:03Z"});
  return {first, second};
}

std::string html(const std::string& text) { return filled_html("{{a}}", {{"a", text}}); }

ReportOrigin origin() {
  return {"groktheory report fig3 --store <runs>.db",
          "2026-02-04T05:06:07Z",
          {"9.9", "c0ffee", "GNU 1.2", "Release", "-O3 <flag>", "a processor", {{"Eigen", "3.4"}}}};
}

TEST_CASE("text for HTML: nothing opens an element, an attribute or an entity", "[figures][html]") {
  CHECK(html("a<b>&\"'") == "a&lt;b&gt;&amp;&quot;&apos;");
  CHECK(html("λ₃ ≈ 1\n\t{{b}}") == "λ₃ ≈ 1\n\t{{b}}");
  CHECK(html(std::string("x\0\x1b\r\x7f", 5)) == "x\uFFFD\uFFFD\uFFFD\uFFFD");
}

TEST_CASE("text for Markdown stays within its cell", "[figures]") {
  CHECK(filled_markdown("| {{a}} |", {{"a", "P(x|y)\nis *large*"}}) ==
        "| P(x\\|y) is \\*large\\* |");
}

TEST_CASE("a template that is none is refused", "[figures]") {
  for (const char* bad : {"{{#a}}", "{{/a}}", "{{a"}) {
    CHECK_THROWS_AS(filled_html(bad, {{"a", "b"}}), Error);
  }
}

TEST_CASE("the HTML page has every figure, claim, number and file, and nothing acts or is fetched",
          "[figures][html]") {
  const std::vector<FigureResult> results = two_results();
  const std::string page = report_html(results, origin());
  check_page(page);
  CHECK(page.starts_with("<!DOCTYPE html>\n<html lang=\"en\">"));
  CHECK_THAT(page, ContainsSubstring("<meta name=\"viewport\" content=\"width=device-width, "
                                     "initial-scale=1\">"));
  CHECK_THAT(page, ContainsSubstring("default-src 'none'"));
  for (const char* acting : {"<script", "http://", "https://", " src=\"h", "@import", "<link",
                             "<svg", "<b> ", "<iframe", "javascript:", " onload"}) {
    CAPTURE(acting);
    CHECK(page.find(acting) == std::string::npos);
  }
  // Base64 of the two pictures; blanks at the end make their length a multiple of three.
  CHECK(all_of(page, "<img src=\"data:image/svg\\+xml;base64,([^\"]*)\" alt=\"[^\"]+\">") ==
        std::vector<std::string>(2, "PHN2Zy8+"));
  CHECK(all_of(page, "<source media=\"[^\"]*\" srcset=\"data:image/svg\\+xml;base64,([^\"]*)\">") ==
        std::vector<std::string>(2, "PHN2ZyAvPiAg"));
  CHECK_THAT(page, ContainsSubstring("<p class=\"caption\">" + html(results[0].caption)));
  CHECK(all_of(page, "<section class=\"figure [^\"]*\" id=\"([^\"]*)\"") ==
        std::vector<std::string>{"fig3-full", "fig9-quick"});
  for (const FigureResult& result : results) {
    for (const Claim& claim : result.claims) {
      for (const std::string& text :
           {claim.statement, claim.source.text, claim.ours, claim.remark}) {
        CAPTURE(text);
        CHECK_THAT(page, ContainsSubstring(html(text)));
      }
    }
    CHECK_THAT(page, ContainsSubstring("<code>" + html(result.command) + "</code>"));
    CHECK_THAT(page, ContainsSubstring(html(result.report) + "</pre>"));
    CHECK_THAT(page, ContainsSubstring("<code>x&lt;y.csv</code>"));
  }
  for (const char* told : {"9.9", "c0ffee", "GNU 1.2, Release", "-O3 &lt;flag&gt;", "Eigen 3.4",
                           "a processor", "2026-02-04T05:06:07Z", "--store &lt;runs&gt;.db"}) {
    CHECK_THAT(page, ContainsSubstring(told));
  }
}

TEST_CASE("the HTML page counts verdicts and marks what each choice leaves", "[figures][html]") {
  const std::string page = report_html(two_results(), origin());
  const auto counted = [&page](const std::string& name) {
    return all_of(page, "<label for=\"show-" + name + "\"><span class=\"count\">([0-9]+)</span>");
  };
  CHECK(counted("all") == std::vector<std::string>{"3"});
  CHECK(counted("agrees") == std::vector<std::string>{"1"});
  CHECK(counted("at-least-as-good") == std::vector<std::string>{"0"});
  CHECK(counted("differs") == std::vector<std::string>{"1"});
  CHECK(counted("open") == std::vector<std::string>{"1"});
  // Each figure: its section, its line of the contents, its row of counts; and each claim's row.
  CHECK(all_of(page, "(filtered has-agrees has-differs\")").size() == 3);
  CHECK(all_of(page, "(filtered has-open\")").size() == 3 + 1);
  CHECK(all_of(page, "(filtered has-agrees\")").size() == 1);
  CHECK(all_of(page, "(filtered has-differs\")").size() == 1);
  for (const std::string name : {"agrees", "at-least-as-good", "differs", "open"}) {
    CHECK_THAT(std::string(report_style()),
               ContainsSubstring("#show-" + name + ":checked) .filtered:not(.has-" + name + ")"));
  }
}

TEST_CASE("the HTML page: every cell of a table of words names its column, for narrow screens",
          "[figures][html]") {
  const std::string page = report_html(two_results(), origin());
  for (const char* name : {"Published", "Here", "Agrees if", "Remark"}) {
    CHECK(all_of(page, fmt::format("(<td data-label=\"{}\">)", name)).size() == 3);
  }
  CHECK(all_of(page, "<td data-label=\"engine\">([a-z]*)</td>") ==
        std::vector<std::string>{"cpu", "torch"});
  CHECK_THAT(std::string(report_style()), ContainsSubstring("content: attr(data-label)"));
}

TEST_CASE("records by what made them: columns that there are, each run once", "[figures][html]") {
  const CsvTable sources = record_sources(two_results());
  CHECK(sources.columns == std::vector<std::string>{"engine", "device", "engine_build", "version",
                                                    "commit_id", "compiler", "flags", "processor",
                                                    "first", "last", "records"});
  REQUIRE(sources.rows.size() == 2);
  CHECK(sources.rows[0] == std::vector<std::string>{"cpu", "", "", "0.1.0", "abc", "", "", "",
                                                    "2026-02-01", "2026-02-03", "3"});
  CHECK(sources.rows[1][0] == "torch");
  CHECK(sources.rows[1].back() == "1");
  CHECK(record_sources({}).rows.empty());
  const std::string without = report_html({}, origin());
  check_page(without);
  CHECK_THAT(without, ContainsSubstring("No figure here rests on records"));
}

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
  const std::string page = results_page(results, origin());
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
  CHECK(has("version 9.9, commit c0ffee, GNU 1.2."));
}

}  // namespace
}  // namespace grok
