#include "nets/parity/strings.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <unordered_set>

#include "core/random.hpp"
#include "theory/parity/critical_decay.hpp"

namespace grok::parity {
namespace {

RandomStream stream_of(const std::optional<std::int64_t>& seed, const char* name) {
  return RandomStream(static_cast<std::uint64_t>(seed.value()), name);
}

Eigen::MatrixXd draw(RandomStream& stream, std::int64_t count, std::int64_t bits, bool distinct) {
  Eigen::MatrixXd strings(count, bits);
  std::unordered_set<std::string> seen;
  std::string text(static_cast<std::size_t>(bits), '0');
  for (Eigen::Index row = 0; row < count;) {
    for (Eigen::Index bit = 0; bit < bits; ++bit) {
      const bool minus = stream.below(2) == 1;
      strings(row, bit) = minus ? -1 : 1;
      text[static_cast<std::size_t>(bit)] = minus ? '1' : '0';
    }
    row += !distinct || seen.insert(text).second ? 1 : 0;
  }
  return strings;
}

}  // namespace

Strings make_strings(const RunSpec& spec) {
  RandomStream train = stream_of(spec.data_seed, "parity/train"),
               test = stream_of(spec.test_seed, "parity/test"),
               noise = stream_of(spec.noise_seed, "parity/noise");
  Strings strings;
  strings.train = draw(train, spec.train, spec.bits, true);
  strings.test = draw(test, spec.test, spec.bits, false);
  strings.truth = parities(strings.train, spec.parity);
  strings.test_truth = parities(strings.test, spec.parity);
  strings.labels = strings.truth;
  if (spec.random_labels) {
    for (double& label : strings.labels) {
      label = noise.below(2) == 1 ? -1 : 1;
    }
    return strings;
  }
  const auto flips = std::llround(spec.label_noise * static_cast<double>(spec.train));
  for (const std::int64_t row : noise.sample(spec.train, flips)) {
    strings.labels[row] = -strings.labels[row];
    strings.flipped.push_back(row);
  }
  std::ranges::sort(strings.flipped);
  return strings;
}

}  // namespace grok::parity
