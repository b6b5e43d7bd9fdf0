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
  CHECK(agrees.source.text == "a paper");
  CHECK_FALSE(agrees.source.ours);
  CHECK(agrees.published == "-");
  CHECK(agrees.criterion == "above 0.00");
  CHECK(agrees.remark.empty());
  CHECK_THAT(agrees.ours, ContainsSubstring("share of memorization right: 0.92, left: 0.083; "
                                            "difference 0.833 [0.500, 1.00], 24 runs in 3 seeds"));
  // Opposite in one seed: the mean is right, its interval holds both answers.
  CHECK(question(diagram_of({{"cgmm"}, {"ccmm"}, {"mmxx"}})).verdict == Verdict::open);
  CHECK(question(diagram_of({{"mmcg"}, {"mmcc"}, {"mmxx"}})).verdict == Verdict::differs);
  CHECK(question(diagram_of({{"mmcg"}, {"mmcc"}, {"ccmm"}})).verdict == Verdict::open);
  const Claim one = question(diagram_of({{"cgmm"}}));
  CHECK(one.verdict == Verdict::open);
  CHECK(one.remark == "one seed: no interval");
  CHECK_THAT(one.ours, ContainsSubstring("difference 1.00, 4 runs in 1 seed"));
  CHECK(question(diagram_of({{"m"}, {"c"}})).verdict == Verdict::open);  // no halves
}

TEST_CASE("another budget or setting decides nothing, and what it says is said",
          "[figures][phase]") {
  const PhaseQuestion question = more_of("x", "y", memorization_right());
  const auto claim = [&question](std::int64_t budget, const std::string& line) {
    PhaseRuns runs;
    runs.budget = budget;
    runs.add(1, {line});
    runs.add(2, {line});
    return question(runs.diagram());
  };
  CHECK(claim(100'000, "cgmm").verdict == Verdict::agrees);
  CHECK(claim(100'000, "mmcg").verdict == Verdict::differs);
  CHECK(claim(4000, "cgmm").verdict == Verdict::open);
  CHECK(claim(4000, "cgmm").remark ==
        "budget 4000 instead of 100000 steps; at this setting: agrees");
  CHECK(claim(4000, "mmcg").verdict == Verdict::open);
  CHECK_THAT(claim(4000, "mmcg").remark, ContainsSubstring("at this setting: differs"));
  PhaseDiagram d = diagram_of({{"cgmm"}, {"ccmm"}, {"cgmm"}});
  d.differences = {"decoder_widths = [64, 64] instead of [200, 200]"};
  CHECK(question(d).verdict == Verdict::open);
  CHECK(question(d).remark ==
        "decoder_widths = [64, 64] instead of [200, 200]; at this setting: agrees");
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
  CHECK(verdict({around, around, {"mmmm", "xxxx", "xxxx"}}) == Verdict::open);
  CHECK(verdict({{"xxxx", "cgcg", "mmmm"}}) == Verdict::open);  // the other way round: no column
}

TEST_CASE("a setting that hardly matters", "[figures][phase]") {
  const PhaseQuestion question = hardly_matters("decay hardly matters", "a paper");
  const std::vector<std::string> same = {"cgmx", "cgmx", "cgmx"}, other = {"cgmx", "xmgc", "xxxx"};
  const PhaseDiagram d = diagram_of({same, same, other});
  CHECK(question(d).verdict == Verdict::open);  // 0.8 lies within the interval
  CHECK(question(diagram_of({other, other, other})).verdict == Verdict::differs);
  CHECK_THAT(question(d).ours, ContainsSubstring("at decoder_decay = 0: 0.708 ["));
  CHECK_THAT(question(d).ours, ContainsSubstring(", 24 runs in 3 seeds"));
  CHECK(question(d).criterion == "above 0.800");
  const std::vector<std::string> nearly = {"cgmx", "cgmx", "cgmc"};
  CHECK(question(diagram_of({nearly, nearly, nearly, same, same, same})).verdict ==
        Verdict::agrees);
  // The same in all of few seeds: Wilson's interval of one trial per seed reaches below 0.8.
  CHECK(question(diagram_of({same, same, same})).verdict == Verdict::open);
  CHECK(question(diagram_of({{"cgmx"}, {"cgmx"}})).verdict == Verdict::open);  // one row
  CHECK(question(diagram_of({other})).verdict == Verdict::open);               // one seed
}

TEST_CASE("published counts: as like ours as ours are to each other", "[figures][phase]") {
  const std::vector<std::string> one = {"mmm", "xgc"};
  const PhaseQuestion question = published_counts("a paper", {1, 1, 3, 1});
  const Claim few = question(diagram_of(std::vector(4, one)));
  CHECK(few.verdict == Verdict::open);
  CHECK(few.published == "comprehension 1, grokking 1, memorization 3, confusion 1 of 6");
  CHECK_THAT(
      few.ours,
      ContainsSubstring("comprehension 1, grokking 1, memorization 3, confusion 1 of 6 (seed 0)"));
  const Claim equal = question(diagram_of(std::vector(5, one)));
  CHECK(equal.verdict == Verdict::agrees);
  CHECK(equal.criterion == "above −0.100");
  CHECK(equal.remark == "counts do not say which cell is what");
  // A sixth of the cells is more than a tenth.
  CHECK(question(diagram_of(std::vector(5, std::vector<std::string>{"xmm", "xgc"}))).verdict ==
        Verdict::differs);
  CHECK_THAT(question(diagram_of({{"xxx", "xdc"}})).ours,
             ContainsSubstring("confusion 4, diverged 1 of 6"));
  auto wild = std::vector(5, one);
  wild.push_back({"xxx", "xxx"});  // one more of ours could be as far off
  CHECK(question(diagram_of(wild)).verdict == Verdict::open);
}

TEST_CASE("published counts are open for another grid, budget, or missing runs",
          "[figures][phase]") {
  const PhaseQuestion question = published_counts("a paper", {1, 1, 3, 1});
  const std::vector<std::string> one = {"mmm", "xgc"};
  const auto claim = [&](const std::vector<std::string>& last) {
    auto seeds = std::vector(8, one);
    seeds.push_back(last);
    return question(diagram_of(seeds));
  };
  CHECK(claim(one).verdict == Verdict::agrees);
  CHECK(claim({"mmm", "xg "}).verdict == Verdict::open);
  CHECK(claim({"mmm", "xgc", "xgc"}).verdict == Verdict::open);
  CHECK_THAT(claim({"mmm", "xg "}).remark,
             ContainsSubstring("not comparable; profiles paper and full are"));
  PhaseDiagram other = diagram_of(std::vector(9, one));
  other.differences = {"decoder_widths = [64, 64] instead of [200, 200]"};
  CHECK(question(other).verdict == Verdict::open);
}
