#include "theory/decoder_metric_loss.hpp"

#include <fmt/format.h>

#include <cmath>
#include <utility>

#include "core/errors.hpp"
#include "theory/decoder_curve.hpp"

namespace grok {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

/// E_i + E_j of every sample, d x n.
MatrixXd sums_of(const OutputClasses& classes, const MatrixXd& R) {
  MatrixXd sums(R.cols(), static_cast<Index>(classes.samples.size()));
  for (Index k = 0; k < sums.cols(); ++k) {
    const Sample s = classes.samples[static_cast<std::size_t>(k)];
    sums.col(k) = R.row(s.i) + R.row(s.j);
  }
  return sums;
}

void check_samples(const char* where, const OutputClasses& classes, const MatrixXd& R, Index d) {
  require_in_range(where, "embeddings.cols()", R.cols(), d, d);
  require_in_range(where, "symbols", R.rows(), Index{2}, max_symbols);
  if (classes.samples.empty()) {
    reject(where, "samples", "none", "at least one");
  }
  for (const Sample s : classes.samples) {
    require_in_range(where, "symbol", Index{s.i}, Index{0}, R.rows() - 1);
    require_in_range(where, "symbol", Index{s.j}, Index{0}, R.rows() - 1);
  }
  for (Index k = 0; k < R.size(); ++k) {
    require_in_range(where, "embedding", R.data()[k], -1e100, 1e100);
  }
}

double spread_of(const MatrixXd& columns) {
  return (columns.colwise() - columns.rowwise().mean()).squaredNorm();
}

void require_positive(const char* where, const char* name, double value) {
  if (!(value > 0 && std::isfinite(value))) {
    reject(where, name, to_text(value), "(0, inf)");
  }
}

/// The map of `output` and `kernel`: tabulated where that is possible and worth it.
std::shared_ptr<const DecoderMap> map_of(const MatrixXd& R, const DecoderNetwork& network,
                                         double reach) {
  const double size = 2 * R.cwiseAbs().maxCoeff();
  const bool curve = network.inputs() == 1 && network.activation() == DecoderActivation::tanh;
  if (reach > 0 && curve && size > 0) {
    return std::make_shared<const DecoderCurve>(network, -size * (1 + reach), size * (1 + reach));
  }
  return std::make_shared<const DecoderNetwork>(network);
}

}  // namespace

DecoderMetric decoder_metric_from(const std::string& where, const std::string& name) {
  if (name == "output") {
    return DecoderMetric::output;
  }
  if (name == "kernel") {
    return DecoderMetric::kernel;
  }
  if (name == "tangent") {
    return DecoderMetric::tangent;
  }
  reject(where, "metric", "'" + name + "'", "output, kernel, tangent");
}

MetricScale metric_scale_from(const std::string& where, const std::string& name) {
  if (name == "spread") {
    return MetricScale::spread;
  }
  if (name == "embeddings") {
    return MetricScale::embeddings;
  }
  reject(where, "metric scale", "'" + name + "'", "spread, embeddings");
}

MapMetricLoss::MapMetricLoss(std::shared_ptr<const DecoderMap> map, OutputClasses classes,
                             const MatrixXd& embeddings, MetricScale scale)
    : map_(std::move(map)),
      classes_(std::move(classes)),
      symbols_(embeddings.rows()),
      scale_(scale) {
  const char* where = "MapMetricLoss";
  check_samples(where, classes_, embeddings, map_->inputs());
  if (scale_ == MetricScale::embeddings) {
    const MatrixXd sums = sums_of(classes_, embeddings);
    MatrixXd f;
    map_->evaluate(sums, f);
    // A spread that is only the rounding of equal outputs counts as 0.
    const double seen = spread_of(f);
    stretch_ = seen > 1e-24 * f.squaredNorm() ? seen / spread_of(sums) : 0.0;
    require_positive(where, "stretch of the decoder", stretch_);
  }
}

MatrixXd MapMetricLoss::inputs_of(const VectorXd& x) const {
  require_in_range("MapMetricLoss", "x.size()", x.size(), dimension(), dimension());
  return sums_of(classes_, x.reshaped(symbols_, map_->inputs()));
}

MapMetricLoss::Parts MapMetricLoss::parts_of(const MatrixXd& f, const VectorXd& x,
                                             MatrixXd* slopes) const {
  Parts parts;
  if (slopes != nullptr) {
    slopes->setZero(f.rows(), f.cols());
  }
  for (Index c = 0; c < classes_.count(); ++c) {
    const Index first = classes_.offsets[static_cast<std::size_t>(c)];
    const Index count = classes_.offsets[static_cast<std::size_t>(c) + 1] - first;
    if (count < 2) {
      continue;
    }
    const auto m = static_cast<double>(count);
    const auto of_class = f.middleCols(first, count);
    const MatrixXd deviations = of_class.colwise() - of_class.rowwise().mean();
    parts.within += m * deviations.squaredNorm();
    if (slopes != nullptr) {
      slopes->middleCols(first, count) = 2 * m * deviations;
    }
  }
  if (scale_ == MetricScale::embeddings) {
    parts.total = stretch_ * x.squaredNorm();
  } else {
    const MatrixXd deviations = f.colwise() - f.rowwise().mean();
    parts.total = deviations.squaredNorm();
    if (slopes != nullptr) {  // of within/total, times total
      *slopes -= (2 * parts.within / parts.total) * deviations;
    }
  }
  return parts;
}

double MapMetricLoss::value(const VectorXd& x) const {
  MatrixXd f;
  map_->evaluate(inputs_of(x), f);
  const Parts parts = parts_of(f, x, nullptr);
  return parts.within / parts.total;
}

void MapMetricLoss::gradient(const VectorXd& x, VectorXd& out) const {
  const MatrixXd sums = inputs_of(x);
  MatrixXd f, slopes, pulled;
  map_->evaluate(sums, f);
  const Parts parts = parts_of(f, x, &slopes);
  map_->pull_back(sums, slopes, pulled);
  out.setZero(dimension());
  for (Index k = 0; k < pulled.cols(); ++k) {
    const Sample s = classes_.samples[static_cast<std::size_t>(k)];
    for (Index n = 0; n < pulled.rows(); ++n) {
      out[n * symbols_ + s.i] += pulled(n, k) / parts.total;
      out[n * symbols_ + s.j] += pulled(n, k) / parts.total;
    }
  }
  if (scale_ == MetricScale::embeddings) {
    out -= (2 * stretch_ * parts.within / (parts.total * parts.total)) * x;
  }
}

TangentMetricLoss::TangentMetricLoss(const DecoderNetwork& decoder, const OutputClasses& classes,
                                     const MatrixXd& embeddings) {
  const char* where = "TangentMetricLoss";
  const Index p = embeddings.rows(), d = decoder.inputs();
  check_samples(where, classes, embeddings, d);
  form_ = MatrixXd::Zero(p * d, p * d);
  const auto list = list_parallelograms(classes);
  double stretch = 0;
  for (const auto& [a, b] : list) {
    const VectorXd middle = 0.5 * (embeddings.row(a.i) + embeddings.row(a.j) + embeddings.row(b.i) +
                                   embeddings.row(b.j));
    const MatrixXd J = decoder.jacobian(middle);
    const MatrixXd metric = J.transpose() * J;  // d x d
    stretch += metric.trace() / static_cast<double>(d) / static_cast<double>(list.size());
    // The defect of dimension k is sum_s sign_s x[k p + s].
    const Index symbols[] = {a.i, a.j, b.i, b.j};
    const double signs[] = {1, 1, -1, -1};
    for (int u = 0; u < 4; ++u) {
      for (int v = 0; v < 4; ++v) {
        for (Index k = 0; k < d; ++k) {
          for (Index l = 0; l < d; ++l) {
            form_(k * p + symbols[u], l * p + symbols[v]) += signs[u] * signs[v] * metric(k, l);
          }
        }
      }
    }
  }
  if (!list.empty()) {
    require_positive(where, "stretch of the decoder", stretch);
    form_ /= stretch;
  }
}

double TangentMetricLoss::value(const VectorXd& x) const {
  require_in_range("TangentMetricLoss", "x.size()", x.size(), dimension(), dimension());
  return x.dot(form_ * x) / x.squaredNorm();
}

void TangentMetricLoss::gradient(const VectorXd& x, VectorXd& out) const {
  const double l = value(x);
  out = (2 / x.squaredNorm()) * (form_ * x - l * x);
}

void TangentMetricLoss::hessian_times(const VectorXd& x, const VectorXd& v, VectorXd& out) const {
  require_in_range("TangentMetricLoss", "v.size()", v.size(), dimension(), dimension());
  const double Z0 = x.squaredNorm(), l = value(x), xv = x.dot(v) / Z0;
  const VectorXd Fx = form_ * x;
  const double vFx = v.dot(Fx) / Z0;
  out = (2 / Z0) * (form_ * v - l * v - 2 * xv * Fx + (4 * l * xv - 2 * vFx) * x);
}

LossFunctions decoder_metric_loss(const OutputClasses& classes, const MatrixXd& embeddings,
                                  const DecoderNetwork& decoder,
                                  const DecoderMetricSetting& setting) {
  const char* where = "decoder_metric_loss";
  require_in_range(where, "reach", setting.reach, 0.0, 1e6);
  if (setting.metric == DecoderMetric::tangent) {
    if (setting.scale == MetricScale::spread) {
      reject(where, "scale", "spread", "embeddings (metric tangent)");
    }
    return keep(TangentMetricLoss(decoder, classes, embeddings));
  }
  check_samples(where, classes, embeddings, decoder.inputs());
  const DecoderNetwork network =
      setting.metric == DecoderMetric::kernel ? decoder.features() : decoder;
  return keep(MapMetricLoss(map_of(embeddings, network, setting.reach), classes, embeddings,
                            setting.scale));
}

}  // namespace grok
