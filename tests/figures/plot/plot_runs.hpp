// tests/figures/plot/plot_runs.hpp: records of the toy model by hand, as a store gives them.
#pragma once

#include <fmt/format.h>

#include <optional>
#include <string>
#include <vector>

#include "core/errors.hpp"
#include "figures/plot/plot.hpp"
#include "nets/toy/model.hpp"

namespace grok {

struct HandRun {
  double rate = 1e-3, decay = 0;
  std::int64_t seed = 1;
  std::optional<std::int64_t> validation = 100;
  std::string phase = "grokking";
  std::optional<double> rqi = 1;
  std::string loss = "mse", state = "done";
  std::int64_t train = 45, symbols = 10, steps_done = 1000;
};

inline CsvTable hand_table(const std::vector<HandRun>& runs) {
  CsvTable table{{"identity", "symbols", "train", "seed", "split_seed", "label_seed", "init_seed",
                  "batch_seed", "decoder_widths", "decoder_rate", "decoder_decay", "loss", "steps",
                  "steps_to_train", "steps_to_validation", "steps_done", "phase", "rqi", "state"},
                 {}};
  const auto text = [](const auto& value) { return value ? fmt::format("{}", *value) : ""; };
  for (const HandRun& run : runs) {
    const std::string seed = fmt::format("{}", run.seed);
    table.rows.push_back({fmt::format("run{}", table.rows.size()), fmt::format("{}", run.symbols),
                          fmt::format("{}", run.train), seed, seed, seed, seed, seed, "[50, 50]",
                          to_text(run.rate), to_text(run.decay), run.loss, "1000", "10",
                          text(run.validation), fmt::format("{}", run.steps_done), run.phase,
                          text(run.rqi), run.state});
  }
  return table;
}

inline PlotRuns hand_runs(const std::vector<HandRun>& runs) {
  return {&toy::model(), hand_table(runs)};
}

/// Cells of those columns.
inline std::vector<std::vector<std::string>> cells_of(const CsvTable& table,
                                                      const std::vector<std::string>& columns) {
  std::vector<std::vector<std::string>> rows(table.rows.size());
  for (const std::string& name : columns) {
    const auto at = std::ranges::find(table.columns, name) - table.columns.begin();
    for (std::size_t k = 0; k < rows.size(); ++k) {
      rows[k].push_back(table.rows[k].at(static_cast<std::size_t>(at)));
    }
  }
  return rows;
}

}  // namespace grok
