#include "nets/toy/model.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/errors.hpp"
#include "core/numbers.hpp"
#include "nets/model_of.hpp"
#include "nets/torch_engine.hpp"
#include "nets/toy/ensemble/ensemble_layout.hpp"
#include "nets/toy/parameters.hpp"
#include "nets/toy/report.hpp"
#include "nets/toy/train.hpp"
#include "theory/matrix_representation.hpp"

namespace grok::toy {
namespace {

// Operations of an optimiser on one parameter: docs/performance.md.
constexpr double adamw_flops = 14, sgd_flops = 3;
constexpr double passes = 10;  // reads and writes of each parameter in a step

Cost cost_of(const RunSpec& spec) {
  const std::vector<Index> widths = layer_widths(spec);
  const Task task = task_of(spec);
  const auto all = static_cast<double>(task.sample_count());
  const auto batch = static_cast<double>(spec.batch == 0 ? spec.train : spec.batch);
  const bool apart = spec.batch != 0 && spec.batch != spec.train;  // a forward pass of its own
  const auto forwarded = all + (apart ? batch : 0.0);
  Cost cost;
  cost.parameters = static_cast<double>(task.embeddings() * spec.representation_dimension);
  if (task.combination() == Combination::matrix_product) {
    const auto k = static_cast<double>(matrix_size(spec.representation_dimension));
    cost.flops += 2 * k * k * k * (forwarded + 2 * batch);  // two factors get a gradient each
  }
  double units = static_cast<double>(widths.front());
  for (std::size_t l = 0; l + 1 < widths.size(); ++l) {
    const auto weights = static_cast<double>(widths[l] * widths[l + 1]);
    cost.flops += 2 * weights * (forwarded + 2 * batch);
    cost.parameters += weights + static_cast<double>(widths[l + 1]);
    units += static_cast<double>(widths[l + 1]);
  }
  cost.flops += (optimiser_of(spec) == Optimiser::sgd ? sgd_flops : adamw_flops) * cost.parameters;
  const double size = spec.precision == "float64" ? 8 : 4;
  cost.bytes = size * (4 * cost.parameters + 2 * all * units) + 8 * cost.parameters;
  cost.moved = passes * size * cost.parameters;
  return cost;
}

// task, symbols and train have no default in a file; a file that is named stands for them.
void require_in_file(const RunSpec& spec, const Given& given, const PlaceOfKey& place) {
  const auto missing = [&](const char* key, const char* allowed) {
    if (!given.has(key)) {
      reject(place(""), key, "nothing", allowed);
    }
  };
  missing("task", "a task in [run], [axes] or [zip]");
  if (spec.table.empty() && spec.orders.empty()) {
    missing("symbols", "a number of symbols in [run], [axes] or [zip]");
  }
  if (!spec.pairs.empty() || spec.train_fraction) {
    if (given.has("train")) {
      reject(place("train"), "train", fmt::format("{}", spec.train),
             fmt::format("nothing ({} gives the training set)",
                         spec.pairs.empty() ? "train_fraction" : "pairs"));
    }
  } else {
    missing("train",
            "a size (train), a share (train_fraction) or a file (pairs) in [run], [axes] "
            "or [zip]");
  }
}

void require_by_flags(const RunSpec& spec, const Given& given, const PlaceOfKey& place) {
  if (!given.has("symbols") && spec.table.empty() && spec.orders.empty()) {
    reject(place(""), "--symbols", "nothing",
           "an integer in [2, 300] (or --spec, --table, --orders)");
  }
  if (!given.has("train") && !spec.train_fraction && spec.pairs.empty()) {
    reject(place(""), "--train, --train-fraction, --pairs", "nothing",
           "one of them (or --spec, --initial-state)");
  }
}

// What the files of a run held, if they were read before; each is read once.
std::string files_of(const RunSpec& spec) {
  return fmt::format("{}\n{}\n{}\n{}", spec.task, spec.symbols, spec.table, spec.pairs);
}
void take_what_was_read(RunSpec& spec, const Given& given) {
  if (given.read == nullptr) {
    return;
  }
  if (const auto found = given.read->find(files_of(spec)); found != given.read->end()) {
    const auto& read = std::any_cast<const RunSpec&>(found->second);
    spec.pair_list = read.pair_list;
    spec.table_outputs = read.table_outputs;
    spec.table_commutes = read.table_commutes;
    spec.symbols = read.symbols;
  }
}

class ToyModel final : public ModelOf<RunSpec, Record> {
 public:
  std::string_view name() const override { return "toy"; }
  std::string text(const Run& run, std::span<const std::string> without) const override {
    return canonical_text(run.as<RunSpec>(), without);
  }
  Run overridden(const Run& run, const std::map<std::string, Value>& flags,
                 const std::string& where) const override;
  void require_given(const Run& run, const Given& given, const PlaceOfKey& place) const override {
    if (given.by == Given::By::file) {
      require_in_file(run.as<RunSpec>(), given, place);
    } else if (given.by == Given::By::flags) {
      require_by_flags(run.as<RunSpec>(), given, place);
    }
  }
  Outcome outcome(std::vector<Value> values) const override {
    Record record = ModelOf::outcome(std::move(values)).as<Record>();
    // There is a validation loss wherever there is an accuracy: a store has NULL for its NaN
    if (record.validation_accuracy && !record.validation_loss) {
      record.validation_loss = not_a_number;
    }
    return outcome_of(std::move(record));
  }
  std::vector<std::pair<std::string, std::string>> report(const Run& run,
                                                          const Outcome& outcome) const override {
    return report_of(run.as<RunSpec>(), outcome.as<Record>());
  }
  Curve curve_shape(const Run& run) const override { return toy::curve_shape(run.as<RunSpec>()); }
  Curve first_curve_shape(const Run& run) const override {
    return toy::first_curve_shape(run.as<RunSpec>());
  }
  Cost cost(const Run& run) const override { return cost_of(run.as<RunSpec>()); }
  std::string shape(const Run& run) const override { return shape_text(run.as<RunSpec>()); }
  std::vector<std::string> engines() const override { return {"cpu", "torch"}; }
  std::vector<std::string> artefacts() const override { return {parameters_name}; }

  void train(std::span<const Run> runs, const TrainOptions& options) const override {
    if (options.workers.engine == "torch") {
      train_on_torch(*this, runs, options);
    } else {
      ModelOf::train(runs, options);
    }
  }

 protected:
  RunSpec checked(RunSpec spec, const Given& given, const PlaceOfKey& place) const override {
    const std::int64_t written = spec.symbols;
    const std::string files = files_of(spec);
    take_what_was_read(spec, given);
    spec = toy::resolve(std::move(spec), place);
    if (given.by == Given::By::file && given.has("symbols") && written != spec.symbols) {
      reject(place("symbols"), "symbols", fmt::format("{}", written),
             fmt::format("{} (as in the {})", spec.symbols,
                         spec.task == "table" ? "table" : "orders"));
    }
    if (given.read != nullptr && (!spec.table.empty() || !spec.pairs.empty())) {
      given.read->try_emplace(files, spec);
    }
    return spec;
  }
  Trained<Record> train_one(const RunSpec& spec, const OneRun& one) const override {
    TracedRun traced = train_traced(spec, one);
    Trained<Record> trained{std::move(traced.record)};
    if (one.stride > 0) {
      trained.curve = curve_of(spec, traced.trajectory);
    }
    if (one.keeps(parameters_name)) {
      trained.artefacts.push_back(
          {parameters_name, trained.record.steps_done, packed_parameters(spec, traced.trained)});
    }
    return trained;
  }
};

// A flag takes the place of what it contradicts: --train of pairs, --pairs of a train,
// --train-fraction of both, another --task of a table or of orders.
Run ToyModel::overridden(const Run& run, const std::map<std::string, Value>& flags,
                         const std::string& where) const {
  const auto given = [&](const char* key) { return flags.contains(key); };
  const auto other_task = [&](const char* task) {
    return given("task") && flags.at("task") != Value(std::string(task));
  };
  RunSpec spec = run.as<RunSpec>();
  std::vector<std::string> sets;
  for (const char* key : {"train", "train_fraction", "pairs"}) {
    if (given(key)) {
      sets.push_back(flag_of(key));
    }
  }
  if (sets.size() > 1) {
    reject(where, fmt::format("{}", fmt::join(sets, ", ")), sets.size() == 2 ? "both" : "all",
           "one of them");
  }
  if (!sets.empty()) {
    spec.pairs.clear();
    spec.pair_list.clear();
    spec.train_fraction.reset();
  }
  if (given("task") && !given("symbols") && flags.at("task") != Value(spec.task) &&
      (spec.task == "table" || spec.task == "abelian")) {
    reject(where, "--symbols", "nothing",
           fmt::format("a number (that of the file came from its task, {})", spec.task));
  }
  if (given("table") || other_task("table")) {
    spec.table.clear();
    spec.table_outputs.clear();
  }
  if (other_task("abelian")) {
    spec.orders.clear();
  }
  for_each_field(spec, [&](const char* key, auto& member, const auto&...) {
    if (given(key)) {
      assign(member, flags.at(key));
    }
  });
  if (given("symbols") && (spec.task == "table" || spec.task == "abelian")) {
    reject(where, "--symbols", fmt::format("{}", spec.symbols),
           spec.task == "table" ? "nothing (task = table: the file says)"
                                : "nothing (task = abelian: the orders say)");
  }
  return Run(*this, std::move(spec));
}

}  // namespace

const Model& model() {
  static const ToyModel toy;
  return toy;
}

Run run_of(const RunSpec& spec, const std::string& where) {
  return grok::resolved(Run(model(), spec), where);
}

std::vector<Run> runs_of(std::span<const RunSpec> specs, const std::string& where) {
  std::vector<Run> runs;
  for (const RunSpec& spec : specs) {
    runs.push_back(run_of(spec, where));
  }
  return runs;
}

Outcome outcome_of(const Record& record) {
  return static_cast<const ToyModel&>(model()).outcome_of(record);
}

std::vector<RunSpec> specs_of(std::span<const Run> runs) {
  std::vector<RunSpec> specs;
  for (const Run& run : runs) {
    specs.push_back(run.as<RunSpec>());
  }
  return specs;
}

std::vector<Record> records_of(std::span<const Outcome> outcomes) {
  std::vector<Record> records;
  for (const Outcome& outcome : outcomes) {
    records.push_back(outcome.as<Record>());
  }
  return records;
}

}  // namespace grok::toy
