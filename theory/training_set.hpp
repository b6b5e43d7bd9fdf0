// theory/training_set.hpp: the training set D, drawn or read, and tasks read from a table.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

#include "theory/task.hpp"

namespace grok {

/// Exactly `train` samples of D0 without replacement, in the order of D0, from stream
/// (split_seed, "split"). For one seed a smaller D is part of a larger one.
/// Throws InputError unless 1 <= train <= |D0| and train <= max_listed_samples.
std::vector<Sample> draw_training_set(const Task& task, Index train, std::uint64_t split_seed);

/// The samples of D0 that are not in `train`, in the order of D0. `train` in the order of D0.
std::vector<Sample> remaining_samples(const Task& task, std::span<const Sample> train);

/// Puts samples into the order of D0. Throws InputError for an index outside 0..p-1 or a repeated
/// sample; (1,0) repeats (0,1) if the rule commutes. `where` opens the message.
std::vector<Sample> canonical_training_set(const Task& task, std::span<const Sample> samples,
                                           const std::string& where);

/// A training set from a CSV file of i,j. Throws InputError with the line at fault.
std::vector<Sample> read_pairs(const std::filesystem::path& file, const Task& task);

/// A task from a CSV file of a,b,c, which holds either all p(p+1)/2 pairs with a <= b (then a o b =
/// b o a is meant) or all p^2 pairs (then the rule commutes if the table is symmetric).
/// p = 1 + the largest a or b. Throws InputError for a missing or doubled entry.
Task read_table(const std::filesystem::path& file);

}  // namespace grok
