// Sample run:  groktheory figure fig12 --profile quick
#include "figures/representation/fig12_learned_lattice.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <map>
#include <set>

#include "compare/study/study.hpp"
#include "core/errors.hpp"
#include "figures/script.hpp"
#include "figures/study_runs.hpp"
#include "nets/toy/initial_state.hpp"
#include "theory/representation.hpp"

namespace grok {
namespace {

constexpr const char* where = "collect_learned";
constexpr std::int64_t untrained_draws = 20'000;

Lattice lattice_of(const toy::RunSpec& spec) {
  const Task task = task_of(spec);
  const auto p = static_cast<double>(task.symbols());
  return build_lattice(task, Eigen::VectorXd::LinSpaced(task.symbols(), 0, p - 1));
}

EquationSet equations_in(const Lattice& lattice, const Eigen::MatrixXd& embeddings,
                         double tolerance) {
  const std::vector<bool> holds = holding(embeddings, lattice.equations, tolerance);
  EquationSet set = 0;
  for (std::size_t k = 0; k < holds.size(); ++k) {
    set |= holds[k] ? EquationSet{1} << k : 0U;
  }
  return set;
}

/// The two pairs of rates, the faster decoder first, without networks yet.
std::vector<RatePair> pairs_of(std::span<const toy::RunSpec> specs, std::size_t nodes) {
  std::map<std::pair<double, double>, std::set<std::int64_t>> seeds;
  for (const toy::RunSpec& spec : specs) {
    seeds[{-spec.decoder_rate, spec.representation_rate}].insert(spec.seed);
  }
  require_in_range(where, "pairs of learning rates", std::ssize(seeds), std::ptrdiff_t{2},
                   std::ptrdiff_t{2});
  if (seeds.begin()->second != seeds.rbegin()->second) {
    reject(where, "seeds", "others for the second pair of learning rates", "the same for both");
  }
  std::vector<RatePair> pairs;
  for (const auto& [rates, list] : seeds) {
    RatePair pair;
    pair.name = pairs.empty() ? "fast decoder" : "slow decoder";
    pair.decoder_rate = -rates.first;
    pair.representation_rate = rates.second;
    pair.counts.assign(nodes, 0);
    pairs.push_back(std::move(pair));
  }
  return pairs;
}

BootstrapInterval mean_over_seeds(const std::vector<std::int64_t>& seeds,
                                  const std::vector<double>& values) {
  return bootstrap_number("fig12_learned_lattice", seeds, figure_resamples, figure_bootstrap_seed,
                          [&](auto chosen) { return mean_of(values, chosen); });
}

void summarise_pairs(LearnedData& data) {
  std::map<std::int64_t, std::vector<std::optional<double>>> by_seed;
  for (std::size_t k = 0; k < data.pairs.size(); ++k) {
    RatePair& pair = data.pairs[k];
    std::vector<std::int64_t> seeds;
    std::vector<double> held;
    for (const LearnedRun& run : data.runs) {
      if (run.pair == k) {
        ++pair.networks;
        ++pair.counts[run.equations];
        seeds.push_back(run.seed);
        held.push_back(run.held);
        by_seed[run.seed].resize(data.pairs.size());
        by_seed[run.seed][k] = run.held;
      }
    }
    for (const std::int64_t count : pair.counts) {
      pair.shares.push_back(wilson(count, pair.networks));
    }
    pair.held = mean_over_seeds(seeds, held);
  }
  std::vector<std::int64_t> seeds;
  std::vector<double> differences;
  for (const auto& [seed, held] : by_seed) {
    if (held.front() && held.back()) {  // neither diverged
      seeds.push_back(seed);
      differences.push_back(*held.back() - *held.front());
    }
  }
  data.difference = mean_over_seeds(seeds, differences);
}

/// The specs of the figure's study, with its D.
std::vector<toy::RunSpec> specs_of(const Figure& figure, const FigureContext& context) {
  const std::string place = figure.stem + ".toml";
  std::vector<toy::RunSpec> specs = toy::figure_runs(figure, context.profile);
  const std::vector<Sample> train = samples_of(lattice_of(specs.at(0)));
  for (toy::RunSpec& spec : specs) {
    require_in_range<std::int64_t>(place, "train", spec.train, std::ssize(train),
                                   std::ssize(train));
    spec.pair_list = train;
    spec = resolve(spec, place);
  }
  return specs;
}

std::vector<Claim> draw(const Figure& figure, const FigureContext& context) {
  const std::vector<toy::RunSpec> specs = specs_of(figure, context);
  const toy::TrainedNetworks networks = train_networks(figure, context, specs);
  LearnedData data = collect_learned(specs, networks.records, networks.embeddings);
  count_untrained(data, specs.at(0), untrained_draws);
  publish(figure, context, draw_learned(data, command_of(figure, context)), report_learned(data));
  return claims_of_learned(data);
}

std::string count_text(std::int64_t count, std::int64_t total, const Estimate& share) {
  return fmt::format("{} of {}, {}", count, total, with_interval(share, 2));
}

/// A set that is not closed is no representation of its own: exactly, its closure holds.
Claim descendants_claim(const LearnedData& data) {
  std::int64_t closed = 0, seen = 0, others = 0, networks = 0;
  std::string missing;
  for (const LatticeNode& node : data.lattice.nodes) {
    std::int64_t count = 0;
    for (const RatePair& pair : data.pairs) {
      count += pair.counts[node.equations];
    }
    networks += count;
    closed += node.closed ? 1 : 0;
    seen += node.closed && count > 0 ? 1 : 0;
    others += node.closed ? 0 : count;
    if (node.closed && count == 0) {
      missing += (missing.empty() ? "never: " : "; ") + node_name(node.equations, false);
    }
  }
  return {"every descendant of P0 in the lattice is learnt by some network",
          "Liu et al. 2022, App. E, Fig. 12",
          "all",
          fmt::format("{} of the {} closed sets occur, {} networks", seen, closed, networks),
          seen == closed       ? Verdict::agrees
          : 2 * seen >= closed ? Verdict::partly
                               : Verdict::differs,
          fmt::format("{}{}networks in sets that are not closed: {}", missing,
                      missing.empty() ? "" : "; ", others)};
}

Claim difference_claim(const LearnedData& data) {
  const Estimate& difference = data.difference.estimate;
  const RatePair &fast = data.pairs.front(), &slow = data.pairs.back();
  return {"a slow decoder gives more parallelograms",
          "Liu et al. 2022, App. E, Fig. 12",
          "more",
          fmt::format("{} more of {} on average, {} seeds paired", with_interval(difference),
                      data.lattice.equations.size(), data.difference.groups),
          difference.low > 0    ? Verdict::agrees
          : difference.high < 0 ? Verdict::differs
                                : Verdict::open,
          fmt::format("mean number held {} and {}", with_interval(slow.held.estimate),
                      with_interval(fast.held.estimate))};
}

}  // namespace

std::vector<Sample> samples_of(const Lattice& lattice) {
  std::set<Sample> samples;
  for (const Parallelogram& equation : lattice.equations) {
    samples.insert({equation.first, equation.second});
  }
  return {samples.begin(), samples.end()};
}

LearnedData collect_learned(std::span<const toy::RunSpec> specs,
                            std::span<const toy::Record> records,
                            std::span<const Eigen::MatrixXd> embeddings) {
  require_in_range(where, "specs", std::ssize(specs), std::ptrdiff_t{1}, max_study_runs);
  require_in_range(where, "records", std::ssize(records), std::ssize(specs), std::ssize(specs));
  require_in_range(where, "embeddings", std::ssize(embeddings), std::ssize(specs),
                   std::ssize(specs));
  LearnedData data;
  data.lattice = lattice_of(specs.front());
  data.train = training_set_of(specs.front());
  data.pairs = pairs_of(specs, data.lattice.nodes.size());
  data.steps = specs.front().steps;
  data.tolerance = *specs.front().rqi_tolerance;
  const Index p = data.lattice.symbols;
  for (std::size_t k = 0; k < specs.size(); ++k) {
    const toy::RunSpec& spec = specs[k];
    if (task_of(spec).name() != "addition" || spec.symbols != p) {
      reject(where, "task", fmt::format("{}, {} symbols", spec.task, spec.symbols),
             fmt::format("one task in every run (addition, {} symbols)", p));
    }
    require_in_range<Index>(where, "representation_dimension", spec.representation_dimension, 1, 1);
    if (records[k].state == "diverged") {
      ++data.diverged;
      continue;
    }
    LearnedRun run;
    run.seed = spec.seed;
    run.pair = spec.decoder_rate == data.pairs.front().decoder_rate &&
                       spec.representation_rate == data.pairs.front().representation_rate
                   ? 0
                   : 1;
    run.equations = equations_in(data.lattice, embeddings[k], *spec.rqi_tolerance);
    run.held = std::popcount(run.equations);
    run.accuracy = records[k].accuracy;
    run.train_accuracy = records[k].train_accuracy;
    run.embeddings = standardise(embeddings[k]).col(0);
    if (run.embeddings(0) > run.embeddings(p - 1)) {
      run.embeddings = -run.embeddings;
    }
    data.runs.push_back(std::move(run));
  }
  summarise_pairs(data);
  return data;
}

void count_untrained(LearnedData& data, const toy::RunSpec& spec, std::int64_t draws) {
  require_in_range("count_untrained", "draws", draws, std::int64_t{1}, std::int64_t{10'000'000});
  toy::RunSpec small = spec;
  small.decoder_widths = {1};  // not looked at
  data.untrained.assign(data.lattice.nodes.size(), 0);
  for (std::int64_t k = 0; k < draws; ++k) {
    small.init_seed = k;
    ++data.untrained[equations_in(data.lattice, draw_initial_state(small).embeddings,
                                  *spec.rqi_tolerance)];
  }
  data.chance_draws = draws;
  data.chance.clear();
  for (const std::int64_t count : data.untrained) {
    data.chance.push_back(wilson(count, draws));
  }
}

std::vector<Claim> claims_of_learned(const LearnedData& data) {
  return {descendants_claim(data), difference_claim(data)};
}

std::string report_learned(const LearnedData& data) {
  std::string samples;
  for (const Sample s : data.train) {
    samples += fmt::format(" ({},{})", s.i, s.j);
  }
  std::string text = fmt::format(
      "  addition, p = {}, D ={}; {} steps; an equation holds below {}\n"
      "  {} networks ({} diverged and left out), {} seeds; Wilson intervals\n  equations   ",
      data.lattice.symbols, samples, data.steps, data.tolerance, data.runs.size(), data.diverged,
      data.difference.groups);
  for (const RatePair& pair : data.pairs) {
    text += fmt::format("{:<34}",
                        fmt::format("{}: {}, {}", pair.name, to_text(pair.representation_rate),
                                    to_text(pair.decoder_rate)));
  }
  text += "untrained\n";
  for (const EquationSet equations : by_size(data.lattice)) {
    text += fmt::format("  {:<11} ", node_name(equations, false));
    for (const RatePair& pair : data.pairs) {
      text += fmt::format(
          "{:<34}", count_text(pair.counts[equations], pair.networks, pair.shares[equations]));
    }
    text += data.chance_draws == 0
                ? "-\n"
                : count_text(data.untrained[equations], data.chance_draws, data.chance[equations]) +
                      "\n";
  }
  for (const RatePair& pair : data.pairs) {
    text += fmt::format("  {}: equations held {} (mean of {} networks)\n", pair.name,
                        with_interval(pair.held.estimate), pair.networks);
  }
  return text + fmt::format("  difference by seed: {} ({} seeds, {} resamples)\n",
                            with_interval(data.difference.estimate), data.difference.groups,
                            data.difference.resamples);
}

Figure fig12_learned_lattice(std::string_view toml) {
  return {
      "fig12_learned_lattice", "Equations that trained networks satisfy", false, toml, draw, toml};
}

}  // namespace grok
