#include "compare/study/axis.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <iterator>
#include <optional>
#include <sstream>
#include <tuple>

#include "compare/study/study.hpp"
#include "core/errors.hpp"

namespace grok {
namespace {

using I = std::int64_t;

Kind kind_of(const Model& model, const std::string& file, const std::string& key,
             const toml::node& node) {
  const Field* field = find_field(model.keys(), key);
  if (field == nullptr) {
    reject(place_of(file, node), "key", fmt::format("'{}'", key), allowed_keys(key, model.keys()));
  }
  return field->kind;
}

std::optional<I> integer_in(const toml::node& node) { return node.value_exact<I>(); }

std::optional<double> real_in(const toml::node& node) {
  if (const auto integer = node.value_exact<I>()) {
    return static_cast<double>(*integer);
  }
  return node.value_exact<double>();
}

// Empty unless it is a list, and each element what `read` wants.
template <class T>
std::optional<std::vector<T>> list_in(const toml::node& node,
                                      std::optional<T> (*read)(const toml::node&)) {
  const toml::array* list = node.as_array();
  if (list == nullptr) {
    return {};
  }
  std::vector<T> values;
  for (const toml::node& element : *list) {
    const auto value = read(element);
    if (!value) {
      return {};
    }
    values.push_back(*value);
  }
  return values;
}

template <class T>
Value wanted(const std::optional<T>& value, const std::string& file, const std::string& key,
             const toml::node& node, Kind kind) {
  if (!value) {
    reject(place_of(file, node), key, shown(node), name_of(kind));
  }
  return *value;
}

AxisValue read_entry(const std::string& file, const std::string& key, const toml::node& node,
                     Kind kind) {
  const I line = node.source().begin.line;
  switch (kind) {
    case Kind::flag:
      return {wanted(node.value_exact<bool>(), file, key, node, kind), line};
    case Kind::text:
      return {wanted(node.value_exact<std::string>(), file, key, node, kind), line};
    case Kind::integer:
      return {wanted(integer_in(node), file, key, node, kind), line};
    case Kind::real:
      return {wanted(real_in(node), file, key, node, kind), line};
    case Kind::integers:
      return {wanted(list_in<I>(node, integer_in), file, key, node, kind), line};
    case Kind::reals:
      return {wanted(list_in<double>(node, real_in), file, key, node, kind), line};
  }
  throw Error("read_entry: no such kind");
}

constexpr std::size_t longest_shown = 60;

// Until there is enough of it. Not by toml++, whose width of an array with 0.01, nan or the least
// integer in it is undefined behaviour (3.3).
void append_shown(const toml::node& node, std::string& text) {
  const auto append_list = [&text](const auto& list, const char* open, const char* close,
                                   const auto& append_element) {
    text += open;
    const char* before = " ";
    for (auto at = list.begin(); at != list.end() && text.size() <= longest_shown; ++at) {
      text += before;
      append_element(at);
      before = ", ";
    }
    text += list.empty() ? close : fmt::format(" {}", close);
  };
  if (const toml::array* array = node.as_array()) {
    append_list(*array, "[", "]", [&](const auto& at) { append_shown(*at, text); });
  } else if (const toml::table* table = node.as_table()) {
    append_list(*table, "{", "}", [&](const auto& at) {
      text += fmt::format("{} = ", at->first.str());
      append_shown(at->second, text);
    });
  } else {
    std::ostringstream out;
    node.visit([&out](const auto& value) { out << value; });
    text += out.str();
  }
}

// A table of numbers: its entries, checked.
struct Progression {
  const std::string& file;
  const std::string& key;
  Kind kind;
  const toml::node& node;

  [[noreturn]] void refuse(const std::string& name, const std::string& value,
                           const std::string& allowed) const {
    reject(place_of(file, node), name.empty() ? key : key + "." + name, value, allowed);
  }
  double number(const std::string& name, const toml::node& at, bool integer) const {
    const auto value = integer && !at.is_integer() ? std::nullopt : real_in(at);
    if (!value || !std::isfinite(*value)) {
      refuse(name, shown(at), integer ? "an integer" : "a finite number");
    }
    constexpr double exact = 9'007'199'254'740'992.0;  // 2^53
    if (integer) {
      require_in_range(place_of(file, node), key + "." + name, *value, -exact, exact);
    }
    return *value;
  }
  double number(const std::string& name, bool integer) const {
    return number(name, *node.as_table()->get(name), integer);
  }
  /// How many values, or a seed.
  I whole(const std::string& name, I low, I high) const {
    const toml::node& at = *node.as_table()->get(name);
    const auto value = at.value_exact<I>();
    if (!value || *value < low || *value > high) {
      refuse(name, shown(at), fmt::format("an integer in [{}, {}]", low, high));
    }
    return *value;
  }
  std::pair<double, double> ends(const std::string& name, bool integer) const {
    const toml::node& at = *node.as_table()->get(name);
    const toml::array* list = at.as_array();
    if (list == nullptr || list->size() != 2) {
      refuse(name, shown(at), "[first, last]");
    }
    return {number(name, (*list)[0], integer), number(name, (*list)[1], integer)};
  }
};

StudyAxis::Range read_range(const Progression& p) {
  if (p.kind != Kind::integer && p.kind != Kind::real) {
    p.refuse("", "a range", fmt::format("a list; each entry is {}", name_of(p.kind)));
  }
  const bool integer = p.kind == Kind::integer;
  const auto [first, last] = p.ends("range", integer);
  const double step = p.number("step", integer);
  if (step == 0 || (last != first && (last > first) != (step > 0))) {
    p.refuse("step", to_text(step),
             fmt::format("a step from {} towards {}", to_text(first), to_text(last)));
  }
  constexpr double slack = 1e-6;  // of a step: how nearly the last one must be met
  const double steps = (last - first) / step;
  if (!(steps < static_cast<double>(max_study_runs))) {
    const double count = std::floor(steps) + 1;
    p.refuse("range", (count < 1e15 ? fmt::format("{:.0f}", count) : to_text(count)) + " values",
             fmt::format("[1, {}] values", max_study_runs));
  }
  return {first, step, static_cast<I>(std::floor(steps + slack)) + 1, integer};
}

StudyAxis::Logspace read_logspace(const Progression& p) {
  if (p.kind != Kind::real) {
    p.refuse("", "a logspace",
             fmt::format("a list{}; each entry is {}", p.kind == Kind::integer ? " or a range" : "",
                         name_of(p.kind)));
  }
  const auto [first, last] = p.ends("logspace", false);
  if (!(first > 0) || !(last > 0)) {
    p.refuse("logspace", fmt::format("[{}, {}]", to_text(first), to_text(last)), "ends above 0");
  }
  return {first, last, p.whole("count", first == last ? 1 : 2, max_study_runs)};
}

// `form`: "random" or "sobol".
Sampled read_sampled(const Progression& p, const std::string& form) {
  if (p.kind != Kind::integer && p.kind != Kind::real) {
    p.refuse("", "numbers between two ends",
             fmt::format("a list; each entry is {}", name_of(p.kind)));
  }
  const toml::table& table = *p.node.as_table();
  Sampled axis;
  axis.sobol = form == "sobol";
  axis.integer = p.kind == Kind::integer;
  axis.count = p.whole(form, 1, max_study_runs);
  axis.low = p.number("low", axis.integer);
  axis.high = p.number("high", axis.integer);
  if (!(axis.low < axis.high)) {
    p.refuse("low", to_text(axis.low), fmt::format("a number below high = {}", to_text(axis.high)));
  }
  if (const toml::node* log = table.get("log")) {
    const auto value = log->value_exact<bool>();
    if (!value) {
      p.refuse("log", shown(*log), name_of(Kind::flag));
    }
    axis.log = *value;
  }
  if (axis.log && !(axis.low > 0)) {
    p.refuse("low", to_text(axis.low), "a number above 0 (log = true)");
  }
  if (table.contains("seed")) {
    axis.seed = p.whole("seed", 0, I{1} << 53);
  }
  return axis;
}

Value value_at(const StudyAxis::Range& range, I k) {
  const double value = range.first + static_cast<double>(k) * range.step;
  return range.integer ? Value(static_cast<I>(value)) : Value(rounded_to(value, 15));
}

Value value_at(const StudyAxis::Logspace& axis, I k) {
  const I gaps = axis.count - 1;
  if (k == 0 || k == gaps) {
    return k == gaps ? axis.last : axis.first;
  }
  const double low = std::log10(axis.first), high = std::log10(axis.last);
  const double exponent = (low * static_cast<double>(gaps - k) + high * static_cast<double>(k)) /
                          static_cast<double>(gaps);
  return rounded_to(std::pow(10.0, exponent), 12);
}

}  // namespace

I StudyAxis::size() const {
  return std::visit(
      [](const auto& form) {
        if constexpr (requires { form.count; }) {
          return form.count;
        } else {
          return std::ssize(form);
        }
      },
      values);
}

AxisValue StudyAxis::operator[](I k) const {
  if (const auto* list = std::get_if<std::vector<AxisValue>>(&values)) {
    return (*list)[static_cast<std::size_t>(k)];
  }
  if (const auto* range = std::get_if<Range>(&values)) {
    return {value_at(*range, k), line};
  }
  if (const auto* logspace = std::get_if<Logspace>(&values)) {
    return {value_at(*logspace, k), line};
  }
  return {grok::value_at(std::get<Sampled>(values), key, k), line};
}

double rounded_to(double value, int digits) {
  return std::strtod(fmt::format("{:.{}g}", value, digits).c_str(), nullptr);
}

std::string place_of(const std::string& file, const toml::node& node) {
  return fmt::format("{}:{}", file, node.source().begin.line);
}

std::string shown(const toml::node& node) {
  std::string text;
  append_shown(node, text);
  std::ranges::replace(text, '\n', ' ');
  return text.size() <= longest_shown ? text : text.substr(0, longest_shown - 3) + "...";
}

std::vector<std::pair<std::string, const toml::node*>> in_file_order(const toml::table& table) {
  std::vector<std::pair<std::string, const toml::node*>> entries;
  for (const auto& [key, node] : table) {
    entries.emplace_back(std::string(key.str()), &node);
  }
  std::ranges::stable_sort(entries, {}, [](const auto& entry) {
    const auto begin = entry.second->source().begin;
    return std::tuple(begin.line, begin.column);
  });
  return entries;
}

Setting read_setting(const Model& model, const std::string& file, const std::string& key,
                     const toml::node& node) {
  return {key, read_entry(file, key, node, kind_of(model, file, key, node))};
}

StudyAxis read_axis(const Model& model, const std::string& file, const std::string& key,
                    const toml::node& node) {
  const Progression p{file, key, kind_of(model, file, key, node), node};
  const I line = node.source().begin.line;
  if (const toml::array* list = node.as_array()) {
    std::vector<AxisValue> entries;
    entries.reserve(list->size());
    for (const toml::node& element : *list) {
      entries.push_back(read_entry(file, key, element, p.kind));
    }
    if (entries.empty()) {
      p.refuse("", "[]", "one or more values");
    }
    return {key, line, std::move(entries)};
  }
  // Exactly these keys, and perhaps some of `maybe`.
  const auto has = [table = node.as_table()](std::vector<std::string> keys,
                                             const std::vector<std::string>& maybe = {}) {
    if (table == nullptr) {
      return false;
    }
    std::ranges::copy_if(maybe, std::back_inserter(keys),
                         [table](const auto& name) { return table->contains(name); });
    return table->size() == keys.size() &&
           std::ranges::all_of(keys, [table](const auto& name) { return table->contains(name); });
  };
  if (has({"range", "step"})) {
    return {key, line, read_range(p)};
  }
  if (has({"logspace", "count"})) {
    return {key, line, read_logspace(p)};
  }
  if (has({"random", "low", "high", "seed"}, {"log"})) {
    return {key, line, read_sampled(p, "random")};
  }
  if (has({"sobol", "low", "high"}, {"log", "seed"})) {
    return {key, line, read_sampled(p, "sobol")};
  }
  p.refuse("", shown(node),
           "a list, { range = [a, b], step = s }, { logspace = [a, b], count = n }, { random = n, "
           "low = a, high = b, seed = s } or { sobol = n, low = a, high = b }, the last two "
           "with log = true if you like");
}

}  // namespace grok
