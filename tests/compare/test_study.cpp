#include "compare/study.hpp"

#include <fmt/format.h>

#include <cmath>
#include <set>

#include "core/errors.hpp"
#include "tests/catch.hpp"
#include "tests/scratch.hpp"

namespace grok {
namespace {

const std::string base = "[run]\ntask = \"addition\"\nsymbols = 10\ntrain = 45\n";

Study study(const std::string& toml, const std::string& profile = "") {
  return parse_study(toml, "s.toml", profile);
}

std::string message_of(const std::string& toml, const std::string& profile = "") {
  try {
    study(toml, profile);
  } catch (const InputError& failure) {
    return failure.what();
  }
  return "no error";
}

template <class T>
std::vector<T> values(const Study& s, T RunSpec::*member) {
  std::vector<T> found;
  for (const RunSpec& run : s.runs) {
    found.push_back(run.*member);
  }
  return found;
}

TEST_CASE("a study without axes is one run") {
  const Study s = study("name = \"n\"\nsource = \"Fig. 6\"\n" + base + "seed = 7\n");
  CHECK(s.name == "n");
  CHECK(s.source == "Fig. 6");
  CHECK(s.axes.empty());
  REQUIRE(s.runs.size() == 1);
  RunSpec spec;
  spec.seed = 7;
  CHECK(s.runs[0] == resolve(spec, "test"));
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
    CHECK(s.runs[k].decoder_rate ==
          Approx(1e-5 * std::pow(10, 0.2 * static_cast<double>(k / 11))).epsilon(1e-11));
    CHECK(s.runs[k].decoder_decay == static_cast<double>(k % 11));
  }
  CHECK(s.runs.front().decoder_rate == 1e-5);
  CHECK(s.runs[5 * 11].decoder_rate == 1e-4);  // to the last bit, as a list has it
  CHECK(s.runs.back().decoder_rate == 1e-2);
}

TEST_CASE("every axis form gives the numbers a list would") {
  const auto rates = [](const std::string& axis) {
    return values(study(base + "[axes]\nlabel_scale = " + axis + "\n"), &RunSpec::label_scale);
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
  CHECK(values(trains, &RunSpec::train) == std::vector<std::int64_t>{5, 30, 55});
  const Study widths = study(base + "[axes]\ndecoder_widths = [[200, 200], [], [50]]\n");
  CHECK(values(widths, &RunSpec::decoder_widths) ==
        std::vector<std::vector<std::int64_t>>{{200, 200}, {}, {50}});
}

TEST_CASE("axes are walked in the order of the file, not of the alphabet") {
  const Study s = study(base + "[axes]\nsymbols = [10, 11]\nbatch = [0, 5]\nseed = [1, 2]\n");
  CHECK(s.axes == std::vector<std::string>{"symbols", "batch", "seed"});
  CHECK(values(s, &RunSpec::symbols) == std::vector<std::int64_t>{10, 10, 10, 10, 11, 11, 11, 11});
  CHECK(values(s, &RunSpec::batch) == std::vector<std::int64_t>{0, 0, 5, 5, 0, 0, 5, 5});
  CHECK(values(s, &RunSpec::seed) == std::vector<std::int64_t>{1, 2, 1, 2, 1, 2, 1, 2});
}

TEST_CASE("zip walks together, as the first axis") {
  const Study s = study(
      "[run]\ntask = \"addition\"\n[axes]\nseed = [1, 2]\n"
      "[zip]\nsymbols = [5, 6, 7]\ntrain = { range = [10, 20], step = 5 }\n");
  CHECK(s.axes == std::vector<std::string>{"symbols", "train", "seed"});
  CHECK(values(s, &RunSpec::symbols) == std::vector<std::int64_t>{5, 5, 6, 6, 7, 7});
  CHECK(values(s, &RunSpec::train) == std::vector<std::int64_t>{10, 10, 15, 15, 20, 20});
  CHECK(values(s, &RunSpec::seed) == std::vector<std::int64_t>{1, 2, 1, 2, 1, 2});
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
  for (const RunSpec& run : quick.runs) {
    CHECK(run.steps == 500);
  }
  CHECK(values(quick, &RunSpec::seed) == std::vector<std::int64_t>{1, 1, 1, 1, 2, 2, 2, 2});
  CHECK(message_of(toml, "slow") == "s.toml: profile = 'slow', allowed full, quick");
  CHECK(message_of(base, "slow") ==
        "s.toml: profile = 'slow', allowed none (the file has no profiles)");
}

TEST_CASE("how a run is written does not change its name") {
  const std::string name = identity(study(base).runs[0]);
  for (const char* toml : {
           "run = { train = 45, task = 'addition', symbols = 10 }",
           "[run]\ntrain = 45 # |D|\n\nsymbols = 1_0\ntask = \"addition\"\nseed = 58\n",
           "[run]\ntask = 'addition'\nsymbols = 10\ntrain = 45\nrepresentation_init_scale = 1\n"
           "decoder_rate = 0.0001\nrepresentation_rate = 10e-4\nsplit_seed = 58\n",
           "[run]\ntask = 'addition'\nsymbols = 3\ntrain = 4\n[zip]\ntrain = [45]\nsymbols = [10]",
       }) {
    INFO(toml);
    CHECK(identity(study(toml).runs.at(0)) == name);
  }
  CHECK(identity(study(base + "seed = 59\n").runs[0]) != name);
}

std::string toml_text(const std::string& value) { return "'" + value + "'"; }
std::string toml_text(std::int64_t value) { return fmt::format("{}", value); }
std::string toml_text(double value) {  // an integer half of the time: both are numbers
  return to_text(value);
}
std::string toml_text(const std::optional<std::int64_t>& value) { return toml_text(*value); }
std::string toml_text(const std::vector<std::int64_t>& value) {
  std::string text = "[";
  for (const auto v : value) {
    text += fmt::format("{},", v);
  }
  return text + "]";
}

TEST_CASE("every field goes through TOML and back") {
  RunSpec spec;
  spec.task = "modular-addition";
  spec.symbols = 13;
  spec.train = 21;
  spec.seed = 9'007'199'254'740'992;
  spec.split_seed = 1;
  spec.label_seed = 2;
  spec.init_seed = 3;
  spec.batch_seed = 4;
  spec.representation_dimension = 5;
  spec.representation_init_scale = 0.1;
  spec.representation_rate = 1.0 / 3;
  spec.representation_decay = 5e-324;
  spec.decoder_widths = {3, 1, 4};
  spec.decoder_activation = "relu";
  spec.decoder_init_scale = 2;
  spec.decoder_rate = 1e-5;
  spec.decoder_decay = 7.5;
  spec.loss = "cross-entropy";
  spec.output_dimension = 13;
  spec.label_scale = 123456.789;
  spec.batch = 6;
  spec.steps = 12345;
  spec.stop = "budget";
  spec.accuracy_threshold = 0.99;
  spec.rqi_threshold = 0.8;
  spec.rqi_tolerance = 0.02;
  spec.grokking_gap = 77;
  spec.precision = "float64";
  std::string toml = "[run]\n";
  RunSpec defaults = resolve({}, "test");
  for_each_field(spec, [&](const std::string& key, const auto& value, auto&&...) {
    if (key == "table" || key == "pairs") {
      return;  // files: below
    }
    for_each_field(defaults, [&](const std::string& at, const auto& usual, auto&&...) {
      if constexpr (std::is_same_v<decltype(usual), decltype(value)>) {
        INFO(key);
        CHECK((at != key || usual != value));  // moved from its default
      }
    });
    toml += key + " = " + toml_text(value) + "\n";
  });
  CHECK(study(toml).runs.at(0) == resolve(spec, "test"));
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
  for (const RunSpec& r : s.runs) {
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
  CHECK(values(read_study(file), &RunSpec::train) == std::vector<std::int64_t>{2, 3});
}

TEST_CASE("one run from a file, flat or in [run], follows what is set after it") {
  const Scratch scratch("run");
  const std::string keys = "task = 'addition'\nsymbols = 10\ntrain = 45\n";
  const RunSpec wanted = resolve({}, "test");
  CHECK(resolve(read_run(scratch.write("flat.toml", "name = 'x'\n" + keys)), "test") == wanted);
  CHECK(resolve(read_run(scratch.write("table.toml", "source = 'x'\n[run]\n" + keys)), "test") ==
        wanted);
  RunSpec moved = read_run(scratch.write("moved.toml", keys + "label_seed = 3\n"));
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
        "bad.toml:1: key = 'seed', allowed name, source, run");
  CHECK_THAT(message(keys + "sed = 1\n"), ContainsSubstring("bad.toml:4: key = 'sed', allowed the "
                                                            "keys of a run: task, table, symbols"));
  CHECK(message("symbols = 10\ntrain = 45\n") ==
        "bad.toml: task = nothing, allowed a task in [run], [axes] or [zip]");
  CHECK(message("") == "bad.toml, allowed a readable TOML file that is not empty");
  CHECK_THROWS_WITH(read_run(scratch / "none.toml"), ContainsSubstring("none.toml, allowed a"));
  CHECK_THROWS_WITH(read_run(scratch.folder()), ContainsSubstring("allowed a readable TOML file"));
}

TEST_CASE("every bad study has its message, with the line") {
  struct Case {
    std::string toml;  // behind `base`, which has 4 lines
    std::string message;
  };
  const std::vector<Case> cases = {
      {"seed = \n", "syntax = "},
      {"seed = 1\nseed = 2\n", "syntax = "},
      {"see = 1\n", ":5: key = 'see', allowed the keys of a run: task, table, symbols, train, "},
      {"train_fraction = 0.5\n", ":5: key = 'train_fraction', allowed the keys"},
      {"[axis]\nseed = [1]\n", ":5: key = 'axis', allowed name, source, run, axes, zip, profiles"},
      {"[axes]\nsteps_done = [1]\n", ":6: key = 'steps_done', allowed the keys"},
      {"[zip]\nrate = [1]\n", ":6: key = 'rate', allowed the keys"},
      {"[profiles.quick.run]\nstep = 1\n", ":6: key = 'step', allowed the keys"},
      {"[profiles.quick.ax]\nseed = [1]\n", ":5: key = 'ax', allowed run, axes, zip"},
      {"seed = 1.0\n", ":5: seed = 1.0, allowed an integer"},
      {"seed = '1'\n", ":5: seed = '1', allowed an integer"},
      {"seed = true\n", ":5: seed = true, allowed an integer"},
      {"seed = 1979-05-27\n", ":5: seed = 1979-05-27, allowed an integer"},
      {"seed = [1, 2]\n", ":5: seed = [ 1, 2 ], allowed an integer"},
      {"split_seed = 0.5\n", ":5: split_seed = 0.5, allowed an integer"},
      {"decoder_rate = 'fast'\n", ":5: decoder_rate = 'fast', allowed a number"},
      {"decoder_widths = 200\n", ":5: decoder_widths = 200, allowed a list of integers"},
      {"decoder_widths = [200, 2.0]\n", ":5: decoder_widths = [ 200, 2.0 ], allowed a list of"},
      {"decoder_widths = [200,\n 0]\n", ":5: decoder_widths[1] = 0, allowed [1, 10000]"},
      {"loss = 3\n", ":5: loss = 3, allowed a string"},
      {"loss = 'mae'\n", ":5: loss = 'mae', allowed mse, cross-entropy"},
      {"decoder_rate = -1e-3\n", ":5: decoder_rate = -0.001, allowed [0, 10]"},
      {"decoder_rate = nan\n", ":5: decoder_rate = nan, allowed [0, 10]"},
      {"decoder_rate = inf\n", ":5: decoder_rate = inf, allowed [0, 10]"},
      {"batch = 46\n", ":5: batch = 46, allowed [0, 45]"},
      {"\n\nloss = 'cross-entropy'\noutput_dimension = 30\n",
       ":8: output_dimension = 30, allowed "},
      {"table = 't.csv'\n", ":5: table = 't.csv', allowed nothing (task = addition)"},
      {"[axes]\ntrain = [50, 55,\n56]\n", ":7: train = 56, allowed [1, 55]"},
      {"[axes]\nseed = []\n", ":6: seed = [], allowed one or more values"},
      {"[axes]\nseed = 3\n", ":6: seed = 3, allowed a list, { range = [a, b], step = s } or "},
      {"[axes]\nseed = [1, 2.0]\n", ":6: seed = 2.0, allowed an integer"},
      {"[axes]\ndecoder_rate = [0.1, nan]\n", ":6: decoder_rate = nan, allowed [0, 10]"},
      {"[axes]\ndecoder_widths = [200, 200]\n", ":6: decoder_widths = 200, allowed a list of"},
      {"[axes]\nseed = { range = [1, 2] }\n", ":6: seed = { range = [ 1, 2 ] }, allowed a list, "},
      {"[axes]\nseed = { range = [1, 2], stop = 1 }\n", ":6: seed = {"},
      {"[axes]\nseed = { range = [1, 2], step = 1, count = 2 }\n", ":6: seed = {"},
      {"[axes]\nseed = { range = [1, 2], step = 0 }\n",
       ":6: seed.step = 0, allowed a step from 1 towards 2"},
      {"[axes]\nseed = { range = [2, 1], step = 1 }\n",
       ":6: seed.step = 1, allowed a step from 2 towards 1"},
      {"[axes]\nseed = { range = [1, 2], step = 0.5 }\n",
       ":6: seed.step = 0.5, allowed an integer"},
      {"[axes]\nseed = { range = [1], step = 1 }\n",
       ":6: seed.range = [ 1 ], allowed [first, last]"},
      {"[axes]\nseed = { range = 5, step = 1 }\n", ":6: seed.range = 5, allowed [first, last]"},
      {"[axes]\nlabel_scale = { range = [0, nan], step = 1 }\n",
       ":6: label_scale.range = nan, allowed a finite number"},
      {"[axes]\nlabel_scale = { range = [0, 1], step = inf }\n",
       ":6: label_scale.step = inf, allowed a finite number"},
      {"[axes]\nseed = { range = [0, 1000000000], step = 1 }\n",
       ":6: seed.range = 1e+09 values, allowed [1, 10000000] values"},
      {"[axes]\nseed = { range = [0, 9223372036854775807], step = 1 }\n",
       ":6: seed.range = 9.223372036854776e+18, allowed [-9007199254740992, 9007199254740992]"},
      {"[axes]\nloss = { range = [0, 1], step = 1 }\n",
       ":6: loss = a range, allowed a list; each entry is a string"},
      {"[axes]\nseed = { logspace = [1, 100], count = 3 }\n",
       ":6: seed = a logspace, allowed a list or a range; each entry is an integer"},
      {"[axes]\ndecoder_rate = { logspace = [0, 1], count = 3 }\n",
       ":6: decoder_rate.logspace = [0, 1], allowed ends above 0"},
      {"[axes]\ndecoder_rate = { logspace = [1e-3, -1], count = 3 }\n",
       ":6: decoder_rate.logspace = [0.001, -1], allowed ends above 0"},
      {"[axes]\ndecoder_rate = { logspace = [1e-3, 1], count = 0 }\n",
       ":6: decoder_rate.count = 0, allowed an integer in [2, 10000000]"},
      {"[axes]\ndecoder_rate = { logspace = [1e-3, 1], count = 1 }\n",
       ":6: decoder_rate.count = 1, allowed an integer in [2, 10000000]"},
      {"[axes]\ndecoder_rate = { logspace = [1e-3, 1], count = 2.0 }\n",
       ":6: decoder_rate.count = 2.0, allowed an integer in [2, 10000000]"},
      {"[zip]\nseed = [1, 2]\nbatch = [1, 2, 3]\n",
       ":7: zip.batch = 3 values, allowed 2 (as many as zip.seed)"},
      {"[zip]\nseed = [1, 2]\n[axes]\nseed = [1]\n",
       ":6: zip.seed = a list, allowed nothing (seed is in [axes])"},
      {"[axes]\nseed = { range = [1, 10000], step = 1 }\nsplit_seed = { range = [1, 1001], step = "
       "1 }\n",
       "s.toml: runs = 10010000, allowed [1, 10000000]"},
  };
  std::set<std::string> messages;
  for (const Case& c : cases) {
    const std::string message = message_of(base + c.toml);
    INFO(c.toml);
    CHECK_THAT(message, ContainsSubstring(c.message));
    CHECK(message.substr(0, 6) == "s.toml");
    CHECK(message.find('\n') == std::string::npos);
    messages.insert(message);
  }
  CHECK(messages.size() == cases.size());
  CHECK(message_of("name = 3\n" + base) == "s.toml:1: name = 3, allowed a string");
  CHECK(message_of("run = 3\n") == "s.toml:1: run = 3, allowed a table [run]");
  CHECK(message_of("axes = [1]\n" + base) == "s.toml:1: axes = [ 1 ], allowed a table [axes]");
  CHECK(message_of("") == "s.toml: task = nothing, allowed a task in [run], [axes] or [zip]");
  CHECK(message_of("[run]\ntask = 'addition'\ntrain = 4\n") ==
        "s.toml: symbols = nothing, allowed a number of symbols in [run], [axes] or [zip]");
  CHECK(message_of("[run]\ntask = 'addition'\nsymbols = 4\n") ==
        "s.toml: train = nothing, allowed a size (train) or a file (pairs) in [run], [axes] or "
        "[zip]");
}

}  // namespace
}  // namespace grok
