// Sample run:  groktheory figure fig2 --profile quick
#include "figures/representation/fig2_embeddings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "core/errors.hpp"
#include "core/parallel.hpp"
#include "figures/study_runs.hpp"

namespace grok {
namespace {

constexpr Index drawn_cells = 320;
constexpr std::array<const char*, 6> names = {
    "panel (a), poor addition", "good addition",          "panel (c), poor modular", "good modular",
    "panel (b), good addition", "panel (d), good modular"};
constexpr std::array<bool, 6> as_published = {true, false, true, false, true, true};
constexpr std::array<bool, 6> is_modular = {false, false, true, true, false, true};

/// What two runs of one setting share.
toy::RunSpec without_seeds(toy::RunSpec spec) {
  spec.seed = 0;
  spec.split_seed = spec.label_seed = spec.init_seed = spec.batch_seed = std::nullopt;
  return spec;
}

template <class Value>
BootstrapInterval mean_over(const PlanarSetting& setting, const Value& value) {
  std::vector<std::int64_t> seeds;
  std::vector<double> values;
  for (const PlanarRun& run : setting.runs) {
    seeds.push_back(run.spec.seed);
    values.push_back(value(run));
  }
  return bootstrap_number("fig2_embeddings", seeds, figure_resamples, figure_bootstrap_seed,
                          [&values](auto chosen) { return mean_of(values, chosen); });
}

bool learnt(const PlanarSetting& setting, const PlanarRun& run) {
  return run.train >= setting.spec.accuracy_threshold;
}

void summarise(PlanarSetting& setting) {
  if (setting.runs.empty()) {
    return;
  }
  const bool modular = setting.runs.front().ring.has_value();
  for (const PlanarRun& run : setting.runs) {
    const bool generalised = run.validation >= setting.spec.accuracy_threshold;
    const bool structured =
        modular ? run.ring->in_order == setting.spec.symbols : run.rqi > setting.spec.rqi_threshold;
    setting.structured += structured ? 1 : 0;
    setting.generalised += generalised ? 1 : 0;
    setting.both += structured && generalised ? 1 : 0;
    setting.memorised += learnt(setting, run) && !generalised ? 1 : 0;
  }
  setting.rqi = mean_over(setting, [](const PlanarRun& run) { return run.rqi; });
  setting.train = mean_over(setting, [](const PlanarRun& run) { return run.train; });
  setting.validation = mean_over(setting, [](const PlanarRun& run) { return run.validation; });
  if (modular) {
    setting.in_order = mean_over(
        setting, [](const PlanarRun& run) { return static_cast<double>(run.ring->in_order); });
    setting.in_order_before = mean_over(setting, [](const PlanarRun& run) {
      return static_cast<double>(run.ring_before->in_order);
    });
    setting.radius_spread =
        mean_over(setting, [](const PlanarRun& run) { return run.ring->radius_spread; });
  }
}

PlanarRun run_of(const toy::RunSpec& spec, const toy::Record& record,
                 const Eigen::MatrixXd& embeddings) {
  PlanarRun run;
  run.spec = spec;
  run.rqi = record.rqi;
  run.train = record.train_accuracy;
  if (!record.validation_accuracy) {
    reject("collect_planar", "train", fmt::format("{}", spec.train), "less than all of D0");
  }
  run.validation = *record.validation_accuracy;
  if (spec.task == "modular-addition") {
    run.ring = find_ring(embeddings);
    run.ring_before = find_ring(draw_initial_state(spec).embeddings);
  }
  return run;
}

/// The run that is drawn (see collect_planar).
std::size_t choose(const PlanarSetting& setting, bool good) {
  const auto quality = [&](const PlanarRun& run) {
    const double sign = good ? 1 : -1;
    return run.ring ? std::tuple(learnt(setting, run), sign * run.validation,
                                 sign * static_cast<double>(run.ring->in_order), -run.spec.seed)
                    : std::tuple(learnt(setting, run), sign * run.rqi, sign * run.validation,
                                 -run.spec.seed);
  };
  const auto best = std::ranges::max_element(setting.runs, {}, quality);
  return static_cast<std::size_t>(best - setting.runs.begin());
}

/// Rank correlation of a measure of structure with validation accuracy, within one setting: between
/// settings much else differs.
template <class Value>
BootstrapInterval rank_with_validation(const PlanarSetting& setting, const Value& value) {
  std::vector<std::int64_t> seeds;
  std::vector<double> structure, validation;
  for (const PlanarRun& run : setting.runs) {
    seeds.push_back(run.spec.seed);
    structure.push_back(value(run));
    validation.push_back(run.validation);
  }
  try {
    return spearman(structure, validation, seeds, figure_resamples, figure_bootstrap_seed);
  } catch (const ConvergenceError&) {
    return {};  // one side is constant
  } catch (const InputError&) {
    return {};  // fewer than three networks
  }
}

void require_task(std::size_t setting, const toy::RunSpec& spec) {
  if (setting >= names.size()) {
    reject("collect_planar", "settings", "more than 6", "4 or 6");
  }
  const std::string task = is_modular[setting] ? "modular-addition" : "addition";
  if (spec.task != task) {
    reject("collect_planar", fmt::format("task of setting {}", setting + 1), spec.task, task);
  }
}

std::vector<PlanarSetting> settings_of(std::span<const toy::RunSpec> specs,
                                       std::span<const toy::Record> records,
                                       std::span<const Eigen::MatrixXd> embeddings) {
  std::vector<PlanarSetting> settings;
  for (std::size_t k = 0; k < specs.size(); ++k) {
    if (k == 0 || without_seeds(specs[k]) != without_seeds(specs[k - 1])) {
      require_task(settings.size(), specs[k]);
      settings.emplace_back().spec = specs[k];
    }
    PlanarSetting& setting = settings.back();
    if (records[k].state == "diverged") {
      ++setting.diverged;
    } else {
      setting.runs.push_back(run_of(specs[k], records[k], embeddings[k]));
    }
  }
  return settings;
}

/// The networks that are drawn, from the store.
std::array<PlanarPanel, 4> shown_panels(const Store& store, const PlanarData& data) {
  std::array<PlanarPanel, 4> panels;
  for (std::size_t k = 0; k < panels.size(); ++k) {
    panels[k].spec = data.settings[k].runs[data.chosen[k]].spec;
    const Run run = toy::run_of(panels[k].spec, "fig2_embeddings");
    panels[k].record = store.find(run).value().as<toy::Record>();
    panels[k].network = toy::stored_network(store, run);
  }
  return panels;
}

std::vector<Claim> draw(const Figure& figure, const FigureContext& context) {
  const auto specs = toy::figure_runs(figure, context.profile);
  const toy::TrainedNetworks networks = train_networks(figure, context, specs);
  const PlanarData data = collect_planar(specs, networks.records, networks.embeddings);
  const PlanarPicture picture =
      picture_of(shown_panels(*context.store, data), drawn_cells, context.workers.threads);
  publish(figure, context, draw_planar(picture, data, command_of(figure, context)),
          report_planar(data, picture));
  return claims_of_planar(data);
}

}  // namespace

PlanarData collect_planar(std::span<const toy::RunSpec> specs, std::span<const toy::Record> records,
                          std::span<const Eigen::MatrixXd> embeddings) {
  const auto count = std::ssize(specs);
  require_in_range<std::int64_t>("collect_planar", "records", std::ssize(records), count, count);
  require_in_range<std::int64_t>("collect_planar", "embeddings", std::ssize(embeddings), count,
                                 count);
  PlanarData data;
  data.settings = settings_of(specs, records, embeddings);
  if (data.settings.size() != 4 && data.settings.size() != names.size()) {
    reject("collect_planar", "settings", fmt::format("{}", data.settings.size()), "4 or 6");
  }
  for (std::size_t k = 0; k < data.settings.size(); ++k) {
    PlanarSetting& setting = data.settings[k];
    if (k < data.chosen.size() && setting.runs.empty()) {
      throw ConvergenceError(fmt::format(
          "collect_planar: {}: networks = 0 that did not diverge, wanted at least 1", names[k]));
    }
    setting.name = names[k];
    setting.published = as_published[k];
    summarise(setting);
    if (k < data.chosen.size()) {
      data.chosen[k] = choose(setting, k % 2 == 1);
    }
  }
  data.rqi_rank =
      rank_with_validation(data.settings[1], [](const PlanarRun& run) { return run.rqi; });
  data.ring_rank = rank_with_validation(data.settings[3], [](const PlanarRun& run) {
    return static_cast<double>(run.ring->in_order);
  });
  return data;
}

PlanarPicture picture_of(std::array<PlanarPanel, 4> panels, Index cells, int threads) {
  PlanarPicture picture;
  picture.panels = std::move(panels);
  parallel_for(std::ssize(picture.panels), threads, [&](std::int64_t n) {
    PlanarPanel& panel = picture.panels[static_cast<std::size_t>(n)];
    panel.plane = decode_plane(panel.spec, panel.network, cells);
  });
  picture.marked = telling_parallelogram(
      task_of(picture.panels[1].spec), picture.panels[1].network.embeddings,
      picture.panels[0].network.embeddings, *picture.panels[1].spec.rqi_tolerance);
  picture.ring = find_ring(picture.panels[3].network.embeddings);
  return picture;
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
