#include "compare/toy/paired.hpp"

#include <fmt/format.h>

#include "core/errors.hpp"
#include "core/parallel.hpp"
#include "nets/toy/initial_state.hpp"

namespace grok::toy {
namespace {

PairedRow pair(const RunSpec& spec, const Record& record) {
  const Task task = task_of(spec);
  const InitialState state = draw_initial_state(spec);
  RqiQuestion question{.rate = spec.representation_rate,
                       .threshold = spec.rqi_threshold,
                       .tolerance = *spec.rqi_tolerance,
                       .budget = prediction_budgets * spec.steps};
  const auto predicted = [&](Normalisation normalisation) {
    return predict_steps(task, state.train, state.embeddings, normalisation, question);
  };
  PairedRow row{spec, record, predicted(Normalisation::sum), {}};
  question.adam_flow = false;
  row.mean = predicted(Normalisation::mean);
  return row;
}

std::string cell(std::int64_t value) { return fmt::format("{}", value); }
std::string cell(double value) { return to_text(value); }
std::string cell(bool value) { return value ? "1" : "0"; }
std::string cell(const std::string& value) { return value; }
template <class T>
std::string cell(const std::optional<T>& value) {
  return value ? cell(*value) : std::string();
}

struct Column {
  const char* name;
  std::string (*text)(const PairedRow&);
};

std::span<const Column> columns() {
  using Row = const PairedRow&;
  static constexpr Column all[] = {
      {"seed", [](Row r) { return cell(r.spec.seed); }},
      {"train", [](Row r) { return cell(r.spec.train); }},
      {"fraction", [](Row r) { return cell(training_fraction(r.spec)); }},
      {"measured", [](Row r) { return cell(r.record.steps_to_rqi); }},
      {"n_h_sum", [](Row r) { return cell(r.sum.n_h); }},
      {"n_h_mean", [](Row r) { return cell(r.mean.n_h); }},
      {"gradient_flow_sum", [](Row r) { return cell(r.sum.gradient_flow); }},
      {"gradient_flow_mean", [](Row r) { return cell(r.mean.gradient_flow); }},
      {"adam_flow", [](Row r) { return cell(r.sum.adam_flow); }},
      {"lambda3", [](Row r) { return cell(r.record.lambda3); }},
      {"unique", [](Row r) { return cell(r.record.unique); }},
      {"nullity", [](Row r) { return cell(r.record.nullity); }},
      {"ideal_rqi", [](Row r) { return cell(r.record.ideal_rqi); }},
      {"rqi", [](Row r) { return cell(r.record.rqi); }},
      {"ideal_accuracy", [](Row r) { return cell(r.record.ideal_accuracy); }},
      {"predicted_accuracy", [](Row r) { return cell(r.record.predicted_accuracy); }},
      {"accuracy", [](Row r) { return cell(r.record.accuracy); }},
      {"phase", [](Row r) { return cell(r.record.phase); }},
      {"state", [](Row r) { return cell(r.record.state); }},
      {"steps_done", [](Row r) { return cell(r.record.steps_done); }},
      {"budget", [](Row r) { return cell(r.spec.steps); }},
      {"prediction_budget", [](Row r) { return cell(prediction_budgets * r.spec.steps); }},
      {"identity", [](Row r) { return identity(r.spec); }},
  };
  return all;
}

}  // namespace

double training_fraction(const RunSpec& resolved) {
  return static_cast<double>(resolved.train) /
         static_cast<double>(task_of(resolved).sample_count());
}

std::vector<PairedRow> pair_with_theory(std::span<const RunSpec> runs,
                                        std::span<const Record> records, int threads) {
  if (runs.size() != records.size()) {
    reject("pair_with_theory", "records", fmt::format("{}", records.size()),
           fmt::format("{}, one for each run", runs.size()));
  }
  std::vector<PairedRow> rows(runs.size());
  parallel_for(std::ssize(runs), threads, [&](std::int64_t k) {
    const auto at = static_cast<std::size_t>(k);
    rows[at] = pair(runs[at], records[at]);
  });
  return rows;
}

CsvTable paired_table(std::span<const PairedRow> rows) {
  CsvTable table;
  for (const Column& column : columns()) {
    table.columns.emplace_back(column.name);
  }
  for (const PairedRow& row : rows) {
    auto& cells = table.rows.emplace_back();
    for (const Column& column : columns()) {
      cells.push_back(column.text(row));
    }
  }
  return table;
}

}  // namespace grok::toy
