#include "theory/structure.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace grok {
namespace {

// Splits a class of D0 into groups that implied parallelograms join. Samples are sorted by the
// fingerprint of their sum first, so that the exact test is asked about likely equals only.
class GroupFinder {
 public:
  explicit GroupFinder(const NullSpace& space) : space_(space), prints_(space.fingerprint()) {}

  template <class Visit>  // visit(samples of one group)
  void split(std::span<const Sample> samples, const Visit& visit) {
    keyed_.clear();
    for (const Sample s : samples) {
      keyed_.emplace_back((print(s.i) + print(s.j)) % space_.prime(), s);
    }
    std::sort(keyed_.begin(), keyed_.end());
    for (auto begin = keyed_.begin(); begin != keyed_.end();) {
      const Keyed lead = *begin;
      const auto differs = [&](const Keyed& other) { return other.first != lead.first; };
      const auto joined = [&](const Keyed& other) {
        return space_.implies({lead.second, other.second});
      };
      const auto end = std::partition(begin, std::find_if(begin, keyed_.end(), differs), joined);
      visit(std::span<const Keyed>(begin, end));
      begin = end;
    }
  }

  using Keyed = std::pair<std::uint64_t, Sample>;

 private:
  std::uint64_t print(std::int32_t s) const { return prints_[static_cast<std::size_t>(s)]; }
  const NullSpace& space_;
  std::vector<std::uint64_t> prints_;
  std::vector<Keyed> keyed_;
};

}  // namespace

Index full_nullity(const Task& task) {
  require_combination("full_nullity", task, Combination::sum);
  // addition: the class of 2k+2 holds (k,k+2) and (k+1,k+1), so second differences vanish: a line.
  // a finite group: E_a - E_0 is additive on it, hence 0: a constant (docs/theory.md).
  if (task.name() == "addition") {
    return 2;
  }
  if (task.name() == "modular-addition" || task.name() == "abelian") {
    return 1;
  }
  return null_space(task.symbols(), group_by_output(task)).nullity();
}

Structure analyse_structure(const Task& task, std::span<const Sample> train) {
  require_combination("analyse_structure", task, Combination::sum);
  const OutputClasses all = group_by_output(task);
  const OutputClasses classes = group_by_output(task, train);
  const NullSpace space = null_space(task.symbols(), classes);
  std::vector<bool> in_train(all.samples.size(), false);
  for (const Sample s : train) {
    in_train[static_cast<std::size_t>(task.index(s))] = true;
  }
  Structure result;
  result.train = std::ssize(train);
  result.samples = task.sample_count();
  result.parallelograms = count_parallelograms(classes);
  result.parallelograms_all = count_parallelograms(all);
  result.nullity = space.nullity();
  result.nullity_all = full_nullity(task);
  result.unique = result.nullity == result.nullity_all;
  GroupFinder finder(space);
  std::int64_t reached = 0;  // |Dbar|
  for (Index c = 0; c < all.count(); ++c) {
    finder.split(all[c], [&](std::span<const GroupFinder::Keyed> group) {
      const auto size = std::ssize(group);
      result.implied_parallelograms += size * (size - 1) / 2;
      const bool known = std::any_of(group.begin(), group.end(), [&](const auto& keyed) {
        return in_train[static_cast<std::size_t>(task.index(keyed.second))];
      });
      reached += known ? size : 0;
    });
  }
  result.ideal_rqi = result.parallelograms_all == 0
                         ? 1.0
                         : static_cast<double>(result.implied_parallelograms) /
                               static_cast<double>(result.parallelograms_all);
  result.ideal_accuracy = static_cast<double>(reached) / static_cast<double>(result.samples);
  return result;
}

}  // namespace grok
