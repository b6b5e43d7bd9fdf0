// groktheory bench: the performance table of this machine.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>

#include "cli/json.hpp"
#include "cli/options.hpp"
#include "compare/statistics/statistics.hpp"
#include "core/provenance.hpp"
#include "nets/torch_engine.hpp"
#include "nets/toy/model.hpp"
#include "nets/toy/speed.hpp"

namespace grok {
namespace {

struct BenchOptions {
  std::int64_t threads = 1;
  std::int64_t repetitions = 5;
  double seconds = 0.5;
  bool json = false;
};

/// Lowest, median, highest.
struct Spread {
  double low = 0, median = 0, high = 0;
};

Spread spread_of(std::vector<double> values) {
  std::ranges::sort(values);
  const std::size_t n = values.size();
  const double median = n % 2 == 1 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
  return {values.front(), median, values.back()};
}

/// One run and everything that was timed on it.
struct Section {
  std::string title;
  toy::RunSpec spec;
  std::vector<toy::Speed> speeds;
};

toy::RunSpec wide_run() {
  toy::RunSpec spec;
  spec.symbols = 59;
  spec.train = 1416;  // 80 %
  spec.decoder_widths = {1000, 1000};
  return spec;
}

std::vector<toy::Contender> contenders(const toy::RunSpec& spec, int threads) {
  std::vector<toy::Contender> all = {toy::large_matrices(1024)};
  const LoadedEngine& torch = torch_engine();
  if (torch.engine != nullptr) {
    all.push_back(toy::plain_loop(spec, 1));
    if (threads > 1) {
      all.push_back(toy::plain_loop(spec, 2));
    }
  }
  const std::string cores = fmt::format("{} cores", threads);
  all.push_back(toy::training("cpu engine", "1 core", spec, 1, cpu_workers(1)));
  if (threads > 1) {
    all.push_back(toy::training("cpu engine", cores, spec, threads, cpu_workers(threads)));
  }
  if (torch.engine == nullptr) {
    return all;
  }
  const auto torch_on = [](const std::string& device, int count) {
    return Workers{"torch", device, count, "asked for"};
  };
  all.push_back(toy::training("torch engine", "1 core", spec, 2, torch_on("cpu", 1)));
  if (threads > 1) {
    all.push_back(
        toy::training("torch engine", cores, spec, 2 * threads, torch_on("cpu", threads)));
  }
  if (torch.engine->info().cuda_devices > 0) {
    for (const std::int64_t networks : {1, 10, 100, 1000, 4000}) {
      all.push_back(toy::training("torch engine", "cuda", spec, networks, torch_on("cuda", 1)));
    }
  }
  return all;
}

Section measure_section(const std::string& title, const toy::RunSpec& spec,
                        const BenchOptions& options) {
  const toy::RunSpec resolved = resolve(spec, "bench");
  return {title, resolved,
          toy::measure(contenders(spec, static_cast<int>(options.threads)),
                       static_cast<int>(options.repetitions), options.seconds, "bench: " + title)};
}

/// The faster plain loop, median steps per second; 0 if none was timed.
double yardstick(const Section& section) {
  double best = 0;
  for (const toy::Speed& speed : section.speeds) {
    if (speed.contender.name == "plain LibTorch loop") {
      best = std::max(best, spread_of(speed.rates).median);
    }
  }
  return best;
}

/// Time per step of one network on one core, against something that grows.
struct Growth {
  std::string of;  // "width", "samples"
  std::vector<double> x, seconds;
  BootstrapInterval exponent;
};

Growth measure_growth(const std::string& of, const std::vector<std::int64_t>& values,
                      const BenchOptions& options,
                      const std::function<toy::RunSpec(std::int64_t)>& spec_at) {
  Growth growth{.of = of, .x = {}, .seconds = {}, .exponent = {}};
  std::vector<toy::Contender> contenders;
  for (const std::int64_t value : values) {
    contenders.push_back(toy::training("cpu engine", "1 core", spec_at(value), 1, cpu_workers(1)));
  }
  std::vector<std::int64_t> groups;
  const auto speeds = toy::measure(contenders, static_cast<int>(options.repetitions),
                                   options.seconds / 2, "bench: " + of);
  for (std::size_t k = 0; k < values.size(); ++k) {
    growth.x.push_back(of == "samples"
                           ? static_cast<double>(resolve(spec_at(values[k]), "bench").train)
                           : static_cast<double>(values[k]));
    growth.seconds.push_back(1 / spread_of(speeds[k].rates).median);
    groups.push_back(static_cast<std::int64_t>(k));
  }
  growth.exponent = log_log_slope(growth.x, growth.seconds, groups, 1000, 0);
  return growth;
}

toy::RunSpec width_run(std::int64_t width) {
  toy::RunSpec spec;
  spec.decoder_widths = {width, width};
  return spec;
}

toy::RunSpec samples_run(std::int64_t symbols) {
  toy::RunSpec spec;
  spec.symbols = symbols;
  spec.train = symbols * (symbols + 1) / 2 * 4 / 5;
  return spec;
}

struct BenchResult {
  std::vector<Section> sections;
  std::vector<Growth> growth;
};

BenchResult run_all(const BenchOptions& options) {
  BenchResult result;
  result.sections.push_back(
      measure_section("the default run: addition, p = 10, |D| = 45, decoder 1-200-200-30",
                      toy::RunSpec{}, options));
  toy::RunSpec small;
  small.decoder_widths = {50, 50};
  result.sections.push_back(measure_section(
      "a smaller one: addition, p = 10, |D| = 45, decoder 1-50-50-30", small, options));
  result.sections.push_back(measure_section(
      "a wider one: addition, p = 59, |D| = 1416, decoder 1-1000-1000-30", wide_run(), options));
  result.growth.push_back(measure_growth("width", {50, 100, 200, 400, 800}, options, width_run));
  result.growth.push_back(measure_growth("samples", {8, 14, 24, 40}, options, samples_run));
  return result;
}

/// Arithmetic per second, in the median.
double flops_of(const toy::Speed& speed) {
  return spread_of(speed.rates).median * speed.contender.flops;
}

std::string table_of(const Section& section) {
  std::vector<std::vector<std::string>> rows;
  const double base = yardstick(section), limit = flops_of(section.speeds.front());
  for (const toy::Speed& speed : section.speeds) {
    const Spread rate = spread_of(speed.rates);
    const bool one_core = speed.contender.place == "1 core" || speed.contender.place == "1 thread";
    const bool trains = &speed != &section.speeds.front();
    rows.push_back({speed.contender.name, speed.contender.place,
                    trains ? fmt::format("{}", speed.contender.networks) : "",
                    fmt::format("{:.4g}", rate.median),
                    fmt::format("[{:.4g}, {:.4g}]", rate.low, rate.high),
                    fmt::format("{:.1f}", flops_of(speed) / 1e9),
                    one_core ? fmt::format("{:.0f} %", 100 * flops_of(speed) / limit) : "",
                    base > 0 && trains ? fmt::format("{:.1f}", rate.median / base) : ""});
  }
  return aligned_table({"", "on", "networks", "steps/s", "lowest, highest", "GFLOP/s",
                        "of large matrices", "over plain loop"},
                       rows);
}

std::string as_text(const BenchResult& result, const BenchOptions& options) {
  const Provenance made = provenance();
  LabelledLines head;
  head.add("processor", fmt::format("{}, {}", made.processor, engine_build("cpu")));
  const LoadedEngine& torch = torch_engine();
  head.add("torch engine", torch.engine ? describe(torch.engine->info()) : torch.why_not);
  head.add("rows",
           fmt::format("medians of {} repetitions in turn, about {} s each; every metric at "
                       "every step",
                       options.repetitions, to_text(options.seconds)));
  std::string text = head.text();
  for (const Section& section : result.sections) {
    const Cost cost = toy::model().cost(toy::run_of(section.spec, "bench"));
    text += fmt::format("\n{}: {:.4g} MFLOP a step, {:.0f} parameters\n", section.title,
                        cost.flops / 1e6, cost.parameters);
    text += table_of(section);
  }
  for (const Growth& growth : result.growth) {
    std::vector<std::vector<std::string>> rows;
    for (std::size_t k = 0; k < growth.x.size(); ++k) {
      rows.push_back(
          {fmt::format("{:.0f}", growth.x[k]), fmt::format("{:.1f}", 1e6 * growth.seconds[k])});
    }
    text += fmt::format("\ncpu engine, one core, against {}: exponent {:.2f} [{:.2f}, {:.2f}]\n",
                        growth.of, growth.exponent.estimate.value, growth.exponent.estimate.low,
                        growth.exponent.estimate.high);
    text += aligned_table({growth.of, "us a step"}, rows);
  }
  return text;
}

Json spread_json(const Spread& spread) {
  return {{"median", json_of(spread.median)},
          {"lowest", json_of(spread.low)},
          {"highest", json_of(spread.high)}};
}

Json as_json(const BenchResult& result, const BenchOptions& options) {
  Json json;
  json["processor"] = provenance().processor;
  json["instruction_set"] = engine_build("cpu");
  const LoadedEngine& torch = torch_engine();
  json["torch"] = torch.engine ? describe(torch.engine->info()) : torch.why_not;
  json["repetitions"] = options.repetitions;
  json["runs"] = Json::array();
  for (const Section& section : result.sections) {
    const Cost cost = toy::model().cost(toy::run_of(section.spec, "bench"));
    Json rows = Json::array();
    const double base = yardstick(section), limit = flops_of(section.speeds.front());
    for (const toy::Speed& speed : section.speeds) {
      rows.push_back({{"name", speed.contender.name},
                      {"on", speed.contender.place},
                      {"networks", speed.contender.networks},
                      {"flops_per_step", speed.contender.flops},
                      {"repetitions", speed.rates.size()},
                      {"steps_per_second", spread_json(spread_of(speed.rates))},
                      {"share_of_large_matrices", flops_of(speed) / limit},
                      {"over_plain_loop",
                       base > 0 ? Json(spread_of(speed.rates).median / base) : Json(nullptr)}});
    }
    json["runs"].push_back({{"symbols", section.spec.symbols},
                            {"train", section.spec.train},
                            {"decoder_widths", section.spec.decoder_widths},
                            {"parameters", cost.parameters},
                            {"rows", rows}});
  }
  json["growth"] = Json::array();
  for (const Growth& growth : result.growth) {
    json["growth"].push_back({{"of", growth.of},
                              {"values", growth.x},
                              {"seconds_per_step", growth.seconds},
                              {"exponent", json_of(growth.exponent.estimate)}});
  }
  return json;
}

int run(const BenchOptions& options, const Output& output) {
  const BenchResult result = run_all(options);
  output.out << (options.json ? to_text(as_json(result, options)) : as_text(result, options));
  return 0;
}

}  // namespace

void add_bench(CLI::App& root, Action& action) {
  const auto options = std::make_shared<BenchOptions>();
  CLI::App& app = *root.add_subcommand("bench", "How fast this machine trains, in ratios");
  add_threads(app, options->threads);
  add_number(app, "--repetitions", options->repetitions, 1, 1000,
             "of every measurement, in turn; with the defaults the whole takes about five minutes");
  add_number(app, "--seconds", options->seconds, 1e-3, 3600.0,
             "about how long one measurement takes");
  add_flag(app, "--json", options->json, "one JSON object instead of text");
  app.footer("Example:\n  groktheory bench --repetitions 3 --seconds 0.1 --json   # minutes");
  run_when_asked(app, action, options, run);
}

}  // namespace grok
