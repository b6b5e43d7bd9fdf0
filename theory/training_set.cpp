#include "theory/training_set.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <utility>

#include "core/csv.hpp"
#include "core/errors.hpp"
#include "core/random.hpp"

namespace grok {
namespace {

// Where the k-th entry stood, for messages.
using Place = std::function<std::string(std::size_t)>;

std::string pair_text(Index i, Index j) { return fmt::format("({},{})", i, j); }

Place line_of(const std::filesystem::path& file, const IntegerTable& table) {
  return [&](std::size_t k) { return fmt::format("{}:{}", file.string(), table.lines[k]); };
}

// Entries by number, ascending; the first number that comes twice is rejected.
std::vector<std::pair<Index, std::size_t>> sorted_once(
    std::vector<std::pair<Index, std::size_t>> entries, const Place& place,
    const std::function<std::string(std::size_t)>& text) {
  std::sort(entries.begin(), entries.end());
  const auto same = [](const auto& a, const auto& b) { return a.first == b.first; };
  const auto twice = std::adjacent_find(entries.begin(), entries.end(), same);
  if (twice != entries.end()) {
    const std::size_t later = std::next(twice)->second;
    reject(place(later), "pair", text(later),
           fmt::format("each pair once (first at {})", place(twice->second)));
  }
  return entries;
}

// pairs[k] into the order of D0, checked.
std::vector<Sample> canonical_pairs(const Task& task,
                                    std::span<const std::pair<Index, Index>> pairs,
                                    const Place& place, const std::string& whole) {
  require_in_range(whole, "train", std::ssize(pairs), Index{1}, task.sample_count());
  std::vector<std::pair<Index, std::size_t>> entries;
  entries.reserve(pairs.size());
  for (std::size_t k = 0; k < pairs.size(); ++k) {
    const auto [i, j] = pairs[k];
    for (const Index symbol : {i, j}) {
      if (symbol < 0 || symbol >= task.symbols()) {
        require_in_range(place(k), "symbol", symbol, Index{0}, task.symbols() - 1);
      }
    }
    const Sample s{static_cast<std::int32_t>(i), static_cast<std::int32_t>(j)};
    entries.emplace_back(task.index(task.canonical(s)), k);
  }
  std::vector<Sample> ordered;
  ordered.reserve(pairs.size());
  const auto text = [&](std::size_t k) { return pair_text(pairs[k].first, pairs[k].second); };
  for (const auto& [index, k] : sorted_once(std::move(entries), place, text)) {
    ordered.push_back(task.sample(index));
  }
  return ordered;
}

// p of a table, with its cells checked.
Index table_symbols(const std::filesystem::path& file, const IntegerTable& table) {
  const Place place = line_of(file, table);
  Index symbols = 0;
  const auto check = [&](std::size_t k, const char* name, Index value, Index most) {
    if (value < 0 || value > most) {  // the place is made for a message alone
      require_in_range(place(k), name, value, Index{0}, most);
    }
  };
  for (std::size_t k = 0; k < table.size(); ++k) {
    const auto row = table.row(k);
    check(k, "a", row[0], max_table_symbols - 1);
    check(k, "b", row[1], max_table_symbols - 1);
    check(k, "c", row[2], max_table_output);
    symbols = std::max({symbols, row[0] + 1, row[1] + 1});
  }
  require_in_range(file.string(), "symbols", symbols, Index{2}, max_table_symbols);
  return symbols;
}

// `task` with unordered pairs if its full table is symmetric.
Task commuting_form(const Task& task) {
  std::vector<std::int32_t> outputs;
  for (const Sample s : task.samples()) {
    if (task.output(s) != task.output({s.j, s.i})) {
      return task;
    }
    if (s.i <= s.j) {
      outputs.push_back(static_cast<std::int32_t>(task.output(s)));
    }
  }
  return Task::table(task.symbols(), true, std::move(outputs));
}

}  // namespace

std::vector<Sample> draw_training_set(const Task& task, Index train, std::uint64_t split_seed) {
  const Index all = task.sample_count();
  require_in_range("training set", "train", train, Index{1}, std::min(all, max_listed_samples));
  auto drawn = RandomStream(split_seed, "split").sample(all, train);
  std::sort(drawn.begin(), drawn.end());
  std::vector<Sample> samples;
  samples.reserve(drawn.size());
  for (const Index k : drawn) {
    samples.push_back(task.sample(k));
  }
  return samples;
}

std::vector<Sample> remaining_samples(const Task& task, std::span<const Sample> train) {
  const auto all = task.samples();
  std::vector<Sample> rest;
  rest.reserve(all.size() - std::min(all.size(), train.size()));
  std::set_difference(all.begin(), all.end(), train.begin(), train.end(), std::back_inserter(rest));
  return rest;
}

std::vector<Sample> canonical_training_set(const Task& task, std::span<const Sample> samples,
                                           const std::string& where) {
  std::vector<std::pair<Index, Index>> pairs;
  pairs.reserve(samples.size());
  for (const Sample s : samples) {
    pairs.emplace_back(s.i, s.j);
  }
  const Place place = [&](std::size_t k) { return fmt::format("{}[{}]", where, k); };
  return canonical_pairs(task, pairs, place, where);
}

std::vector<Sample> read_pairs(const std::filesystem::path& file, const Task& task) {
  const IntegerTable table = read_integers(file, "i,j");
  std::vector<std::pair<Index, Index>> pairs;
  pairs.reserve(table.size());
  for (std::size_t k = 0; k < table.size(); ++k) {
    pairs.emplace_back(table.row(k)[0], table.row(k)[1]);
  }
  return canonical_pairs(task, pairs, line_of(file, table), file.string());
}

Task read_table(const std::filesystem::path& file) {
  const IntegerTable table = read_integers(file, "a,b,c");
  const Index p = table_symbols(file, table);
  bool half = true;
  for (std::size_t k = 0; k < table.size(); ++k) {
    half = half && table.row(k)[0] <= table.row(k)[1];
  }
  const Task grid = Task::addition(p);  // numbers the pairs a <= b
  std::vector<std::pair<Index, std::size_t>> entries;
  entries.reserve(table.size());
  for (std::size_t k = 0; k < table.size(); ++k) {
    const auto a = static_cast<std::int32_t>(table.row(k)[0]);
    const auto b = static_cast<std::int32_t>(table.row(k)[1]);
    entries.emplace_back(half ? grid.index({a, b}) : a * p + b, k);
  }
  const auto text = [&](std::size_t k) { return pair_text(table.row(k)[0], table.row(k)[1]); };
  entries = sorted_once(std::move(entries), line_of(file, table), text);
  const Index wanted = half ? grid.sample_count() : p * p;
  if (std::ssize(entries) < wanted) {
    Index missing = 0;  // the first gap in 0, 1, 2, ...
    while (missing < std::ssize(entries) &&
           entries[static_cast<std::size_t>(missing)].first == missing) {
      ++missing;
    }
    const auto row = static_cast<std::int32_t>(missing / p);
    const auto column = static_cast<std::int32_t>(missing % p);
    const Sample s = half ? grid.sample(missing) : Sample{row, column};
    reject(file.string(), "entries", fmt::format("{}", table.size()),
           fmt::format("{} for {} symbols; {} is missing", wanted, p, pair_text(s.i, s.j)));
  }
  std::vector<std::int32_t> outputs;
  outputs.reserve(entries.size());
  for (const auto& [cell, k] : entries) {
    outputs.push_back(static_cast<std::int32_t>(table.row(k)[2]));
  }
  Task task = Task::table(p, half, std::move(outputs));
  return half ? task : commuting_form(task);
}

}  // namespace grok
