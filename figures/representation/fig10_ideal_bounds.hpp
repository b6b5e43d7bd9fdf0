// figures/representation/fig10_ideal_bounds.hpp: is what the training set implies an upper bound of
// what is learnt?
//   RQI <= ideal RQI,  Acc <= ideal Acc,  predicted Acc <= ideal Acc
//   The paper believes in these bounds (its "Alexander principle") and says that luck can break
//   them, so what breaks them is counted. Ideal values of random D are means over random orders of
//   D0; an order answers for every |D|.
// Source: Liu et al. 2022, App. E (eq. 13, 16, 17) and Fig. 10. The runs are those of Fig. 3.
#pragma once

#include <span>

#include "compare/statistics/summary.hpp"
#include "figures/figure.hpp"
#include "nets/toy/record.hpp"
#include "nets/toy/run_spec.hpp"

namespace grok {

/// What a bound compares, of one network. predicted: the accuracy its representation predicts.
struct IdealRun {
  Index train = 0;
  std::int64_t seed = 0;
  double fraction = 0;
  double rqi = 0, ideal_rqi = 0;
  double accuracy = 0, predicted = 0, ideal_accuracy = 0;
};

/// Means over the networks of one size, with intervals over seeds.
struct IdealMean {
  Index train = 0;
  double fraction = 0;
  std::int64_t count = 0;
  Estimate rqi, ideal_rqi, accuracy, ideal_accuracy;
};

/// value <= ideal, counted. Where ideal = 1 nothing can break it: what the bound says is shown by
/// the networks with ideal < 1 alone, and the verdict is of those.
struct Bound {
  std::string name;           // "RQI"
  std::int64_t count = 0;     // networks
  std::int64_t binding = 0;   // of them, with ideal < 1
  std::int64_t broken = 0;    // with value > ideal
  Estimate share;             // broken / binding, as grouped_share over seeds; NaN: none can bind
  Estimate share_of_all;      // broken / count
  double largest_excess = 0;  // of value - ideal; 0 if never broken
  std::int64_t units = 0;     // |P0| or |D0|: value and ideal are multiples of 1/units
  Index largest_train = 0;    // largest |D| of those that break it
  double mean_excess = 0;     // of those that break it; 0 if none does
};

/// Ideal quantities of random D of one size.
struct IdealExpectation {
  Index train = 0;
  double fraction = 0;
  std::int64_t draws = 0;
  Estimate rqi, accuracy;  // mean, 95% from its standard error; draws are independent
  double rqi_error = 0, accuracy_error = 0;  // standard errors
  std::int64_t complete = 0;                 // draws with ideal RQI = 1
  Estimate complete_share;                   // Wilson
};

struct IdealData {
  std::string task;
  Index symbols = 0, samples = 0;
  std::vector<IdealRun> runs;
  std::vector<IdealMean> means;
  std::vector<Bound> bounds;  // RQI, Acc, predicted Acc
  std::int64_t seeds = 0;
  std::int64_t diverged = 0;                  // left out: no final accuracy
  Estimate untrained_rqi;                     // mean RQI of their initial embeddings: pure luck
  std::int64_t untrained = 0;                 // initial embeddings
  std::vector<IdealExpectation> expectation;  // |D| = 1..|D0|
};

/// Mean ideal RQI and ideal accuracy of random D, |D| = 1..|D0|. Draw k is the order of stream
/// (seed, "threshold/k"), as count_unique. Cost: |D0| analyses per draw. Throws InputError unless
/// 2 <= draws <= 10^6 and the task has parallelograms.
std::vector<IdealExpectation> expect_ideal(const Task& task, std::int64_t draws, std::uint64_t seed,
                                           int threads);

/// All but `expectation`. The specs are of one task, whose embeddings combine by `sum`.
IdealData collect_ideal(std::span<const toy::RunSpec> specs, std::span<const toy::Record> records);

std::vector<Claim> claims_of_ideal(const IdealData& data);
Drawing draw_ideal(const IdealData& data, const std::string& command);
std::string report_ideal(const IdealData& data);

Figure fig10_ideal_bounds(std::string_view toml);

}  // namespace grok
