// mpi/messages.hpp: what rank 0 and the ranks that train for it tell each other. A packet is a list
// of messages in the bytes of this machine and build; numbers arrive bit for bit, NaN included.
//   Runs go by their number in the list that every rank has read for itself; what came of one as
//   values and bytes that nobody on the way looks into.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "nets/model.hpp"

namespace grok {

/// To rank 0, first of all.
struct Hello {
  std::string runs;                           // digest of the list
  std::int64_t count = 0;                     // its length
  std::string build;                          // of the program
  std::string host, processor, instructions;  // instruction set of the cpu engine
  std::int64_t threads = 1;
};
/// To rank 0: no run waits here. `orders` came until now: an answer may be on its way.
struct Want {
  std::int64_t orders = 0;
  std::int64_t idle = 0;  // lanes
};
/// To rank 0. `place`: that of the order.
struct Result {
  std::int64_t place = 0;
  std::vector<Value> values;  // of the outcome
  Curve curve;
  std::vector<Artefact> artefacts;
  std::string engine_build;  // of the rank, for the record's engine
};
/// To rank 0: a checkpoint of a run that this rank trains.
struct Shelved {
  std::int64_t place = 0;
  Artefact checkpoint;
};
struct Failure {
  std::int64_t place = 0;
  std::string reason;
};
/// To rank 0: this rank cannot go on, and nor can the study. `status`: of core/errors.hpp.
struct Fatal {
  std::int64_t status = 1;
  std::string reason;
};
/// To rank 0: nothing more will come until the next order; because it was told to halt, or because
/// it was asked to stop by a signal, and takes no order any more.
struct Halted {
  bool leaves = false;
};

/// An artefact that a run goes on or starts from, and whose it is.
struct OnShelf {
  std::string identity;
  Artefact artefact;
};
/// A run to train.
struct RunTask {
  std::int64_t place = 0;  // what the result is to say
  std::int64_t run = 0;    // its number in the list
  std::vector<OnShelf> shelf;
};
/// From rank 0.
struct Order {
  std::string engine, device;
  std::int64_t stride = 0;        // of curves
  std::vector<std::string> keep;  // artefacts
  double checkpoint_seconds = 0;  // 0: none are wanted
  std::vector<RunTask> tasks;
};
/// From rank 0: drop what is in flight, tell what is finished.
struct Halt {};
/// From rank 0: it is over, with this exit status.
struct End {
  std::int64_t status = 0;
};

using Message =
    std::variant<Hello, Want, Result, Failure, Fatal, Halted, Order, Halt, End, Shelved>;

std::string encoded(std::span<const Message> messages);
/// Throws Error for bytes that `encoded` does not make.
std::vector<Message> decoded(const std::string& data);

}  // namespace grok
