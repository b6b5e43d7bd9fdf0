// compare/study/study.hpp: a TOML file (a base run and axes) that expands to runs.
//   model                  a name of nets/models.cpp, "toy" without it; not an axis
//   [run]                  keys of a run of that model (groktheory train --model NAME --help)
//   [axes]                 every combination of: a list, { range = [a, b], step = s },
//                          { logspace = [a, b], count = n }, { random = n, low, high, seed }; the
//                          last axis runs fastest
//   [zip]                  axes of equal length walked together, as one more (first) axis; also
//                          { sobol = n, low, high }, all of them one sequence
//   [refine]               trains only the points of two axes that their phases make necessary
//                          (compare/study/refine_table.hpp has its keys)
//   [profiles.NAME.run], [profiles.NAME.axes], [profiles.NAME.zip], [profiles.NAME.refine]
//                          keys that replace those above when profile NAME is asked for
//   keep                   list of artefacts (Model::artefacts) that `study run` and figures keep
//   of
//                          every run
//   name, source           strings; an axis replaces the same key of [run]
//   [studies.NAME]         several studies in one file, of one model each: NAME.run, NAME.axes, ...
//                          beside name and source, which hold for all of them (parse_studies)
//   Of the toy task, symbols and train have no default; `table` and `orders` give symbols (a
//   `symbols` that differs is an error), `pairs` and `train_fraction` give train (a `train` beside
//   them is an error). Files are relative to the TOML file. 1 is a number, 1.0 no integer. Limits:
//   compare/study/toml_file.hpp, and ten million runs. Names in a study are shown, never made into
//   names of files.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "compare/study/refine.hpp"
#include "nets/model.hpp"

namespace grok {

struct Study {
  std::string name;               // read_study: the file's stem if it has none
  std::string source;             // where the experiment was published
  std::vector<std::string> axes;  // keys of [zip], then of [axes], in the order of the file
  const Model* model = nullptr;
  std::vector<Run> runs;  // resolved, distinct; with [refine]: of the full grid
  std::optional<RefineSpec> refine;
  std::vector<std::string> keep;  // artefacts of every run, each once
};

inline constexpr std::int64_t max_study_runs = 10'000'000;

/// Throws InputError "file:line: key = value, allowed ..." for a syntax error, an unknown key, a
/// wrong type, an empty axis, a value out of range, an unknown profile, too many runs.
Study read_study(const std::filesystem::path& file, const std::string& profile = "",
                 const Models& models = grok::models());
/// The same from text; `where` opens messages, `folder` is what file names are relative to, and a
/// study of more than `most_runs` is refused with their number before anything is made of it.
Study parse_study(std::string_view toml, const std::string& where, const std::string& profile = "",
                  const std::filesystem::path& folder = ".",
                  std::int64_t most_runs = max_study_runs, const Models& models = grok::models());

/// Of a file with several studies: by name, in the order of the file, each of at most `most_runs`
/// under the same profile. A file without [studies] is one study of the name "". Throws as
/// parse_study; `file:line` of a study is that of its table.
using NamedStudies = std::vector<std::pair<std::string, Study>>;
NamedStudies parse_studies(std::string_view toml, const std::string& where,
                           const std::string& profile = "",
                           const std::filesystem::path& folder = ".",
                           std::int64_t most_runs = max_study_runs,
                           const Models& models = grok::models());

/// One run from a TOML file that has its keys at top level or in [run] (no axes): checked, but as
/// written, so that flags can still move what depends on them (Model::resolve after).
Run read_run(const std::filesystem::path& file, const Models& models = grok::models());

/// Throws InputError "where: key = 'name', allowed ..." for an artefact that the model does not
/// keep.
void require_artefact(const Model& model, const std::string& name, const std::string& where,
                      const std::string& key);

/// The model that the TOML file of a study or a run names.
const Model& read_model(const std::filesystem::path& file, const Models& models = grok::models());

}  // namespace grok
