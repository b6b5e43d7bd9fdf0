#include "nets/toy/initial_state.hpp"
#include "nets/toy/run_spec.hpp"

#include <fmt/format.h>

#include <functional>
#include <limits>
#include <set>

#include "core/errors.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scratch.hpp"
#include "theory/training_set.hpp"

namespace grok::toy {
namespace {

using I = std::int64_t;

std::string message_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const InputError& failure) {
    return failure.what();
  }
  return "no error";
}

// Another legitimate value of a field, whatever it holds now.
void change(std::string& value, const Choice& allowed) {
  value = value == allowed.names[0] ? allowed.names[1] : allowed.names[0];
}
void change(std::string& value, FilePath) { value += "x"; }
void change(I& value, const Range<I>& allowed) { value += value < allowed.high ? 1 : -1; }
void change(std::optional<I>& value, const Range<I>&) { value = *value + 1; }
void change(double& value, const Range<double>& allowed) {
  value = value == 0 ? allowed.high : value / 2;
}
void change(std::optional<double>& value, const Range<double>&) { value = *value / 2; }
void change(std::vector<I>& value, const Range<I>&) { value.push_back(7); }

TEST_CASE("the default run is the paper's, and resolving twice changes nothing") {
  const RunSpec spec = resolve({}, "test");
  CHECK(spec.split_seed == 58);
  CHECK(spec.label_seed == 58);
  CHECK(spec.init_seed == 58);
  CHECK(spec.batch_seed == 58);
  CHECK(spec.output_dimension == 30);
  CHECK(resolve(spec, "test") == spec);
  CHECK(task_of(spec).name() == "addition");
  CHECK(training_set_of(spec) == draw_training_set(Task::addition(10), 45, 58));
}

TEST_CASE("seeds set apart stay apart, and only the split seed moves the training set") {
  RunSpec spec;
  spec.seed = 3;
  spec.label_seed = 4;
  const RunSpec resolved = resolve(spec, "test");
  CHECK(resolved.split_seed == 3);
  CHECK(resolved.label_seed == 4);
  RunSpec moved = resolved;
  moved.label_seed = 5;
  moved.init_seed = 6;
  CHECK(training_set_of(moved) == training_set_of(resolved));
  moved.split_seed = 7;
  CHECK(training_set_of(moved) != training_set_of(resolved));
}

TEST_CASE("cross-entropy has one output for each result of the task") {
  RunSpec spec;
  spec.loss = "cross-entropy";
  CHECK(resolve(spec, "test").output_dimension == 19);
  spec.task = "modular-addition";
  CHECK(resolve(spec, "test").output_dimension == 10);
  spec.output_dimension = 10;
  CHECK(resolve(spec, "test").output_dimension == 10);
  spec.output_dimension = 9;
  CHECK_THROWS_AS(resolve(spec, "test"), InputError);
  spec.output_dimension = 19;
  CHECK(message_of([&] { resolve(spec, "test"); }) ==
        "test: output_dimension = 19, allowed 10 (loss = cross-entropy: one for each output of the "
        "task)");
}

TEST_CASE("groups: symbols from their orders, squares for matrices, RQI tolerance by kind") {
  RunSpec abelian;
  abelian.task = "abelian";
  abelian.orders = {2, 3};
  abelian.train = 10;
  const RunSpec sums = resolve(abelian, "test");
  CHECK(sums.symbols == 6);
  CHECK(sums.rqi_tolerance == 0.01);
  CHECK(task_of(sums).output({1, 5}) == 3);  // (0,1) + (1,2) = (1,0)
  CHECK(resolve(sums, "test") == sums);
  abelian.orders = {3, 2};  // another numbering: another run
  CHECK(identity(resolve(abelian, "test")) != identity(sums));

  RunSpec permutations;
  permutations.task = "permutations";
  permutations.symbols = 6;
  permutations.train = 24;
  permutations.representation_dimension = 9;
  const RunSpec products = resolve(permutations, "test");
  CHECK(products.rqi_tolerance == 0.5);
  CHECK(task_of(products).sample_count() == 36);
  permutations.symbols = 7;
  CHECK_THROWS_AS(resolve(permutations, "test"), InputError);
}

TEST_CASE("one-hot targets have one number for each output") {
  RunSpec spec;
  spec.targets = "one-hot";
  spec.label_scale = 2;
  const RunSpec resolved = resolve(spec, "test");
  CHECK(resolved.output_dimension == 19);
  CHECK(draw_initial_state(resolved).labels == 2 * Eigen::MatrixXd::Identity(19, 19));
}

TEST_CASE("every bad value has its message") {
  struct Case {
    std::function<void(RunSpec&)> spoil;
    std::string message;
  };
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double inf = std::numeric_limits<double>::infinity();
  const std::vector<Case> cases = {
      {[](RunSpec& s) { s.task = "add"; },
       "task = 'add', allowed addition? (of addition, modular-addition, abelian, permutations, "
       "table)"},
      {[](RunSpec& s) { s.symbols = 0; }, "symbols = 0, allowed [2, 300]"},
      {[](RunSpec& s) { s.symbols = 1; }, "symbols = 1, allowed [2, 300]"},
      {[](RunSpec& s) { s.symbols = 1'000'000'000; }, "symbols = 1000000000, allowed [2, 300]"},
      {[](RunSpec& s) { s.train = 0; }, "train = 0, allowed [1, 55]"},
      {[](RunSpec& s) { s.train = -3; }, "train = -3, allowed [1, 55]"},
      {[](RunSpec& s) { s.train = 56; }, "train = 56, allowed [1, 55]"},
      {[](RunSpec& s) { s.batch = -1; }, "batch = -1, allowed [0, 45]"},
      {[](RunSpec& s) { s.batch = 46; }, "batch = 46, allowed [0, 45]"},
      {[](RunSpec& s) { s.seed = -1; }, "seed = -1, allowed [0, 9007199254740992]"},
      {[](RunSpec& s) { s.split_seed = -1; }, "split_seed = -1, allowed [0, 9007199254740992]"},
      {[](RunSpec& s) { s.init_seed = 9'007'199'254'740'993; },
       "init_seed = 9007199254740993, allowed [0, 9007199254740992]"},
      {[](RunSpec& s) { s.representation_dimension = 0; },
       "representation_dimension = 0, allowed [1, 1000]"},
      {[](RunSpec& s) { s.representation_rate = -1e-3; },
       "representation_rate = -0.001, allowed [0, 10]"},
      {[](RunSpec& s) { s.optimiser = "adam"; },
       "optimiser = 'adam', allowed adamw? (of adamw, sgd)"},
      {[](RunSpec& s) { s.optimiser = "SGD"; }, "optimiser = 'SGD', allowed sgd? (of adamw, sgd)"},
      {[](RunSpec& s) { s.representation_rate = 10.5; },
       "representation_rate = 10.5, allowed [0, 10]"},
      {[](RunSpec& s) {
         s.optimiser = "sgd";
         s.decoder_rate = 10'001;
       },
       "decoder_rate = 10001, allowed [0, 10000]"},
      {[=](RunSpec& s) { s.decoder_rate = nan; }, "decoder_rate = nan, allowed [0, 10]"},
      {[=](RunSpec& s) { s.decoder_rate = inf; }, "decoder_rate = inf, allowed [0, 10]"},
      {[=](RunSpec& s) { s.decoder_decay = -inf; }, "decoder_decay = -inf, allowed [0, 1000000]"},
      {[](RunSpec& s) {
         s.decoder_widths = {200, 0};
       },
       "decoder_widths[1] = 0, allowed [1, 10000]"},
      {[](RunSpec& s) { s.decoder_activation = "gelu"; },
       "decoder_activation = 'gelu', allowed relu? (of tanh, relu)"},
      {[](RunSpec& s) { s.loss = ""; }, "loss = '', allowed mse, cross-entropy, hinge"},
      {[](RunSpec& s) { s.output_dimension = 0; }, "output_dimension = 0, allowed [1, 10000]"},
      {[](RunSpec& s) { s.steps = 0; }, "steps = 0, allowed [1, 1000000000]"},
      {[](RunSpec& s) { s.stop = "never"; }, "stop = 'never', allowed decided, phase, rqi, budget"},
      {[](RunSpec& s) { s.accuracy_threshold = 1.1; }, "accuracy_threshold = 1.1, allowed [0, 1]"},
      {[](RunSpec& s) { s.precision = "float16"; },
       "precision = 'float16', allowed float32, float64"},
      {[](RunSpec& s) { s.table = "t.csv"; }, "table = 't.csv', allowed nothing (task = addition)"},
      {[](RunSpec& s) { s.task = "table"; },
       "table = '', allowed a CSV file of a,b,c (task = table)"},
      {[](RunSpec& s) {
         s.orders = {5, 2};
       },
       "orders = [5, 2], allowed nothing (task = addition)"},
      {[](RunSpec& s) { s.task = "abelian"; },
       "orders = nothing, allowed orders of cyclic groups (task = abelian)"},
      {[](RunSpec& s) {
         s.task = "abelian";
         s.orders = {300, 300, 300};
       },
       "orders = [300, 300, 300], allowed a product of at most 300"},
      {[](RunSpec& s) {
         s.task = "permutations";
         s.symbols = 6;
         s.train = 24;
         s.representation_dimension = 8;
       },
       "representation_dimension = 8, allowed a square, 1, 4, 9, ... (task = permutations: "
       "embeddings are matrices)"},
      {[](RunSpec& s) {
         s.targets = "one-hot";
         s.output_dimension = 30;
       },
       "output_dimension = 30, allowed 19 (targets = one-hot: one for each output of the task)"},
      {[](RunSpec& s) { s.representation_distribution = "cauchy"; },
       "representation_distribution = 'cauchy', allowed uniform, normal"},
      {[=](RunSpec& s) { s.rqi_tolerance = nan; }, "rqi_tolerance = nan, allowed [0, 1000000]"},
  };
  for (const Case& c : cases) {
    RunSpec spec;
    c.spoil(spec);
    CHECK(message_of([&] { resolve(spec, "here"); }) == "here: " + c.message);
  }
}

TEST_CASE("the smallest and the largest training set are legitimate") {
  for (const I train : {1, 55}) {
    RunSpec spec;
    spec.train = train;
    CHECK(std::ssize(training_set_of(resolve(spec, "test"))) == train);
  }
}

TEST_CASE("the message names the place of the key at fault") {
  RunSpec spec;
  spec.train = 99;
  CHECK(message_of([&] {
          resolve(spec, [](const std::string& key) { return "line of " + key; });
        }) == "line of train: train = 99, allowed [1, 55]");
}

TEST_CASE("a fraction of D0 is the run of the size that it gives") {
  RunSpec fraction, size;
  fraction.train_fraction = 0.7;  // of 55: 38.5, so 39
  size.train = 39;
  const RunSpec resolved = resolve(fraction, "test");
  CHECK(resolved.train == 39);
  CHECK(resolved.train_fraction == 0.7);  // as it was asked for
  CHECK(resolve(resolved, "test") == resolved);
  CHECK(identity(resolved) == identity(resolve(size, "test")));
  CHECK(training_set_of(resolved) == training_set_of(resolve(size, "test")));
  fraction.batch = 39;  // all of D
  CHECK(identity(resolve(fraction, "test")) == identity(resolved));
  fraction.batch = 40;
  CHECK_THROWS_WITH(resolve(fraction, "test"), "test: batch = 40, allowed [0, 39]");
  fraction.batch = 0;
  fraction.symbols = 20;  // of 210
  CHECK(resolve(fraction, "test").train == 147);
  fraction.train_fraction = 1;
  CHECK(resolve(fraction, "test").train == 210);
  fraction.train_fraction = 0.002;
  CHECK_THROWS_WITH(resolve(fraction, "test"),
                    "test: train_fraction = 0.002, allowed one that gives a sample or more of "
                    "|D0| = 210");
  fraction.train_fraction = 1.01;
  CHECK_THROWS_WITH(resolve(fraction, "test"), "test: train_fraction = 1.01, allowed [0, 1]");
}

TEST_CASE("the nearest number of samples, halves up, of the decimal that was written") {
  CHECK(samples_of_fraction(0.7, 45) == 32);  // 31.5, in binary 31.499999999999996
  CHECK(samples_of_fraction(0.3, 5) == 2);    // 1.5
  CHECK(samples_of_fraction(0.49, 1) == 0);
  CHECK(samples_of_fraction(0.5, 1) == 1);
  for (I all = 1; all <= 400; ++all) {  // k/all is k, and hundredths are as in whole numbers
    for (I k = 0; k <= all; ++k) {
      CHECK(samples_of_fraction(static_cast<double>(k) / static_cast<double>(all), all) == k);
    }
    for (I k = 0; k <= 100; ++k) {
      CHECK(samples_of_fraction(static_cast<double>(k) / 100, all) == (2 * k * all + 100) / 200);
    }
  }
}

TEST_CASE("a training set from a file sets train and is known by its content") {
  const Scratch scratch("pairs");
  const auto file = scratch.write("one.csv", "i,j\n1,2\n0,0\n9,3\n");
  RunSpec spec;
  spec.pairs = file.string();
  const RunSpec one = resolve(spec, "test");
  CHECK(one.train == 3);
  CHECK(training_set_of(one) == std::vector<Sample>{{0, 0}, {1, 2}, {3, 9}});
  spec.pairs = scratch.write("two.csv", "3,9\n2,1\n0,0\n").string();
  CHECK(identity(resolve(spec, "test")) == identity(one));
  spec.pairs = scratch.write("three.csv", "3,9\n2,2\n0,0\n").string();
  CHECK(identity(resolve(spec, "test")) != identity(one));

  std::filesystem::remove(file);  // read once: a resolved spec carries the samples
  CHECK(resolve(one, "test") == one);
  spec.pairs = file.string();
  CHECK_THROWS_AS(resolve(spec, "test"), InputError);
  spec.pairs = scratch.write("bad.csv", "0,1\n1,0\n").string();
  CHECK_THROWS_WITH(resolve(spec, "test"), ContainsSubstring("bad.csv:2"));
}

TEST_CASE("a table gives symbols, outputs and order, and is known by its content") {
  const Scratch scratch("table");
  RunSpec spec;
  spec.task = "table";
  spec.train = 3;
  spec.table = scratch.write("xor.csv", "a,b,c\n0,0,0\n0,1,1\n1,1,0\n").string();
  const RunSpec symmetric = resolve(spec, "test");
  CHECK(symmetric.symbols == 2);
  CHECK(task_of(symmetric).sample_count() == 3);
  CHECK(task_of(symmetric).commutative());
  CHECK(resolve(symmetric, "test") == symmetric);

  spec.table = scratch.write("all.csv", "1,1,0\n0,0,0\n0,1,1\n1,0,1\n").string();
  CHECK(identity(resolve(spec, "test")) == identity(symmetric));
  spec.table = scratch.write("left.csv", "0,0,0\n0,1,0\n1,0,1\n1,1,1\n").string();
  const RunSpec left = resolve(spec, "test");
  CHECK(task_of(left).sample_count() == 4);
  CHECK_FALSE(task_of(left).commutative());
  CHECK(identity(left) != identity(symmetric));
  spec.train = 5;
  CHECK_THROWS_WITH(resolve(spec, "test"), "test: train = 5, allowed [1, 4]");

  std::string large = "a,b,c\n";
  for (int a = 0; a <= 300; ++a) {
    for (int b = a; b <= 300; ++b) {
      large += fmt::format("{},{},0\n", a, b);
    }
  }
  spec.table = scratch.write("large.csv", large).string();
  CHECK_THROWS_WITH(resolve(spec, "test"), "test: symbols = 301, allowed [2, 300]");
}

// The text is pinned: a change would make every store forget its runs. The name is that of
// Python's uuid.uuid5(uuid.NAMESPACE_OID, "groktheory run 1\n" + text).
TEST_CASE("text and name of the default run") {
  const RunSpec spec = resolve({}, "test");
  CHECK(canonical_text(spec) ==
        "task = addition\nsymbols = 10\ntrain = 45\nsplit_seed = 58\nlabel_seed = 58\n"
        "init_seed = 58\nbatch_seed = 58\nrepresentation_dimension = 1\n"
        "representation_init_scale = 1\nrepresentation_rate = 0.001\nrepresentation_decay = 0\n"
        "decoder_widths = [200, 200]\ndecoder_activation = tanh\ndecoder_init_scale = 1\n"
        "decoder_rate = 0.0001\ndecoder_decay = 0\nloss = mse\noutput_dimension = 30\n"
        "label_scale = 1\nbatch = 0\nsteps = 100000\nstop = decided\naccuracy_threshold = 0.9\n"
        "rqi_threshold = 0.95\nrqi_tolerance = 0.01\ngrokking_gap = 1000\nprecision = float32\n");
  CHECK(identity(spec) == "3b066d33-034d-5c4d-a01d-84892c5397b3");
}

TEST_CASE("every field that changes the outcome changes the name") {
  const RunSpec base = resolve({}, "test");
  std::set<std::string> names = {identity(base)};
  std::size_t fields = 0;
  RunSpec keys;
  for_each_field(keys, [&](const std::string& key, auto&&...) {
    RunSpec changed = base;
    for_each_field(changed,
                   [&](const std::string& at, auto& member, const auto& allowed, const auto&...) {
                     if (at == key) {
                       change(member, allowed);
                     }
                   });
    INFO(key);
    REQUIRE_FALSE(changed == base);
    const bool indirect =
        key == "seed" || key == "table" || key == "pairs" || key == "train_fraction";
    CHECK((identity(changed) == identity(base)) == indirect);
    names.insert(identity(changed));
    fields += indirect ? 0 : 1;
  });
  CHECK(fields == 33);
  CHECK(names.size() == fields + 1);  // and no two changes give one name
}

TEST_CASE("one run has one name however it is asked for") {
  const std::string name = identity(resolve({}, "test"));
  RunSpec spec;
  spec.seed = 1;
  spec.split_seed = spec.label_seed = spec.init_seed = spec.batch_seed = 58;
  spec.output_dimension = 30;
  spec.decoder_decay = -0.0;
  spec.batch = 45;  // all of D
  CHECK(identity(resolve(spec, "test")) == name);
  spec.batch = 44;
  CHECK(identity(resolve(spec, "test")) != name);
}

TEST_CASE("neighbouring doubles have different names") {
  RunSpec spec = resolve({}, "test");
  const std::string name = identity(spec);
  spec.decoder_rate = std::nextafter(spec.decoder_rate, 1.0);
  CHECK(identity(spec) != name);
}

TEST_CASE("a spec that was not resolved has no name") {
  CHECK_THROWS_AS(identity(RunSpec{}), Error);
  CHECK_THROWS_AS(training_set_of(RunSpec{}), Error);
}

}  // namespace
}  // namespace grok::toy
