// An effective loss of the user's own, run by the library's gradient flow, beside what the theory
// says about the addition task. Prints what tests/consumer/run.cmake expects.
//   l(x) = |x|^2 / 2, so dx/dt = -x and x(1) = x(0)/e
#include <cstdio>
#include <vector>

#include "theory/flow.hpp"
#include "theory/spectrum.hpp"
#include "theory/structure.hpp"
#include "theory/task.hpp"

namespace {

class Spring {
 public:
  int dimension() const { return 1; }
  double value(const Eigen::VectorXd& x) const { return 0.5 * x.squaredNorm(); }
  void gradient(const Eigen::VectorXd& x, Eigen::VectorXd& out) const { out = x; }
};
static_assert(grok::EffectiveLoss<Spring>);

}  // namespace

int main() {
  const grok::Task task = grok::Task::addition(10);
  const auto train = task.samples();
  const auto structure = grok::analyse_structure(task, train);
  const auto spectrum = grok::hessian_spectrum(task, grok::group_by_output(task, train), structure,
                                               grok::Normalisation::sum);
  const Spring spring;
  const auto states =
      grok::gradient_flow(grok::functions_of(spring), Eigen::VectorXd::Ones(1), {0.0, 1.0}, 1e-10);
  std::printf("nullity %lld, lambda_3 %.3f, spring %.6f\n",
              static_cast<long long>(structure.nullity), spectrum.lambda3, states.back()[0]);
}
