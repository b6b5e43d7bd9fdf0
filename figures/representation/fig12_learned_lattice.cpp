// Sample run:  groktheory figure fig12 --profile quick
#include "figures/representation/fig12_learned_lattice.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "compare/statistics/over_seeds.hpp"
#include "core/errors.hpp"
#include "figures/panels/lattice.hpp"
#include "figures/panels/text.hpp"
#include "figures/settings.hpp"
#include "figures/study_runs.hpp"

namespace grok {
namespace {

using toy::HeldCounts;
using toy::LearnedLattice;
using toy::LearnedRun;
using toy::RatePair;

/// The specs of the figure's study, with its D.
std::vector<toy::RunSpec> specs_of(const Figure& figure, const FigureContext& context) {
  const std::string place = figure.stem + ".toml";
  std::vector<toy::RunSpec> specs = toy::figure_runs(figure, context.profile);
  const std::vector<Sample> train = samples_of(toy::lattice_of(specs.at(0)));
  for (toy::RunSpec& spec : specs) {
    require_in_range<std::int64_t>(place, "train", spec.train, std::ssize(train),
                                   std::ssize(train));
    spec.pair_list = train;
    spec = resolve(spec, place);
  }
  return specs;
}

std::vector<Claim> draw(const Figure& figure, const FigureContext& context) {
  Settings settings(figure, context.profile);
  const auto untrained = settings.whole("untrained", 1, 10'000'000);
  settings.done();
  const std::vector<toy::RunSpec> specs = specs_of(figure, context);
  const toy::TrainedNetworks networks = train_networks(figure, context, specs);
  LearnedLattice data = toy::collect_learned(specs, networks.records, networks.embeddings);
  toy::count_untrained(data, specs.at(0), untrained);
  publish(figure, context, sheet_of(data), report_of(data));
  return claims_of(data);
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
    panel.words(
        {{x - 0.39, y + 0.27, node.equations == 0 ? "no equation" : node_name(node.equations, true),
          "#222222", Side::left}});
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
  std::vector<std::string> names;
  for (const LatticeNode& node : by_size(data.lattice)) {
    names.push_back(node_name(node.equations, true, "\\n"));
  }
  const auto shares = [&table](const std::string& of, double shift) {
    Rows rows = rows_of(rows_where(table, "of", of), {"share", "low", "high"});
    for (std::size_t k = 0; k < rows.size(); ++k) {
      rows[k].insert(rows[k].begin(), static_cast<double>(k + 1) + shift);
    }
    return rows;
  };
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

CsvTable run_table(const LearnedLattice& data) {
  using Run = LearnedRun;
  CsvTable table = table_of(
      data.runs, column("seed", &Run::seed),
      column("representation_rate",
             [&](const Run& run) { return data.pairs[run.pair].representation_rate; }),
      column("decoder_rate", [&](const Run& run) { return data.pairs[run.pair].decoder_rate; }),
      column("equations", [](const Run& run) { return node_name(run.equations, false); }),
      column("held", &Run::held), column("train_accuracy", &Run::train_accuracy),
      column("accuracy", &Run::accuracy));
  add_symbols(table, "E", each_of(data.runs, &Run::embeddings));
  return table;
}

CsvTable share_table(const LearnedLattice& data) {
  CsvTable table;
  for (const LatticeNode& node : by_size(data.lattice)) {
    std::vector<HeldCounts> groups = {data.pairs.front().nodes, data.pairs.back().nodes};
    if (data.untrained.networks > 0) {
      groups.push_back(data.untrained);
    }
    const CsvTable rows = table_of(
        groups, column("equations", [&](const auto&) { return node_name(node.equations, false); }),
        column("of", &HeldCounts::name),
        column("count", [&](const HeldCounts& of) { return of.counts[node.equations]; }),
        column("networks", &HeldCounts::networks),
        column("share", "low", "high",
               [&](const HeldCounts& of) { return of.shares[node.equations]; }));
    table.columns = rows.columns;
    append(table, rows);
  }
  return table;
}

}  // namespace

Sheet sheet_of(const LearnedLattice& data) {
  Sheet sheet;
  sheet.table("ac", run_table(data)).table("b", share_table(data));
  Panel shares = share_panel(data, sheet.table("b"));
  sheet.row({cards_panel(data)}).row({shares.span(1.6), pair_panel(data)});
  return sheet.caption(
      "a: counts of networks whose embeddings satisfy exactly the equations of a card; dots are "
      "the standardised embeddings of the first of them. b: Wilson's 95% intervals. c: areas and "
      "widths are in proportion to the number of networks.");
}

std::string report_of(const LearnedLattice& data) {
  std::string samples;
  for (const Sample s : data.train) {
    samples += fmt::format(" ({},{})", s.i, s.j);
  }
  std::string text = fmt::format(
      "  addition, p = {}, D ={}; {} steps; an equation holds below {}\n"
      "  {} networks ({} diverged and left out), {} seeds; Wilson intervals\n",
      data.lattice.symbols, samples, data.steps, data.tolerance, data.runs.size(), data.diverged,
      data.difference.groups);
  text += text_table(share_table(data));
  for (const RatePair& pair : data.pairs) {
    text +=
        fmt::format("  {} (rates {}, {}): equations held {} (mean of {} networks)\n",
                    pair.nodes.name, to_text(pair.representation_rate), to_text(pair.decoder_rate),
                    with_interval(pair.held.estimate), pair.nodes.networks);
  }
  return text + fmt::format("  slow - fast, by seed: {} ({} seeds, {} resamples)\n",
                            with_interval(data.difference.estimate), data.difference.groups,
                            data.difference.resamples);
}

namespace {

constexpr const char* source = "Liu et al. 2022, App. E, Fig. 12";

/// One network is enough to show a set; none in so few proves nothing.
Claim descendants_claim(const LearnedLattice& data) {
  const toy::SeenSets sets = toy::seen_sets(data);
  const auto missing = each_of(sets.never, [](auto set) { return node_name(set, false); });
  Claim claim =
      open_claim("every descendant of P0 in the lattice is learnt by some network", source, "all",
                 fmt::format("{} of the {} closed sets occur, {} networks", sets.seen, sets.closed,
                             data.runs.size()),
                 missing.empty() ? "" : fmt::format("never: {}", fmt::join(missing, "; ")));
  claim.criterion = "each in one network at least; a set that none shows leaves it open";
  claim.verdict = missing.empty() ? Verdict::agrees : Verdict::open;
  add_remark(claim, fmt::format("networks in sets that are not closed: {}", sets.elsewhere));
  return claim;
}

Claim difference_claim(const LearnedLattice& data) {
  Claim claim = number_claim("a slow decoder gives more parallelograms: how many more", source,
                             says("more", above(0)), data.difference.estimate,
                             fmt::format("of {} on average, {} seeds paired",
                                         data.lattice.equations.size(), data.difference.groups));
  claim.remark =
      fmt::format("mean number held {} and {}", with_interval(data.pairs.back().held.estimate),
                  with_interval(data.pairs.front().held.estimate));
  return claim;
}

}  // namespace

std::vector<Claim> claims_of(const LearnedLattice& data) {
  return {descendants_claim(data), difference_claim(data)};
}

Figure fig12_learned_lattice(std::string_view toml) {
  return {
      "fig12_learned_lattice", "Equations that trained networks satisfy", false, toml, draw, toml};
}

}  // namespace grok
