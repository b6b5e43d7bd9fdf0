// mpi/mpi_none.cpp: instead of mpi_ranks.cpp in a build without MPI.
#include "core/errors.hpp"
#include "mpi/ranks.hpp"

namespace grok {

std::unique_ptr<Ranks> join_mpi() {
  reject("study run", "MPI", "several ranks",
         "one process: built without MPI (--mpi off: processes that share the store)");
}

std::string mpi_description() { return "none (built without MPI)"; }

}  // namespace grok
