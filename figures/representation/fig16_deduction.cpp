// groktheory figure fig16: parallelograms of matrices that follow from others, in S3, without
// training (compare/toy/deduction.hpp; the paper's rule is `chain`). What deduction finds is a
// lower bound of what is implied. Source: Liu et al. 2022, App. H.1; b and c are ours.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "figures/representation/representation.hpp"
#include "figures/settings.hpp"
#include "theory/groups.hpp"

namespace grok {
namespace {

using toy::DeductionData, toy::DeductionShares;

constexpr Index permuted = 3;
constexpr double numerical_zero = 1e-9;  // largest condition number times rounding, and room

/// Of symbol k: a permutation as a(0)a(1)a(2).
std::string name_of(Index k) {
  static const std::vector<std::string> names = permutation_names(permuted);
  return names.at(static_cast<std::size_t>(k));
}

std::vector<Claim> draw(const Figure& figure, const FigureContext& context) {
  Settings settings(figure, context.profile);
  const toy::DeductionSettings chosen{
      .train = settings.whole("train", 1, 36),
      .rounds = static_cast<int>(settings.whole("rounds", 1, 100)),
      .tried_matrices = settings.whole("tried_matrices", 1, 1'000'000),
      .draws = settings.whole("draws", 2, 1'000'000),
      .seed = static_cast<std::uint64_t>(settings.whole("theory_seed", 0, 1'000'000))};
  settings.done();
  const DeductionData data = toy::collect_deduction(chosen, context.workers.threads);
  return publish(figure, context, sheet_of(data), claims_of(data));
}

/// Of a sample the round in which it is joined, if it is.
std::optional<int> round_of(const ClosureGrowth& growth, std::size_t sample) {
  const int round = growth.round_of.at(sample);
  return round < 0 ? std::optional<int>() : round;
}

CsvTable growth_table(const ClosureGrowth& growth) {
  const Task task = Task::permutations(permuted);
  return table_of(task.samples(), column("a", [](const Sample& s) { return name_of(s.i); }),
                  column("b", [](const Sample& s) { return name_of(s.j); }),
                  column("product", [&](const Sample& s) { return name_of(task.output(s)); }),
                  column("round", [&](const Sample& s) {
                    return round_of(growth, static_cast<std::size_t>(task.index(s)));
                  }));
}

CsvTable share_table(const DeductionData& data) {
  using Share = ImpliedShare;
  CsvTable table = table_of(data.both.implied, column("train", &Share::train),
                            column("fraction", &Share::fraction), column("draws", &Share::draws));
  for (const auto& [start, of] : {std::pair(std::string("both_"), &data.both),
                                  std::pair(std::string("chain_"), &data.chain)}) {
    beside(table, table_of(of->implied,
                           column(start + "mean", start + "low", start + "high", &Share::mean),
                           column(start + "lower_quartile", &Share::lower_quartile),
                           column(start + "upper_quartile", &Share::upper_quartile)));
    beside(table,
           table_of(of->complete.points, column(start + "complete", &ThresholdPoint::unique)));
  }
  return table;
}

// Panel a. Matrices are arrows between six places, in three columns; an equation is a square whose
// two routes give the same product.
struct Arrow {
  double x, y, to_y;  // to the next column
  double label_at;    // share of the way: away from where arrows cross
};
constexpr Arrow arrows[] = {{0, 1, 1, 0.5},  {0, 1, 0, 0.26}, {1, 0, 1, 0.74}, {1, 1, 1, 0.5},
                            {0, 0, 1, 0.26}, {0, 0, 0, 0.5},  {1, 0, 0, 0.5},  {1, 1, 0, 0.74}};
/// Arrows of the equations: the first two are one route, the others the other.
constexpr std::array<std::array<std::size_t, 4>, 4> squares = {
    {{0, 3, 1, 2}, {5, 2, 4, 3}, {4, 7, 5, 6}, {0, 7, 1, 6}}};
constexpr std::array<double, 4> square_left = {0.3, 3.2, 6.1, 9.6};

std::string italic(const std::string& text) { return "{/:Italic " + text + "}"; }

std::string product(const Sample& s) {
  return fmt::format("{0}_{{{1}}}{0}_{{{2}}}", italic("E"), name_of(s.i), name_of(s.j));
}

/// One square: rows of its arrows by route (the last: in neither), and its words.
void add_square(std::size_t k, const Parallelogram& q, std::array<Rows, 3>& routes,
                std::vector<Words>& words) {
  const auto& square = squares[k];
  const double left = square_left[k], middle = left + 1;
  for (std::size_t n = 0; n < std::size(arrows); ++n) {
    const auto& [x, y, to_y, share] = arrows[n];
    const double gap = 0.12;
    const auto at = std::ranges::find(square, n) - square.begin();
    routes[static_cast<std::size_t>(at / 2)].push_back(
        {left + x + gap, y + gap * (to_y - y), 1 - 2 * gap, (1 - 2 * gap) * (to_y - y)});
    if (at < 4) {
      const double level = y != to_y ? 0 : y > 0 ? 0.13 : -0.13;
      words.push_back({left + x + share + (y != to_y ? 0.18 : 0), y + share * (to_y - y) + level,
                       italic(letter_of(n))});
    }
  }
  const auto pair = [&square](std::size_t n) {
    return italic(letter_of(square[n]) + letter_of(square[n + 1]));
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
      nodes.insert(nodes.end(), {{square_left[k] + x, 0}, {square_left[k] + x, 1}});
    }
  }
  return Panel(blank_axis(0, 12), blank_axis(-0.75, 1.5))
      .title("Three equations imply a fourth")
      .settings("set border 0\nunset grid\n")
      .vectors(routes[2], {.colour = "#dddddd", .width = 0.6})
      .vectors(routes[0], {.colour = look::green, .width = 1.5}, "left side")
      .vectors(routes[1], {.colour = look::purple, .width = 1.5}, "right side")
      .points(nodes, {.colour = "#444444", .size = 3})
      .words(std::move(words))
      .height(95);
}

/// Sky for D, the darker the later, grey where nothing is implied.
std::string round_colour(std::optional<int> round, std::size_t rounds) {
  const double share = 0.2 + 0.8 * round.value_or(0) / static_cast<double>(rounds);
  const auto mixed = [share](int channel) { return std::lround(255 - share * (255 - channel)); };
  return !round        ? "#f2f2f2"
         : *round == 0 ? look::sky
                       : fmt::format("#{:02x}{:02x}{:02x}", mixed(0xD5), mixed(0x5E), mixed(0x00));
}

Panel table_panel(const ClosureGrowth& growth, const CsvTable& table) {
  const auto names = permutation_names(permuted);
  const std::size_t rounds = growth.implied.size() - 1;
  Rows boxes;
  std::vector<Words> words;
  for (std::size_t k = 0; k < table.rows.size(); ++k) {
    const auto round = round_of(growth, k);
    const double x = static_cast<double>(k % names.size() + 1),
                 y = static_cast<double>(k / names.size() + 1);
    boxes.push_back(
        {x - 0.46, x + 0.46, y - 0.46, y + 0.46, colour_number(round_colour(round, rounds))});
    const bool dark = round && static_cast<std::size_t>(2 * *round) > rounds + 1;
    words.push_back({x, y, round ? table.rows[k][2] : "", dark ? "#ffffff" : "#222222"});
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
                 {.colour = round_colour(static_cast<int>(round), rounds)},
                 round == 0 ? fmt::format("in {}: {} equations", italic("D"), growth.implied[0])
                            : fmt::format("round {}: {}", round, growth.implied[round])});
  }
  return panel;
}

Panel shares_panel(const DeductionData& data, const CsvTable& table) {
  Panel panel(fraction_axis(), share_axis("share of {/:Italic P}_0 implied"));
  panel.title("How much random {/:Italic D} imply")
      .law(fmt::format("x*({0}*x-1)/({0}-1)", data.both.implied.size()), look::reference(),
           "in {/:Italic D} itself, mean");
  const auto add = [&](const DeductionShares& shares, const std::string& name, Dash dash,
                       const std::string& label, Dash half_dash, const std::string& half) {
    const Estimate& r = shares.complete.critical_fraction;
    panel
        .band(rows_of(table, {"fraction", name + "_lower_quartile", name + "_upper_quartile"}),
              faded(look::theory(), 0.2))
        .line(rows_of(table, {"fraction", name + "_mean"}), dashed(look::theory(), dash), label)
        .mark(r, dashed(look::theory(), half_dash), half + with_interval(r));
  };
  add(data.both, "both", Dash::none, "both rules: mean, quartiles", Dash::dotted,
      "all for half of them: {/:Italic r} = ");
  add(data.chain, "chain", Dash::dashed, "the paper's rule alone", Dash::dash_dot,
      "the same, paper's rule: {/:Italic r} = ");
  return panel;
}

}  // namespace

Sheet sheet_of(const DeductionData& data) {
  CsvTable symbols{{"a", "b", "c", "d", "e", "f", "g", "h"}, {{}}};
  std::string values;
  for (std::size_t k = 0; k < symbols.columns.size(); ++k) {
    symbols.rows[0].push_back(name_of(data.chains.drawn[k]));
    values += (k == 0 ? "" : ", ") + symbols.columns[k] + " = " + symbols.rows[0][k];
  }
  const ClosureGrowth& growth = data.growth;
  Sheet sheet;
  sheet.table("a", symbols).table("b", growth_table(growth)).table("c", share_table(data));
  sheet.row({squares_panel(data)});
  sheet.row(
      {table_panel(growth, sheet.table("b")), shares_panel(data, sheet.table("c")).height(150)});
  sheet.report(text_table(sheet.table("c")));
  return sheet.caption(fmt::format(
      "a: an arrow is a matrix, a square an equation: both routes give the same product. Three "
      "squares hold, so the fourth does if the matrices are invertible. Of all {} such cases in S3 "
      "this is the first with the most different permutations, written a(0)a(1)a(2): {}. b: "
      "products of row and column; known equations of {} after each round; D is of seed {}, the "
      "first that gets to all of them in {}. c: {} random D per size, half of which imply all from "
      "|D| = {} on, by the paper's rule alone from {}.",
      data.chains.count, values, growth.implied.back(), growth.seed, growth.implied.size() - 1,
      data.both.implied.front().draws, with_interval(data.both.complete.critical_train),
      with_interval(data.chain.complete.critical_train)));
}

std::vector<Claim> claims_of(const DeductionData& data) {
  const ChainExamples& chains = data.chains;
  const ChainNumbers& numbers = data.numbers;
  const bool holds = numbers.largest_error <= numerical_zero && chains.implied == chains.count;
  const bool shows = numbers.smallest_control > numerical_zero;
  return {ruled_claim(
      "three generalised parallelograms of invertible matrices imply a fourth: of ad = bc, fc = "
      "ed, eh = fg follows ah = bg",
      "Liu et al. 2022, App. H.1", "a derivation; no number",
      fmt::format("in {} sets of random invertible 3 x 3 matrices that satisfy the three, the "
                  "fourth fails by {} at most (relative; without the third premise by {} at least)",
                  numbers.draws, rounded(numbers.largest_error, 1),
                  rounded(numbers.smallest_control, 1)),
      !holds  ? Verdict::differs
      : shows ? Verdict::agrees
              : Verdict::open,
      fmt::format("relative error {} at most in every set, more without a premise; the fourth in "
                  "the closure of the three in every case",
                  to_text(numerical_zero)),
      fmt::format("by construction the closure that uses this rule holds the fourth in {} of {} "
                  "cases in S3, all there are; {} need all three",
                  chains.implied, chains.count, chains.implied - chains.dispensable))};
}

Figure fig16_deduction(std::string_view toml) {
  return {"fig16_deduction", "Parallelograms of matrices imply others", false, {}, draw, toml};
}

}  // namespace grok
