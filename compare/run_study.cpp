#include "compare/run_study.hpp"

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

std::vector<Record> run_missing(std::span<const RunSpec> runs, Store& store, int threads,
                                const std::string& label) {
  std::vector<RunSpec> missing;
  for (const RunSpec& run : runs) {
    if (!store.find(run)) {
      missing.push_back(run);
    }
  }
  if (!missing.empty()) {
    Progress progress(label, std::ssize(missing));
    TrainOptions options;
    options.threads = threads;
    options.finished = [&](std::size_t k, const Record& record) {
      store.insert(missing[k], record);
      progress.advance();
    };
    train(missing, options);
  }
  // Everything from the store: a resumed study returns what an uninterrupted one does
  std::vector<Record> records;
  for (const RunSpec& run : runs) {
    records.push_back(store.find(run).value());
  }
  return records;
}

}  // namespace grok
