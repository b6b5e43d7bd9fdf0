#include "cli/initial_state_json.hpp"

#include "core/errors.hpp"
#include "tests/cli/command.hpp"
#include "tests/cli/state_file.hpp"
#include "tests/support/catch.hpp"
#include "theory/training_set.hpp"

using namespace grok;

namespace {

// p = 3: D0 has 6 samples, 5 outputs; decoder 1-2-4, targets of 4 numbers.
toy::RunSpec small_spec() {
  toy::RunSpec spec;
  spec.symbols = 3;
  spec.train = 4;
  spec.decoder_widths = {2};
  spec.output_dimension = 4;
  return resolve(spec, "test");
}

nlohmann::json good_file() { return state_json(draw_initial_state(small_spec())); }

// What reading and fitting says of a file, "" if nothing.
std::string complaint(const Scratch& scratch, const std::string& text, toy::RunSpec spec,
                      bool given = true) {
  const auto path = scratch.write("state.json", text);
  try {
    const InitialStateFile file = read_initial_state(path);
    spec = with_training_set(spec, file, given);
    initial_state_of(file, spec);
  } catch (const InputError& error) {
    std::string message = error.what();
    const std::string folder = scratch.folder().string() + "/";
    for (auto at = message.find(folder); at != std::string::npos; at = message.find(folder)) {
      message.erase(at, folder.size());
    }
    return message;
  }
  return "";
}

}  // namespace

TEST_CASE("initial state: what was written is read, bit for bit", "[cli]") {
  const Scratch scratch("initial-state");
  const toy::RunSpec spec = small_spec();
  const toy::InitialState state = draw_initial_state(spec);
  const auto path = scratch.write("state.json", state_json(state).dump());
  const InitialStateFile file = read_initial_state(path);
  const toy::InitialState back = initial_state_of(file, with_training_set(spec, file, true));
  CHECK(back.train == state.train);
  CHECK(back.embeddings == state.embeddings);
  CHECK(back.labels == state.labels);
  REQUIRE(back.decoder.size() == 2);
  for (std::size_t l = 0; l < 2; ++l) {
    CHECK(back.decoder[l].weight == state.decoder[l].weight);
    CHECK(back.decoder[l].bias == state.decoder[l].bias);
  }
}

TEST_CASE("initial state: rows are symbols, outputs, neurons; D comes in any order", "[cli]") {
  const Scratch scratch("initial-state");
  auto json = good_file();
  json["train"] = {{2, 1}, {0, 0}, {1, 1}, {0, 2}};
  json["embeddings"] = {{0.25}, {-1}, {3e-2}};
  const auto path = scratch.write("state.json", json.dump());
  const InitialStateFile file = read_initial_state(path);
  CHECK(file.train->front() == Sample{2, 1});
  const toy::RunSpec spec = with_training_set(small_spec(), file, false);
  CHECK(spec.train == 4);
  const toy::InitialState state = initial_state_of(file, spec);
  CHECK(state.train == std::vector<Sample>{{0, 0}, {0, 2}, {1, 1}, {1, 2}});
  CHECK(state.embeddings == Eigen::Vector3d(0.25, -1, 0.03));
  CHECK(state.labels.rows() == 5);
  CHECK(state.labels.cols() == 4);
  CHECK(state.decoder[1].weight.rows() == 4);
  CHECK(state.decoder[1].weight.cols() == 2);
  CHECK(state.decoder[1].weight(3, 1) == json["decoder"][1]["weight"][3][1].get<double>());
}

TEST_CASE("initial state: every fault says file, key, found and allowed", "[cli]") {
  const Scratch scratch("initial-state");
  const toy::RunSpec spec = small_spec();
  const auto check = [&](const std::string& pointer, const nlohmann::json& value,
                         const std::string& message) {
    auto json = good_file();
    json[nlohmann::json::json_pointer(pointer)] = value;
    CAPTURE(pointer, value.dump());
    CHECK_THAT(complaint(scratch, json.dump(), spec), ContainsSubstring(message));
  };
  CHECK(complaint(scratch, good_file().dump(), spec).empty());  // the faults are in the changes

  check("/embeddings", {{1}, {2}}, "state.json: embeddings = 2 x 1, allowed 3 x 1");
  check("/embeddings/1", {1, 2}, "state.json: embeddings[1] = 2 numbers, allowed 1 as in row 0");
  check("/embeddings/2/0", "x", "state.json: embeddings[2][0] = string, allowed a number");
  check("/embeddings/2/0", nullptr, "state.json: embeddings[2][0] = null, allowed a number");
  check("/embeddings/2", 7, "state.json: embeddings[2] = number, allowed an array of numbers");
  check("/embeddings", nlohmann::json::array(), "state.json: embeddings = [], allowed an array");
  check("/labels", {{1, 2, 3, 4}}, "state.json: labels = 1 x 4, allowed 5 x 4");
  check("/decoder", nlohmann::json::array(), "state.json: decoder = [], allowed an array");
  check("/decoder/0/weight", {{1}}, "state.json: decoder[0].weight = 1 x 1, allowed 2 x 1");
  check("/decoder/1/bias", {1, 2}, "state.json: decoder[1].bias = 2 x 1, allowed 4 x 1");
  check("/decoder/1/bias/3", false, "decoder[1].bias[3] = boolean, allowed a number");
  check("/decoder/0/gain", 1, "state.json: decoder[0] = unknown key 'gain', allowed weight, bias");
  check("/decoder/0", 1, "decoder[0] = number, allowed an object with weight, bias");
  check("/biases", 1, "state.json: content = unknown key 'biases', allowed train, embeddings");
  check("/train/1", {0, 1, 2}, "state.json: train[1] = 3 numbers, allowed a pair [i, j]");
  check("/train/1", 3, "state.json: train[1] = number, allowed a pair [i, j]");
  check("/train/1/0", 0.5, "state.json: train[1][0] = 0.5, allowed an integer");
  check("/train/1/0", "0", "state.json: train[1][0] = string, allowed an integer");
  check("/train/1/0", -1, "state.json: train[1][0] = -1, allowed a symbol of the task");
  check("/train/1/0", 18446744073709551615ULL, "train[1][0] = 18446744073709551615, allowed");
  check("/train/1/1", 3, "state.json: train[1]: symbol = 3, allowed [0, 2]");
  check("/train", {{0, 0}, {0, 1}, {1, 1}}, "state.json: train = 3 samples, allowed 4");
  check("/train", {{0, 0}, {0, 1}, {1, 0}, {2, 2}},
        "train[2]: pair = (1,0), allowed each pair once");
}

TEST_CASE("initial state: missing keys, doubled keys, broken text", "[cli]") {
  const Scratch scratch("initial-state");
  const toy::RunSpec spec = small_spec();
  for (const char* key : {"train", "embeddings", "labels", "decoder"}) {
    auto json = good_file();
    json.erase(key);
    CHECK_THAT(complaint(scratch, json.dump(), spec),
               ContainsSubstring(std::string("state.json: ") + key + " = nothing, allowed"));
  }
  auto json = good_file();
  json["decoder"][1].erase("bias");
  CHECK_THAT(complaint(scratch, json.dump(), spec),
             ContainsSubstring("state.json: decoder[1].bias = nothing, allowed weight and bias"));
  std::string doubled = good_file().dump();
  doubled.insert(1, R"("train": [[0, 0]], )");
  CHECK_THAT(complaint(scratch, doubled, spec),
             ContainsSubstring("state.json: key = 'train' twice"));
  CHECK_THAT(complaint(scratch, "{\"train\": [", spec), ContainsSubstring("parse error at line 1"));
  CHECK_THAT(complaint(scratch, "", spec), ContainsSubstring("state.json (empty), allowed"));
  CHECK_THAT(complaint(scratch, "[1]", spec), ContainsSubstring("content = array, allowed an obj"));
  for (const std::string& number : {std::string("1e-400"), std::string("-1e-400"),
                                    std::string("1e400"), std::string(400, '9')}) {
    CAPTURE(number);
    CHECK_THAT(
        complaint(scratch, R"({"train": [[0, 0]], "embeddings": [[0.0],[)" + number + "]]}", spec),
        ContainsSubstring("embeddings = " + number.substr(0, 100)));
    CHECK_THAT(complaint(scratch, R"({"embeddings": [[)" + number + "]]}", spec),
               ContainsSubstring(", allowed 0, or a size in [4.9e-324, 1.8e+308]"));
  }
  CHECK_THROWS_WITH(
      read_initial_state(scratch / "absent.json"),
      ContainsSubstring("absent.json (No such file or directory), allowed a readable JSON file"));
}

TEST_CASE("initial state: cross-entropy has no labels; a pairs file must agree", "[cli]") {
  const Scratch scratch("initial-state");
  toy::RunSpec spec;
  spec.symbols = 3;
  spec.train = 4;
  spec.decoder_widths = {2};
  spec.loss = "cross-entropy";
  const toy::RunSpec resolved = resolve(spec, "test");
  auto json = state_json(draw_initial_state(resolved));
  REQUIRE(!json.contains("labels"));
  CHECK(complaint(scratch, json.dump(), resolved).empty());
  json["labels"] = {{1, 2}};
  CHECK_THAT(complaint(scratch, json.dump(), resolved),
             ContainsSubstring("labels = 1 x 2, allowed nothing (loss = cross-entropy)"));

  toy::RunSpec listed = small_spec();
  listed.pairs = scratch.write("pairs.csv", "0,0\n0,1\n1,1\n2,2\n").string();
  auto other = good_file();
  other["train"] = {{0, 0}, {0, 1}, {1, 1}, {2, 2}};
  CHECK(complaint(scratch, other.dump(), listed).empty());
  other["train"] = {{0, 0}, {0, 1}, {1, 1}, {1, 2}};
  CHECK_THAT(complaint(scratch, other.dump(), listed),
             ContainsSubstring("train = other samples, allowed those of pairs.csv"));
}

TEST_CASE("initial state: what is too deep, too large or no file is refused", "[cli]") {
  const Scratch scratch("initial-state");
  const toy::RunSpec spec = small_spec();
  const std::string nesting = "state.json: nesting = 6 or more levels, allowed at most 5";
  CHECK(complaint(scratch, R"({"decoder": [{"weight": [[[1]]]}]})", spec) == nesting);
  CHECK(complaint(scratch, std::string(1'000'000, '['), spec) == nesting);
  std::string objects, ragged = R"({"embeddings": [[0)";
  for (int k = 1; k < 100'000; ++k) {
    objects += R"({"a":)";
    ragged += ",0";
  }
  CHECK(complaint(scratch, objects, spec) == nesting);
  ragged += "]";
  for (int k = 1; k < 100'000; ++k) {
    ragged += ",[0]";
  }
  CHECK(complaint(scratch, ragged + "]}", spec) ==  // 80 GB as a matrix
        "state.json: embeddings[1] = 1 numbers, allowed 100000 as in row 0");
  const auto large = scratch.write("state.json", "{}");
  std::filesystem::resize_file(large, (64U << 20) + 1);
  CHECK_THROWS_WITH(read_initial_state(large),
                    ContainsSubstring("size = 67108865 bytes, allowed at most 67108864 bytes"));
  CHECK_THROWS_WITH(
      read_initial_state("/dev/zero"),
      ContainsSubstring("/dev/zero (a device, pipe or socket), allowed a regular file"));
}

TEST_CASE("initial state: messages stay short and on one line", "[cli]") {
  const Scratch scratch("initial-state");
  const toy::RunSpec spec = small_spec();
  const std::string letters(100'000, 'x'), newlines(100'000, '\n');
  for (const std::string& text :
       {std::string(R"({"a\nb": 1})"), R"({"train": ")" + letters, "{\"" + newlines + "\": 1}",
        std::string("\x1b[31m"), "{\"" + letters + "\": 1}"}) {
    const std::string message = complaint(scratch, text, spec);
    CAPTURE(message.substr(0, 300));
    CHECK(!message.empty());
    CHECK(message.size() < 500);
    CHECK_FALSE(has_control_characters(message));
  }
}
