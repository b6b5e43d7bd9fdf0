// nets/toy/speed.hpp: how fast this machine trains, for `groktheory bench`. Times are wall time.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "nets/engine_choice.hpp"
#include "nets/toy/run_spec.hpp"

namespace grok::toy {

/// Something that takes steps and can be timed: `seconds(n)` for n steps of each network.
struct Contender {
  std::string name;           // "cpu engine"
  std::string place;          // "1 core", "cuda"
  std::int64_t networks = 1;  // side by side, or one after the other
  double flops = 0;           // of one step of one network
  std::int64_t stride = 1;    // what it takes at once: steps are timed in multiples of it
  std::function<double(std::int64_t)> seconds;
};

/// The rate of one core at products of size x size float32 matrices [flop/s], 2 per multiply-add:
/// Eigen's product, the fastest of its builds for the instruction sets of the cpu engine.
double large_matrix_rate(std::int64_t size);
/// The same, a step being one product.
Contender large_matrices(std::int64_t size);

/// `networks` runs like `spec` (seeds 0, 1, ...), each with all metrics to the end of its budget.
/// What does not grow with the steps (the start, the theory in the record) cancels: seconds(n) is
/// the time of 2 n steps less that of n.
Contender training(const std::string& name, const std::string& place, const RunSpec& spec,
                   std::int64_t networks, const Workers& workers);

/// One network as a user of LibTorch would write it (nets/toy/ensemble/ensemble_engine.hpp).
Contender plain_loop(const RunSpec& spec, int threads);

/// Steps per second of all networks together.
struct Speed {
  Contender contender;
  std::int64_t steps = 0;     // of one measurement
  std::vector<double> rates;  // one value per repetition
};

/// Every contender in turn, `repetitions` times, so that a machine that slows down slows them all;
/// steps so that a measurement takes about `seconds`. One that has taken 20 times its share (a step
/// is long, or the machine is busy) is not repeated further. `label` names the live progress line.
std::vector<Speed> measure(std::vector<Contender> contenders, int repetitions, double seconds,
                           const std::string& label);

}  // namespace grok::toy
