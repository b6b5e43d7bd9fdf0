// lambda_3 above the dense size: the methods against each other, and what they refuse.
#include <fmt/format.h>

#include <Eigen/Dense>
#include <cmath>

#include "core/errors.hpp"
#include "tests/support/catch.hpp"
#include "tests/theory/brute_force.hpp"
#include "theory/null_basis.hpp"
#include "theory/spectrum.hpp"
#include "theory/spectrum_check.hpp"

using namespace grok;
using Eigen::MatrixXd;
using Eigen::VectorXd;

namespace {

std::vector<Sample> share_of(const Task& task, double share, std::uint64_t seed) {
  const auto n = static_cast<Index>(share * static_cast<double>(task.sample_count()));
  return draw_training_set(task, n, seed);
}

// The smallest |D| at which the draws of one seed are unique (for one seed they grow), by
// bisection.
Index first_unique(const Task& task, std::uint64_t seed) {
  Index low = 1;
  Index high = task.sample_count();
  while (low < high) {
    const Index middle = (low + high) / 2;
    if (analyse_structure(task, draw_training_set(task, middle, seed)).unique) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return low;
}

// The rule of `task` listed as a table.
Task listed(const Task& task) {
  std::vector<std::int32_t> outputs;
  for (const Sample s : task.samples()) {
    outputs.push_back(static_cast<std::int32_t>(task.output(s)));
  }
  return Task::table(task.symbols(), task.commutative(), std::move(outputs));
}

// Four methods, three of them dense. All agree to 1e-9 of lambda_3, and nothing lies below.
void check_methods(const Task& task, const std::vector<Sample>& D) {
  const Index p = task.symbols();
  const OutputClasses classes = group_by_output(task, D);
  const Structure structure = analyse_structure(task, D);
  REQUIRE(structure.unique);
  const MatrixXd U = null_basis(task, classes).value();
  REQUIRE(U.cols() == structure.nullity);
  REQUIRE((U.transpose() * U - MatrixXd::Identity(U.cols(), U.cols())).norm() < 1e-12);
  const Spectrum lanczos = deflated_lambda3(p, classes, 1.0, U);
  const double dense = dense_spectrum(p, classes, 1.0)[structure.nullity];
  REQUIRE(lanczos.lambda3 == Approx(dense).epsilon(1e-9).margin(0));
  REQUIRE(shift_invert_lowest(p, classes, U) == Approx(dense).epsilon(1e-9).margin(0));
  REQUIRE(no_eigenvalue_below(p, classes, U, lanczos.lambda3 * (1 - 1e-9)));
  REQUIRE_FALSE(no_eigenvalue_below(p, classes, U, lanczos.lambda3 * (1 + 1e-9)));
  REQUIRE(lanczos.residual.value() <= 1e-9);
  REQUIRE(lanczos.products > 3);
  REQUIRE_FALSE(lanczos.complete);
  REQUIRE(lanczos.eigenvalues.size() == structure.nullity + 1);
  REQUIRE(lanczos.eigenvalues[structure.nullity] == lanczos.lambda3);
  REQUIRE(lanczos.eigenvalues.head(structure.nullity).isZero(0));
}

// Blocks of `block` symbols, each with addition of its own; products across blocks have an output
// of their own. Nullity 2 per block.
Task disjoint_lines(Index blocks, Index block) {
  const Index p = blocks * block;
  std::vector<std::int32_t> outputs;
  auto next = static_cast<std::int32_t>(2 * p);
  for (Index i = 0; i < p; ++i) {
    for (Index j = i; j < p; ++j) {
      outputs.push_back(i / block == j / block ? static_cast<std::int32_t>(i + j) : next++);
    }
  }
  return Task::table(p, true, std::move(outputs));
}

// (a, b) + (c, d) without wrapping: a plane of solutions and the constants, nullity 3.
Task grid_addition(Index side) {
  const Index p = side * side;
  std::vector<std::int32_t> outputs;
  for (Index i = 0; i < p; ++i) {
    for (Index j = i; j < p; ++j) {
      const Index row = i / side + j / side;
      const Index column = i % side + j % side;
      outputs.push_back(static_cast<std::int32_t>(row * 2 * side + column));
    }
  }
  return Task::table(p, true, std::move(outputs));
}

}  // namespace

TEST_CASE("Lanczos, dense, shift-invert and Cholesky agree on lambda_3",
          "[theory][spectrum][lanczos]") {
  for (const Index p : {20, 61, 150, 420}) {
    std::vector<Task> tasks = {Task::addition(p), Task::modular_addition(p)};
    if (p == 20) {
      tasks.push_back(Task::abelian({4, 5}));
      tasks.push_back(Task::abelian({2, 2, 5}));
    } else if (p == 420) {
      tasks.push_back(Task::abelian({20, 21}));
      tasks.push_back(Task::abelian({2, 6, 35}));
    }
    for (const Task& task : tasks) {
      for (const double share : {0.3, 0.6, 1.0}) {
        CAPTURE(p, task.name(), share);
        check_methods(task, share_of(task, share, 4));
      }
    }
  }
}

TEST_CASE("sets at the threshold: unique by one sample, or not", "[theory][spectrum][lanczos]") {
  for (const Task& task :
       {Task::addition(120), Task::modular_addition(120), Task::abelian({10, 12}),
        Task::addition(450), Task::modular_addition(450)}) {
    for (const std::uint64_t seed : {1, 2, 3}) {
      const Index n = first_unique(task, seed);
      CAPTURE(task.name(), task.symbols(), seed, n);
      check_methods(task, draw_training_set(task, n, seed));

      const auto fewer = draw_training_set(task, n - 1, seed);
      const OutputClasses classes = group_by_output(task, fewer);
      const Structure structure = analyse_structure(task, fewer);
      REQUIRE(structure.nullity > structure.nullity_all);
      for (const Index dense_up_to : {Index{0}, max_dense_symbols}) {
        SpectrumOptions options;
        options.dense_up_to = dense_up_to;
        const Spectrum none =
            hessian_spectrum(task, classes, structure, Normalisation::sum, options);
        REQUIRE(none.lambda3 == 0);  // and not the next eigenvalue
        REQUIRE(none.eigenvalues.head(structure.nullity).isZero(0));
        REQUIRE_FALSE(none.residual.has_value());
      }
      // Asked all the same, Lanczos meets the eigenvalue 0 and refuses.
      const MatrixXd U = null_basis(task, classes).value();
      REQUIRE(U.cols() == structure.nullity_all);
      REQUIRE_THROWS_AS(deflated_lambda3(task.symbols(), classes, 1.0, U), ConvergenceError);
    }
  }
}

TEST_CASE("user tables above the dense size", "[theory][spectrum][lanczos]") {
  SpectrumOptions iterative;
  iterative.dense_up_to = 0;
  for (const Task& rule :
       {Task::addition(130), Task::modular_addition(131), Task::abelian({9, 14})}) {
    const Task table = listed(rule);
    const auto D = share_of(rule, 0.3, 8);
    CAPTURE(rule.name());
    check_methods(table, D);
    const OutputClasses classes = group_by_output(table, D);
    const auto lambda3 = [&](const Task& task) {
      return hessian_spectrum(task, classes, analyse_structure(task, D), Normalisation::sum,
                              iterative);
    };
    const Spectrum found = lambda3(table);
    CHECK(found.lambda3 == Approx(lambda3(rule).lambda3).epsilon(1e-12));
    CHECK(found.residual.has_value());
  }
  const Task rough = brute_force::random_table(90, 300, false, 3);  // no symmetry
  check_methods(rough, share_of(rough, 0.5, 1));
}

TEST_CASE("tables whose null space has any dimension", "[theory][spectrum][lanczos]") {
  const Task grid = grid_addition(12);
  CHECK(full_nullity(grid) == 3);
  check_methods(grid, share_of(grid, 0.4, 5));
  check_methods(grid, grid.samples());
  const Task blocks = disjoint_lines(15, 8);
  CHECK(full_nullity(blocks) == 30);
  check_methods(blocks, blocks.samples());
  const Task loose = brute_force::random_table(60, 300'000, false, 9);  // hardly any parallelogram
  const Structure structure = analyse_structure(loose, loose.samples());
  CHECK(structure.nullity > 1);
  check_methods(loose, loose.samples());
}

TEST_CASE("integer null vectors: exact, independent, or refused", "[theory][spectrum]") {
  const Task grid = grid_addition(6);
  const auto columns =
      integer_null_basis(null_space(36, group_by_output(grid)), group_by_output(grid));
  REQUIRE(columns.has_value());
  REQUIRE(columns->size() == 3);
  const auto P = list_parallelograms(group_by_output(grid));
  const MatrixXd A = brute_force::A(36, P);
  MatrixXd E(36, 3);
  for (Index k = 0; k < 3; ++k) {
    for (Index s = 0; s < 36; ++s) {
      E(s, k) =
          static_cast<double>((*columns)[static_cast<std::size_t>(k)][static_cast<std::size_t>(s)]);
    }
  }
  CHECK((A * E).isZero(0));  // small integers: exact
  CHECK(E.fullPivLu().rank() == 3);
  // Vectors of too small a D are refused: they do not hold on the rest.
  const auto few = draw_training_set(grid, 40, 1);
  CHECK_FALSE(integer_null_basis(null_space(36, group_by_output(grid, few)), group_by_output(grid))
                  .has_value());
  // 2 E_k = E_(k+1) + E_0 for k = 1..16: entries up to 2^17, beyond what is lifted.
  const Index p = 18;
  std::vector<std::int32_t> outputs;
  std::int32_t next = 100;
  for (Index i = 0; i < p; ++i) {
    for (Index j = i; j < p; ++j) {
      const bool doubled = i == j && 1 <= i && i <= 16;
      const bool halved = i == 0 && j >= 2;
      outputs.push_back(doubled  ? static_cast<std::int32_t>(i + 1)
                        : halved ? static_cast<std::int32_t>(j)
                                 : next++);
    }
  }
  const Task powers = Task::table(p, true, outputs);
  const OutputClasses classes = group_by_output(powers);
  CHECK(full_nullity(powers) == 2);
  CHECK_FALSE(integer_null_basis(null_space(p, classes), classes).has_value());
  // Then lambda_3 is dense at any size.
  SpectrumOptions iterative;
  iterative.dense_up_to = 0;
  const Spectrum found = hessian_spectrum(
      powers, classes, analyse_structure(powers, powers.samples()), Normalisation::sum, iterative);
  CHECK(found.complete);
  CHECK_FALSE(found.residual.has_value());
  CHECK(found.lambda3 == Approx(dense_spectrum(p, classes, 2.0 / 17)[2]).epsilon(1e-12));
}

TEST_CASE("above the dense size: what hessian_spectrum gives", "[theory][spectrum]") {
  const Index p = dense_spectrum_limit + 50;
  const auto normalisation = GENERATE(Normalisation::sum, Normalisation::mean);
  const Task task = Task::addition(p);
  const auto D = draw_training_set(task, 6000, 1);
  const OutputClasses classes = group_by_output(task, D);
  const Structure structure = analyse_structure(task, D);
  const Spectrum found = hessian_spectrum(task, classes, structure, normalisation);
  CHECK_FALSE(found.complete);
  CHECK(found.eigenvalues.size() == 3);
  const double scale = hessian_scale(p, structure.parallelograms, normalisation);
  CHECK(found.lambda3 == Approx(dense_spectrum(p, classes, scale)[2]).epsilon(1e-9).margin(0));
  CHECK(found.residual.value() < 1e-9);
  const Spectrum again = hessian_spectrum(task, classes, structure, normalisation);
  CHECK(again.lambda3 == found.lambda3);  // bit for bit
  CHECK(again.products == found.products);
}

TEST_CASE("a budget that is too small, a tolerance that cannot be met",
          "[theory][spectrum][lanczos]") {
  const Task task = Task::addition(200);
  const OutputClasses classes = group_by_output(task, share_of(task, 0.3, 1));
  const MatrixXd U = null_basis(task, classes).value();
  const Index needed = lowest_eigenpair(200, classes, U).products;
  LanczosOptions options;
  for (const Index budget : {Index{0}, Index{7}, needed / 2, needed - 1}) {
    options.max_products = budget;
    CHECK_THROWS_WITH(
        lowest_eigenpair(200, classes, U, options),
        fmt::format("lambda_3: not converged after {} products with H, all that are allowed; "
                    "wanted a residual of 1e-09 lambda_3 from two starts",
                    budget));
  }
  options.max_products = needed;
  CHECK(lowest_eigenpair(200, classes, U, options).products == needed);
  options = {};
  options.tolerance = 1e-15;  // below the rounding of a product
  CHECK_THROWS_AS(lowest_eigenpair(200, classes, U, options), ConvergenceError);
  options.tolerance = 0;
  CHECK_THROWS_AS(lowest_eigenpair(200, classes, U, options), InputError);
  CHECK_THROWS_AS(lowest_eigenpair(201, classes, U), InputError);
}

TEST_CASE("the bound of Cholesky and shift-invert against closed forms", "[theory][spectrum]") {
  // Addition, all samples, p = 4: eigenvalues 0, 0, 6, 10 of G.
  const OutputClasses classes = group_by_output(Task::addition(4));
  const MatrixXd U = null_basis(Task::addition(4), classes).value();
  CHECK(shift_invert_lowest(4, classes, U) == Approx(6).epsilon(1e-13));
  CHECK(no_eigenvalue_below(4, classes, U, 5.999999));
  CHECK_FALSE(no_eigenvalue_below(4, classes, U, 6.000001));
  CHECK_FALSE(no_eigenvalue_below(4, classes, U, 11));
  CHECK_THROWS_AS(no_eigenvalue_below(4, classes, U, -1), InputError);
  CHECK(lowest_eigenpair(4, classes, U).value == Approx(6).epsilon(1e-13));
  // The full table of Z_n, n odd: n (n + 3) / 2 only, n - 1 times (docs/theory.md, 9.3).
  for (const Index n : {3, 5, 401}) {
    const Task task = Task::modular_addition(n);
    const OutputClasses all = group_by_output(task);
    const double expected = static_cast<double>(n * (n + 3)) / 2;
    const LowestEigenpair found = lowest_eigenpair(n, all, null_basis(task, all).value());
    CHECK(found.value == Approx(expected).epsilon(1e-12));
    CHECK(found.vector.sum() == Approx(0).margin(1e-12));
  }
}
