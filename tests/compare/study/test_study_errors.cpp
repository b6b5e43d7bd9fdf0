// What a bad study is told: file, line, key, value, what is allowed.
#include <set>

#include "compare/study/study.hpp"
#include "core/errors.hpp"
#include "tests/support/catch.hpp"

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

TEST_CASE("artefacts to keep are names of the model's") {
  const auto kept = [](const std::string& list) { return "keep = " + list + "\n" + base; };
  CHECK(parse_study(base, "s.toml").keep.empty());
  CHECK(parse_study(kept("[]"), "s.toml").keep.empty());
  CHECK(parse_study(kept("['parameters', 'parameters']"), "s.toml").keep ==
        std::vector<std::string>{"parameters"});
  CHECK(message_of(kept("'parameters'")) ==
        "s.toml:1: keep = 'parameters', allowed a list of names of artefacts");
  CHECK(message_of(kept("[1]")) == "s.toml:1: keep = 1, allowed a string");
  CHECK(message_of(kept("[\n'parameters',\n'weights']")) ==
        "s.toml:3: keep = 'weights', allowed parameters");
  CHECK_THAT(message_of(base + "keep = ['parameters']\n"), ContainsSubstring(":5: key = 'keep'"));
}

TEST_CASE("every bad key has its message, with the line") {
  check_messages({
      {"seed = \n", "syntax = "},
      {"seed = 1\nseed = 2\n", "syntax = "},
      {"see = 1\n",
       ":5: key = 'see', allowed seed? (of the keys of a run: task, table, orders, symbols, "},
      {"training_fraction = 0.5\n", ":5: key = 'training_fraction', allowed the keys"},
      {"[axis]\nseed = [1]\n",
       ":5: key = 'axis', allowed axes? (of name, source, figure, model, keep, run, axes, zip, "
       "refine, profiles)"},
      {"[axes]\nsteps_done = [1]\n", ":6: key = 'steps_done', allowed the keys"},
      {
        "[zip]\nrate = [1]\n",
        "" : 6 : key = 'rate',
        allowed representation_rate,
        decoder_rate
        ? (of ""},
        {
          "[profiles.quick.run]\nstep = 1\n",
          "" : 6 : key = 'step',
          allowed steps,
          stop
          ? (of the keys ""},
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
      {"[axes]\nseed = 3\n", ":6: seed = 3, allowed a list, { range = [a, b], step = s }, "},
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
       ":6: seed.range = 1000000001 values, allowed [1, 10000000] values"},
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
      {"[axes]\ndecoder_rate = { random = 4, low = 1, high = 2 }\n",
       ":6: decoder_rate = { high = 2, low = 1, random = 4 }, allowed a list, { range = "},
      {"[axes]\ndecoder_rate = { random = 4, low = 1, high = 2, seed = 1, count = 2 }\n",
       ":6: decoder_rate = { count = 2, high = 2, low = 1, random = 4, seed = 1 }, allowed a list"},
      {"[axes]\ndecoder_rate = { random = 0, low = 1, high = 2, seed = 1 }\n",
       ":6: decoder_rate.random = 0, allowed an integer in [1, 10000000]"},
      {"[axes]\ndecoder_rate = { random = 4, low = 2, high = 2, seed = 1 }\n",
       ":6: decoder_rate.low = 2, allowed a number below high = 2"},
      {"[axes]\ndecoder_rate = { random = 4, low = nan, high = 2, seed = 1 }\n",
       ":6: decoder_rate.low = nan, allowed a finite number"},
      {"[axes]\ndecoder_rate = { random = 4, low = 0, high = 2, log = true, seed = 1 }\n",
       ":6: decoder_rate.low = 0, allowed a number above 0 (log = true)"},
      {"[axes]\ndecoder_rate = { random = 4, low = 1, high = 2, log = 1, seed = 1 }\n",
       ":6: decoder_rate.log = 1, allowed true or false"},
      {"[axes]\ndecoder_rate = { random = 4, low = 1, high = 2, seed = -1 }\n",
       ":6: decoder_rate.seed = -1, allowed an integer in [0, 9007199254740992]"},
      {"[axes]\nbatch = { random = 4, low = 0.5, high = 2, seed = 1 }\n",
       ":6: batch.low = 0.5, allowed an integer"},
      {"[axes]\nloss = { random = 4, low = 1, high = 2, seed = 1 }\n",
       ":6: loss = numbers between two ends, allowed a list; each entry is a string"},
      {"[axes]\ndecoder_rate = { sobol = 4, low = 1, high = 2 }\n",
       ":6: decoder_rate.sobol = 4, allowed nothing in [axes] (the axes of a sequence stand in "
       "[zip])"},
      {"[zip]\ndecoder_rate = { sobol = 4, low = 1, high = 2 }\nseed = [1, 2]\n",
       ":7: zip.seed = 2 values, allowed 4 (as many as zip.decoder_rate)"},
      {"[axes]\ntrain_fraction = [0.5]\n",
       ":4: train = 45, allowed nothing (train_fraction gives the training set)"},
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
  CHECK(
      message_of("[run]\ntask = 'addition'\nsymbols = 4\n") ==
      "s.toml: train = nothing, allowed a size (train), a share (train_fraction) or a file (pairs) "
      "in [run], [axes] or [zip]");
}

std::string repeated(const std::string& text, int count) {
  std::string all;
  for (int k = 0; k < count; ++k) {
    all += text;
  }
  return all;
}

TEST_CASE("a study that expands to too many runs is refused with their number") {
  const std::string axis = " = { range = [1, 10000000], step = 1 }\n";
  check_messages({
      {"[axes]\nseed" + axis + "split_seed = [1, 2]\n",
       "s.toml: runs = 20000000, allowed [1, 10000000]"},
      {"[zip]\nseed" + axis + "split_seed" + axis + "[axes]\nlabel_seed" + axis,
       "s.toml: runs = 100000000000000, allowed [1, 10000000]"},
      {"[axes]\nseed" + axis + "split_seed" + axis + "init_seed" + axis,
       "s.toml: runs = 9223372036854775807 or more, allowed [1, 10000000]"},
      {"[axes]\nseed = { range = [1, 10000001], step = 1 }\n",
       "s.toml:6: seed.range = 10000001 values, allowed [1, 10000000] values"},
      {"[axes]\ndecoder_rate = { logspace = [1e-3, 1], count = 10000001 }\n",
       "s.toml:6: decoder_rate.count = 10000001, allowed an integer in [2, 10000000]"},
      {"[axes]\ndecoder_rate = { logspace = [1e-3, 1], count = 9223372036854775807 }\n",
       "s.toml:6: decoder_rate.count = 9223372036854775807, allowed"},
      {"[axes]\ndecoder_rate = { range = [-1e308, 1e308], step = 5e-324 }\n",
       "s.toml:6: decoder_rate.range = inf values, allowed [1, 10000000] values"},
  });
  const std::string four = base + "[axes]\nseed = [1, 2]\nbatch = [0, 1]\n";
  CHECK(parse_study(four, "s.toml", "", ".", 4).runs.size() == 4);
  CHECK_THROWS_WITH(parse_study(four, "s.toml", "", ".", 3), "s.toml: runs = 4, allowed [1, 3]");
}

TEST_CASE("axes that are not walked take neither time nor memory") {
  // 100 GB if their values were made: six axes of ten million in each of forty profiles
  std::string toml = base;
  for (int profile = 0; profile < 40; ++profile) {
    toml += "[profiles.p" + std::to_string(profile) + ".axes]\n";
    for (const char* key :
         {"seed", "split_seed", "label_seed", "init_seed", "batch_seed", "steps"}) {
      toml += std::string(key) + " = { range = [1, 10000000], step = 1 }\n";
    }
  }
  CHECK(parse_study(toml, "s.toml").runs.size() == 1);
}

TEST_CASE("a range is never empty, however small its numbers") {
  // (last - first) * step is 0 in floating point
  const Study up = parse_study(
      base + "[axes]\nlabel_scale = { range = [0, 1e-200], step = 1e-200 }\n", "s.toml");
  CHECK(up.runs.size() == 2);
  CHECK_THAT(message_of(base + "[zip]\nlabel_scale = { range = [1e-200, 0], step = 1e-200 }\n"),
             ContainsSubstring("label_scale.step = 1e-200, allowed a step from 1e-200 towards 0"));
}

TEST_CASE("a text that is too deep or too long is refused before it is parsed") {
  check_messages({
      {"a = " + repeated("[", 17), ":5: nesting = 17 or more levels, allowed at most 16"},
      {"\na = " + repeated("{a=", 1'000'000), ":6: nesting = 17 or more levels"},
      {repeated("a.", 1'000'000) + "a = 1\n", ":5: key = 17 or more parts, allowed at most 16"},
      {"\n\n[" + repeated("'a'.\"b\".", 8) + "c]\n", ":7: key = 17 or more parts"},
      {"[.b]\n", ":5: syntax = [., allowed TOML: a table's name behind its bracket"},
      {"\n \t[[ #b]]\n", ":6: syntax = [#, allowed TOML"},
      {"seed = [1, }\n", ":5: syntax = '}' opened by '[', allowed TOML"},
      {"\n\xce\xbb = 1\n",
       ":6: syntax = byte 0xce, allowed TOML: characters beyond ASCII in quotes"},
      {"seed = 1\xc3\xa9\n", ":5: syntax = byte 0xc3, allowed TOML: characters beyond ASCII"},
      {"steps = 1'000\xc3\xa9\n", ":5: syntax = ' behind 1, allowed TOML: a string where a key"},
      {"a = \"\"\"\\ \n \xce\xbb\"\"\"\n", ":5: syntax = byte 0xce, allowed TOML: ASCII behind"},
  });
  CHECK_THAT(message_of("\xef\xbb\xbf[.b]\n"), ContainsSubstring("s.toml:1: syntax = [."));
}

TEST_CASE("a text as deep and as long as is allowed is parsed") {
  const std::string unknown = "s.toml:1: key = 'a', allowed name, source";
  CHECK_THAT(message_of("a = " + repeated("[", 16) + repeated("]", 16) + "\n"),
             ContainsSubstring(unknown));
  CHECK_THAT(message_of(repeated("a . ", 15) + "a = 1\n"), ContainsSubstring(unknown));
  CHECK_THAT(message_of(std::string(8'388'608, '\n')), ContainsSubstring("task = nothing"));
  CHECK(message_of(std::string(8'388'609, '\n')) ==
        "s.toml: size = 8388609 bytes, allowed at most 8388608 bytes");
  // Brackets and dots in strings and comments count for nothing
  const std::string deep = repeated("[", 20) + repeated(".", 20), three(3, '\'');
  const std::string names = "name = '" + deep + "'\nsource = \"" + deep + "\\\"" + deep + "\"\n";
  CHECK(parse_study("# " + deep + "\n" + names + base, "s.toml").name == deep);
  const std::string greek = "\xce\xbb = 3, \xc3\xa9";
  CHECK(
      parse_study("# " + greek + "\nname = \"\"\"" + greek + "\\\n  b" + greek + "\"\"\"\n" + base,
                  "s.toml")
          .name == greek + "b" + greek);
  CHECK_THAT(message_of("a = \"\"\"" + deep + "\n" + deep + "\"\"\"\"\nb = " + three + deep +
                        three + "'\n"),
             ContainsSubstring(unknown));
}

TEST_CASE("names are shown, so they are short and printable") {
  const std::string allowed = "allowed at most 1000 bytes without control characters";
  CHECK(message_of("name = \"a\\nb\"\n" + base) == "s.toml:1: name = 'a\\x0ab', " + allowed);
  CHECK(message_of("source = \"\\u001b[31m\"\n" + base) ==
        "s.toml:1: source = '\\x1b[31m', " + allowed);
  CHECK_THAT(message_of("name = '" + std::string(1001, 'x') + "'\n" + base),
             ContainsSubstring("xxx... (1003 bytes), " + allowed));
  const std::string longest(1000, 'x');
  CHECK(parse_study("name = '" + longest + "'\n" + base, "s.toml").name == longest);
  check_messages({
      {"table = \"a\\u0000b\"\n", ":5: table = 'a\\x00b', allowed a name without control"},
      {"[axes]\ntable = [\"a\\nb\"]\n", ":6: table = 'a\\x0ab', allowed a name without control"},
      {"\"ke\\ny\" = 1\n", ":5: key = 'ke\\x0ay', allowed the keys of a run"},
      {"[profiles.\"a\\nb\"]\nruns = 1\n",
       "" : 6 : key = 'runs',
       allowed run
       ? (of run, axes ""},
       {"loss = \"m\\nse\"\n", ":5: loss = 'm\\x0ase', allowed mse"},
      });
  CHECK_THROWS_WITH(parse_study(base + "[profiles.\"a\\nb\"]\n", "s.toml", "c\td"),
                    "s.toml: profile = 'c\\x09d', allowed a\\x0ab");
}

TEST_CASE("a value is shown as it stands, and only its beginning") {
  check_messages({
      {"seed = [0.01, -inf, nan, -9223372036854775808]\n",
       ":5: seed = [ 0.01, -inf, nan, -9223372036854775808 ], allowed an integer"},
      {"seed = {}\n", ":5: seed = {}, allowed an integer"},
      {"seed = { a = [], b.c = { d = 'e' } }\n",
       ":5: seed = { a = [], b = { c = { d = 'e' } } }, allowed an integer"},
      {"seed = [" + repeated("1, ", 30) + "]\n",
       ":5: seed = [ 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1..., allowed"},
  });
}

TEST_CASE("a network too large to train is refused with its size") {
  check_messages({
      {"decoder_widths = [9000, 9000, 9000]\n",
       ":5: decoder_widths = 162306040 parameters, allowed at most 100000000 in a network"},
      {"decoder_widths = [" + repeated("10000, ", 100) + "]\n",
       ":5: decoder_widths = 9901310040 parameters, allowed at most 100000000"},
  });
}

TEST_CASE("a key that others call so is asked back for") {
  const auto asked = [](const std::string& line) {
    const std::string message = message_of(base + line);
    CAPTURE(message);
    const auto start = message.find(", allowed ");
    return message.substr(start + 10, message.find('?') - start - 10);
  };
  CHECK(asked("learning_rate = 1e-3\n") == "representation_rate, decoder_rate");
  CHECK(asked("optimizer = \"sgd\"\n") == "optimiser");
  CHECK(asked("Seed = 1\n") == "seed");
  CHECK(asked("decoder-rate = 1e-3\n") == "decoder_rate");
  CHECK(asked("weight_decay = 1\n") == "representation_decay, decoder_decay");
  CHECK(asked("epochs = 1\n") == "steps");
  CHECK(asked("[axes]\nlr = [1e-3]\n") == "representation_rate, decoder_rate");
  CHECK(asked("optimiser = \"AdamW\"\n") == "adamw");
  CHECK(asked("task = \"modular\"\n[x]\n") != "modular-addition");  // twice a key is no TOML
  CHECK(asked("[axis]\nseed = [1]\n") == "axes");
  CHECK(asked("[refine]\nstrat = [1, 1]\n") == "start");
  CHECK(asked("[profiles.a.runs]\nseed = 1\n") == "run");
  CHECK_THAT(message_of("modell = 'toy'\n" + base), ContainsSubstring("allowed model? (of name"));
  CHECK_THAT(message_of("seed = 1\n" + base), ContainsSubstring("allowed run.seed? (of name"));
  CHECK_THAT(message_of("model = 'diagnal'\n"), ContainsSubstring("allowed diagonal? (of toy"));
  const std::string linear = "model = 'diagonal'\n[run]\nlearning_rate = 1\n";  // its own words
  CHECK_THAT(message_of(linear), ContainsSubstring("allowed rate? (of the keys of a run: loss"));
  CHECK_THROWS_WITH(parse_study(base + "[profiles.quick]\n[profiles.full]\n", "s.toml", "qick"),
                    "s.toml: profile = 'qick', allowed quick? (of full, quick)");
}

TEST_CASE("what cannot be in one cell alone is told with the cell") {
  const std::string axes =
      "[zip]\nseed = [1, 2]\nsteps = [10, 20]\n[axes]\ndecoder_rate = [1e-3, 1e-2]\n";
  const std::string sizes = "symbols = [10, 9]\n";  // 45 samples, all that there are, and 45 of 45
  CHECK(message_of(base + axes + sizes) == "no error");
  CHECK(message_of(base + axes + "symbols = [10, 8, 9]\n") ==
        "s.toml:4: train = 45, allowed [1, 36] (run 2 of 12: seed = 1, steps = 10, decoder_rate = "
        "0.001, symbols = 8)");
  CHECK(message_of(base + axes + "symbols = [9, 10]\nloss = ['mse', 'hinge']\nbatch = [0, 46]\n") ==
        "s.toml:12: batch = 46, allowed [0, 45] (run 2 of 32: seed = 1, steps = 10, decoder_rate = "
        "0.001, symbols = 9, loss = mse, batch = 46)");
  CHECK(message_of("[run]\ntask = 'addition'\nsymbols = 10\ntrain = 56\n") ==
        "s.toml:4: train = 56, allowed [1, 55]");  // no axes, no cell
  CHECK(message_of(base + "[axes]\ntask = [\"addition\", \"a\\nb\\u001b[31m\"]\n") ==
        "s.toml:6: task = 'a\\x0ab\\x1b[31m', allowed addition, modular-addition, abelian, "
        "permutations, table (run 2 of 2: task = a\\x0ab\\x1b[31m)");
}

TEST_CASE("numbers that no double holds are refused wherever they stand") {
  const std::string allowed = ", allowed 0, or a size in [4.9e-324, 1.8e+308]";
  const auto refused = [&](const std::string& text, const std::string& what) {
    CAPTURE(text);
    CHECK(message_of(text) == "s.toml:" + what + allowed);
  };
  refused(base + "decoder_rate = 1e-400\n", "5: decoder_rate = 1e-400");
  refused(base + "decoder_rate = -1e400 # large\n", "5: decoder_rate = -1e400");
  refused(base + "decoder_rate=+1_0.0e-4_00", "5: decoder_rate = +1_0.0e-4_00");
  refused(base + "\"decoder_rate\" = 1e400\n", "5: \"decoder_rate\" = 1e400");
  refused(base + "[axes]\n'\xc3\xa4' = [0.0,\n  2e-324]\n", "7: '\xc3\xa4' = 2e-324");
  refused(base + "[axes]\ndecoder_rate = {logspace = [1e-400, 1], count = 3}\n",
          "6: logspace = 1e-400");
  refused(base + "[axes]\nx = [{a = 1, b = 2}, 1e-400]\n", "6: b = 1e-400");
  refused(base + "[axes]\ndecoder_rate = {range = [0, 1], step = 1e-400}\n", "6: step = 1e-400");
  // Not numbers: a key, a name, what stands in quotes and comments; and a number that is 0.
  CHECK(message_of(base + "[profiles.1e-400.run]\nseed = 1 # 1e-400\n") == "no error");
  CHECK(message_of("name = \"= 1e-400\"\n" + base + "decoder_decay = 0e-400\n") == "no error");
  CHECK_THAT(message_of("1e-400 = 1\n" + base), ContainsSubstring("key = '1e-400'"));
  CHECK_THAT(message_of(base + "[axes]\nx = {1e-400 = 1, 1e400 = 2}\n"),
             ContainsSubstring("key = 'x'"));
  CHECK(message_of(base + "decoder_decay = 1e-320\n") == "no error");  // small, and there
}

}  // namespace
}  // namespace grok
