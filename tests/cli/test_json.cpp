#include "cli/json.hpp"

#include "nets/toy/model.hpp"

#include <cmath>
#include <limits>
#include <string>

#include "tests/support/catch.hpp"

using namespace grok;

namespace {

const double nan_value = std::numeric_limits<double>::quiet_NaN();
const double infinity = std::numeric_limits<double>::infinity();

}  // namespace

TEST_CASE("JSON numbers: doubles come back exactly, what is not finite is null", "[cli]") {
  for (const double value : {0.1, 20.0 / 3, 2.0 / 21, 1e-300, -0.0, 9007199254740993.0}) {
    const Json back = Json::parse(json_of(value).dump());
    CHECK(back.get<double>() == value);
    CHECK(std::signbit(back.get<double>()) == std::signbit(value));
  }
  CHECK(json_of(nan_value).is_null());
  CHECK(json_of(infinity).is_null());
  CHECK(json_of(-infinity).is_null());
  CHECK(json_of(std::optional<double>()).is_null());
  CHECK(json_of(std::optional<double>(2.5)) == Json(2.5));
  CHECK(json_of(std::optional<double>(nan_value)).is_null());
}

TEST_CASE("JSON estimate: value, low, high; an open end is null", "[cli]") {
  CHECK(json_of(Estimate{0.5, 0.25, 0.75}).dump() == R"({"value":0.5,"low":0.25,"high":0.75})");
  CHECK(json_of(Estimate{0.5, -infinity, infinity}).dump() ==
        R"({"value":0.5,"low":null,"high":null})");
}

TEST_CASE("JSON of a run: the keys of the run, then those of the record", "[cli]") {
  toy::RunSpec spec;
  spec.decoder_widths = {7, 9};
  spec.split_seed = 3;
  toy::Record record;
  record.steps_to_train = 12;
  record.train_loss = nan_value;
  record.validation_loss = 0.25;
  record.unique = true;
  const Run run(toy::model(), spec);
  const Json json = json_of(run, toy::outcome_of(record));

  std::vector<std::string> keys;
  for (const auto& [key, value] : json.items()) {
    keys.push_back(key);
  }
  std::vector<std::string> wanted;
  for_each_field(spec, [&](const char* key, auto&&...) { wanted.push_back(key); });
  const std::size_t of_run = wanted.size();
  for (const char* key :
       {"steps_to_train", "steps_to_validation", "steps_to_rqi", "steps_done", "phase",
        "train_accuracy", "validation_accuracy", "accuracy",     "rqi",        "predicted_accuracy",
        "train_loss",     "validation_loss",     "unique",       "nullity",    "lambda3",
        "ideal_accuracy", "ideal_rqi",           "ring",         "state",      "engine",
        "seconds"}) {
    wanted.push_back(key);
  }
  REQUIRE(of_run > 25);
  CHECK(keys == wanted);

  CHECK(json["task"] == "addition");
  CHECK(json["decoder_widths"] == Json({7, 9}));
  CHECK(json["split_seed"] == 3);
  CHECK(json["label_seed"].is_null());
  CHECK(json["decoder_rate"] == 1e-4);
  CHECK(json["steps_to_train"] == 12);
  CHECK(json["steps_to_validation"].is_null());
  CHECK(json["phase"].is_null());
  CHECK(json["train_loss"].is_null());
  CHECK(json["validation_loss"] == 0.25);
  CHECK(json["unique"] == true);
  CHECK(to_text(json).back() == '\n');
}

TEST_CASE("JSON text is UTF-8 also where a file name is not", "[cli]") {
  const Json json = {{"out", "n\xff dir"}};
  CHECK(Json::parse(to_text(json))["out"] == "n\xef\xbf\xbd dir");
}
