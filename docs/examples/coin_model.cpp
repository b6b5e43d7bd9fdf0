// Forty coins of coin_model.hpp as a study: what the store lacks is trained; a row for each run.
#include "coin_model.hpp"

#include <cstdio>

#include "compare/study/run_study.hpp"
#include "compare/study/study.hpp"

constexpr const char* toml = R"(
model = "coin"
[axes]
rate = [0.001, 0.01, 0.1, 1.0]
seed = { range = [1, 10], step = 1 }
)";

int main(int argc, char** argv) {
  grok::Models models = grok::models();
  models.push_back(&coin::model);
  const auto study = grok::parse_study(toml, "coins", "", ".", grok::max_study_runs, models);
  grok::Store store(argc > 1 ? argv[1] : "coins.db");
  grok::StudyTraining training{.request = grok::cpu_workers(2), .label = "coins"};
  training.keep = {"weight"};
  const auto found = grok::run_missing(study.runs, store, training);
  std::fprintf(stderr, "trained now: %lld\n", static_cast<long long>(found.trained));
  std::printf("%s", grok::to_csv(store.table(*study.model, study.runs)).c_str());
}
