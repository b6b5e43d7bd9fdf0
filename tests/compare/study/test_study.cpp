#include "compare/study/study.hpp"

#include <fmt/format.h>

#include <cmath>

#include "core/errors.hpp"
#include "nets/toy/model.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scratch.hpp"

namespace grok {
namespace {

const std::string base = "[run]\ntask = \"addition\"\nsymbols = 10\ntrain = 45\n";

Study study(const std::string& toml, const std::string& profile = "") {
  return parse_study(toml, "s.toml", profile);
}

const toy::RunSpec& spec_of(const Run& run) { return run.as<toy::RunSpec>(); }

template <class T>
std::vector<T> values(const Study& s, T toy::RunSpec::*member) {
  std::vector<T> found;
  for (const Run& run : s.runs) {
    found.push_back(run.as<toy::RunSpec>().*member);
  }
  return found;
}

TEST_CASE("a study without axes is one run") {
  const Study s = study("name = \"n\"\nsource = \"Fig. 6\"\n" + base + "seed = 7\n");
  CHECK(s.name == "n");
  CHECK(s.source == "Fig. 6");
  CHECK(s.axes.empty());
  REQUIRE(s.runs.size() == 1);
  toy::RunSpec spec;
  spec.seed = 7;
  CHECK(spec_of(s.runs[0]) == resolve(spec, "test"));
}

// What Python writes: "%.12g" of a value gives the name of the axis, "%.17g" another one.
TEST_CASE("values of a logspace have 12 digits, those of a list all that they have") {
  const Study axis =
      study(base + "[axes]\ndecoder_rate = { logspace = [1e-4, 1e-2], count = 5 }\n");
  const auto listed = [&](const char* digits) {
    std::string list;
    for (int k = 0; k < 5; ++k) {
      list += fmt::format(fmt::runtime(digits), std::pow(10.0, -4 + 0.5 * k)) + ", ";
    }
    return study(base + "[axes]\ndecoder_rate = [" + list + "]\n");
  };
  const Study rounded = listed("{:.12g}"), exact = listed("{:.17g}");
  for (std::size_t k = 0; k < 5; ++k) {
    CHECK(axis.runs[k].name() == rounded.runs[k].name());
    CHECK(spec_of(exact.runs[k]).decoder_rate == std::pow(10.0, -4 + 0.5 * static_cast<double>(k)));
  }
  CHECK(axis.runs[1].name() != exact.runs[1].name());
  CHECK(axis.runs[3].name() != exact.runs[3].name());
}

TEST_CASE("the example of the design expands to 16 x 11 runs, the last axis fastest") {
  const Study s = study(base + R"(
seed = 58
representation_rate = 1e-3
decoder_widths = [200, 200]
steps = 100_000
[axes]
decoder_rate = { logspace = [1e-5, 1e-2], count = 16 }
decoder_decay = { range = [0, 10], step = 1 }
seed = [58]
)");
  CHECK(s.axes == std::vector<std::string>{"decoder_rate", "decoder_decay", "seed"});
  REQUIRE(s.runs.size() == 16 * 11);
  for (std::size_t k = 0; k < s.runs.size(); ++k) {
    CHECK(spec_of(s.runs[k]).decoder_rate ==
          Approx(1e-5 * std::pow(10, 0.2 * static_cast<double>(k / 11))).epsilon(1e-11));
    CHECK(spec_of(s.runs[k]).decoder_decay == static_cast<double>(k % 11));
  }
  CHECK(spec_of(s.runs.front()).decoder_rate == 1e-5);
  CHECK(spec_of(s.runs[5 * 11]).decoder_rate == 1e-4);  // to the last bit, as a list has it
  CHECK(spec_of(s.runs.back()).decoder_rate == 1e-2);
}

TEST_CASE("every axis form gives the numbers a list would") {
  const auto rates = [](const std::string& axis) {
    return values(study(base + "[axes]\nlabel_scale = " + axis + "\n"), &toy::RunSpec::label_scale);
  };
  using Doubles = std::vector<double>;
  CHECK(rates("{ range = [0, 0.5], step = 0.1 }") == Doubles{0, 0.1, 0.2, 0.3, 0.4, 0.5});
  CHECK(rates("{ range = [0, 0.3], step = 0.1 }").size() == 4);  // 0.3/0.1 is below 3 in binary
  CHECK(rates("{ range = [0, 1], step = 0.4 }") == Doubles{0, 0.4, 0.8});
  CHECK(rates("{ range = [3, 1], step = -1 }") == Doubles{3, 2, 1});
  CHECK(rates("{ range = [2, 2], step = 1 }") == Doubles{2});
  CHECK(rates("{ step = 1, range = [1, 2] }") == Doubles{1, 2});
  CHECK(rates("{ logspace = [1, 1e3], count = 4 }") == Doubles{1, 10, 100, 1000});
  CHECK(rates("{ logspace = [1e3, 1], count = 4 }") == Doubles{1000, 100, 10, 1});
  CHECK(rates("{ logspace = [5, 5], count = 1 }") == Doubles{5});
  CHECK(rates("[1, 2.5, 3]") == Doubles{1, 2.5, 3});
  const Study trains = study(
      "[run]\ntask = \"addition\"\nsymbols = 10\n[axes]\ntrain = { range = [5, 55], step = 25 }\n");
  CHECK(values(trains, &toy::RunSpec::train) == std::vector<std::int64_t>{5, 30, 55});
  const Study widths = study(base + "[axes]\ndecoder_widths = [[200, 200], [], [50]]\n");
  CHECK(values(widths, &toy::RunSpec::decoder_widths) ==
        std::vector<std::vector<std::int64_t>>{{200, 200}, {}, {50}});
}

TEST_CASE("axes are walked in the order of the file, not of the alphabet") {
  const Study s = study(base + "[axes]\nsymbols = [10, 11]\nbatch = [0, 5]\nseed = [1, 2]\n");
  CHECK(s.axes == std::vector<std::string>{"symbols", "batch", "seed"});
  CHECK(values(s, &toy::RunSpec::symbols) ==
        std::vector<std::int64_t>{10, 10, 10, 10, 11, 11, 11, 11});
  CHECK(values(s, &toy::RunSpec::batch) == std::vector<std::int64_t>{0, 0, 5, 5, 0, 0, 5, 5});
  CHECK(values(s, &toy::RunSpec::seed) == std::vector<std::int64_t>{1, 2, 1, 2, 1, 2, 1, 2});
}

TEST_CASE("zip walks together, as the first axis") {
  const Study s = study(
      "[run]\ntask = \"addition\"\n[axes]\nseed = [1, 2]\n"
      "[zip]\nsymbols = [5, 6, 7]\ntrain = { range = [10, 20], step = 5 }\n");
  CHECK(s.axes == std::vector<std::string>{"symbols", "train", "seed"});
  CHECK(values(s, &toy::RunSpec::symbols) == std::vector<std::int64_t>{5, 5, 6, 6, 7, 7});
  CHECK(values(s, &toy::RunSpec::train) == std::vector<std::int64_t>{10, 10, 15, 15, 20, 20});
  CHECK(values(s, &toy::RunSpec::seed) == std::vector<std::int64_t>{1, 2, 1, 2, 1, 2});
}

TEST_CASE("runs that are asked for twice are one") {
  CHECK(study(base + "[axes]\nseed = [1, 2, 1]\n").runs.size() == 2);
  CHECK(study(base + "[axes]\ndecoder_rate = [1e-4, 0.0001]\n").runs.size() == 1);
}

TEST_CASE("a profile replaces keys and leaves the rest") {
  const std::string toml = base + R"(
[axes]
seed = { range = [1, 100], step = 1 }
batch = [0, 5]
[profiles.quick.run]
steps = 500
[profiles.quick.axes]
seed = [1, 2]
symbols = [10, 12]
[profiles.full]
)";
  CHECK(study(toml).runs.size() == 200);
  CHECK(study(toml, "full").runs.size() == 200);
  const Study quick = study(toml, "quick");
  CHECK(quick.axes == std::vector<std::string>{"seed", "batch", "symbols"});
  CHECK(quick.runs.size() == 8);
  for (const Run& run : quick.runs) {
    CHECK(spec_of(run).steps == 500);
  }
  CHECK(values(quick, &toy::RunSpec::seed) == std::vector<std::int64_t>{1, 1, 1, 1, 2, 2, 2, 2});
  CHECK_THROWS_WITH(study(toml, "slow"), "s.toml: profile = 'slow', allowed full, quick");
  CHECK_THROWS_WITH(study(base, "slow"),
                    "s.toml: profile = 'slow', allowed none (the file has no profiles)");
}

TEST_CASE("how a run is written does not change its name") {
  const std::string name = study(base).runs[0].name();
  for (const char* toml : {
           "run = { train = 45, task = 'addition', symbols = 10 }",
           "[run]\ntrain = 45 # |D|\n\nsymbols = 1_0\ntask = \"addition\"\nseed = 58\n",
           "[run]\ntask = 'addition'\nsymbols = 10\ntrain = 45\nrepresentation_init_scale = 1\n"
           "decoder_rate = 0.0001\nrepresentation_rate = 10e-4\nsplit_seed = 58\n",
           "[run]\ntask = 'addition'\nsymbols = 3\ntrain = 4\n[zip]\ntrain = [45]\nsymbols = [10]",
       }) {
    INFO(toml);
    CHECK(study(toml).runs.at(0).name() == name);
  }
  CHECK(study(base + "seed = 59\n").runs[0].name() != name);
}

std::string toml_text(const std::string& value) { return "'" + value + "'"; }
std::string toml_text(std::int64_t value) { return fmt::format("{}", value); }
std::string toml_text(double value) {  // an integer half of the time: both are numbers
  return to_text(value);
}
template <class T>
std::string toml_text(const std::optional<T>& value) {
  return toml_text(*value);
}
std::string toml_text(const std::vector<std::int64_t>& value) {
  std::string text = "[";
  for (const auto v : value) {
    text += fmt::format("{},", v);
  }
  return text + "]";
}

TEST_CASE("every field goes through TOML and back") {
  toy::RunSpec spec;
  spec.task = "abelian";
  spec.orders = {3, 2, 2};
  spec.symbols = 12;
  spec.train = 21;
  spec.seed = 9'007'199'254'740'992;
  spec.split_seed = 1;
  spec.label_seed = 2;
  spec.init_seed = 3;
  spec.batch_seed = 4;
  spec.representation_dimension = 5;
  spec.representation_combination = "concatenate";
  spec.representation_distribution = "normal";
  spec.representation_init_scale = 0.1;
  spec.representation_rate = 1.0 / 3;
  spec.representation_decay = 5e-324;
  spec.representation_l1 = 0.125;
  spec.decoder_widths = {3, 1, 4};
  spec.decoder_activation = "relu";
  spec.decoder_init_scale = 2;
  spec.decoder_rate = 1e-5;
  spec.decoder_decay = 7.5;
  const bool classification = GENERATE(false, true);  // which has no targets
  spec.loss = classification ? "cross-entropy" : "mse";
  spec.targets = classification ? "random" : "one-hot";
  spec.output_dimension = 12;
  spec.label_scale = 123456.789;
  spec.batch = 6;
  spec.steps = 12345;
  spec.stop = "budget";
  spec.accuracy_threshold = 0.99;
  spec.rqi_threshold = 0.8;
  spec.rqi_tolerance = 0.02;
  spec.grokking_gap = 77;
  spec.precision = "float64";
  spec.optimiser = "sgd";
  std::string toml = "[run]\n";
  toy::RunSpec defaults = toy::resolve({}, "test");
  for_each_field(spec, [&](const std::string& key, const auto& value, auto&&...) {
    if (key == "table" || key == "pairs" || key == "train_fraction") {
      return;  // files: below; a share is in place of train: test_sampled.cpp
    }
    for_each_field(defaults, [&](const std::string& at, const auto& usual, auto&&...) {
      if constexpr (std::is_same_v<decltype(usual), decltype(value)>) {
        INFO(key);
        const bool other_way = key == (classification ? "targets" : "loss");
        CHECK((at != key || usual != value || other_way));  // moved from its default
      }
    });
    toml += key + " = " + toml_text(value) + "\n";
  });
  CHECK(spec_of(study(toml).runs.at(0)) == resolve(spec, "test"));
}

TEST_CASE("files are relative to the TOML file; a table sets symbols, pairs set train") {
  const Scratch scratch("study");
  std::filesystem::create_directory(scratch / "data");
  scratch.write("data/xor.csv", "a,b,c\n0,0,0\n0,1,1\n1,1,0\n");
  scratch.write("data/pairs.csv", "i,j\n0,1\n1,1\n");
  const std::string run = "[run]\ntask = 'table'\ntable = 'data/xor.csv'\n";
  const auto file = scratch.write("my_study.toml", run +
                                                       "pairs = 'data/pairs.csv'\n"
                                                       "[axes]\nseed = [1, 2, 3]\n");
  const Study s = read_study(file);
  CHECK(s.name == "my_study");
  REQUIRE(s.runs.size() == 3);
  for (const Run& run_of_file : s.runs) {
    const auto& r = spec_of(run_of_file);
    CHECK(r.symbols == 2);
    CHECK(r.train == 2);
    CHECK(training_set_of(r) == std::vector<Sample>{{0, 1}, {1, 1}});
  }
  scratch.write("my_study.toml", run + "symbols = 2\ntrain = 2\n");
  CHECK(read_study(file).runs.size() == 1);
  scratch.write("my_study.toml", run + "train = 2\nsymbols = 10\n");
  CHECK_THROWS_WITH(read_study(file),
                    file.string() + ":5: symbols = 10, allowed 2 (as in the table)");
  scratch.write("my_study.toml", run + "pairs = 'data/pairs.csv'\ntrain = 2\n");
  CHECK_THROWS_WITH(read_study(file), file.string() +
                                          ":5: train = 2, allowed nothing (pairs gives "
                                          "the training set)");
  scratch.write("my_study.toml", run + "pairs = 'data/none.csv'\n");
  CHECK_THROWS_AS(read_study(file), InputError);
  scratch.write("data/other.csv", "0,0\n0,1\n1,1\n");
  scratch.write("my_study.toml", run + "[axes]\npairs = ['data/pairs.csv', 'data/other.csv']\n");
  CHECK(values(read_study(file), &toy::RunSpec::train) == std::vector<std::int64_t>{2, 3});
}

TEST_CASE("one run from a file, flat or in [run], follows what is set after it") {
  const Scratch scratch("run");
  const std::string keys = "task = 'addition'\nsymbols = 10\ntrain = 45\n";
  const toy::RunSpec wanted = toy::resolve({}, "test");
  const auto spec_in = [&](const std::string& file, const std::string& toml) {
    return spec_of(read_run(scratch.write(file, toml)));
  };
  CHECK(resolve(spec_in("flat.toml", "name = 'x'\n" + keys), "test") == wanted);
  CHECK(resolve(spec_in("table.toml", "source = 'x'\n[run]\n" + keys), "test") == wanted);
  toy::RunSpec moved = spec_in("moved.toml", keys + "label_seed = 3\n");
  moved.seed = 9;
  moved.loss = "cross-entropy";
  moved = resolve(moved, "test");
  CHECK(moved.split_seed == 9);
  CHECK(moved.label_seed == 3);
  CHECK(moved.output_dimension == 19);
  const auto message = [&](const std::string& toml) {
    try {
      read_run(scratch.write("bad.toml", toml));
    } catch (const InputError& failure) {
      const std::string text = failure.what();
      return text.substr(text.find("bad.toml"));
    }
    return std::string("no error");
  };
  CHECK(message(keys + "[axes]\nseed = [1]\n") ==
        "bad.toml:4: key = 'axes', allowed keys of one run, no axes");
  CHECK(message("seed = 1\n[run]\n" + keys) ==
        "bad.toml:1: key = 'seed', allowed run.seed? (of name, source, model, run)");
  CHECK_THAT(message(keys + "sed = 1\n"),
             ContainsSubstring("bad.toml:4: key = 'sed', allowed seed? (of the "
                               "keys of a run: task, table, orders, symbols"));
  CHECK(message("symbols = 10\ntrain = 45\n") ==
        "bad.toml: task = nothing, allowed a task in [run], [axes] or [zip]");
  CHECK(message("") == "bad.toml (empty), allowed a readable TOML file");
  CHECK_THROWS_WITH(read_run(scratch / "none.toml"),
                    ContainsSubstring("none.toml (No such file or directory), allowed a"));
  CHECK_THROWS_WITH(read_run(scratch.folder()),
                    ContainsSubstring("(a folder), allowed a readable TOML file"));
  CHECK_THROWS_WITH(
      read_study("/dev/zero"),
      ContainsSubstring("/dev/zero (a device, pipe or socket), allowed a regular file"));
  const auto large = scratch.write("large.toml", "");
  std::filesystem::resize_file(large, (8U << 20) + 1);
  CHECK_THROWS_WITH(read_study(large),
                    large.string() + ": size = 8388609 bytes, allowed at most 8388608 bytes");
}

}  // namespace
}  // namespace grok
