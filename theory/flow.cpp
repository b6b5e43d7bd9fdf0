#include "theory/flow.hpp"

#include <fmt/format.h>

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <boost/numeric/odeint.hpp>
#include <boost/numeric/odeint/external/eigen/eigen.hpp>
#include <cmath>
#include <functional>
#include <limits>
#include <utility>

#include "core/errors.hpp"
#include "core/interrupt.hpp"

namespace grok {
namespace {

namespace ode = boost::numeric::odeint;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using DormandPrince =
    ode::runge_kutta_dopri5<VectorXd, double, VectorXd, double, ode::vector_space_algebra>;
using Euler = ode::euler<VectorXd, double, VectorXd, double, ode::vector_space_algebra>;
using RungeKutta4 =
    ode::runge_kutta4<VectorXd, double, VectorXd, double, ode::vector_space_algebra>;

constexpr double largest = std::numeric_limits<double>::max();
constexpr std::int64_t max_steps = 1'000'000;  // between two requested times

/// dx/dt = -dl/dx. Notes a slope that is not finite: a stage may have one though the step's end
/// does not.
struct Descent {
  const LossFunctions& loss;
  bool& finite;
  void operator()(const VectorXd& x, VectorXd& dxdt, double /*t*/) const {
    loss.gradient(x, dxdt);
    dxdt = -dxdt;
    finite = finite && dxdt.allFinite();
  }
};

[[noreturn]] void fail(const char* where, double achieved, double wanted, const char* why) {
  throw ConvergenceError(fmt::format("{}: {}: reached t = {}, wanted t = {}", where, why,
                                     to_text(achieved), to_text(wanted)));
}

void check_times(const std::vector<double>& times) {
  double earlier = 0.0;
  for (const double t : times) {
    require_in_range("gradient_flow", "time", t, earlier, largest);
    earlier = t;
  }
}

/// Columns 1..p-1 of the Helmert matrix: an orthonormal basis of the vectors whose sum is 0.
MatrixXd centred_basis(Index p) {
  MatrixXd basis = MatrixXd::Zero(p, p - 1);
  for (Index k = 1; k < p; ++k) {
    const double scale = 1.0 / std::sqrt(static_cast<double>(k * (k + 1)));
    basis.col(k - 1).head(k).setConstant(scale);
    basis(k, k - 1) = -static_cast<double>(k) * scale;
  }
  return basis;
}

using DenseOutput = ode::result_of::make_dense_output<DormandPrince>::type;

/// Steps until the dense output covers t. Odeint would accept steps that are not numbers, and steps
/// too small to move the time. A step that is not finite may only have been too long (the dense
/// output runs ahead of t), so it is tried again, shorter.
void advance(DenseOutput& stepper, const Descent& system, double t) {
  const char* const where = "gradient_flow";
  VectorXd x;
  for (std::int64_t steps = 0; stepper.current_time() < t; ++steps) {
    throw_if_stopped();
    const double now = stepper.current_time();
    if (steps == max_steps) {
      fail(where, now, t, "10^6 steps were not enough");
    }
    x = stepper.current_state();
    system.finite = true;
    try {
      stepper.do_step(std::cref(system));
    } catch (const ode::odeint_error&) {  // no step was short enough
      fail(where, now, t, "the step size fell to nothing");
    }
    const double tried = stepper.current_time() - now;
    if (!(tried > 0.0)) {
      fail(where, now, t, "the step size fell to nothing");
    }
    if (!system.finite || !stepper.current_state().allFinite()) {
      if (!(now + 0.1 * tried > now)) {
        fail(where, now, t, "the state is no longer finite");
      }
      stepper.initialize(x, now, 0.1 * tried);
    }
  }
}

}  // namespace

States gradient_flow(const LossFunctions& loss, const VectorXd& x, const std::vector<double>& times,
                     double tolerance) {
  require_in_range("gradient_flow", "tolerance", tolerance, 1e-14, 0.1);
  check_times(times);
  if (!x.allFinite()) {
    fail("gradient_flow", 0.0, times.empty() ? 0.0 : times.back(), "the start is not finite");
  }
  bool finite = true;
  const Descent system{loss, finite};
  auto stepper = ode::make_dense_output<DormandPrince>(tolerance, tolerance);
  stepper.initialize(x, 0.0, 1e-3);  // the controller corrects the first step
  States states;
  states.reserve(times.size());
  for (const double t : times) {
    advance(stepper, system, t);
    VectorXd state = x;
    if (t > 0.0) {
      stepper.calc_state(t, state);
    }
    states.push_back(std::move(state));
  }
  return states;
}

VectorXd gradient_flow_fixed(const LossFunctions& loss, VectorXd x, double dt, std::int64_t steps,
                             FixedStep method) {
  require_in_range("gradient_flow_fixed", "dt", dt, 0.0, largest);
  require_in_range("gradient_flow_fixed", "steps", steps, std::int64_t{0},
                   std::int64_t{1'000'000'000'000});
  bool finite = true;
  const Descent system{loss, finite};
  const auto integrate = [&](auto stepper) {
    for (std::int64_t n = 0; n < steps; ++n) {
      throw_if_stopped();
      const double t = static_cast<double>(n) * dt;
      stepper.do_step(std::cref(system), x, t, dt);
      if (!finite || !x.allFinite()) {
        fail("gradient_flow_fixed", t, static_cast<double>(steps) * dt,
             "the state is no longer finite");
      }
    }
  };
  if (method == FixedStep::euler) {
    integrate(Euler());
  } else {
    integrate(RungeKutta4());
  }
  return x;
}

LinearModes::LinearModes(Index symbols, const OutputClasses& classes, Normalisation normalisation,
                         const MatrixXd& R0) {
  require_in_range("LinearModes", "symbols", symbols, Index{2}, max_dense_symbols);
  require_in_range("LinearModes", "R0.rows()", R0.rows(), symbols, symbols);
  const double Z0 = R0.squaredNorm();
  if (!(Z0 > 0.0 && Z0 <= largest)) {
    reject("LinearModes", "Z0", to_text(Z0), "(0, inf)");
  }
  norm_ = std::sqrt(Z0);
  const std::int64_t count = count_parallelograms(classes);
  const double shared =
      normalisation == Normalisation::mean && count > 0 ? static_cast<double>(count) : 1.0;
  const MatrixXd basis = centred_basis(symbols);
  const MatrixXd G = parallelogram_gram(symbols, classes);
  const Eigen::SelfAdjointEigenSolver<MatrixXd> solver(basis.transpose() * G * basis);
  if (solver.info() != Eigen::Success) {
    throw ConvergenceError("LinearModes: eigenvalues of G: not converged, wanted all");
  }
  rates_ = (2.0 / (Z0 * shared)) * solver.eigenvalues();
  vectors_ = basis * solver.eigenvectors();
  modes_ = vectors_.transpose() * R0;
  // The sum over symbols is conserved by H exactly. Where it is only the rounding of a centred R0
  // it must count as 0: the normalised solution would amplify it.
  mean_ = R0.colwise().mean();
  const double rounding = std::numeric_limits<double>::epsilon() * static_cast<double>(symbols) *
                          R0.cwiseAbs().maxCoeff();
  centred_ = mean_.cwiseAbs().maxCoeff() <= rounding;
  eigenvalues_.resize(symbols);
  eigenvalues_ << 0.0, rates_;
  std::sort(eigenvalues_.begin(), eigenvalues_.end());
}

/// out := e^{(shift - H) t} R0 by one rank-1 update per mode: allocates nothing. shift: 0 unless
/// centred.
void LinearModes::decayed(double t, double shift, MatrixXd& out) const {
  require_in_range("LinearModes", "t", t, 0.0, largest);
  out.setZero(vectors_.rows(), modes_.cols());
  if (!centred_) {
    out.rowwise() = mean_;
  }
  for (Index k = 0; k < rates_.size(); ++k) {
    const double factor = std::exp((shift - rates_(k)) * t);
    for (Index c = 0; c < out.cols(); ++c) {
      out.col(c) += (factor * modes_(k, c)) * vectors_.col(k);
    }
  }
}

MatrixXd LinearModes::linear(double t) const {
  MatrixXd R;
  decayed(t, 0.0, R);
  return R;
}

void LinearModes::normalised(double t, MatrixXd& out) const {
  // Any factor cancels; this one keeps the slowest mode from underflow.
  decayed(t, centred_ ? rates_(0) : 0.0, out);
  out *= norm_ / out.norm();
}

MatrixXd LinearModes::normalised(double t) const {
  MatrixXd R;
  normalised(t, R);
  return R;
}

AdamFlow::AdamFlow(LossFunctions loss, VectorXd x, double rate, AdamConstants constants)
    : loss_(std::move(loss)), x_(std::move(x)), rate_(rate), constants_(constants) {
  constexpr double below_one = 1.0 - std::numeric_limits<double>::epsilon() / 2;
  require_in_range("AdamFlow", "rate", rate, 0.0, largest);
  require_in_range("AdamFlow", "beta1", constants.beta1, 0.0, below_one);
  require_in_range("AdamFlow", "beta2", constants.beta2, 0.0, below_one);
  require_in_range("AdamFlow", "epsilon", constants.epsilon, 0.0, largest);
  require_in_range("AdamFlow", "decay", constants.decay, 0.0, largest);
  mean_ = square_ = gradient_ = VectorXd::Zero(x_.size());
}

void AdamFlow::step() {
  ++steps_;
  loss_.gradient(x_, gradient_);
  const auto n = static_cast<double>(steps_);
  const auto [beta1, beta2, epsilon, decay] = constants_;
  mean_ = beta1 * mean_ + (1.0 - beta1) * gradient_;
  square_ = beta2 * square_ + (1.0 - beta2) * gradient_.cwiseAbs2();
  const double mean_scale = 1.0 / (1.0 - std::pow(beta1, n));
  const double square_scale = 1.0 / (1.0 - std::pow(beta2, n));
  x_ *= 1.0 - rate_ * decay;  // exactly 1 without decay
  x_.array() -=
      rate_ * mean_scale * mean_.array() / ((square_scale * square_.array()).sqrt() + epsilon);
}

}  // namespace grok
