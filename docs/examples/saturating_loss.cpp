// The loss of saturating_loss.hpp, checked, looked at, and put beside the built-in one on 20 random
// training sets. The checks go to standard error, a CSV table to standard output.
#include "saturating_loss.hpp"

#include <cstdio>
#include <optional>

#include "core/random.hpp"
#include "theory/loss_tools.hpp"
#include "theory/prediction.hpp"
#include "theory/training_set.hpp"

namespace {

constexpr Eigen::Index symbols = 10;

// Everything that the library can do with a loss, from `value` alone.
grok::LossFunctions loss_of(const grok::Task& task, const std::vector<grok::Sample>& train) {
  const auto classes = grok::group_by_output(task, train);
  return grok::keep(
      grok::AutomaticLoss{SaturatingLoss(symbols, grok::list_parallelograms(classes))});
}

void print_steps(const std::optional<std::int64_t>& steps) {
  if (steps) {  // else: not within the budget, an empty cell
    std::printf("%lld", static_cast<long long>(*steps));
  }
}

}  // namespace

int main() {
  const grok::Task task = grok::Task::addition(symbols);

  // 1. Is the gradient right, does scale matter, what is conserved?
  const auto all = loss_of(task, task.samples());
  grok::RandomStream stream(1, "example");
  const Eigen::VectorXd random =
      Eigen::VectorXd::NullaryExpr(symbols, [&] { return stream.normal(); });
  const Eigen::VectorXd start = grok::standardise(random);  // mean 0
  std::fprintf(stderr, "gradient right: %d\n", grok::check_gradient(all, start).right());
  std::fprintf(stderr, "scale free: %d\n", grok::check_scale(all, start).free());
  for (const auto& quantity : grok::standard_quantities(symbols, 1)) {
    const auto drift = grok::drift_along_flow(all, quantity, start, 1.0);
    std::fprintf(stderr, "%s conserved: %d\n", quantity.name.c_str(),
                 drift.conserved(start.squaredNorm()));
  }

  // 2. Rates at the line E_k = k, where the loss is least.
  const Eigen::VectorXd line = grok::standardise(Eigen::VectorXd::LinSpaced(symbols, 0, 9));
  std::fprintf(stderr, "lambda_3: %.4f\n", grok::spectrum_at(all, line).eigenvalues[2]);

  // 3. Steps until RQI > 0.95, of the same D and embeddings under both losses.
  std::printf("seed,parallelogram_adam,saturating_adam,saturating_flow\n");
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const auto train = grok::draw_training_set(task, 45, seed);
    grok::RandomStream init(seed, "embeddings");
    const Eigen::MatrixXd R =
        Eigen::MatrixXd::NullaryExpr(symbols, 1, [&] { return init.uniform(-0.5, 0.5); });
    const auto loss = loss_of(task, train);
    const grok::RqiQuestion question;  // eta = 1e-3, 10,000 steps
    const auto known = grok::predict_steps(task, train, R, grok::Normalisation::sum, question);
    std::printf("%llu,", static_cast<unsigned long long>(seed));
    print_steps(known.adam_flow);
    std::printf(",");
    print_steps(grok::rqi_steps_under_adam(loss, task, R, question));
    std::printf(",");
    print_steps(grok::rqi_steps_under_flow(loss, task, grok::standardise(R), question));
    std::printf("\n");
  }
}
