#include "theory/spectrum.hpp"

#include <Eigen/Dense>
#include <cmath>

#include "core/errors.hpp"
#include "tests/support/catch.hpp"
#include "tests/theory/brute_force.hpp"

using namespace grok;
using Eigen::MatrixXd;
using Eigen::VectorXd;

namespace {

Spectrum spectrum_of(const Task& task, const std::vector<Sample>& D,
                     Normalisation normalisation = Normalisation::sum) {
  return hessian_spectrum(task, group_by_output(task, D), analyse_structure(task, D),
                          normalisation);
}

}  // namespace

TEST_CASE("p = 10, all samples: eigenvalues, lambda_3, n_h", "[theory][spectrum][published]") {
  const Task task = Task::addition(10);
  const auto classes = group_by_output(task);
  const VectorXd values = dense_spectrum(10, classes, 1.0);  // of A^T A
  const std::vector<double> published = {0,       0,       30,      31.2716, 36.5472,
                                         38.3765, 42.1380, 45.7284, 47.3148, 48.6235};
  for (Index k = 0; k < 10; ++k) {
    CHECK(values[k] == Approx(published[static_cast<std::size_t>(k)]).margin(5.1e-5));
  }
  // Trace: 50 rows with four entries +-1, 20 with a 2 and two -1 (or the reverse).
  CHECK(values.sum() == Approx(50 * 4 + 20 * 6).epsilon(1e-13));

  const Spectrum sum = spectrum_of(task, task.samples());
  CHECK(sum.complete);
  CHECK(sum.eigenvalues.size() == 10);
  CHECK(sum.eigenvalues[0] == 0);
  CHECK(sum.eigenvalues[1] == 0);
  CHECK(sum.lambda3 == sum.eigenvalues[2]);
  CHECK(sum.lambda3 == Approx(20.0 / 3).epsilon(1e-13));
  CHECK(grokking_steps(sum.lambda3, 1e-3).value() == Approx(150).epsilon(1e-13));
  const Spectrum mean = spectrum_of(task, task.samples(), Normalisation::mean);
  CHECK(mean.lambda3 == Approx(2.0 / 21).epsilon(1e-13));
  CHECK(grokking_steps(mean.lambda3, 1e-3).value() == Approx(10500).epsilon(1e-13));
}

TEST_CASE("p = 4: eigenvalues of A^T A are 0, 0, 6, 10", "[theory][spectrum][published]") {
  const Task task = Task::addition(4);
  const VectorXd values = dense_spectrum(4, group_by_output(task), 1.0);
  CHECK((values - Eigen::Vector4d(0, 0, 6, 10)).norm() < 1e-13);
  CHECK(spectrum_of(task, task.samples()).lambda3 == Approx(2.0 / 3 * 6).epsilon(1e-13));
}

TEST_CASE("Gram by class sums is A^T A", "[theory][spectrum][reference]") {
  const Task task =
      GENERATE(Task::addition(10), Task::modular_addition(9),
               brute_force::random_table(7, 4, false, 3), brute_force::random_table(8, 5, true, 4));
  const Index p = task.symbols();
  RandomStream stream(1, "x");
  const VectorXd x = VectorXd::NullaryExpr(p, [&] { return stream.normal(); });
  for (const Index n : {1, 5, 12, 20, 28}) {
    const auto classes = group_by_output(task, draw_training_set(task, n, 9));
    const MatrixXd A = brute_force::A(p, list_parallelograms(classes));
    const MatrixXd expected = A.transpose() * A;
    CHECK(parallelogram_gram(p, classes) == expected);  // small integers: exact
    VectorXd y = VectorXd::Constant(p, 7.0);            // must be overwritten
    apply_gram(classes, x.data(), y.data(), p);
    CHECK((y - expected * x).norm() < 1e-12 * (1 + expected.norm()));
    CHECK(x.dot(y) == Approx((A * x).squaredNorm()).margin(1e-12));  // l0
    CHECK(gram_form(classes, x.data()) == Approx((A * x).squaredNorm()).epsilon(1e-12));
    CHECK(gram_trace(p, classes) == expected.trace());
    CHECK((n < 12 || expected.norm() > 1));
  }
}

TEST_CASE("H: scale, and the null space set to exact zeros", "[theory][spectrum]") {
  CHECK(hessian_scale(10, 70, Normalisation::sum) == 2.0 / 9);
  CHECK(hessian_scale(10, 70, Normalisation::mean) == Approx(2.0 / 9 / 70).epsilon(1e-15));
  CHECK(hessian_scale(10, 0, Normalisation::sum) == 0);
  CHECK(hessian_scale(10, 0, Normalisation::mean) == 0);
  const Task task = Task::addition(12);
  int unique = 0;
  for (Index n = 1; n <= 78; n += 3) {
    const auto D = draw_training_set(task, n, static_cast<std::uint64_t>(n));
    const Structure structure = analyse_structure(task, D);
    const Spectrum sum = spectrum_of(task, D);
    const Spectrum mean = spectrum_of(task, D, Normalisation::mean);
    REQUIRE(sum.complete);
    REQUIRE((sum.eigenvalues.array() == 0).count() == structure.nullity);
    REQUIRE(std::is_sorted(sum.eigenvalues.begin(), sum.eigenvalues.end()));
    REQUIRE((sum.lambda3 > 0) == structure.unique);
    REQUIRE(sum.lambda3 == (structure.unique ? sum.eigenvalues[2] : 0));
    const auto pairs = static_cast<double>(structure.parallelograms);
    REQUIRE(mean.lambda3 * pairs == Approx(sum.lambda3).epsilon(1e-10));
    const MatrixXd A =
        brute_force::A(12, list_parallelograms(group_by_output(task, D)));  // the definition
    const VectorXd expected =
        Eigen::SelfAdjointEigenSolver<MatrixXd>(2.0 / 11 * A.transpose() * A).eigenvalues();
    REQUIRE((sum.eigenvalues - expected).norm() < 1e-11);
    unique += structure.unique;
  }
  CHECK(unique > 5);
  CHECK(unique < 22);
}

TEST_CASE("tables: the same spectrum as the rule they list", "[theory][spectrum]") {
  const Task task = Task::addition(11);
  const Task table = brute_force::addition_table(11);
  const auto D = draw_training_set(task, 44, 2);
  CHECK(spectrum_of(task, D).eigenvalues == spectrum_of(table, D).eigenvalues);
  CHECK(spectrum_of(table, D).lambda3 > 0);
}

TEST_CASE("nothing to learn: lambda_3 is infinite, n_h is 0", "[theory][spectrum]") {
  const auto apart = Task::table(3, true, {0, 1, 2, 3, 4, 5});  // every output has one sample
  for (const Task& task : {Task::addition(2), apart}) {
    for (Index n = 1; n <= task.sample_count(); ++n) {
      const auto D = draw_training_set(task, n, 1);
      const auto classes = group_by_output(task, D);
      const Structure structure = analyse_structure(task, D);
      CHECK(structure.unique);
      CHECK(structure.ideal_rqi == 1);
      for (const Index dense_up_to : {Index{0}, Index{400}}) {  // both methods
        const Spectrum spectrum =
            hessian_spectrum(task, classes, structure, Normalisation::sum, {dense_up_to, {}});
        CHECK(spectrum.lambda3 == std::numeric_limits<double>::infinity());
        CHECK(grokking_steps(spectrum.lambda3, 1e-3) == 0.0);
      }
    }
  }
  const std::vector<Sample> one = {{3, 4}};  // everything to learn, and no way to
  CHECK(spectrum_of(Task::addition(10), one).lambda3 == 0);
  CHECK(spectrum_of(Task::addition(10), one, Normalisation::mean).eigenvalues ==
        VectorXd::Zero(10));
}

TEST_CASE("n_h and the names of the normalisations", "[theory][spectrum]") {
  CHECK(grokking_steps(2.0, 0.25) == 2.0);
  CHECK_FALSE(grokking_steps(0, 1e-3).has_value());
  CHECK_FALSE(grokking_steps(2.0, 0).has_value());
  CHECK_THROWS_WITH(grokking_steps(2.0, -1e-3), "grokking_steps: rate = -0.001, allowed [0, inf]");
  CHECK_THROWS_AS(grokking_steps(2.0, std::nan("")), InputError);
  for (const auto normalisation : {Normalisation::sum, Normalisation::mean}) {
    CHECK(normalisation_from("x", to_text(normalisation)) == normalisation);
  }
  CHECK(to_text(Normalisation::sum) == "sum");
  CHECK_THROWS_WITH(normalisation_from("--normalisation", "average"),
                    "--normalisation: normalisation = average, allowed sum, mean");
}
