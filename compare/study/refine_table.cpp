#include "compare/study/refine_table.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/errors.hpp"
#include "core/nearest.hpp"

namespace grok {
namespace {

using I = std::int64_t;

template <class T>
Placed<std::vector<T>> read_list(const std::string& file, const std::string& key,
                                 const toml::node& node, const char* allowed) {
  Placed<std::vector<T>> list{{}, place_of(file, node)};
  const toml::array* array = node.as_array();
  for (std::size_t k = 0; array != nullptr && k < array->size(); ++k) {
    if (const auto value = (*array)[k].value_exact<T>()) {
      list.value.push_back(*value);
    }
  }
  if (array == nullptr || array->size() != 2 || list.value.size() != 2) {
    reject(list.place, "refine." + key, shown(node), allowed);
  }
  return list;
}

Placed<double> read_share(const std::string& file, const toml::node& node) {
  const std::string place = place_of(file, node);
  const auto value = node.is_number() ? node.value<double>() : std::nullopt;
  if (!value || !(*value > 0 && *value <= 1)) {
    reject(place, "refine.share", shown(node), "a number in (0, 1]");
  }
  return {*value, place};
}

void require_monotone(const std::string& place, const StudyAxis& axis) {
  if (std::holds_alternative<Sampled>(axis.values)) {
    reject(place, "refine.axes", fmt::format("'{}'", axis.key),
           "a key of [axes] with numbers that ascend or descend (its are random, in no order)");
  }
  bool ascends = true, descends = true;
  const std::optional<double> first = number_in(axis[0].value);
  double before = first.value_or(0);
  for (I k = 1; k < axis.size() && first; ++k) {
    const double here = number_in(axis[k].value).value();
    ascends = ascends && before < here;
    descends = descends && before > here;
    before = here;
  }
  if (!first || !(ascends || descends)) {
    reject(place, "refine.axes", fmt::format("'{}'", axis.key),
           "a key of [axes] with numbers that ascend or descend");
  }
}

const StudyAxis& axis_for(const Model& model, const Placed<std::vector<std::string>>& keys,
                          const std::string& key, std::span<const StudyAxis> axes,
                          std::span<const StudyAxis> zip) {
  const auto found = std::ranges::find(axes, key, &StudyAxis::key);
  if (found == axes.end()) {
    const bool zipped = std::ranges::find(zip, key, &StudyAxis::key) != zip.end();
    reject(keys.place, "refine.axes", fmt::format("'{}'", key),
           zipped ? "two keys of [axes] (this one is in [zip])" : "two keys of [axes]");
  }
  if (is_seed(model, key)) {
    reject(keys.place, "refine.axes", fmt::format("'{}'", key), "two keys of [axes], no seed");
  }
  require_monotone(keys.place, *found);
  return *found;
}

std::array<I, 2> checked_strides(const Placed<std::vector<I>>& strides, const std::string& key,
                                 const std::array<I, 2>& most) {
  for (const std::size_t k : {0, 1}) {
    require_in_range(strides.place, fmt::format("refine.{}[{}]", key, k), strides.value[k], I{1},
                     most[k]);
  }
  return {strides.value[0], strides.value[1]};
}

}  // namespace

RefineTable read_refine_table(const std::string& file, const toml::table& table) {
  RefineTable result;
  result.place = place_of(file, table);
  for (const auto& [key, node] : in_file_order(table)) {
    if (key == "axes") {
      result.axes = read_list<std::string>(file, key, *node, "two keys of [axes]");
    } else if (key == "start" || key == "stop") {
      (key == "start" ? result.start : result.stop) =
          read_list<I>(file, key, *node, "two integers, one for each axis");
    } else if (key == "share") {
      result.share = read_share(file, *node);
    } else {
      reject(place_of(file, *node), "key", fmt::format("'{}'", key),
             allowed_names(key, std::vector<std::string>{"axes", "start", "stop", "share"}));
    }
  }
  return result;
}

RefineTable replaced(RefineTable base, const RefineTable& over) {
  const auto replace = [](auto& mine, const auto& theirs) {
    if (theirs) {
      mine = theirs;
    }
  };
  base.place = over.place;
  replace(base.axes, over.axes);
  replace(base.start, over.start);
  replace(base.stop, over.stop);
  replace(base.share, over.share);
  return base;
}

RefineSpec checked_refine(const Model& model, const RefineTable& table,
                          std::span<const StudyAxis> axes, std::span<const StudyAxis> zip) {
  if (!table.axes) {
    reject(table.place, "refine.axes", "nothing", "two keys of [axes]");
  }
  if (!table.start) {
    reject(table.place, "refine.start", "nothing", "two strides, of the coarse grid");
  }
  const std::vector<std::string>& keys = table.axes->value;
  if (keys[0] == keys[1]) {
    reject(table.axes->place, "refine.axes", fmt::format("'{}' twice", keys[0]),
           "two keys of [axes]");
  }
  RefineSpec spec;
  std::array<I, 2> most{};
  for (const std::size_t k : {0, 1}) {
    spec.axes[k] = keys[k];
    most[k] = std::max<I>(1, axis_for(model, *table.axes, keys[k], axes, zip).size() - 1);
  }
  spec.strides.start = checked_strides(*table.start, "start", most);
  spec.strides.stop = {1, 1};
  if (table.stop) {
    spec.strides.stop = checked_strides(*table.stop, "stop", spec.strides.start);
  }
  spec.share = table.share ? table.share->value : RefineSpec{}.share;
  return spec;
}

}  // namespace grok
