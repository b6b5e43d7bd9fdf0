// Sample run:  groktheory figure fig2 --profile quick
#include "figures/representation/fig2_embeddings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "compare/statistics/over_seeds.hpp"
#include "core/errors.hpp"
#include "core/parallel.hpp"
#include "figures/study_runs.hpp"
#include "theory/telling.hpp"

namespace grok {
namespace {

constexpr Index drawn_cells = 320;

struct Kind {
  const char* name;
  bool published, modular;
};
constexpr std::array<Kind, 6> kinds = {{{"panel (a), poor addition", true, false},
                                        {"good addition", false, false},
                                        {"panel (c), poor modular", true, true},
                                        {"good modular", false, true},
                                        {"panel (b), good addition", true, false},
                                        {"panel (d), good modular", true, true}}};

/// What two runs of one setting share.
toy::RunSpec without_seeds(toy::RunSpec spec) {
  spec.seed = 0;
  spec.split_seed = spec.label_seed = spec.init_seed = spec.batch_seed = std::nullopt;
  return spec;
}

double in_order(const PlanarRun& run) { return static_cast<double>(run.ring->in_order); }
bool learnt(const PlanarRun& run) { return run.train >= run.spec.accuracy_threshold; }
bool generalises(const PlanarRun& run) { return run.validation >= run.spec.accuracy_threshold; }
bool is_structured(const PlanarRun& run) {
  return run.ring ? run.ring->in_order == run.spec.symbols : run.rqi > run.spec.rqi_threshold;
}

void count_networks(PlanarSetting& setting) {
  const auto count = [&setting](const auto& test) {
    return std::ranges::count_if(setting.runs, test);
  };
  setting.structured = count(is_structured);
  setting.generalised = count(generalises);
  setting.both = count([](const auto& run) { return is_structured(run) && generalises(run); });
  setting.memorised = count([](const auto& run) { return learnt(run) && !generalises(run); });
}

PlanarRun run_of(const toy::RunSpec& spec, const toy::Record& record,
                 const Eigen::MatrixXd& embeddings, bool modular) {
  if (!record.validation_accuracy) {
    reject("collect_planar", "train", fmt::format("{}", spec.train), "less than all of D0");
  }
  PlanarRun run{spec, record.rqi, record.train_accuracy, *record.validation_accuracy, {}, {}};
  if (modular) {
    run.ring = find_ring(embeddings);
    run.ring_before = find_ring(draw_initial_state(spec).embeddings);
  }
  return run;
}

/// The run that is drawn (see collect_planar).
std::size_t choose(const PlanarSetting& setting, bool good) {
  const auto quality = [good](const PlanarRun& run) {
    const double sign = good ? 1 : -1;
    return run.ring
               ? std::tuple(learnt(run), sign * run.validation, sign * in_order(run),
                            -run.spec.seed)
               : std::tuple(learnt(run), sign * run.rqi, sign * run.validation, -run.spec.seed);
  };
  const auto best = std::ranges::max_element(setting.runs, {}, quality);
  return static_cast<std::size_t>(best - setting.runs.begin());
}

/// Rank correlation of a measure of structure with validation accuracy, within one setting: between
/// settings much else differs.
template <class Value>
BootstrapInterval rank_with_validation(const PlanarSetting& setting, const Value& value) {
  return rank_over_seeds(each_of(setting.runs, value),
                         each_of(setting.runs, &PlanarRun::validation),
                         each_of(setting.runs, [](const auto& run) { return run.spec.seed; }));
}

PlanarSetting setting_of(std::size_t number, const toy::RunSpec& spec) {
  if (number >= kinds.size()) {
    reject("collect_planar", "settings", "more than 6", "4 or 6");
  }
  const Kind& kind = kinds[number];
  const std::string task = kind.modular ? "modular-addition" : "addition";
  if (spec.task != task) {
    reject("collect_planar", fmt::format("task of setting {}", number + 1), spec.task, task);
  }
  PlanarSetting setting;
  setting.spec = spec;
  setting.name = kind.name;
  setting.published = kind.published;
  setting.modular = kind.modular;
  return setting;
}

std::vector<Claim> draw(const Figure& figure, const FigureContext& context) {
  const auto specs = toy::figure_runs(figure, context.profile);
  const toy::TrainedNetworks trained = train_networks(figure, context, specs);
  PlanarData data = collect_planar(specs, trained.records, trained.embeddings);
  std::array<toy::InitialState, 4> networks;
  for (std::size_t k = 0; k < networks.size(); ++k) {
    networks[k] = toy::stored_network(*context.store, toy::run_of(data.shown(k).spec, figure.stem));
  }
  add_networks(data, std::move(networks), drawn_cells, context.workers.threads);
  publish(figure, context, sheet_of(data), report_of(data));
  return claims_of(data);
}

}  // namespace

PlanarData collect_planar(std::span<const toy::RunSpec> specs, std::span<const toy::Record> records,
                          std::span<const Eigen::MatrixXd> embeddings) {
  const auto count = std::ssize(specs);
  require_in_range<std::int64_t>("collect_planar", "records", std::ssize(records), count, count);
  require_in_range<std::int64_t>("collect_planar", "embeddings", std::ssize(embeddings), count,
                                 count);
  PlanarData data;
  for (std::size_t k = 0; k < specs.size(); ++k) {
    if (k == 0 || without_seeds(specs[k]) != without_seeds(specs[k - 1])) {
      data.settings.push_back(setting_of(data.settings.size(), specs[k]));
    }
    PlanarSetting& setting = data.settings.back();
    if (records[k].state == "diverged") {
      ++setting.diverged;
    } else {
      setting.runs.push_back(run_of(specs[k], records[k], embeddings[k], setting.modular));
    }
  }
  if (data.settings.size() != 4 && data.settings.size() != kinds.size()) {
    reject("collect_planar", "settings", fmt::format("{}", data.settings.size()), "4 or 6");
  }
  std::ranges::for_each(data.settings, count_networks);
  for (std::size_t k = 0; k < data.chosen.size(); ++k) {
    if (data.settings[k].runs.empty()) {
      throw ConvergenceError(
          fmt::format("collect_planar: {}: networks = 0 that did not diverge, wanted at least 1",
                      kinds[k].name));
    }
    data.chosen[k] = choose(data.settings[k], k % 2 == 1);
  }
  data.rqi_rank = rank_with_validation(data.settings[1], &PlanarRun::rqi);
  data.ring_rank = rank_with_validation(data.settings[3], in_order);
  return data;
}

void add_networks(PlanarData& data, std::array<toy::InitialState, 4> networks, Index cells,
                  int threads) {
  parallel_for(std::ssize(networks), threads, [&](std::int64_t n) {
    const auto k = static_cast<std::size_t>(n);
    data.panels[k].plane = toy::decode_plane(data.shown(k).spec, networks[k], cells);
    data.panels[k].network = std::move(networks[k]);
  });
  const toy::RunSpec& good = data.shown(1).spec;
  data.marked = telling_parallelogram(task_of(good), data.panels[1].network.embeddings,
                                      data.panels[0].network.embeddings, *good.rqi_tolerance);
  data.ring = find_ring(data.panels[3].network.embeddings);
}

Figure fig2_embeddings(std::string_view toml) {
  return {"fig2_embeddings",
          "Embeddings in the plane and the decoder's answers",
          false,
          toml,
          draw,
          toml};
}

}  // namespace grok
