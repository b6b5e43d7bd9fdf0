// Sample run:  groktheory figure my-figure --profile quick
#include <algorithm>

#include "compare/toy/paired.hpp"
#include "figures/panels/waiting.hpp"
#include "figures/study_runs.hpp"

namespace grok {
namespace {

struct MyRun {
  double fraction = 0;
  std::int64_t seed = 0;
  std::optional<std::int64_t> steps;  // empty: not there
  std::int64_t budget = 0;
};

std::vector<Claim> draw(const Figure& figure, const FigureContext& context) {
  const toy::StudyRuns study = toy::run_figure_study(figure, context);
  std::vector<MyRun> runs;
  std::vector<bool> there;
  std::vector<std::int64_t> seeds;
  for (std::size_t k = 0; k < study.runs.size(); ++k) {
    const toy::RunSpec& spec = study.runs[k];
    runs.push_back(
        {toy::training_fraction(spec), spec.seed, study.records[k].steps_to_rqi, spec.steps});
    there.push_back(study.records[k].steps_to_rqi.has_value());
    seeds.push_back(spec.seed);
  }
  Sheet sheet;
  sheet.table("a",
              table_of(runs, column("fraction", &MyRun::fraction), column("seed", &MyRun::seed),
                       column("steps_to_rqi", &MyRun::steps), column("budget", &MyRun::budget)));
  sheet.row({waiting(fraction_axis(), "steps to RQI > 0.95", static_cast<double>(runs.at(0).budget),
                     sheet.table("a"), "fraction", "steps_to_rqi")
                 .title("When do networks find it?")});
  sheet.caption("Triangles are networks that did not get there within the budget.");
  sheet.report(text_table(sheet.table("a"),
                          {{"fraction", "r"}, {"seed", "seed"}, {"steps_to_rqi", "steps"}}));
  return publish(
      figure, context, sheet,
      {share_claim("half of the networks get there", our_own("before the runs"),
                   says("1/2", within_difference(0.5, 0.1)), std::ranges::count(there, true),
                   std::ssize(runs), grouped_share(there, seeds).estimate)});
}

}  // namespace

Figure my_figure(std::string_view toml) {
  return {"my_figure", "When networks get there", false, toml, draw, toml};
}

}  // namespace grok
