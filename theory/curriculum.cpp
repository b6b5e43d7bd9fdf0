#include "theory/curriculum.hpp"

#include <algorithm>
#include <set>

#include "core/errors.hpp"
#include "theory/training_set.hpp"

namespace grok {
namespace {

bool among(std::span<const Sample> list, Sample s) {
  return std::ranges::find(list, s) != list.end();
}

/// Samples outside D that an implied parallelogram joins to one of D (one hop, as ideal accuracy).
std::vector<Sample> joined_samples(const Task& task, std::span<const Sample> train,
                                   const NullSpace& space) {
  std::vector<Sample> joined;
  for (const Sample s : task.samples()) {
    const bool implied = std::ranges::any_of(train, [&](Sample t) {
      return task.output(t) == task.output(s) && space.implies({s, t});
    });
    if (implied && !among(train, s)) {
      joined.push_back(s);
    }
  }
  return joined;
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

std::vector<CurriculumStep> follow_curriculum(const Task& task, std::span<const Sample> order) {
  if (task.name() != "addition") {
    reject("follow_curriculum", "task", task.name(), "addition");
  }
  const auto all = list_parallelograms(group_by_output(task));
  std::vector<CurriculumStep> steps;
  std::set<Parallelogram> seen_direct, seen_implied;
  std::vector<Sample> train;
  for (const Sample given : order) {
    canonical_training_set(task, std::span(&given, 1), "follow_curriculum");  // one of the task
    CurriculumStep& step = steps.emplace_back();
    step.added = task.canonical(given);
    step.repeated = among(train, step.added);
    if (!step.repeated) {
      train.push_back(step.added);
    }
    const NullSpace space = null_space(task.symbols(), group_by_output(task, train));
    step.train = train;
    step.nullity = space.nullity();
    step.implied_samples = joined_samples(task, train, space);
    step.gap_class = gap_classes(space, task.symbols());
    for (const Parallelogram& q : all) {
      const bool direct = among(train, q.first) && among(train, q.second);
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
  }
  return steps;
}

}  // namespace grok
