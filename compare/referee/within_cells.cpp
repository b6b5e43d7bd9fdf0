#include "compare/referee/within_cells.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "compare/statistics/intervals.hpp"
#include "core/errors.hpp"
#include "core/numbers.hpp"

namespace grok {
namespace {

struct Entry {
  std::size_t seed = 0;
  double x = 0, y = 0;
};
using Cells = std::vector<std::vector<Entry>>;

Cells by_cell(std::string_view where, std::span<const double> x, std::span<const double> y,
              std::span<const std::int64_t> cells, Groups groups) {
  require_equal_lengths(where, x.size(), y.size());
  require_equal_lengths(where, x.size(), cells.size());
  require_equal_lengths(where, x.size(), groups.size());
  if (x.empty()) {
    reject(where, "runs", "0", "1 or more");
  }
  std::map<std::int64_t, std::size_t> seeds;
  for (const std::int64_t group : groups) {
    seeds[group] = 0;
  }
  std::size_t next = 0;
  for (auto& [group, number] : seeds) {
    number = next++;
  }
  std::map<std::int64_t, std::vector<Entry>> found;
  for (std::size_t k = 0; k < x.size(); ++k) {
    found[cells[k]].push_back({seeds.at(groups[k]), x[k], y[k]});
  }
  Cells result;
  for (auto& [cell, entries] : found) {
    result.push_back(std::move(entries));
  }
  return result;
}

/// The entries of a cell that are drawn, each as often as its seed, less their means. Less the
/// first one before: values that are all alike then differ by exactly 0, and rounding makes no
/// ranks.
std::vector<Entry> centred(const std::vector<Entry>& cell, const std::vector<int>& times) {
  std::vector<Entry> drawn;
  std::set<std::size_t> seeds;
  Entry sum;
  for (const Entry& entry : cell) {
    const int copies = entry.seed < times.size() ? times[entry.seed] : 0;
    for (int k = 0; k < copies; ++k) {
      const Entry first = drawn.empty() ? entry : drawn.front();
      drawn.push_back(entry);
      seeds.insert(entry.seed);
      sum.x += entry.x - first.x;
      sum.y += entry.y - first.y;
    }
  }
  if (seeds.size() < 2) {
    return {};
  }
  const auto count = static_cast<double>(drawn.size());
  const Entry first = drawn.front();
  for (Entry& entry : drawn) {
    entry.x = entry.x - first.x - sum.x / count;
    entry.y = entry.y - first.y - sum.y / count;
  }
  return drawn;
}

template <class Value>
SeedStatistic over_centred(Cells cells, Value value) {
  return [cells = std::move(cells), value](std::span<const std::size_t> seeds) {
    std::vector<int> times;
    for (const std::size_t seed : seeds) {
      times.resize(std::max(times.size(), seed + 1));
      ++times[seed];
    }
    std::vector<double> x, y;
    for (const auto& cell : cells) {
      for (const Entry& entry : centred(cell, times)) {
        x.push_back(entry.x);
        y.push_back(entry.y);
      }
    }
    return value(x, y);
  };
}

}  // namespace

SeedStatistic within_cell_slope(std::span<const double> x, std::span<const double> y,
                                std::span<const std::int64_t> cells, Groups groups) {
  return over_centred(by_cell("within_cell_slope", x, y, cells, groups),
                      [](const std::vector<double>& dx, const std::vector<double>& dy) {
                        double xx = 0, xy = 0;
                        for (std::size_t k = 0; k < dx.size(); ++k) {
                          xx += dx[k] * dx[k];
                          xy += dx[k] * dy[k];
                        }
                        return xx > 0 ? xy / xx : not_a_number;
                      });
}

SeedStatistic within_cell_rank(std::span<const double> x, std::span<const double> y,
                               std::span<const std::int64_t> cells, Groups groups) {
  return over_centred(by_cell("within_cell_rank", x, y, cells, groups),
                      [](const std::vector<double>& dx, const std::vector<double>& dy) {
                        return spearman_coefficient(dx, dy);
                      });
}

PairKinds count_pairs(std::span<const Waiting> measured, std::span<const std::int64_t> cells) {
  require_equal_lengths("count_pairs", measured.size(), cells.size());
  PairKinds kinds;
  for (std::size_t i = 0; i < measured.size(); ++i) {
    for (std::size_t j = 0; j < measured.size(); ++j) {
      if (first_for_certain(measured[i], measured[j])) {
        const bool same = cells[i] == cells[j], both = measured[j].reached;
        kinds.both_same_cell += both && same ? 1 : 0;
        kinds.both_other_cell += both && !same ? 1 : 0;
        kinds.one_same_cell += !both && same ? 1 : 0;
        kinds.one_other_cell += !both && !same ? 1 : 0;
      }
    }
  }
  return kinds;
}

}  // namespace grok
