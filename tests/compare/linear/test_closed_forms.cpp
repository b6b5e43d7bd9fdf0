#include "compare/linear/closed_forms.hpp"

#include "tests/compare/linear/closed_forms_by_hand.hpp"

using namespace grok;

TEST_CASE("closed forms: pairs, rows and scores of records made by hand", "[compare]") {
  const ClosedFormsData data = closed_forms_by_hand(1, -1.5);
  const auto rows = rows_of_closed_forms(data);
  REQUIRE(rows.size() == 3 * 2 + 4 * 3);
  CHECK((rows[4].model == "linear teacher: delay" && rows[4].setting == "d/N = 0.5, accuracy 0.9"));
  const StepPair& pair = rows[4].pairs.at(1);
  CHECK((pair.predicted == 100.0 && pair.measured == 200.0 && pair.group == 8));
  CHECK_FALSE(rows[5].pairs.at(0).predicted);
  CHECK_FALSE(rows[5].pairs.at(1).measured);
  CHECK(rows[5].pairs.at(1).budget == 1000 - 55);
  CHECK((rows[4].predicted == 100.0 && rows[4].measured.median == 50.0));
  CHECK((rows[4].measured.count == 2 && rows[4].measured.censored == 0));
  CHECK((!rows[5].predicted && !rows[5].measured.median && rows[5].measured.censored == 2));
  const auto scores = scores_of_closed_forms(data);
  CHECK(score_of(scores, "linear teacher: delay").median_factor.value == Approx(2));
  CHECK(score_of(scores, "linear teacher: training").median_factor.value == Approx(1.05));
  const ClosedFormScore& leading = score_of(scores, leading_model(DiagonalLoss::logistic));
  CHECK(leading.agreement.count == 6);
  CHECK(leading.median_factor.value == Approx(2));  // 3/(3 - 1.5)
  CHECK(score_of(scores, flow_model(DiagonalLoss::squared)).median_factor.value ==
        Approx(1.001).epsilon(1e-4));
  const SwitchLaw law = switch_laws(data).at(1);
  CHECK(law.slope.value == Approx(1).epsilon(1e-4));
  CHECK(law.intercept.value == Approx(-1.5).epsilon(1e-4));
  CHECK((law.count == 6 && law.censored == 0));
}

TEST_CASE("closed forms: a network that never switches is censored, not fitted", "[compare]") {
  ClosedFormsData data = closed_forms_by_hand(1, -1.5);
  data.switches[0].runs[0].steps.reset();
  const SwitchLaw law = switch_laws(data).at(0);
  CHECK((law.count == 5 && law.censored == 1));
  CHECK(law.slope.value == Approx(1).epsilon(1e-4));
  const auto scores = scores_of_closed_forms(data);
  CHECK(score_of(scores, leading_model(DiagonalLoss::squared)).agreement.censored == 1);
}
