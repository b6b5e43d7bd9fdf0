#include "theory/rich_switch.hpp"

#include <fmt/format.h>

#include <Eigen/Cholesky>
#include <cmath>
#include <limits>

#include "core/errors.hpp"
#include "core/interrupt.hpp"

namespace grok {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr const char* where = "rich_switch";
constexpr double accuracy = 1e-9;  // of the outputs, relative to the targets
constexpr int most_iterations = 200, most_halvings = 60, bisections = 20;

void require_valid(const DiagonalProblem& problem) {
  const auto n = problem.inputs.rows();
  require_in_range(where, "inputs", n, Eigen::Index{1}, problem.inputs.cols());
  require_in_range(where, "targets", problem.targets.size(), n, n);
  if (!problem.inputs.allFinite() || !problem.targets.allFinite()) {
    reject(where, "inputs, targets", "not finite", "finite numbers");
  }
  if (problem.loss == DiagonalLoss::logistic && (problem.targets.array().abs() != 1).any()) {
    reject(where, "targets", "other numbers", "1 and -1 for the logistic loss");
  }
}

/// One implicit Euler step, weight (a - before) = -dL/df at the scale q, as the minimum of a convex
/// function of a:   conjugate of the loss at p = weight (a - before), over weight,
/// + 2q sum_j cosh(x_j . a).   weight = 0 (squared loss): the exact interpolator.
struct ImplicitStep {
  const DiagonalProblem& problem;
  double product;
  double weight;
  const VectorXd& before;
};

struct Point {
  double value = 0;
  VectorXd gradient;   // n
  VectorXd curvature;  // n, of the loss's conjugate
  VectorXd cosh;       // d
};

/// Outside its domain the value is infinite and the rest is not set.
Point look(const ImplicitStep& step, const VectorXd& a) {
  const auto n = static_cast<double>(a.size());
  const VectorXd& y = step.problem.targets;
  const VectorXd z = step.problem.inputs.transpose() * a;
  const VectorXd p = step.weight * (a - step.before);
  Point point;
  point.cosh = z.array().cosh();
  point.value = 2 * step.product * point.cosh.sum();
  point.gradient = step.problem.inputs * (2 * step.product * z.array().sinh()).matrix();
  if (step.problem.loss == DiagonalLoss::squared) {
    point.value += n / 2 * p.dot(a - step.before) - y.dot(a);
    point.gradient += n * p - y;
    point.curvature = VectorXd::Constant(a.size(), n * step.weight);
    return point;
  }
  const Eigen::ArrayXd share = n * y.array() * p.array();  // sigma(-y f), in (0, 1)
  if (!(share > 0).all() || !(share < 1).all()) {
    point.value = std::numeric_limits<double>::infinity();
    return point;
  }
  point.value += (share * share.log() + (1 - share) * (1 - share).log()).sum() / (n * step.weight);
  point.gradient.array() += y.array() * (share / (1 - share)).log();
  point.curvature = n * step.weight / (share * (1 - share));
  return point;
}

double size_of(const Point& point) {
  return std::isfinite(point.value) ? point.gradient.norm()
                                    : std::numeric_limits<double>::infinity();
}

/// Newton's method with halved steps. `a` must lie in the domain.
VectorXd solve(const ImplicitStep& step, VectorXd a) {
  const MatrixXd& X = step.problem.inputs;
  const double wanted = accuracy * std::sqrt(static_cast<double>(a.size())) *
                        std::max(1e-300, step.problem.targets.cwiseAbs().maxCoeff());
  Point at = look(step, a);
  for (int k = 0; k < most_iterations && size_of(at) > wanted; ++k) {
    MatrixXd hessian = X * (2 * step.product * at.cosh).asDiagonal() * X.transpose();
    hessian.diagonal() += at.curvature;
    const VectorXd move = -hessian.llt().solve(at.gradient);
    const double slope = move.dot(at.gradient);
    double length = 1;
    Point next = look(step, a + move);
    for (int halving = 0;
         halving < most_halvings && next.value > at.value + 1e-4 * length * slope &&
         size_of(next) > size_of(at) / 2;
         ++halving) {
      length /= 2;
      next = look(step, a + length * move);
    }
    a += length * move;
    at = std::move(next);
  }
  if (!(size_of(at) <= wanted)) {
    throw ConvergenceError(fmt::format("{}: at product {}: error of the outputs {}, wanted {}",
                                       where, to_text(step.product), to_text(size_of(at)),
                                       to_text(wanted)));
  }
  return a;
}

VectorXd weights_at(const DiagonalProblem& problem, double product, const VectorXd& a) {
  return 2 * product * (problem.inputs.transpose() * a).array().sinh();
}

/// The flow in a, from the start of training.
class Flow {
 public:
  Flow(const RichSwitch& setting, const DiagonalProblem& problem)
      : setting_(setting),
        problem_(problem),
        product_(product_after(setting, 0)),
        a_(VectorXd::Zero(problem.inputs.rows())),
        share_(VectorXd::Constant(problem.inputs.rows(), 0.5)) {}

  double product() const { return product_; }

  /// The state after s grows by `step`: its a, not yet taken.
  VectorXd ahead(double step) const {
    const ImplicitStep next = {problem_, product_ * std::exp(-step), setting_.decay / (2 * step),
                               a_};
    return solve(next, problem_.loss == DiagonalLoss::squared ? a_ : inside(next));
  }

  VectorXd weights_ahead(double step) const {
    return weights_at(problem_, product_ * std::exp(-step), ahead(step));
  }

  void advance(double step) {
    const VectorXd next = ahead(step);
    const auto n = static_cast<double>(a_.size());
    if (problem_.loss == DiagonalLoss::logistic) {
      share_ = n * setting_.decay / (2 * step) * problem_.targets.cwiseProduct(next - a_);
    }
    a_ = next;
    product_ *= std::exp(-step);
  }

 private:
  /// A point of the domain to start from: the shares of the step before, or as much less of them as
  /// gives the lowest value. From far above Newton's method would creep along the edge.
  VectorXd inside(const ImplicitStep& next) const {
    const auto n = static_cast<double>(a_.size());
    const VectorXd move = problem_.targets.cwiseProduct(share_) / (n * next.weight);
    VectorXd best = a_ + move;
    double lowest = look(next, best).value;
    for (double part = 0.5; part > 1e-9; part /= 2) {
      const VectorXd a = a_ + part * move;
      const double value = look(next, a).value;
      if (!(lowest <= value)) {
        lowest = value;
        best = a;
      }
    }
    return best;
  }

  const RichSwitch& setting_;
  const DiagonalProblem& problem_;
  double product_;
  VectorXd a_;
  VectorXd share_;  // sigma(-y f) of the step before, where Newton's method starts
};

double cosine(const VectorXd& w, const VectorXd& direction) {
  const double size = w.norm() * direction.norm();
  return size > 0 ? w.dot(direction) / size : 0;
}

}  // namespace

std::string to_text(DiagonalLoss loss) {
  return loss == DiagonalLoss::squared ? "squared" : "logistic";
}

DiagonalLoss diagonal_loss_from(const std::string& place, const std::string& name) {
  if (name != "squared" && name != "logistic") {
    reject(place, "loss", name, "squared, logistic");
  }
  return name == "squared" ? DiagonalLoss::squared : DiagonalLoss::logistic;
}

void require_valid(const RichSwitch& setting) {
  constexpr double tiny = std::numeric_limits<double>::min(), huge = 1e100;
  require_in_range(where, "dimension", setting.dimension, std::int64_t{1},
                   std::int64_t{10'000'000});
  require_in_range(where, "init_norm", setting.init_norm, tiny, huge);
  require_in_range(where, "decay", setting.decay, tiny, huge);
  require_in_range(where, "rate", setting.rate, tiny, huge);
  require_in_range(where, "rate*decay", setting.rate * setting.decay, tiny,
                   std::nextafter(1.0, 0.0));
}

double switch_steps(const RichSwitch& setting) {
  require_valid(setting);
  require_in_range(where, "init_norm", setting.init_norm, std::nextafter(1.0, 2.0), 1e100);
  return std::log(setting.init_norm) / (setting.rate * setting.decay);
}

double product_after(const RichSwitch& setting, double steps) {
  require_valid(setting);
  return setting.init_norm * setting.init_norm / (2 * static_cast<double>(setting.dimension)) *
         std::exp(2 * steps * std::log1p(-setting.rate * setting.decay));
}

double steps_to_product(const RichSwitch& setting, double product) {
  require_in_range(where, "product", product, std::numeric_limits<double>::min(), 1e200);
  return std::log(product / product_after(setting, 0)) /
         (2 * std::log1p(-setting.rate * setting.decay));
}

VectorXd interpolator(const DiagonalProblem& problem, double product, VectorXd& a) {
  require_valid(problem);
  if (problem.loss != DiagonalLoss::squared) {
    reject("interpolator", "loss", to_text(problem.loss), "squared");
  }
  require_in_range("interpolator", "product", product, std::numeric_limits<double>::min(), 1e200);
  require_in_range("interpolator", "size of a", a.size(), problem.inputs.rows(),
                   problem.inputs.rows());
  const VectorXd before = a;
  a = solve({problem, product, 0, before}, a);
  return weights_at(problem, product, a);
}

std::optional<double> flow_switch_steps(const RichSwitch& setting, const DiagonalProblem& problem,
                                        const VectorXd& direction, const SwitchQuestion& question) {
  require_valid(setting);
  require_valid(problem);
  require_in_range("flow_switch_steps", "inputs", problem.inputs.cols(), setting.dimension,
                   setting.dimension);
  require_in_range("flow_switch_steps", "direction", direction.size(), setting.dimension,
                   setting.dimension);
  require_in_range("flow_switch_steps", "cosine", question.cosine, 1e-6, 1.0);
  require_in_range("flow_switch_steps", "step", question.step, 1e-6, 1.0);
  Flow flow(setting, problem);
  const auto turned = [&](double step) {
    return cosine(flow.weights_ahead(step), direction) >= question.cosine;
  };
  while (flow.product() > question.smallest_product) {
    throw_if_stopped();
    if (turned(question.step)) {
      double before = 0, after = question.step;
      for (int k = 0; k < bisections && after - before > 1e-4 * question.step; ++k) {
        const double middle = (before + after) / 2;
        (turned(middle) ? after : before) = middle;
      }
      return steps_to_product(setting, flow.product() * std::exp(-after));
    }
    flow.advance(question.step);
  }
  return std::nullopt;
}

VectorXd flow_predictor(const RichSwitch& setting, const DiagonalProblem& problem, double steps,
                        double step) {
  require_valid(setting);
  require_valid(problem);
  require_in_range("flow_predictor", "inputs", problem.inputs.cols(), setting.dimension,
                   setting.dimension);
  require_in_range("flow_predictor", "steps", steps, 0.0, 1e15);
  require_in_range("flow_predictor", "step", step, 1e-6, 1.0);
  const double all = std::log(product_after(setting, 0) / product_after(setting, steps));
  const double count = std::ceil(all / step);
  if (count == 0) {
    return VectorXd::Zero(setting.dimension);
  }
  Flow flow(setting, problem);
  for (double k = 1; k < count; ++k) {
    flow.advance(all / count);
  }
  return flow.weights_ahead(all / count);
}

}  // namespace grok
