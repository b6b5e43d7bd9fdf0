#include "theory/structure.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "core/errors.hpp"
#include "theory/groups.hpp"

namespace grok {
namespace {

// Splits samples into groups of one sum, within a class those that implied parallelograms join.
// Samples are sorted by the fingerprint of their sum first, so that the exact test is asked about
// likely equals only.
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
      // The lead joins itself: asking would cost a null vector's length for every sample.
      const auto end =
          std::partition(begin + 1, std::find_if(begin, keyed_.end(), differs), joined);
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

// -x in Z_n1 x Z_n2 x ... (theory/groups.hpp).
Index abelian_negative(std::span<const Index> orders, Index x) {
  Index negative = 0;
  Index place = 1;
  for (auto order = orders.rbegin(); order != orders.rend(); ++order) {
    negative += place * ((*order - x % *order) % *order);
    place *= *order;
    x /= *order;
  }
  return negative;
}

// D0 one output at a time, without a list of it: at p = 20,000 that would take gigabytes. A table
// is in memory anyway.
class AllSamples {
 public:
  explicit AllSamples(const Task& task) : task_(task) {
    if (task.name() == "table") {
      classes_ = group_by_output(task);
    } else if (task.name() != "addition") {
      for (Index x = 0; x < task.symbols(); ++x) {
        negatives_.push_back(task.name() == "abelian" ? abelian_negative(task.orders(), x)
                                                      : (task.symbols() - x) % task.symbols());
      }
    }
  }

  /// In the order of D0; holds until the next call.
  std::span<const Sample> of_output(Index c) {
    if (task_.name() == "table") {
      return classes_[c];
    }
    samples_.clear();
    const bool line = task_.name() == "addition";
    const Index first = line ? std::max<Index>(0, c - task_.symbols() + 1) : 0;
    const Index last = line ? c / 2 : task_.symbols() - 1;
    for (Index i = first; i <= last; ++i) {
      const Index j = line ? c - i : difference(c, i);
      if (i <= j) {
        samples_.push_back({static_cast<std::int32_t>(i), static_cast<std::int32_t>(j)});
      }
    }
    return samples_;
  }

 private:
  Index difference(Index c, Index i) const {
    return task_.output({static_cast<std::int32_t>(c),
                         static_cast<std::int32_t>(negatives_[static_cast<std::size_t>(i)])});
  }
  const Task& task_;
  OutputClasses classes_;         // of a table
  std::vector<Index> negatives_;  // of a group
  std::vector<Sample> samples_;
};

// Samples of D0 per output. O(p), a table O(|D0|).
std::vector<Index> output_sizes(const Task& task) {
  const Index p = task.symbols();
  std::vector<Index> sizes(static_cast<std::size_t>(task.outputs()), 0);
  if (task.name() == "table") {
    for (const std::int32_t output : task.table_outputs()) {
      ++sizes[static_cast<std::size_t>(output)];
    }
  } else if (task.name() == "addition") {
    for (Index c = 0; c < task.outputs(); ++c) {
      sizes[static_cast<std::size_t>(c)] = std::min(c, 2 * p - 2 - c) / 2 + 1;
    }
  } else {  // a group: p ordered pairs for each output, of which squares count twice in pairs
    for (std::int32_t x = 0; x < p; ++x) {
      ++sizes[static_cast<std::size_t>(task.output({x, x}))];
    }
    for (Index& size : sizes) {
      size = (p + size) / 2;
    }
  }
  return sizes;
}

struct Implied {
  std::int64_t parallelograms = 0;
  std::int64_t right = 0;  // of Dbar: all of it where the rule commutes
};

// All of P0 holds: an output is known as soon as D has one sample of it.
Implied all_implied(const Task& task, const std::vector<Index>& sizes,
                    const OutputClasses& classes) {
  Implied implied;
  if (!task.commutative()) {
    std::vector<char> known(static_cast<std::size_t>(task.sample_count()));
    for (std::size_t k = 0; k < known.size(); ++k) {
      known[k] = !classes[task.output(task.sample(static_cast<Index>(k)))].empty();
    }
    implied.right = answerable_by_sums(task, known);
  }
  for (Index c = 0; c < classes.count(); ++c) {
    const Index size = sizes[static_cast<std::size_t>(c)];
    implied.parallelograms += size * (size - 1) / 2;
    implied.right += task.commutative() && !classes[c].empty() ? size : 0;
  }
  return implied;
}

Implied implied_by(const Task& task, std::span<const Sample> train, const NullSpace& space) {
  std::vector<bool> in_train(static_cast<std::size_t>(task.sample_count()), false);
  for (const Sample s : train) {
    in_train[static_cast<std::size_t>(task.index(s))] = true;
  }
  AllSamples all(task);
  std::vector<char> joined(task.commutative() ? 0 : in_train.size(), 0);
  GroupFinder finder(space);
  Implied implied;
  for (Index c = 0; c < task.outputs(); ++c) {
    finder.split(all.of_output(c), [&](std::span<const GroupFinder::Keyed> group) {
      const auto size = std::ssize(group);
      implied.parallelograms += size * (size - 1) / 2;
      const bool known = std::any_of(group.begin(), group.end(), [&](const auto& keyed) {
        return in_train[static_cast<std::size_t>(task.index(keyed.second))];
      });
      if (task.commutative()) {
        implied.right += known ? size : 0;
        return;
      }
      for (const auto& keyed : group) {
        joined[static_cast<std::size_t>(task.index(keyed.second))] = known;
      }
    });
  }
  if (!task.commutative()) {
    implied.right = answerable_by_sums(task, joined);
  }
  return implied;
}

struct SharedSums {
  std::int64_t right = 0;  // samples of D0 that a decoder of the sum can get right
  Index outputs = 0;       // that share a sum with another
};

SharedSums share_sums(const Task& task, const NullSpace& space) {
  SharedSums shared;
  std::vector<bool> shares(static_cast<std::size_t>(task.outputs()), false);
  std::vector<Index> outputs;  // of a group, sorted
  GroupFinder(space).split(task.samples(), [&](std::span<const GroupFinder::Keyed> group) {
    outputs.clear();
    for (const auto& keyed : group) {
      outputs.push_back(task.output(keyed.second));
    }
    std::sort(outputs.begin(), outputs.end());
    std::int64_t most = 0;
    for (auto begin = outputs.begin(); begin != outputs.end();) {
      const auto end = std::upper_bound(begin, outputs.end(), *begin);
      most = std::max<std::int64_t>(most, end - begin);
      if (outputs.front() != outputs.back()) {
        shares[static_cast<std::size_t>(*begin)] = true;
      }
      begin = end;
    }
    shared.right += most;
  });
  shared.outputs = std::count(shares.begin(), shares.end(), true);
  return shared;
}

}  // namespace

// Generic embeddings have no other two samples alike.
std::int64_t answerable_by_sums(const Task& task, const std::vector<char>& known) {
  require_in_range("answerable_by_sums", "marks", std::ssize(known), task.sample_count(),
                   task.sample_count());
  std::int64_t right = std::count_if(known.begin(), known.end(), [](char k) { return k != 0; });
  if (task.commutative()) {
    return right;
  }
  const auto marked = [&](Sample s) { return known[static_cast<std::size_t>(task.index(s))] != 0; };
  for (std::int32_t i = 0; i < task.symbols(); ++i) {
    for (std::int32_t j = 0; j < i; ++j) {
      const Sample s{i, j}, turned{j, i};
      right -= marked(s) && marked(turned) && task.output(s) != task.output(turned) ? 1 : 0;
    }
  }
  return right;
}

double any_sum_ceiling(const Task& task) {
  if (task.commutative()) {
    return 1;
  }
  const std::vector<char> all(static_cast<std::size_t>(task.sample_count()), 1);
  return static_cast<double>(answerable_by_sums(task, all)) /
         static_cast<double>(task.sample_count());
}

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
  return exact_nullity(task.symbols(), group_by_output(task), 1);
}

SumCeiling sum_ceiling(const Task& task, std::span<const Sample> train,
                       const Structure& structure) {
  require_combination("sum_ceiling", task, Combination::sum);
  const std::vector<Index> sizes = output_sizes(task);
  SumCeiling ceiling;
  ceiling.any_embeddings = any_sum_ceiling(task);
  ceiling.outputs = std::count_if(sizes.begin(), sizes.end(), [](Index size) { return size > 0; });
  if (task.name() == "addition") {  // E_k = k solves every D, and tells all outputs apart
    ceiling.solution = 1;
    ceiling.sharing = 0;
  } else if (task.name() != "table" && structure.unique) {  // a group: all in one place
    ceiling.solution = static_cast<double>(*std::max_element(sizes.begin(), sizes.end())) /
                       static_cast<double>(task.sample_count());
    ceiling.sharing = ceiling.outputs;
  } else if (task.sample_count() <= max_listed_samples) {
    const SharedSums shared =
        share_sums(task, null_space(task.symbols(), group_by_output(task, train)));
    ceiling.solution = static_cast<double>(shared.right) / static_cast<double>(task.sample_count());
    ceiling.sharing = shared.outputs;
  }
  return ceiling;
}

Structure analyse_structure(const Task& task, std::span<const Sample> train) {
  require_combination("analyse_structure", task, Combination::sum);
  const OutputClasses classes = group_by_output(task, train);
  const std::vector<Index> sizes = output_sizes(task);
  Structure result;
  result.train = std::ssize(train);
  result.samples = task.sample_count();
  result.parallelograms = count_parallelograms(classes);
  for (const Index size : sizes) {
    result.parallelograms_all += size * (size - 1) / 2;
  }
  result.nullity_all = full_nullity(task);
  result.nullity = exact_nullity(task.symbols(), classes, result.nullity_all);
  result.unique = result.nullity == result.nullity_all;
  const Implied implied = result.unique
                              ? all_implied(task, sizes, classes)
                              : implied_by(task, train, null_space(task.symbols(), classes));
  result.implied_parallelograms = implied.parallelograms;
  result.ideal_rqi = result.parallelograms_all == 0
                         ? 1.0
                         : static_cast<double>(implied.parallelograms) /
                               static_cast<double>(result.parallelograms_all);
  result.ideal_accuracy = static_cast<double>(implied.right) / static_cast<double>(result.samples);
  return result;
}

}  // namespace grok
