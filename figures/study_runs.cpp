#include "figures/study_runs.hpp"

#include <fmt/format.h>

#include <mutex>

#include "compare/study/run_study.hpp"
#include "core/errors.hpp"
#include "core/parallel.hpp"
#include "core/progress.hpp"
#include "nets/train.hpp"

namespace grok {

namespace {

void require_runs(const Figure& figure, const FigureContext& context,
                  std::span<const RunSpec> runs) {
  if (context.store == nullptr) {
    reject(figure.stem, "store", "none", "an open store of records");
  }
  const StudyCounts counts = count_done(runs, *context.store);
  if (!context.train && counts.done < counts.runs) {
    reject(figure.stem, "runs",
           fmt::format("{} of {} missing in the store", counts.runs - counts.done, counts.runs),
           fmt::format("0 ('{}' trains them)", command_of(figure, context)));
  }
}

}  // namespace

void require_profile(const Figure& figure, const std::string& profile) {
  if (!figure.study.empty()) {
    parse_study(figure.study, figure.stem + ".toml", profile);
  } else if (profile != "quick" && profile != "full") {
    reject(figure.stem, "profile", "'" + profile + "'", "quick, full (it trains nothing)");
  }
}

StudyRuns run_figure_study(const Figure& figure, const FigureContext& context) {
  StudyRuns result;
  result.study = parse_study(figure.study, figure.stem + ".toml", context.profile);
  require_runs(figure, context, result.study.runs);
  result.records = run_missing(result.study.runs, *context.store,
                               {.request = context.workers,
                                .label = short_name(figure),
                                .notice = context.notice,
                                .stop = context.stop})
                       .records;
  return result;
}

TrainedNetworks train_networks(const Figure& figure, const FigureContext& context,
                               std::span<const RunSpec> runs) {
  require_runs(figure, context, runs);
  TrainedNetworks networks{std::vector<Record>(runs.size()),
                           std::vector<Eigen::MatrixXd>(runs.size())};
  Progress progress(short_name(figure), std::ssize(runs));
  std::mutex storing;
  parallel_for(std::ssize(runs), context.workers.threads, [&](std::int64_t k) {
    const auto at = static_cast<std::size_t>(k);
    TracedRun run = train_traced(runs[at], 0, nullptr, context.stop);
    networks.records[at] = run.record;
    networks.embeddings[at] = std::move(run.trained.embeddings);
    if (context.train) {
      const std::lock_guard lock(storing);
      context.store->insert(runs[at], networks.records[at]);
    }
    progress.advance();
  });
  return networks;
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
