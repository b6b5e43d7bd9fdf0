// compare/statistics/scaling_fits.hpp: laws for n50 against p, fitted by weighted least squares and
// compared.
//   log        n = p (a + b ln p)
//   log-log    n = p (a + b ln p + c ln ln p)
//   power      n = a p^b
//   coverage   theory/coverage.hpp: no constant at all
// With normal errors of known standard deviation s_k, -2 ln L = sum ((n_k - n(p_k))/s_k)^2 + const:
//   AIC = chi2 + 2 m,  BIC = chi2 + m ln(points),  m constants. chi2 far above the number of points
//   says that no law of the list holds within the errors; the criteria still order them.
// Sources: Akaike 1974, Schwarz 1978; weights exp(-AIC/2) as Burnham & Anderson 2002, section 2.9.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "compare/statistics/scaling.hpp"

namespace grok {

enum class ScalingLaw { log, log_log, power, coverage };
std::string to_text(ScalingLaw law);     // "log", "log-log", "power", "coverage"
std::string formula_of(ScalingLaw law);  // "p (a + b ln p)", ...

/// One size, with the draws it came from (for the bootstrap).
struct ScalingDatum {
  ScalingPoint point;
  std::vector<Index> needed;  // [draw]
};

/// Sizes of one task.
struct ScalingSeries {
  std::string name;  // "addition", "modular addition", "products of Z_2"
  std::vector<ScalingDatum> data;
};
/// `draws` random orders of each size, `draws_small` of those with p <= `small`. Throws as
/// scaling_task and draw_unique_sizes do.
struct SeriesDraws {
  std::int64_t draws = 0, draws_small = 0;
  Index small = 0;
  std::uint64_t seed = 0;
  int threads = 1;
};
ScalingSeries draw_scaling_series(const std::string& where, const std::string& task,
                                  std::optional<Index> factor, const std::vector<Index>& symbols,
                                  const SeriesDraws& how);

/// n(p) of a law. `predicted`: of theory/coverage.hpp, used by the law `coverage` alone.
double law_value(ScalingLaw law, const std::vector<double>& constants, double p, double predicted);

struct LawFit {
  ScalingLaw law = ScalingLaw::log;
  std::vector<Estimate> constants;  // a, b(, c); percentile bootstrap over draws, each p its own
  double chi2 = 0;
  std::int64_t points = 0;
  double aic = 0, bic = 0;
  double aic_weight = 0;
  /// Fitted to p <= fit_up_to alone, as ln(n50/predicted) at the larger p: root mean square, the
  /// largest in size, and how many. 0 points: NaN.
  std::vector<double> held_out_constants;  // of that fit
  double held_out_rms = 0, held_out_worst = 0;
  std::int64_t held_out = 0;
};

/// Every law, the best AIC first. n50 is taken as critical_train, s_k as its interval/3.92. Throws
/// InputError for fewer than 4 sizes, a size below 3, sizes that do not rise, fewer than 10 draws,
/// or fewer than 3 sizes up to `fit_up_to`; ConvergenceError if the power law does not converge.
std::vector<LawFit> fit_scaling(std::span<const ScalingDatum> data, Index fit_up_to,
                                std::int64_t resamples, std::uint64_t seed);

/// The fit of a law. Throws std::out_of_range if there is none.
const LawFit& fit_of(const std::vector<LawFit>& fits, ScalingLaw law);

}  // namespace grok
