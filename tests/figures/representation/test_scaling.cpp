#include "figures/representation/representation.hpp"

#include "figures/write_sheet.hpp"
#include "tests/compare/statistics/scans.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scratch.hpp"

using namespace grok;

namespace {

const Claim& claim_about(const std::vector<Claim>& claims, const std::string& words) {
  for (const Claim& claim : claims) {
    if (claim.statement.find(words) != std::string::npos) {
      return claim;
    }
  }
  FAIL("no claim about " << words);
  return claims.front();
}

}  // namespace

TEST_CASE("scaling: claims follow the data", "[figures]") {
  ScalingScan data = scan_by_hand();
  data.series[0].data[0] = datum_of(10, 18, 15);
  const auto claims = claims_of(data);
  CHECK(claim_about(claims, "about 0.4").verdict == Verdict::differs);
  CHECK(claim_about(claims, "(ln p)/p").verdict == Verdict::agrees);
  CHECK(claim_about(claims, "power law").verdict == Verdict::open);  // an AIC has no interval
  CHECK(claim_about(claims, "constant (addition").verdict == Verdict::agrees);
  CHECK_THAT(claim_about(claims, "constant (addition").ours, ContainsSubstring("5 of 5 sizes"));
  CHECK_THAT(claim_about(claims, "constant (addition").ours,
             ContainsSubstring("chi2 48.5 of 6 sizes p >= 10, AIC 39.5 above the best law"));
  CHECK_THAT(claim_about(claims, "constant (modular").ours, !ContainsSubstring("chi2"));
  CHECK(claim_about(claims, "fewer samples").verdict == Verdict::agrees);
  CHECK_THAT(claim_about(claims, "fewer samples").ours,
             ContainsSubstring("at p = 2500; 100 draws; ratio 0.880 [0.868, 0.893]"));

  data.series[0].data[0] = datum_of(10, 23, 20);
  data.series[0].data[4] = datum_of(640, 1.1 * law_by_hand(640), law_by_hand(640));  // off by 10%
  data.series[1].data[5] =
      datum_of(2500, law_by_hand(2500), law_by_hand(2500));  // as many as the line
  data.large.fits[0].held_out_rms = 0.2;                     // the power law foretells better
  const auto others = claims_of(data);
  CHECK(claim_about(others, "about 0.4").verdict == Verdict::agrees);
  CHECK(claim_about(others, "constant (addition").verdict == Verdict::differs);
  CHECK_THAT(claim_about(others, "constant (addition").ours, ContainsSubstring("4 of 5 sizes"));
  CHECK(claim_about(others, "fewer samples").verdict ==
        Verdict::open);  // as predicted, but no less
  data.series[1].data[5] = datum_of(2500, 1.1 * law_by_hand(2500), 0.87 * law_by_hand(2500));
  CHECK(claim_about(claims_of(data), "fewer samples").verdict == Verdict::differs);
  const std::string before = claim_about(claims_of(data), "power law").ours;
  data.large.fits[0].aic += 4;
  CHECK(claim_about(claims_of(data), "power law").ours != before);
  data.series[0].data.back() = datum_of(2500, 1.3e6, law_by_hand(2500));  // does not fall
  CHECK(claim_about(claims_of(data), "(ln p)/p").verdict == Verdict::differs);
}

TEST_CASE("scaling: every size must be as predicted, its whole interval", "[figures]") {
  const auto about = [](const ScalingScan& data) {
    return claim_about(claims_of(data), "constant (addition");
  };
  ScalingScan data = scan_by_hand();
  Estimate& ratio = data.series[0].data[2].point.ratio;
  ratio = {1.021, 1.01, 1.04};
  CHECK(about(data).verdict == Verdict::open);
  CHECK_THAT(about(data).ours, ContainsSubstring("so at 4 of 5 sizes; worst measured/predicted "
                                                 "1.021"));
  ratio = {0.99, 0.981, 0.999};
  CHECK(about(data).verdict == Verdict::agrees);
  ratio = {0.96, 0.95, 0.97};
  CHECK(about(data).verdict == Verdict::differs);
  data = scan_by_hand();
  data.series[0].data[0].point.ratio = {1, 0.5, 1.5};  // p = 10 is not asked
  CHECK(about(data).verdict == Verdict::agrees);
  data.series[0].data.resize(1);
  CHECK(about(data).ours == "no such size");
  CHECK(about(data).verdict == Verdict::open);
}

TEST_CASE("scaling: the picture and its tables hold the data", "[figures][gnuplot]") {
  const ScalingScan data = scan_by_hand();
  const Sheet sheet = sheet_of(data);
  REQUIRE(sheet.tables().size() == 2);
  CHECK(sheet.table("points").rows.size() == 12);
  CHECK(sheet.table("laws").rows.size() == 6);
  CHECK(sheet.table("laws").rows[0][5] == "0.45");  // b
  CHECK(sheet.table("laws").rows[0][8].empty());    // no c
  // n50 of modular addition at p = 10: 0.88 * 10 (0.9 + 0.45 ln 10)
  CHECK_THAT(sheet.report(), ContainsSubstring("17.0 [16.9, 17.2]"));
  const Scratch scratch("scaling");
  write_sheet("scaling", sheet, "test", scratch.folder());
  CHECK(std::filesystem::file_size(scratch / "scaling.png") > 50'000);
}
