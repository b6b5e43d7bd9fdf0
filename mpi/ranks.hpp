// mpi/ranks.hpp: processes that send each other bytes, as a study sees them. MPI is one way
// (mpi/mpi_ranks.cpp); tests have ranks that are threads.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace grok {

struct Packet {
  int from = 0;
  std::string data;
};

/// From one thread alone. Packets between two ranks arrive whole, and in the order they were sent.
class Ranks {
 public:
  virtual ~Ranks() = default;
  virtual int rank() const = 0;
  virtual int size() const = 0;
  virtual int local_rank() const = 0;     // among those on this machine
  virtual int sharing_cores() const = 0;  // ranks that may use the same cores as this one, itself
                                          // included
  /// Both return at once; nothing: no packet is there.
  virtual void send(int to, std::string data) = 0;
  virtual std::optional<Packet> receive() = 0;
  /// This rank does not answer: nothing is sent to it any more, and nobody waits for it.
  virtual void give_up(int rank) = 0;
  /// When nobody has anything to say any more: returns when all have come here. After ranks were
  /// given up, which cannot come: ends the job with `status`, and does not return.
  virtual void leave(int status) = 0;
};

/// The ranks of an MPI job: MPI_Init, which a process can do once, and from its main thread. Throws
/// InputError if the program was built without MPI.
std::unique_ptr<Ranks> join_mpi();

/// "Open MPI v4.1.4", or why there is none.
std::string mpi_description();

}  // namespace grok
