#include "compare/toy/learned_lattice.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <set>

#include "compare/statistics/over_seeds.hpp"
#include "compare/study/study.hpp"
#include "core/errors.hpp"
#include "nets/toy/initial_state.hpp"

namespace grok::toy {
namespace {

constexpr const char* where = "collect_learned";

/// The two pairs of rates, the faster decoder first, without networks yet.
std::vector<RatePair> pairs_of(std::span<const RunSpec> specs) {
  std::map<std::pair<double, double>, std::set<std::int64_t>> seeds;
  for (const RunSpec& spec : specs) {
    seeds[{-spec.decoder_rate, spec.representation_rate}].insert(spec.seed);
  }
  require_in_range(where, "pairs of learning rates", std::ssize(seeds), std::ptrdiff_t{2},
                   std::ptrdiff_t{2});
  if (seeds.begin()->second != seeds.rbegin()->second) {
    reject(where, "seeds", "others for the second pair of learning rates", "the same for both");
  }
  std::vector<RatePair> pairs(2);
  for (std::size_t k = 0; k < 2; ++k) {
    const auto [decoder, representation] = k == 0 ? seeds.begin()->first : seeds.rbegin()->first;
    pairs[k].nodes.name = k == 0 ? "fast decoder" : "slow decoder";
    pairs[k].decoder_rate = -decoder;
    pairs[k].representation_rate = representation;
  }
  return pairs;
}

void count_nodes(HeldCounts& held, const Lattice& lattice, std::span<const EquationSet> sets) {
  held.networks = std::ssize(sets);
  held.counts.assign(lattice.nodes.size(), 0);
  held.shares.clear();
  for (const EquationSet equations : sets) {
    ++held.counts[equations];
  }
  for (const std::int64_t count : held.counts) {
    held.shares.push_back(wilson(count, held.networks));
  }
}

std::vector<LearnedRun> runs_of(const LearnedLattice& data, std::size_t pair) {
  std::vector<LearnedRun> runs;
  std::ranges::copy_if(data.runs, std::back_inserter(runs),
                       [pair](const LearnedRun& run) { return run.pair == pair; });
  return runs;
}

void summarise_pairs(LearnedLattice& data) {
  for (std::size_t k = 0; k < data.pairs.size(); ++k) {
    const auto runs = runs_of(data, k);
    count_nodes(data.pairs[k].nodes, data.lattice, each_of(runs, &LearnedRun::equations));
    data.pairs[k].held =
        mean_over_seeds(each_of(runs, &LearnedRun::held), each_of(runs, &LearnedRun::seed));
  }
  const auto held = held_by_seed(data);
  data.difference = mean_over_seeds(
      each_of(held, [](const auto& of) { return of.second.second - of.second.first; }),
      each_of(held, [](const auto& of) { return of.first; }));
}

/// Of a run's task; its examples are a line.
Lattice lattice_of(const RunSpec& spec) {
  const Task task = task_of(spec);
  const auto p = static_cast<double>(task.symbols());
  return build_lattice(task, Eigen::VectorXd::LinSpaced(task.symbols(), 0, p - 1));
}

}  // namespace

std::vector<RunSpec> with_every_equation(std::vector<RunSpec> specs, const std::string& place) {
  for (RunSpec& spec : specs) {
    const std::vector<Sample> train = samples_of(lattice_of(spec));
    require_in_range<std::int64_t>(place, "train", spec.train, std::ssize(train),
                                   std::ssize(train));
    spec.pair_list = train;
    spec = resolve(spec, place);
  }
  return specs;
}

std::map<std::int64_t, std::pair<double, double>> held_by_seed(const LearnedLattice& data) {
  std::map<std::int64_t, std::pair<double, double>> held;
  for (const LearnedRun& fast : runs_of(data, 0)) {
    for (const LearnedRun& slow : runs_of(data, 1)) {
      if (fast.seed == slow.seed) {
        held[fast.seed] = {fast.held, slow.held};
      }
    }
  }
  return held;
}

LearnedLattice collect_learned(std::span<const RunSpec> specs, std::span<const Record> records,
                               std::span<const Eigen::MatrixXd> embeddings) {
  require_in_range(where, "specs", std::ssize(specs), std::ptrdiff_t{1}, max_study_runs);
  require_in_range(where, "records", std::ssize(records), std::ssize(specs), std::ssize(specs));
  require_in_range(where, "embeddings", std::ssize(embeddings), std::ssize(specs),
                   std::ssize(specs));
  LearnedLattice data;
  data.lattice = lattice_of(specs.front());
  data.train = training_set_of(specs.front());
  data.pairs = pairs_of(specs);
  data.steps = specs.front().steps;
  data.tolerance = *specs.front().rqi_tolerance;
  const Index p = data.lattice.symbols;
  for (std::size_t k = 0; k < specs.size(); ++k) {
    const RunSpec& spec = specs[k];
    if (task_of(spec).name() != "addition" || spec.symbols != p) {
      reject(where, "task", fmt::format("{}, {} symbols", spec.task, spec.symbols),
             fmt::format("one task in every run (addition, {} symbols)", p));
    }
    require_in_range<Index>(where, "representation_dimension", spec.representation_dimension, 1, 1);
    if (records[k].state == "diverged") {
      ++data.diverged;
      continue;
    }
    const RatePair& fast = data.pairs.front();
    LearnedRun run;
    run.seed = spec.seed;
    run.pair = spec.decoder_rate == fast.decoder_rate &&
                       spec.representation_rate == fast.representation_rate
                   ? 0
                   : 1;
    run.equations = equations_in(data.lattice, embeddings[k], *spec.rqi_tolerance);
    run.held = std::popcount(run.equations);
    run.accuracy = records[k].accuracy;
    run.train_accuracy = records[k].train_accuracy;
    run.embeddings = standardise(embeddings[k]).col(0);
    run.embeddings *= run.embeddings(0) > run.embeddings(p - 1) ? -1 : 1;
    data.runs.push_back(std::move(run));
  }
  summarise_pairs(data);
  return data;
}

SeenSets seen_sets(const LearnedLattice& data) {
  SeenSets sets;
  for (const LatticeNode& node : data.lattice.nodes) {
    const auto of = [&node](const RatePair& pair) { return pair.nodes.counts[node.equations]; };
    const std::int64_t count = of(data.pairs.front()) + of(data.pairs.back());
    sets.closed += node.closed ? 1 : 0;
    sets.seen += node.closed && count > 0 ? 1 : 0;
    sets.elsewhere += node.closed ? 0 : count;
    if (node.closed && count == 0) {
      sets.never.push_back(node.equations);
    }
  }
  return sets;
}

void count_untrained(LearnedLattice& data, const RunSpec& spec, std::int64_t draws) {
  require_in_range("count_untrained", "draws", draws, std::int64_t{1}, std::int64_t{10'000'000});
  RunSpec small = spec;
  small.decoder_widths = {1};  // not looked at
  std::vector<EquationSet> sets;
  for (small.init_seed = 0; *small.init_seed < draws; ++*small.init_seed) {
    sets.push_back(
        equations_in(data.lattice, draw_initial_state(small).embeddings, *spec.rqi_tolerance));
  }
  data.untrained.name = "untrained";
  count_nodes(data.untrained, data.lattice, sets);
}

}  // namespace grok::toy
