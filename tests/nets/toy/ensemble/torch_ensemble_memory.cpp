// tests/nets/toy/ensemble/torch_ensemble_memory.cpp: what ensembles take, and what happens when
// there is less.
#include <atomic>
#include <chrono>
#include <mutex>
#include <set>
#include <thread>
#include <utility>

#include "core/errors.hpp"
#include "nets/toy/ensemble/ensemble_engine.hpp"
#include "tests/nets/toy/ensemble/ensemble_checks.hpp"
#include "tests/nets/toy/ensemble/torch_memory.hpp"
#include "tests/support/catch.hpp"

using namespace grok;
using namespace grok::toy;

namespace {

RunSpec small_spec(std::int64_t seed, std::int64_t train = 45) {
  RunSpec spec;
  spec.seed = seed;
  spec.train = train;
  spec.decoder_widths = {32, 32};
  spec.stop = "budget";
  spec.steps = 60;
  return spec;
}

std::vector<RunSpec> small_specs(std::int64_t count) {
  std::vector<RunSpec> specs;
  for (std::int64_t seed = 0; seed < count; ++seed) {
    specs.push_back(small_spec(seed));
  }
  return specs;
}

std::int64_t bytes_of(const RunSpec& spec, std::int64_t members) {
  return EnsembleLayout(resolve(spec, "test")).bytes(members, Ensemble::chunk_steps);
}

// Trains on the CPU and compares with training that lacks nothing: every run is there, told once,
// and the same. What was said comes back.
struct Story {
  std::vector<std::string> said;
  std::int64_t refused = 0;
};

Story train_short_of_memory(const std::vector<RunSpec>& specs, const TensorMemory::Refusal& refuse,
                            EnsembleOptions options) {
  const std::vector<Record> wanted = train_ensembles(specs, {});
  Story story;
  std::vector<int> calls(specs.size(), 0);
  options.notice = [&](const std::string& text) { story.said.push_back(text); };
  options.finished = [&, also = options.finished](std::size_t k, const Record& record) {
    ++calls[k];
    if (also) {
      also(k, record);
    }
  };
  const TensorMemory memory(refuse);
  const std::vector<Record> records = train_ensembles(specs, options);
  story.refused = memory.refused();
  REQUIRE(records.size() == specs.size());
  for (std::size_t k = 0; k < specs.size(); ++k) {
    CAPTURE(k);
    CHECK(calls[k] == 1);
    CHECK(records[k].engine == "torch/cpu");
    CHECK(records[k].steps_done == specs[k].steps);
    CHECK(records[k].train_loss == Approx(wanted[k].train_loss).epsilon(1e-4));
    CHECK(records[k].rqi == wanted[k].rqi);
    CHECK(records[k].lambda3 == wanted[k].lambda3);
  }
  return story;
}

std::string halved(int from, int to) {
  return "train: out of memory with " + std::to_string(from) +
         " networks side by side: " + std::to_string(to) + " from here on";
}

TensorMemory::Refusal more_than(std::int64_t allowed) {
  return [allowed](std::int64_t, std::int64_t taken) { return taken > allowed; };
}

// True for the first call from each of `count` threads, which waits for the others (not for ever:
// a thread may find no work).
class TogetherFirst {
 public:
  explicit TogetherFirst(std::size_t count) : count_(count) {}
  bool operator()() {
    {
      const std::lock_guard lock(mutex_);
      if (seen_.size() == count_ || !seen_.insert(std::this_thread::get_id()).second) {
        return false;
      }
    }
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (std::chrono::steady_clock::now() < end) {
      std::this_thread::yield();
      const std::lock_guard lock(mutex_);
      if (seen_.size() == count_) {
        break;
      }
    }
    return true;
  }

 private:
  std::size_t count_;
  std::mutex mutex_;
  std::set<std::thread::id> seen_;
};

}  // namespace

TEST_CASE("ensembles: the layout knows what the tensors take", "[ensemble]") {
  std::vector<RunSpec> specs(6, small_spec(1));
  specs[1].decoder_widths = {300};  // activations
  specs[1].symbols = 20;
  specs[1].train = 100;
  specs[2].loss = "cross-entropy";
  specs[2].batch = 12;
  specs[3].precision = "float64";
  specs[3].representation_dimension = 5;
  specs[3].decoder_widths = {};
  specs[3].batch = 30;
  specs[4].loss = "hinge";
  specs[4].symbols = 40;  // parallelograms
  specs[4].train = 600;
  specs[5].task = "permutations";  // products
  specs[5].symbols = 24;
  specs[5].representation_dimension = 16;
  for (const RunSpec& given : specs) {
    const RunSpec spec = resolve(given, "test");
    const EnsembleLayout layout(spec);
    for (const std::int64_t members : {1, 3}) {
      const TensorMemory memory;
      const auto ensemble = make_ensemble(spec, members, "cpu");
      const std::int64_t told = layout.bytes(members, Ensemble::chunk_steps);
      CAPTURE(spec.symbols, spec.loss, members, told);
      CHECK(memory.taken() <= told);
      // Set aside: for states and settings, and for templates that only mse has.
      const Index templates = spec.loss == "mse" ? 0 : (layout.outputs + 1) * layout.padded_classes;
      CHECK(told - memory.taken() <= members * (1024 + templates * layout.real_bytes));
      for (std::int64_t slot = 0; slot < members; ++slot) {
        ensemble->load(slot, spec, draw_initial_state(spec));
      }
      ensemble->run(2);
      ensemble->states();
      CHECK(memory.most() <= told);
    }
  }
}

TEST_CASE("ensembles: too large for the memory are halved, said once", "[ensemble]") {
  std::vector<RunSpec> specs;
  for (std::int64_t seed = 0; seed < 9; ++seed) {
    specs.push_back(small_spec(seed, seed < 5 ? 45 : 40));  // two shapes
  }
  std::vector<std::string> said;
  const auto notice = [&](const std::string& text) { said.push_back(text); };
  for (const std::string& device : devices()) {
    const std::vector<Record> free = train_ensembles(specs, {.device = device, .members = 4});
    said.clear();
    const std::vector<Record> tight = train_ensembles(
        specs,
        {.device = device, .members = 4, .memory = bytes_of(specs[0], 2) + 100, .notice = notice});
    REQUIRE(said.size() == 1);
    CHECK_THAT(said[0], ContainsSubstring("2 networks side by side instead of 4"));
    for (std::size_t k = 0; k < specs.size(); ++k) {
      CHECK(tight[k].steps_done == 60);
      CHECK(tight[k].rqi == free[k].rqi);
      CHECK(tight[k].train_loss == Approx(free[k].train_loss).epsilon(1e-4));
    }
    const std::int64_t one = bytes_of(specs[0], 1);
    CHECK_NOTHROW(train_ensembles(std::span(specs).first(1), {.device = device, .memory = one}));
    CHECK_THROWS_WITH(
        train_ensembles(std::span(specs).first(1), {.device = device, .memory = one - 1}),
        "train: memory = " + std::to_string(one) + " bytes for one network, allowed " +
            std::to_string(one - 1) + " (device " + device + ")");
  }
}

TEST_CASE("ensembles: out of memory at the start, half the networks, each halving told once",
          "[ensemble]") {
  std::vector<RunSpec> specs = small_specs(9);
  const std::int64_t three = bytes_of(specs[0], 3), one = bytes_of(specs[0], 1);
  const Story once = train_short_of_memory(specs, more_than(three), {.members = 4});
  CHECK(once.said == std::vector<std::string>{halved(4, 2)});
  CHECK(once.refused == 1);  // the limit is kept
  const Story twice = train_short_of_memory(specs, more_than(one), {.members = 4});
  CHECK(twice.said == std::vector<std::string>{halved(4, 2), halved(2, 1)});
  CHECK(twice.refused == 2);
  const Story odd = train_short_of_memory(specs, more_than(three), {.members = 7});
  CHECK(odd.said == std::vector<std::string>{halved(7, 4), halved(4, 2)});
  CHECK(train_short_of_memory(specs, {}, {.members = 4}).said.empty());
}

TEST_CASE("ensembles: what does not fit of one shape fits of another", "[ensemble]") {
  std::vector<RunSpec> specs;
  for (std::int64_t seed = 0; seed < 8; ++seed) {
    specs.push_back(small_spec(seed, seed < 4 ? 40 : 45));
    specs.back().decoder_widths = {seed < 4 ? 100 : 5};
  }
  const std::int64_t large = bytes_of(specs[0], 1);
  const std::int64_t four = bytes_of(specs[4], 4), three = bytes_of(specs[4], 3);
  REQUIRE(large > four);
  std::atomic<std::int64_t> now = 0;
  std::vector<std::int64_t> taken;
  const auto refuse = [&](std::int64_t, std::int64_t all) {
    now = all;
    return all > large;
  };
  const auto finished = [&](std::size_t k, const Record&) {
    if (k >= 4) {
      taken.push_back(now);
    }
  };
  const Story story = train_short_of_memory(specs, refuse, {.members = 4, .finished = finished});
  CHECK(story.said == std::vector<std::string>{halved(4, 2), halved(2, 1)});
  REQUIRE(taken.size() == 4);
  for (const std::int64_t bytes : taken) {
    CHECK(bytes > three);
    CHECK(bytes <= four);
  }
}

// Embeddings of a float32 network become doubles as it is collected: the only memory that a
// running ensemble asks for.
TEST_CASE("ensembles: out of memory amid training, no run is lost, none told twice", "[ensemble]") {
  std::vector<RunSpec> specs = small_specs(9);
  const std::vector<std::int64_t> budgets = {20, 44, 44, 44, 60, 60, 30, 25, 10};
  for (std::size_t k = 0; k < specs.size(); ++k) {
    specs[k].steps = budgets[k];
  }
  for (const int at : {1, 2, 3, 4, 9}) {
    int collected = 0;
    const auto refuse = [&](std::int64_t bytes, std::int64_t) {
      return bytes == 10 * 8 && ++collected == at;
    };
    CAPTURE(at);
    const Story story = train_short_of_memory(specs, refuse, {.members = 4});
    CHECK(story.refused == 1);
    REQUIRE(story.said.size() == 1);
    CHECK_THAT(story.said[0], ContainsSubstring("train: out of memory"));
    CHECK(collected > 9);  // one more than there are runs: it was asked for again
  }
}

TEST_CASE("ensembles: memory for one network is enough for any number of threads", "[ensemble]") {
  const std::vector<RunSpec> specs = small_specs(6);
  const std::int64_t one = bytes_of(specs[0], 1);
  for (const int threads : {2, 3}) {
    CAPTURE(threads);
    TogetherFirst together(2);
    const auto refuse = [&](std::int64_t, std::int64_t taken) {
      together();
      return taken > one;
    };
    train_short_of_memory(specs, refuse, {.threads = threads, .members = 1});
    TogetherFirst refused(2);  // two fail, of which each alone would not
    const auto refuse_first = [&](std::int64_t, std::int64_t) { return refused(); };
    const Story both =
        train_short_of_memory(specs, refuse_first, {.threads = threads, .members = 1});
    CHECK(both.refused == 2);
  }
}

// The other thread has found nothing to do and is gone.
TEST_CASE("ensembles: out of memory on the last busy thread loses no run", "[ensemble]") {
  std::vector<RunSpec> specs = small_specs(1);
  specs[0].steps = 400;
  bool once = false;
  const auto refuse = [&](std::int64_t bytes, std::int64_t) {
    return bytes == 10 * 8 && !std::exchange(once, true);
  };
  const TensorMemory memory(refuse);
  try {
    const std::vector<Record> records = train_ensembles(specs, {.threads = 2});
    CHECK(records[0].steps_done == 400);
  } catch (const Error& failure) {
    CHECK_THAT(failure.what(), ContainsSubstring("bytes for one network"));
  }
  CHECK(memory.refused() == 1);
}

TEST_CASE("ensembles: too little for one network is an error, on any number of threads",
          "[ensemble]") {
  const std::string message =
      "train: memory = " + std::to_string(bytes_of(small_spec(0), 1)) + " bytes for one network";
  for (const std::int64_t count : {1, 5}) {
    for (const int threads : {1, 2, 3}) {
      CAPTURE(count, threads);
      const TensorMemory memory(more_than(5000));
      CHECK_THROWS_WITH(train_ensembles(small_specs(count), {.threads = threads, .members = 4}),
                        Catch::Matchers::StartsWith(message));
      CHECK(memory.taken() == 0);
    }
  }
}
