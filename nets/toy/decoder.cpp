#include "nets/toy/decoder.hpp"

#include <algorithm>

#include "core/errors.hpp"
#include "theory/matrix_representation.hpp"

namespace grok::toy {
namespace {

constexpr Index rows_at_once = 1024;  // so that activations of wide layers stay small

using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

Eigen::RowVectorXd product_of_rows(const Eigen::MatrixXd& R, Sample s, Index size) {
  const RowMajor first = Eigen::RowVectorXd(R.row(s.i)).reshaped<Eigen::RowMajor>(size, size);
  const RowMajor second = Eigen::RowVectorXd(R.row(s.j)).reshaped<Eigen::RowMajor>(size, size);
  const RowMajor product = first * second;
  return product.reshaped<Eigen::RowMajor>().transpose();
}

Eigen::MatrixXd forward(const InitialState& network, Eigen::MatrixXd values, bool relu) {
  for (std::size_t l = 0; l < network.decoder.size(); ++l) {
    const Layer& layer = network.decoder[l];
    values = (values * layer.weight.transpose()).rowwise() + layer.bias.transpose();
    if (l + 1 == network.decoder.size()) {
      break;
    }
    if (relu) {
      values = values.cwiseMax(0.0);
    } else {
      values = values.array().tanh();
    }
  }
  return values;
}

std::int32_t answer_to(const Eigen::RowVectorXd& output, const Eigen::MatrixXd& targets) {
  Eigen::Index best = 0;
  if (targets.rows() == 0) {
    output.maxCoeff(&best);
  } else {
    (targets.rowwise() - output).rowwise().squaredNorm().minCoeff(&best);
  }
  return static_cast<std::int32_t>(best);
}

}  // namespace

std::vector<DecoderLayer> decoder_layers(std::span<const Layer> decoder) {
  std::vector<DecoderLayer> layers;
  for (const Layer& layer : decoder) {
    layers.push_back({layer.weight, layer.bias});
  }
  return layers;
}

Eigen::MatrixXd decoder_inputs(const RunSpec& spec, const InitialState& network,
                               std::span<const Sample> samples) {
  check_initial_state(network, spec, "decoder_inputs");
  const Eigen::MatrixXd& R = network.embeddings;
  const Task task = task_of(spec);
  const bool multiplies = task.combination() == Combination::matrix_product;
  const Index size = multiplies ? matrix_size(R.cols()) : 0;
  Eigen::MatrixXd inputs(std::ssize(samples), layer_widths(spec).front());
  Index row = 0;
  for (const Sample sample : samples) {
    for (const std::int32_t symbol : {sample.i, sample.j}) {
      require_in_range("decoder_inputs", "symbol", Index{symbol}, Index{0}, spec.symbols - 1);
    }
    const Sample s = task.embeddings_of(sample);
    if (multiplies) {
      inputs.row(row++) = product_of_rows(R, s, size);
    } else if (task.concatenates()) {
      inputs.row(row++) << R.row(s.i), R.row(s.j);
    } else {
      inputs.row(row++) = R.row(s.i) + R.row(s.j);
    }
  }
  return inputs;
}

Eigen::MatrixXd decode(const RunSpec& spec, const InitialState& network,
                       const Eigen::MatrixXd& inputs) {
  check_initial_state(network, spec, "decode");
  const Index wanted = layer_widths(spec).front();
  require_in_range("decode", "columns of inputs", Index{inputs.cols()}, wanted, wanted);
  Eigen::MatrixXd outputs(inputs.rows(), *spec.output_dimension);
  for (Index first = 0; first < inputs.rows(); first += rows_at_once) {
    const Index count = std::min(rows_at_once, inputs.rows() - first);
    outputs.middleRows(first, count) =
        forward(network, inputs.middleRows(first, count), spec.decoder_activation == "relu");
  }
  return outputs;
}

std::vector<std::int32_t> decoder_answers(const RunSpec& spec, const InitialState& network,
                                          const Eigen::MatrixXd& inputs) {
  const Eigen::MatrixXd outputs = decode(spec, network, inputs);
  std::vector<std::int32_t> answers;
  answers.reserve(static_cast<std::size_t>(outputs.rows()));
  for (Index row = 0; row < outputs.rows(); ++row) {
    answers.push_back(answer_to(outputs.row(row), network.labels));
  }
  return answers;
}

}  // namespace grok::toy
