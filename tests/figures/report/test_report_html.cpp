#include "figures/report/report_html.hpp"

#include <algorithm>
#include <regex>
#include <set>

#include "core/errors.hpp"
#include "figures/report/inline_svg.hpp"
#include "tests/support/catch.hpp"

namespace grok {
namespace {

using Catch::Matchers::ContainsSubstring;

// As gnuplot writes it: ids that every file has, references of all three kinds, a font, a title.
constexpr const char* picture = R"svg(<?xml version="1.0" encoding="utf-8"  standalone="no"?>
<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">
<!-- a comment > with <tags> -->
<svg
 width="300" height="200"
 viewBox="0 0 300 200"
 xmlns="http://www.w3.org/2000/svg"
 xmlns:xlink="http://www.w3.org/1999/xlink"
>
<title>Gnuplot</title>
<desc>Produced by <b>GNUPLOT</b></desc>
<g id="gnuplot_canvas">
<defs><circle id='gpDot' r='0.5'/><use xlink:href='#gpDot' id='gpPt6' fill='currentColor'/>
<pattern id='gpPat1'><path style='fill:none; stroke:rgb(213,94,0)' d='M-4,0 L8,12'/></pattern></defs>
<polygon  fill = 'url(#gpPat1)' points = '4,4 5,5 '/>
<image xlink:href='data:image/png;base64,iVBORw0KGgo='/>
<text xml:space="preserve"><tspan font-family="DejaVu Sans" > a &lt; b </tspan><tspan>  </tspan></text>
</g>
</svg>
)svg";

std::vector<std::string> all_of(const std::string& text, const std::string& pattern) {
  std::vector<std::string> found;
  const std::regex regex(pattern);
  for (std::sregex_iterator at(text.begin(), text.end(), regex), end; at != end; ++at) {
    found.push_back((*at)[1].str());
  }
  return found;
}

std::string svg_of(const std::string& inner) {
  return "<svg viewBox=\"0 0 10 10\">" + inner + "</svg>";
}

std::string inlined(const std::string& inner) { return inline_svg(svg_of(inner), "p-", "x"); }

// What inline_svg makes of a picture without content.
const std::string svg_head =
    "<svg viewBox=\"0 0 10 10\" width=\"10\" height=\"10\" role=\"img\" aria-label=\"x\">";

// Every element is closed in order, every id once, every reference to an id that there is.
void check_page(const std::string& page) {
  const std::set<std::string> empty_elements = {"meta", "input"};
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
  for (const char* reference : {" href=\"#([^\"]*)\"", " for=\"([^\"]*)\"",
                                " aria-labelledby=\"([^\"]*)\"", "url\\(#([^)]*)\\)"}) {
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
  first.profile = "a \"b\"";
  first.svg = picture;
  first.narrow_svg = svg_of("<g id='narrow'/>");
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

ReportOrigin origin() {
  return {"groktheory report fig3 --store <runs>.db",
          "2026-02-04T05:06:07Z",
          {"9.9", "c0ffee", "GNU 1.2", "Release", "-O3 <flag>", "a processor", {{"Eigen", "3.4"}}}};
}

TEST_CASE("text for HTML: nothing opens an element, an attribute or an entity", "[figures][html]") {
  CHECK(escape_html("a<b>&\"'") == "a&lt;b&gt;&amp;&quot;&#39;");
  CHECK(escape_html("λ₃ ≈ 1\n\t") == "λ₃ ≈ 1\n\t");
  CHECK(escape_html(std::string("x\0\x1b\r\x7f", 5)) == "x\uFFFD\uFFFD\uFFFD\uFFFD");
}

TEST_CASE("a picture in a page: ids prefixed, text as it is, no prolog, no name of another place",
          "[figures][html]") {
  const std::string wanted = R"svg(<svg viewBox="0 0 300 200" width="300" height="200" LABEL>


<g id="f1-gnuplot_canvas">
<defs><circle id="f1-gpDot" r="0.5"/><use href="#f1-gpDot" id="f1-gpPt6" fill="currentColor"/>
<pattern id="f1-gpPat1"><path style="fill:none; stroke:rgb(213,94,0)" d="M-4,0 L8,12"/></pattern></defs>
<polygon fill="url(#f1-gpPat1)" points="4,4 5,5 "/>
<image href="data:image/png;base64,iVBORw0KGgo="/>
<text xml:space="preserve"><tspan> a &lt; b </tspan><tspan>  </tspan></text>
</g>
</svg>)svg";
  const std::string label = "role=\"img\" aria-label=\"a &quot;label&quot;\"";
  const auto at = wanted.find("LABEL");
  CHECK(inline_svg(picture, "f1-", "a \"label\"") ==
        wanted.substr(0, at) + label + wanted.substr(at + 5));
}

TEST_CASE("a picture in a page: what could act or fetch goes", "[figures][html]") {
  const std::string plain = svg_head + "<g/></svg>";
  CHECK(inlined("<script>alert(1 &lt; 2)</script><g/>") == plain);
  CHECK(inlined("<script type='a'/><g/>") == plain);
  CHECK(inlined("<foreignObject><g id='a'><p>x</p></g></foreignObject><g/>") == plain);
  CHECK(inlined("<SCRIPT>x</SCRIPT><style>@import 'a'</style><animate href='#a'/><g/>") == plain);
  for (const char* attribute :
       {"onload='alert(1)'", "ONCLICK='x'", "href='http://a.b/c'", "xlink:href='javascript:a'",
        "href='data:text/html;base64,AA'", "href='data:image/svg+xml;base64,AA'",
        "fill='url(http://a.b/c)'", "fill='URL(#a)'", "fill='url( http://a)'",
        "style='background:image-set(a)'", "style='fill:rgb(1,2,3);x:url(//a)'",
        "fill='u&#114;l(http://a)'", "style='x:\\75rl(http://a)'", "style='@import a'",
        "class='picture'", "xmlns='http://a'", "href=' #a'", "id='a\"b'"}) {
    CAPTURE(attribute);
    CHECK(inlined(std::string("<g ") + attribute + " />") == plain);
  }
  CHECK(inlined("<g transform='translate(1,2) rotate(-90)' filter='url(#a) url(#b)'/>") ==
        svg_head +
            "<g transform=\"translate(1,2) rotate(-90)\" filter=\"url(#p-a) url(#p-b)\"/></svg>");
}

std::string nested(int depth) {
  std::string open, close;
  for (int k = 0; k < depth; ++k) {
    open += "<g>";
    close += "</g>";
  }
  return svg_of(open + close);
}

TEST_CASE("a picture in a page: entities, sections and further elements do nothing",
          "[figures][html]") {
  const std::string plain = svg_head + "</svg>";
  CHECK(inline_svg("<svg viewBox='0 0 10 10'/>", "p-", "x") == plain);
  CHECK(inlined("<![CDATA[<script>x</script>]]>") == plain);
  CHECK(inline_svg(svg_of("") + "<svg/><script>x</script>", "p-", "x") == plain);
  CHECK(inline_svg("<!DOCTYPE svg [<!ENTITY a 'b'>]>" + svg_of("&a;"), "p-", "x") ==
        svg_head + "&amp;a;</svg>");
  CHECK(inlined("<g fill='&#117;rl(http://a)' d='a&lt;b'/>") == svg_head + "<g/></svg>");
}

TEST_CASE("a picture in a page: what is no picture is refused", "[figures][html]") {
  for (const std::string& bad :
       {std::string(), std::string("text"), std::string("<g></g>"), std::string("<svg/>"),
        std::string("<svg></svg>"), std::string("<svg viewBox='0 0 x 1'></svg>"),
        std::string("<svg viewBox='0 0 0 1'></svg>"), svg_of("<g>"), svg_of("</g>"),
        svg_of("<g></path>"), svg_of("<g"), svg_of("<g a>"), svg_of("<g a=b/>"),
        svg_of("<g a='x/>"), svg_of("<>"), svg_of("<!-- x"),
        svg_of("<script>alert('<' + 1)</script>"), svg_of("<?x"), nested(200)}) {
    CAPTURE(bad);
    CHECK_THROWS_AS(inline_svg(bad, "", ""), Error);
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
  for (const char* acting : {"<script", "http://", "https://", " src=", "@import", "<link",
                             "<b>GNUPLOT", "<iframe", "javascript:", " onload"}) {
    CAPTURE(acting);
    CHECK(page.find(acting) == std::string::npos);
  }
  CHECK(all_of(page, "(<svg )").size() == 4);  // two for narrow screens
  CHECK(all_of(page, "<svg [^>]*role=\"img\" aria-label=\"([^\"]+)\"").size() == 4);
  CHECK_THAT(page, ContainsSubstring("<div class=\"picture wide\"") &&
                       ContainsSubstring("<div class=\"picture narrow\""));
  CHECK_THAT(page, ContainsSubstring("<p class=\"caption\">" + escape_html(results[0].caption)));
  CHECK(all_of(page, "<section class=\"figure [^\"]*\" id=\"([^\"]*)\"") ==
        std::vector<std::string>{"fig3-a--b-", "fig9-quick"});
  for (const FigureResult& result : results) {
    for (const Claim& claim : result.claims) {
      for (const std::string& text :
           {claim.statement, claim.source.text, claim.ours, claim.remark}) {
        CAPTURE(text);
        CHECK_THAT(page, ContainsSubstring(escape_html(text)));
      }
    }
    CHECK_THAT(page, ContainsSubstring("<code>" + escape_html(result.command) + "</code>"));
    CHECK_THAT(page, ContainsSubstring(escape_html(result.report) + "</pre>"));
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

TEST_CASE("the HTML page: one figure in two profiles, or twice, has ids of its own",
          "[figures][html]") {
  std::vector<FigureResult> results = two_results();
  results.push_back(results[1]);
  results.push_back(results[1]);
  results.back().profile = "full";
  const std::string page = report_html(results, origin());
  check_page(page);
  CHECK(all_of(page, "<section class=\"figure [^\"]*\" id=\"([^\"]*)\"") ==
        std::vector<std::string>{"fig3-a--b-", "fig9-quick", "fig9-quick--2", "fig9-full"});
}

TEST_CASE("records by what made them: columns that there are, each run once", "[figures][html]") {
  const CsvTable sources = record_sources(two_results());
  CHECK(sources.columns ==
        std::vector<std::string>{"engine", "version", "commit_id", "first", "last", "records"});
  REQUIRE(sources.rows.size() == 2);
  CHECK(sources.rows[0] ==
        std::vector<std::string>{"cpu", "0.1.0", "abc", "2026-02-01", "2026-02-03", "3"});
  CHECK(sources.rows[1][0] == "torch");
  CHECK(sources.rows[1].back() == "1");
  CHECK(record_sources({}).rows.empty());
  const std::string without = report_html({}, origin());
  check_page(without);
  CHECK_THAT(without, ContainsSubstring("No figure here rests on records"));
}

}  // namespace
}  // namespace grok
