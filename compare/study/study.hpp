// compare/study/study.hpp: a TOML file (a base run and axes) that expands to runs.
//   [run]                  keys of RunSpec
//   [axes]                 every combination of: a list, { range = [a, b], step = s },
//                          { logspace = [a, b], count = n }; the last axis runs fastest
//   [zip]                  axes of equal length walked together, as one more (first) axis
//   [refine]               trains only the points of two axes that their phases make necessary
//                          (compare/study/refine_table.hpp has its keys)
//   [profiles.NAME.run], [profiles.NAME.axes], [profiles.NAME.zip], [profiles.NAME.refine]
//                          keys that replace those above when profile NAME is asked for
//   name, source           strings; an axis replaces the same key of [run]
//   task, symbols and train have no default; `table` and `orders` give symbols (a `symbols` that
//   differs is an error), `pairs` gives train (a `train` beside it is an error). Files are relative
//   to the TOML file. 1 is a number, 1.0 no integer. Limits: compare/study/toml_file.hpp, and ten million
//   runs. Names in a study are shown, never made into names of files.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compare/study/refine.hpp"
#include "nets/toy/run_spec.hpp"

namespace grok {

struct Study {
  std::string name;               // read_study: the file's stem if it has none
  std::string source;             // where the experiment was published
  std::vector<std::string> axes;  // keys of [zip], then of [axes], in the order of the file
  std::vector<RunSpec> runs;      // resolved, distinct; with [refine]: of the full grid
  std::optional<RefineSpec> refine;
};

inline constexpr std::int64_t max_study_runs = 10'000'000;

/// Throws InputError "file:line: key = value, allowed ..." for a syntax error, an unknown key, a
/// wrong type, an empty axis, a value out of range, an unknown profile, too many runs.
Study read_study(const std::filesystem::path& file, const std::string& profile = "");
/// The same from text; `where` opens messages, `folder` is what file names are relative to, and a
/// study of more than `most_runs` is refused with their number before anything is made of it.
Study parse_study(std::string_view toml, const std::string& where, const std::string& profile = "",
                  const std::filesystem::path& folder = ".",
                  std::int64_t most_runs = max_study_runs);

/// One run from a TOML file that has the keys of RunSpec at top level or in [run] (no axes):
/// checked, but as written, so that flags can still move what depends on them (`resolve` after).
RunSpec read_run(const std::filesystem::path& file);

}  // namespace grok
