#include "nets/checkpoint.hpp"

#include "core/provenance.hpp"

namespace grok {
namespace {

// Less than this part of the time between two checkpoints is trained again as fast as it is read.
constexpr double worth = 0.05;

// Another build, or another processor's kernels, would go on with other roundings, and another
// stride with other points of the curve.
std::string made_by(const OneRun& one) {
  return build_name() + " " + engine_build("cpu") + " stride " + std::to_string(one.stride);
}

}  // namespace

std::optional<Artefact> Checkpoints::found() {
  auto artefact = one_.found(one_.run, checkpoint_name);
  if (!artefact) {
    return {};
  }
  StateReader reader(artefact->bytes);
  std::string by, state;
  reader.get(by);
  if (by != made_by(one_)) {
    return {};
  }
  reader.get(before_);
  reader.get(state);
  artefact->bytes = std::move(state);
  return artefact;
}

double Checkpoints::seconds() const {
  return before_ + std::chrono::duration<double>(Clock::now() - begun_).count();
}

bool Checkpoints::is_due() const {
  return std::chrono::duration<double>(Clock::now() - last_).count() >= one_.checkpoint_seconds;
}

bool Checkpoints::is_worth_it() const {
  return std::chrono::duration<double>(Clock::now() - begun_).count() >=
         worth * one_.checkpoint_seconds;
}

void Checkpoints::put(std::int64_t step, std::string state) {
  StateWriter writer;
  writer.put(made_by(one_));
  writer.put(seconds());
  writer.put(state);
  one_.shelve({checkpoint_name, step, writer.take()});
  last_ = Clock::now();
}

}  // namespace grok
