#include "figures/closed_forms/closed_forms.hpp"

#include <cmath>
#include <sstream>

#include "core/errors.hpp"
#include "figures/closed_forms/closed_forms_summary.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scratch.hpp"

using namespace grok;

namespace {

const char* small_plan = R"(
[linear]
rate = 0.05
outputs = 1
tolerance = 1e-2
student_size = 0.5
teacher_size = 0.5
held_out = 50
thresholds = [0.5, 0.9]
curves = [0.5]
curve_steps = 50
[squared]
dimension = 60
samples = 20
sparsity = 2
rate = 0.05
rate_times_norm2 = 2.0
[logistic]
dimension = 60
samples = 20
sparsity = 2
rate = 0.1
rate_times_norm2 = 6.0
[profiles.quick.linear]
dimension = 24
seeds = 2
ratios = [0.5, 1.5]
steps = 300
[profiles.quick.squared]
seeds = 2
init_norms = [8.0, 16.0]
decays = [0.05, 0.1]
steps = 20000
[profiles.quick.logistic]
seeds = 2
init_norms = [8.0, 16.0]
decays = [0.02]
steps = 20000
)";

std::string with(std::string text, const std::string& what, const std::string& instead) {
  const auto at = text.find(what);
  REQUIRE(at != std::string::npos);
  return text.replace(at, what.size(), instead);
}

LinearTeacherOutcome reached(std::optional<std::int64_t> train,
                             std::optional<std::int64_t> generalisation) {
  LinearTeacherOutcome outcome;
  outcome.reached = {{train, generalisation}};
  return outcome;
}

/// Records by hand: two seeds from 7; lambda * time = slope * ln alpha + offset.
ClosedFormsData hand_made(double slope, double offset) {
  ClosedFormsData data;
  data.first_seed = 7;
  data.plan.linear = {{}, 10, 10, 2, 1000, 10, {0.5, 2}, {0.9}, {}};
  LinearResult seen, unseen;
  seen.teacher.ratio = 0.5;
  seen.predicted = {{100, 200}};
  seen.runs = {reached(100, 150), reached(120, 320)};
  unseen.teacher.ratio = 2;
  unseen.predicted = {{50, std::nullopt}};
  unseen.runs = {reached(50, std::nullopt), reached(55, std::nullopt)};
  data.linear = {seen, unseen};
  for (const DiagonalLoss loss : {DiagonalLoss::squared, DiagonalLoss::logistic}) {
    data.plan.switches.push_back(
        {loss, 100, 10, 2, 2, 10'000'000, 0.1, 1, {std::exp(2), std::exp(3), std::exp(4)}, {0.01}});
    for (const double x : {2.0, 3.0, 4.0}) {
      SwitchResult cell{loss, {100, std::exp(x), 0.01, 0.001}, {}};
      const double steps = (slope * x + offset) / 1e-5;
      for (int s = 0; s < 2; ++s) {
        cell.runs.push_back({std::lround(steps), steps * 1.001, 0.99, 0.98, false});
      }
      data.switches.push_back(cell);
    }
  }
  return data;
}

const ClosedFormScore& score(const std::vector<ClosedFormScore>& scores, const std::string& model) {
  for (const ClosedFormScore& s : scores) {
    if (s.model == model) {
      return s;
    }
  }
  throw Error("no model " + model);
}

}  // namespace

TEST_CASE("closed forms: the plan of the file, its profiles, and what it refuses", "[figures]") {
  const Figure* figure = find_figures({"closed_forms"}).at(0);
  for (const std::string profile : {"quick", "full"}) {
    const ClosedFormsPlan plan = read_closed_forms(figure->toml, profile);
    CHECK(plan.linear.ratios.size() >= 5);
    CHECK(plan.linear.ratios.back() > 1);
    REQUIRE(plan.switches.size() == 2);
    CHECK(plan.switches[1].loss == DiagonalLoss::logistic);
    for (const SwitchPlan& p : plan.switches) {
      CHECK((p.seeds >= 8 && p.init_norms.size() >= 4 && p.decays.size() >= 3));
      DiagonalRun run;  // the rate keeps the start stable
      run.loss = p.loss;
      run.samples = p.samples;
      run.setting = {p.dimension, 32, 0.01, p.rate_times_norm2 / (32 * 32)};
      CHECK(run.setting.rate < diagonal_rate_limit(run));
    }
  }
  const ClosedFormsPlan small = read_closed_forms(small_plan, "quick");
  CHECK(small.linear.teacher.tolerance == 1e-2);
  CHECK(small.linear.thresholds == std::vector<double>{0.5, 0.9});
  CHECK(small.switches[0].init_norms == std::vector<double>{8, 16});
  CHECK_THROWS_WITH(read_closed_forms(small_plan, "slow"), ContainsSubstring("profile = slow"));
  CHECK_THROWS_WITH(read_closed_forms(with(small_plan, "held_out = 50", "held_in = 50"), "quick"),
                    ContainsSubstring("linear.held_out = missing"));
  CHECK_THROWS_WITH(
      read_closed_forms(with(small_plan, "held_out = 50", "held_out = 50\nx = 1"), "quick"),
      ContainsSubstring("linear.x = given, allowed known keys only"));
  CHECK_THROWS_WITH(read_closed_forms(with(small_plan, "[0.5, 0.9]", "[0.5, 'x']"), "quick"),
                    ContainsSubstring("linear.thresholds"));
}

TEST_CASE("closed forms: pairs, rows and scores of records made by hand", "[figures]") {
  const ClosedFormsData data = hand_made(1, -1.5);
  const auto forms = closed_forms_of(data);
  REQUIRE(forms.size() == 7);
  CHECK(forms[2].model == "linear teacher: delay");
  const StepPair& pair = forms[2].pairs.at(1);
  CHECK((pair.predicted == 100.0 && pair.measured == 200.0 && pair.group == 8));
  CHECK_FALSE(forms[2].pairs.at(2).predicted);
  CHECK_FALSE(forms[2].pairs.at(3).measured);
  CHECK(forms[2].pairs.at(3).budget == 1000 - 55);
  const auto rows = rows_of_closed_forms(data);
  REQUIRE(rows.size() == 3 * 2 + 4 * 3);
  CHECK((rows[4].setting == "d/N = 0.5, accuracy 0.9" && rows[4].predicted == 100.0));
  CHECK((rows[4].median == 50.0 && rows[4].count == 2 && rows[4].censored == 0));
  CHECK((!rows[5].predicted && !rows[5].median && rows[5].censored == 2));
  const auto scores = scores_of_closed_forms(data);
  CHECK(score(scores, "linear teacher: delay").median_factor.value == Approx(2));
  CHECK(score(scores, "linear teacher: training").median_factor.value == Approx(1.05));
  const ClosedFormScore& leading = score(scores, leading_model(DiagonalLoss::logistic));
  CHECK(leading.agreement.count == 6);
  CHECK(leading.median_factor.value == Approx(2));  // 3/(3 - 1.5)
  CHECK(score(scores, flow_model(DiagonalLoss::squared)).median_factor.value ==
        Approx(1.001).epsilon(1e-4));
  const SwitchLaw law = switch_laws(data).at(1);
  CHECK(law.slope.value == Approx(1).epsilon(1e-4));
  CHECK(law.intercept.value == Approx(-1.5).epsilon(1e-4));
  CHECK((law.count == 6 && law.censored == 0));
  const std::string text = markdown_of(rows);
  CHECK_THAT(text, ContainsSubstring("| linear teacher: delay | d/N = 0.5, accuracy 0.9 | 100 | "
                                     "50.0 [50.0, ∞] | 0.500 | 2 | 0 |"));
  CHECK_THAT(text, ContainsSubstring("| d/N = 2, accuracy 0.9 | never | - | - | 2 | 2 |"));
  CHECK_THAT(markdown_of(scores), ContainsSubstring("| linear teacher: delay | 2 | 0 | "));
}

TEST_CASE("closed forms: a network that never switches is censored, not fitted", "[figures]") {
  ClosedFormsData data = hand_made(1, -1.5);
  data.switches[0].runs[0].steps.reset();
  const SwitchLaw law = switch_laws(data).at(0);
  CHECK((law.count == 5 && law.censored == 1));
  CHECK(law.slope.value == Approx(1).epsilon(1e-4));
  const auto scores = scores_of_closed_forms(data);
  CHECK(score(scores, leading_model(DiagonalLoss::squared)).agreement.censored == 1);
}

TEST_CASE("closed forms: verdicts follow the data", "[figures]") {
  const auto verdict = [](const ClosedFormsData& data, std::size_t k) {
    return claims_of_closed_forms(data).at(k).verdict;
  };
  ClosedFormsData leading = hand_made(1, 0);
  CHECK(verdict(leading, 4) == Verdict::partly);  // of two networks per setting
  for (SwitchResult& cell : leading.switches) {
    cell.runs.resize(8, cell.runs[0]);
  }
  CHECK(verdict(leading, 4) == Verdict::agrees);
  CHECK(verdict(hand_made(1, -1.5), 4) == Verdict::partly);
  CHECK(verdict(hand_made(1.3, -1.5), 4) == Verdict::differs);
  CHECK(verdict(hand_made(0.7, 0.5), 4) == Verdict::differs);
  ClosedFormsData data = hand_made(1, 0);
  CHECK(verdict(data, 3) == Verdict::agrees);
  CHECK(claims_of_closed_forms(data).at(3).ours == "0 of 2 within 1000 steps");
  data.linear[1].runs[0].reached[0].generalisation = 900;
  CHECK(verdict(data, 3) == Verdict::differs);
  data.linear.pop_back();
  CHECK(verdict(data, 3) == Verdict::open);
  // Two networks have no interval: regimes are open, and so are the linear steps.
  CHECK(verdict(data, 6) == Verdict::open);
  for (SwitchResult& cell : data.switches) {
    cell.runs.resize(8, cell.runs[0]);
  }
  CHECK(verdict(data, 6) == Verdict::agrees);
  for (SwitchResult& cell : data.switches) {
    for (SwitchRun& run : cell.runs) {
      run.kernel_cosine = 0.5;
    }
  }
  CHECK(verdict(data, 6) == Verdict::differs);
}

TEST_CASE("closed forms: predictions are the theory's, whatever the threads", "[figures]") {
  const ClosedFormsPlan plan = read_closed_forms(small_plan, "quick");
  const ClosedFormsData one = collect_closed_forms(plan, 3, 1),
                        two = collect_closed_forms(plan, 3, 2);
  CHECK(markdown_of(rows_of_closed_forms(one)) == markdown_of(rows_of_closed_forms(two)));
  REQUIRE(one.linear.size() == 2);
  const LinearSteps expected = linear_teacher_steps(one.linear[0].teacher, 0.9, 1 << 30);
  CHECK(one.linear[0].predicted[1].generalisation == expected.generalisation);
  CHECK_FALSE(one.linear[1].predicted[1].generalisation);
  REQUIRE(one.switches.size() == 2 * 2 + 2);
  const SwitchResult& cell = one.switches[3];  // squared, 16, 0.1: the one that is followed
  CHECK(cell.setting.rate == Approx(2.0 / 256));
  DiagonalRun run;
  run.setting = cell.setting;
  run.samples = 20;
  run.sparsity = 2;
  run.seed = 4;
  CHECK(cell.runs[1].steps == run_diagonal(run).steps_to_switch);
  REQUIRE((cell.runs[1].steps && cell.runs[1].flow));
  CHECK(static_cast<double>(*cell.runs[1].steps) == Approx(*cell.runs[1].flow).epsilon(0.03));
  CHECK((cell.runs[0].kernel_cosine && cell.runs[0].rich_cosine));
  CHECK(*cell.runs[0].rich_cosine > 0.9);
  CHECK_FALSE(one.switches[2].runs[0].rich_cosine);
  CHECK_FALSE(one.switches[5].runs[0].kernel_cosine);
  CHECK(collect_closed_forms(plan, 4, 2).switches[3].runs[0].steps == cell.runs[1].steps);
  CHECK_THROWS_AS(collect_closed_forms(plan, 3, 1, [] { return true; }), Interrupted);
}

TEST_CASE("closed forms from the file to the picture", "[figures][gnuplot]") {
  const Scratch scratch("closed-forms");
  std::ostringstream report;
  FigureContext context;
  context.out = scratch.folder();
  context.report = &report;
  context.workers.threads = 2;
  const Figure figure = closed_forms(small_plan);
  CHECK(figure.study.empty());
  CHECK(figure.draw(figure, context).size() == 9);
  CHECK(std::filesystem::file_size(scratch / "closed_forms.png") > 20'000);
  CHECK_THAT(report.str(), ContainsSubstring("linear teacher: delay"));
  const ClosedFormsData data = collect_closed_forms(read_closed_forms(small_plan, "quick"), 0, 2);
  const auto points = curve_of(data.linear[0]);
  REQUIRE(points.size() > 10);
  CHECK(points.front().train.value == (data.linear[0].runs[0].states[0].train_accuracy +
                                       data.linear[0].runs[1].states[0].train_accuracy) /
                                          2);
  CHECK(curve_of(data.linear[1]).empty());
  const Drawing drawing = draw_closed_forms(data, "the command");
  CHECK_THAT(drawing.script, ContainsSubstring("'the command'"));
  REQUIRE(drawing.tables.size() == 3);
  CHECK(drawing.tables[0].second.rows.size() == points.size());
  CHECK(drawing.tables[1].second.rows.size() == rows_of_closed_forms(data).size());
  CHECK(drawing.tables[2].second.rows.size() == 6);
}
