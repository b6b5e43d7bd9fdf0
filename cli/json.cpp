#include "cli/json.hpp"

#include <cmath>
#include <type_traits>

namespace grok {
namespace {

template <class T>
struct IsOptional : std::false_type {};
template <class T>
struct IsOptional<std::optional<T>> : std::true_type {};

template <class T>
Json json_of_field(const T& value) {
  if constexpr (IsOptional<T>::value) {
    return value ? json_of_field(*value) : Json(nullptr);
  } else if constexpr (std::is_floating_point_v<T>) {
    return json_of(value);
  } else {
    return Json(value);
  }
}

}  // namespace

Json json_of(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

Json json_of(const std::optional<double>& value) { return json_of_field(value); }

Json json_of(const Estimate& estimate) {
  return {{"value", json_of(estimate.value)},
          {"low", json_of(estimate.low)},
          {"high", json_of(estimate.high)}};
}

Json json_of(const RunSpec& resolved, const Record& record) {
  Json json = Json::object();
  for_each_field(resolved, [&json](const char* key, const auto& value, const auto&, const char*) {
    json[key] = json_of_field(value);
  });
  for_each_record_field(
      record, [&json](const char* key, const auto& value) { json[key] = json_of_field(value); });
  return json;
}

// A file name need not be UTF-8, JSON must be.
std::string to_text(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace grok
