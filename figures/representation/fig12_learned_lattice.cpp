// groktheory figure fig12: which sets of equations trained networks satisfy
// (compare/toy/learned_lattice.hpp). Source: Liu et al. 2022, App. E and Fig. 12.
#include <fmt/format.h>

#include <algorithm>

#include "compare/statistics/over_seeds.hpp"
#include "figures/panels/lattice.hpp"
#include "figures/representation/representation.hpp"
#include "figures/settings.hpp"

namespace grok {
namespace {

using toy::HeldCounts, toy::LearnedLattice, toy::LearnedRun, toy::RatePair;

std::vector<Claim> draw(const Figure& figure, const FigureContext& context) {
  Settings settings(figure, context.profile);
  const auto untrained = settings.whole("untrained", 1, 10'000'000);
  settings.done();
  const std::vector<toy::RunSpec> specs =
      toy::with_every_equation(toy::figure_runs(figure, context.profile), figure.stem + ".toml");
  const toy::TrainedNetworks networks = train_networks(figure, context, specs);
  LearnedLattice data = toy::collect_learned(specs, networks.records, networks.embeddings);
  toy::count_untrained(data, specs.at(0), untrained);
  return publish(figure, context, sheet_of(data), claims_of(data));
}

Style pair_style(std::size_t pair, double size) {
  return {.colour = pair == 0 ? look::blue : look::green,
          .symbol = pair == 0 ? Symbol::disc : Symbol::filled_square,
          .size = size};
}

Panel cards_panel(const LearnedLattice& data) {
  Panel panel = lattice_panel(data.lattice);
  panel.title(fmt::format("Addition, {{/:Italic p}} = {}: equations that networks satisfy",
                          data.lattice.symbols));
  for (std::size_t k = 0; k < data.pairs.size(); ++k) {
    const RatePair& pair = data.pairs[k];
    panel.entry({Swatch::points, pair_style(k, 4),
                 fmt::format("{}: rates {} (embeddings), {} (decoder)", pair.nodes.name,
                             to_text(pair.representation_rate), to_text(pair.decoder_rate))});
  }
  add_equations(panel, data.lattice);
  for (const LatticeNode& node : data.lattice.nodes) {
    const auto [x, y] = place_of(data.lattice, node.equations);
    panel.words({{x - 0.39, y + 0.27, card_name(node.equations), "#222222", Side::left}});
    for (std::size_t k = 0; k < data.pairs.size(); ++k) {
      const double line = y + 0.1 - 0.24 * static_cast<double>(k);
      const HeldCounts& held = data.pairs[k].nodes;
      const auto count = held.counts[node.equations];
      panel.words({{x - 0.39, line, fmt::format("{{/:Bold {}}} of {}", count, held.networks),
                    count == 0 ? look::grey : pair_style(k, 1).colour, Side::left}});
      const auto first = std::ranges::find_if(data.runs, [&](const LearnedRun& run) {
        return run.equations == node.equations && run.pair == k;
      });
      if (first != data.runs.end()) {  // |E| of four standardised numbers never exceeds 1.5
        panel.line({{x - 0.02, line}, {x + 0.4, line}}, {.colour = "#c8c8c8", .width = 0.6});
        const Ruler ruler{x - 0.02, x + 0.4, -1.5, 1.5};
        add_numbered(panel, places_on(ruler, first->embeddings, line), pair_style(k, 3.6));
      }
    }
  }
  return panel;
}

/// Node k stands at k + 1; fast, untrained and slow beside each other.
Panel share_panel(const LearnedLattice& data, const CsvTable& table) {
  const auto shares = [&table](const std::string& of, double shift) {
    Rows rows = rows_of(rows_where(table, "of", of), {"share", "low", "high"});
    for (auto& row : rows) {
      row.insert(row.begin(), static_cast<double>(&row - rows.data() + 1) + shift);
    }
    return rows;
  };
  const auto names = each_of(by_size(data.lattice), [](const LatticeNode& node) {
    return node_name(node.equations, true, "\\n");
  });
  const Style untrained{.colour = look::grey, .symbol = Symbol::filled_diamond, .size = 3.6};
  return Panel(named_axis("", names), linear_axis("share of networks", -0.02, 1))
      .title("Which equations hold")
      .bars(shares("fast decoder", -0.22), pair_style(0, 3), "fast decoder")
      .bars(shares("untrained", 0), untrained, "untrained embeddings")
      .bars(shares("slow decoder", 0.22), pair_style(1, 3), "slow decoder")
      .settings("set grid noxtics\n");
}

/// Number of equations held by both networks of a seed.
Panel pair_panel(const LearnedLattice& data) {
  Panel panel(named_axis("", {"fast decoder", "slow decoder"}),
              linear_axis("equations held", -0.25,
                          static_cast<double>(data.lattice.equations.size()) + 0.25));
  panel.title("How many hold").settings("set ytics 1\nset format y '%g'\nset grid noxtics\n");
  std::map<std::pair<double, double>, std::int64_t> links;
  for (const auto& [seed, held] : toy::held_by_seed(data)) {
    ++links[held];
  }
  const auto seeds = static_cast<double>(data.difference.groups);
  for (const auto& [ends, count] : links) {
    panel.line({{1, ends.first}, {2, ends.second}},
               {.colour = "#d5d5d5", .width = 16 * static_cast<double>(count) / seeds});
  }
  Rows means;
  for (std::size_t k = 0; k < data.pairs.size(); ++k) {
    Rows points;
    for (const LearnedRun& run : data.runs) {
      if (run.pair == k) {
        points.push_back({static_cast<double>(k + 1), run.held});
      }
    }
    panel.counted(points, pair_style(k, 9), "", data.difference.groups);
    const Estimate& mean = data.pairs[k].held.estimate;
    means.push_back({k == 0 ? 0.78 : 2.22, mean.value, mean.low, mean.high});
  }
  return panel.bars(means, look::summary(), "mean, 95% interval")
      .entry({Swatch::line, {.colour = "#d5d5d5", .width = 3}, "seeds"});
}

CsvTable share_table(const LearnedLattice& data) {
  std::vector<HeldCounts> groups = {data.pairs.front().nodes, data.pairs.back().nodes};
  if (data.untrained.networks > 0) {
    groups.push_back(data.untrained);
  }
  CsvTable table;
  for (const LatticeNode& node : by_size(data.lattice)) {
    append(
        table,
        table_of(groups,
                 column("equations", [&](const auto&) { return node_name(node.equations, false); }),
                 column("of", &HeldCounts::name),
                 column("count", [&](const auto& of) { return of.counts[node.equations]; }),
                 column("networks", &HeldCounts::networks),
                 column("share", "low", "high",
                        [&](const auto& of) { return of.shares[node.equations]; })));
  }
  return table;
}

constexpr const char* source = "Liu et al. 2022, App. E, Fig. 12";

/// One network is enough to show a set; none in so few proves nothing.
Claim descendants_claim(const LearnedLattice& data) {
  const toy::SeenSets sets = toy::seen_sets(data);
  const bool all = sets.never.empty();
  const std::string never =
      joined(sets.never, "; ", [](EquationSet set) { return node_name(set, false); });
  return ruled_claim("every descendant of P0 in the lattice is learnt by some network", source,
                     "all",
                     fmt::format("{} of the {} closed sets occur, {} networks", sets.seen,
                                 sets.closed, data.runs.size()),
                     all ? Verdict::agrees : Verdict::open,
                     "each in one network at least; a set that none shows leaves it open",
                     fmt::format("{}networks in sets that are not closed: {}",
                                 all ? "" : "never: " + never + "; ", sets.elsewhere));
}

Claim difference_claim(const LearnedLattice& data) {
  return remarked(
      number_claim("a slow decoder gives more parallelograms: how many more", source,
                   says("more", above(0)), data.difference.estimate,
                   fmt::format("of {} on average, {} seeds paired", data.lattice.equations.size(),
                               data.difference.groups)),
      fmt::format("mean number held {} and {}", with_interval(data.pairs.back().held.estimate),
                  with_interval(data.pairs.front().held.estimate)));
}

}  // namespace

Sheet sheet_of(const LearnedLattice& data) {
  using One = LearnedRun;
  const auto pair = [&data](const One& run) { return data.pairs[run.pair]; };
  CsvTable runs =
      table_of(data.runs, column("seed", &One::seed),
               column("representation_rate", inside(pair, &RatePair::representation_rate)),
               column("decoder_rate", inside(pair, &RatePair::decoder_rate)),
               column("equations", [](const One& run) { return node_name(run.equations, false); }),
               column("held", &One::held), column("train_accuracy", &One::train_accuracy),
               column("accuracy", &One::accuracy));
  add_symbols(runs, "E", each_of(data.runs, &One::embeddings));
  Sheet sheet;
  sheet.table("ac", runs).table("b", share_table(data));
  Panel shares = share_panel(data, sheet.table("b"));
  sheet.row({cards_panel(data)}).row({shares.span(1.6), pair_panel(data)});
  sheet.report(runs_line(std::ssize(data.runs), data.difference.groups, data.diverged, "left out") +
               text_table(sheet.table("b")));
  return sheet
      .caption(
          "a: counts of networks whose embeddings satisfy exactly the equations of a card; dots "
          "are the standardised embeddings of the first of them. b: Wilson's 95% intervals. c: "
          "areas and widths are in proportion to the number of networks.")
      .caption(fmt::format(
          "Trained on {} for {} steps; an equation holds below a squared defect of {}.",
          joined(data.train, " ", [](Sample s) { return fmt::format("({},{})", s.i, s.j); }),
          data.steps, data.tolerance));
}

std::vector<Claim> claims_of(const LearnedLattice& data) {
  return {descendants_claim(data), difference_claim(data)};
}

Figure fig12_learned_lattice(std::string_view toml) {
  return {
      "fig12_learned_lattice", "Equations that trained networks satisfy", false, toml, draw, toml};
}

}  // namespace grok
