// compare/store/curves.hpp: trajectories of runs, kept in a store where a study asks for them:
// table `curves` (identity, stride, data, columns, metrics). Data: float64 numbers compressed by
// zlib, row after row, behind their length in bytes (uint64); columns: their names, separated by
// commas; the first `metrics` are those that an export shows. (Stores of schema 4 and 5 do not say:
// what the model of the run has.)
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "compare/store/store.hpp"
#include "core/csv.hpp"

namespace grok {

/// Exact, NaN included.
std::string packed(std::span<const double> numbers);
/// Throws Error "where: ..." if `data` is not what `packed` makes of rows of `width` numbers.
std::vector<double> unpacked(std::string_view data, std::size_t width, const std::string& where);

/// Of a run, with this stride [steps]; nothing: the store has none.
std::optional<Curve> find_curve(const Store& store, const Run& resolved, std::int64_t stride);
bool has_curve(const Store& store, const Run& resolved, std::int64_t stride);

/// Most bytes that a curve of this run may have before it is compressed, and what a store takes.
std::int64_t curve_bytes(const Run& resolved, std::int64_t stride);
inline constexpr std::int64_t max_curve_bytes = 60'000'000;

/// A row per point of every stored curve of these runs: identity, the keys `axes`, stride, then the
/// metrics that the model says of the first run (of no run: the first of `models()`). Throws Error
/// for curves with other metrics.
CsvTable curve_table(const Store& store, const Model& model, std::span<const Run> runs,
                     std::span<const std::string> axes);
/// The curve itself, all its columns; cells are empty where the run has no such thing.
CsvTable table_of(const Curve& curve);

}  // namespace grok
