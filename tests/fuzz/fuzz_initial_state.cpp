// The JSON of --initial-state, read and held against a run.
#include "cli/initial_state_json.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace grok {
namespace {

// p = 3: D0 has 6 samples, 5 outputs; decoder 1-2-4, or 1-2-5 without targets.
toy::RunSpec small_spec(const std::string& loss) {
  toy::RunSpec spec;
  spec.symbols = 3;
  spec.train = 4;
  spec.decoder_widths = {2};
  spec.loss = loss;
  if (loss == "mse") {
    spec.output_dimension = 4;
  }
  return resolve(spec, "fuzz");
}

void check_state(const std::filesystem::path& path, const toy::RunSpec& spec) {
  const InitialStateFile file = read_initial_state(path);
  for (const bool given : {true, false}) {
    expect_value_or_one_line([&] {
      const toy::InitialState state = initial_state_of(file, with_training_set(spec, file, given));
      require(state.embeddings.rows() == 3 && state.embeddings.allFinite(), "embeddings");
      require(state.decoder.size() == 2 && state.decoder[0].weight.rows() == 2, "decoder");
    });
  }
}

}  // namespace
}  // namespace grok

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const grok::InputFile file;
  static const grok::toy::RunSpec regression = grok::small_spec("mse");
  static const grok::toy::RunSpec classification = grok::small_spec("cross-entropy");
  const auto path = file.holding(data, size);
  grok::expect_value_or_one_line([&] { grok::check_state(path, regression); });
  grok::expect_value_or_one_line([&] { grok::check_state(path, classification); });
  return 0;
}
