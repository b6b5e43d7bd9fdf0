// flow --loss linear-decoder: where the adiabatic limit of App. L holds, as one row per ratio of
// learning rates.
#include <cmath>

#include "cli/flow_options.hpp"
#include "nets/toy/initial_state.hpp"
#include "theory/linear_decoder.hpp"

namespace grok {

CsvTable linear_decoder_table(const FlowOptions& o) {
  const double low = o.ratio_low.value_or(1e-4), high = o.ratio_high.value_or(10.0);
  if (!(low < high)) {
    refuse_flow("--ratio-low, --ratio-high", to_text(low) + ", " + to_text(high),
                "the first below the second");
  }
  const toy::RunSpec spec = spec_of(o);
  require_combination("loss linear-decoder", task_of(spec), Combination::sum);
  const toy::InitialState state = draw_initial_state(spec);
  const OutputClasses classes = group_by_output(task_of(spec), state.train);
  std::vector<double> ratios;
  for (std::int64_t k = 0; k <= o.points; ++k) {
    const double share = static_cast<double>(k) / static_cast<double>(o.points);
    ratios.push_back(low * std::pow(high / low, share));
  }
  AdiabaticQuestion question;
  question.time = *o.time;
  question.tolerance = o.tolerance.value_or(1e-10);
  CsvTable table;
  table.columns = {"ratio",      "pair",        "pair_limit", "pair_error",      "pair_exact",
                   "task_error", "task_spread", "task_limit", "task_error_force"};
  for (const AdiabaticError& row :
       adiabatic_errors(ratios, state.embeddings, classes, state.labels.transpose(), question)) {
    const double exact =
        pair_distance(question.pair_size, 2 * row.ratio, *o.time) / question.pair_size;
    std::vector<std::string>& cells = table.rows.emplace_back();
    for (const double cell :
         {row.ratio, row.pair_full, row.pair_limit, row.pair_error, exact, row.task_error,
          row.task_spread, row.limit_spread, row.task_error_b}) {
      cells.push_back(to_text(cell));
    }
  }
  return table;
}

}  // namespace grok
