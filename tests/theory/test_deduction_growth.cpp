#include "theory/deduction_growth.hpp"

#include <Eigen/LU>
#include <cmath>
#include <set>

#include "core/errors.hpp"
#include "core/random.hpp"
#include "tests/support/catch.hpp"
#include "theory/training_set.hpp"

using namespace grok;

namespace {

const Task s3 = Task::permutations(3);

/// known[s][t] of samples by their numbers; a sample equals itself.
using Known = std::vector<std::vector<bool>>;

Known known_from(const std::vector<Sample>& train) {
  Known known(36, std::vector<bool>(36, false));
  for (std::size_t k = 0; k < 36; ++k) {
    known[k][k] = true;
  }
  for (const Sample s : train) {
    for (const Sample t : train) {
      if (s3.output(s) == s3.output(t)) {
        known[static_cast<std::size_t>(s3.index(s))][static_cast<std::size_t>(s3.index(t))] = true;
      }
    }
  }
  return known;
}

/// The rules of theory/closure.hpp, letter by letter, once.
Known brute_round(const Known& known, bool flip) {
  const auto is = [&known](std::size_t a, std::size_t b, std::size_t c, std::size_t d) {
    return known[6 * a + b][6 * c + d];  // ab = cd
  };
  Known next = known;
  for (std::size_t s = 0; s < 36; ++s) {
    for (std::size_t t = 0; t < 36; ++t) {
      const std::size_t a = s / 6, b = s % 6, c = t / 6, d = t % 6;
      bool found = false;
      for (std::size_t n = 0; n < 1296 && !found; ++n) {
        const std::size_t e = n / 216, f = n / 36 % 6, g = n / 6 % 6, h = n % 6;
        // ag = ch, eg = fh, eb = fd => ab = cd (chain); ae = cf, dh = fg, bh = eg => ab = cd (flip)
        found = (is(a, g, c, h) && is(e, g, f, h) && is(e, b, f, d)) ||
                (flip && is(a, e, c, f) && is(d, h, f, g) && is(b, h, e, g)) ||
                // the flip seen from the right: eb = fd, hc = gf, ha = ge => ab = cd
                (flip && is(e, b, f, d) && is(h, c, g, f) && is(h, a, g, e));
      }
      for (std::size_t u = 0; u < 36; ++u) {
        found = found || (known[s][u] && known[u][t]);
      }
      next[s][t] = next[s][t] || found;
    }
  }
  return next;
}

std::int64_t pairs_of(const Known& known) {
  std::int64_t count = 0;
  for (std::size_t s = 0; s < 36; ++s) {
    for (std::size_t t = s + 1; t < 36; ++t) {
      count += known[s][t] ? 1 : 0;
    }
  }
  return count;
}

bool is_parallelogram(const Parallelogram& q) {
  return q.first != q.second && s3.output(q.first) == s3.output(q.second);
}

}  // namespace

TEST_CASE("deduction: the four equations are those of App. H.1: three hold, the fourth follows",
          "[theory][deduction]") {
  RandomStream stream(3, "test");
  const auto random = [&stream] {
    Eigen::Matrix3d E;
    for (Eigen::Index k = 0; k < 9; ++k) {
      E(k / 3, k % 3) = stream.normal();
    }
    return E;
  };
  // Eight different letters as eight matrices, made to satisfy the premises.
  std::array<Eigen::Matrix3d, 8> E;
  enum { a, b, c, d, e, f, g, h };
  E[a] = random();
  E[b] = random();
  E[d] = random();
  E[e] = random();
  E[h] = random();
  E[c] = E[b].inverse() * E[a] * E[d];
  E[f] = E[e] * E[d] * E[c].inverse();
  E[g] = E[f].inverse() * E[e] * E[h];
  const auto list = parallelograms_of({a, b, c, d, e, f, g, h});
  for (const Parallelogram& q : list) {
    const auto at = [&E](std::int32_t k) { return E[static_cast<std::size_t>(k)]; };
    CHECK((at(q.first.i) * at(q.first.j) - at(q.second.i) * at(q.second.j)).norm() <
          1e-9 * (at(q.first.i) * at(q.first.j)).norm());
  }
  CHECK(list[0] == Parallelogram{{a, d}, {b, c}});
  CHECK(list[3] == Parallelogram{{a, h}, {b, g}});
  std::set<Parallelogram> different(list.begin(), list.end());
  CHECK(different.size() == 4);
}

TEST_CASE("deduction: every case of S3 is found, and needs all three", "[theory][deduction]") {
  const ChainExamples found = find_chains(s3);
  std::int64_t count = 0;  // by brute force over all eight letters
  ChainSymbols best{};     // visited in lexicographic order: the first of the most varied stays
  std::array<std::size_t, 2> most{};
  for (std::int32_t n = 0; n < 6 * 6 * 6 * 6; ++n) {
    const std::int32_t a = n / 216, b = n / 36 % 6, c = n / 6 % 6, d = n % 6;
    if (a == b || s3.output({a, d}) != s3.output({b, c})) {
      continue;
    }
    for (std::int32_t m = 0; m < 6 * 6 * 6 * 6; ++m) {
      const std::int32_t e = m / 216, f = m / 36 % 6, g = m / 6 % 6, h = m % 6;
      const auto all = parallelograms_of({a, b, c, d, e, f, g, h});
      std::set<std::set<Sample>> different;
      bool hold = true;
      for (const Parallelogram& q : all) {
        hold = hold && is_parallelogram(q);
        different.insert({q.first, q.second});
      }
      if (!hold || different.size() < 4) {
        continue;
      }
      ++count;
      const std::size_t sides = std::set{a, b, e, f}.size() + std::set{c, d, g, h}.size();
      const std::array variety = {sides, std::set{a, b, c, d, e, f, g, h}.size()};
      if (variety > most) {
        most = variety;
        best = {a, b, c, d, e, f, g, h};
      }
    }
  }
  CHECK(found.drawn == best);
  CHECK(found.count == count);
  CHECK(found.implied == count);
  CHECK(found.dispensable == 0);
  const auto& [a, b, c, d, e, f, g, h] = found.drawn;
  CHECK(std::set{a, b, e, f}.size() == 4);
  CHECK(std::set{c, d, g, h}.size() == 4);
  for (const Parallelogram& q : parallelograms_of(found.drawn)) {
    CHECK(is_parallelogram(q));
  }
  CHECK_THROWS_WITH(find_chains(Task::permutations(2)), ContainsSubstring("permutations, p = 2"));
  CHECK_THROWS_WITH(find_chains(Task::permutations(4)), ContainsSubstring("allowed [2, 6]"));
  CHECK_THROWS_AS(find_chains(Task::addition(6)), InputError);
}

TEST_CASE("deduction: a round is each rule once; the last is the fixed point of the closure",
          "[theory][deduction]") {
  for (std::int64_t seed = 0; seed < 12; ++seed) {
    const Index size = 11 + seed % 6;
    const auto train = draw_training_set(s3, size, static_cast<std::uint64_t>(seed));
    for (const Deduction rules : {Deduction::chain, Deduction::chain_and_flip}) {
      CAPTURE(seed, size, rules == Deduction::chain);
      const ClosureGrowth growth = grow_closure(s3, train, rules);
      const ProductStructure whole = analyse_products(s3, train, rules);
      CHECK(growth.train == train);
      CHECK(growth.implied.front() == whole.parallelograms);
      CHECK(growth.implied.back() == whole.implied_parallelograms);
      const auto reached = std::count_if(growth.round_of.begin(), growth.round_of.end(),
                                         [](int round) { return round >= 0; });
      CHECK(static_cast<double>(reached) / 36 == Approx(whole.ideal_accuracy));
      Known known = known_from(train);
      for (std::size_t round = 0; round < growth.implied.size(); ++round) {
        CHECK(growth.implied[round] == pairs_of(known));
        for (std::size_t k = 0; k < 36; ++k) {
          bool joined = false;
          for (const Sample s : train) {
            joined = joined || known[k][static_cast<std::size_t>(s3.index(s))];
          }
          const int of = growth.round_of[k];
          CHECK((of >= 0 && of <= static_cast<int>(round)) == joined);
        }
        known = brute_round(known, rules == Deduction::chain_and_flip);
      }
      CHECK(growth.implied.back() == pairs_of(known));  // nothing more follows
    }
  }
}

TEST_CASE("deduction: the training set drawn is the first that takes so many rounds",
          "[theory][deduction]") {
  const ClosureGrowth growth = first_growth(s3, 14, 4);
  CHECK(growth.implied.size() == 5);
  CHECK(growth.implied.back() == 90);
  for (std::int64_t seed = 0; seed < growth.seed; ++seed) {
    const auto train = draw_training_set(s3, 14, static_cast<std::uint64_t>(seed));
    const ClosureGrowth other = grow_closure(s3, train, Deduction::chain_and_flip);
    CHECK((other.implied.size() != 5 || other.implied.back() != 90));
  }
  CHECK_THROWS_WITH(first_growth(s3, 2, 1), ContainsSubstring("first_growth: rounds = 1"));
  CHECK_THROWS_WITH(first_growth(s3, 14, 0), ContainsSubstring("rounds = 0, allowed [1, 100]"));
}

TEST_CASE("deduction: shares of P0 are those of analyse_products over the same orders",
          "[theory][deduction]") {
  const std::int64_t draws = 6;
  for (const Deduction rules : {Deduction::chain, Deduction::chain_and_flip}) {
    const Eigen::MatrixXd shares = implied_draws(s3, draws, 7, 2, rules);
    REQUIRE(shares.rows() == 36);
    REQUIRE(shares.cols() == draws);
    CHECK(shares.row(35).minCoeff() == 1);
    for (const Index n : {Index{2}, Index{9}, Index{13}, Index{16}}) {
      for (std::int64_t draw = 0; draw < draws; ++draw) {
        const auto order = RandomStream(7, "threshold/" + std::to_string(draw)).sample(36, 36);
        std::vector<Sample> train;
        for (Index k = 0; k < n; ++k) {
          train.push_back(s3.sample(order[static_cast<std::size_t>(k)]));
        }
        CHECK(shares(n - 1, draw) == analyse_products(s3, train, rules).ideal_rqi);
      }
    }
  }
  CHECK_THROWS_WITH(implied_draws(s3, 0, 7, 1, Deduction::chain), ContainsSubstring("draws = 0"));
  CHECK_THROWS_AS(implied_draws(Task::addition(6), 2, 7, 1, Deduction::chain), InputError);
}

TEST_CASE("deduction: the rule holds in random matrices, and not without a premise",
          "[theory][deduction]") {
  for (const Eigen::Index size : {1, 2, 3, 5}) {
    const ChainNumbers found = try_chain(300, size);
    CHECK(found.draws == 300);
    CHECK(found.largest_error > 0);  // rounding: they are numbers
    CHECK(found.largest_error < 1e-9);
    CHECK(found.smallest_control > 1e-6);
  }
  CHECK_THROWS_AS(try_chain(0, 3), InputError);
}
