// nets/toy/model.hpp: the toy model of Liu et al. 2022 as a Model: embeddings that are summed (or
// multiplied), and an MLP that decodes them.
#pragma once

#include "nets/model.hpp"
#include "nets/toy/record.hpp"
#include "nets/toy/run_spec.hpp"

namespace grok::toy {

const Model& model();

/// The spec as a run, resolved. Throws InputError "where: key = ..." as resolve.
Run run_of(const RunSpec& spec, const std::string& where = "train");
std::vector<Run> runs_of(std::span<const RunSpec> specs, const std::string& where = "train");
Outcome outcome_of(const Record& record);

/// The specs of runs, the records of outcomes. Throws Error for those of another model.
std::vector<RunSpec> specs_of(std::span<const Run> runs);
std::vector<Record> records_of(std::span<const Outcome> outcomes);

/// The artefact "parameters": the network at the last step, D and targets.
inline constexpr const char* parameters_name = "parameters";

}  // namespace grok::toy
