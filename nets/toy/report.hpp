// nets/toy/report.hpp: a run and its record in words, for `groktheory train` and `show`.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "nets/toy/record.hpp"
#include "nets/toy/run_spec.hpp"

namespace grok::toy {

/// Lines "label", "value".
std::vector<std::pair<std::string, std::string>> report_of(const RunSpec& resolved,
                                                           const Record& record);

}  // namespace grok::toy
