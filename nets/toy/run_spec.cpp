#include "nets/toy/run_spec.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <boost/uuid/name_generator_sha1.hpp>
#include <boost/uuid/uuid_io.hpp>
#include <cmath>

#include "core/errors.hpp"
#include "theory/matrix_representation.hpp"
#include "theory/representation.hpp"
#include "theory/training_set.hpp"

namespace grok {
namespace {

using I = std::int64_t;

constexpr I default_target_length = 30;  // App. G of Liu et al. 2022

// One field against what for_each_field allows for it.
struct FieldCheck {
  const PlaceOfKey& place;

  void operator()(const char* key, const std::string& value, const Choice& allowed) const {
    if (std::ranges::find(allowed.names, value) == allowed.names.end()) {
      reject(place(key), key, fmt::format("'{}'", value),
             fmt::format("{}", fmt::join(allowed.names, ", ")));
    }
  }
  void operator()(const char* key, const std::string& value, FilePath) const {
    if (has_control_characters(value)) {  // a zero byte would cut the name short
      reject(place(key), key, fmt::format("'{}'", value), "a name without control characters");
    }
  }
  template <class T>
  void operator()(const char* key, const T& value, const Range<T>& allowed) const {
    require_in_range(place(key), key, value, allowed.low, allowed.high);
  }
  template <class T>
  void operator()(const char* key, const std::optional<T>& value, const Range<T>& allowed) const {
    if (value) {
      (*this)(key, *value, allowed);
    }
  }
  void operator()(const char* key, const std::vector<I>& values, const Range<I>& allowed) const {
    require_in_range<I>(place(key), fmt::format("{} (how many)", key), std::ssize(values), 0, 100);
    for (std::size_t k = 0; k < values.size(); ++k) {
      require_in_range(place(key), fmt::format("{}[{}]", key, k), values[k], allowed.low,
                       allowed.high);
    }
  }
};

// `train`, `batch` have tighter bounds than their own, which |D0| and |D| give: see resolve.
void check_fields(const RunSpec& spec, const PlaceOfKey& place) {
  for_each_field(spec, [&](const char* key, const auto& value, const auto& allowed, const char*) {
    if (std::string_view(key) != "train" && std::string_view(key) != "batch") {
      FieldCheck{place}(key, value, allowed);
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
  spec.rqi_tolerance =
      spec.rqi_tolerance.value_or(matrices ? default_product_tolerance : default_rqi_tolerance);
}

// Refused before anything is made of it; the factors are small enough for the sum.
void check_size(const RunSpec& spec, const PlaceOfKey& place) {
  I parameters = spec.symbols * spec.representation_dimension;
  I inputs = spec.representation_dimension;
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

void resolve_training_set(RunSpec& spec, const Task& task, const PlaceOfKey& place) {
  if (!spec.pairs.empty() && spec.pair_list.empty()) {
    spec.pair_list = read_pairs(spec.pairs, task);
  }
  if (!spec.pair_list.empty()) {
    spec.pair_list = canonical_training_set(task, spec.pair_list, place("pairs"));
    spec.train = std::ssize(spec.pair_list);
  }
  require_in_range(place("train"), "train", spec.train, I{1}, task.sample_count());
  require_in_range(place("batch"), "batch", spec.batch, I{0}, spec.train);
}

std::string text_of(const std::string& value) { return value; }
std::string text_of(I value) { return fmt::format("{}", value); }
std::string text_of(double value) { return to_text(value + 0.0); }  // -0.0 is 0.0
std::string text_of(const std::vector<I>& values) { return fmt::format("{}", values); }
template <class T>
std::string text_of(const std::optional<T>& value) {
  return text_of(value.value());
}

// Keys that came later are named only where they differ from their default, so that runs made
// before keep their names.
template <class T>
bool came_later(std::string_view key, const T& value) {
  const RunSpec defaults;
  const auto is_default = [&value](const auto& usual) {
    if constexpr (std::is_same_v<T, std::decay_t<decltype(usual)>>) {
      return value == usual;
    } else {
      return false;
    }
  };
  return (key == "orders" && is_default(defaults.orders)) ||
         (key == "representation_distribution" &&
          is_default(defaults.representation_distribution)) ||
         (key == "representation_l1" && is_default(defaults.representation_l1)) ||
         (key == "targets" && is_default(defaults.targets)) ||
         (key == "optimiser" && is_default(defaults.optimiser));
}

void require_resolved(const RunSpec& spec, const char* where) {
  if (!spec.split_seed || !spec.output_dimension || !spec.rqi_tolerance) {
    throw Error(fmt::format("{}: the spec was not resolved", where));
  }
}

}  // namespace

bool is_seed(std::string_view key) {
  return key == "seed" || key == "split_seed" || key == "label_seed" || key == "init_seed" ||
         key == "batch_seed";
}

RunSpec resolve(RunSpec spec, const std::string& where) {
  return resolve(std::move(spec), [&where](const std::string&) { return where; });
}

RunSpec resolve(RunSpec spec, const PlaceOfKey& place) {
  check_fields(spec, place);
  resolve_task(spec, place);
  check_fields(spec, place);  // `symbols` may have come from the table
  const Task task = task_of(spec);
  resolve_training_set(spec, task, place);
  resolve_output_dimension(spec, task.outputs(), place);
  resolve_representation(spec, task, place);
  check_size(spec, place);
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
  if (resolved.task == "table") {
    return Task::table(resolved.symbols, resolved.table_commutes, resolved.table_outputs);
  }
  return make_task(resolved.task, resolved.symbols, resolved.orders);
}

std::vector<Sample> training_set_of(const RunSpec& resolved) {
  require_resolved(resolved, "training_set_of");
  if (!resolved.pair_list.empty()) {
    return resolved.pair_list;
  }
  return draw_training_set(task_of(resolved), resolved.train,
                           static_cast<std::uint64_t>(*resolved.split_seed));
}

// `seed` acts only through the four seeds it sets, a file only through what it holds, and a batch
// of all of D is 0.
std::string canonical_text(const RunSpec& resolved) {
  require_resolved(resolved, "canonical_text");
  RunSpec spec = resolved;
  spec.batch = spec.batch == spec.train ? 0 : spec.batch;
  std::string text;
  for_each_field(spec, [&](const char* key, const auto& value, const auto& allowed, auto) {
    using Allowed = std::decay_t<decltype(allowed)>;
    if (!std::is_same_v<Allowed, FilePath> && std::string_view(key) != "seed" &&
        !came_later(key, value)) {
      text += fmt::format("{} = {}\n", key, text_of(value));
    }
  });
  if (!resolved.table_outputs.empty()) {
    text += fmt::format("table = {}\n", resolved.table_outputs);  // as long as D0: p^2 if ordered
  }
  if (!resolved.pair_list.empty()) {
    text += "pairs =";
    for (const Sample s : resolved.pair_list) {
      text += fmt::format(" {},{}", s.i, s.j);
    }
    text += '\n';
  }
  return text;
}

std::string value_text(const RunSpec& spec, std::string_view key) {
  std::string text;
  for_each_field(spec, [&](const char* name, const auto& value, auto&&...) {
    text = key == name ? text_of(value) : text;
  });
  return text;
}

// The first line is the version of the text: a change of its meaning must change every name.
std::string identity(const RunSpec& resolved) {
  const boost::uuids::name_generator_sha1 name(boost::uuids::ns::oid());
  return boost::uuids::to_string(name("groktheory run 1\n" + canonical_text(resolved)));
}

}  // namespace grok
