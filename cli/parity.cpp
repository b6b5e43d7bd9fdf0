// groktheory parity: what theory says of networks that learn a sparse parity, before training.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>

#include "cli/json.hpp"
#include "cli/options.hpp"
#include "nets/parity/strings.hpp"
#include "theory/parity/circuits.hpp"
#include "theory/parity/staircase.hpp"

namespace grok {
namespace {

using parity::Circuit;
using parity::ReducedDecays;

struct DecayOptions {
  std::int64_t parity = 2;
  std::optional<std::int64_t> train, bits, seed;
  bool json = false;
};

constexpr std::int64_t default_bits = 50;

/// Of the training set that `train --model parity` draws with this seed.
struct TrainingSetDecays {
  std::vector<std::int64_t> counts;  // strings of each pattern
  std::optional<ReducedDecays> reduced;
  double zero_stability = 0;
};

TrainingSetDecays decays_of(const DecayOptions& options) {
  parity::RunSpec spec;
  spec.bits = options.bits.value_or(default_bits);
  spec.parity = options.parity;
  spec.train = *options.train;
  spec.batch = 0;
  spec.test = 1;
  spec.data_seed = options.seed.value_or(0);
  const parity::Strings strings = make_strings(parity::checked(
      spec, [](const std::string&) { return std::string("parity critical-decay"); }));
  TrainingSetDecays decays;
  decays.counts = parity::pattern_counts(strings.train, options.parity);
  if (options.parity <= parity::most_reduced_parity) {
    decays.reduced = parity::reduced_decays(options.parity, decays.counts);
  }
  decays.zero_stability =
      parity::zero_stability(parity::samples_of(strings.train, strings.truth), {});
  return decays;
}

std::string as_json(const DecayOptions& options, const std::optional<TrainingSetDecays>& set) {
  Json json;
  json["parity"] = options.parity;
  json["critical_decay"] = parity::critical_decay(options.parity);
  json["least_squared_norm"] = parity::least_norm(options.parity);
  if (set) {
    json["bits"] = options.bits.value_or(default_bits);
    json["train"] = *options.train;
    json["seed"] = options.seed.value_or(0);
    json["pattern_counts"] = set->counts;
    json["first_loss"] = set->reduced ? Json(set->reduced->first_loss) : Json(nullptr);
    json["collapse"] = set->reduced ? Json(set->reduced->collapse) : Json(nullptr);
    json["zero_stability"] = set->zero_stability;
  }
  return to_text(json);
}

std::string as_text(const DecayOptions& options, const std::optional<TrainingSetDecays>& set) {
  LabelledLines lines;
  lines.add("critical decay M_k",
            fmt::format("{:.6g}  (all strings, any width: above it every weight vanishes)",
                        parity::critical_decay(options.parity)));
  lines.add("least |theta|^2 N_k", fmt::format("{:.6g}  (margin 1, any decay below M_k)",
                                               parity::least_norm(options.parity)));
  lines.add("loss + penalty", "decay/M_k below M_k, 1 above");
  if (!set) {
    return lines.text();
  }
  lines.add("training set", fmt::format("N = {} of {} bits, seed {}; strings of each pattern: {}",
                                        *options.train, options.bits.value_or(default_bits),
                                        options.seed.value_or(0), fmt::join(set->counts, ", ")));
  if (set->reduced) {
    lines.add("accuracy is lost from",
              fmt::format("{:.6g}  (reduced problem: patterns alone)", set->reduced->first_loss));
    lines.add("every weight vanishes from",
              fmt::format("{:.6g}  (reduced problem)", set->reduced->collapse));
  }
  lines.add(
      "zero is unstable below",
      fmt::format("{:.6g}  (all bits; the best neuron that ascent finds)", set->zero_stability));
  return lines.text();
}

int run_critical_decay(const DecayOptions& options, const Output& output) {
  std::optional<TrainingSetDecays> set;
  if (options.train) {
    require_in_range("parity critical-decay", "--parity", options.parity, std::int64_t{1},
                     parity::most_listed_bits - 1);
    set = decays_of(options);
  } else if (options.bits || options.seed) {
    reject("parity critical-decay", options.bits ? "--bits" : "--seed",
           std::to_string(options.bits ? *options.bits : *options.seed),
           "one with --train: it is of a training set");
  }
  output.out << (options.json ? as_json(options, set) : as_text(options, set));
  return 0;
}

void add_critical_decay(CLI::App& parent, Action& action) {
  const auto options = std::make_shared<DecayOptions>();
  CLI::App& app = *parent.add_subcommand(
      "critical-decay", "The decay from which a wide network cannot keep the parity");
  add_number(app, "--parity", options->parity, 1, 1000,
             "k: bits whose product is the label (with --train up to 15)");
  add_number(app, "--train", options->train, 1, 1'000'000,
             "N: also what a training set of N strings can hold");
  add_number(app, "--bits", options->bits, 1, 10'000, "n: bits of its strings (default 50)");
  add_number(app, "--seed", options->seed, 0, max_seed, "its data seed (default 0)");
  add_flag(app, "--json", options->json, "one JSON object instead of text");
  app.footer(
      "Examples:\n"
      "  groktheory parity critical-decay --parity 3\n"
      "  groktheory parity critical-decay --bits 50 --parity 2 --train 300 --seed 1 --json");
  run_when_asked(app, action, options, run_critical_decay);
}

struct CircuitOptions {
  std::int64_t parity = 2;
  bool json = false;
};

struct NamedCircuit {
  std::string name;
  Circuit circuit;
};
std::vector<NamedCircuit> exact_circuits(Index k) {
  std::vector<NamedCircuit> circuits = {{"cheapest", parity::minimal_circuit(k)},
                                        {"patterns", parity::pattern_circuit(k)},
                                        {"sum", parity::sum_circuit(k)}};
  if (k == 3) {
    circuits.push_back({"six", parity::six_neurons()});
    circuits.push_back({"four", parity::four_neurons()});
  }
  return circuits;
}

/// Rescaled to margin 1, each neuron balanced: what a circuit costs at best.
double balanced_cost(const Circuit& circuit, Index k) {
  const Eigen::MatrixXd all = parity::patterns(k);
  const double margin = parity::parities(all, k).cwiseProduct(circuit.outputs(all)).minCoeff();
  return 2 * circuit.path_norm() / margin;
}

std::string as_json(const CircuitOptions& options) {
  const Circuit cheapest = parity::minimal_circuit(options.parity);
  const auto list = [](const Eigen::VectorXd& numbers) {
    return std::vector<double>(numbers.begin(), numbers.end());
  };
  Json json;
  json["parity"] = options.parity;
  json["path_norm"] = 1 / parity::critical_decay(options.parity);
  json["tight_directions"] = parity::tight_directions(options.parity).rows();
  json["neurons"] = Json::array();
  for (Index j = 0; j < cheapest.width(); ++j) {
    json["neurons"].push_back(
        {{"w", list(cheapest.W.row(j).transpose())}, {"b", cheapest.b[j]}, {"u", cheapest.u[j]}});
  }
  json["exact"] = Json::array();
  for (const auto& [name, circuit] : exact_circuits(options.parity)) {
    json["exact"].push_back({{"name", name},
                             {"neurons", circuit.width()},
                             {"balanced_squared_norm", balanced_cost(circuit, options.parity)}});
  }
  return to_text(json);
}

std::string as_text(const CircuitOptions& options) {
  const Index k = options.parity;
  const Circuit cheapest = parity::minimal_circuit(k);
  LabelledLines lines;
  lines.add("cheapest network",
            fmt::format("margin 1, V = sum |u| |(w, b)| = {:.6g}, |theta|^2 = {:.6g}",
                        cheapest.path_norm(), cheapest.squared_norm()));
  lines.add("neurons it may have",
            fmt::format("{} tight directions of (w, b): {}", parity::tight_directions(k).rows(),
                        k == 1       ? "(+-1, 1)"
                        : k % 2 == 0 ? "all signs of the k bits, b = 0"
                                     : "all signs of the k bits and of b"));
  lines.add("one solution", fmt::format("{} neurons with |w_i| = {:.4f}, b = {:.4f}, |u| = {:.4f}",
                                        cheapest.width(), std::abs(cheapest.W(0, 0)), cheapest.b[0],
                                        std::abs(cheapest.u[0])));
  std::vector<std::vector<std::string>> rows;
  for (const auto& [name, circuit] : exact_circuits(k)) {
    rows.push_back({name, fmt::format("{}", circuit.width()),
                    fmt::format("{:.4f}", balanced_cost(circuit, k))});
  }
  return lines.text() + "\nexact networks, balanced and scaled to margin 1\n" +
         aligned_table({"network", "neurons", "|theta|^2"}, rows);
}

int run_circuit(const CircuitOptions& options, const Output& output) {
  output.out << (options.json ? as_json(options) : as_text(options));
  return 0;
}

void add_circuit(CLI::App& parent, Action& action) {
  const auto options = std::make_shared<CircuitOptions>();
  CLI::App& app =
      *parent.add_subcommand("circuit", "The cheapest network that has the parity, and others");
  add_number(app, "--parity", options->parity, 1, 10, "k: bits whose product is the label");
  add_flag(app, "--json", options->json, "one JSON object instead of text");
  app.footer("Example:\n  groktheory parity circuit --parity 3");
  run_when_asked(app, action, options, run_circuit);
}

}  // namespace

void add_parity(CLI::App& root, Action& action) {
  CLI::App& app = *root.add_subcommand(
      "parity", "Sparse parity: what theory says of its networks before training");
  app.require_subcommand(1);
  add_critical_decay(app, action);
  add_circuit(app, action);
}

}  // namespace grok
