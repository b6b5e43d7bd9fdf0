#include "theory/linear_teacher.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/math/constants/constants.hpp>
#include <boost/math/quadrature/tanh_sinh.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>
#include <limits>

namespace grok {
namespace {

constexpr double wanted_error = 1e-8;  // relative, of a quadrature
constexpr const char* where = "linear_teacher";

double smallest_nu(double ratio) { return (1 - std::sqrt(ratio)) * (1 - std::sqrt(ratio)); }

/// What one eigenvalue does to S - T after some steps: student times S_0 minus teacher times T.
struct ModeFactors {
  double student = 1;
  double teacher = 1;
};

/// rho^t without the loss of digits of 1 - (1 - rho) where rho is near 1.
double power_of_rho(double shrink, double steps) {
  if (steps == 0) {
    return 1;
  }
  return shrink < 1 ? std::exp(steps * std::log1p(-shrink)) : 0;
}

ModeFactors mode_factors(const LinearTeacher& setting, double nu, double steps) {
  const double pull = 2 * nu / static_cast<double>(setting.outputs);
  const double left = power_of_rho(setting.rate * (pull + setting.decay), steps);
  if (setting.decay == 0) {
    return {left, left};
  }
  return {left, (left * pull + setting.decay) / (pull + setting.decay)};
}

/// g(nu) of the header.
double squared_difference(const LinearTeacher& setting, double nu, double steps) {
  const ModeFactors f = mode_factors(setting, nu, steps);
  return f.student * f.student * setting.student_size +
         f.teacher * f.teacher * setting.teacher_size;
}

double train_loss_at(const LinearTeacher& setting, double steps) {
  return marchenko_pastur_mean(
      setting.ratio, [&](double nu) { return nu * squared_difference(setting, nu, steps); });
}

double generalisation_loss_at(const LinearTeacher& setting, double steps) {
  return marchenko_pastur_mean(setting.ratio,
                               [&](double nu) { return squared_difference(setting, nu, steps); });
}

LinearState with_accuracies(const LinearTeacher& setting, double train, double generalisation) {
  return {train, generalisation, accuracy_at_loss(train, setting.tolerance, setting.outputs),
          accuracy_at_loss(generalisation, setting.tolerance, setting.outputs)};
}

/// The smallest step with loss(step) <= wanted; the loss falls.
template <class Loss>
std::optional<std::int64_t> first_step(const Loss& loss, double wanted, std::int64_t budget) {
  if (loss(0) <= wanted) {
    return 0;
  }
  std::int64_t before = 0, after = 1;
  while (after < budget && loss(after) > wanted) {
    before = after;
    after *= 2;
  }
  after = std::min(after, budget);
  if (after <= before || loss(after) > wanted) {
    return std::nullopt;
  }
  while (after - before > 1) {
    const std::int64_t middle = before + (after - before) / 2;
    (loss(middle) <= wanted ? after : before) = middle;
  }
  return after;
}

}  // namespace

double largest_rate(const LinearTeacher& setting) {
  const double edge = 1 + std::sqrt(setting.ratio);
  return 1 / (2 * edge * edge / static_cast<double>(setting.outputs) + setting.decay);
}

void require_valid(const LinearTeacher& setting) {
  constexpr double tiny = std::numeric_limits<double>::min(), huge = 1e100;
  require_in_range(where, "ratio", setting.ratio, 1e-3, 1e3);
  require_in_range(where, "outputs", setting.outputs, std::int64_t{1}, std::int64_t{1'000'000});
  require_in_range(where, "decay", setting.decay, 0, 1e3);
  require_in_range(where, "rate", setting.rate, tiny, largest_rate(setting));
  require_in_range(where, "tolerance", setting.tolerance, tiny, huge);
  require_in_range(where, "student_size", setting.student_size, 0, huge);
  require_in_range(where, "teacher_size", setting.teacher_size, 0, huge);
  require_in_range(where, "student_size + teacher_size",
                   setting.student_size + setting.teacher_size, tiny, huge);
}

double marchenko_pastur_mean(double ratio, const std::function<double(double)>& f) {
  require_in_range("marchenko_pastur_mean", "ratio", ratio, 1e-3, 1e3);
  // nu = nu_min + 4 sqrt(ratio) sin^2(phi): no digits are lost near nu_min, no root is left.
  const double lowest = smallest_nu(ratio), width = 4 * std::sqrt(ratio);
  bool finite = true;
  const auto integrand = [&](double phi) {
    const double s = std::sin(phi), c = std::cos(phi);
    const double nu = lowest + width * s * s;
    const double value = nu > 0 ? f(nu) : 0;
    finite = finite && std::isfinite(value);
    return nu > 0 && finite
               ? value * 16 * s * s * c * c / (boost::math::constants::pi<double>() * nu)
               : 0.0;
  };
  boost::math::quadrature::tanh_sinh<double> rule(12);
  double error = 0, size = 0;
  const double mean = rule.integrate(integrand, 0.0, boost::math::constants::half_pi<double>(),
                                     wanted_error / 2, &error, &size);
  const double at_zero = ratio > 1 ? (1 - 1 / ratio) * f(0) : 0;
  if (!finite || !std::isfinite(at_zero)) {
    throw ConvergenceError("marchenko_pastur_mean: f: not finite, wanted finite values");
  }
  if (error > wanted_error * size) {
    throw ConvergenceError(fmt::format("marchenko_pastur_mean: achieved error {}, wanted {}",
                                       to_text(error), to_text(wanted_error * size)));
  }
  return mean + at_zero;
}

double accuracy_at_loss(double loss, double tolerance, std::int64_t outputs) {
  require_in_range("accuracy_at_loss", "loss", loss, 0, std::numeric_limits<double>::max());
  const double half = static_cast<double>(outputs) / 2;
  const double x = half * tolerance / loss;
  return std::isfinite(x) ? boost::math::gamma_p(half, x) : 1;
}

double loss_at_accuracy(double accuracy, double tolerance, std::int64_t outputs) {
  constexpr double edge = 1e-12;
  require_in_range("loss_at_accuracy", "accuracy", accuracy, edge, 1 - edge);
  const double half = static_cast<double>(outputs) / 2;
  return half * tolerance / boost::math::gamma_p_inv(half, accuracy);
}

LinearState linear_teacher_state(const LinearTeacher& setting, std::int64_t steps) {
  require_valid(setting);
  require_in_range(where, "steps", steps, std::int64_t{0},
                   std::numeric_limits<std::int64_t>::max());
  const auto t = static_cast<double>(steps);
  return with_accuracies(setting, train_loss_at(setting, t), generalisation_loss_at(setting, t));
}

LinearState linear_teacher_limit(const LinearTeacher& setting) {
  require_valid(setting);
  const double unseen = std::max(0.0, 1 - 1 / setting.ratio);
  if (setting.decay == 0) {
    return with_accuracies(setting, 0, unseen * (setting.student_size + setting.teacher_size));
  }
  const auto left = [&setting](double nu) {
    const double pull = 2 * nu / static_cast<double>(setting.outputs);
    const double share = setting.decay / (pull + setting.decay);
    return share * share * setting.teacher_size;
  };
  return with_accuracies(
      setting, marchenko_pastur_mean(setting.ratio, [&left](double nu) { return nu * left(nu); }),
      marchenko_pastur_mean(setting.ratio, left));
}

LinearSpread linear_teacher_spread(const LinearTeacher& setting, std::int64_t dimension,
                                   std::int64_t steps) {
  require_valid(setting);
  require_in_range(where, "dimension", dimension, std::int64_t{1},
                   std::numeric_limits<std::int64_t>::max());
  const auto t = static_cast<double>(steps);
  const auto spread = [&](auto&& weight) {
    const double mean = marchenko_pastur_mean(setting.ratio, [&](double nu) {
      const double value = weight(nu) * squared_difference(setting, nu, t);
      return value * value;
    });
    return std::sqrt(2 * mean / static_cast<double>(dimension * setting.outputs));
  };
  return {spread([](double nu) { return nu; }), spread([](double) { return 1.0; })};
}

std::optional<std::int64_t> LinearSteps::delay() const {
  return train && generalisation ? std::optional(*generalisation - *train) : std::nullopt;
}

LinearSteps linear_teacher_steps(const LinearTeacher& setting, double threshold,
                                 std::int64_t budget) {
  require_valid(setting);
  require_in_range(where, "budget", budget, std::int64_t{0}, std::int64_t{1} << 61);
  const double wanted = loss_at_accuracy(threshold, setting.tolerance, setting.outputs);
  const auto train = [&setting](std::int64_t t) {
    return train_loss_at(setting, static_cast<double>(t));
  };
  const auto generalisation = [&setting](std::int64_t t) {
    return generalisation_loss_at(setting, static_cast<double>(t));
  };
  return {first_step(train, wanted, budget), first_step(generalisation, wanted, budget)};
}

double late_delay(const LinearTeacher& setting) {
  require_valid(setting);
  require_in_range("late_delay", "decay", setting.decay, 0, 0);
  require_in_range("late_delay", "ratio", setting.ratio, 1e-3, std::nextafter(1.0, 0.0));
  const double lowest = smallest_nu(setting.ratio);
  const double shrink = setting.rate * 2 * lowest / static_cast<double>(setting.outputs);
  return std::log(lowest) / (2 * std::log1p(-shrink));
}

}  // namespace grok
