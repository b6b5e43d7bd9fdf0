// groktheory referee, on networks that train in milliseconds.
#include <sstream>

#include "tests/cli/command.hpp"

namespace grok {
namespace {

constexpr const char* small_study = R"(name = "small"
source = "test"
[run]
task = "addition"
symbols = 5
train = 12
decoder_widths = [16]
output_dimension = 4
steps = 300
[axes]
representation_rate = [1e-3, 1e-2]
decoder_rate = [1e-3, 1e-2]
seed = [0, 1, 2]
)";

/// A part of the text, from a title to the next one.
std::pair<std::size_t, std::size_t> part_of(const std::string& text, const std::string& title,
                                            const std::string& next) {
  const auto from = text.find(title), to = text.find(next, from);
  REQUIRE(from != std::string::npos);
  REQUIRE(to != std::string::npos);
  return {from, to - from};
}

/// Without what forecasts cost, which is of the machine: a table, and the last column of another.
std::string without_costs(std::string text, const std::string& next) {
  const auto [from, length] = part_of(text, "What a forecast costs", next);
  text.erase(from, length);
  const auto [first, size] = part_of(text, "Will it get there\n", "Who is told");
  std::istringstream lines(text.substr(first, size));
  std::string kept;
  for (std::string line; std::getline(lines, line);) {
    const auto end = line.find_last_not_of(' ');
    kept += line.substr(0, line.rfind(line.starts_with("|") ? " | " : "  ", end)) + '\n';
  }
  return text.replace(first, size, kept);
}

TEST_CASE("referee: one command trains, scores, draws and writes the page", "[cli][gnuplot]") {
  const Here here("referee");
  here.files.write("small.toml", small_study);
  const CommandOutput text =
      run_line("referee small.toml --store runs.db --out pictures --page docs.md --threads 2");
  CAPTURE(text.err);
  REQUIRE(text.status == 0);
  CHECK_THAT(text.out, ContainsSubstring("12 runs in 3 seeds, 4 cells;"));
  CHECK_THAT(text.out, ContainsSubstring("null model"));
  CHECK_THAT(text.out, ContainsSubstring("Adam flow"));
  CHECK_THAT(text.out, ContainsSubstring("pictures/referee.png"));
  CHECK(std::filesystem::exists("images/docs.png"));
  const std::string page = content_of("docs.md");
  CHECK_THAT(
      page, ContainsSubstring("groktheory referee small.toml --store runs.db --page docs.md\n```"));
  CHECK_THAT(page, ContainsSubstring("representation_rate = [1e-3, 1e-2]"));
  const std::string table = content_of("pictures/referee_a.csv");
  // Again, from the store: the same bytes, whatever the threads.
  const CommandOutput again =
      run_line("referee small.toml --store runs.db --out pictures --page docs.md --threads 1");
  CHECK(without_costs(again.out, "Calibration:") == without_costs(text.out, "Calibration:"));
  CHECK(without_costs(content_of("docs.md"), "## The picture") ==
        without_costs(page, "## The picture"));
  CHECK(content_of("pictures/referee_a.csv") == table);
}

TEST_CASE("referee: JSON has every theory, score and difference", "[cli][gnuplot]") {
  const Here here("referee-json");
  here.files.write("small.toml", small_study);
  const CommandOutput outcome = run_line("referee small.toml --event validation --json");
  CAPTURE(outcome.err);
  REQUIRE(outcome.status == 0);
  const auto json = outcome.json();
  CHECK(json["event"] == "validation");
  CHECK(json["runs"] == 12);
  CHECK(json["seeds"] == 3);
  CHECK(json["store"] == "referee-out/runs.db");
  CHECK(json["reached"].get<int>() + json["censored"].get<int>() == 12);
  REQUIRE(json["theories"].size() >= 8);
  const auto& null = json["theories"][0];
  CHECK(null["key"] == "null");
  CHECK(null["scores"]["roc_area"]["runs"] == 12);
  const auto& first = json["theories"][1];
  for (const char* part : {"scores", "minus_null", "minus_best"}) {
    CHECK(first[part].contains("log_score"));
  }
  CHECK(first["scores"]["log_score"].contains("low"));
  CHECK(first["key"] == "cell");
  CHECK_FALSE(first.contains("cost"));
  CHECK(json["theories"][2]["cost"]["forecasts"] == 4);  // the ratio: one for each pair of rates
  CHECK(json["cell_folds"] == 4);
  CHECK(json["seed_folds"] == 3);
  CHECK(json["cut_off"] == 0);
  CHECK(json["training_seconds"].get<double>() > 0);
  for (const auto& theory : json["theories"]) {
    CHECK(theory["fitted"].get<bool>() == theory.contains("constants"));
  }
}

TEST_CASE("referee: bad input is one line, and nothing is written", "[cli]") {
  const Here here("referee-bad");
  const auto refused = [](const std::string& line, const std::string& message) {
    const CommandOutput outcome = run_line(line);
    CHECK(outcome.status == 2);
    CHECK_THAT(outcome.err, ContainsSubstring(message));
    CHECK(snapshot(".").size() <= 2);
  };
  refused("referee --event never", "referee: event = 'never', allowed train, validation, rqi");
  refused("referee --profile nothing", "referee.toml");
  refused("referee none.toml", "none.toml");
  here.files.write("refined.toml",
                   "[run]\ntask = \"addition\"\nsymbols = 5\ntrain = 12\n[axes]\n"
                   "decoder_rate = { logspace = [1e-5, 1e-2], count = 5 }\n"
                   "decoder_decay = { range = [0, 4], step = 1 }\n[refine]\n"
                   "axes = [\"decoder_rate\", \"decoder_decay\"]\nstart = [2, 2]\n");
  refused("referee refined.toml", "referee: STUDY = one with [refine]");
}

}  // namespace
}  // namespace grok
