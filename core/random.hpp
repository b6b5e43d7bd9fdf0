// core/random.hpp: named random streams, the same numbers on every platform.
//   A stream is set by (seed, name): "split", "labels", "init", "batches", ... never share numbers.
//   Engine and distributions are Boost.Random's: the standard library's distributions differ
//   between platforms.
#pragma once

#include <boost/random/mersenne_twister.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace grok {

class RandomStream {
 public:
  RandomStream(std::uint64_t seed, std::string_view name);

  double uniform(double low, double high);  // U[low, high)
  double normal();                          // N(0, 1)
  std::int64_t below(std::int64_t n);       // uniform on 0..n-1, n >= 1

  /// k distinct numbers of 0..n-1 in random order, every ordered choice equally likely. The first
  /// k of a larger draw from an equal stream: splits of one seed are nested. Needs 0 <= k <= n.
  /// Cost: O(k) time; O(n) memory if k > n/16, else O(k).
  std::vector<std::int64_t> sample(std::int64_t n, std::int64_t k);

  /// Where it stands, as text, and back there. Throws Error for a text that is no state.
  std::string state() const;
  void restore(const std::string& state);

 private:
  boost::random::mt19937_64 engine_;
};

}  // namespace grok
