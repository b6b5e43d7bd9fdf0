// cli/json.hpp: what the commands print with --json. Keys in the order of the model; a number
// that is not finite, and a value that does not exist (censored, no validation), is null.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "compare/statistics/statistics.hpp"
#include "figures/claim.hpp"
#include "nets/model.hpp"

namespace grok {

using Json = nlohmann::ordered_json;

Json json_of(double value);
Json json_of(const std::optional<double>& value);
Json json_of(const Estimate& estimate);  // {value, low, high}

/// Every key of the run, then every result.
Json json_of(const Run& resolved, const Outcome& outcome);
Json json_of(const Value& value);

/// A list of objects.
Json json_of(const std::vector<Claim>& claims);

/// One object, indented, with a final newline.
std::string to_text(const Json& json);

}  // namespace grok
