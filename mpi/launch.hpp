// mpi/launch.hpp: what a launcher (mpirun, srun) says of a process, and the GPU that is its own.
#pragma once

#include <functional>
#include <optional>
#include <string>

namespace grok {

/// Value of an environment variable; nothing: it is not set.
using Environment = std::function<std::optional<std::string>(const std::string&)>;
Environment environment_of_process();

/// How this process was started. `ranks` is 1 without a launcher, and 0 if one that does not say
/// how many there are started it (MPI knows).
struct Launch {
  int rank = 0;
  int ranks = 1;
};

/// From what launchers leave in the environment, so that a process that none started never pays
/// for MPI: OMPI_COMM_WORLD_SIZE (mpirun of Open MPI), PMI_SIZE (MPICH, Intel MPI, srun with pmi2),
/// PMIX_RANK (srun with pmix; the number of ranks in SLURM_STEP_NUM_TASKS). Slurm's own variables
/// alone mean nothing: srun without MPI starts processes that do not know each other.
Launch launch_of(const Environment& environment);

/// CUDA_VISIBLE_DEVICES for the rank `local_rank` of a machine: one of the devices it may use, the
/// ranks taking them in turn. Of the list in `current` if there is one, else of 0 ..
/// `devices` - 1. Nothing: leave the variable as it is (no devices, or an empty list).
std::optional<std::string> visible_device(const std::optional<std::string>& current, int devices,
                                          int local_rank);

/// NVIDIA devices that this process may open, without a look at the driver (which reads
/// CUDA_VISIBLE_DEVICES once, at the first look).
int count_device_files();

}  // namespace grok
