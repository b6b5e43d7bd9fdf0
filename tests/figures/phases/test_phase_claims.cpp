#include "figures/phases/phase_claims.hpp"

#include "tests/compare/phases/phase_runs.hpp"
#include "tests/support/catch.hpp"

using namespace grok;

namespace {

ShareContrast memorization_right() {
  return {Phase::memorization, in_halves(Half::high, Half::any), in_halves(Half::low, Half::any),
          "right", "left"};
}

}  // namespace

TEST_CASE("a difference of shares, with its verdict", "[figures][phase]") {
  // Right half all memorization but one of 12, left half one of 12.
  const PhaseDiagram clear = diagram_of({{"cgmm", "xxmm"}, {"ccmm", "xxmm"}, {"cmmm", "xxmc"}});
  const PhaseQuestion question = more_of("it memorizes", "a paper", memorization_right());
  const Claim agrees = question(clear);
  CHECK(agrees.verdict == Verdict::agrees);
  CHECK(agrees.statement == "it memorizes (mse)");
  CHECK(agrees.source == "a paper");
  CHECK(agrees.published == "-");
  CHECK(agrees.remark.empty());
  CHECK_THAT(agrees.ours, ContainsSubstring("share of memorization right: 0.92, left: 0.083; "
                                            "difference 0.833 [0.500, 1.00], 24 runs in 3 seeds"));
  // Opposite in one seed: the mean is right, its interval is not.
  const Claim partly = question(diagram_of({{"cgmm"}, {"ccmm"}, {"mmxx"}}));
  CHECK(partly.verdict == Verdict::partly);
  CHECK(partly.remark == "undecided: 0 lies within the interval");
  CHECK(question(diagram_of({{"mmcg"}, {"mmcc"}, {"mmmm"}})).verdict == Verdict::differs);
  CHECK(question(diagram_of({{"mcmc"}, {"cmcm"}})).verdict == Verdict::differs);  // 0 is no more
  // The number is wrong, its interval is not: undecided, not refuted.
  const Claim open = question(diagram_of({{"mmcg"}, {"mmcc"}, {"ccmm"}}));
  CHECK(open.verdict == Verdict::open);
  CHECK(open.remark == "undecided: 0 lies within the interval");
}

TEST_CASE("one seed has no interval: partly at best, and it is said", "[figures][phase]") {
  const PhaseQuestion question = more_of("it memorizes", "a paper", memorization_right());
  const Claim claim = question(diagram_of({{"cgmm"}}));
  CHECK(claim.verdict == Verdict::partly);
  CHECK(claim.remark == "one seed: no interval");
  CHECK_THAT(claim.ours, ContainsSubstring("difference 1.00, 4 runs in 1 seed"));
  CHECK(question(diagram_of({{"mmcc"}})).verdict == Verdict::open);
  CHECK(question(diagram_of({{"m"}, {"c"}})).verdict == Verdict::open);  // no halves
}

TEST_CASE("another budget is said, and a shorter one proves and refutes nothing",
          "[figures][phase]") {
  const PhaseQuestion question = more_of("x", "y", memorization_right());
  const auto claim = [&question](std::int64_t budget, const std::string& line) {
    PhaseRuns runs;
    runs.budget = budget;
    runs.add(1, {line});
    runs.add(2, {line});
    return question(runs.diagram());
  };
  CHECK(claim(4000, "cgmm").verdict == Verdict::partly);
  CHECK_THAT(claim(4000, "cgmm").remark,
             ContainsSubstring("budget 4000 instead of 100000 steps; so, but within a budget that "
                               "favours memorization and confusion"));
  CHECK(claim(100'000, "cgmm").verdict == Verdict::agrees);
  CHECK(claim(4000, "mmcg").verdict == Verdict::open);
  CHECK_THAT(claim(4000, "mmcg").remark, ContainsSubstring("not so, but more steps may change it"));
  CHECK(claim(100'000, "mmcg").verdict == Verdict::differs);
  CHECK(claim(100'000, "mmcg").remark.empty());
}

TEST_CASE("another setting proves and refutes nothing", "[figures][phase]") {
  PhaseDiagram d = diagram_of({{"cgmm"}, {"ccmm"}, {"cgmm"}});
  const PhaseQuestion question = more_of("x", "y", memorization_right());
  CHECK(question(d).verdict == Verdict::agrees);
  d.differences = {"decoder_widths = [64, 64] instead of [200, 200]"};
  CHECK(question(d).verdict == Verdict::partly);
  CHECK(question(d).remark ==
        "decoder_widths = [64, 64] instead of [200, 200]; so, but not at the "
        "published setting");
  PhaseDiagram other = diagram_of({{"mmcg"}, {"mmcc"}, {"mmcg"}});
  CHECK(question(other).verdict == Verdict::differs);
  other.differences = d.differences;
  CHECK(question(other).verdict == Verdict::open);
}

TEST_CASE("what lies between memorization and confusion in a column", "[figures][phase]") {
  const PhaseDiagram d = diagram_of({{"mmmcx-m",   //
                                      "cgxmmmd",   //
                                      "xxcxgxx"},  //
                                     {"mmmmmmm",   //
                                      "ddddddd",   //
                                      "x xxxxx"}});
  const Claim claim = generalisation_between("a paper")(d);
  CHECK(claim.verdict == Verdict::differs);
  CHECK_THAT(claim.ours, ContainsSubstring("2 of 12 have one of them in between: 0.167"));
  const auto verdict = [](const std::vector<std::vector<std::string>>& seeds) {
    return generalisation_between("a paper")(diagram_of(seeds)).verdict;
  };
  const std::vector<std::string> around = {"mmmm", "cgcg", "xxxx"};
  CHECK(verdict({around, around, around, around}) == Verdict::agrees);
  CHECK(verdict({around, around, {"mmmm", "xxxx", "xxxx"}}) == Verdict::partly);
  CHECK(verdict({{"xxxx", "cgcg", "mmmm"}}) == Verdict::open);  // the other way round: no column
}

TEST_CASE("a setting that hardly matters", "[figures][phase]") {
  const PhaseQuestion question = hardly_matters("decay hardly matters", "a paper");
  const std::vector<std::string> same = {"cgmx", "cgmx", "cgmx"}, other = {"cgmx", "xmgc", "xxxx"};
  const PhaseDiagram d = diagram_of({same, same, other});
  CHECK(question(d).verdict == Verdict::open);  // 0.8 lies within the interval
  CHECK(question(diagram_of({other, other, other})).verdict == Verdict::differs);
  CHECK_THAT(question(d).ours,
             ContainsSubstring("at decoder_decay = 0: 0.708 [0.125, 1.00], 24 runs in 3 seeds"));
  CHECK_THAT(question(d).remark, ContainsSubstring("\"hardly\" taken as a share above 0.8"));
  const std::vector<std::string> nearly = {"cgmx", "cgmx", "cgmc"};
  CHECK(question(diagram_of({nearly, nearly, nearly, same, same})).verdict == Verdict::agrees);
  // The same in all of few seeds: Wilson's interval of one trial per seed reaches below 0.8.
  CHECK(question(diagram_of({same, same, same})).verdict == Verdict::partly);
  CHECK(question(diagram_of({{"cgmx"}, {"cgmx"}})).verdict == Verdict::open);  // one row
  CHECK(question(diagram_of({same})).verdict == Verdict::partly);              // one seed
  CHECK(question(diagram_of({other})).verdict == Verdict::open);               // one seed
}

TEST_CASE("published counts: few seeds decide nothing, whatever their counts", "[figures][phase]") {
  const PhaseQuestion question = published_counts("a paper", {1, 1, 3, 1});
  const Claim equal = question(diagram_of({{"mmm", "xgc"}}));
  CHECK(equal.verdict == Verdict::open);
  CHECK(equal.published == "comprehension 1, grokking 1, memorization 3, confusion 1 of 6");
  CHECK(equal.ours == "comprehension 1, grokking 1, memorization 3, confusion 1 of 6 (seed 0)");
  CHECK_THAT(equal.remark, ContainsSubstring("at most 1.00 of the cells"));
  // Equal counts would be 1.5 each: 1 + 1 + 1.5 + 1 of 6.
  CHECK_THAT(
      equal.remark,
      ContainsSubstring("equal counts of the four phases would allow 0.750; counts of so few "
                        "seeds decide nothing"));
  const Claim half = question(diagram_of({{"xxx", "xgc"}}));
  CHECK(half.verdict == Verdict::open);
  CHECK_THAT(half.remark, ContainsSubstring("at most 0.500 of the cells to be equal"));
  const Claim few = question(diagram_of({{"xxx", "xdc"}}));
  CHECK(few.verdict == Verdict::open);
  CHECK_THAT(few.ours, ContainsSubstring("confusion 4, diverged 1 of 6"));
  const std::vector<std::string> one = {"mmm", "xgc"};
  CHECK(question(diagram_of(std::vector(8, one))).verdict == Verdict::open);
  CHECK(question(diagram_of(std::vector(9, one))).verdict == Verdict::agrees);
}

TEST_CASE("published counts are open for another grid, budget, or missing runs",
          "[figures][phase]") {
  const PhaseQuestion question = published_counts("a paper", {1, 1, 3, 1});
  const auto verdict = [&question](const std::vector<std::string>& last) {
    auto seeds = std::vector(8, std::vector<std::string>{"mmm", "xgc"});
    seeds.push_back(last);
    return question(diagram_of(seeds)).verdict;
  };
  CHECK(verdict({"mmm", "xgc"}) == Verdict::agrees);
  CHECK(verdict({"mmm", "xg "}) == Verdict::open);
  CHECK(verdict({"mmm", "xgc", "xgc"}) == Verdict::open);
  PhaseDiagram other = diagram_of(std::vector(9, std::vector<std::string>{"mmm", "xgc"}));
  other.differences = {"decoder_widths = [64, 64] instead of [200, 200]"};
  CHECK(question(other).verdict == Verdict::open);
  PhaseRuns runs;
  runs.budget = 4000;
  for (std::int64_t seed = 1; seed < 10; ++seed) {
    runs.add(seed, {"mmm", "xgc"});
  }
  const Claim claim = question(runs.diagram());
  CHECK(claim.verdict == Verdict::open);
  CHECK_THAT(claim.remark, ContainsSubstring("not comparable; profiles paper and full are"));
  CHECK_THAT(claim.ours, ContainsSubstring("memorization 3"));
}

TEST_CASE("published counts as one more seed of several", "[figures][phase]") {
  const std::vector<std::vector<std::string>> kinds = {
      {"mmmmm", "xgccc"}, {"mmmmm", "ggccc"}, {"mmmmx", "xgccc"}, {"mmmmm", "xgcgc"}};
  std::vector<std::vector<std::string>> alike;
  for (std::size_t k = 0; k < 10; ++k) {
    alike.push_back(kinds[k % kinds.size()]);
  }
  const PhaseDiagram d = diagram_of(alike);
  // Most like the others: within. Farthest of all: not, even if most cells could be equal.
  CHECK(published_counts("a paper", {3, 1, 5, 1})(d).verdict == Verdict::agrees);
  const Claim far = published_counts("a paper", {0, 3, 6, 1})(d);
  CHECK(far.verdict == Verdict::differs);
  CHECK_THAT(far.remark, ContainsSubstring("at most 0.700 of the cells") &&
                             ContainsSubstring("so far off by chance: 1 in 11"));
  CHECK(published_counts("a paper", {0, 0, 0, 10})(d).verdict == Verdict::differs);
  // One of ours is farther off than the published diagram.
  auto wild = alike;
  wild.push_back({"xxxxx", "xxxxx"});
  CHECK(published_counts("a paper", {0, 3, 6, 1})(diagram_of(wild)).verdict == Verdict::agrees);
  CHECK_THAT(published_counts("a paper", {3, 1, 5, 1})(d).remark,
             ContainsSubstring("overlap of counts with the other diagrams, mean: published 0.") &&
                 ContainsSubstring("two of our 10 seeds have 0."));
}
