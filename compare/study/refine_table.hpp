// compare/study/refine_table.hpp: [refine] of a study as TOML holds it; behind study.hpp.
//   axes = ["decoder_rate", "decoder_decay"]   two keys of [axes]: rows and columns of the grid
//   start = [4, 4]                             strides of the coarse grid, in values of the axes
//   stop = [1, 1]                              strides to end at (this is the default)
//   share = 0.5                                of the seeds of a point, for it to be certain
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "compare/study/axis.hpp"
#include "compare/study/refine.hpp"

namespace grok {

template <class T>
struct Placed {
  T value;
  std::string place;  // "file:line"
};

struct RefineTable {
  std::string place;  // of the table
  std::optional<Placed<std::vector<std::string>>> axes;
  std::optional<Placed<std::vector<std::int64_t>>> start, stop;
  std::optional<Placed<double>> share;
};

/// Throws InputError "file:line: key = value, allowed ..." for an unknown key or another type.
RefineTable read_refine_table(const std::string& file, const toml::table& table);

/// `base` with the keys of `over` in place of its own.
RefineTable replaced(RefineTable base, const RefineTable& over);

/// Throws InputError: no axes or start; axes that are not two different keys of [axes], with values
/// that ascend or descend and are no seeds; strides that are not two integers in [1, number of
/// values - 1], or a stop above its start; a share outside of (0, 1].
RefineSpec checked_refine(const Model& model, const RefineTable& table,
                          std::span<const StudyAxis> axes, std::span<const StudyAxis> zip);

}  // namespace grok
