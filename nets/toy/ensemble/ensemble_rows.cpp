#include "nets/toy/ensemble/ensemble_rows.hpp"

#include <algorithm>
#include <limits>

#include "nets/kernels/loss.hpp"
#include "nets/toy/outcome.hpp"
#include "theory/training_set.hpp"

namespace grok::toy {
namespace {

template <class Real>
std::vector<Real> parameter_row(const EnsembleLayout& layout, const InitialState& state) {
  std::vector<Real> row(static_cast<std::size_t>(layout.stride), Real(0));
  const auto copy = [&](const Eigen::MatrixXd& from, Index first) {
    auto to = row.begin() + first;
    for (Index r = 0; r < from.rows(); ++r) {
      for (Index c = 0; c < from.cols(); ++c) {
        *to++ = static_cast<Real>(from(r, c));
      }
    }
  };
  copy(state.embeddings, 0);
  for (std::size_t l = 0; l < layout.layers.size(); ++l) {
    copy(state.decoder[l].weight, layout.layers[l].weight);
    copy(state.decoder[l].bias, layout.layers[l].bias);
  }
  return row;
}

}  // namespace

template <class Real>
EnsembleRows<Real>::EnsembleRows(const EnsembleLayout& layout, const RunSpec& spec,
                                 const InitialState& state)
    : parameter(parameter_row<Real>(layout, state)),
      settings{.optimiser = optimiser_of(spec),
               .representation_rate = spec.representation_rate,
               .representation_decay = spec.representation_decay,
               .decoder_rate = spec.decoder_rate,
               .decoder_decay = spec.decoder_decay,
               .penalty =
                   spec.representation_l1 / static_cast<double>(layout.symbols * layout.dimensions),
               .rqi_tolerance = *spec.rqi_tolerance,
               .limits = run_limits(spec, layout.train, layout.samples - layout.train)} {
  const Task task = task_of(spec);
  std::vector<Sample> samples = state.train;
  const std::vector<Sample> rest = remaining_samples(task, state.train);
  samples.insert(samples.end(), rest.begin(), rest.end());
  for (const Sample s : samples) {
    const Sample pair = task.embeddings_of(s);
    pairs.insert(pairs.end(), {pair.i, pair.j});
    targets.push_back(static_cast<std::int32_t>(task.output(s)));
  }
  if (state.labels.size() == 0) {
    return;
  }
  const Index O = layout.outputs, C = layout.padded_classes;
  templates.assign(static_cast<std::size_t>(O * C), Real(0));
  half_norms.assign(static_cast<std::size_t>(C), std::numeric_limits<Real>::infinity());
  for (Index c = 0; c < layout.classes; ++c) {
    Real norm = 0;
    for (Index o = 0; o < O; ++o) {
      const Real y = static_cast<Real>(state.labels(c, o));
      templates[static_cast<std::size_t>(o * C + c)] = y;
      norm += y * y;
    }
    half_norms[static_cast<std::size_t>(c)] = norm / 2;
  }
}

template <class Real>
EnsembleArrays<Real> arrays_of_shape(const EnsembleLayout& layout, const RunSpec& spec) {
  EnsembleArrays<Real> e;
  e.symbols = layout.symbols;
  e.dimensions = layout.dimensions;
  e.inputs = layout.inputs;
  e.matrix_size = layout.matrix_size;
  e.rqi_size = layout.rqi_size;
  e.outputs = layout.outputs;
  e.classes = layout.classes;
  e.padded_classes = layout.padded_classes;
  e.samples = layout.samples;
  e.train = layout.train;
  e.batch = layout.batch;
  e.stride = layout.stride;
  e.embedding_size = layout.embedding_size;
  e.parallelogram_count = layout.parallelograms;
  e.loss = loss_named(spec.loss);
  e.activation = spec.decoder_activation == "relu" ? Activation::relu : Activation::tanh;
  return e;
}

std::vector<std::int64_t> close_gaps(std::int64_t members, const std::vector<std::int64_t>& gone) {
  std::vector<char> leaves(static_cast<std::size_t>(members), 0);
  for (const std::int64_t slot : gone) {
    leaves[static_cast<std::size_t>(slot)] = 1;
  }
  const std::int64_t left = members - std::count(leaves.begin(), leaves.end(), 1);
  std::vector<std::int64_t> from;
  std::int64_t tail = members;
  for (std::int64_t slot = 0; slot < left; ++slot) {
    if (leaves[static_cast<std::size_t>(slot)] == 0) {
      from.push_back(slot);
      continue;
    }
    do {
      --tail;
    } while (leaves[static_cast<std::size_t>(tail)] != 0);
    from.push_back(tail);
  }
  return from;
}

template struct EnsembleRows<float>;
template struct EnsembleRows<double>;
template EnsembleArrays<float> arrays_of_shape<float>(const EnsembleLayout&, const RunSpec&);
template EnsembleArrays<double> arrays_of_shape<double>(const EnsembleLayout&, const RunSpec&);

}  // namespace grok::toy
