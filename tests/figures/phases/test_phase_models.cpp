// Phase diagrams of models that are not the toy: by roles, with what a model has.
#include "figures/phases/phase_figure.hpp"
#include "nets/model_of.hpp"
#include "tests/support/catch.hpp"

namespace grok::letters {

/// Its keys and results have names of their own; no loss, no steps_to_train.
struct Spec {
  std::int64_t draw = 0, order = 0, width = 8, updates = 500;
  double noise = 0;
};
template <class S, class Visitor>
void for_each_field(S& s, Visitor&& visit) {
  const Range<std::int64_t> any{0, 1'000'000};
  visit("width", s.width, any, "of the hidden layer");
  visit("noise", s.noise, Range<double>{0, 10}, "of the labels");
  visit("draw", s.draw, any, "of the data", Mark{Role::seed});
  visit("order", s.order, any, "of the batches", Mark{Role::seed});
  visit("updates", s.updates, any, "at most", Mark{Role::budget});
}

struct Record {
  std::optional<std::string> kind;
  std::optional<std::int64_t> steps_to_validation;
  std::int64_t made = 0;
};
template <class R, class Visitor>
void for_each_result(R& r, Visitor&& visit) {
  visit("kind", r.kind, "how it learnt", Mark{Role::phase});
  visit("steps_to_validation", r.steps_to_validation, "reached", Mark{Role::reached});
  visit("made", r.made, "updates", Mark{Role::steps});
}

class Letters final : public ModelOf<Spec, Record> {
 public:
  std::string_view name() const override { return "letters"; }
  Cost cost(const Run&) const override { return {}; }

 protected:
  Spec checked(Spec spec, const Given&, const PlaceOfKey& place) const override {
    check_fields(spec, place);
    return spec;
  }
  Trained<Record> train_one(const Spec&, const OneRun&) const override { return {}; }
};

const Letters& model() {
  static const Letters letters;
  return letters;
}

}  // namespace grok::letters

using namespace grok;

namespace {

struct LetterRuns {
  std::vector<Run> runs;
  std::vector<Outcome> outcomes;
  void add(letters::Spec spec, letters::Record record) {
    runs.push_back(resolved(Run(letters::model(), spec), "test"));
    outcomes.push_back(letters::model().outcome_of(record));
  }
  std::vector<PhaseDiagram> collect() const {
    return collect_phase_diagrams(runs, outcomes, "noise", "width");
  }
};

LetterRuns example() {
  LetterRuns runs;
  for (const std::int64_t draw : {7, 3}) {
    for (const double noise : {0.0, 0.5}) {
      const bool learns = noise == 0;
      letters::Record record;
      record.made = learns ? 90 : 500;
      if (learns) {
        record.kind = "grokking";
        record.steps_to_validation = 90;
      }
      runs.add({.draw = draw, .order = 10 * draw, .noise = noise}, record);
    }
  }
  return runs;
}

}  // namespace

TEST_CASE("a model of other keys has phase diagrams by its roles", "[figures][phase]") {
  const auto diagrams = example().collect();
  REQUIRE(diagrams.size() == 1);  // it has no loss
  const PhaseDiagram& d = diagrams[0];
  CHECK(d.loss.empty());
  CHECK(d.seeds == std::vector<std::int64_t>{7, 3});  // the first of its two seeds
  CHECK(d.budget == 500);
  REQUIRE(d.cells.size() == 2);
  const PhaseRun& learnt = d.cell(0, 0).runs.at(1);
  CHECK((learnt.seed == 3 && learnt.phase == Phase::grokking && learnt.steps_done == 90));
  CHECK(learnt.steps_to_validation == 90);
  CHECK_FALSE(learnt.steps_to_train);  // no such result
  CHECK(d.cell(1, 0).runs.at(0).phase == Phase::none);
  CHECK_FALSE(d.cell(1, 0).runs.at(0).steps_to_validation);
}

TEST_CASE("without a loss there is none in titles, claims and reports", "[figures][phase]") {
  const PhaseData data{{{"noise", {}}, {"width", {}}, {}}, example().collect()};
  const Sheet sheet = sheet_of(data);
  REQUIRE(sheet.rows().size() == 1);
  CHECK(sheet.rows()[0].at(0).content().title == "seed 7");
  CHECK(sheet.rows()[0].at(1).content().title == "all 2 seeds");
  CHECK(hardly_matters("it learns", "a paper")(data.diagrams[0]).statement == "it learns");
  CHECK_THAT(
      report_of(data),
      ContainsSubstring("\n  2 x 1 cells (noise, width), 4 runs in 2 seeds, budget 500 steps"));
  CHECK(sheet.table("runs").rows.at(0) ==
        std::vector<std::string>{"", "0", "8", "7", "grokking", "", "90", "90", "500"});
}

TEST_CASE("settings of another model differ but for its seeds and its budget", "[figures][phase]") {
  const LetterRuns published = example();
  LetterRuns runs;
  runs.add({.draw = 1, .order = 2, .width = 16, .updates = 20, .noise = 0.5}, {});
  const auto differences = [&](const char* x, const char* y) {
    return differing_keys(runs.runs, published.runs, "", x, y);
  };
  CHECK(differences("noise", "width") ==
        std::vector<std::string>{"noise: 1 values, 0.5 to 0.5, instead of 2 values, 0 to 0.5",
                                 "width: 1 values, 16 to 16, instead of 1 values, 8 to 8"});
  CHECK(differences("noise", "noise").front() == "width = 16 instead of 8");
  CHECK(differing_keys(runs.runs, published.runs, "mse", "noise", "width").empty());
}

TEST_CASE("refusals of another model name its own key", "[figures][phase]") {
  LetterRuns runs = example();
  runs.add({.draw = 9, .updates = 499}, {});
  CHECK_THROWS_WITH(runs.collect(), ContainsSubstring("updates = 499, allowed [500, 500]"));
}
