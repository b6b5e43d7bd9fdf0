#include "theory/loss_registry.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>

#include "core/errors.hpp"
#include "core/nearest.hpp"
#include "theory/circle_loss.hpp"
#include "theory/class_loss.hpp"
#include "theory/decayed_loss.hpp"
#include "theory/matrix_group_loss.hpp"
#include "theory/matrix_representation.hpp"
#include "theory/parallelogram_loss.hpp"
#include "theory/representation.hpp"

namespace grok {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

MatrixXd shaped(const VectorXd& x, Index rows) { return x.reshaped(rows, x.size() / rows); }

OutputClasses classes_of(const LossSetting& s) { return group_by_output(s.task, s.train); }

/// RQI of the flattened state, as the networks' is measured.
Quantity rqi_measure(const Task& task) {
  const auto list = std::make_shared<const std::vector<Parallelogram>>(
      list_parallelograms(group_by_output(task)));
  const Index p = task.symbols();
  if (task.combination() == Combination::matrix_product) {
    return {"rqi", [=](const VectorXd& x) { return product_rqi(shaped(x, p), *list); }};
  }
  return {"rqi", [=](const VectorXd& x) { return rqi(shaped(x, p), *list); }};
}

/// Column by column: dimension k of symbol (or point) i.
NamedLoss over_symbols(LossFunctions functions, const LossSetting& s, MatrixXd scaled) {
  NamedLoss named;
  named.functions = std::move(functions);
  named.start = s.embeddings;
  named.scaled_start = std::move(scaled);
  return named;
}

void require_dimensions(const LossSetting& s, const std::string& loss, Index wanted) {
  if (s.embeddings.cols() != wanted) {
    reject("loss " + loss, "representation_dimension", fmt::format("{}", s.embeddings.cols()),
           fmt::format("{}", wanted));
  }
}

NamedLoss make_parallelogram(const LossSetting& s) {
  require_combination("loss parallelogram", s.task, Combination::sum);
  const auto loss = std::make_shared<const ParallelogramLoss>(s.task.symbols(), s.embeddings.cols(),
                                                              classes_of(s), s.normalisation);
  NamedLoss named = over_symbols(keep(*loss), s, standardise(s.embeddings));
  named.l0 = Quantity{"l0", [loss](const VectorXd& x) { return loss->l0(x); }};
  named.measures = {rqi_measure(s.task)};
  return named;
}

NamedLoss make_matrix_group(const LossSetting& s) {
  require_combination("loss matrix-group", s.task, Combination::matrix_product);
  const auto loss = std::make_shared<const MatrixGroupLoss>(s.task.symbols(), s.embeddings.cols(),
                                                            classes_of(s), s.normalisation);
  NamedLoss named = over_symbols(keep(*loss), s, normalise_matrices(s.embeddings));
  named.l0 = Quantity{"l0", [loss](const VectorXd& x) { return loss->l0(x); }};
  named.measures = {rqi_measure(s.task)};
  return named;
}

NamedLoss make_circle(const LossSetting& s) {
  require_combination("loss circle", s.task, Combination::sum);
  require_dimensions(s, "circle", 2);
  const Index p = s.task.symbols();
  const auto loss = std::make_shared<const CircleLoss>(p, classes_of(s), s.normalisation);
  // As standardised embeddings have no mean: without it the collapsed circle is not favoured.
  const MatrixXd centred = s.embeddings.rowwise() - s.embeddings.colwise().mean();
  const double size = std::sqrt(centred.squaredNorm() / static_cast<double>(p));
  NamedLoss named = over_symbols(keep(*loss), s, centred / size);
  named.l0 = Quantity{"l0", [loss](const VectorXd& x) { return loss->l0(x); }};
  const auto largest = [p](const VectorXd& x) {
    Index m = 0;
    const double share = circle_shares(shaped(x, p)).maxCoeff(&m);
    return std::pair(share, m);
  };
  named.measures = {
      {"frequency", [=](const VectorXd& x) { return static_cast<double>(largest(x).second); }},
      {"circle_share", [=](const VectorXd& x) { return largest(x).first; }}};
  return named;
}

NamedLoss make_same_class(const LossSetting& s) {
  MatrixXd points = s.points;
  std::vector<std::int64_t> labels = s.labels;
  if (points.size() == 0) {
    require_combination("loss same-class", s.task, Combination::sum);
    points.resize(static_cast<Index>(s.train.size()), s.embeddings.cols());
    labels.clear();
    for (const Sample sample : s.train) {
      points.row(static_cast<Index>(labels.size())) =
          s.embeddings.row(sample.i) + s.embeddings.row(sample.j);
      labels.push_back(s.task.output(sample));
    }
  }
  require_in_range("loss same-class", "labels", static_cast<Index>(labels.size()), points.rows(),
                   points.rows());
  const Index N = points.rows();
  const auto loss =
      std::make_shared<const ClassLoss>(labels, points.cols(), s.repulsion, s.normalisation);
  NamedLoss named;
  named.functions = keep(*loss);
  named.start = points;
  named.scaled_start = N > 1 ? standardise(points) : points;
  named.l0 = Quantity{"l0", [loss](const VectorXd& x) { return loss->l0(x); }};
  named.measures = {{"within_class_share", [labels, N](const VectorXd& x) {
                       return within_class_share(shaped(x, N), labels);
                     }}};
  return named;
}

NamedLoss make_decoder_metric(const LossSetting& s) {
  const char* where = "loss decoder-metric";
  require_combination(where, s.task, Combination::sum);
  if (!s.decoder) {
    reject(where, "decoder", "none", "a decoder");
  }
  const bool tangent = s.metric.metric == DecoderMetric::tangent;
  // A decoder has a scale: flows start from the network's own embeddings.
  NamedLoss named = over_symbols(
      decoder_metric_loss(classes_of(s), s.embeddings, *s.decoder, s.metric), s, s.embeddings);
  named.scale_free = tangent;
  named.measures = {rqi_measure(s.task)};
  return named;
}

NamedLoss make_weight_decayed(const LossSetting& s) {
  NamedLoss named = make_parallelogram(s);
  named.functions = keep(DecayedLoss(std::move(named.functions), s.decay));
  named.scale_free = s.decay == 0;
  return named;
}

}  // namespace

void LossRegistry::add(LossEntry entry) {
  const auto taken = [&](const LossEntry& other) { return other.name == entry.name; };
  if (entry.name.empty() || std::ranges::any_of(entries_, taken)) {
    reject("LossRegistry", "name", "'" + entry.name + "'", "a name that is not taken");
  }
  if (!entry.make) {
    reject("LossRegistry", entry.name + ": make", "nothing", "a function");
  }
  entries_.push_back(std::move(entry));
}

const LossEntry& LossRegistry::at(const std::string& where, const std::string& name) const {
  for (const LossEntry& entry : entries_) {
    if (entry.name == name) {
      return entry;
    }
  }
  reject(where, "--loss", "'" + name + "'", allowed_names(name, names()));
}

std::vector<std::string> LossRegistry::names() const {
  std::vector<std::string> names;
  for (const LossEntry& entry : entries_) {
    names.push_back(entry.name);
  }
  return names;
}

LossRegistry built_in_losses() {
  LossRegistry registry;
  registry.add({"parallelogram",
                "sums of embeddings: |E_i + E_j - E_m - E_n|^2 over P0(D), over Z0",
                "Liu et al. 2022, eq. 5. Tasks whose embeddings combine by sum, any d. Free of\n"
                "scale: Z0 is conserved; C = sum E_k only where it starts at 0.",
                {"normalisation"},
                make_parallelogram});
  registry.add({"matrix-group",
                "matrices: p k^2 |E_a E_b - E_c E_d|_F^2 over P0(D), over Z0^2",
                "Generalised parallelograms, Liu et al. 2022, App. H; the divisor is ours. Task\n"
                "permutations, d = k^2 numbers a symbol. Free of scale: Z0 is conserved. Flows in\n"
                "time start from entries of root mean square 1, uncentred.",
                {"normalisation"},
                make_matrix_group});
  registry.add(
      {"same-class",
       "points of one class attract: |f(x) - f(y)|^2, over Z; classes repel",
       "Attraction: Liu et al. 2022, App. I (images); the repulsion is ours: --repulsion\n"
       "times the mean over pairs of classes of exp(-N |mean - mean'|^2 / Z), default 0.\n"
       "Rows are points, not symbols: --class-points FILE (label,x,y,...), or E_i + E_j of\n"
       "the training samples with their outputs as labels. Free of scale. Column:\n"
       "within_class_share of the variance.",
       {"normalisation", "repulsion", "points"},
       make_same_class});
  registry.add(
      {"circle",
       "modular addition: p |z_i z_j - z_m z_n|^2 over P0(D), over Z0^2; d = 2",
       "Ours. Symbol k is a complex number z_k; with all samples of modular-addition the\n"
       "loss is 0 exactly at z_k = c exp(2 pi i m k/p). --representation-dimension 2. Free of\n"
       "scale. Flows in time start centred, at root mean square |z| = 1. Columns: frequency m of\n"
       "the largest circle_share, |sum z_k exp(-2 pi i m k/p)|^2 / (p Z0).",
       {"normalisation"},
       make_circle});
  registry.add(
      {"decoder-metric",
       "parallelograms measured through the initial decoder",
       "Ours; the limitation is named by Liu et al. 2022, section 3. --metric output:\n"
       "|f(r) - f(r')|^2; kernel: the last hidden layer for f; tangent: |J (r - r')|^2 with J\n"
       "at the initial midpoint. --metric-scale spread: over the variance of f on D (output,\n"
       "kernel); embeddings: over Z0 and the decoder's mean stretch. The decoder comes from\n"
       "--initial-state, or is drawn as `train` draws it from --decoder-widths, ... and seed.\n"
       "Flows start from raw embeddings.",
       {"decoder", "metric"},
       make_decoder_metric});
  registry.add(
      {"weight-decayed",
       "parallelogram + (decay/2) Z0; --decay",
       "Weight decay of the embeddings in the loss. Gradient flow: Z0 = Z0(0) e^{-2 decay t},\n"
       "and the shape moves faster. Adam: L2 through Adam's division; for AdamW's decoupled\n"
       "decay, which the networks have, use any loss with --decoupled-decay.",
       {"normalisation", "decay"},
       make_weight_decayed});
  return registry;
}

}  // namespace grok
