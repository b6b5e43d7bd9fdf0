#include "theory/structure.hpp"

#include <cmath>

#include "core/errors.hpp"
#include "tests/support/catch.hpp"
#include "tests/theory/brute_force.hpp"

using namespace grok;

namespace {

// Calls visit(D) for every subset of D0 with n samples.
template <class Visit>
void for_each_subset(const Task& task, Index n, Visit visit) {
  const std::uint64_t end = std::uint64_t{1} << task.sample_count();
  for (std::uint64_t bits = (std::uint64_t{1} << n) - 1; bits < end;) {
    visit(brute_force::subset(task, bits));
    const std::uint64_t low = bits & (0 - bits);  // Gosper: the next number with as many bits
    const std::uint64_t ripple = bits + low;
    bits = (((ripple ^ bits) >> 2) / low) | ripple;
  }
}

Index grown_nullity(const Task& task, const std::vector<Sample>& D) {
  GrowingStructure growing(task);
  for (const Sample s : D) {
    growing.add(s);
  }
  return growing.nullity();
}

// Mean of a sample and its standard error.
struct Mean {
  double sum = 0, squares = 0;
  int count = 0;
  void add(double x) {
    sum += x;
    squares += x * x;
    ++count;
  }
  double value() const { return sum / count; }
  double variance() const { return squares / count - value() * value(); }
};

}  // namespace

TEST_CASE("ideal accuracy and RQI: the definition through ranks", "[theory][structure]") {
  const Index p = GENERATE(5, 6, 7);
  int partial = 0;  // some implied, not all: the interesting case
  const std::vector<Task> tasks = {Task::addition(p), Task::modular_addition(p),
                                   brute_force::random_table(p, 2 * p, true, 5),
                                   brute_force::random_table(p, 2 * p, false, 6)};
  for (const Task& task : tasks) {
    const auto P0 = brute_force::parallelograms(task, task.samples());
    for (std::uint64_t seed = 0; seed < 25; ++seed) {
      const Index n = 2 + static_cast<Index>(seed) * (task.sample_count() - 2) / 24;
      const auto D = draw_training_set(task, n, 100 + seed);
      const auto closed = brute_force::closure(task, D);
      const Structure found = analyse_structure(task, D);
      CHECK(found.train == n);
      CHECK(found.samples == task.sample_count());
      CHECK(found.parallelograms == std::ssize(brute_force::parallelograms(task, D)));
      CHECK(found.parallelograms_all == std::ssize(P0));
      CHECK(found.nullity == brute_force::nullity(p, brute_force::parallelograms(task, D)));
      CHECK(found.nullity_all == brute_force::nullity(p, P0));
      CHECK(found.unique == (found.nullity == found.nullity_all));
      CHECK(found.implied_parallelograms == std::ssize(closed));
      CHECK(found.ideal_rqi == static_cast<double>(closed.size()) / static_cast<double>(P0.size()));
      const auto known = brute_force::augmented(task, D, closed);
      CHECK(found.ideal_accuracy == static_cast<double>(brute_force::right_by_sums(task, known)) /
                                        static_cast<double>(task.sample_count()));
      partial += 0 < found.implied_parallelograms && found.implied_parallelograms < std::ssize(P0);
    }
  }
  CHECK(partial > 20);
}

TEST_CASE("p = 4: the lattice of the three parallelograms", "[theory][structure][published]") {
  const Parallelogram A1{{0, 2}, {1, 1}};  // Liu et al. 2022, Fig. 11
  const Parallelogram A2{{0, 3}, {1, 2}};
  const Parallelogram A3{{1, 3}, {2, 2}};
  const std::vector<Parallelogram> all = {A1, A2, A3};
  for (unsigned bits = 0; bits < 8; ++bits) {
    NullSpace space(4);
    std::vector<Parallelogram> chosen;
    for (unsigned k = 0; k < 3; ++k) {
      if ((bits >> k & 1U) != 0) {
        chosen.push_back(all[k]);
        space.add(all[k]);
      }
    }
    const Index expected = std::max<Index>(2, 4 - std::ssize(chosen));
    CHECK(space.nullity() == expected);
    CHECK(brute_force::nullity(4, chosen) == expected);
    for (unsigned k = 0; k < 3; ++k) {  // any two equations force the third
      CHECK(space.implies(all[k]) == (chosen.size() >= 2 || (bits >> k & 1U) != 0));
    }
  }
  const Task task = Task::addition(4);
  const std::vector<Sample> D = {{0, 2}, {0, 3}, {1, 1}, {1, 2}, {1, 3}, {2, 2}};
  const Structure structure = analyse_structure(task, D);
  CHECK(structure.unique);
  CHECK(structure.implied_parallelograms == 3);
  CHECK(structure.ideal_rqi == 1);
  CHECK(structure.ideal_accuracy == 0.6);  // (0,0), (0,1), (2,3), (3,3) have no partner at all
}

TEST_CASE("p = 6: the line, built up sample by sample", "[theory][structure][published]") {
  const Task task = Task::addition(6);  // Liu et al. 2022, App. C, without the repeated (2,4)
  const std::vector<Sample> order = {{0, 4}, {1, 3}, {1, 5}, {2, 4}, {0, 2}, {1, 1}, {3, 3}};
  const std::vector<Index> nullities = {6, 5, 5, 4, 4, 3, 2};
  const Parallelogram derived{{0, 5}, {2, 3}};  // E0 + E5 = E2 + E3, from the first four
  const Parallelogram middle{{3, 5}, {4, 4}};   // 2 E4 = E3 + E5, from (0,2), (1,1) on
  std::vector<Sample> D;
  for (std::size_t n = 1; n <= order.size(); ++n) {
    D.push_back(order[n - 1]);
    const NullSpace space = null_space(6, group_by_output(task, D));
    CAPTURE(n);
    CHECK(space.nullity() == nullities[n - 1]);
    CHECK(space.implies(derived) == (n >= 4));
    CHECK(space.implies(middle) == (n >= 6));
    CHECK(analyse_structure(task, D).unique == (n == 7));
  }
  CHECK(analyse_structure(task, D).ideal_rqi == 1);
}

TEST_CASE("p = 6: no set below 6 samples is unique, three of 6 are", "[theory][structure]") {
  const Task task = Task::addition(6);
  for (Index n = 1; n <= 6; ++n) {
    int unique = 0;
    int sets = 0;
    for_each_subset(task, n, [&](const std::vector<Sample>& D) {
      unique += grown_nullity(task, D) == 2;
      ++sets;
    });
    CHECK(sets ==
          std::vector<int>{0, 21, 210, 1330, 5985, 20349, 54264}[static_cast<std::size_t>(n)]);
    CHECK(unique == (n == 6 ? 3 : 0));
  }
}

TEST_CASE("unique needs p samples; two adjacent anti-diagonals are enough", "[theory][structure]") {
  for (const Index p : {4, 5}) {
    const Task task = Task::addition(p);
    for (Index n = 1; n < p; ++n) {
      for_each_subset(task, n,
                      [&](const std::vector<Sample>& D) { REQUIRE(grown_nullity(task, D) > 2); });
    }
  }
  for (Index p = 4; p <= 20; ++p) {
    const Task task = Task::addition(p);
    std::vector<Sample> D;
    for (const Sample s : task.samples()) {
      if (const Index sum = task.output(s); sum == p - 1 || sum == p - 2) {
        D.push_back(s);
      }
    }
    REQUIRE(std::ssize(D) == p);
    CHECK(analyse_structure(task, D).unique);
    for (std::size_t left_out = 0; left_out < D.size(); ++left_out) {  // each one is needed
      auto fewer = D;
      fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(left_out));
      CHECK(analyse_structure(task, fewer).nullity == 3);
    }
  }
}

TEST_CASE("p-2 missing samples can free E_0, fewer cannot", "[theory][structure]") {
  for (Index p = 3; p <= 20; ++p) {
    const Task task = Task::addition(p);
    std::vector<Sample> D;
    for (const Sample s : task.samples()) {
      if (s.i > 0 || s.j < 2) {  // all but (0,2), ..., (0,p-1)
        D.push_back(s);
      }
    }
    REQUIRE(std::ssize(D) == task.sample_count() - (p - 2));
    const Structure structure = analyse_structure(task, D);
    CHECK(structure.nullity == 3);
    CHECK_FALSE(structure.unique);
    const NullSpace space = null_space(p, group_by_output(task, D));
    CHECK_FALSE(space.implies({{0, 2}, {1, 1}}));
    for (const auto& q : list_parallelograms(group_by_output(task))) {
      REQUIRE(space.implies(q) == (q.first.i > 0));  // those of the others, and no other
    }
  }
  for (const Index p : {4, 5, 6}) {
    const Task task = Task::addition(p);
    for_each_subset(task, task.sample_count() - (p - 3),
                    [&](const std::vector<Sample>& D) { REQUIRE(grown_nullity(task, D) == 2); });
  }
}

TEST_CASE("one sample, and all samples", "[theory][structure]") {
  const Task task = Task::addition(10);
  const std::vector<Sample> one = {{3, 4}};
  const Structure least = analyse_structure(task, one);
  CHECK(least.parallelograms == 0);
  CHECK(least.nullity == 10);
  CHECK_FALSE(least.unique);
  CHECK(least.ideal_rqi == 0);
  CHECK(least.ideal_accuracy == 1.0 / 55);
  const Structure most = analyse_structure(task, task.samples());
  CHECK(most.parallelograms == 70);
  CHECK(most.nullity == 2);
  CHECK(most.unique);
  CHECK(most.implied_parallelograms == 70);
  CHECK(most.ideal_rqi == 1);
  CHECK(most.ideal_accuracy == 1);
}

TEST_CASE("a task without parallelograms", "[theory][structure]") {
  const Task task = Task::addition(2);
  const std::vector<Sample> D = {{0, 1}};
  const Structure structure = analyse_structure(task, D);
  CHECK(structure.parallelograms_all == 0);
  CHECK(structure.nullity == 2);
  CHECK(structure.unique);  // nothing to learn
  CHECK(structure.ideal_rqi == 1);
  CHECK(structure.ideal_accuracy == 1.0 / 3);
}

TEST_CASE("symmetry and growth of the ideal quantities", "[theory][structure]") {
  const Task task = Task::addition(9);
  const Task table = brute_force::addition_table(9);
  CHECK(full_nullity(table) == 2);
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    double accuracy = 0;
    double quality = 0;
    for (Index n = 1; n <= 45; n += 4) {
      auto D = draw_training_set(task, n, seed);
      const Structure direct = analyse_structure(task, D);
      REQUIRE(direct.ideal_accuracy >= static_cast<double>(n) / 45);
      REQUIRE(direct.ideal_accuracy >= accuracy);  // nested sets: what is known stays known
      REQUIRE(direct.ideal_rqi >= quality);
      accuracy = direct.ideal_accuracy;
      quality = direct.ideal_rqi;
      std::vector<Sample> mirrored;  // k -> p-1-k maps the task to itself; order reversed too
      for (const Sample s : D) {
        mirrored.push_back({8 - s.j, 8 - s.i});
      }
      for (const Structure& other :
           {analyse_structure(task, mirrored), analyse_structure(table, D)}) {
        REQUIRE(other.nullity == direct.nullity);
        REQUIRE(other.implied_parallelograms == direct.implied_parallelograms);
        REQUIRE(other.ideal_accuracy == direct.ideal_accuracy);
      }
    }
    CHECK(quality == 1);
  }
}

TEST_CASE("p = 10: published means of ideal accuracy and RQI", "[theory][structure][published]") {
  // Means of 10000 draws, three digits printed; ours of 4000, whose standard errors are 0.003 or
  // less. Each within 4.5 standard errors of the difference: false alarm 4 * 7e-6.
  struct Published {
    Index train;
    double accuracy, rqi;
  };
  const Task task = Task::addition(10);
  for (const Published& published : {Published{22, .656, .698}, Published{30, .901, .993}}) {
    Mean accuracy, rqi;
    for (std::uint64_t seed = 0; seed < 4000; ++seed) {
      const auto structure =
          analyse_structure(task, draw_training_set(task, published.train, seed));
      accuracy.add(structure.ideal_accuracy);
      rqi.add(structure.ideal_rqi);
    }
    const auto margin = [](const Mean& mean) {
      const double error = std::sqrt(mean.variance() * (1.0 / 4000 + 1.0 / 10'000));
      REQUIRE(error < 0.007);
      return 4.5 * error + 0.0005;
    };
    CAPTURE(published.train, accuracy.value(), rqi.value(), margin(accuracy), margin(rqi));
    CHECK(std::abs(accuracy.value() - published.accuracy) < margin(accuracy));
    CHECK(std::abs(rqi.value() - published.rqi) < margin(rqi));
  }
}
