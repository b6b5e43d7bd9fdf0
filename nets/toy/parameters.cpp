#include "nets/toy/parameters.hpp"

#include "core/errors.hpp"
#include "nets/checkpoint.hpp"

namespace grok::toy {
namespace {

using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

template <class Real>
void put(StateWriter& writer, const Eigen::MatrixXd& matrix) {
  const RowMajor rows = matrix;
  std::vector<Real> numbers(static_cast<std::size_t>(rows.size()));
  for (std::size_t k = 0; k < numbers.size(); ++k) {
    numbers[k] = static_cast<Real>(rows.data()[k]);
  }
  writer.put(static_cast<std::int64_t>(rows.rows()));
  writer.put(static_cast<std::int64_t>(rows.cols()));
  writer.put(numbers.data(), numbers.size());
}

template <class Real>
Eigen::MatrixXd get(StateReader& reader, Index wanted_rows, Index wanted_columns) {
  std::int64_t rows = 0, columns = 0;
  std::vector<Real> numbers;
  reader.get(rows);
  reader.get(columns);
  reader.get(numbers);
  if (rows != wanted_rows || columns != wanted_columns || rows * columns != std::ssize(numbers)) {
    throw Error("a matrix of another size");
  }
  RowMajor matrix(rows, columns);
  for (std::size_t k = 0; k < numbers.size(); ++k) {
    matrix.data()[k] = static_cast<double>(numbers[k]);
  }
  return matrix;
}

template <class Real>
std::string pack(const InitialState& state) {
  StateWriter writer;
  writer.put(state.train.data(), state.train.size());
  put<Real>(writer, state.embeddings);
  put<double>(writer, state.labels);
  writer.put(static_cast<std::int64_t>(state.decoder.size()));
  for (const Layer& layer : state.decoder) {
    put<Real>(writer, layer.weight);
    put<Real>(writer, layer.bias);
  }
  return writer.take();
}

template <class Real>
InitialState unpack(const RunSpec& spec, const std::string& bytes) {
  StateReader reader(bytes);
  InitialState state;
  reader.get(state.train);
  state.embeddings = get<Real>(reader, task_of(spec).embeddings(), spec.representation_dimension);
  const bool regression = spec.loss == "mse";
  state.labels = get<double>(reader, regression ? task_of(spec).outputs() : 0,
                             regression ? *spec.output_dimension : 0);
  const std::vector<Index> widths = layer_widths(spec);
  std::int64_t layers = 0;
  reader.get(layers);
  if (layers != std::ssize(widths) - 1) {
    throw Error("another number of layers");
  }
  for (std::size_t l = 0; l + 1 < widths.size(); ++l) {
    Layer layer;
    layer.weight = get<Real>(reader, widths[l + 1], widths[l]);
    layer.bias = get<Real>(reader, widths[l + 1], 1);
    state.decoder.push_back(std::move(layer));
  }
  if (std::ssize(state.train) != spec.train || !reader.done()) {
    throw Error("another number of samples or numbers");
  }
  return state;
}

}  // namespace

std::string packed_parameters(const RunSpec& spec, const InitialState& trained) {
  return spec.precision == "float64" ? pack<double>(trained) : pack<float>(trained);
}

InitialState unpacked_parameters(const RunSpec& spec, const std::string& bytes,
                                 const std::string& where) {
  try {
    return spec.precision == "float64" ? unpack<double>(spec, bytes) : unpack<float>(spec, bytes);
  } catch (const Error& error) {
    throw Error(where + ": parameters: none of this run (" + error.what() + ")");
  }
}

}  // namespace grok::toy
