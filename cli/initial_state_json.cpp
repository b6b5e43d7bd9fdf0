#include "cli/initial_state_json.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <set>

#include "core/csv.hpp"
#include "core/errors.hpp"
#include "core/numbers.hpp"
#include "theory/training_set.hpp"

namespace grok {
namespace {

using nlohmann::json;

/// A place in the file, for messages.
struct Place {
  const std::string& file;
  std::string key;
  Place operator[](std::size_t k) const { return {file, fmt::format("{}[{}]", key, k)}; }
  Place member(const char* name) const { return {file, key + "." + name}; }
};

[[noreturn]] void refuse(const Place& place, const std::string& found, const std::string& allowed) {
  reject(place.file, place.key, found, allowed);
}

const json& array_at(const json& value, const Place& place, const char* allowed) {
  if (!value.is_array()) {
    refuse(place, value.type_name(), allowed);
  }
  if (value.empty()) {
    refuse(place, "[]", allowed);
  }
  return value;
}

double number_at(const json& value, const Place& place) {
  if (!value.is_number()) {
    refuse(place, value.type_name(), "a number");
  }
  return value.get<double>();
}

Eigen::VectorXd vector_at(const json& value, const Place& place) {
  array_at(value, place, "an array of numbers");
  Eigen::VectorXd vector(static_cast<Index>(value.size()));
  for (std::size_t k = 0; k < value.size(); ++k) {
    vector[static_cast<Index>(k)] = number_at(value[k], place[k]);
  }
  return vector;
}

Eigen::MatrixXd matrix_at(const json& value, const Place& place) {
  array_at(value, place, "an array of rows of numbers");
  // All rows before the matrix: rows times the length of one could be far more than the file holds
  for (std::size_t r = 0; r < value.size(); ++r) {
    array_at(value[r], place[r], "an array of numbers");
    if (value[r].size() != value[0].size()) {
      refuse(place[r], fmt::format("{} numbers", value[r].size()),
             fmt::format("{} as in row 0", value[0].size()));
    }
  }
  Eigen::MatrixXd matrix(static_cast<Index>(value.size()), static_cast<Index>(value[0].size()));
  for (std::size_t r = 0; r < value.size(); ++r) {
    matrix.row(static_cast<Index>(r)) = vector_at(value[r], place[r]).transpose();
  }
  return matrix;
}

std::int32_t symbol_at(const json& value, const Place& place) {
  if (!value.is_number_integer()) {
    refuse(place, value.is_number() ? value.dump() : value.type_name(), "an integer");
  }
  const auto symbol = value.is_number_unsigned() && value.get<std::uint64_t>() > max_symbols
                          ? max_symbols
                          : value.get<std::int64_t>();
  if (symbol < 0 || symbol >= max_symbols) {
    refuse(place, value.dump(), "a symbol of the task");
  }
  return static_cast<std::int32_t>(symbol);
}

std::vector<Sample> samples_at(const json& value, const Place& place) {
  std::vector<Sample> samples;
  array_at(value, place, "an array of pairs [i, j]");
  for (std::size_t k = 0; k < value.size(); ++k) {
    if (!value[k].is_array() || value[k].size() != 2) {
      refuse(
          place[k],
          value[k].is_array() ? fmt::format("{} numbers", value[k].size()) : value[k].type_name(),
          "a pair [i, j]");
    }
    samples.push_back({symbol_at(value[k][0], place[k][0]), symbol_at(value[k][1], place[k][1])});
  }
  return samples;
}

void require_keys(const json& value, const Place& place, const std::set<std::string>& known,
                  const char* allowed) {
  if (!value.is_object()) {
    refuse(place, value.type_name(), fmt::format("an object with {}", allowed));
  }
  for (const auto& [key, ignored] : value.items()) {
    if (!known.contains(key)) {
      refuse(place, fmt::format("unknown key '{}'", key), allowed);
    }
  }
}

std::vector<toy::Layer> layers_at(const json& value, const Place& place) {
  std::vector<toy::Layer> layers;
  array_at(value, place, "an array of layers");
  for (std::size_t k = 0; k < value.size(); ++k) {
    require_keys(value[k], place[k], {"weight", "bias"}, "weight, bias");
    for (const char* key : {"weight", "bias"}) {
      if (!value[k].contains(key)) {
        refuse(place[k].member(key), "nothing", "weight and bias for every layer");
      }
    }
    layers.push_back({matrix_at(value[k]["weight"], place[k].member("weight")),
                      vector_at(value[k]["bias"], place[k].member("bias"))});
  }
  return layers;
}

// What the parser makes 0 of, or calls a syntax error: numbers that no double holds. Everything
// else is for the parser to say.
class NumberCheck : public nlohmann::json_sax<json> {
 public:
  explicit NumberCheck(const std::string& file) : file_(file) {}
  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(std::int64_t) override { return true; }
  bool number_unsigned(std::uint64_t) override { return true; }
  bool number_float(double, const std::string& text) override {
    require(text);
    return true;
  }
  bool string(std::string&) override { return true; }
  bool binary(json::binary_t&) override { return true; }
  bool start_object(std::size_t) override { return true; }
  bool key(std::string& name) override {
    key_ = name;
    return true;
  }
  bool end_object() override { return true; }
  bool start_array(std::size_t) override { return true; }
  bool end_array() override { return true; }
  bool parse_error(std::size_t, const std::string& last,
                   const nlohmann::json::exception&) override {
    require(last);  // 1e400
    return false;
  }

 private:
  void require(const std::string& text) const {
    if (!fits_double(text)) {
      reject(file_, key_, text, doubles_allowed());
    }
  }
  const std::string& file_;
  std::string key_;
};

// The parser keeps the last of two equal keys and says nothing; this says it. Nor does it mind how
// deep a file is.
json parse(const std::string& text, const std::string& file) {
  std::vector<std::set<std::string>> keys;
  const auto watch = [&](int depth, json::parse_event_t event, json& parsed) {
    if (depth >= max_json_depth &&
        (event == json::parse_event_t::object_start || event == json::parse_event_t::array_start)) {
      reject(file, "nesting", fmt::format("{} or more levels", depth + 1),
             fmt::format("at most {}", max_json_depth));
    }
    if (event == json::parse_event_t::object_start) {
      keys.emplace_back();
    } else if (event == json::parse_event_t::object_end) {
      keys.pop_back();
    } else if (event == json::parse_event_t::key &&
               !keys.back().insert(parsed.get<std::string>()).second) {
      reject(file, "key", "'" + parsed.get<std::string>() + "' twice", "once");
    }
    return true;
  };
  NumberCheck check(file);
  json::sax_parse(text, &check);
  try {
    return json::parse(text, watch);
  } catch (const json::exception& error) {
    const std::string what = error.what();  // "[json.exception...] parse error at line 1, ..."
    reject(file, "syntax", what.substr(what.find("] ") + 2), "JSON");
  }
}

void require_present(bool present, const InitialStateFile& file, const char* key) {
  if (!present) {
    reject(file.path.string(), key, "nothing", "train, embeddings, labels (loss mse), decoder");
  }
}

}  // namespace

InitialStateFile read_initial_state(const std::filesystem::path& path) {
  const std::string file = path.string();
  const json root = parse(read_file(path, max_json_bytes, "a readable JSON file"), file);
  require_keys(root, {file, "content"}, {"train", "embeddings", "labels", "decoder"},
               "train, embeddings, labels, decoder");
  InitialStateFile state;
  state.path = path;
  if (root.contains("train")) {
    state.train = samples_at(root["train"], {file, "train"});
  }
  if (root.contains("embeddings")) {
    state.embeddings = matrix_at(root["embeddings"], {file, "embeddings"});
  }
  if (root.contains("labels")) {
    state.labels = matrix_at(root["labels"], {file, "labels"});
  }
  if (root.contains("decoder")) {
    state.decoder = layers_at(root["decoder"], {file, "decoder"});
  }
  return state;
}

toy::RunSpec with_training_set(toy::RunSpec spec, const InitialStateFile& file, bool given) {
  const std::string where = file.path.string();
  require_present(file.train.has_value(), file, "train");
  if (!given) {
    spec.train = 1;  // any size that is allowed: the file's follows
    spec.pairs.clear();
    spec.pair_list.clear();
    spec.train_fraction.reset();
  }
  spec = resolve(spec, given ? "train" : where);
  const auto train = canonical_training_set(task_of(spec), *file.train, where + ": train");
  if (given && std::ssize(train) != spec.train) {
    reject(where, "train", fmt::format("{} samples", train.size()), fmt::format("{}", spec.train));
  }
  if (given && !spec.pair_list.empty() && train != spec.pair_list) {
    reject(where, "train", "other samples", "those of " + spec.pairs);
  }
  spec.pair_list = train;
  spec.train_fraction.reset();  // they are as many as it says
  return resolve(spec, where);
}

toy::InitialState initial_state_of(const InitialStateFile& file, const toy::RunSpec& resolved) {
  const std::string where = file.path.string();
  require_present(file.embeddings.has_value(), file, "embeddings");
  require_present(file.decoder.has_value(), file, "decoder");
  if (resolved.loss == "mse") {
    require_present(file.labels.has_value(), file, "labels");
  } else if (file.labels) {
    reject(where, "labels", fmt::format("{} x {}", file.labels->rows(), file.labels->cols()),
           fmt::format("nothing (loss = {})", resolved.loss));
  }
  const toy::InitialState state{training_set_of(resolved), *file.embeddings,
                                file.labels.value_or(Eigen::MatrixXd()), *file.decoder};
  check_initial_state(state, resolved, where);
  return state;
}

}  // namespace grok
