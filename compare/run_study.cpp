#include "compare/run_study.hpp"

#include <fmt/format.h>

#include "core/errors.hpp"
#include "core/progress.hpp"
#include "nets/train.hpp"

namespace grok {

StudyCounts count_done(std::span<const RunSpec> runs, const Store& store) {
  StudyCounts counts;
  for (const RunSpec& run : runs) {
    ++counts.runs;
    counts.done += store.find(run) ? 1 : 0;
  }
  return counts;
}

StudyOutcome run_missing(std::span<const RunSpec> runs, Store& store, const Workers& request,
                         const std::string& label,
                         const std::function<void(const std::string&)>& notice) {
  std::vector<RunSpec> missing;
  for (const RunSpec& run : runs) {
    if (!store.find(run)) {
      missing.push_back(run);
    }
  }
  StudyOutcome outcome;
  outcome.workers = choose_engine(missing, request, look_at_hardware(request), label);
  if (!missing.empty()) {
    if (notice) {
      notice(fmt::format("{}: {}", label, describe(outcome.workers)));
    }
    Progress progress(label, std::ssize(missing));
    TrainOptions options;
    options.workers = outcome.workers;
    options.notice = notice;
    options.finished = [&](std::size_t k, const Record& record) {
      store.insert(missing[k], record);
      progress.advance();
    };
    train(missing, options);
  }
  // Everything from the store: a resumed study returns what an uninterrupted one does
  for (const RunSpec& run : runs) {
    outcome.records.push_back(store.find(run).value());
  }
  return outcome;
}

}  // namespace grok
