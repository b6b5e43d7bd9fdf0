#include "nets/parity/run_spec.hpp"

#include <fmt/format.h>

#include <cmath>

#include "core/errors.hpp"
#include "nets/model_of.hpp"

namespace grok::parity {
namespace {

void check_strings(const RunSpec& spec, const PlaceOfKey& place) {
  if (spec.parity > spec.bits) {
    reject(place("parity"), "parity", std::to_string(spec.parity),
           fmt::format("1 to bits = {}", spec.bits));
  }
  if (spec.bits < 63 && spec.train > std::int64_t{1} << spec.bits) {
    reject(place("train"), "train", std::to_string(spec.train),
           fmt::format("1 to 2^bits = {} distinct strings", std::int64_t{1} << spec.bits));
  }
  if (spec.batch > spec.train) {
    reject(place("batch"), "batch", std::to_string(spec.batch),
           fmt::format("0 (all) to train = {}", spec.train));
  }
  if (spec.random_labels && spec.label_noise > 0) {
    reject(place("label_noise"), "label_noise", to_text(spec.label_noise),
           "0 with random_labels, whose labels are coins");
  }
}

void check_late_decay(const RunSpec& spec, const PlaceOfKey& place) {
  if (spec.late_decay && !spec.late_from) {
    reject(place("late_decay"), "late_decay", to_text(*spec.late_decay),
           "one with late_from, memorisation or epoch");
  }
  if (spec.late_from && !spec.late_decay) {
    reject(place("late_from"), "late_from", *spec.late_from, "one with late_decay");
  }
  const bool at_epoch = spec.late_from == "epoch";
  if (at_epoch != spec.late_epoch.has_value()) {
    reject(place(at_epoch ? "late_from" : "late_epoch"), at_epoch ? "late_from" : "late_epoch",
           at_epoch ? "epoch" : std::to_string(*spec.late_epoch),
           at_epoch ? "epoch with late_epoch" : "one with late_from = \"epoch\"");
  }
  const auto check = [&](const char* key, double decay) {
    if (spec.rate * decay > 1) {  // a weight would change its sign by decay alone
      reject(place(key), key, to_text(decay),
             fmt::format("0 to 1/rate = {}", to_text(1 / spec.rate)));
    }
  };
  check("decay", spec.decay);
  check("late_decay", spec.late_decay.value_or(0));
}

void check_start(const RunSpec& spec, const PlaceOfKey& place) {
  if (spec.start != "circuit") {
    return;
  }
  constexpr std::int64_t most = 12;
  if (spec.parity > most || spec.width < std::int64_t{1} << spec.parity) {
    reject(place("start"), "start", "circuit",
           fmt::format("it for parity 1 to {} and width from 2^parity on; here {} and {}", most,
                       spec.parity, spec.width));
  }
}

}  // namespace

RunSpec checked(RunSpec spec, const PlaceOfKey& place) {
  check_fields(spec, place);
  check_strings(spec, place);
  check_late_decay(spec, place);
  check_start(spec, place);
  std::int64_t earlier = -1;
  for (const std::int64_t epoch : spec.snapshots) {
    if (epoch <= earlier || epoch > spec.epochs) {
      reject(place("snapshots"), "snapshots", std::to_string(epoch),
             fmt::format("epochs that ascend, up to epochs = {}", spec.epochs));
    }
    earlier = epoch;
  }
  for (auto* seed :
       {&spec.data_seed, &spec.test_seed, &spec.init_seed, &spec.batch_seed, &spec.noise_seed}) {
    *seed = seed->value_or(spec.seed);
  }
  return spec;
}

}  // namespace grok::parity
