#include "theory/task.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/errors.hpp"
#include "core/nearest.hpp"
#include "theory/groups.hpp"

namespace grok {
namespace {

Index count_samples(Index symbols, bool commutative) {
  return commutative ? symbols * (symbols + 1) / 2 : symbols * symbols;
}

/// Product of the orders, each checked; the running product cannot overflow.
Index count_elements(const std::vector<Index>& orders) {
  require_in_range("abelian", "orders.size()", std::ssize(orders), Index{1}, Index{11});
  Index product = 1;
  for (const Index order : orders) {
    require_in_range("abelian", "order", order, Index{2}, max_symbols);
    product *= order;
    require_in_range("abelian", "symbols", product, Index{2}, max_symbols);
  }
  return product;
}

/// n of S_n from n!.
Index permuted_count(Index symbols) {
  for (Index n = 2; n <= max_permuted; ++n) {
    if (factorial(n) == symbols) {
      return n;
    }
  }
  reject("permutations", "symbols", fmt::format("{}", symbols), "n!: 2, 6, 24, 120, 720");
}

}  // namespace

std::string to_text(Combination combination) {
  switch (combination) {
    case Combination::sum:
      return "sum";
    case Combination::matrix_product:
      return "matrix-product";
    case Combination::concatenate:
      return "concatenate";
    case Combination::concatenate_shared:
      return "concatenate-shared";
  }
  throw Error("to_text: no such combination");
}

Task::Task(std::string name, Index symbols, Index outputs, bool commutative)
    : name_(std::move(name)), symbols_(symbols), outputs_(outputs), commutative_(commutative) {
  require_in_range(name_, "symbols", symbols_, Index{2}, max_symbols);
}

Task Task::addition(Index symbols) { return {"addition", symbols, 2 * symbols - 1, true}; }

Task Task::modular_addition(Index symbols) { return {"modular-addition", symbols, symbols, true}; }

Task Task::abelian(std::vector<Index> orders) {
  const Index symbols = count_elements(orders);
  Task task("abelian", symbols, symbols, true);
  task.orders_ = std::make_shared<const std::vector<Index>>(std::move(orders));
  return task;
}

Task Task::permutations(Index n) {
  require_in_range("permutations", "n", n, Index{2}, max_permuted);
  Task task("permutations", factorial(n), factorial(n), false);
  task.combination_ = Combination::matrix_product;
  task.table_ = std::make_shared<const std::vector<std::int32_t>>(permutation_products(n));
  return task;
}

Task Task::table(Index symbols, bool commutative, std::vector<std::int32_t> outputs) {
  require_in_range("table", "symbols", symbols, Index{2}, max_table_symbols);
  const Index wanted = count_samples(symbols, commutative);
  require_in_range("table", "entries", std::ssize(outputs), wanted, wanted);
  const auto [least, most] = std::minmax_element(outputs.begin(), outputs.end());
  require_in_range("table", "output", Index{*least}, Index{0}, max_table_output);
  require_in_range("table", "output", Index{*most}, Index{0}, max_table_output);
  Task task("table", symbols, Index{*most} + 1, commutative);
  task.table_ = std::make_shared<const std::vector<std::int32_t>>(std::move(outputs));
  return task;
}

Task Task::combined_by(Combination combination) const {
  Task task = *this;
  task.combination_ = combination;
  return task;
}

bool Task::concatenates() const {
  return combination_ == Combination::concatenate ||
         combination_ == Combination::concatenate_shared;
}

Index Task::embeddings() const {
  return combination_ == Combination::concatenate ? 2 * symbols_ : symbols_;
}

Sample Task::embeddings_of(Sample s) const {
  const bool apart = combination_ == Combination::concatenate;
  return {s.i, apart ? static_cast<std::int32_t>(s.j + symbols_) : s.j};
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
  if (orders_) {
    return abelian_sum(*orders_, s.i, s.j);
  }
  const Index sum = Index{s.i} + s.j;
  return sum < outputs_ ? sum : sum - symbols_;  // wraps for modular addition only
}

std::vector<Sample> Task::samples() const {
  require_in_range("all samples", "|D0|", sample_count(), Index{1}, max_listed_samples);
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
  return name_ == "table" ? std::span(*table_) : std::span<const std::int32_t>();
}

std::span<const Index> Task::orders() const {
  return orders_ ? std::span(*orders_) : std::span<const Index>();
}

Task make_task(const std::string& name, Index symbols, std::span<const Index> orders) {
  if (name == "abelian") {
    const Task task = Task::abelian({orders.begin(), orders.end()});
    require_in_range("abelian", "symbols", symbols, task.symbols(), task.symbols());
    return task;
  }
  if (!orders.empty()) {
    reject("task", "orders", fmt::format("{}", fmt::join(orders, ",")),
           fmt::format("nothing (task = {})", name));
  }
  if (name == "addition") {
    return Task::addition(symbols);
  }
  if (name == "modular-addition") {
    return Task::modular_addition(symbols);
  }
  if (name == "permutations") {
    return Task::permutations(permuted_count(symbols));
  }
  const std::vector<std::string> names = {"addition", "modular-addition", "abelian",
                                          "permutations"};
  reject("task", "name", name,
         allowed_names(name, names, {},
                       fmt::format("{} (table: from a file)", fmt::join(names, ", "))));
}

Task make_task(const std::string& name, Index symbols) { return make_task(name, symbols, {}); }

void require_combination(const std::string& where, const Task& task, Combination combination) {
  if (task.combination() != combination) {
    reject(where, "task", fmt::format("{} ({})", task.name(), to_text(task.combination())),
           fmt::format("tasks whose embeddings combine by {}", to_text(combination)));
  }
}

std::string describe(const Task& task) {
  const std::string orders =
      task.orders().empty() ? "" : fmt::format(" ({})", fmt::join(task.orders(), " x "));
  return fmt::format("{}{}, p = {}, |D0| = {}{}", task.name(), orders, task.symbols(),
                     task.sample_count(),
                     task.concatenates() ? ", embeddings by " + to_text(task.combination()) : "");
}

}  // namespace grok
