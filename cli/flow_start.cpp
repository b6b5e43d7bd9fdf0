// What a flow starts from: task, training set, embeddings and decoder, drawn or read.
#include <fmt/format.h>

#include <algorithm>

#include "cli/flow_options.hpp"
#include "cli/initial_state_json.hpp"
#include "nets/toy/decoder.hpp"
#include "nets/toy/initial_state.hpp"
#include "theory/groups.hpp"

namespace grok {
namespace {

/// d where none is given: of the circle 2, of permutations of n things n^2.
std::int64_t default_dimension(const FlowOptions& o) {
  if (o.loss == "circle") {
    return 2;
  }
  if (o.task.task == "permutations") {
    for (std::int64_t n = 2; n <= max_permuted; ++n) {
      if (factorial(n) == o.task.symbols.value_or(0)) {
        return n * n;
      }
    }
  }
  return 1;
}

DecoderNetwork network_of(const std::vector<toy::Layer>& layers, const std::string& activation) {
  return {toy::decoder_layers(layers), decoder_activation_from("flow", activation)};
}

void set_loss_options(const FlowOptions& o, LossSetting& setting) {
  setting.normalisation = o.normalisation;
  setting.decay = o.decay.value_or(0.0);
  setting.repulsion = o.repulsion.value_or(0.0);
  if (!o.metric.empty()) {
    setting.metric.metric = decoder_metric_from("flow", o.metric);
  }
  if (!o.metric_scale.empty()) {
    setting.metric.scale = metric_scale_from("flow", o.metric_scale);
  } else if (setting.metric.metric == DecoderMetric::tangent) {
    setting.metric.scale = MetricScale::embeddings;  // it has no other
  }
}

LossSetting setting_from_file(const FlowOptions& o) {
  const std::string where = o.initial_state;
  const auto only_drawn = [](bool given, const char* flag) {
    if (given) {
      refuse_flow(flag, "given", "nothing (--initial-state has the network)");
    }
  };
  only_drawn(o.dimension.has_value(), "--representation-dimension");
  only_drawn(o.init_scale.has_value(), "--representation-init-scale");
  only_drawn(!o.decoder_widths.empty(), "--decoder-widths");
  only_drawn(o.decoder_init_scale.has_value(), "--decoder-init-scale");
  const InitialStateFile file = read_initial_state(o.initial_state);
  const bool drawn = o.split.train || !o.split.pairs.empty();
  if (drawn == file.train.has_value()) {
    refuse_flow("--train, --pairs",
                drawn ? "given, and " + where + " has a training set" : "neither",
                "one training set");
  }
  if (o.split.seed && !o.split.train) {
    refuse_flow("--seed", fmt::format("{}", *o.split.seed), "nothing (nothing is drawn)");
  }
  if (!file.embeddings) {
    reject(where, "embeddings", "nothing", "p x d numbers");
  }
  LossSetting setting;
  setting.task = make_task(o.task, "flow");
  if (file.embeddings->rows() != setting.task.symbols()) {
    reject(where, "embeddings", fmt::format("{} rows", file.embeddings->rows()),
           fmt::format("{} (the symbols of the task)", setting.task.symbols()));
  }
  setting.train = drawn ? make_training_set(o.split, setting.task, "flow")
                        : canonical_training_set(setting.task, *file.train, where + ": train");
  setting.embeddings = *file.embeddings;
  if (o.loss == "decoder-metric") {
    if (!file.decoder) {
      reject(where, "decoder", "nothing", "the layers that the distance is measured through");
    }
    setting.decoder =
        network_of(*file.decoder, o.decoder_activation.empty() ? "tanh" : o.decoder_activation);
  }
  return setting;
}

/// Lines "label,x,y,...": an integer and d numbers; the first may be a header that starts with
/// "label", empty lines and lines that start with # are skipped.
void read_points(const std::string& path, LossSetting& setting) {
  std::vector<double> numbers;
  std::size_t dimensions = 0;
  for_each_row(path, "a CSV file of label,x,y,...", [&](const CsvRow& row) {
    if (row.first && row.cells[0] == "label") {
      return false;
    }
    const std::string where = fmt::format("{}:{}", path, row.line);
    if (dimensions == 0) {
      dimensions = row.cells.size() - 1;
    }
    if (dimensions == 0 || row.cells.size() != dimensions + 1) {
      reject(where, "columns", fmt::format("{}", row.cells.size()),
             dimensions == 0 ? "label,x,y,..." : fmt::format("{}", dimensions + 1));
    }
    setting.labels.push_back(parse_integer(where, "label", row.cells[0]));
    for (std::size_t k = 1; k < row.cells.size(); ++k) {
      numbers.push_back(parse_number(where, "coordinate", row.cells[k]));
      require_in_range(where, "coordinate", numbers.back(), -1e100, 1e100);
    }
    return true;
  });
  if (setting.labels.size() < 2) {
    reject(path, "points", fmt::format("{}", setting.labels.size()), "at least 2");
  }
  setting.points.resize(static_cast<Index>(setting.labels.size()), static_cast<Index>(dimensions));
  for (Index r = 0; r < setting.points.rows(); ++r) {
    for (Index c = 0; c < setting.points.cols(); ++c) {
      setting.points(r, c) = numbers[static_cast<std::size_t>(r * setting.points.cols() + c)];
    }
  }
}

}  // namespace

toy::RunSpec spec_of(const FlowOptions& o) {
  check_task_options(o.task, "flow");
  check_split_options(o.split, "flow");
  toy::RunSpec spec;
  spec.task = o.task.task;
  spec.table = o.task.table;
  spec.orders = o.task.orders;
  spec.symbols = o.task.symbols.value_or(spec.symbols);
  spec.train = o.split.train.value_or(1);
  spec.pairs = o.split.pairs;
  spec.seed = o.split.seed.value_or(default_seed);
  spec.representation_dimension = o.dimension.value_or(default_dimension(o));
  spec.representation_init_scale = o.init_scale.value_or(1.0);
  if (o.loss != "decoder-metric") {
    spec.decoder_widths = {1};  // not used
  } else if (!o.decoder_widths.empty()) {
    spec.decoder_widths = o.decoder_widths;
  }
  if (!o.decoder_activation.empty()) {
    spec.decoder_activation = o.decoder_activation;
  }
  spec.decoder_init_scale = o.decoder_init_scale.value_or(1.0);
  return resolve(spec, "flow");
}

LossSetting read_loss_setting(const FlowOptions& o) {
  LossSetting setting;
  if (!o.class_points.empty()) {
    if (o.task.symbols || o.split.train || !o.split.pairs.empty() || o.split.seed || o.dimension ||
        o.init_scale || !o.initial_state.empty() || !o.task.table.empty() ||
        !o.task.orders.empty() || o.task.task != TaskOptions().task) {
      refuse_flow("--class-points", "given with a task, a training set or embeddings",
                  "points alone");
    }
    read_points(o.class_points, setting);
  } else if (!o.initial_state.empty()) {
    setting = setting_from_file(o);
  } else {
    const toy::RunSpec spec = spec_of(o);
    const toy::InitialState state = draw_initial_state(spec);
    setting.task = task_of(spec);
    setting.train = state.train;
    setting.embeddings = state.embeddings;
    if (o.loss == "decoder-metric") {
      setting.decoder = network_of(state.decoder, spec.decoder_activation);
    }
  }
  set_loss_options(o, setting);
  return setting;
}

}  // namespace grok
