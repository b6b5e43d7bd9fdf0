// Sample run:  groktheory figure fig16
#include "figures/representation/fig16_deduction.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "figures/panels/text.hpp"
#include "figures/settings.hpp"
#include "figures/study_runs.hpp"
#include "theory/groups.hpp"

namespace grok {
namespace {

using toy::DeductionData;
using toy::DeductionShares;

constexpr Index permuted = 3;
constexpr double numerical_zero = 1e-9;  // largest condition number times rounding, and room

/// Of symbol k: a permutation as a(0)a(1)a(2).
std::string name_of(Index k) {
  static const std::vector<std::string> names = permutation_names(permuted);
  return names.at(static_cast<std::size_t>(k));
}

std::string equation(const Parallelogram& q) {
  return fmt::format("E_{} E_{} = E_{} E_{}", name_of(q.first.i), name_of(q.first.j),
                     name_of(q.second.i), name_of(q.second.j));
}

std::vector<Claim> draw(const Figure& figure, const FigureContext& context) {
  Settings settings(figure, context.profile);
  toy::DeductionSettings chosen;
  chosen.train = settings.whole("train", 1, 36);
  chosen.rounds = static_cast<int>(settings.whole("rounds", 1, 100));
  chosen.seed = static_cast<std::uint64_t>(settings.whole("theory_seed", 0, 1'000'000));
  chosen.tried_matrices = settings.whole("tried_matrices", 1, 1'000'000);
  chosen.draws = settings.whole("draws", 2, 1'000'000);
  settings.done();
  const DeductionData data = toy::collect_deduction(chosen, context.workers.threads);
  publish(figure, context, sheet_of(data), report_of(data));
  return claims_of(data);
}

CsvTable growth_table(const ClosureGrowth& growth) {
  const Task task = Task::permutations(permuted);
  const auto samples = task.samples();
  return table_of(samples, column("a", [](const Sample& s) { return name_of(s.i); }),
                  column("b", [](const Sample& s) { return name_of(s.j); }),
                  column("product", [&](const Sample& s) { return name_of(task.output(s)); }),
                  column("round", [&](const Sample& s) {
                    const int round = growth.round_of.at(static_cast<std::size_t>(task.index(s)));
                    return round < 0 ? std::optional<int>() : std::optional(round);
                  }));
}

CsvTable share_table(const DeductionData& data) {
  std::vector<std::size_t> sizes(data.both.implied.size());
  std::iota(sizes.begin(), sizes.end(), std::size_t{0});
  const auto share = [](const DeductionShares& shares, auto member) {
    return [&shares, member](std::size_t k) { return shares.implied[k].*member; };
  };
  const auto complete = [](const DeductionShares& shares) {
    return [&shares](std::size_t k) { return shares.complete.points.at(k).unique; };
  };
  using Share = ImpliedShare;
  return table_of(sizes, column("train", share(data.both, &Share::train)),
                  column("fraction", share(data.both, &Share::fraction)),
                  column("draws", share(data.both, &Share::draws)),
                  column("both_mean", "both_low", "both_high", share(data.both, &Share::mean)),
                  column("both_lower_quartile", share(data.both, &Share::lower_quartile)),
                  column("both_upper_quartile", share(data.both, &Share::upper_quartile)),
                  column("both_complete", complete(data.both)),
                  column("chain_mean", "chain_low", "chain_high", share(data.chain, &Share::mean)),
                  column("chain_lower_quartile", share(data.chain, &Share::lower_quartile)),
                  column("chain_upper_quartile", share(data.chain, &Share::upper_quartile)),
                  column("chain_complete", complete(data.chain)));
}

}  // namespace

std::vector<Claim> claims_of(const DeductionData& data) {
  const ChainExamples& chains = data.chains;
  const ChainNumbers& numbers = data.numbers;
  const bool holds = numbers.largest_error <= numerical_zero && chains.implied == chains.count;
  const bool shows = numbers.smallest_control > numerical_zero;
  Claim rule = fact_claim(
      "three generalised parallelograms of invertible matrices imply a fourth: of ad = bc, fc = "
      "ed, eh = fg follows ah = bg",
      "Liu et al. 2022, App. H.1", "a derivation; no number",
      fmt::format("in {} sets of random invertible 3 x 3 matrices that satisfy the three, the "
                  "fourth fails by {} at most (relative; without the third premise by {} at least)",
                  numbers.draws, rounded(numbers.largest_error, 1),
                  rounded(numbers.smallest_control, 1)),
      holds);
  rule.criterion = fmt::format(
      "relative error {} at most in every set, more without a premise; the fourth in the closure "
      "of the three in every case",
      to_text(numerical_zero));
  rule.verdict = holds && !shows ? Verdict::open : rule.verdict;
  rule.remark = fmt::format(
      "by construction the closure that uses this rule holds the fourth in {} of {} cases in S3, "
      "all there are; {} need all three",
      chains.implied, chains.count, chains.implied - chains.dispensable);
  return {rule};
}

std::string report_of(const DeductionData& data) {
  const ChainExamples& chains = data.chains;
  const ClosureGrowth& growth = data.growth;
  const auto drawn = parallelograms_of(chains.drawn);
  return fmt::format(
             "  ad = bc, fc = ed, eh = fg => ah = bg in S3: {} cases, the fourth in the closure of "
             "the three in {}, two enough in {}; exact\n"
             "  on {} sets of random 3 x 3 matrices with the three premises: largest relative "
             "error of the fourth {}; smallest without the third premise {}\n",
             chains.count, chains.implied, chains.dispensable, data.numbers.draws,
             rounded(data.numbers.largest_error, 2), rounded(data.numbers.smallest_control, 2)) +
         fmt::format("  drawn: {}, {}, {} => {}\n", equation(drawn[0]), equation(drawn[1]),
                     equation(drawn[2]), equation(drawn[3])) +
         fmt::format(
             "  closure of |D| = {}, seed {} (the first that reaches all of P0 in {} rounds): "
             "parallelograms known after each round {}\n",
             growth.train.size(), growth.seed, growth.implied.size() - 1,
             fmt::join(growth.implied, ", ")) +
         fmt::format(
             "  all of P0 implied for half of random D: |D| = {} by both rules, {} by the paper's "
             "alone\n  share of P0 implied, mean of {} random D per size (95%), quartiles\n",
             with_interval(data.both.complete.critical_train, 4),
             with_interval(data.chain.complete.critical_train, 4),
             data.both.implied.front().draws) +
         text_table(share_table(data));
}

namespace {

// Panel a. Matrices are arrows between six places, in three columns; an equation is a square whose
// two routes give the same product.
struct Arrow {
  double x, y, to_y;  // to the next column
  double label_at;    // share of the way: away from where arrows cross
};
constexpr std::array<Arrow, 8> arrows = {{{0, 1, 1, 0.5},
                                          {0, 1, 0, 0.26},
                                          {1, 0, 1, 0.74},
                                          {1, 1, 1, 0.5},
                                          {0, 0, 1, 0.26},
                                          {0, 0, 0, 0.5},
                                          {1, 0, 0, 0.5},
                                          {1, 1, 0, 0.74}}};
/// Arrows of the equations: the first two are one route, the others the other.
constexpr std::array<std::array<std::size_t, 4>, 4> squares = {
    {{0, 3, 1, 2}, {5, 2, 4, 3}, {4, 7, 5, 6}, {0, 7, 1, 6}}};
constexpr std::array<double, 4> square_left = {0.3, 3.2, 6.1, 9.6};

std::string italic(const std::string& text) { return "{/:Italic " + text + "}"; }
std::string letter(std::size_t arrow) { return std::string(1, static_cast<char>('a' + arrow)); }

std::string product(const Sample& s) {
  return fmt::format("{0}_{{{1}}}{0}_{{{2}}}", italic("E"), name_of(s.i), name_of(s.j));
}

/// One square: rows of its arrows by route (the last: in neither), and its words.
void add_square(std::size_t k, const Parallelogram& q, std::array<Rows, 3>& routes,
                std::vector<Words>& words) {
  const auto& square = squares[k];
  const double left = square_left[k], middle = left + 1;
  for (std::size_t n = 0; n < arrows.size(); ++n) {
    const auto& [x, y, to_y, share] = arrows[n];
    const double gap = 0.12;
    const auto at = std::ranges::find(square, n) - square.begin();
    routes[static_cast<std::size_t>(at / 2)].push_back(
        {left + x + gap, y + gap * (to_y - y), 1 - 2 * gap, (1 - 2 * gap) * (to_y - y)});
    if (at < 4) {
      const double level = y != to_y ? 0 : y > 0 ? 0.13 : -0.13;
      words.push_back({left + x + share + (y != to_y ? 0.18 : 0), y + share * (to_y - y) + level,
                       italic(letter(n))});
    }
  }
  const auto pair = [&square](std::size_t n) {
    return italic(letter(square[n]) + letter(square[n + 1]));
  };
  words.push_back({middle, 1.38,
                   fmt::format("{}: {} = {}", k < 3 ? fmt::format("given {}", k + 1) : "implied",
                               pair(0), pair(2))});
  words.push_back({middle, -0.4, product(q.first)});
  words.push_back({middle, -0.64, "= " + product(q.second)});
}

Panel squares_panel(const DeductionData& data) {
  std::array<Rows, 3> routes;
  std::vector<Words> words = {{(square_left[2] + square_left[3]) / 2 + 1, 0.5, "{/=20 ⇒}"}};
  Rows nodes;
  const auto list = parallelograms_of(data.chains.drawn);
  for (std::size_t k = 0; k < squares.size(); ++k) {
    add_square(k, list[k], routes, words);
    for (const double x : {0.0, 1.0, 2.0}) {
      nodes.push_back({square_left[k] + x, 0});
      nodes.push_back({square_left[k] + x, 1});
    }
  }
  const auto blank = [](double low, double high) {  // its one tic is beyond
    return Axis{.low = low, .high = high, .tics = {{low - 1, ""}}};
  };
  const std::string head = "using 1:2:3:4 with vectors head filled size screen 0.008,18 ";
  const Style one{.colour = look::green, .width = 1.5}, other{.colour = look::purple, .width = 1.5};
  return Panel(blank(0, 12), blank(-0.75, 1.5))
      .title("Three equations imply a fourth")
      .settings("set border 0\nunset grid\n")
      .layer(routes[2], head + line_words({.colour = "#dddddd", .width = 0.6}))
      .layer(routes[0], head + line_words(one))
      .layer(routes[1], head + line_words(other))
      .points(nodes, {.colour = "#444444", .size = 3})
      .words(std::move(words))
      .entry({Swatch::arrow, one, "left side"})
      .entry({Swatch::arrow, other, "right side"})
      .height(95);
}

/// Sky for D, the darker the later, grey where nothing is implied.
std::string round_colour(std::optional<double> round, std::size_t rounds) {
  if (!round) {
    return "#f2f2f2";
  }
  const double share = 0.2 + 0.8 * *round / static_cast<double>(rounds);
  const auto mixed = [share](int channel) { return std::lround(255 - share * (255 - channel)); };
  return *round == 0 ? look::sky
                     : fmt::format("#{:02x}{:02x}{:02x}", mixed(0xD5), mixed(0x5E), mixed(0x00));
}

Panel table_panel(const DeductionData& data, const CsvTable& table) {
  const auto names = permutation_names(permuted);
  const ClosureGrowth& growth = data.growth;
  const std::size_t rounds = growth.implied.size() - 1;
  Rows boxes;
  std::vector<Words> words;
  for (std::size_t k = 0; k < table.rows.size(); ++k) {
    const int round = growth.round_of[k];
    const double x = static_cast<double>(k % names.size() + 1),
                 y = static_cast<double>(k / names.size() + 1);
    const std::string colour =
        round_colour(round < 0 ? std::optional<double>() : std::optional<double>(round), rounds);
    boxes.push_back({x - 0.46, x + 0.46, y - 0.46, y + 0.46, std::stod("0x" + colour.substr(1))});
    words.push_back({x, y, round < 0 ? "" : table.rows[k][2],
                     static_cast<std::size_t>(2 * round) > rounds + 1 ? "#ffffff" : "#222222"});
  }
  Axis first = rows_axis(names);
  first.label = "first matrix";
  Panel panel(named_axis("second matrix", names), first);
  panel.title(fmt::format("What {} of {} products imply", growth.train.size(), table.rows.size()))
      .settings("set grid noxtics noytics\n")
      .boxes(boxes)
      .words(std::move(words))
      .height(150);
  for (std::size_t round = 0; round <= rounds; ++round) {
    panel.entry({Swatch::band,
                 {.colour = round_colour(static_cast<double>(round), rounds)},
                 round == 0 ? fmt::format("in {}: {} equations", italic("D"), growth.implied[0])
                            : fmt::format("round {}: {}", round, growth.implied[round])});
  }
  return panel;
}

Panel shares_panel(const DeductionData& data, const CsvTable& table) {
  Panel panel(fraction_axis(), share_axis("share of {/:Italic P}_0 implied"));
  const auto n = data.both.implied.size();
  panel.title("How much random {/:Italic D} imply")
      .law(fmt::format("x*({0}*x-1)/({0}-1)", n), look::reference(),
           "in {/:Italic D} itself, mean");
  const auto add = [&](const DeductionShares& shares, const std::string& name, Dash dash,
                       const std::string& label, Dash half_dash, const std::string& half) {
    Style line = look::theory(), band = look::theory(), mark = look::theory();
    line.dash = dash;
    band.opacity = 0.2;
    mark.dash = half_dash;
    panel
        .band(rows_of(table, {"fraction", name + "_lower_quartile", name + "_upper_quartile"}),
              band)
        .line(rows_of(table, {"fraction", name + "_mean"}), line, label)
        .mark(shares.complete.critical_fraction, mark,
              half + with_interval(shares.complete.critical_fraction));
  };
  add(data.both, "both", Dash::none, "both rules: mean, quartiles", Dash::dotted,
      "all for half of them: {/:Italic r} = ");
  add(data.chain, "chain", Dash::dashed, "the paper's rule alone", Dash::dash_dot,
      "the same, paper's rule: {/:Italic r} = ");
  return panel;
}

}  // namespace

Sheet sheet_of(const DeductionData& data) {
  Sheet sheet;
  CsvTable symbols{{"a", "b", "c", "d", "e", "f", "g", "h"}, {{}}};
  std::string values;
  for (std::size_t k = 0; k < 8; ++k) {
    symbols.rows[0].push_back(name_of(data.chains.drawn[k]));
    values += fmt::format("{}{} = {}", k == 0 ? "" : ", ", letter(k), symbols.rows[0].back());
  }
  sheet.table("a", symbols).table("b", growth_table(data.growth)).table("c", share_table(data));
  sheet.row({squares_panel(data)});
  sheet.row(
      {table_panel(data, sheet.table("b")), shares_panel(data, sheet.table("c")).height(150)});
  return sheet.caption(fmt::format(
      "a: an arrow is a matrix, a square an equation: both routes give the same product. Three "
      "squares hold, so the fourth does if the matrices are invertible. Of all {} such cases in S3 "
      "this is the first with the most different permutations, written a(0)a(1)a(2): {}. b: "
      "products of row and column; known equations of {} after each round. c: {} random D per "
      "size.",
      data.chains.count, values, data.growth.implied.back(), data.both.implied.front().draws));
}

Figure fig16_deduction(std::string_view toml) {
  return {"fig16_deduction", "Parallelograms of matrices imply others", false, {}, draw, toml};
}

}  // namespace grok
