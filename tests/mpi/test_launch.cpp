#include "mpi/launch.hpp"

#include <map>

#include "tests/support/catch.hpp"

namespace grok {
namespace {

Launch launched(const std::map<std::string, std::string>& variables) {
  return launch_of([&](const std::string& name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  });
}

TEST_CASE("a launcher is known by what it leaves in the environment") {
  CHECK(launched({}).ranks == 1);
  CHECK(launched({}).rank == 0);
  const Launch open = launched({{"OMPI_COMM_WORLD_RANK", "2"}, {"OMPI_COMM_WORLD_SIZE", "3"}});
  CHECK(open.rank == 2);
  CHECK(open.ranks == 3);
  CHECK(launched({{"PMI_RANK", "7"}, {"PMI_SIZE", "8"}}).rank == 7);
  CHECK(launched({{"PMI_RANK", "7"}, {"PMI_SIZE", "8"}}).ranks == 8);
  const Launch pmix = launched({{"PMIX_RANK", "4"}, {"SLURM_STEP_NUM_TASKS", "16"}});
  CHECK(pmix.rank == 4);
  CHECK(pmix.ranks == 16);
  CHECK(launched({{"PMIX_RANK", "4"}}).ranks == 0);  // MPI knows
  CHECK(launched({{"PMIX_RANK", "1"}, {"OMPI_COMM_WORLD_RANK", "5"}, {"OMPI_COMM_WORLD_SIZE", "6"}})
            .ranks == 6);
}

TEST_CASE("tasks of srun without MPI, and nonsense, are no ranks") {
  CHECK(launched({{"SLURM_PROCID", "3"}, {"SLURM_NTASKS", "8"}, {"SLURM_STEP_NUM_TASKS", "8"}})
            .ranks == 1);
  CHECK(launched({{"OMPI_COMM_WORLD_RANK", "x"}, {"OMPI_COMM_WORLD_SIZE", "4"}}).ranks == 1);
  CHECK(launched({{"OMPI_COMM_WORLD_SIZE", "4"}}).ranks == 1);
}

TEST_CASE("ranks of a machine take its devices in turn") {
  CHECK(visible_device({}, 4, 0) == "0");
  CHECK(visible_device({}, 4, 3) == "3");
  CHECK(visible_device({}, 4, 6) == "2");
  CHECK(visible_device({}, 1, 5) == "0");
  CHECK(visible_device({}, 0, 0) == std::nullopt);
}

TEST_CASE("devices that were chosen already are those to choose from") {
  CHECK(visible_device("4,6,7", 8, 1) == "6");
  CHECK(visible_device("4,6,7", 8, 3) == "4");
  CHECK(visible_device("2", 8, 3) == "2");  // srun --gpus-per-task=1
  CHECK(visible_device("MIG-a,MIG-b", 0, 1) == "MIG-b");
  CHECK(visible_device("-1", 8, 1) == "-1");
  CHECK(visible_device("", 8, 1) == std::nullopt);  // none, on purpose
}

}  // namespace
}  // namespace grok
