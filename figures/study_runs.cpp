#include "figures/study_runs.hpp"

#include <fmt/format.h>

#include "compare/run_study.hpp"
#include "core/errors.hpp"

namespace grok {

StudyRuns run_figure_study(const Figure& figure, const FigureContext& context) {
  if (context.store == nullptr) {
    reject(figure.stem, "store", "none", "an open store of records");
  }
  StudyRuns result;
  result.study = parse_study(figure.study, figure.stem + ".toml", context.profile);
  const StudyCounts counts = count_done(result.study.runs, *context.store);
  if (!context.train && counts.done < counts.runs) {
    reject(figure.stem, "runs",
           fmt::format("{} of {} missing in the store", counts.runs - counts.done, counts.runs),
           fmt::format("0 ('{}' trains them)", command_of(figure, context)));
  }
  result.records = run_missing(result.study.runs, *context.store, context.workers,
                               short_name(figure), context.notice)
                       .records;
  return result;
}

std::int64_t theory_draws(const FigureContext& context) {
  return context.profile == "full" ? 10'000 : 1000;
}

void publish(const Figure& figure, const FigureContext& context, const Drawing& drawing,
             const std::string& text) {
  const auto files = write_drawing(figure.stem, drawing, context);
  if (context.report == nullptr) {
    return;
  }
  *context.report << figure.title << " (" << command_of(figure, context) << ")\n" << text;
  for (const auto& file : files) {
    *context.report << "  " << file.string() << '\n';
  }
}

}  // namespace grok
