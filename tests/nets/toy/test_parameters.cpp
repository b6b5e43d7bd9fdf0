#include "nets/toy/parameters.hpp"

#include <cstring>
#include <functional>

#include "core/errors.hpp"
#include "nets/toy/model.hpp"
#include "nets/toy/train.hpp"
#include "tests/support/catch.hpp"

namespace grok::toy {
namespace {

RunSpec trained_spec(const std::string& precision = "float32", const std::string& loss = "mse") {
  RunSpec spec;
  spec.precision = precision;
  spec.loss = loss;
  spec.symbols = 6;
  spec.train = 15;
  spec.representation_dimension = 2;
  spec.decoder_widths = {7, 5};
  spec.steps = 30;
  spec.stop = "budget";
  return resolve(spec, "test");
}

void check_equal(const InitialState& a, const InitialState& b) {
  CHECK(a.train == b.train);
  CHECK(a.embeddings == b.embeddings);
  CHECK(a.labels == b.labels);
  REQUIRE(a.decoder.size() == b.decoder.size());
  for (std::size_t l = 0; l < a.decoder.size(); ++l) {
    CHECK(a.decoder[l].weight == b.decoder[l].weight);
    CHECK(a.decoder[l].bias == b.decoder[l].bias);
  }
}

/// Why the bytes are refused.
std::string refusal(const RunSpec& spec, const std::string& bytes) {
  try {
    unpacked_parameters(spec, bytes, "here");
  } catch (const Error& error) {
    return error.what();
  }
  return "none";
}

void check_refused(const RunSpec& spec, const std::string& bytes) {
  CHECK_THAT(refusal(spec, bytes),
             Catch::Matchers::StartsWith("here: parameters: none of this run ("));
}

// The header of the last matrix of a spec's bytes (the last bias): rows, columns, how many.
std::string with_last_header(const RunSpec& spec, std::string bytes,
                             const std::vector<std::int64_t>& header) {
  const std::size_t real = spec.precision == "float64" ? 8 : 4;
  const std::size_t numbers = static_cast<std::size_t>(*spec.output_dimension) * real;
  std::memcpy(bytes.data() + bytes.size() - numbers - 24, header.data(), 24);
  return bytes;
}

TEST_CASE("parameters: a trained network comes back bit for bit", "[nets][parameters]") {
  for (const std::string precision : {"float32", "float64"}) {
    for (const std::string loss : {"mse", "cross-entropy", "hinge"}) {
      const RunSpec spec = trained_spec(precision, loss);
      const InitialState trained = train_traced(spec, 0).trained;
      const std::string bytes = packed_parameters(spec, trained);
      CAPTURE(precision, loss);
      CHECK((trained.labels.size() > 0) == (loss == "mse"));
      check_equal(unpacked_parameters(spec, bytes, "here"), trained);
    }
  }
  RunSpec bare = trained_spec();
  bare.decoder_widths = {};
  bare.targets = "one-hot";
  bare.output_dimension.reset();
  bare = resolve(bare, "test");
  const InitialState trained = train_traced(bare, 0).trained;
  check_equal(unpacked_parameters(bare, packed_parameters(bare, trained), "here"), trained);
}

TEST_CASE("parameters: float32 networks take four bytes a number, targets eight",
          "[nets][parameters]") {
  const RunSpec single = trained_spec("float32"), wide = trained_spec("float64");
  const std::size_t numbers = 6 * 2 + 7 * (2 + 1) + 5 * (7 + 1) + 30 * (5 + 1);
  const std::size_t targets = 11 * 30, samples = 15, matrices = 8;
  const std::size_t around = 8 + samples * sizeof(Sample) + 8 + matrices * 24 + 8 * targets;
  CHECK(packed_parameters(single, draw_initial_state(single)).size() == around + 4 * numbers);
  CHECK(packed_parameters(wide, draw_initial_state(wide)).size() == around + 8 * numbers);
}

TEST_CASE("parameters: bytes that are cut, too many or of another run are refused",
          "[nets][parameters][errors]") {
  for (const std::string precision : {"float32", "float64"}) {
    const RunSpec spec = trained_spec(precision);
    const std::string bytes = packed_parameters(spec, draw_initial_state(spec));
    REQUIRE(refusal(spec, bytes) == "none");
    for (std::size_t length = 0; length < bytes.size(); length += length < 400 ? 1 : 37) {
      check_refused(spec, bytes.substr(0, length));
    }
    check_refused(spec, bytes.substr(0, bytes.size() - 1));
    check_refused(spec, bytes + '\0');

    RunSpec other = trained_spec(precision == "float32" ? "float64" : "float32");
    check_refused(other, bytes);
    const std::vector<std::function<void(RunSpec&)>> changes = {
        [](RunSpec& s) { s.symbols = 7; },
        [](RunSpec& s) { s.train = 14; },
        [](RunSpec& s) { s.representation_dimension = 1; },
        [](RunSpec& s) { s.output_dimension = 29; },
        [](RunSpec& s) { s.decoder_widths = {7}; },
        [](RunSpec& s) {
          s.decoder_widths = {5, 7};
        },
        [](RunSpec& s) {
          s.decoder_widths = {7, 5, 5};
        },
        [](RunSpec& s) {
          s.loss = "hinge";
          s.output_dimension.reset();
        }};
    for (const auto& change : changes) {
      other = spec;
      change(other);
      check_refused(resolve(other, "test"), bytes);
    }
  }
}

TEST_CASE("parameters: a matrix of other rows and columns is refused",
          "[nets][parameters][errors]") {
  const RunSpec spec = trained_spec();
  const std::string bytes = packed_parameters(spec, draw_initial_state(spec));
  REQUIRE(refusal(spec, with_last_header(spec, bytes, {30, 1, 30})) == "none");
  constexpr std::int64_t large = std::int64_t{1} << 62;
  const std::vector<std::vector<std::int64_t>> headers = {
      {1, 30, 30}, {15, 2, 30},    {31, 1, 30},   {-30, -1, 30},     {30, 1, 29},  {30, 0, 30},
      {0, 0, 0},   {30, 1, large}, {large, 4, 0}, {large, 1, large}, {30, 1, -30}, {0, 1, 30}};
  for (const auto& header : headers) {
    CAPTURE(header);
    check_refused(spec, with_last_header(spec, bytes, header));
  }
}

TEST_CASE("parameters: those a run leaves are its network at the last step",
          "[nets][parameters][train]") {
  std::vector<RunSpec> specs;
  for (const std::string precision : {"float32", "float64"}) {
    for (const std::string loss : {"mse", "cross-entropy"}) {
      specs.push_back(trained_spec(precision, loss));
    }
  }
  std::vector<std::vector<Artefact>> kept(specs.size());
  TrainOptions options;
  options.workers = cpu_workers(2);
  options.keep = {parameters_name};
  options.finished = [&](std::size_t k, const Finished& f) { kept[k] = f.artefacts; };
  const std::vector<Run> runs = runs_of(specs);
  train_each(runs, options);
  for (std::size_t k = 0; k < specs.size(); ++k) {
    const TracedRun run = train_traced(specs[k], 0);
    REQUIRE(kept[k].size() == 1);
    CHECK(kept[k][0].name == "parameters");
    CHECK(kept[k][0].step == run.record.steps_done);
    const InitialState state = unpacked_parameters(specs[k], kept[k][0].bytes, "here");
    check_equal(state, run.trained);
    CHECK_NOTHROW(check_initial_state(state, specs[k], "here"));
    const TracedRun again = train_traced(specs[k], 1, &state);
    CHECK(again.trajectory[0].train_loss == run.record.train_loss);
  }
  options.keep.clear();
  options.finished = [&](std::size_t k, const Finished& f) { kept[k] = f.artefacts; };
  train_each(runs, options);
  CHECK(kept[0].empty());  // not asked for
}

}  // namespace
}  // namespace grok::toy
