#include "cli/json.hpp"

#include <cmath>
#include <type_traits>

namespace grok {
Json json_of(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

Json json_of(const std::optional<double>& value) { return value ? json_of(*value) : Json(nullptr); }

Json json_of(const Value& value) {
  return std::visit(
      [](const auto& held) -> Json {
        using T = std::decay_t<decltype(held)>;
        if constexpr (std::is_same_v<T, std::monostate>) {
          return nullptr;
        } else if constexpr (std::is_same_v<T, double>) {
          return json_of(held);
        } else if constexpr (std::is_same_v<T, std::vector<double>>) {
          Json list = Json::array();
          for (const double number : held) {
            list.push_back(json_of(number));
          }
          return list;
        } else {
          return held;
        }
      },
      value);
}

Json json_of(const Estimate& estimate) {
  return {{"value", json_of(estimate.value)},
          {"low", json_of(estimate.low)},
          {"high", json_of(estimate.high)}};
}

Json json_of(const Run& run, const Outcome& outcome) {
  Json json = Json::object();
  const Model& model = run.model();
  const std::vector<Value> keys = model.row(run);
  for (std::size_t k = 0; k < keys.size(); ++k) {
    json[model.keys()[k].key] = json_of(keys[k]);
  }
  for (std::size_t k = 0; k < outcome.values().size(); ++k) {
    json[model.results()[k].key] = json_of(outcome.values()[k]);
  }
  return json;
}

// A file name need not be UTF-8, JSON must be.
Json json_of(const std::vector<Claim>& claims) {
  Json list = Json::array();
  for (const Claim& claim : claims) {
    list.push_back({{"claim", claim.statement},
                    {"source", claim.source.text},
                    {"ours", claim.source.ours},
                    {"agrees_if", claim.criterion},
                    {"published", claim.published},
                    {"here", claim.ours},
                    {"verdict", to_text(claim.verdict)},
                    {"remark", claim.remark}});
  }
  return list;
}

std::string to_text(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace grok
