#include "figures/representation/representation.hpp"

#include <cmath>
#include <string>

#include "compare/study/study.hpp"
#include "core/errors.hpp"
#include "tests/figures/drawn_again.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scratch.hpp"

using namespace grok;

namespace {

struct Runs {
  std::vector<toy::RunSpec> specs;
  std::vector<toy::Record> records;
  /// RQIs in parallelograms of 70, accuracies in samples of 55.
  void add(std::int64_t train, std::int64_t seed, double rqi, double ideal_rqi, double accuracy,
           double predicted, double ideal_accuracy) {
    toy::RunSpec spec;
    spec.train = train;
    spec.seed = seed;
    specs.push_back(resolve(spec, "test"));
    toy::Record record;
    record.rqi = rqi / 70;
    record.ideal_rqi = ideal_rqi / 70;
    record.accuracy = accuracy / 55;
    record.predicted_accuracy = predicted / 55;
    record.ideal_accuracy = ideal_accuracy / 55;
    records.push_back(record);
  }
  IdealData data() const { return {toy::collect_ideal(specs, records), {}}; }
};

Runs example() {
  Runs runs;
  runs.add(11, 0, 3, 2, 13, 11, 12);
  runs.add(11, 1, 2, 2, 12, 12, 12);
  runs.add(22, 0, 8, 3, 16, 22, 22);
  runs.add(22, 1, 10, 70, 30, 24, 50);
  runs.add(44, 0, 70, 70, 55, 55, 54);
  runs.add(44, 1, 60, 70, 50, 51, 55);
  return runs;
}

std::vector<std::string> profiles_of(std::string_view toml) {
  std::vector<std::string> names;
  const std::string open = "[profiles.";
  for (auto at = toml.find(open); at != std::string_view::npos; at = toml.find(open, at + 1)) {
    const auto name = toml.substr(at + open.size());
    names.emplace_back(name.substr(0, name.find('.')));
  }
  return names;
}

}  // namespace

TEST_CASE("fig10 asks for the runs of fig3, in every profile", "[figures]") {
  const Figure* fig3 = find_figures({"fig3"}).at(0);
  const Figure* fig10 = find_figures({"fig10"}).at(0);
  const auto profiles = profiles_of(fig3->study);
  REQUIRE(profiles.size() >= 2);
  CHECK(profiles_of(fig10->study) == profiles);
  for (const std::string& profile : profiles) {
    CAPTURE(profile);
    const Study one = parse_study(fig3->study, "fig3", profile);
    const Study two = parse_study(fig10->study, "fig10", profile);
    REQUIRE(one.runs.size() == two.runs.size());
    REQUIRE(one.runs.size() >= 100);
    std::size_t equal = 0;
    for (std::size_t k = 0; k < one.runs.size(); ++k) {
      equal += one.runs[k].name() == two.runs[k].name() ? 1 : 0;
    }
    CHECK(equal == one.runs.size());
  }
}

TEST_CASE("fig10: claims follow the numbers", "[figures]") {
  IdealData data = example().data();
  CHECK_THROWS_AS(claims_of(data), InputError);  // no expectation
  data.expectation = summarise_ideal(draw_ideal(Task::addition(10), 2000, 58, 1));
  auto claims = claims_of(data);
  REQUIRE(claims.size() == 6);
  CHECK_THAT(claims[0].ours,
             ContainsSubstring("2 of the 3 networks with an ideal value below 1; 2 seeds"));
  CHECK_THAT(claims[0].remark, ContainsSubstring("by 3.0 of 70 on average, 5 at most, all with |D| "
                                                 "up to 22; untrained embeddings have an RQI of"));
  CHECK(claims[0].verdict == Verdict::open);  // two seeds say nothing
  CHECK(claims[3].verdict == Verdict::agrees);
  CHECK_THAT(claims[3].statement, ContainsSubstring("less than 40%"));
  CHECK_THAT(claims[4].published, ContainsSubstring("0.656 and 0.698"));
  CHECK(claims[4].verdict == Verdict::agrees);
  CHECK(claims[5].verdict == Verdict::agrees);
  data.networks.bounds[0].networks.share = {0.9, 0.7, 1.0};
  data.networks.bounds[1].networks.share = {0.01, 0.0, 0.03};
  data.networks.bounds[2].networks.share = {0.04, 0.01, 0.06};
  data.expectation[21].rqi = {0.75, 0.74, 0.76};
  data.expectation[29].rqi = {1, 0.99, 1.02};
  for (IdealPoint& at : data.expectation) {
    at.complete = at.train >= 22 ? at.complete : 0;
  }
  claims = claims_of(data);
  for (std::size_t k = 0; k < 3; ++k) {
    CHECK(claims[k].verdict == Verdict::open);  // luck is not counted, whatever the share
  }
  CHECK(claims[3].verdict == Verdict::open);     // 22 of 55 are 40%, not less
  CHECK(claims[4].verdict == Verdict::differs);  // one of the two is
  CHECK(claims[5].verdict == Verdict::open);
}

TEST_CASE("fig10: tables and numbers", "[figures][gnuplot]") {
  IdealData data = example().data();
  data.expectation = summarise_ideal(draw_ideal(Task::addition(10), 3, 1, 1));
  const Sheet sheet = sheet_of(data);
  REQUIRE(sheet.tables().size() == 3);
  CHECK(sheet.table("abde").rows.size() == 3);
  CHECK(sheet.table("abde").rows[0].size() == 15);
  REQUIRE(sheet.table("cf").rows.size() == 6);
  CHECK(sheet.table("cf").rows[0] ==
        std::vector<std::string>{"11", "0", to_text(0.2), to_text(3.0 / 70), to_text(2.0 / 70),
                                 to_text(13.0 / 55), to_text(11.0 / 55), to_text(12.0 / 55)});
  CHECK(sheet.table("theory").rows.size() == 55);
  CHECK_THAT(sheet.report(), ContainsSubstring("6 runs in 2 seeds, 0 diverged (left out)"));
  const Scratch scratch("fig10");
  CHECK(write_sheet("fig10", sheet, "the command", scratch.folder()).size() == 7);
}

TEST_CASE("fig10: one seed, and no bound broken, or every one, are drawn", "[figures][gnuplot]") {
  const Scratch scratch("fig10-one");
  for (const double ideal : {55.0, 5.0}) {
    Runs runs;
    runs.add(11, 4, 11, ideal, 12, 13, ideal);
    IdealData data = runs.data();
    data.networks.symbols = 4;  // not what the published numbers are of
    CHECK(std::isnan(data.networks.means[0].rqi.low));
    CHECK(data.networks.bounds[0].networks.broken == (ideal < 11 ? 1 : 0));
    CHECK_THAT(claims_of(data)[0].ours,
               ContainsSubstring(ideal < 11 ? "1 of the 1" : "0 of the 1"));
    CHECK(write_sheet("fig10", sheet_of(data), "c", scratch.folder()).size() == 7);
  }
}

TEST_CASE("fig10 from networks to pictures, on a small study", "[figures][gnuplot]") {
  DrawingPlace place("fig10-all");
  auto& [scratch, store, report, context] = place;
  const Figure small = with_toml(
      "fig10",
      "[run]\ntask = \"addition\"\nsymbols = 4\ntrain = 5\nseed = 0\nsteps = 30\nstop = "
      "\"budget\"\ndecoder_widths = [8]\n[profiles.quick.axes]\ntrain = [3, 8]\nseed = [0, 1, "
      "2]\n[figure]\ndraws = 50\nseed = 1\n");
  const auto claims = small.draw(small, context);
  CHECK(claims.size() == 3);  // the published numbers are of p = 10
  CHECK(store.count() == 6);
  CHECK_THAT(report.str(), ContainsSubstring("6 runs in 3 seeds, 0 diverged (left out)"));
  CHECK(std::filesystem::file_size(scratch / "fig10_ideal_bounds.png") > 20'000);
  CHECK(small.draw(small, context).size() == 3);
  CHECK(store.count() == 6);
}
