#include "figures/closed_forms/closed_forms.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <sstream>

#include "compare/study/run_study.hpp"
#include "compare/study/shard.hpp"
#include "core/errors.hpp"
#include "nets/linear/model.hpp"
#include "tests/compare/linear/closed_forms_by_hand.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scratch.hpp"

using namespace grok;

namespace {

std::string small_studies(const std::string& seeds = "[0, 1]") {
  const std::string linear = R"(
model = "linear-teacher"
run.rate = 0.05
run.dimension = 24
run.tolerance = 1e-2
run.held_out = 50
run.thresholds = [0.5, 0.9]
run.steps = 300
)";
  const std::string diagonal = R"(
model = "diagonal"
run.dimension = 60
run.samples = 20
run.sparsity = 2
run.steps = 20_000
zip.init_norm = [8.0, 16.0]
)";
  const std::string quick = "profiles.quick.axes.seed = " + seeds + "\n";
  return "[studies.linear_curves]" + linear + "axes.ratio = [0.5]\n" +
         "run.at = [1, 2, 3, 4, 5, 6, 8, 10, 13, 17, 22, 29, 50]\n" + quick +  //
         "[studies.linear]" + linear + "axes.ratio = [1.5]\n" + quick +        //
         "[studies.squared_followed]" + diagonal + "run.at_switch = [0.5, 1.5]\n" +
         "zip.rate = [0.03125, 0.0078125]\naxes.decay = [0.1]\n" + quick +  //
         "[studies.squared]" + diagonal + "zip.rate = [0.03125, 0.0078125]\naxes.decay = [0.05]\n" +
         quick +  //
         "[studies.logistic]" + diagonal + "run.loss = 'logistic'\nrun.at_switch = [0.5, 1.5]\n" +
         "zip.rate = [0.09375, 0.0234375]\naxes.decay = [0.02]\n" + quick;
}
constexpr std::size_t small_count = 4 + 3 * 2 * 2;

/// The figure with those studies, a store and a folder.
struct Small {
  explicit Small(const std::string& name, std::string toml = small_studies())
      : scratch(name), text(std::move(toml)), figure(closed_forms(text)) {
    context.out = scratch.folder();
    context.store = &store;
    context.workers = cpu_workers(2);
  }
  ClosedFormsData data(int threads) {
    context.workers.threads = threads;
    const AllRuns all = run_figure_studies(figure, context);
    return collect_closed_forms(all.runs, all.outcomes, threads, context.stop);
  }
  std::vector<Run> runs() const {
    std::vector<Run> all;
    for (const auto& [name, study] : figure_studies(figure, "quick")) {
      all.insert(all.end(), study.runs.begin(), study.runs.end());
    }
    return all;
  }

  Scratch scratch;
  std::string text;
  Figure figure;
  Store store{scratch / "runs.db"};
  FigureContext context;
};

/// Eight seeds in place of the first.
void repeat(std::vector<SwitchResult>& cells) {
  for (SwitchResult& cell : cells) {
    cell.runs.resize(8, cell.runs[0]);
    cell.seeds = {7, 8, 9, 10, 11, 12, 13, 14};
  }
}

/// The numbers of every setting, as text.
std::vector<std::vector<std::string>> steps_in(const ClosedFormsData& data) {
  return step_table(data).rows;
}

/// What the runs of one model, or of one loss, are asked for.
struct Asked {
  std::set<double> ratios, init_norms, decays, followed;
  std::set<std::int64_t> seeds;
};

void check_teacher(const linear::LinearTeacherRun& run, bool drawn, Asked& asked) {
  CHECK(asked.ratios.insert(run.teacher.ratio).second == (run.seed == 0));
  asked.seeds.insert(run.seed);
  std::set<std::int64_t> curve;  // evenly spaced on a log axis
  for (int k = 0; drawn && k < 26; ++k) {
    curve.insert(std::lround(std::pow(10'000, k / 25.0)));
  }
  CHECK(run.at == std::vector(curve.begin(), curve.end()));
}

void check_diagonal(const linear::DiagonalSpec& spec, Asked& asked) {
  const RichSwitch& setting = spec.run.setting;
  const double most = (spec.loss == "squared" ? 6 : 24) / std::pow(setting.init_norm, 2);
  CHECK(setting.rate == std::min(0.1, most));
  if (setting.init_norm == 32 && spec.run.seed == 0) {  // it keeps the start stable
    linear::DiagonalRun start = spec.run;
    start.at.clear();
    CHECK(setting.rate < diagonal_rate_limit(start));
  }
  asked.init_norms.insert(setting.init_norm);
  asked.decays.insert(setting.decay);
  asked.seeds.insert(spec.run.seed);
  if (!spec.at_switch.empty()) {
    CHECK(spec.at_switch == std::vector<double>{0.5, 1.5});
    asked.followed.insert(setting.decay);
  }
}

}  // namespace

TEST_CASE("closed forms: the studies of the file, and their profiles", "[figures]") {
  const Figure* figure = find_figures({"closed_forms"}).at(0);
  for (const std::string profile : {"quick", "full"}) {
    std::set<std::string> names;
    std::size_t runs = 0;
    Asked teacher;
    std::map<std::string, Asked> diagonal;  // by loss
    for (const auto& [name, study] : figure_studies(*figure, profile)) {
      CAPTURE(profile, name);
      runs += study.runs.size();
      for (const Run& run : study.runs) {
        names.insert(run.name());
        if (study.model == &linear::teacher_model()) {
          check_teacher(run.as<linear::LinearTeacherRun>(), name == "linear_curves", teacher);
        } else {
          const auto& spec = run.as<linear::DiagonalSpec>();
          check_diagonal(spec, diagonal[spec.loss]);
        }
      }
    }
    CHECK((teacher.ratios.size() >= 5 && *teacher.ratios.rbegin() > 1));
    CHECK(teacher.seeds.size() >= 20);
    std::size_t wanted = teacher.ratios.size() * teacher.seeds.size();
    REQUIRE(diagonal.size() == 2);
    for (const auto& [loss, asked] : diagonal) {
      CHECK((asked.init_norms.size() >= 4 && asked.decays.size() >= 3 && asked.seeds.size() >= 8));
      CHECK(asked.followed == std::set<double>{*asked.decays.rbegin()});
      wanted += asked.init_norms.size() * asked.decays.size() * asked.seeds.size();
    }
    CHECK(runs == wanted);
    CHECK(names.size() == runs);
  }
  CHECK_THROWS_WITH(require_profile(*figure, "slow"),
                    "closed_forms.toml:8: profile = 'slow', allowed full, quick");
}

TEST_CASE("closed forms: a row per setting, with open ends, in table and report", "[figures]") {
  const ClosedFormsData data = closed_forms_by_hand(1, -1.5);
  CHECK(steps_in(data)[4] == std::vector<std::string>{"linear teacher: delay",
                                                      "d/N = 0.5, accuracy 0.9", "100", "50", "50",
                                                      "", "2", "0"});
  CHECK(steps_in(data)[5] == std::vector<std::string>{"linear teacher: delay",
                                                      "d/N = 2, accuracy 0.9", "", "", "", "", "2",
                                                      "2"});
  const std::string report = report_of(data);
  CHECK_THAT(report, ContainsSubstring("50 [50, open]"));
  CHECK_THAT(report, ContainsSubstring("linear teacher: delay"));
}

TEST_CASE("closed forms: verdicts follow the data", "[figures]") {
  const auto verdict = [](const ClosedFormsData& data, std::size_t k) {
    return claims_of(data).at(k).verdict;
  };
  ClosedFormsData leading = closed_forms_by_hand(1, 0);
  CHECK(verdict(leading, 4) == Verdict::agrees);
  repeat(leading.switches);
  CHECK(verdict(leading, 4) == Verdict::agrees);
  CHECK(verdict(closed_forms_by_hand(1, -1.5), 4) == Verdict::agrees);  // an offset is allowed
  CHECK(verdict(closed_forms_by_hand(1.3, -1.5), 4) == Verdict::differs);
  CHECK(verdict(closed_forms_by_hand(0.7, 0.5), 4) == Verdict::differs);
  ClosedFormsData data = closed_forms_by_hand(1, 0);
  CHECK(verdict(data, 3) == Verdict::open);  // none of two: up to 0.66
  CHECK(claims_of(data).at(3).ours == "0 of 2: 0 [0, 0.658]");
  CHECK(claims_of(data).at(3).remark == "within 1000 steps");
  data.linear[1].runs[0].reached[0].generalisation = 900;
  CHECK(verdict(data, 3) == Verdict::differs);
  data.linear.pop_back();
  CHECK(verdict(data, 3) == Verdict::open);
  repeat(data.switches);
  CHECK(verdict(data, 6) == Verdict::agrees);
  for (SwitchResult& cell : data.switches) {
    for (SwitchRun& run : cell.runs) {
      run.kernel_cosine = 0.5;
    }
  }
  CHECK(verdict(data, 6) == Verdict::differs);
}

TEST_CASE("closed forms: predictions are the theory's, whatever the threads", "[figures]") {
  Small small("closed-forms-threads", small_studies("[3, 4]"));
  const ClosedFormsData one = small.data(1), two = small.data(2);
  CHECK(steps_in(one) == steps_in(two));
  REQUIRE(one.linear.size() == 2);  // by ratio, whatever the order of the file
  CHECK(one.linear[0].run.teacher.ratio == 0.5);
  const LinearSteps expected = linear_teacher_steps(one.linear[0].run.teacher, 0.9, 1 << 30);
  CHECK(one.linear[0].predicted[1].generalisation == expected.generalisation);
  CHECK_FALSE(one.linear[1].predicted[1].generalisation);
  const auto trained = run_linear_teacher(small.runs()[1].as<linear::LinearTeacherRun>());
  CHECK(one.linear[0].runs[1].reached[1].train == trained.reached[1].train);
  CHECK(one.linear[0].runs[1].states.at(3).train_loss == trained.states.at(3).train_loss);
  REQUIRE(one.switches.size() == 2 * 2 + 2);
  const SwitchResult& cell = one.switches[3];  // squared, 16, 0.1: one that is followed
  CHECK(cell.run.setting.rate == 2.0 / 256);
  CHECK(cell.seeds == std::vector<std::int64_t>{3, 4});
  linear::DiagonalRun run;
  run.setting = cell.run.setting;
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
  CHECK(one.switches[5].runs[0].rich_cosine);
  Small later("closed-forms-later", small_studies("[4]"));
  CHECK(later.data(2).switches[3].runs[0].steps == cell.runs[1].steps);
}

TEST_CASE("closed forms: stopped as asked, and refused without both models", "[figures]") {
  Small small("closed-forms-stop");
  small.context.stop = [] { return true; };
  CHECK_THROWS_AS(run_figure_studies(small.figure, small.context), Interrupted);
  CHECK(small.store.count() == 0);
  small.context.stop = {};
  const AllRuns all = run_figure_studies(small.figure, small.context);
  CHECK_THROWS_AS(collect_closed_forms(all.runs, all.outcomes, 1, [] { return true; }),
                  Interrupted);
  const auto studies = figure_studies(small.figure, "quick");
  const std::size_t without_logistic = all.runs.size() - studies.back().second.runs.size();
  CHECK_THROWS_WITH(collect_closed_forms(std::span(all.runs).first(without_logistic),
                                         std::span(all.outcomes).first(without_logistic), 1),
                    ContainsSubstring("closed_forms: studies"));
}

TEST_CASE("closed forms: shards fill a store, and the figure then trains nothing",
          "[figures][gnuplot]") {
  Small small("closed-forms-shards");
  small.context.train = false;
  CHECK_THROWS_WITH(small.figure.draw(small.figure, small.context),
                    "closed_forms: runs = 16 of 16 missing in the store, allowed 0 ('groktheory "
                    "figure closed-forms --profile quick' trains them)");
  const std::vector<Run> all = small.runs();
  REQUIRE(all.size() == small_count);
  std::int64_t trained = 0;
  for (const std::int64_t index : {2, 1}) {
    const std::vector<Run> part = runs_of(all, {index, 2});
    CHECK((!part.empty() && part.size() < all.size()));
    trained += run_missing(part, small.store, {.request = cpu_workers(2), .label = "t"}).trained;
  }
  CHECK(trained == std::ssize(all));
  CHECK(small.figure.draw(small.figure, small.context).size() == 9);
  CHECK(small.store.count() == std::ssize(all));
  Small whole("closed-forms-whole");
  CHECK(steps_in(whole.data(2)) == steps_in(small.data(2)));
}

TEST_CASE("closed forms from the file to the picture", "[figures][gnuplot]") {
  Small small("closed-forms");
  std::ostringstream report, again;
  small.context.report = &report;
  small.context.workers.engine = "torch";  // which its models have not
  CHECK(small.figure.study == small.text);
  CHECK(small.figure.draw(small.figure, small.context).size() == 9);
  CHECK(std::filesystem::file_size(small.scratch / "closed_forms.png") > 20'000);
  CHECK_THAT(report.str(), ContainsSubstring("linear teacher: delay"));
  CHECK(small.store.count() == std::ssize(small.runs()));
  small.context.workers = cpu_workers(2);
  small.context.train = false;  // a second time, from the store
  small.context.report = &again;
  small.figure.draw(small.figure, small.context);
  CHECK(again.str() == report.str());
  const ClosedFormsData data = small.data(2);
  const Sheet sheet = sheet_of(data);
  REQUIRE(sheet.tables().size() == 3);
  CHECK(sheet.table("a").rows.size() == 13);  // one of the two ratios is followed
  CHECK(sheet.table("a").rows[0][3] == to_text((data.linear[0].runs[0].states[0].train_accuracy +
                                                data.linear[0].runs[1].states[0].train_accuracy) /
                                               2));
  CHECK(sheet.table("steps").rows.size() == rows_of_closed_forms(data).size());
  const CsvTable& switches = sheet.table("cd");
  REQUIRE(switches.rows.size() == 6);
  for (std::size_t k = 0; k < 6; ++k) {
    const SwitchResult& cell = data.switches[k];
    CHECK(switches.rows[k][1] == to_text(cell.run.setting.init_norm));
    CHECK(std::stod(switches.rows[k][4]) ==
          Approx(std::log(cell.run.setting.init_norm) / cell.run.setting.decay));
  }
}
