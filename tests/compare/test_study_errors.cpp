// What a bad study is told: file, line, key, value, what is allowed.
#include <set>

#include "compare/study.hpp"
#include "core/errors.hpp"
#include "tests/catch.hpp"

namespace grok {
namespace {

const std::string base = "[run]\ntask = \"addition\"\nsymbols = 10\ntrain = 45\n";

std::string message_of(const std::string& toml) {
  try {
    parse_study(toml, "s.toml");
  } catch (const InputError& failure) {
    return failure.what();
  }
  return "no error";
}

struct BadStudy {
  std::string toml;  // behind `base`, which has 4 lines
  std::string message;
};

void check_messages(const std::vector<BadStudy>& cases) {
  std::set<std::string> messages;
  for (const BadStudy& c : cases) {
    const std::string message = message_of(base + c.toml);
    INFO(c.toml);
    CHECK_THAT(message, ContainsSubstring(c.message));
    CHECK(message.substr(0, 6) == "s.toml");
    CHECK(message.find('\n') == std::string::npos);
    messages.insert(message);
  }
  CHECK(messages.size() == cases.size());
}

TEST_CASE("every bad key has its message, with the line") {
  check_messages({
      {"seed = \n", "syntax = "},
      {"seed = 1\nseed = 2\n", "syntax = "},
      {"see = 1\n",
       ":5: key = 'see', allowed the keys of a run: task, table, orders, symbols, train, "},
      {"train_fraction = 0.5\n", ":5: key = 'train_fraction', allowed the keys"},
      {"[axis]\nseed = [1]\n",
       ":5: key = 'axis', allowed name, source, run, axes, zip, refine, profiles"},
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
      {"loss = 'mae'\n", ":5: loss = 'mae', allowed mse, cross-entropy, hinge"},
      {"decoder_rate = -1e-3\n", ":5: decoder_rate = -0.001, allowed [0, 10]"},
      {"decoder_rate = nan\n", ":5: decoder_rate = nan, allowed [0, 10]"},
      {"decoder_rate = inf\n", ":5: decoder_rate = inf, allowed [0, 10]"},
      {"batch = 46\n", ":5: batch = 46, allowed [0, 45]"},
      {"\n\nloss = 'cross-entropy'\noutput_dimension = 30\n",
       ":8: output_dimension = 30, allowed "},
      {"table = 't.csv'\n", ":5: table = 't.csv', allowed nothing (task = addition)"},
  });
}

TEST_CASE("every bad axis has its message, with the line") {
  check_messages({
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
  });
}

TEST_CASE("what a study cannot do without is asked for") {
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
