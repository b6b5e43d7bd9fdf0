// tests/cli/state_file.hpp: an initial state as the JSON that --initial-state reads.
#pragma once

#include <nlohmann/json.hpp>
#include <vector>

#include "nets/toy/initial_state.hpp"

namespace grok {

inline nlohmann::json rows_json(const Eigen::MatrixXd& matrix) {
  auto rows = nlohmann::json::array();
  for (Index r = 0; r < matrix.rows(); ++r) {
    rows.push_back(nlohmann::json::array());
    for (Index c = 0; c < matrix.cols(); ++c) {
      rows.back().push_back(matrix(r, c));
    }
  }
  return rows;
}

inline nlohmann::json state_json(const toy::InitialState& state) {
  nlohmann::json json;
  for (const Sample s : state.train) {
    json["train"].push_back({s.i, s.j});
  }
  json["embeddings"] = rows_json(state.embeddings);
  if (state.labels.size() > 0) {
    json["labels"] = rows_json(state.labels);
  }
  for (const toy::Layer& layer : state.decoder) {
    json["decoder"].push_back(
        {{"weight", rows_json(layer.weight)},
         {"bias", std::vector<double>(layer.bias.begin(), layer.bias.end())}});
  }
  return json;
}

}  // namespace grok
