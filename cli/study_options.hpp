// cli/study_options.hpp: what the subcommands of `study` share.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/json.hpp"
#include "cli/options.hpp"
#include "compare/study/refined_study.hpp"
#include "compare/study/run_study.hpp"
#include "compare/study/shard.hpp"
#include "compare/study/study.hpp"

namespace grok {

struct StudyOptions {
  const Models* models = nullptr;
  std::string file, store, profile, shard, out;
  std::vector<std::string> sources;  // of a merge
  std::vector<std::string> keep;     // artefacts
  WorkerOptions workers;
  bool own_threads = false;  // --threads was given
  std::string mpi = "auto";
  std::int64_t curves = 0;      // stride
  std::optional<double> watch;  // seconds between two looks
  bool json = false, points = false, host = false, export_curves = false;
};

/// A study, and the runs of it that were asked for: all, or those of a shard.
struct AskedStudy {
  Study study;
  std::vector<Run> runs;
  std::string shard;  // "2/8"; empty: all
};
/// Throws InputError as read_study and parse_shard; for a shard of a study with [refine], too: its
/// rounds need the records of all.
AskedStudy asked_study(const StudyOptions& options, const std::string& where);

/// As far as the records in the store lead; empty without [refine].
std::optional<RefinedStudy> refined_so_far(const Study& study, const Store& store);

/// With [refine] those that are needed as far as the records lead; else those asked for.
std::vector<Run> needed_runs(const AskedStudy& asked, const std::optional<RefinedStudy>& refined);

/// "90 s", "12.5 min", "3 h".
std::string time_text(double seconds);

/// study, source, store, shard, runs, done, missing.
Json counts_json(const StudyOptions& options, const AskedStudy& asked, const StudyCounts& counts);
LabelledLines counts_text(const StudyOptions& options, const AskedStudy& asked,
                          const StudyCounts& counts);

/// What the examples of its commands are of.
inline constexpr const char* study_of_help = "rates.toml is that of 'groktheory study --help'.\n";

/// The study file, --store, --profile, and --shard where `shards`.
void add_study_options(CLI::App& app, StudyOptions& options, bool shards);

void add_study_status(CLI::App& study, Action& action, std::shared_ptr<StudyOptions> options);
void add_study_plan(CLI::App& study, Action& action, std::shared_ptr<StudyOptions> options);
void add_study_merge(CLI::App& study, Action& action, std::shared_ptr<StudyOptions> options);

}  // namespace grok
