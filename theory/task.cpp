#include "theory/task.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/errors.hpp"

namespace grok {
namespace {

Index count_samples(Index symbols, bool commutative) {
  return commutative ? symbols * (symbols + 1) / 2 : symbols * symbols;
}

}  // namespace

Task::Task(std::string name, Index symbols, Index outputs, bool commutative)
    : name_(std::move(name)), symbols_(symbols), outputs_(outputs), commutative_(commutative) {
  require_in_range(name_, "symbols", symbols_, Index{2}, max_symbols);
}

Task Task::addition(Index symbols) { return {"addition", symbols, 2 * symbols - 1, true}; }

Task Task::modular_addition(Index symbols) { return {"modular-addition", symbols, symbols, true}; }

Task Task::table(Index symbols, bool commutative, std::vector<std::int32_t> outputs) {
  require_in_range("table", "symbols", symbols, Index{2}, max_symbols);
  const Index wanted = count_samples(symbols, commutative);
  require_in_range("table", "entries", std::ssize(outputs), wanted, wanted);
  const auto [least, most] = std::minmax_element(outputs.begin(), outputs.end());
  require_in_range("table", "output", Index{*least}, Index{0}, max_table_output);
  require_in_range("table", "output", Index{*most}, Index{0}, max_table_output);
  Task task("table", symbols, Index{*most} + 1, commutative);
  task.table_ = std::make_shared<const std::vector<std::int32_t>>(std::move(outputs));
  return task;
}

Index Task::sample_count() const { return count_samples(symbols_, commutative_); }

Sample Task::sample(Index k) const {
  if (!commutative_) {
    return {static_cast<std::int32_t>(k / symbols_), static_cast<std::int32_t>(k % symbols_)};
  }
  // Counted from the end, row t = p-1-i starts after t(t+1)/2 samples. 8r+1 < 2^53: sqrt is exact.
  const Index r = sample_count() - 1 - k;
  const auto t = static_cast<Index>((std::sqrt(static_cast<double>(8 * r + 1)) - 1) / 2);
  const Index from_end = r - t * (t + 1) / 2;
  return {static_cast<std::int32_t>(symbols_ - 1 - t),
          static_cast<std::int32_t>(symbols_ - 1 - from_end)};
}

Index Task::index(Sample s) const {
  const Index i = s.i;
  const Index j = s.j;
  return commutative_ ? i * symbols_ - i * (i - 1) / 2 + (j - i) : i * symbols_ + j;
}

Index Task::output(Sample s) const {
  if (table_) {
    return (*table_)[static_cast<std::size_t>(index(s))];
  }
  const Index sum = Index{s.i} + s.j;
  return sum < outputs_ ? sum : sum - symbols_;  // wraps for modular addition only
}

std::vector<Sample> Task::samples() const {
  std::vector<Sample> all;
  all.reserve(static_cast<std::size_t>(sample_count()));
  const auto p = static_cast<std::int32_t>(symbols_);
  for (std::int32_t i = 0; i < p; ++i) {
    for (std::int32_t j = commutative_ ? i : 0; j < p; ++j) {
      all.push_back({i, j});
    }
  }
  return all;
}

Sample Task::canonical(Sample s) const { return commutative_ && s.i > s.j ? Sample{s.j, s.i} : s; }

std::span<const std::int32_t> Task::table_outputs() const {
  return table_ ? std::span(*table_) : std::span<const std::int32_t>();
}

Task make_task(const std::string& name, Index symbols) {
  if (name == "addition") {
    return Task::addition(symbols);
  }
  if (name == "modular-addition") {
    return Task::modular_addition(symbols);
  }
  reject("task", "name", name, "addition, modular-addition (table: from a file)");
}

}  // namespace grok
