// compare/statistics/over_seeds.hpp: means of runs, their intervals by resampling seeds
// with all their runs (figure_resamples of them).
//   const auto seeds = each_of(runs, &Run::seed);
//   const Estimate rqi = mean_over_seeds(each_of(runs, &Run::rqi), seeds).estimate;
#pragma once

#include <functional>
#include <span>
#include <type_traits>
#include <vector>

#include "compare/statistics/summary.hpp"

namespace grok {

/// A member of every run, or a function of it.
template <class List, class Value>
auto each_of(const List& runs, const Value& value) {
  using One = typename List::value_type;
  std::vector<std::remove_cvref_t<std::invoke_result_t<const Value&, const One&>>> values;
  for (const One& one : runs) {
    values.push_back(std::invoke(value, one));
  }
  return values;
}

/// Throw InputError for no runs.
BootstrapInterval mean_over_seeds(std::span<const double> values, Groups seeds);
/// Spearman's; count 0 where it does not exist: fewer than three runs, or one side constant.
BootstrapInterval rank_over_seeds(std::span<const double> x, std::span<const double> y,
                                  Groups seeds);

}  // namespace grok
