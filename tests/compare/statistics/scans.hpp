// tests/compare/statistics/scans.hpp: a scan made by hand: addition follows the log law, which is
// also the prediction from p = 40 on; modular addition needs 0.88 of it.
#pragma once

#include <cmath>

#include "compare/statistics/scaling_scan.hpp"

inline grok::Estimate around(double value, double relative) {
  return {value, value * (1 - relative), value * (1 + relative)};
}

/// A point with n50 and a prediction.
inline grok::ScalingDatum datum_of(grok::Index p, double n50, double predicted) {
  grok::ScalingDatum datum;
  grok::ScalingPoint& point = datum.point;
  point.symbols = p;
  point.samples = p * (p + 1) / 2;
  point.draws = 100;
  point.n50 = point.critical_train = around(n50, 0.01);
  point.fraction = around(n50 / static_cast<double>(point.samples), 0.01);
  point.predicted = predicted;
  point.ratio = around(n50 / predicted, 0.01);
  point.explained = {0.9, 0.8, 0.95};
  return datum;
}

inline double law_by_hand(double p) { return p * (0.9 + 0.45 * std::log(p)); }

inline grok::ScalingScan scan_by_hand() {
  grok::ScalingScan data;
  data.fit_up_to = 80;
  grok::ScalingSeries addition{"addition", {}}, ring{"modular addition", {}};
  for (const grok::Index p : {10, 40, 80, 160, 640, 2500}) {
    const double n = law_by_hand(static_cast<double>(p));
    addition.data.push_back(datum_of(p, n, p < 40 ? 0.8 * n : n));
    ring.data.push_back(datum_of(p, 0.88 * n, 0.87 * n));
  }
  data.series = {addition, ring};
  grok::LawFit log, power, coverage;
  log.law = grok::ScalingLaw::log;
  log.constants = {around(0.9, 0.01), around(0.45, 0.01)};
  log.held_out_constants = {0.9, 0.45};
  log.chi2 = 5;
  log.points = power.points = 6;
  log.aic = 9;
  log.held_out_rms = 0.01;
  log.held_out = power.held_out = 3;
  power.law = grok::ScalingLaw::power;
  power.constants = {around(1.6, 0.01), around(1.15, 0.01)};
  power.held_out_constants = {1.6, 1.15};
  power.chi2 = 800;
  power.aic = 804;
  power.held_out_rms = 0.1;
  coverage.law = grok::ScalingLaw::coverage;
  coverage.chi2 = coverage.aic = 48.5;
  coverage.points = 6;
  data.large.fits = data.all.fits = {log, coverage, power};
  data.large.from = data.all.from = 10;
  return data;
}
