#include "compare/statistics/over_seeds.hpp"

#include "core/errors.hpp"

namespace grok {

BootstrapInterval mean_over_seeds(std::span<const double> values, Groups seeds) {
  require_equal_lengths("mean_over_seeds", values.size(), seeds.size());
  return bootstrap_number("mean_over_seeds", seeds, figure_resamples, figure_bootstrap_seed,
                          [values](auto chosen) { return mean_of(values, chosen); });
}

BootstrapInterval rank_over_seeds(std::span<const double> x, std::span<const double> y,
                                  Groups seeds) {
  constexpr std::size_t least = 3;
  require_equal_lengths("rank_over_seeds", x.size(), y.size());
  if (x.size() < least) {
    return {};
  }
  try {
    return spearman(x, y, seeds, figure_resamples, figure_bootstrap_seed);
  } catch (const ConvergenceError&) {
    return {};
  }
}

}  // namespace grok
