#include "compare/toy/planar.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <tuple>

#include "compare/statistics/grouped.hpp"
#include "compare/statistics/over_seeds.hpp"
#include "core/errors.hpp"
#include "core/numbers.hpp"
#include "core/parallel.hpp"
#include "theory/telling.hpp"

namespace grok::toy {
namespace {

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
RunSpec without_seeds(RunSpec spec) {
  spec.seed = 0;
  spec.split_seed = spec.label_seed = spec.init_seed = spec.batch_seed = std::nullopt;
  return spec;
}

std::int64_t seed_of(const PlanarRun& run) { return run.spec.seed; }
double in_order(const PlanarRun& run) { return static_cast<double>(run.ring->in_order); }
bool learnt(const PlanarRun& run) { return run.train >= run.spec.accuracy_threshold; }
bool generalises(const PlanarRun& run) { return run.validation >= run.spec.accuracy_threshold; }
bool is_structured(const PlanarRun& run) {
  return run.ring ? run.ring->in_order == run.spec.symbols : run.rqi > run.spec.rqi_threshold;
}

void summarise(PlanarSetting& setting) {
  const auto count = [&setting](const auto& test) {
    return std::ranges::count_if(setting.runs, test);
  };
  setting.structured = count(is_structured);
  setting.generalised = count(generalises);
  setting.both = count([](const auto& run) { return is_structured(run) && generalises(run); });
  setting.memorised = count([](const auto& run) { return learnt(run) && !generalises(run); });
  const auto mean = [&setting](const auto& value) {
    return grouped_mean(each_of(setting.runs, value), each_of(setting.runs, seed_of));
  };
  setting.rqi = mean(&PlanarRun::rqi);
  setting.train = mean(&PlanarRun::train);
  setting.validation = mean(&PlanarRun::validation);
  if (setting.modular) {
    setting.in_order = mean(in_order);
    setting.in_order_before =
        mean([](const auto& run) { return static_cast<double>(run.ring_before->in_order); });
    setting.radius_spread = mean([](const auto& run) { return run.ring->radius_spread; });
  } else {
    setting.in_order = setting.in_order_before = setting.radius_spread = grouped_mean({}, {});
  }
}

PlanarRun run_of(const RunSpec& spec, const Record& record, const Eigen::MatrixXd& embeddings,
                 bool modular) {
  if (!record.validation_accuracy) {
    reject("collect_planar", "train", fmt::format("{}", spec.train), "less than all of D0");
  }
  PlanarRun run{
      spec, defined(record.rqi, "rqi"), record.train_accuracy, *record.validation_accuracy, {}, {}};
  if (modular) {
    run.ring = find_ring(embeddings);
    run.ring_before = find_ring(draw_initial_state(spec).embeddings);
  }
  return run;
}

/// The run that is drawn (see collect_planar).
std::size_t choose(const PlanarSetting& setting, bool good) {
  if (setting.runs.empty()) {
    throw ConvergenceError(fmt::format(
        "collect_planar: {}: networks = 0 that did not diverge, wanted at least 1", setting.name));
  }
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

/// Rank correlation of a measure of structure with validation accuracy.
template <class Value>
BootstrapInterval rank_with_validation(const PlanarSetting& setting, const Value& value) {
  return rank_over_seeds(each_of(setting.runs, value),
                         each_of(setting.runs, &PlanarRun::validation),
                         each_of(setting.runs, seed_of));
}

PlanarSetting setting_of(std::size_t number, const RunSpec& spec) {
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

}  // namespace

Estimate PlanarSetting::share(std::int64_t PlanarSetting::*count) const {
  return runs.empty() ? Estimate{not_a_number, not_a_number, not_a_number}
                      : wilson(this->*count, std::ssize(runs));
}

PlanarData collect_planar(std::span<const RunSpec> specs, std::span<const Record> records,
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
  std::ranges::for_each(data.settings, summarise);
  for (std::size_t k = 0; k < data.chosen.size(); ++k) {
    data.chosen[k] = choose(data.settings[k], k % 2 == 1);
  }
  data.rqi_rank = rank_with_validation(data.settings[1], &PlanarRun::rqi);
  data.ring_rank = rank_with_validation(data.settings[3], in_order);
  return data;
}

void add_networks(PlanarData& data, const std::function<InitialState(const RunSpec&)>& network_of,
                  Index cells, int threads) {
  for (std::size_t k = 0; k < data.panels.size(); ++k) {
    data.panels[k].network = network_of(data.shown(k).spec);
  }
  parallel_for(std::ssize(data.panels), threads, [&](std::int64_t n) {
    const auto k = static_cast<std::size_t>(n);
    PlanarPanel& panel = data.panels[k];
    panel.plane = decode_plane(data.shown(k).spec, panel.network, cells);
    panel.pairs = decode_pairs(data.shown(k).spec, panel.network);
  });
  const RunSpec& good = data.shown(1).spec;
  data.marked = telling_parallelogram(task_of(good), data.panels[1].network.embeddings,
                                      data.panels[0].network.embeddings, *good.rqi_tolerance);
  data.ring = find_ring(data.panels[3].network.embeddings);
}

std::vector<Index> answers_in_order(const Task& task, const Ring& ring) {
  const bool rounds = task.name() != "addition" && std::gcd(ring.step, task.outputs()) == 1;
  std::vector<Index> order;
  for (Index k = 0; k < task.outputs(); ++k) {
    order.push_back(k * (rounds ? ring.step : 1) % task.outputs());
  }
  return order;
}

std::vector<std::vector<double>> places_of(const Plane& plane, const std::vector<Index>& order) {
  const auto cells = static_cast<std::size_t>(plane.cells);
  std::vector<std::vector<double>> rows(cells);
  for (std::size_t k = 0; k < plane.answers.size(); ++k) {
    const auto place = std::ranges::find(order, Index{plane.answers[k]}) - order.begin();
    rows[k / cells].push_back(static_cast<double>(place));
  }
  return rows;
}

CsvTable plane_table(const Plane& plane) {
  const auto at = [&plane](double start, Index k) {
    return to_text(start + (static_cast<double>(k) + 0.5) * plane.cell);
  };
  CsvTable table{{"y"}, {}};
  for (Index k = 0; k < plane.cells; ++k) {
    table.columns.push_back(at(plane.left, k));
    table.rows.push_back({at(plane.bottom, k)});
  }
  for (std::size_t k = 0; k < plane.answers.size(); ++k) {
    table.rows[k / table.rows.size()].push_back(std::to_string(plane.answers[k]));
  }
  return table;
}

std::vector<Sample> joined_pairs(const PlanarData& data, std::size_t panel) {
  const PlanarRun& run = data.shown(panel);
  if (!run.ring) {
    return data.marked ? std::vector{data.marked->first, data.marked->second}
                       : std::vector<Sample>{};
  }
  const auto at = [&](Index place) {
    return static_cast<std::int32_t>(place * data.ring.step % run.spec.symbols);
  };
  std::vector<Sample> pairs;
  for (Index k = 0; k < run.spec.symbols; ++k) {
    pairs.push_back({at(k), at(k + 1)});
  }
  return pairs;
}

}  // namespace grok::toy
