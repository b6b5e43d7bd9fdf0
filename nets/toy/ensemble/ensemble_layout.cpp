#include "nets/toy/ensemble/ensemble_layout.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "nets/toy/ensemble/ensemble_arrays.hpp"
#include "nets/toy/outcome.hpp"
#include "theory/matrix_representation.hpp"
#include "theory/parallelograms.hpp"

namespace grok::toy {
namespace {

Index round_up(Index count, Index multiple) { return (count + multiple - 1) / multiple * multiple; }

}  // namespace

EnsembleLayout::EnsembleLayout(const RunSpec& spec)
    : symbols(task_of(spec).embeddings()),
      dimensions(spec.representation_dimension),
      outputs(*spec.output_dimension),
      real_bytes(spec.precision == "float64" ? 8 : 4) {
  const Task task = task_of(spec);
  const bool products = task.combination() == Combination::matrix_product;
  matrix_size = products ? grok::matrix_size(dimensions) : 0;
  rqi_size = products ? symbols * symbols * dimensions : dimensions;
  classes = task.outputs();
  padded_classes = round_up(classes, class_block);
  samples = task.sample_count();
  train = spec.train;
  batch = spec.batch == spec.train ? 0 : spec.batch;
  parallelograms = has_rqi(task) ? count_parallelograms(group_by_output(task)) : 0;
  constexpr Index line = 16;  // 64 bytes of float32
  embedding_size = round_up(symbols * dimensions, line);
  stride = embedding_size;
  const std::vector<Index> widths = layer_widths(spec);
  inputs = widths.front();
  for (std::size_t l = 0; l + 1 < widths.size(); ++l) {
    const Index weight = stride;
    const Index bias = weight + round_up(widths[l] * widths[l + 1], line);
    layers.push_back({widths[l], widths[l + 1], weight, bias});
    stride = bias + round_up(widths[l + 1], line);
  }
}

Index EnsembleLayout::bytes(Index members, Index steps) const {
  Index reals = 4 * stride + (outputs + 1) * padded_classes + inputs * (samples + learnt());
  for (const Layer& layer : layers) {
    reals += layer.outputs * (samples + learnt());
  }
  const Index integers = samples * 4 + batch * (3 + steps);
  const Index others = samples * 8 + rqi_size * 8 + 1024;
  return members * (reals * real_bytes + integers * 4 + others) + parallelograms * 16;
}

std::string shape_text(const RunSpec& spec) {
  const EnsembleLayout layout(spec);
  return fmt::format("{} {} {} {} {} {} {} {} {} {} {} {} {} {}", spec.task, spec.orders,
                     spec.symbols, spec.train, spec.representation_combination,
                     spec.representation_dimension, spec.decoder_widths, spec.decoder_activation,
                     spec.loss, *spec.output_dimension, layout.batch, spec.precision,
                     spec.table_outputs, spec.table_commutes);
}

}  // namespace grok::toy
