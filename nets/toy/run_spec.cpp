#include "nets/toy/run_spec.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "core/errors.hpp"
#include "nets/model_of.hpp"
#include "theory/matrix_representation.hpp"
#include "theory/representation.hpp"
#include "theory/training_set.hpp"

namespace grok::toy {
namespace {

using I = std::int64_t;

constexpr I default_target_length = 30;  // App. G of Liu et al. 2022

// `train`, `batch` have tighter bounds than their own, which |D0| and |D| give: see resolve.
void check_own_fields(const RunSpec& spec, const PlaceOfKey& place) {
  for_each_field(spec, [&](const char* key, const auto& member, const auto& allowed, auto&&...) {
    if (std::string_view(key) != "train" && std::string_view(key) != "batch") {
      check_field(place, key, value_of(member), allowed);
    }
  });
}

// The orders of the groups say how many symbols there are.
void resolve_orders(RunSpec& spec, const PlaceOfKey& place) {
  if (spec.task != "abelian") {
    if (!spec.orders.empty()) {
      reject(place("orders"), "orders", fmt::format("{}", spec.orders),
             fmt::format("nothing (task = {})", spec.task));
    }
    return;
  }
  if (spec.orders.empty()) {
    reject(place("orders"), "orders", "nothing", "orders of cyclic groups (task = abelian)");
  }
  I symbols = 1;
  for (const I order : spec.orders) {
    symbols = std::min<I>(symbols * order, max_symbols + 1);
  }
  if (symbols > max_run_symbols) {
    reject(place("orders"), "orders", fmt::format("{}", spec.orders),
           fmt::format("a product of at most {}", max_run_symbols));
  }
  spec.symbols = symbols;
}

void require_factorial(I symbols, const PlaceOfKey& place) {
  std::vector<I> allowed;
  for (I n = 2, product = 2; product <= max_run_symbols; product *= ++n) {
    allowed.push_back(product);
  }
  if (std::ranges::find(allowed, symbols) == allowed.end()) {
    reject(place("symbols"), "symbols", fmt::format("{}", symbols),
           fmt::format("n!: {}", fmt::join(allowed, ", ")));
  }
}

void resolve_task(RunSpec& spec, const PlaceOfKey& place) {
  resolve_orders(spec, place);
  if (spec.task == "permutations") {
    require_factorial(spec.symbols, place);
  }
  if (spec.task != "table") {
    if (!spec.table.empty() || !spec.table_outputs.empty()) {
      reject(place("table"), "table", fmt::format("'{}'", spec.table),
             fmt::format("nothing (task = {})", spec.task));
    }
    return;
  }
  if (!spec.table_outputs.empty()) {
    return;  // read before
  }
  if (spec.table.empty()) {
    reject(place("table"), "table", "''", "a CSV file of a,b,c (task = table)");
  }
  const Task task = read_table(spec.table);
  spec.symbols = task.symbols();
  spec.table_commutes = task.commutative();
  spec.table_outputs.assign(task.table_outputs().begin(), task.table_outputs().end());
}

void resolve_output_dimension(RunSpec& spec, Index outputs, const PlaceOfKey& place) {
  if (spec.targets != "random" && spec.loss != "mse") {
    reject(place("targets"), "targets", spec.targets,
           fmt::format("nothing (loss = {}: it has no targets)", spec.loss));
  }
  const bool random = spec.loss == "mse" && spec.targets == "random";
  const I value = spec.output_dimension.value_or(random ? default_target_length : outputs);
  if (!random && value != outputs) {
    reject(place("output_dimension"), "output_dimension", fmt::format("{}", value),
           fmt::format("{} ({}: one for each output of the task)", outputs,
                       spec.loss == "mse" ? "targets = " + spec.targets : "loss = " + spec.loss));
  }
  spec.output_dimension = value;
}

// What depends on how embeddings combine.
void resolve_representation(RunSpec& spec, const Task& task, const PlaceOfKey& place) {
  const bool matrices = task.combination() == Combination::matrix_product;
  const I d = spec.representation_dimension;
  const auto k = static_cast<I>(std::lround(std::sqrt(static_cast<double>(d))));
  if (matrices && k * k != d) {
    reject(place("representation_dimension"), "representation_dimension", fmt::format("{}", d),
           fmt::format("a square, 1, 4, 9, ... (task = {}: embeddings are matrices)", spec.task));
  }
  if (task.concatenates() && spec.stop == "rqi") {
    reject(
        place("stop"), "stop", spec.stop,
        fmt::format("decided, phase, budget (representation_combination = {}: RQI has no meaning)",
                    spec.representation_combination));
  }
  spec.rqi_tolerance =
      spec.rqi_tolerance.value_or(matrices ? default_product_tolerance : default_rqi_tolerance);
}

// Refused before anything is made of it; the factors are small enough for the sum.
void check_size(const RunSpec& spec, const Task& task, const PlaceOfKey& place) {
  I parameters = task.embeddings() * spec.representation_dimension;
  I inputs = spec.representation_dimension * (task.concatenates() ? 2 : 1);
  std::vector<I> widths = spec.decoder_widths;
  widths.push_back(*spec.output_dimension);
  for (const I width : widths) {
    parameters += (inputs + 1) * width;
    inputs = width;
  }
  if (parameters > max_parameters) {
    reject(place("decoder_widths"), "decoder_widths", fmt::format("{} parameters", parameters),
           fmt::format("at most {} in a network", max_parameters));
  }
}

void set_train_by_fraction(RunSpec& spec, I all, const PlaceOfKey& place) {
  const double fraction = *spec.train_fraction;
  if (!spec.pair_list.empty()) {
    reject(place("train_fraction"), "train_fraction", to_text(fraction),
           "nothing (pairs gives the training set)");
  }
  spec.train = samples_of_fraction(fraction, all);
  if (spec.train == 0) {
    reject(place("train_fraction"), "train_fraction", to_text(fraction),
           fmt::format("one that gives a sample or more of |D0| = {}", all));
  }
}

void resolve_training_set(RunSpec& spec, const Task& task, const PlaceOfKey& place) {
  if (!spec.pairs.empty() && spec.pair_list.empty()) {
    spec.pair_list = read_pairs(spec.pairs, task);
  }
  if (!spec.pair_list.empty()) {
    spec.pair_list = canonical_training_set(task, spec.pair_list, place("pairs"));
    spec.train = std::ssize(spec.pair_list);
  }
  if (spec.train_fraction) {
    set_train_by_fraction(spec, task.sample_count(), place);
  }
  require_in_range(place("train"), "train", spec.train, I{1}, task.sample_count());
  require_in_range(place("batch"), "batch", spec.batch, I{0}, spec.train);
}

void require_resolved(const RunSpec& spec, const char* where) {
  if (!spec.split_seed || !spec.output_dimension || !spec.rqi_tolerance) {
    throw Error(fmt::format("{}: the spec was not resolved", where));
  }
}

}  // namespace

I samples_of_fraction(double fraction, I all) {
  constexpr double slack = 1e-9;  // 0.7 * 45 is below 31.5 in binary
  return static_cast<I>(std::floor(fraction * static_cast<double>(all) + 0.5 + slack));
}

RunSpec resolve(RunSpec spec, const std::string& where) {
  return resolve(std::move(spec), [&where](const std::string&) { return where; });
}

RunSpec resolve(RunSpec spec, const PlaceOfKey& place) {
  check_own_fields(spec, place);
  resolve_task(spec, place);
  check_own_fields(spec, place);  // `symbols` may have come from the table
  const Task task = task_of(spec);
  resolve_training_set(spec, task, place);
  resolve_output_dimension(spec, task.outputs(), place);
  resolve_representation(spec, task, place);
  check_size(spec, task, place);
  for (auto* seed : {&spec.split_seed, &spec.label_seed, &spec.init_seed, &spec.batch_seed}) {
    *seed = seed->value_or(spec.seed);
  }
  return spec;
}

Optimiser optimiser_of(const RunSpec& resolved) {
  if (resolved.optimiser == "sgd") {
    return Optimiser::sgd;
  }
  if (resolved.optimiser != "adamw") {
    throw Error("optimiser_of: the spec was not resolved");
  }
  return Optimiser::adamw;
}

Task task_of(const RunSpec& resolved) {
  const Task task =
      resolved.task == "table"
          ? Task::table(resolved.symbols, resolved.table_commutes, resolved.table_outputs)
          : make_task(resolved.task, resolved.symbols, resolved.orders);
  for (const Combination way : {Combination::concatenate, Combination::concatenate_shared}) {
    if (resolved.representation_combination == to_text(way)) {
      return task.combined_by(way);
    }
  }
  return task;
}

std::vector<Sample> training_set_of(const RunSpec& resolved) {
  require_resolved(resolved, "training_set_of");
  if (!resolved.pair_list.empty()) {
    return resolved.pair_list;
  }
  return draw_training_set(task_of(resolved), resolved.train,
                           static_cast<std::uint64_t>(*resolved.split_seed));
}

// `seed` acts only through the four seeds it sets, `train_fraction` through `train`, a file only
// through what it holds, and a batch of all of D is 0.
std::string canonical_text(const RunSpec& resolved, std::span<const std::string> without) {
  require_resolved(resolved, "canonical_text");
  const auto left_out = [&](std::string_view key) {
    return std::ranges::find(without, key) != without.end();
  };
  RunSpec spec = resolved;
  if (!left_out("train")) {
    spec.batch = spec.batch == spec.train ? 0 : spec.batch;
  }
  static const std::vector<Field> fields = fields_of(RunSpec{});
  std::string text;
  std::size_t k = 0;
  for_each_field(spec, [&](const char* key, const auto& member, auto&&...) {
    const Field& field = fields[k++];
    const Value value = value_of(member);
    const bool usual = field.later && same_value(value, field.usual);
    const bool by_another = field.is_file() || field.key == "seed" || field.key == "train_fraction";
    if (!by_another && !usual && !left_out(key)) {
      text += fmt::format("{} = {}\n", key, text_of(value));
    }
  });
  if (!resolved.table_outputs.empty() && !left_out("table")) {
    text += fmt::format("table = {}\n", resolved.table_outputs);  // as long as D0: p^2 if ordered
  }
  if (!resolved.pair_list.empty() && !left_out("pairs")) {
    text += "pairs =";
    for (const Sample s : resolved.pair_list) {
      text += fmt::format(" {},{}", s.i, s.j);
    }
    text += '\n';
  }
  return text;
}

std::string identity(const RunSpec& resolved) { return identity_of_text(canonical_text(resolved)); }

}  // namespace grok::toy
