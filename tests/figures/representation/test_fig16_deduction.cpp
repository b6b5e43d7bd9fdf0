#include "figures/representation/fig16_deduction.hpp"

#include <Eigen/LU>
#include <cmath>
#include <set>
#include <sstream>

#include "core/errors.hpp"
#include "core/random.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scratch.hpp"
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

DeductionData example() { return collect_deduction(s3, 14, 3, 50, 1); }

}  // namespace

TEST_CASE("fig16: the four equations are those of App. H.1: three hold, the fourth follows",
          "[figures]") {
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

TEST_CASE("fig16: every case of S3 is found, and needs all three", "[figures]") {
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

TEST_CASE("fig16: a round is each rule once; the last is the fixed point of the closure",
          "[figures]") {
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

TEST_CASE("fig16: the training set drawn is the first that takes so many rounds", "[figures]") {
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

TEST_CASE("fig16: shares of P0 are those of analyse_products over the same orders", "[figures]") {
  const std::int64_t draws = 6;
  for (const Deduction rules : {Deduction::chain, Deduction::chain_and_flip}) {
    const auto shares = implied_shares(s3, draws, 7, 2, rules);
    REQUIRE(shares.size() == 36);
    CHECK(shares[35].mean.value == 1.0);
    CHECK(shares[35].mean.low == 1.0);
    for (const Index n : {Index{2}, Index{9}, Index{13}, Index{16}}) {
      std::vector<double> values;
      for (std::int64_t draw = 0; draw < draws; ++draw) {
        const auto order = RandomStream(7, "threshold/" + std::to_string(draw)).sample(36, 36);
        std::vector<Sample> train;
        for (Index k = 0; k < n; ++k) {
          train.push_back(s3.sample(order[static_cast<std::size_t>(k)]));
        }
        values.push_back(analyse_products(s3, train, rules).ideal_rqi);
      }
      const ImpliedShare& at = shares[static_cast<std::size_t>(n - 1)];
      double mean = 0, square = 0;
      for (const double value : values) {
        mean += value / static_cast<double>(draws);
      }
      for (const double value : values) {
        square += (value - mean) * (value - mean);
      }
      CHECK(at.train == n);
      CHECK(at.fraction == Approx(static_cast<double>(n) / 36));
      CHECK(at.mean.value == Approx(mean).margin(1e-15));
      CHECK(at.mean.high - mean == Approx(1.959964 * std::sqrt(square / 5 / 6)).margin(1e-9));
      CHECK(mean - at.mean.low == Approx(1.959964 * std::sqrt(square / 5 / 6)).margin(1e-9));
      CHECK(at.lower_quartile == quantile(values, 0.25));
      CHECK(at.upper_quartile == quantile(values, 0.75));
    }
  }
  CHECK_THROWS_WITH(implied_shares(s3, 1, 7, 1, Deduction::chain), ContainsSubstring("draws = 1"));
}

TEST_CASE("fig16: the claim's verdict comes from the cases", "[figures]") {
  DeductionData data = example();
  CHECK(claims_of_deduction(data).at(0).verdict == Verdict::agrees);
  CHECK_THAT(claims_of_deduction(data).at(0).ours,
             ContainsSubstring("in 10000 sets of random invertible 3 x 3 matrices"));
  CHECK_THAT(claims_of_deduction(data).at(0).remark,
             ContainsSubstring("by construction") && ContainsSubstring("4392 of 4392 cases"));
  data.numbers.smallest_control = 1e-14;  // the third premise would not matter
  CHECK(claims_of_deduction(data).at(0).verdict == Verdict::open);
  data.numbers.smallest_control = 0.1;
  data.numbers.largest_error = 1e-3;
  CHECK(claims_of_deduction(data).at(0).verdict == Verdict::differs);
  data.numbers.largest_error = 1e-12;
  CHECK(claims_of_deduction(data).at(0).verdict == Verdict::agrees);
  --data.chains.implied;
  CHECK(claims_of_deduction(data).at(0).verdict == Verdict::differs);
}

TEST_CASE("fig16: the rule holds in random matrices, and not without a premise", "[figures]") {
  for (const Eigen::Index size : {1, 2, 3, 5}) {
    const ChainNumbers found = try_chain(300, size);
    CHECK(found.draws == 300);
    CHECK(found.largest_error > 0);  // rounding: they are numbers
    CHECK(found.largest_error < 1e-9);
    CHECK(found.smallest_control > 1e-6);
  }
  CHECK_THROWS_AS(try_chain(0, 3), InputError);
}

TEST_CASE("fig16: what is drawn", "[figures][gnuplot]") {
  const DeductionData data = example();
  CHECK(data.names == std::vector<std::string>{"012", "021", "102", "120", "201", "210"});
  const Drawing drawing = draw_deduction(data, "the command");
  CHECK_THAT(drawing.script, ContainsSubstring("given 1: {/:Italic ad} = {/:Italic bc}"));
  CHECK_THAT(drawing.script, ContainsSubstring("given 2: {/:Italic fc} = {/:Italic ed}"));
  CHECK_THAT(drawing.script, ContainsSubstring("given 3: {/:Italic eh} = {/:Italic fg}"));
  CHECK_THAT(drawing.script, ContainsSubstring("implied: {/:Italic ah} = {/:Italic bg}"));
  CHECK_THAT(drawing.script, ContainsSubstring("round 3: 90 of 90 equations"));
  CHECK_THAT(drawing.script, ContainsSubstring("What 14 of 36 products imply"));
  CHECK_THAT(drawing.script, ContainsSubstring("(50 {/:Italic D} per size)"));
  REQUIRE(drawing.tables.size() == 3);
  CHECK(drawing.tables[0].second.rows.at(0).size() == 8);
  const auto& cells = drawing.tables[1].second.rows;
  REQUIRE(cells.size() == 36);
  CHECK(cells[7] == std::vector<std::string>{"021", "021", "012", cells[7][3]});
  CHECK(std::count_if(cells.begin(), cells.end(), [](const auto& row) { return row[3] == "0"; }) ==
        14);
  CHECK(drawing.tables[2].second.rows.size() == 36);
  const std::string report = report_deduction(data);
  CHECK_THAT(report,
             ContainsSubstring("4392 cases, the fourth in the closure of the three in 4392"));
  CHECK_THAT(report, ContainsSubstring("first that reaches all of P0 in 3 rounds"));
  const Scratch scratch("fig16");
  FigureContext context;
  context.out = scratch.folder();
  write_drawing("fig16", drawing, context);
  CHECK(std::filesystem::file_size(scratch / "fig16.png") > 50'000);
}

TEST_CASE("fig16 from its file to pictures, without a store", "[figures][gnuplot]") {
  const Scratch scratch("fig16-all");
  std::ostringstream report;
  FigureContext context;
  context.out = scratch.folder();
  context.report = &report;
  const Figure& figure = *find_figures({"fig16"}).at(0);
  CHECK(figure.study.empty());
  const auto claims = figure.draw(figure, context);
  REQUIRE(claims.size() == 1);
  CHECK(claims[0].verdict == Verdict::agrees);
  CHECK_THAT(report.str(),
             ContainsSubstring("in 5 rounds): parallelograms known after each round"));
  CHECK(std::filesystem::exists(scratch / "fig16_deduction.svg"));
}
