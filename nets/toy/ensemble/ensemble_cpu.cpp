// nets/toy/ensemble/ensemble_cpu.cpp: the loops that drive ensemble_math.hpp, built once per
// instruction set (cmake/torch.cmake) with GROK_ENSEMBLE, the namespace of this variant. Nothing
// here may use an inline function of another library that could be shared between variants.
#include "nets/toy/ensemble/ensemble_math.hpp"

namespace grok::toy {
namespace {

template <class Real>
void choose_all(const EnsembleArrays<Real>& e, void*) {
  for (std::int64_t b = 0; b < e.members; ++b) {
    for (std::int64_t k = 0; k < e.batch; ++k) {
      choose(e, b, k);
    }
  }
}

template <class Real>
void gather_all(const EnsembleArrays<Real>& e, const Pass& pass, void*) {
  for (std::int64_t b = 0; b < e.members; ++b) {
    for (std::int64_t k = 0; k < pass.count; ++k) {
      for (std::int64_t q = 0; q < e.inputs; ++q) {
        gather(e, pass, b, k, q);
      }
    }
  }
}

// Calls f with the constants that the inner loops want to know while they are compiled.
template <class F>
void with_activation(Activation kind, F&& f) {
  if (kind == Activation::relu) {
    f.template operator()<true>();
  } else {
    f.template operator()<false>();
  }
}

template <bool hidden, bool relu, std::int64_t d, class Real>
void thin_layer_of(const EnsembleArrays<Real>& e, const Pass& pass,
                   const LayerArrays<Real>& layer) {
  for (std::int64_t b = 0; b < e.members; ++b) {
    for (std::int64_t k = 0; k < pass.count; ++k) {
      thin_layer<hidden, relu, d>(e, pass, layer, b, k, 0, layer.outputs);
    }
  }
}

template <class Real>
void thin_layer_all(const EnsembleArrays<Real>& e, const Pass& pass, const LayerArrays<Real>& layer,
                    bool hidden, void*) {
  static_assert(thin_inputs == 2);
  with_activation(e.activation, [&]<bool relu>() {
    if (hidden) {
      e.inputs == 1 ? thin_layer_of<true, relu, 1>(e, pass, layer)
                    : thin_layer_of<true, relu, 2>(e, pass, layer);
    } else {
      e.inputs == 1 ? thin_layer_of<false, relu, 1>(e, pass, layer)
                    : thin_layer_of<false, relu, 2>(e, pass, layer);
    }
  });
}

template <class Real>
void bias_and_activation_all(const EnsembleArrays<Real>& e, const Pass& pass,
                             const LayerArrays<Real>& layer, void*) {
  with_activation(e.activation, [&]<bool relu>() {
    for (std::int64_t b = 0; b < e.members; ++b) {
      for (std::int64_t k = 0; k < pass.count; ++k) {
        bias_and_activation<relu>(e, pass, layer, b, k, 0, layer.outputs);
      }
    }
  });
}

template <class Real>
void score_all(const EnsembleArrays<Real>& e, const Pass& pass, const LayerArrays<Real>& layer,
               void*) {
  for (std::int64_t b = 0; b < e.members; ++b) {
    for (std::int64_t k = 0; k < pass.count; ++k) {
      score<class_block>(Alone{}, e, pass, layer, b, k);
    }
  }
}

template <Activation kind, class Real>
void layer_delta_of(const EnsembleArrays<Real>& e, const Pass& pass, const LayerArrays<Real>& layer,
                    bool thin) {
  for (std::int64_t b = 0; b < e.members; ++b) {
    if (!thin) {
      layer_delta<kind, 0>(e, pass, layer, b, 0, layer.outputs);
    } else if (e.inputs == 1) {
      layer_delta<kind, 1>(e, pass, layer, b, 0, layer.outputs);
    } else {
      layer_delta<kind, 2>(e, pass, layer, b, 0, layer.outputs);
    }
  }
}

template <class Real>
void layer_delta_all(const EnsembleArrays<Real>& e, const Pass& pass,
                     const LayerArrays<Real>& layer, Activation kind, bool thin, void*) {
  if (kind == Activation::linear) {
    layer_delta_of<Activation::linear>(e, pass, layer, thin);
  } else if (kind == Activation::tanh) {
    layer_delta_of<Activation::tanh>(e, pass, layer, thin);
  } else {
    layer_delta_of<Activation::relu>(e, pass, layer, thin);
  }
}

template <class Real>
void input_delta_all(const EnsembleArrays<Real>& e, const Pass& pass,
                     const LayerArrays<Real>& layer, void*) {
  for (std::int64_t b = 0; b < e.members; ++b) {
    for (std::int64_t k = 0; k < pass.learnt; ++k) {
      for (std::int64_t q = 0; q < e.inputs; ++q) {
        input_delta(Alone{}, e, pass, layer, b, k, q);
      }
    }
  }
}

template <class Real>
void embedding_gradient_all(const EnsembleArrays<Real>& e, const Pass& pass, void*) {
  for (std::int64_t b = 0; b < e.members; ++b) {
    for (std::int64_t s = 0; s < e.symbols; ++s) {
      for (std::int64_t q = 0; q < e.dimensions; ++q) {
        embedding_gradient(e, pass, b, s, q);
      }
    }
  }
}

template <class Real>
void update_all(const EnsembleArrays<Real>& e, void*) {
  for (std::int64_t b = 0; b < e.members; ++b) {
    const UpdateFactors<Real>& f = e.factors[b];
    if (f.active == 0) {
      continue;
    }
    const std::int64_t row = b * e.stride, rest = row + e.embedding_size;
    update(e.parameter + row, e.gradient + row, e.mean + row, e.square + row, e.embedding_size,
           f.representation);
    update(e.parameter + rest, e.gradient + rest, e.mean + rest, e.square + rest,
           e.stride - e.embedding_size, f.decoder);
  }
}

}  // namespace

namespace GROK_ENSEMBLE {

/// Every pass but `outcome`.
template <class Real>
EnsembleKernels<Real> passes() {
  EnsembleKernels<Real> table{};
  table.choose = choose_all<Real>;
  table.gather = gather_all<Real>;
  table.thin_layer = thin_layer_all<Real>;
  table.bias_and_activation = bias_and_activation_all<Real>;
  table.score = score_all<Real>;
  table.layer_delta = layer_delta_all<Real>;
  table.input_delta = input_delta_all<Real>;
  table.embedding_gradient = embedding_gradient_all<Real>;
  table.update = update_all<Real>;
  return table;
}
template EnsembleKernels<float> passes<float>();
template EnsembleKernels<double> passes<double>();

}  // namespace GROK_ENSEMBLE
}  // namespace grok::toy
