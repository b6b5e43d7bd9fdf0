// core/nearest.hpp: what somebody meant who wrote a name that there is not.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace grok {

/// Another word for a name: learning_rate for decoder_rate. A word may stand for several.
struct OtherWord {
  std::string word, name;
};
using OtherWords = std::vector<OtherWord>;

/// The names that are meant, in the order of `names`: the same but for capitals, `-` for `_` and
/// dashes in front; else those that `said` is another word for; else those with the fewest wrong
/// letters (missing, too many, another, two swapped), at most one in four; else those that `said`
/// begins or ends, or that begin or end it. Three at most: more are no answer. Cost: 100 times the
/// length of each name; a `said` of more than 100 bytes is near nothing.
std::vector<std::string> nearest_names(std::string_view said, std::span<const std::string> names,
                                       const OtherWords& words = {});

/// What a message allows in place of `said`: "decoder_rate? (of steps, decoder_rate)", or without
/// the question where nothing is near. `all` says which names there are; empty: it lists them.
std::string allowed_names(std::string_view said, std::span<const std::string> names,
                          const OtherWords& words = {}, const std::string& all = {});

}  // namespace grok
