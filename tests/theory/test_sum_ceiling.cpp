// tests/theory/test_sum_ceiling.cpp: what a decoder of sums can reach, and what RQI can reach
// without a unique structure.
#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <set>

#include "core/errors.hpp"
#include "tests/support/catch.hpp"
#include "tests/theory/brute_force.hpp"
#include "tests/theory/small_tables.hpp"
#include "theory/representation.hpp"
#include "theory/structure.hpp"

using namespace grok;

namespace {

using small_tables::s3;
using small_tables::subtraction;

struct Ceiling {
  double accuracy = 0;
  Index sharing = 0;
};

/// The definition: numbers in place of symbols, samples sorted by their sum, the majority counted.
Ceiling ceiling_of(const Task& task, const Eigen::VectorXd& E) {
  std::map<std::int64_t, std::map<Index, Index>> votes;
  for (const Sample s : task.samples()) {
    ++votes[std::llround((E(s.i) + E(s.j)) * 1e7)][task.output(s)];
  }
  Index right = 0;
  std::set<Index> sharing;
  for (const auto& [sum, outputs] : votes) {
    Index most = 0;
    for (const auto& [output, count] : outputs) {
      most = std::max(most, count);
      if (outputs.size() > 1) {
        sharing.insert(output);
      }
    }
    right += most;
  }
  return {static_cast<double>(right) / static_cast<double>(task.sample_count()),
          std::ssize(sharing)};
}

/// A generic solution of the equations of D, by the dense spectrum of A^T A.
Eigen::VectorXd generic_solution(const Task& task, const std::vector<Sample>& D) {
  const auto P = brute_force::parallelograms(task, D);
  const Eigen::MatrixXd A = brute_force::A(task.symbols(), P);
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> modes(A.transpose() * A);
  RandomStream stream(5, "test/solution");
  Eigen::VectorXd E = Eigen::VectorXd::Zero(task.symbols());
  for (Index k = 0; k < brute_force::nullity(task.symbols(), P); ++k) {
    E += stream.normal() * modes.eigenvectors().col(k);
  }
  return E;
}

Eigen::VectorXd generic(Index p) {
  RandomStream stream(6, "test/solution");
  Eigen::VectorXd E(p);
  for (double& x : E) {
    x = stream.normal();
  }
  return E;
}

SumCeiling ceiling(const Task& task, const std::vector<Sample>& D) {
  return sum_ceiling(task, D, analyse_structure(task, D));
}

/// |P(D)|/|P0| where everything but symbol 0 is fixed (docs/theory.md, 4.1).
double share_without_0(Index p) {
  const auto x = static_cast<double>(p);
  return p % 2 == 0 ? 1 - 6 / (2 * x + 1) : 1 - 6 * (x - 1) / ((x + 1) * (2 * x - 3));
}

}  // namespace

TEST_CASE("ceiling of sums: the definition, with a generic solution in numbers",
          "[theory][structure][reference]") {
  int between = 0;
  const std::vector<Task> tasks = {Task::addition(7),
                                   Task::modular_addition(7),
                                   Task::abelian({2, 4}),
                                   s3(),
                                   subtraction(6),
                                   brute_force::addition_table(6),
                                   brute_force::random_table(7, 12, true, 5),
                                   brute_force::random_table(6, 12, false, 6)};
  for (const Task& task : tasks) {
    CAPTURE(describe(task));
    for (std::uint64_t seed = 0; seed < 25; ++seed) {
      const Index n = 1 + static_cast<Index>(seed) * (task.sample_count() - 1) / 24;
      const auto D = draw_training_set(task, n, 300 + seed);
      const SumCeiling found = ceiling(task, D);
      const Ceiling any = ceiling_of(task, generic(task.symbols()));
      const Ceiling solution = ceiling_of(task, generic_solution(task, D));
      REQUIRE(found.any_embeddings == any.accuracy);
      REQUIRE(found.solution == solution.accuracy);
      REQUIRE(found.sharing == solution.sharing);
      REQUIRE(*found.solution <= found.any_embeddings);
      between += *found.solution < found.any_embeddings && *found.sharing < found.outputs;
    }
  }
  CHECK(between > 5);
}

TEST_CASE("ceiling of sums: groups and rules that do not commute", "[theory][structure][exact]") {
  const Task group = s3();
  const SumCeiling all = ceiling(group, group.samples());
  CHECK(all.any_embeddings == 27.0 / 36);  // 18 of the 30 pairs (a, b), a != b, do not commute
  CHECK(all.solution == 6.0 / 36);         // all symbols in one place: one answer for everything
  CHECK(all.outputs == 6);
  CHECK(all.sharing == 6);
  // All of D0 is known, and of two orders that differ one can be right.
  CHECK(analyse_structure(group, group.samples()).ideal_accuracy == 27.0 / 36);
  const Task minus = subtraction(6);
  CHECK(analyse_structure(minus, minus.samples()).ideal_accuracy == 24.0 / 36);
  const Task ring = Task::modular_addition(11);
  const auto D = draw_training_set(ring, 50, 58);
  REQUIRE(analyse_structure(ring, D).unique);
  CHECK(analyse_structure(ring, D).ideal_accuracy == 1);
  const SumCeiling collapsed = ceiling(ring, D);
  CHECK(collapsed.any_embeddings == 1);
  CHECK(collapsed.solution == 1.0 / 11);  // 6 of 66
  CHECK(collapsed.sharing == 11);
  const Task even = Task::modular_addition(4);  // outputs 0, 2 have 3 samples, 1 and 3 two
  CHECK(ceiling(even, even.samples()).solution == 3.0 / 10);
  const Task line = Task::addition(10);
  const SumCeiling apart = ceiling(line, draw_training_set(line, 3, 1));
  CHECK((apart.solution == 1.0 && apart.sharing == 0 && apart.outputs == 19));
  CHECK_THROWS_AS(sum_ceiling(Task::permutations(3), group.samples(), Structure{}), InputError);
}

// A decoder of E_i + E_j is a choice of an output for each set {i, j}: all 729 of three symbols.
TEST_CASE("ideal and predicted accuracy: the best of all decoders of sums that know Dbar",
          "[theory][structure][reference]") {
  int bounded = 0;
  const Index p = 3, C = 3;
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    const Task task = brute_force::random_table(p, C, seed % 4 == 0, seed);
    const Index n = 1 + static_cast<Index>(seed) % task.sample_count();
    const auto D = draw_training_set(task, n, 400 + seed);
    const auto best = [&](const std::vector<Sample>& known) {
      Index most = 0;
      for (Index decoder = 0; decoder < 729; ++decoder) {
        most = std::max<Index>(most, std::ranges::count_if(known, [&](Sample s) {
                                 const Index low = std::min(s.i, s.j), high = std::max(s.i, s.j);
                                 Index answers = decoder;  // base C, the sets in order
                                 for (Index k = low * (5 - low) / 2 + high; k > 0; --k) {
                                   answers /= C;
                                 }
                                 return answers % C == task.output(s);
                               }));
      }
      CHECK(most == brute_force::right_by_sums(task, known));
      bounded += most < std::ssize(known) ? 1 : 0;
      return static_cast<double>(most) / static_cast<double>(task.sample_count());
    };
    CAPTURE(describe(task), seed, n);
    const auto closed = brute_force::closure(task, D);
    CHECK(analyse_structure(task, D).ideal_accuracy ==
          best(brute_force::augmented(task, D, closed)));
    Eigen::VectorXd E(3);
    E << 0, static_cast<double>(seed % 3), 2;
    auto held = brute_force::parallelograms(task, task.samples());
    std::erase_if(held, [&E](const auto& q) {
      return E(q.first.i) + E(q.first.j) != E(q.second.i) + E(q.second.j);
    });
    CHECK(predicted_accuracy(task, D, E) == best(brute_force::augmented(task, D, held)));
  }
  CHECK(bounded > 20);
  CHECK_THROWS_WITH(answerable_by_sums(s3(), std::vector<char>(35)),
                    "answerable_by_sums: marks = 35, allowed [36, 36]");
}

// RQI asks of embeddings alone: the sign of a permutation has 63 of the 90 parallelograms of S_3,
// though a decoder of it gets 12 of 36 samples right at most.
TEST_CASE("a rule that does not commute bounds no RQI", "[theory][structure]") {
  const Task group = s3();
  const auto P0 = list_parallelograms(group_by_output(group));
  REQUIRE(P0.size() == 90);
  Eigen::VectorXd sign(6);
  sign << 0, 1, 1, 0, 0, 1;  // in lexicographic order
  CHECK(rqi(sign, P0) == 63.0 / 90);
  CHECK(ceiling_of(group, sign).accuracy == 12.0 / 36);
}

TEST_CASE("RQI above 0.95 without a unique structure: from p = 60 on", "[theory][structure]") {
  for (const Index p : {3, 4, 5, 6, 9, 10, 11, 40, 59, 60, 61, 80}) {
    CAPTURE(p);
    const Task task = Task::addition(p);
    std::vector<Sample> D;
    for (const Sample s : task.samples()) {
      if (s.i > 0) {
        D.push_back(s);
      }
    }
    const Structure structure = analyse_structure(task, D);
    CHECK(structure.nullity == 3);
    CHECK_FALSE(structure.unique);
    CHECK(structure.ideal_rqi == Approx(share_without_0(p)).epsilon(1e-12).margin(1e-12));
    CHECK((structure.ideal_rqi > 0.95) == (p >= 60));
    // Embeddings on the line but for symbol 0 have that RQI.
    Eigen::VectorXd E = Eigen::VectorXd::LinSpaced(p, 0, static_cast<double>(p - 1));
    E(0) += std::sqrt(static_cast<double>(p));
    if (p <= 61) {
      CHECK(rqi(E, list_parallelograms(group_by_output(task))) == structure.ideal_rqi);
    }
  }
  CHECK(share_without_0(10) == Approx(0.714).margin(5e-4));
  CHECK(share_without_0(40) == Approx(0.926).margin(5e-4));
  CHECK(share_without_0(60) == Approx(0.9504).margin(5e-5));
  CHECK(share_without_0(80) == Approx(0.963).margin(5e-4));
}

TEST_CASE("no freedom leaves more parallelograms than symbol 0 does, p = 4 to 8",
          "[theory][structure]") {
  for (Index p = 4; p <= 8; ++p) {
    const auto P0 = list_parallelograms(group_by_output(Task::addition(p)));
    std::int64_t most = 0;
    // Every set with a third freedom lies in one spanned by p - 3 independent rows.
    const std::function<void(const NullSpace&, std::size_t)> span = [&](const NullSpace& space,
                                                                        std::size_t next) {
      if (space.nullity() == 3) {
        most = std::max(most, static_cast<std::int64_t>(std::ranges::count_if(
                                  P0, [&](const auto& q) { return space.implies(q); })));
        return;
      }
      for (std::size_t k = next; k < P0.size(); ++k) {
        NullSpace more = space;
        if (more.add(P0[k])) {
          span(more, k + 1);
        }
      }
    };
    span(NullSpace(p), 0);
    CAPTURE(p);
    CHECK(static_cast<double>(most) / static_cast<double>(P0.size()) ==
          Approx(share_without_0(p)).epsilon(1e-12));
  }
}

TEST_CASE("p = 10: any 67 of the 70 parallelograms force the line", "[theory][structure]") {
  const auto P0 = list_parallelograms(group_by_output(Task::addition(10)));
  REQUIRE(P0.size() == 70);
  REQUIRE(allowed_failures(70, 0.95) == 3);
  for (std::size_t a = 0; a < 70; ++a) {
    for (std::size_t b = a + 1; b < 70; ++b) {
      for (std::size_t c = b + 1; c < 70; ++c) {
        NullSpace space(10);
        for (std::size_t k = 0; k < 70 && space.nullity() > 2; ++k) {
          if (k != a && k != b && k != c) {
            space.add(P0[k]);
          }
        }
        REQUIRE(space.nullity() == 2);
      }
    }
  }
}
