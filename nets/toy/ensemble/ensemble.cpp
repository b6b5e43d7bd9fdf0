#include "nets/toy/ensemble/ensemble.hpp"

#include <ATen/ATen.h>

#include <algorithm>
#include <cstring>
#include <optional>

#include "core/random.hpp"
#include "nets/toy/ensemble/ensemble_device.hpp"
#include "nets/toy/ensemble/ensemble_rows.hpp"
#include "theory/parallelograms.hpp"

namespace grok::toy {
namespace {

template <class T>
at::Tensor host_tensor(std::vector<T>& numbers, at::ScalarType type) {
  return at::from_blob(numbers.data(), {std::ssize(numbers)}, at::TensorOptions(type));
}

template <class T>
at::Tensor bytes_of(T& value) {
  return at::from_blob(&value, {static_cast<std::int64_t>(sizeof(T))},
                       at::TensorOptions(at::kByte));
}

// The matrix products of one pass, as views that bmm writes into.
struct LayerViews {
  at::Tensor below, weight, weight_transposed, activation;  // forward
  at::Tensor below_learnt, delta, delta_transposed;         // backward
  at::Tensor weight_gradient, below_delta;
};

template <class Real>
class TorchEnsemble final : public Ensemble {
 public:
  TorchEnsemble(const RunSpec& spec, std::int64_t members, const std::string& device,
                const EnsembleKernels<Real>& kernels)
      : layout_(spec),
        device_(device),
        kernels_(kernels),
        thin_(layout_.inputs <= thin_inputs),
        batches_(static_cast<std::size_t>(members)),
        steps_run_(static_cast<std::size_t>(members), 0) {
    const auto scope = device_.enter();
    arrays_ = arrays_of_shape<Real>(layout_, spec);
    allocate(members, task_of(spec));
    wire(members);
  }

  std::int64_t members() const override { return arrays_.members; }

  void load(std::int64_t slot, const RunSpec& spec, const InitialState& state) override {
    const auto scope = device_.enter();
    EnsembleRows<Real> rows(layout_, spec, state);
    put(parameter_, slot, rows.parameter, real);
    put(pairs_, slot, rows.pairs, at::kInt);
    put(targets_, slot, rows.targets, at::kInt);
    put(templates_, slot, rows.templates, real);
    put(half_norms_, slot, rows.half_norms, real);
    mean_.select(0, slot).zero_();
    square_.select(0, slot).zero_();
    MemberState fresh;
    settings_.select(0, slot).copy_(bytes_of(rows.settings));
    states_.select(0, slot).copy_(bytes_of(fresh));
    const auto at = static_cast<std::size_t>(slot);
    batches_[at].emplace(static_cast<std::uint64_t>(spec.batch_seed.value_or(spec.seed)),
                         "batches");
    steps_run_[at] = 0;
  }

  void run(std::int64_t steps) override {
    const auto scope = device_.enter();
    while (steps > 0) {
      const std::int64_t chunk = std::min(steps, chunk_steps);
      if (layout_.batch > 0) {
        draw_batches(chunk);
      }
      device_.repeat(chunk, [this] { step(); });
      for (std::int64_t& run : steps_run_) {
        run += chunk;
      }
      steps -= chunk;
    }
  }

  std::vector<MemberState> states() override {
    const auto scope = device_.enter();
    const at::Tensor here = states_.narrow(0, 0, members()).to(at::kCPU).contiguous();
    std::vector<MemberState> result(static_cast<std::size_t>(members()));
    std::memcpy(result.data(), here.data_ptr(), result.size() * sizeof(MemberState));
    return result;
  }

  Eigen::MatrixXd embeddings(std::int64_t slot) override {
    const std::vector<double> numbers =
        fetch(parameter_, slot, 0, layout_.symbols * layout_.dimensions);
    using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
    return Eigen::Map<const RowMajor>(numbers.data(), layout_.symbols, layout_.dimensions);
  }

  std::vector<std::int64_t> remove(const std::vector<std::int64_t>& slots) override {
    const auto scope = device_.enter();
    const std::vector<std::int64_t> from = close_gaps(members(), slots);
    for (std::int64_t slot = 0; slot < std::ssize(from); ++slot) {
      if (from[static_cast<std::size_t>(slot)] != slot) {
        move(from[static_cast<std::size_t>(slot)], slot);
      }
    }
    device_.forget_graph();
    wire(std::ssize(from));
    return from;
  }

  std::vector<Block> blocks(std::int64_t slot) override {
    std::vector<Block> result;
    const auto add = [&](const std::string& name, Index first, Index count) {
      result.push_back(
          {name, fetch(parameter_, slot, first, count), fetch(gradient_, slot, first, count)});
    };
    add("embeddings", 0, layout_.symbols * layout_.dimensions);
    for (std::size_t l = 0; l < layout_.layers.size(); ++l) {
      const EnsembleLayout::Layer& layer = layout_.layers[l];
      const std::string name = "decoder[" + std::to_string(l) + "].";
      add(name + "weight", layer.weight, layer.inputs * layer.outputs);
      add(name + "bias", layer.bias, layer.outputs);
    }
    return result;
  }

 private:
  static constexpr at::ScalarType real = sizeof(Real) == 8 ? at::kDouble : at::kFloat;

  at::Tensor zeros(at::IntArrayRef sizes, at::ScalarType type) const {
    return at::zeros(sizes,
                     at::TensorOptions(type).device(device_.is_cuda() ? at::kCUDA : at::kCPU));
  }

  void allocate(std::int64_t B, const Task& task);
  void list_all_parallelograms(const Task& task);
  void wire(std::int64_t members);
  std::vector<LayerViews> wire_pass(const Pass& pass);
  void step();
  void forward(const Pass& pass, const std::vector<LayerViews>& views);
  void backward(const Pass& pass, std::vector<LayerViews>& views);
  void draw_batches(std::int64_t steps);

  template <class T>
  void put(at::Tensor& to, std::int64_t slot, std::vector<T>& row, at::ScalarType type) {
    to.select(0, slot).copy_(host_tensor(row, type));
  }

  void move(std::int64_t from, std::int64_t to) {
    for (at::Tensor* t : {&parameter_, &mean_, &square_, &templates_, &half_norms_, &pairs_,
                          &targets_, &settings_, &states_}) {
      t->select(0, to).copy_(t->select(0, from));
    }
    batches_[static_cast<std::size_t>(to)] = batches_[static_cast<std::size_t>(from)];
    steps_run_[static_cast<std::size_t>(to)] = steps_run_[static_cast<std::size_t>(from)];
  }

  std::vector<double> fetch(const at::Tensor& from, std::int64_t slot, Index first, Index count) {
    const auto scope = device_.enter();
    const at::Tensor here =
        from.select(0, slot).narrow(0, first, count).to(at::kCPU).to(at::kDouble).contiguous();
    const double* data = here.data_ptr<double>();
    return {data, data + count};
  }

  EnsembleLayout layout_;
  EnsembleDevice device_;
  const EnsembleKernels<Real>& kernels_;
  bool thin_;  // the first layer is no matrix product
  EnsembleArrays<Real> arrays_;
  std::vector<LayerArrays<Real>> layers_;
  Pass all_, learnt_;  // every sample; those of the gradient
  std::vector<LayerViews> all_views_, learnt_views_;
  at::Tensor parameter_, gradient_, mean_, square_, templates_, half_norms_, pairs_, targets_;
  at::Tensor settings_, states_, factors_, parallelograms_, chosen_, chunk_start_, batch_pairs_,
      batch_targets_, input_, input_delta_, sample_loss_, sample_correct_, rqi_numbers_;
  std::vector<at::Tensor> activations_, deltas_;
  std::vector<std::optional<RandomStream>> batches_;
  std::vector<std::int64_t> steps_run_;  // since a slot was loaded
};

template <class Real>
void TorchEnsemble<Real>::allocate(std::int64_t B, const Task& task) {
  const Index n = layout_.samples, learnt = layout_.learnt(), d = layout_.inputs;
  const bool regression = arrays_.loss == Loss::mse;
  for (at::Tensor* t : {&parameter_, &gradient_, &mean_, &square_}) {
    *t = zeros({B, layout_.stride}, real);
  }
  templates_ = zeros({B, regression ? layout_.outputs * layout_.padded_classes : 0}, real);
  half_norms_ = zeros({B, regression ? layout_.padded_classes : 0}, real);
  pairs_ = zeros({B, 2 * n}, at::kInt);
  targets_ = zeros({B, n}, at::kInt);
  settings_ = zeros({B, static_cast<Index>(sizeof(MemberSettings))}, at::kByte);
  states_ = zeros({B, static_cast<Index>(sizeof(MemberState))}, at::kByte);
  factors_ = zeros({B, static_cast<Index>(sizeof(UpdateFactors<Real>))}, at::kByte);
  chosen_ = zeros({chunk_steps * B * layout_.batch}, at::kInt);
  chunk_start_ = zeros({B}, at::kLong);
  batch_pairs_ = zeros({B * 2 * layout_.batch}, at::kInt);
  batch_targets_ = zeros({B * layout_.batch}, at::kInt);
  input_ = zeros({B * n * d}, real);
  input_delta_ = zeros({B * learnt * d}, real);
  for (const EnsembleLayout::Layer& layer : layout_.layers) {
    activations_.push_back(zeros({B * n * layer.outputs}, real));
    deltas_.push_back(zeros({B * learnt * layer.outputs}, real));
  }
  sample_loss_ = zeros({B * n}, at::kDouble);
  sample_correct_ = zeros({B * n}, at::kInt);
  rqi_numbers_ = zeros({B * layout_.rqi_size}, at::kDouble);
  list_all_parallelograms(task);
}

template <class Real>
void TorchEnsemble<Real>::list_all_parallelograms(const Task& task) {
  std::vector<std::int32_t> corners;
  if (layout_.parallelograms > 0) {
    for (const Parallelogram& q : list_parallelograms(group_by_output(task))) {
      corners.insert(corners.end(), {q.first.i, q.first.j, q.second.i, q.second.j});
    }
  }
  parallelograms_ = zeros({std::ssize(corners)}, at::kInt);
  parallelograms_.copy_(host_tensor(corners, at::kInt));
}

// Plain pointers for the kernels, views for the products.
template <class Real>
void TorchEnsemble<Real>::wire(std::int64_t members) {
  EnsembleArrays<Real>& e = arrays_;
  e.members = members;
  const auto at = [](const at::Tensor& t, auto*& pointer) {
    pointer = static_cast<std::decay_t<decltype(pointer)>>(t.data_ptr());
  };
  at(parameter_, e.parameter);
  at(gradient_, e.gradient);
  at(mean_, e.mean);
  at(square_, e.square);
  at(templates_, e.templates);
  at(half_norms_, e.half_norms);
  at(pairs_, e.pairs);
  at(targets_, e.targets);
  at(parallelograms_, e.parallelograms);
  at(settings_, e.settings);
  at(states_, e.states);
  at(factors_, e.factors);
  at(chosen_, e.chosen);
  at(chunk_start_, e.chunk_start);
  at(batch_pairs_, e.batch_pairs);
  at(batch_targets_, e.batch_targets);
  at(input_, e.input);
  at(input_delta_, e.input_delta);
  at(sample_loss_, e.sample_loss);
  at(sample_correct_, e.sample_correct);
  at(rqi_numbers_, e.rqi_numbers);
  layers_.clear();
  for (std::size_t l = 0; l < layout_.layers.size(); ++l) {
    const EnsembleLayout::Layer& layer = layout_.layers[l];
    layers_.push_back({layer.inputs, layer.outputs, layer.weight, layer.bias,
                       activations_[l].template data_ptr<Real>(),
                       deltas_[l].template data_ptr<Real>()});
  }
  all_ = {e.pairs, e.targets, e.samples, e.batch > 0 ? 0 : e.train, true};
  all_views_ = wire_pass(all_);
  if (e.batch > 0) {
    learnt_ = {e.batch_pairs, e.batch_targets, e.batch, e.batch, false};
    learnt_views_ = wire_pass(learnt_);
  }
}

template <class Real>
std::vector<LayerViews> TorchEnsemble<Real>::wire_pass(const Pass& pass) {
  const Index B = members();
  const auto rows = [B](const at::Tensor& flat, Index n, Index width) {
    return flat.narrow(0, 0, B * n * width).view({B, n, width});
  };
  const auto weight_of = [&](const at::Tensor& all, const EnsembleLayout::Layer& layer) {
    return all.narrow(0, 0, B)
        .narrow(1, layer.weight, layer.inputs * layer.outputs)
        .view({B, layer.outputs, layer.inputs});
  };
  std::vector<LayerViews> views(layers_.size());
  for (std::size_t l = 0; l < views.size(); ++l) {
    const EnsembleLayout::Layer& layer = layout_.layers[l];
    LayerViews& v = views[l];
    v.below = rows(l > 0 ? activations_[l - 1] : input_, pass.count, layer.inputs);
    v.weight = weight_of(parameter_, layer);
    v.weight_transposed = v.weight.transpose(1, 2);
    v.activation = rows(activations_[l], pass.count, layer.outputs);
    v.below_learnt = v.below.narrow(1, 0, pass.learnt);
    v.delta = rows(deltas_[l], pass.learnt, layer.outputs);
    v.delta_transposed = v.delta.transpose(1, 2);
    v.weight_gradient = weight_of(gradient_, layer);
    v.below_delta = rows(l > 0 ? deltas_[l - 1] : input_delta_, pass.learnt, layer.inputs);
  }
  return views;
}

template <class Real>
void TorchEnsemble<Real>::step() {
  void* stream = device_.stream();
  forward(all_, all_views_);
  kernels_.outcome(arrays_, stream);
  if (layout_.batch > 0) {
    kernels_.choose(arrays_, stream);
    forward(learnt_, learnt_views_);
    backward(learnt_, learnt_views_);
  } else {
    backward(all_, all_views_);
  }
  kernels_.update(arrays_, stream);
}

template <class Real>
void TorchEnsemble<Real>::forward(const Pass& pass, const std::vector<LayerViews>& views) {
  void* stream = device_.stream();
  const std::size_t last = layers_.size() - 1;
  if (!thin_) {
    kernels_.gather(arrays_, pass, stream);
  }
  for (std::size_t l = 0; l <= last; ++l) {
    if (l == 0 && thin_) {
      kernels_.thin_layer(arrays_, pass, layers_[l], l < last, stream);
      continue;
    }
    at::Tensor activation = views[l].activation;
    at::bmm_out(activation, views[l].below, views[l].weight_transposed);
    if (l < last) {
      kernels_.bias_and_activation(arrays_, pass, layers_[l], stream);
    }
  }
  kernels_.score(arrays_, pass, layers_[last], stream);
}

template <class Real>
void TorchEnsemble<Real>::backward(const Pass& pass, std::vector<LayerViews>& views) {
  void* stream = device_.stream();
  for (std::size_t l = layers_.size(); l-- > 0;) {
    const bool thin = l == 0 && thin_;
    const Activation kind = l + 1 == layers_.size() ? Activation::linear : arrays_.activation;
    kernels_.layer_delta(arrays_, pass, layers_[l], kind, thin, stream);
    if (thin) {
      kernels_.input_delta(arrays_, pass, layers_[l], stream);
      continue;
    }
    at::bmm_out(views[l].weight_gradient, views[l].delta_transposed, views[l].below_learnt);
    at::bmm_out(views[l].below_delta, views[l].delta, views[l].weight);
  }
  kernels_.embedding_gradient(arrays_, pass, stream);
}

// From the streams of the cpu engine, so that both see the same batches.
template <class Real>
void TorchEnsemble<Real>::draw_batches(std::int64_t steps) {
  const Index B = members(), b = layout_.batch;
  std::vector<std::int32_t> chosen(static_cast<std::size_t>(steps * B * b));
  for (Index slot = 0; slot < B; ++slot) {
    auto& stream = batches_[static_cast<std::size_t>(slot)];
    for (std::int64_t t = 0; stream && t < steps; ++t) {
      const std::vector<std::int64_t> drawn = stream->sample(layout_.train, b);
      std::copy(drawn.begin(), drawn.end(), chosen.begin() + (t * B + slot) * b);
    }
  }
  chosen_.narrow(0, 0, std::ssize(chosen)).copy_(host_tensor(chosen, at::kInt));
  std::vector<std::int64_t> start(steps_run_.begin(), steps_run_.begin() + B);
  chunk_start_.narrow(0, 0, B).copy_(host_tensor(start, at::kLong));
}

template <class Real>
std::unique_ptr<Ensemble> make(const RunSpec& spec, std::int64_t members,
                               const std::string& device) {
#ifdef GROK_CUDA
  if (device == "cuda") {
    return std::make_unique<TorchEnsemble<Real>>(spec, members, device,
                                                 cuda_ensemble_kernels<Real>());
  }
#endif
  return std::make_unique<TorchEnsemble<Real>>(spec, members, device, cpu_ensemble_kernels<Real>());
}

}  // namespace

std::unique_ptr<Ensemble> make_ensemble(const RunSpec& spec, std::int64_t members,
                                        const std::string& device) {
  return spec.precision == "float64" ? make<double>(spec, members, device)
                                     : make<float>(spec, members, device);
}

std::unique_ptr<Ensemble> make_ensemble(const RunSpec& spec, std::int64_t members,
                                        const EnsembleKernels<double>& kernels) {
  return std::make_unique<TorchEnsemble<double>>(spec, members, "cpu", kernels);
}

}  // namespace grok::toy
