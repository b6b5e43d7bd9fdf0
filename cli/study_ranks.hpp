// cli/study_ranks.hpp: `study run` as one study on the ranks of an MPI job.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>

#include "cli/study_options.hpp"

namespace grok {

/// --mpi, and whether --threads is given.
void add_ranks(CLI::App& run, StudyOptions& options);

/// A launcher started this process as one of several (mpi/launch.hpp), and --mpi is not off.
bool started_as_ranks(const StudyOptions& options);

/// Called before the store is opened.
using PrepareTraining = std::function<void(const AskedStudy&, StudyTraining&)>;
using LeadStudy = std::function<int(const StudyOptions&, const Output&, const PrepareTraining&)>;

/// Rank 0 does `lead`, the others train for it; the exit status of rank 0, on all. Each rank takes
/// one of the GPUs of its machine, and without --threads its part of the cores. Rank 0 alone
/// prints, its errors too.
int run_on_ranks(const StudyOptions& options, const Output& output, const LeadStudy& lead);

}  // namespace grok
