// nets/toy/ensemble/ensemble_outcome.hpp: what a step has reached, for one member. Apart from
// ensemble_math.hpp, since it calls the rule that every engine shares (milestones.hpp), whose code
// has one copy.
#pragma once

#include <cmath>

#include "nets/toy/ensemble/ensemble_math.hpp"
#include "nets/toy/milestones.hpp"

namespace grok::toy {
namespace {

/// 1/(d sigma_q^2), unbiased; NaN for a dimension without spread (theory/representation.hpp).
template <class Real>
GROK_HOST_DEVICE inline double rqi_weight(const EnsembleArrays<Real>& e, std::int64_t b,
                                          std::int64_t q) {
  const Real* E = e.parameter + b * e.stride + q;
  double low = static_cast<double>(E[0]), high = low, mean = 0, spread = 0;
  for (std::int64_t s = 0; s < e.symbols; ++s) {
    const double x = static_cast<double>(E[s * e.dimensions]);
    low = x < low ? x : low;
    high = x > high ? x : high;
    mean += x;
  }
  if (!(low < high)) {
    return NAN;
  }
  mean /= static_cast<double>(e.symbols);
  for (std::int64_t s = 0; s < e.symbols; ++s) {
    const double x = static_cast<double>(E[s * e.dimensions]) - mean;
    spread += x * x;
  }
  return static_cast<double>(e.symbols - 1) / static_cast<double>(e.dimensions) / spread;
}

/// Parallelograms of sums that hold (theory/representation.hpp), those of this rank.
template <class Team, class Real>
GROK_HOST_DEVICE inline double sums_that_hold(Team team, const EnsembleArrays<Real>& e,
                                              std::int64_t b) {
  double* weights = e.rqi_numbers + b * e.rqi_size;
  for (std::int64_t q = team.rank; q < e.dimensions; q += team.size) {
    weights[q] = rqi_weight(e, b, q);
  }
  team.sync();
  const Real* E = e.parameter + b * e.stride;
  const double tolerance = e.settings[b].rqi_tolerance;
  const auto at = [&](std::int32_t symbol, std::int64_t q) {
    return static_cast<double>(E[symbol * e.dimensions + q]);
  };
  double held = 0;
  for (std::int64_t k = team.rank; k < e.parallelogram_count; k += team.size) {
    const std::int32_t* corner = e.parallelograms + 4 * k;
    double sum = 0;
    for (std::int64_t q = 0; q < e.dimensions; ++q) {
      const double defect =
          at(corner[0], q) + at(corner[1], q) - at(corner[2], q) - at(corner[3], q);
      sum += weights[q] * defect * defect;
    }
    held += sum < tolerance ? 1.0 : 0.0;  // false for NaN
  }
  return held;
}

/// Root mean square of the embeddings; through the largest, so that no scale over- or underflows.
/// NaN if that is 0.
template <class Team, class Real>
GROK_HOST_DEVICE inline double root_mean_square(Team team, const EnsembleArrays<Real>& e,
                                                std::int64_t b) {
  const Real* E = e.parameter + b * e.stride;
  const std::int64_t count = e.symbols * e.dimensions;
  Best largest;
  for (std::int64_t k = team.rank; k < count; k += team.size) {
    largest.offer(std::fabs(static_cast<double>(E[k])), k);
  }
  team.best(largest.value, largest.index);
  const double most = largest.value;
  double sum = 0;
  for (std::int64_t k = team.rank; k < count; k += team.size) {
    const double x = static_cast<double>(E[k]) / most;  // NaN for 0 / 0
    sum += x * x;
  }
  return most * std::sqrt(team.sum(sum) / static_cast<double>(count));
}

/// Parallelograms of products that hold (theory/matrix_representation.hpp), those of this rank.
template <class Team, class Real>
GROK_HOST_DEVICE inline double products_that_hold(Team team, const EnsembleArrays<Real>& e,
                                                  std::int64_t b) {
  const std::int64_t d = e.dimensions, p = e.symbols;
  const Real* E = e.parameter + b * e.stride;
  double* products = e.rqi_numbers + b * e.rqi_size;
  const double scale = 1 / root_mean_square(team, e, b);
  for (std::int64_t at = team.rank; at < e.rqi_size; at += team.size) {
    const std::int64_t pair = at / d;
    products[at] = product_entry(E + pair / p * d, E + pair % p * d, e.matrix_size, at % d, scale);
  }
  team.sync();
  const double tolerance = e.settings[b].rqi_tolerance * static_cast<double>(d);
  double held = 0;
  for (std::int64_t k = team.rank; k < e.parallelogram_count; k += team.size) {
    const std::int32_t* corner = e.parallelograms + 4 * k;
    const double* first = products + (corner[0] * p + corner[1]) * d;
    const double* second = products + (corner[2] * p + corner[3]) * d;
    double sum = 0;
    for (std::int64_t q = 0; q < d; ++q) {
      const double defect = first[q] - second[q];
      sum += defect * defect;
    }
    held += sum < tolerance ? 1.0 : 0.0;  // false for NaN
  }
  return held;
}

template <class Team, class Real>
GROK_HOST_DEVICE inline double rqi_of(Team team, const EnsembleArrays<Real>& e, std::int64_t b) {
  if (e.parallelogram_count == 0) {
    return 1.0;
  }
  const double held =
      e.matrix_size > 0 ? products_that_hold(team, e, b) : sums_that_hold(team, e, b);
  return team.sum(held) / static_cast<double>(e.parallelogram_count);
}

template <class Real>
GROK_HOST_DEVICE inline RateFactors<Real> rate_factors(Optimiser optimiser, double rate,
                                                       double decay, std::int64_t step) {
  const Real keep = static_cast<Real>(1.0 - rate * decay);
  if (optimiser == Optimiser::sgd) {
    return {keep, static_cast<Real>(rate), Real(1), optimiser};
  }
  const double t = static_cast<double>(step);
  const double correction1 = 1.0 - std::pow(adam_beta1, t);
  const double correction2 = 1.0 - std::pow(adam_beta2, t);
  return {keep, static_cast<Real>(rate / correction1),
          static_cast<Real>(1.0 / std::sqrt(correction2)), optimiser};
}

template <class Real>
GROK_HOST_DEVICE inline void decide(const EnsembleArrays<Real>& e, std::int64_t b,
                                    const Metrics& now) {
  const MemberSettings& set = e.settings[b];
  MemberState& state = e.states[b];
  UpdateFactors<Real>& factors = e.factors[b];
  state.last = now;
  note(state.milestones, set.limits, state.updates, now);
  factors.active = state.milestones.ended ? 0 : 1;
  if (state.milestones.ended) {
    return;
  }
  ++state.updates;
  factors.representation = rate_factors<Real>(set.optimiser, set.representation_rate,
                                              set.representation_decay, state.updates);
  factors.decoder =
      rate_factors<Real>(set.optimiser, set.decoder_rate, set.decoder_decay, state.updates);
}

/// Metrics of member b from its samples' scores, noted; the factors of the update that follows.
template <class Team, class Real>
GROK_HOST_DEVICE inline void outcome(Team team, const EnsembleArrays<Real>& e, std::int64_t b) {
  if (e.states[b].milestones.ended) {
    return;  // its metrics stay as they were
  }
  const double* loss = e.sample_loss + b * e.samples;
  const std::int32_t* correct = e.sample_correct + b * e.samples;
  double train_loss = 0, train_right = 0, rest_loss = 0, rest_right = 0;
  for (std::int64_t k = team.rank; k < e.samples; k += team.size) {
    (k < e.train ? train_loss : rest_loss) += loss[k];
    (k < e.train ? train_right : rest_right) += correct[k];
  }
  const std::int64_t rest = e.samples - e.train;
  const double terms = e.loss == Loss::mse ? static_cast<double>(e.outputs) : 1.0;
  Metrics now;
  now.train_loss = team.sum(train_loss) / (static_cast<double>(e.train) * terms);
  now.train_correct = static_cast<std::int64_t>(team.sum(train_right));
  if (rest > 0) {
    now.validation_loss = team.sum(rest_loss) / (static_cast<double>(rest) * terms);
    now.validation_correct = static_cast<std::int64_t>(team.sum(rest_right));
  }
  now.rqi = rqi_of(team, e, b);
  team.sync();
  if (team.rank == 0) {
    decide(e, b, now);
  }
}

}  // namespace
}  // namespace grok::toy
