#include "core/random.hpp"

#include <boost/random/normal_distribution.hpp>
#include <boost/random/uniform_int_distribution.hpp>
#include <boost/random/uniform_real_distribution.hpp>
#include <limits>
#include <numeric>
#include <sstream>
#include <unordered_map>

#include "core/errors.hpp"

namespace grok {
namespace {

// FNV-1a of the name, then splitmix64 of name and seed: nearby seeds give unrelated engines.
std::uint64_t engine_seed(std::uint64_t seed, std::string_view name) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  for (const char c : name) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  }
  std::uint64_t z = seed + hash + 0x9e3779b97f4a7c15ULL;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31);
}

}  // namespace

RandomStream::RandomStream(std::uint64_t seed, std::string_view name)
    : engine_(engine_seed(seed, name)) {}

double RandomStream::uniform(double low, double high) {
  return boost::random::uniform_real_distribution<double>(low, high)(engine_);
}

double RandomStream::normal() {
  return boost::random::normal_distribution<double>(0.0, 1.0)(engine_);
}

std::int64_t RandomStream::below(std::int64_t n) {
  require_in_range<std::int64_t>("RandomStream::below", "n", n, 1,
                                 std::numeric_limits<std::int64_t>::max());
  return boost::random::uniform_int_distribution<std::int64_t>(0, n - 1)(engine_);
}

// Fisher-Yates from the front; where k is small the array 0..n-1 is kept as a map of its changes.
std::vector<std::int64_t> RandomStream::sample(std::int64_t n, std::int64_t k) {
  require_in_range<std::int64_t>("RandomStream::sample", "k", k, 0, n);
  std::vector<std::int64_t> drawn(static_cast<std::size_t>(k));
  if (k > n / 16) {
    std::vector<std::int64_t> all(static_cast<std::size_t>(n));
    std::iota(all.begin(), all.end(), 0);
    for (std::int64_t t = 0; t < k; ++t) {
      std::swap(all[static_cast<std::size_t>(t)], all[static_cast<std::size_t>(t + below(n - t))]);
      drawn[static_cast<std::size_t>(t)] = all[static_cast<std::size_t>(t)];
    }
    return drawn;
  }
  std::unordered_map<std::int64_t, std::int64_t> moved;
  const auto at = [&](std::int64_t slot) {
    const auto found = moved.find(slot);
    return found == moved.end() ? slot : found->second;
  };
  for (std::int64_t t = 0; t < k; ++t) {
    const std::int64_t other = t + below(n - t);
    drawn[static_cast<std::size_t>(t)] = at(other);
    moved[other] = at(t);
  }
  return drawn;
}

std::string RandomStream::state() const {
  std::ostringstream out;
  out << engine_;
  return out.str();
}

// Boost skips white space behind each number, which fails at the end of a text without any.
void RandomStream::restore(const std::string& state) {
  std::istringstream in(state + ' ');
  boost::random::mt19937_64 engine;
  if (!(in >> engine) || !in.eof()) {
    throw Error("RandomStream: text that is no state");
  }
  engine_ = engine;
}

}  // namespace grok
