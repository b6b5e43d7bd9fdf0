// compare/study/expand.hpp: the keys and axes of a study as its runs; behind study.hpp.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "compare/study/axis.hpp"
#include "compare/study/refine_table.hpp"
#include "nets/model.hpp"

namespace grok {

/// What a file, or a profile in it, says of the runs.
struct Layer {
  std::vector<Setting> run;
  std::vector<StudyAxis> zip;
  std::vector<StudyAxis> axes;
  std::optional<RefineTable> refine;
};

/// Every combination, each distinct run once, resolved. Messages open with the file and the line of
/// the key at fault; names of files are relative to `folder`.
std::vector<Run> expand(const Model& model, const std::string& file,
                        const std::filesystem::path& folder, const Layer& layer);

/// One run, checked, but with nothing filled in: what is set later still has its effect.
Run run_as_written(const Model& model, const std::string& file, const std::filesystem::path& folder,
                   const std::vector<Setting>& settings);

}  // namespace grok
