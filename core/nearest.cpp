#include "core/nearest.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace grok {
namespace {

constexpr std::size_t longest_said = 100;
constexpr std::size_t a_few = 3;  // letters that are a beginning, names that are an answer

std::string plain(std::string_view name) {
  std::string text(name.substr(std::min(name.find_first_not_of('-'), name.size())));
  std::ranges::transform(text, text.begin(), [](char c) {
    return c == '-' ? '_' : c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return text;
}

// Letters missing, too many, another or swapped with the next (optimal string alignment).
std::size_t wrong_letters(const std::string& a, const std::string& b) {
  std::vector<std::vector<std::size_t>> cost(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) {
    for (std::size_t j = 0; j <= b.size(); ++j) {
      if (i == 0 || j == 0) {
        cost[i][j] = i + j;
        continue;
      }
      const std::size_t other = a[i - 1] == b[j - 1] ? 0 : 1;
      cost[i][j] = std::min({cost[i - 1][j] + 1, cost[i][j - 1] + 1, cost[i - 1][j - 1] + other});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        cost[i][j] = std::min(cost[i][j], cost[i - 2][j - 2] + 1);
      }
    }
  }
  return cost[a.size()][b.size()];
}

// "decoder" of "decoder_rate", "rate" of it, too; "batch" of "batch_size".
bool is_part(const std::string& part, const std::string& name) {
  return part.size() >= a_few && (name.starts_with(part) || name.ends_with("_" + part));
}

}  // namespace

std::vector<std::string> nearest_names(std::string_view said, std::span<const std::string> names,
                                       const OtherWords& words) {
  if (said.size() > longest_said) {
    return {};
  }
  const std::string wanted = plain(said);
  std::vector<std::string> same, by_word, near, parts;
  std::size_t fewest = longest_said;
  for (const std::string& name : names) {
    const std::string here = plain(name);
    const auto means = [&](const OtherWord& other) {
      return other.name == name && plain(other.word) == wanted;
    };
    if (here == wanted) {
      same.push_back(name);
    }
    if (std::ranges::any_of(words, means)) {
      by_word.push_back(name);
    }
    if (is_part(wanted, here) || is_part(here, wanted)) {
      parts.push_back(name);
    }
    const auto [shorter, most] = std::minmax({wanted.size(), here.size()});
    if (most - shorter > most / 4) {  // as many letters are missing, at least
      continue;
    }
    const std::size_t wrong = wrong_letters(wanted, here);
    if (wrong > most / 4 || wrong > fewest) {
      continue;
    }
    if (wrong < fewest) {
      near.clear();
      fewest = wrong;
    }
    near.push_back(name);
  }
  for (const auto* meant : {&same, &by_word, &near, &parts}) {
    if (!meant->empty() && meant->size() <= a_few) {
      return *meant;
    }
  }
  return {};
}

std::string allowed_names(std::string_view said, std::span<const std::string> names,
                          const OtherWords& words, const std::string& all) {
  const std::string known = !all.empty()    ? all
                            : names.empty() ? "nothing"
                                            : fmt::format("{}", fmt::join(names, ", "));
  const std::vector<std::string> meant = nearest_names(said, names, words);
  return meant.empty() ? known : fmt::format("{}? (of {})", fmt::join(meant, ", "), known);
}

}  // namespace grok
