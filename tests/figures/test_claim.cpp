// Verdicts from bands, and the words of claims.
#include "figures/claim.hpp"

#include <cmath>
#include <limits>

#include "tests/support/catch.hpp"

namespace grok {
namespace {

constexpr double inf = std::numeric_limits<double>::infinity();

TEST_CASE("a verdict is where our whole interval lies", "[figures][claims]") {
  const Band band = within_difference(0.4, 0.05);
  CHECK(judge({0.41, 0.36, 0.44}, band) == Verdict::agrees);
  CHECK(judge({0.4, band.low, band.high}, band) == Verdict::agrees);
  CHECK(judge({0.41, 0.34, 0.44}, band) == Verdict::open);
  CHECK(judge({0.41, 0.36, 0.46}, band) == Verdict::open);
  CHECK(judge({0.5, 0.46, 0.6}, band) == Verdict::differs);
  CHECK(judge({0.3, 0.2, 0.34}, band) == Verdict::differs);
  CHECK(judge({0.4, 0.2, 0.6}, band) == Verdict::open);  // a wide interval holds nothing
  CHECK(judge({0.4, NAN, NAN}, band) == Verdict::open);
  CHECK(judge({NAN, 0.39, 0.41}, band) == Verdict::open);
  CHECK(judge({0.6, 0.51, inf}, above(0.5)) == Verdict::agrees);
  CHECK(judge({0.6, 0.49, 0.7}, above(0.5)) == Verdict::open);
  CHECK(judge({0.4, 0.3, 0.49}, above(0.5)) == Verdict::differs);
  CHECK(judge({0.4, 0.3, 0.49}, below(0.5)) == Verdict::agrees);
  CHECK(judge({0, 0, 0}, above(0)) == Verdict::differs);
  CHECK(judge({0, 0, 0}, below(0)) == Verdict::differs);
  CHECK(judge({1.2, 0.81, 1.24}, within_factor(1, 1.25)) == Verdict::agrees);
  CHECK(judge({1.2, 0.79, 1.24}, within_factor(1, 1.25)) == Verdict::open);
}

TEST_CASE("better than claimed is a verdict of its own, worse is not", "[figures][claims]") {
  const Band large = or_larger(within_difference(0.9, 0.02)),
             small = or_smaller(within_difference(0.9, 0.02));
  CHECK(judge({0.9, 0.89, 0.91}, large) == Verdict::agrees);
  CHECK(judge({0.97, 0.89, 0.99}, large) == Verdict::at_least);
  CHECK(judge({0.97, 0.95, 0.99}, large) == Verdict::at_least);
  CHECK(judge({0.97, 0.95, 0.99}, small) == Verdict::differs);
  CHECK(judge({0.5, 0.4, 0.6}, small) == Verdict::at_least);
  CHECK(judge({0.5, 0.4, 0.6}, large) == Verdict::differs);
  CHECK(judge({0.9, 0.8, 0.99}, large) == Verdict::open);
  CHECK(to_text(Verdict::at_least) == "at least as good");
}

TEST_CASE("of several numbers the worst decides", "[figures][claims]") {
  using enum Verdict;
  CHECK(all_of({agrees, agrees}) == agrees);
  CHECK(all_of({agrees, at_least}) == at_least);
  CHECK(all_of({agrees, open, at_least}) == open);
  CHECK(all_of({open, differs, agrees}) == differs);
  CHECK(all_of({}) == open);
}

TEST_CASE("claims say number, interval, band and whose they are", "[figures][claims]") {
  const Claim number = number_claim("it is so", "A 2022", says(0.4, within_difference(0.4, 0.05)),
                                    {0.41, 0.40, 0.42}, "9 draws");
  CHECK(number.ours == "0.410 [0.400, 0.420], 9 draws");
  CHECK(number.published == "0.400");
  CHECK(number.criterion == "0.400 within 0.0500");
  CHECK(number.verdict == Verdict::agrees);
  CHECK_FALSE(number.source.ours);
  const Claim share =
      share_claim("most", our_own("a page"), says(above(0.5)), 3, 4, {0.75, 0.3, 1});
  CHECK(share.ours == "3 of 4: 0.750 [0.300, 1.00]");
  CHECK((share.published == "above 0.500" && share.criterion == share.published));
  CHECK((share.source.ours && share.source.text == "ours (a page)"));
  CHECK(share.verdict == Verdict::open);
  CHECK(share.remark.empty());
  CHECK(share_claim("most", "A", says(above(0.5)), 4, 4, wilson(3, 3)).remark ==
        "all alike: only more seeds could decide");
  const Claim two = comparison_claim("as many", "A 2022", "15 of 33", "75 of 110", "difference",
                                     {0.23, 0.04, 0.4}, within_difference(0, 0.1));
  CHECK(two.ours == "75 of 110; difference 0.230 [0.0400, 0.400]");
  CHECK(two.criterion == "difference 0 within 0.100");
  CHECK(two.verdict == Verdict::open);
  CHECK(number_claim("x", "A", Published{}, {1, 1, 1}, "").verdict == Verdict::open);
}

TEST_CASE("claims as text: what there is of each", "[figures][claims]") {
  CHECK(claims_text({}).empty());
  Claim claim = number_claim("it is so", "A 2022", says("0.4", within_difference(0.4, 0.05)),
                             {0.41, 0.40, 0.42}, "9 draws");
  claim.remark = "here";
  CHECK(claims_text({claim, open_claim("and so", our_own("a page"), "-", "no run")}) ==
        "  claims\n    agrees: it is so (A 2022)\n      published: 0.4\n      here: 0.410 [0.400, "
        "0.420], 9 draws\n      agrees if: 0.400 within 0.0500\n      remark: here\n"
        "    open: and so (ours (a page))\n      here: no run\n");
}

TEST_CASE("none is refuted by one, and shown by enough", "[figures][claims]") {
  const auto verdict = [](std::int64_t count, std::int64_t all) {
    return none_claim("none", "A", count, all, wilson(count, std::max<std::int64_t>(all, 1)))
        .verdict;
  };
  CHECK(verdict(0, 40) == Verdict::open);
  CHECK(verdict(0, 100) == Verdict::agrees);
  CHECK(verdict(1, 1000) == Verdict::differs);
  CHECK(verdict(0, 0) == Verdict::open);
  CHECK(fact_claim("f", "A", "7", "7", true).verdict == Verdict::agrees);
  CHECK(fact_claim("f", "A", "7", "8", false).verdict == Verdict::differs);
  CHECK(open_claim("f", "A", "7", "8").verdict == Verdict::open);
  const Claim ruled = ruled_claim("f", "A", "7", "8", Verdict::at_least, "a rule", "why");
  CHECK((ruled.verdict == Verdict::at_least && ruled.criterion == "a rule"));
  CHECK((ruled.published == "7" && ruled.ours == "8" && ruled.remark == "why"));
  CHECK(remarked(ruled, "else").remark == "else");
}

}  // namespace
}  // namespace grok
