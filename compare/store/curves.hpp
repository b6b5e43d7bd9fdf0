// compare/store/curves.hpp: trajectories of runs, kept in a store where a study asks for them: table
// `curves` (identity, stride, data). Data: float64 numbers compressed by zlib, point after point:
// step, train_loss, validation_loss, train_accuracy, validation_accuracy (NaN: no such samples),
// rqi, then the p x d embeddings row by row.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "compare/store/store.hpp"
#include "core/csv.hpp"
#include "nets/train.hpp"

namespace grok {

/// Exact, NaN included (but for a validation loss that is NaN without validation samples).
std::string packed(std::span<const TrajectoryPoint> points);
/// Throws Error "where: ..." if `data` is not what `packed` makes of p x d embeddings.
std::vector<TrajectoryPoint> unpacked(std::string_view data, std::int64_t symbols,
                                      std::int64_t dimension, const std::string& where);

/// Of a run, with this stride [steps]; nothing: the store has none.
std::optional<std::vector<TrajectoryPoint>> find_curve(const Store& store, const RunSpec& resolved,
                                                       std::int64_t stride);

bool has_curve(const Store& store, const RunSpec& resolved, std::int64_t stride);

/// Most bytes that a curve of this run may have before it is compressed, and what a store takes.
std::int64_t curve_bytes(const RunSpec& resolved, std::int64_t stride);
inline constexpr std::int64_t max_curve_bytes = 60'000'000;

/// A row per point of every stored curve of these runs: identity, the keys `axes` of its spec,
/// stride, then as `metric_cells`.
CsvTable curve_table(const Store& store, std::span<const RunSpec> runs,
                     std::span<const std::string> axes);

/// step, train_loss, validation_loss, train_accuracy, validation_accuracy, rqi; empty: none.
std::vector<std::string> metric_columns();
std::vector<std::string> metric_cells(const TrajectoryPoint& point);

}  // namespace grok
