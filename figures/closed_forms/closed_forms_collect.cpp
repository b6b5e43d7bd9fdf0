// What figures/closed_forms/closed_forms.hpp predicts and trains.
#include <fmt/format.h>
#include <toml++/toml.h>

#include <Eigen/QR>
#include <algorithm>
#include <cmath>
#include <set>

#include "core/errors.hpp"
#include "core/parallel.hpp"
#include "core/progress.hpp"
#include "figures/closed_forms/closed_forms.hpp"

namespace grok {
namespace {

constexpr std::string_view place = "closed_forms.toml";
constexpr std::int64_t never = std::int64_t{1} << 40;  // steps; no run is as long
constexpr int curve_points = 26;

/// A table of the file under a profile's table of the same name, key by key.
class Section {
 public:
  Section(const toml::table& file, const std::string& profile, const std::string& name)
      : name_(name) {
    for (const toml::table* table :
         {file[name].as_table(), file["profiles"][profile][name].as_table()}) {
      if (table == nullptr) {
        reject(place, "profile", profile, fmt::format("one with [{}]", name));
      }
      for (const auto& [key, value] : *table) {
        merged_.insert_or_assign(key, value);
      }
    }
  }

  double number(const std::string& key) { return of_type<double>(key); }
  std::int64_t whole(const std::string& key) { return of_type<std::int64_t>(key); }
  std::vector<double> numbers(const std::string& key) {
    const toml::array* list = take(key).as_array();
    std::vector<double> values;
    for (std::size_t k = 0; list != nullptr && k < list->size(); ++k) {
      values.push_back(list->at(k).value<double>().value_or(std::nan("")));
    }
    if (values.empty() || !std::all_of(values.begin(), values.end(),
                                       [](double value) { return std::isfinite(value); })) {
      reject(place, name_ + "." + key, "no such list", "a list of numbers");
    }
    return values;
  }

  /// After all keys were asked for.
  void done() const {
    for (const auto& [key, value] : merged_) {
      if (!asked_.contains(std::string(key.str()))) {
        reject(place, name_ + "." + std::string(key.str()), "given", "known keys only");
      }
    }
  }

 private:
  toml::node_view<const toml::node> take(const std::string& key) {
    asked_.insert(key);
    return std::as_const(merged_)[key];
  }
  template <class T>
  T of_type(const std::string& key) {
    const auto value = take(key).template value<T>();
    if (!value) {
      reject(place, name_ + "." + key, "missing or of the wrong type", "a number");
    }
    return *value;
  }

  std::string name_;
  toml::table merged_;
  std::set<std::string> asked_;
};

LinearPlan read_linear(const toml::table& file, const std::string& profile) {
  Section section(file, profile, "linear");
  LinearPlan plan;
  plan.teacher = {.rate = section.number("rate"),
                  .outputs = section.whole("outputs"),
                  .tolerance = section.number("tolerance"),
                  .student_size = section.number("student_size"),
                  .teacher_size = section.number("teacher_size")};
  plan.dimension = section.whole("dimension");
  plan.held_out = section.whole("held_out");
  plan.seeds = section.whole("seeds");
  plan.steps = section.whole("steps");
  plan.curve_steps = section.whole("curve_steps");
  plan.ratios = section.numbers("ratios");
  plan.thresholds = section.numbers("thresholds");
  plan.curves = section.numbers("curves");
  section.done();
  require_in_range(place, "linear.seeds", plan.seeds, std::int64_t{1}, std::int64_t{1'000'000});
  require_in_range(place, "linear.curve_steps", plan.curve_steps, std::int64_t{1}, plan.steps);
  return plan;
}

SwitchPlan read_switch(const toml::table& file, const std::string& profile, DiagonalLoss loss) {
  Section section(file, profile, to_text(loss));
  SwitchPlan plan;
  plan.loss = loss;
  plan.dimension = section.whole("dimension");
  plan.samples = section.whole("samples");
  plan.sparsity = section.whole("sparsity");
  plan.seeds = section.whole("seeds");
  plan.steps = section.whole("steps");
  plan.rate = section.number("rate");
  plan.rate_times_norm2 = section.number("rate_times_norm2");
  plan.init_norms = section.numbers("init_norms");
  plan.decays = section.numbers("decays");
  section.done();
  require_in_range(place, to_text(loss) + ".seeds", plan.seeds, std::int64_t{1},
                   std::int64_t{1'000'000});
  return plan;
}

/// Evenly spaced on a log axis, from 1.
std::vector<std::int64_t> log_steps(std::int64_t last, int count) {
  std::set<std::int64_t> steps;
  for (int k = 0; k < count; ++k) {
    steps.insert(std::lround(std::pow(static_cast<double>(last), k / (count - 1.0))));
  }
  return {steps.begin(), steps.end()};
}

double cosine(const Eigen::VectorXd& a, const Eigen::VectorXd& b) {
  return a.dot(b) / (a.norm() * b.norm());
}

SwitchRun run_switch(const DiagonalRun& run, bool followed, const std::function<bool()>& stop) {
  const DiagonalProblem problem = diagonal_problem(run);
  const Eigen::VectorXd teacher = diagonal_teacher(run);
  SwitchRun result;
  result.flow = flow_switch_steps(run.setting, problem, teacher, {.cosine = run.cosine});
  DiagonalRun asked = run;
  const double leading = switch_steps(run.setting);
  if (followed) {
    asked.at = {std::lround(0.5 * leading), std::lround(1.5 * leading)};
    asked.steps = std::max(asked.steps, asked.at.back());
  }
  const DiagonalOutcome outcome = run_diagonal(asked, stop);
  result.diverged = outcome.diverged;
  if (outcome.steps_to_switch && *outcome.steps_to_switch <= run.steps) {
    result.steps = outcome.steps_to_switch;
  }
  if (outcome.states.size() == 2) {
    if (run.loss == DiagonalLoss::squared) {
      const Eigen::VectorXd least =
          problem.inputs.completeOrthogonalDecomposition().solve(problem.targets);
      result.kernel_cosine = cosine(outcome.states[0].weights, least);
    }
    result.rich_cosine = outcome.states[1].cosine;
  }
  return result;
}

std::vector<LinearResult> empty_linear(const LinearPlan& plan) {
  std::vector<LinearResult> results;
  for (const double ratio : plan.ratios) {
    LinearResult result;
    result.teacher = plan.teacher;
    result.teacher.ratio = ratio;
    for (const double threshold : plan.thresholds) {
      result.predicted.push_back(linear_teacher_steps(result.teacher, threshold, never));
    }
    if (std::find(plan.curves.begin(), plan.curves.end(), ratio) != plan.curves.end()) {
      result.at = log_steps(plan.curve_steps, curve_points);
    }
    result.runs.resize(static_cast<std::size_t>(plan.seeds));
    results.push_back(std::move(result));
  }
  return results;
}

std::vector<SwitchResult> empty_switches(const ClosedFormsPlan& plan) {
  std::vector<SwitchResult> results;
  for (const SwitchPlan& p : plan.switches) {
    for (const double init_norm : p.init_norms) {
      for (const double decay : p.decays) {
        const double rate = std::min(p.rate, p.rate_times_norm2 / (init_norm * init_norm));
        SwitchResult result;
        result.loss = p.loss;
        result.setting = {p.dimension, init_norm, decay, rate};
        result.runs.resize(static_cast<std::size_t>(p.seeds));
        results.push_back(std::move(result));
      }
    }
  }
  return results;
}

const SwitchPlan& plan_of(const ClosedFormsPlan& plan, DiagonalLoss loss) {
  return *std::find_if(plan.switches.begin(), plan.switches.end(),
                       [loss](const SwitchPlan& p) { return p.loss == loss; });
}

/// Jobs that write to their own place each; the long ones first.
struct Jobs {
  std::vector<std::pair<double, std::function<void()>>> list;  // cost, job

  void run(int threads) {
    std::stable_sort(list.begin(), list.end(),
                     [](const auto& a, const auto& b) { return a.first > b.first; });
    Progress progress("closed_forms", std::ssize(list));
    parallel_for(std::ssize(list), threads, [&](std::int64_t k) {
      list[static_cast<std::size_t>(k)].second();
      progress.advance();
    });
  }
};

}  // namespace

ClosedFormsPlan read_closed_forms(std::string_view toml, const std::string& profile) {
  const toml::table file = toml::parse(toml, place);
  ClosedFormsPlan plan;
  plan.linear = read_linear(file, profile);
  for (const DiagonalLoss loss : {DiagonalLoss::squared, DiagonalLoss::logistic}) {
    plan.switches.push_back(read_switch(file, profile, loss));
  }
  return plan;
}

ClosedFormsData collect_closed_forms(const ClosedFormsPlan& plan, std::uint64_t first_seed,
                                     int threads, const std::function<bool()>& stop) {
  ClosedFormsData data{plan, first_seed, empty_linear(plan.linear), empty_switches(plan)};
  Jobs jobs;
  for (LinearResult& result : data.linear) {
    for (std::size_t s = 0; s < result.runs.size(); ++s) {
      const LinearPlan& p = data.plan.linear;
      const LinearTeacherRun run{result.teacher, p.dimension, p.held_out,  first_seed + s,
                                 p.steps,        result.at,   p.thresholds};
      const double width = static_cast<double>(sample_count(run) + p.held_out);
      jobs.list.emplace_back(
          width * static_cast<double>(p.dimension *
                                      (result.teacher.ratio < 1 ? p.steps / 10 : p.steps)),
          [&result, s, run, &stop] { result.runs[s] = run_linear_teacher(run, stop); });
    }
  }
  for (SwitchResult& result : data.switches) {
    const SwitchPlan& p = plan_of(data.plan, result.loss);
    const bool followed =
        result.setting.decay == *std::max_element(p.decays.begin(), p.decays.end());
    for (std::size_t s = 0; s < result.runs.size(); ++s) {
      const DiagonalRun run{.setting = result.setting,
                            .loss = result.loss,
                            .samples = p.samples,
                            .sparsity = p.sparsity,
                            .seed = first_seed + s,
                            .steps = p.steps,
                            .at = {}};
      jobs.list.emplace_back(
          2 * switch_steps(run.setting) * static_cast<double>(p.samples * p.dimension),
          [&result, s, run, followed, &stop] { result.runs[s] = run_switch(run, followed, stop); });
    }
  }
  jobs.run(threads);
  return data;
}

}  // namespace grok
