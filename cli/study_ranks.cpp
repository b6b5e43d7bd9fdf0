#include "cli/study_ranks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <optional>

#include "cli/run_cli.hpp"
#include "core/interrupt.hpp"
#include "core/parallel.hpp"
#include "mpi/follow.hpp"
#include "mpi/launch.hpp"
#include "mpi/lead.hpp"

namespace grok {
namespace {

// Before anybody looks at the driver.
void take_own_device(const Ranks& ranks) {
  constexpr const char* variable = "CUDA_VISIBLE_DEVICES";
  const auto device =
      visible_device(environment_of_process()(variable), count_device_files(), ranks.local_rank());
  if (device) {
    setenv(variable, device->c_str(), 1);
  }
}

std::unique_ptr<Ranks> joined(int rank) {
  try {
    return join_mpi();
  } catch (const InputError&) {  // built without MPI
    if (rank == 0) {
      throw;
    }
    return nullptr;
  }
}

int follow_rank_0(Ranks& ranks, const StudyOptions& options) {
  std::optional<StopOnSignal> stop(std::in_place);
  std::optional<AskedStudy> asked;
  try {
    asked = asked_study(options, "study run");
    checked_workers(options.workers, "study run");
  } catch (const std::exception& error) {
    return follow_with_failure(ranks, exit_status(error), error.what());
  }
  return follow(
      ranks, with_needed(asked->runs), static_cast<int>(options.workers.threads),
      [] { return stop_signal() != 0; },
      [&stop] { stop.reset(); });  // nothing is in flight here any more: nothing needs to hurry
}

int lead_ranks(Ranks& ranks, const StudyOptions& options, const Output& output,
               const LeadStudy& lead) {
  std::optional<Lead> leading;
  const auto prepare = [&](const AskedStudy& asked, StudyTraining& training) {
    leading.emplace(ranks, with_needed(asked.runs), static_cast<int>(options.workers.threads));
    for (const std::string& line : leading->gather(training.stop)) {
      training.notice(training.label + ": " + line);
    }
    training.trainer = [&leading](std::span<const Run> runs, const TrainOptions& how) {
      leading->train(runs, how);
    };
    training.making = [&leading](const Making& own) { return leading->making(own); };
  };
  int status = 0;
  try {
    status = lead(options, output, prepare);
    output.out.flush();
  } catch (const std::exception& error) {
    status = tell_failure(error, output.err);  // now: mpirun ends a job when its first rank fails
  }
  end_ranks(ranks, status);
  return status;
}

}  // namespace

void add_ranks(CLI::App& run, StudyOptions& options) {
  add_choice(run, "--mpi", options.mpi, {"auto", "off"},
             "under mpirun: auto: one study on all ranks; off: processes that do not know each "
             "other")
      ->type_name("auto|off");
  run.get_option("--threads")->each([&options](const std::string&) { options.own_threads = true; });
}

bool started_as_ranks(const StudyOptions& options) {
  return options.mpi == "auto" && launch_of(environment_of_process()).ranks != 1;
}

int run_on_ranks(const StudyOptions& options, const Output& output, const LeadStudy& lead) {
  const auto ranks = joined(launch_of(environment_of_process()).rank);
  if (!ranks) {
    return 2;
  }
  StudyOptions own = options;
  if (!own.own_threads) {
    own.workers.threads = std::max(1, default_threads() / ranks->sharing_cores());
  }
  if (own.workers.device != "cpu" && own.workers.engine != "cpu") {
    take_own_device(*ranks);
  }
  const int status =
      ranks->rank() == 0 ? lead_ranks(*ranks, own, output, lead) : follow_rank_0(*ranks, own);
  ranks->leave(status);
  return status;
}

}  // namespace grok
