// Sample run:  groktheory figure fig9
#include "figures/representation/fig9_curriculum.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "core/errors.hpp"
#include "figures/study_runs.hpp"
#include "figures/task_settings.hpp"
#include "theory/structure.hpp"
#include "theory/training_set.hpp"

namespace grok {
namespace {

std::vector<Sample> read_order(const TaskSettings& settings) {
  const toml::array* order = settings.table["order"].as_array();
  if (order == nullptr) {
    reject(settings.where, "order", "none", "a list of samples [i, j]");
  }
  std::vector<Sample> samples;
  for (const toml::node& entry : *order) {
    const toml::array* pair = entry.as_array();
    const auto i = pair != nullptr && pair->size() == 2 ? pair->at(0).value<std::int32_t>()
                                                        : std::optional<std::int32_t>();
    const auto j = i ? pair->at(1).value<std::int32_t>() : std::optional<std::int32_t>();
    if (!i || !j) {
      reject(settings.where, "order", "an entry that is no pair", "samples [i, j]");
    }
    samples.push_back({*i, *j});
  }
  return samples;
}

/// Samples outside D that an implied parallelogram joins to one of D (one hop, as ideal accuracy).
std::vector<Sample> joined_samples(const Task& task, std::span<const Sample> train,
                                   const NullSpace& space) {
  std::vector<Sample> joined;
  for (const Sample s : task.samples()) {
    if (std::find(train.begin(), train.end(), s) != train.end()) {
      continue;
    }
    if (std::any_of(train.begin(), train.end(), [&](Sample t) {
          return task.output(t) == task.output(s) && space.implies({s, t});
        })) {
      joined.push_back(s);
    }
  }
  return joined;
}

std::vector<Claim> draw(const Figure& figure, const FigureContext& context) {
  const TaskSettings settings = read_task_settings(figure);
  const CurriculumData data = collect_curriculum(settings.task, read_order(settings));
  publish(figure, context, draw_curriculum(data, command_of(figure, context)),
          report_curriculum(data));
  return claims_of_curriculum(data);
}

std::string term(Sample s, bool markup) {
  const auto symbol = [markup](std::int32_t k) {
    return markup ? fmt::format("{{/:Italic E}}_{}", k) : fmt::format("E{}", k);
  };
  return s.i == s.j ? fmt::format("2{}", symbol(s.i))
                    : fmt::format("{} + {}", symbol(s.i), symbol(s.j));
}

std::string relations(const std::vector<Parallelogram>& list) {
  std::string text;
  for (const Parallelogram& relation : list) {
    text += (text.empty() ? "" : ", ") + relation_text(relation, false);
  }
  return text.empty() ? "none" : text;
}

}  // namespace

std::vector<Index> gap_classes(const NullSpace& space, Index symbols) {
  std::vector<Index> classes;
  for (std::int32_t a = 0; a + 1 < symbols; ++a) {
    Index first = a;
    for (std::int32_t b = 0; b < a && first == a; ++b) {
      if (space.implies({{b + 1, a}, {b, a + 1}})) {
        first = b;
      }
    }
    classes.push_back(first);
  }
  return classes;
}

CurriculumData collect_curriculum(const Task& task, const std::vector<Sample>& order) {
  if (task.name() != "addition") {
    reject("collect_curriculum", "task", task.name(), "addition");
  }
  const auto all = list_parallelograms(group_by_output(task));
  CurriculumData data;
  data.symbols = task.symbols();
  data.full_nullity = full_nullity(task);
  data.parallelograms_all = std::ssize(all);
  std::set<Parallelogram> seen_direct, seen_implied;
  std::vector<Sample> train;
  for (const Sample given : order) {
    CurriculumStep step;
    canonical_training_set(task, std::span(&given, 1), "collect_curriculum");  // one of the task
    step.added = task.canonical(given);
    step.repeated = std::find(train.begin(), train.end(), step.added) != train.end();
    if (!step.repeated) {
      train.push_back(step.added);
    }
    const OutputClasses classes = group_by_output(task, train);
    const NullSpace space = null_space(task.symbols(), classes);
    step.train = train;
    step.nullity = space.nullity();
    step.implied_samples = joined_samples(task, train, space);
    step.gap_class = gap_classes(space, task.symbols());
    const auto in_train = [&train](Sample s) {
      return std::find(train.begin(), train.end(), s) != train.end();
    };
    for (const Parallelogram& q : all) {
      const bool direct = in_train(q.first) && in_train(q.second);
      const bool implied = space.implies(q);
      step.parallelograms += direct ? 1 : 0;
      step.implied += implied ? 1 : 0;
      if (direct && seen_direct.insert(q).second) {
        step.new_direct.push_back(q);
      }
      if (implied && seen_implied.insert(q).second && !direct) {
        step.new_implied.push_back(q);
      }
    }
    data.steps.push_back(std::move(step));
  }
  return data;
}

std::string relation_text(const Parallelogram& relation, bool markup) {
  // 2E on the left, as one writes it.
  const bool swap = relation.second.i == relation.second.j;
  const Sample left = swap ? relation.second : relation.first;
  const Sample right = swap ? relation.first : relation.second;
  return term(left, markup) + " = " + term(right, markup);
}

std::string report_curriculum(const CurriculumData& data) {
  std::string text = fmt::format(
      "  addition, p = {}; |P0| = {}, nullity of the whole task {}; exact arithmetic\n"
      "  sample   |D|  n0  |P0(D)|  |P(D)|  new relations\n",
      data.symbols, data.parallelograms_all, data.full_nullity);
  for (const CurriculumStep& step : data.steps) {
    text += fmt::format("  ({},{}){}   {:<4} {:<3} {:<8} {:<7} of D: {}; implied: {}\n",
                        step.added.i, step.added.j, step.repeated ? "*" : " ", step.train.size(),
                        step.nullity, step.parallelograms, step.implied, relations(step.new_direct),
                        relations(step.new_implied));
  }
  return text + "  * was there already\n";
}

std::vector<Claim> claims_of_curriculum(const CurriculumData& data) {
  std::string nullities;
  Index needed = 0;  // distinct samples when the structure became unique
  for (const CurriculumStep& step : data.steps) {
    nullities += fmt::format("{}{}", nullities.empty() ? "" : ", ", step.nullity);
    if (needed == 0 && step.nullity == data.full_nullity) {
      needed = std::ssize(step.train);
    }
  }
  const bool line = needed > 0;
  return {{"samples that come one by one build up the line", "Liu et al. 2022, App. C and Fig. 9",
           fmt::format("a line after {} samples", data.steps.size()),
           line ? fmt::format("a line after {} samples; nullity {}; exact", needed, nullities)
                : fmt::format("no line; nullity {}; exact", nullities),
           line ? Verdict::agrees : Verdict::differs,
           line && needed < std::ssize(data.steps) ? "the published list repeats a sample" : ""}};
}

Figure fig9_curriculum(std::string_view toml) {
  return {"fig9_curriculum", "A linear structure sample by sample", false, {}, draw, toml};
}

}  // namespace grok
