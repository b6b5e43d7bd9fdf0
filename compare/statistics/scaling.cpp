#include "compare/statistics/scaling.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "core/errors.hpp"
#include "theory/coverage.hpp"
#include "theory/structure.hpp"

namespace grok {
namespace {

std::int64_t count_up_to(const std::vector<Index>& sorted, Index n) {
  return std::upper_bound(sorted.begin(), sorted.end(), n) - sorted.begin();
}

// Where a bound of the share of draws that need no more than n is 1/2.
double crossing(const std::vector<Index>& sorted, Index most, double Estimate::*side) {
  const std::int64_t draws = std::ssize(sorted);
  const auto bound = [&](Index n) { return wilson(count_up_to(sorted, n), draws).*side; };
  if (bound(0) >= 0.5) {
    return 0;
  }
  const auto here =
      std::find_if(sorted.begin(), sorted.end(), [&](Index n) { return n > 0 && bound(n) >= 0.5; });
  if (here == sorted.end()) {
    return static_cast<double>(most);
  }
  const double low = bound(*here - 1), high = bound(*here);
  return static_cast<double>(*here) - (high - 0.5) / (high - low);
}

Estimate whole_median(const std::vector<Index>& sizes) {
  std::vector<double> values(sizes.begin(), sizes.end());
  const Estimate interval = median_interval(values);
  std::sort(values.begin(), values.end());
  return {values[(values.size() - 1) / 2], interval.low, interval.high};
}

Estimate over(const Estimate& e, double scale) {
  return {e.value / scale, e.low / scale, e.high / scale};
}

void require_sizes(const char* name, const std::vector<Index>& sizes, std::size_t draws,
                   Index samples) {
  const char* where = "summarise_scaling";
  require_in_range(where, name, std::ssize(sizes), static_cast<std::int64_t>(draws),
                   static_cast<std::int64_t>(draws));
  for (const Index n : sizes) {
    require_in_range(where, name, n, Index{0}, samples);
  }
}

std::optional<Index> whole_number(std::string_view text) {
  Index value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(value)
                                                                  : std::nullopt;
}

std::vector<std::string_view> split(std::string_view text, char mark) {
  std::vector<std::string_view> parts;
  for (std::size_t begin = 0;;) {
    const std::size_t end = text.find(mark, begin);
    parts.push_back(text.substr(begin, end - begin));
    if (end == std::string_view::npos) {
      return parts;
    }
    begin = end + 1;
  }
}

}  // namespace

Estimate critical_size(std::vector<Index> needed, Index most) {
  require_in_range("critical_size", "draws", std::ssize(needed), std::int64_t{1},
                   std::int64_t{1} << 40);
  std::sort(needed.begin(), needed.end());
  // The upper bound of the share gets to 1/2 first.
  return {crossing(needed, most, &Estimate::value), crossing(needed, most, &Estimate::high),
          crossing(needed, most, &Estimate::low)};
}

ScalingPoint summarise_scaling(const Task& task, const UniqueSizes& sizes) {
  const std::size_t draws = sizes.unique.size();
  require_in_range("summarise_scaling", "draws", std::ssize(sizes.unique), std::int64_t{1},
                   std::int64_t{1} << 40);
  require_sizes("unique", sizes.unique, draws, sizes.samples);
  require_sizes("covered", sizes.covered, draws, sizes.samples);
  require_sizes("rows", sizes.rows, draws, sizes.samples);
  ScalingPoint point;
  point.symbols = task.symbols();
  point.samples = sizes.samples;
  point.draws = static_cast<std::int64_t>(draws);
  point.n50 = whole_median(sizes.unique);
  point.fraction = over(point.n50, static_cast<double>(sizes.samples));
  point.critical_train = critical_size(sizes.unique, sizes.samples);
  point.covered = whole_median(sizes.covered);
  point.rows = whole_median(sizes.rows);
  std::int64_t explained = 0;
  for (std::size_t k = 0; k < draws; ++k) {
    explained += sizes.unique[k] == std::max(sizes.covered[k], sizes.rows[k]) ? 1 : 0;
  }
  point.explained = wilson(explained, point.draws);
  const CoverageTheory theory(task);
  point.coverage = theory.median_covered();
  point.touched = theory.median_touched();
  point.counting = theory.median_rows(full_nullity(task));
  point.predicted = std::max(point.coverage, point.counting);
  point.ratio = over(point.critical_train, point.predicted);
  return point;
}

Task scaling_task(const std::string& where, const std::string& name, Index symbols,
                  std::optional<Index> factor) {
  if (name != "abelian") {
    if (name != "addition" && name != "modular-addition") {
      reject(where, "--task", name, "addition, modular-addition, abelian");
    }
    if (factor) {
      reject(where, "--factor", fmt::format("{}", *factor),
             fmt::format("nothing (--task {})", name));
    }
    return make_task(name, symbols);
  }
  if (!factor) {
    reject(where, "--factor", "nothing", "the order of each cyclic group (--task abelian)");
  }
  require_in_range(where, "--factor", *factor, Index{2}, max_symbols);
  std::vector<Index> orders;
  Index left = symbols;
  for (; left > 1 && left % *factor == 0; left /= *factor) {
    orders.push_back(*factor);
  }
  if (left != 1 || orders.empty()) {
    reject(where, "--symbols", fmt::format("{}", symbols),
           fmt::format("powers of the factor {}", *factor));
  }
  return Task::abelian(std::move(orders));
}

std::vector<Index> scan_of_symbols(const std::string& where, const std::string& text) {
  const auto refuse = [&] {
    reject(where, "--symbols", text,
           fmt::format("sizes a,b,c or from:to:count, each size in [2, {}]", max_symbols));
  };
  std::vector<Index> numbers;
  const bool range = text.find(':') != std::string::npos;
  for (const std::string_view part : split(text, range ? ':' : ',')) {
    const auto number = whole_number(part);
    if (!number) {
      refuse();
    }
    numbers.push_back(*number);
  }
  std::vector<Index> sizes = numbers;
  if (range) {
    if (numbers.size() != 3 || numbers[0] < 2 || numbers[1] <= numbers[0] || numbers[2] < 2 ||
        numbers[2] > 1000) {
      refuse();
    }
    sizes.clear();
    const double from = std::log(static_cast<double>(numbers[0]));
    const double to = std::log(static_cast<double>(numbers[1]));
    for (Index k = 0; k < numbers[2]; ++k) {
      const double t = static_cast<double>(k) / static_cast<double>(numbers[2] - 1);
      sizes.push_back(std::llround(std::exp(from + t * (to - from))));
    }
  }
  std::sort(sizes.begin(), sizes.end());
  sizes.erase(std::unique(sizes.begin(), sizes.end()), sizes.end());
  if (sizes.front() < 2 || sizes.back() > max_symbols) {
    refuse();
  }
  return sizes;
}

}  // namespace grok
