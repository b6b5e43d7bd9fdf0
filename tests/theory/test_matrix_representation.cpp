// tests/theory/test_matrix_representation.cpp: RQI and predicted accuracy of matrix embeddings.
#include "theory/matrix_representation.hpp"

#include <limits>

#include "core/errors.hpp"
#include "tests/support/catch.hpp"
#include "tests/theory/brute_force.hpp"
#include "tests/theory/matrix_solutions.hpp"
#include "theory/closure.hpp"
#include "theory/null_basis.hpp"
#include "theory/prediction.hpp"
#include "theory/representation.hpp"
#include "theory/threshold.hpp"

using namespace grok;
using Eigen::MatrixXd;

namespace {

/// The code's criterion longhand: global RMS, mean over entries, Eigen's product.
bool holds(const MatrixXd& R, const Parallelogram& q, Index k, double tolerance) {
  double sum = 0;
  for (Index n = 0; n < R.size(); ++n) {
    sum += R.data()[n] * R.data()[n];
  }
  const MatrixXd E = R / std::sqrt(sum / static_cast<double>(R.size()));
  return matrices::defect(E, q, k).array().square().sum() / static_cast<double>(k * k) < tolerance;
}

MatrixXd noisy_permutations(Index n, double noise, std::uint64_t seed) {
  RandomStream stream(seed, "test/matrices");
  const MatrixXd E = matrices::permutation_matrices(n);
  return E + noise * matrices::random_matrix(E.rows(), E.cols(), stream);
}

}  // namespace

TEST_CASE("matrices: what holds, longhand", "[theory][matrices]") {
  const Task task = Task::permutations(3);
  const auto P0 = list_parallelograms(group_by_output(task));
  int mixed = 0;
  ProductRqi many(6, P0, 0.5);  // one for all states
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const MatrixXd R = noisy_permutations(3, 0.05 * static_cast<double>(seed), seed);
    const auto found = holding_products(R, P0);
    std::int64_t held = 0;
    for (std::size_t n = 0; n < P0.size(); ++n) {
      REQUIRE(found[n] == holds(R, P0[n], 3, 0.5));
      held += found[n];
    }
    REQUIRE(product_rqi(R, P0) == static_cast<double>(held) / 90);
    REQUIRE(many.of(R) == product_rqi(R, P0));
    REQUIRE(many.of(MatrixXd(1e-160 * R)) == product_rqi(R, P0));
    for (const std::int64_t most : {0, 1, 40, 90}) {
      REQUIRE(many.failures(R, most) == std::min<std::int64_t>(90 - held, most + 1));
    }
    for (const double threshold : {0.0, 0.5, static_cast<double>(held) / 90, 0.95, 1.0}) {
      ProductRqiTest test(6, P0, 0.5, threshold);
      REQUIRE(test.exceeded(R) == (product_rqi(R, P0) > threshold));
      REQUIRE(test.exceeded(MatrixXd(1e-160 * R)) == (product_rqi(R, P0) > threshold));
    }
    mixed += 0 < held && held < 90;
    const auto D = draw_training_set(task, 18, seed);
    std::vector<Parallelogram> P;
    for (std::size_t n = 0; n < P0.size(); ++n) {
      if (found[n]) {
        P.push_back(P0[n]);
      }
    }
    REQUIRE(predicted_product_accuracy(task, D, R) ==
            static_cast<double>(brute_force::augmented(task, D, P).size()) / 36);
    REQUIRE(predicted_product_accuracy(task, D, R) == augmented_share(task, D, P));
  }
  CHECK(mixed > 5);
}

TEST_CASE("matrices: permutation matrices hold all of P0 and nothing else", "[theory][matrices]") {
  const Index n = GENERATE(2, 3, 4);
  const Task task = Task::permutations(n);
  const MatrixXd E = matrices::permutation_matrices(n);
  CHECK(product_rqi(E, list_parallelograms(group_by_output(task))) == 1.0);
  CHECK(product_rqi(-1e200 * E, list_parallelograms(group_by_output(task))) == 1.0);
  const std::vector<Sample> one_each =
      group_by_output(task)[0].size() > 0 ? draw_training_set(task, 1, 4) : std::vector<Sample>{};
  CHECK(predicted_product_accuracy(task, one_each, E) == 1.0 / static_cast<double>(task.symbols()));
  std::vector<Parallelogram> wrong;  // pairs with different outputs
  const auto all = task.samples();
  for (std::size_t a = 0; a + 1 < all.size(); ++a) {
    if (task.output(all[a]) != task.output(all[a + 1])) {
      wrong.push_back({all[a], all[a + 1]});
    }
  }
  CHECK(product_rqi(E, wrong) == 0.0);
  // The wrong order of factors: M^T has M_b^T M_a^T = (M_a M_b)^T, another rule for n > 2.
  MatrixXd transposed = E;
  for (Index a = 0; a < E.rows(); ++a) {
    matrices::set_matrix(transposed, a, matrices::matrix(E, a, n).transpose());
  }
  const double rqi = product_rqi(transposed, list_parallelograms(group_by_output(task)));
  CHECK((n == 2 ? rqi == 1.0 : rqi < 0.5));
}

TEST_CASE("matrices: not centred, strict tolerance, degenerate input", "[theory][matrices]") {
  const Task task = Task::permutations(2);  // symbols 1, t: t t = 1 1, 1 t = t 1
  const auto P0 = list_parallelograms(group_by_output(task));
  REQUIRE(P0.size() == 2);
  // 1 x 1: E = (1, x): the squares differ by 1 - x^2, over RMS^2 = (1 + x^2)/2
  MatrixXd R(2, 1);
  R << 3.0, 1.0;  // defect^2 = (8/5)^2
  CHECK(holding_products(R, P0, 64.0 / 25 + 1e-9) == std::vector<bool>{true, true});
  CHECK(holding_products(R, P0, 64.0 / 25 - 1e-9) == std::vector<bool>{false, true});
  CHECK(holding_products(R, P0, 0.0) == std::vector<bool>{false, false});  // strict
  CHECK(normalise_matrices(R).squaredNorm() == Approx(2));
  CHECK(product_rqi(MatrixXd::Zero(2, 4), P0) == 0.0);
  CHECK(product_rqi(MatrixXd::Constant(2, 4, std::numeric_limits<double>::infinity()), P0) == 0.0);
  CHECK(product_rqi(MatrixXd::Constant(2, 4, std::nan("")), P0) == 0.0);
  CHECK(product_rqi(MatrixXd::Constant(2, 4, 7.0), P0) == 1.0);  // collapsed, as in the code
  CHECK(product_rqi(R, {}) == 1.0);
  ProductRqi rqi(2, P0, 0.5);
  CHECK(rqi.of(MatrixXd::Zero(2, 4)) == 0.0);
  CHECK(rqi.of(MatrixXd::Constant(2, 9, std::numeric_limits<double>::infinity())) == 0.0);
  CHECK(rqi.of(MatrixXd::Constant(2, 1, std::nan(""))) == 0.0);
  CHECK(rqi.of(MatrixXd::Constant(2, 4, 7.0)) == 1.0);
  CHECK(ProductRqi(2, {}, 0.5).of(R) == 1.0);
  CHECK(matrix_size(36) == 6);
  CHECK_THROWS_WITH(product_rqi(MatrixXd::Ones(2, 8), P0),
                    "matrix embeddings: columns = 8, allowed k^2: 1, 4, 9, 16, ...");
  CHECK_THROWS_AS(product_rqi(MatrixXd::Ones(1, 4), P0), InputError);
  CHECK_THROWS_AS(
      holding_products(MatrixXd::Ones(2, 4), std::vector<Parallelogram>{{{0, 2}, {1, 1}}}),
      InputError);
  CHECK_THROWS_WITH(rqi.of(MatrixXd::Ones(3, 4)), "ProductRqi: rows = 3, allowed [2, 2]");
  CHECK_THROWS_AS(rqi.of(MatrixXd::Ones(2, 8)), InputError);
  CHECK_THROWS_AS(ProductRqi(1, P0, 0.5), InputError);
  CHECK_THROWS_AS(ProductRqi(2, P0, -0.1), InputError);
  CHECK_THROWS_AS(ProductRqiTest(2, P0, -0.1, 0.5), InputError);
  CHECK_THROWS_AS(ProductRqiTest(2, P0, 0.5, 1.5), InputError);
}

TEST_CASE("what has no meaning for a combination is refused in one line",
          "[theory][matrices][errors]") {
  const Task task = Task::permutations(3);
  const auto D = draw_training_set(task, 18, 1);
  const OutputClasses classes = group_by_output(task, D);
  const std::string allowed =
      "task = permutations (matrix-product), allowed tasks whose embeddings "
      "combine by sum";
  CHECK_THROWS_WITH(analyse_structure(task, D), "analyse_structure: " + allowed);
  CHECK_THROWS_WITH(full_nullity(task), "full_nullity: " + allowed);
  CHECK_THROWS_WITH(hessian_spectrum(task, classes, Structure{}, Normalisation::sum),
                    "hessian_spectrum: " + allowed);
  CHECK_THROWS_WITH(null_basis(task, classes), "null_basis: " + allowed);
  CHECK_THROWS_WITH(count_unique(task, 10, 1, 1), "threshold: " + allowed);
  CHECK_THROWS_WITH(draw_rates(task, 10, 1, 1, Normalisation::sum), "rates: " + allowed);
  CHECK_THROWS_WITH(GrowingStructure(task), "GrowingStructure: " + allowed);
  CHECK_THROWS_WITH(predicted_accuracy(task, D, MatrixXd::Ones(6, 9)),
                    "predicted_accuracy: " + allowed);
  CHECK_THROWS_WITH(predict_steps(task, D, MatrixXd::Ones(6, 9), Normalisation::sum, {}),
                    "predict_steps: " + allowed);
  const Task sum = Task::abelian({2, 3});
  const auto E = draw_training_set(sum, 9, 1);
  const std::string other =
      "task = abelian (sum), allowed tasks whose embeddings combine by "
      "matrix-product";
  CHECK_THROWS_WITH(analyse_products(sum, E), "analyse_products: " + other);
  CHECK_THROWS_WITH(implied_products(sum, E), "implied_products: " + other);
  CHECK_THROWS_WITH(count_complete(sum, 10, 1, 1), "closure threshold: " + other);
  CHECK_THROWS_WITH(predicted_product_accuracy(sum, E, MatrixXd::Ones(6, 9)),
                    "predicted_product_accuracy: " + other);
}
