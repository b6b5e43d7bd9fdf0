// tests/nets/test_checkpoint.cpp: a run that was interrupted ends as one that was not, bit for bit.
#include "nets/checkpoint.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <map>
#include <mutex>

#include "core/errors.hpp"
#include "nets/toy/milestones.hpp"
#include "nets/toy/model.hpp"
#include "tests/support/catch.hpp"

using namespace grok;

namespace {

constexpr std::int64_t budget = 45;

toy::RunSpec small_spec(const std::string& precision, std::int64_t batch = 0,
                        const std::string& optimiser = "adamw") {
  toy::RunSpec spec;
  spec.task = "modular-addition";
  spec.symbols = 6;
  spec.train = 15;
  spec.representation_dimension = 2;
  spec.precision = precision;
  spec.batch = batch;
  spec.optimiser = optimiser;
  spec.loss = "cross-entropy";
  spec.decoder_widths = {12, 9};
  spec.representation_rate = spec.decoder_rate = optimiser == "sgd" ? 0.3 : 2e-2;
  spec.decoder_decay = 0.1;
  spec.accuracy_threshold = 0.26;  // reached within the first steps
  spec.steps = budget;
  spec.stop = "budget";
  return spec;
}

/// What runs leave to those that come after them.
class Shelf {
 public:
  std::optional<Artefact> find(const Run& run, const std::string& name) const {
    const auto found = kept_.find({run.name(), name});
    return found == kept_.end() ? std::nullopt : std::optional(found->second);
  }
  void put(const Run& run, const Artefact& artefact) {
    steps_.push_back(artefact.step);
    kept_[{run.name(), artefact.name}] = artefact;
  }
  const std::vector<std::int64_t>& steps() const { return steps_; }  // of all that was put there
  bool empty() const { return kept_.empty(); }

 private:
  std::map<std::pair<std::string, std::string>, Artefact> kept_;
  std::vector<std::int64_t> steps_;
};

/// Trains runs until `calls` questions whether to stop were answered with no; how many ended.
std::map<std::string, Finished> trained(const std::vector<Run>& runs, Shelf& shelf,
                                        std::int64_t stride, std::int64_t calls, int threads = 1,
                                        double seconds = 0) {
  std::map<std::string, Finished> ended;
  TrainOptions options;
  options.workers = cpu_workers(threads);
  options.stride = stride;
  options.keep = {toy::parameters_name};
  options.checkpoint_seconds = seconds;
  options.shelf = [&](const Run& run, const std::string& name) { return shelf.find(run, name); };
  options.shelve = [&](std::size_t k, const Artefact& a) { shelf.put(runs[k], a); };
  options.finished = [&](std::size_t k, const Finished& f) { ended[runs[k].name()] = f; };
  std::mutex counting;
  options.stop = [&] {
    const std::lock_guard lock(counting);
    return --calls < 0;
  };
  try {
    train_each(runs, options);
  } catch (const Interrupted&) {
    REQUIRE(calls < 0);
  }
  return ended;
}
constexpr std::int64_t no_end = 1'000'000'000;

Finished uninterrupted(const Run& run, std::int64_t stride) {
  Shelf none;
  return trained({run}, none, stride, no_end).at(run.name());
}

void check_equal(const Finished& a, const Finished& b) {
  CHECK(different_results(a.outcome, b.outcome).empty());
  CHECK(a.curve.columns == b.curve.columns);
  CHECK(a.curve.metrics == b.curve.metrics);
  CHECK(same_value(a.curve.numbers, b.curve.numbers));
  CHECK(a.artefacts == b.artefacts);
}

// A shelf with the checkpoint of a run that was stopped amid its training.
Shelf stopped(const Run& run, std::int64_t stride = 5) {
  Shelf shelf;
  REQUIRE(trained({run}, shelf, stride, 22).empty());
  REQUIRE(shelf.steps().back() == 21);  // asked before the run, then at each step from 0 on
  return shelf;
}

struct Parts {
  std::string made_by, state;
  double seconds = 0;
};
Parts parts_of(const Artefact& checkpoint) {
  StateReader reader(checkpoint.bytes);
  Parts parts;
  reader.get(parts.made_by);
  reader.get(parts.seconds);
  reader.get(parts.state);
  return parts;
}
std::string bytes_of(const Parts& parts) {
  StateWriter writer;
  writer.put(parts.made_by);
  writer.put(parts.seconds);
  writer.put(parts.state);
  return writer.take();
}

// How a run with such bytes on its shelf ends.
std::string refusal(const Run& run, const std::string& bytes) {
  Shelf shelf;
  shelf.put(run, {checkpoint_name, 21, bytes});
  try {
    trained({run}, shelf, 5, no_end);
  } catch (const Error& error) {
    return error.what();
  }
  return "none";
}
void check_refused(const Run& run, const std::string& bytes) {
  CHECK_THAT(refusal(run, bytes), Catch::Matchers::StartsWith("checkpoint: "));
}

std::string with_number(std::string bytes, std::size_t at, std::uint64_t number) {
  REQUIRE(at + sizeof number <= bytes.size());
  std::memcpy(bytes.data() + at, &number, sizeof number);
  return bytes;
}
std::uint64_t number_at(const std::string& bytes, std::size_t at) {
  std::uint64_t number = 0;
  REQUIRE(at + sizeof number <= bytes.size());
  std::memcpy(&number, bytes.data() + at, sizeof number);
  return number;
}

}  // namespace

TEST_CASE("checkpoint: interrupted anywhere, a run ends as if it had not been", "[nets][promise]") {
  for (const std::string precision : {"float32", "float64"}) {
    for (const std::int64_t batch : {0, 10}) {
      for (const std::string optimiser : {"adamw", "sgd"}) {
        const Run run = toy::run_of(small_spec(precision, batch, optimiser));
        const Finished whole = uninterrupted(run, 7);
        const auto& record = whole.outcome.as<toy::Record>();
        CAPTURE(precision, batch, optimiser);
        REQUIRE(record.steps_done == budget);
        REQUIRE(record.steps_to_train.value_or(0) > 0);
        REQUIRE(record.steps_to_train.value_or(budget) < 15);
        REQUIRE(whole.curve.rows() == 8);  // 0, 7, ..., 42 and the last
        REQUIRE(whole.artefacts.size() == 1);
        // Two questions are one step: one before the run, one at the step it begins with
        for (const std::int64_t calls : {2, 3, 4, 8, 9, 23, 45, 46}) {
          Shelf shelf;
          std::map<std::string, Finished> ended;
          std::int64_t attempts = 0;
          while (ended.empty() && attempts <= budget) {
            ended = trained({run}, shelf, 7, calls);
            ++attempts;
          }
          CAPTURE(calls);
          REQUIRE(ended.size() == 1);
          CHECK(attempts == (budget + calls - 2) / (calls - 1));
          CHECK(std::ranges::is_sorted(shelf.steps()));  // never back
          check_equal(ended.at(run.name()), whole);
        }
      }
    }
  }
}

TEST_CASE("checkpoint: products, both embeddings, early ends and divergence go on, too",
          "[nets][promise]") {
  toy::RunSpec products = small_spec("float32", 8);
  products.task = "permutations";
  products.symbols = 6;
  products.train = 24;
  products.representation_dimension = 4;
  products.representation_l1 = 0.1;
  toy::RunSpec both = products;
  both.representation_combination = "concatenate";
  toy::RunSpec early = small_spec("float64");
  early.train = 21;  // nothing to validate
  early.accuracy_threshold = 0.4;
  early.stop = "phase";
  toy::RunSpec diverges = small_spec("float32");
  diverges.decoder_activation = "relu";
  diverges.decoder_decay = 1e3;
  const std::vector<std::string> states = {"done", "done", "done", "diverged"};
  std::size_t k = 0;
  for (const toy::RunSpec& spec : {products, both, early, diverges}) {
    const Run run = toy::run_of(spec);
    const Finished whole = uninterrupted(run, 3);
    CAPTURE(k);
    CHECK(std::get<std::string>(whole.outcome[Role::state]) == states[k]);
    const auto steps = std::get<std::int64_t>(whole.outcome["steps_done"]);
    CHECK((steps == budget) == (k < 2));
    REQUIRE(steps > 4);
    Shelf shelf;
    std::map<std::string, Finished> ended;
    for (std::int64_t attempts = 0; ended.empty() && attempts < budget; ++attempts) {
      ended = trained({run}, shelf, 3, 4);
    }
    REQUIRE(ended.size() == 1);
    CHECK(shelf.steps().size() > 2);
    check_equal(ended.at(run.name()), whole);
    ++k;
  }
}

TEST_CASE("checkpoint: runs side by side are told apart", "[nets][promise]") {
  std::vector<Run> left;
  std::map<std::string, Finished> whole, ended;
  for (const std::int64_t seed : {1, 2, 3, 4}) {
    toy::RunSpec spec = small_spec("float32", seed % 2 == 0 ? 10 : 0);
    spec.seed = seed;
    left.push_back(toy::run_of(spec));
    whole[left.back().name()] = uninterrupted(left.back(), 5);
  }
  Shelf shelf;
  for (int attempts = 0; !left.empty() && attempts < 200; ++attempts) {
    ended.merge(trained(left, shelf, 5, 17, 2));
    std::erase_if(left, [&](const Run& run) { return ended.contains(run.name()); });
  }
  REQUIRE(ended.size() == 4);
  for (const auto& [name, finished] : ended) {
    check_equal(finished, whole.at(name));
  }
}

TEST_CASE("checkpoint: none is put there before it is worth it, or without a shelf", "[nets]") {
  const Run run = toy::run_of(small_spec("float32"));
  Shelf shelf;
  CHECK(trained({run}, shelf, 0, 20, 1, 1e9).empty());  // stopped within 0.05 of these seconds
  CHECK(shelf.empty());
  TrainOptions options;
  options.workers = cpu_workers(1);
  options.checkpoint_seconds = 0;
  std::size_t ended = 0;
  options.finished = [&](std::size_t, const Finished&) { ++ended; };
  train_each(std::vector{run}, options);
  CHECK(ended == 1);
}

TEST_CASE("checkpoint: one of another stride or build is not used", "[nets]") {
  const Run run = toy::run_of(small_spec("float32"));
  const Artefact made = stopped(run).find(run, checkpoint_name).value();
  const Parts parts = parts_of(made);
  // The first step at which a run with such a checkpoint makes one itself; it ends as any other.
  const auto begins = [&](const Artefact& checkpoint, std::int64_t stride) {
    Shelf shelf;
    shelf.put(run, checkpoint);
    const auto ended = trained({run}, shelf, stride, no_end);
    check_equal(ended.at(run.name()), uninterrupted(run, stride));
    return shelf.steps().at(1);
  };
  CHECK(begins(made, 5) == 21);
  CHECK(begins(made, 0) == 0);
  CHECK(begins(made, 7) == 0);
  for (const std::string& by :
       {parts.made_by + "0", parts.made_by.substr(1), std::string(), std::string("another")}) {
    CHECK(begins({checkpoint_name, 21, bytes_of({by, parts.state, 0})}, 5) == 0);
  }
  CHECK(begins({checkpoint_name, 21, bytes_of({"another", "no state", 0})}, 5) == 0);
  CHECK(begins({checkpoint_name, 21, bytes_of(parts)}, 5) == 21);
}

TEST_CASE("checkpoint: damaged bytes are an error", "[nets][errors]") {
  for (const std::string precision : {"float32", "float64"}) {
    const Run run = toy::run_of(small_spec(precision));
    const std::string bytes = stopped(run).find(run, checkpoint_name)->bytes;
    const Parts parts = parts_of({checkpoint_name, 21, bytes});
    REQUIRE(refusal(run, bytes) == "none");
    for (std::size_t length = 0; length < bytes.size(); length += length < 200 ? 1 : 97) {
      check_refused(run, bytes.substr(0, length));
    }
    check_refused(run, with_number(bytes, 0, 1ULL << 63));
    check_refused(run, with_number(bytes, 0, ~0ULL));
    check_refused(run, with_number(bytes, 16 + parts.made_by.size(), ~0ULL));
    // The state: milestones, text of the random stream, numbers, updates, curve
    const std::string& state = parts.state;
    const auto within = [&](const std::string& changed) {
      return bytes_of({parts.made_by, changed, 0});
    };
    for (std::size_t length = 0; length < state.size(); length += 131) {
      check_refused(run, within(state.substr(0, length)));
    }
    const std::size_t random = sizeof(toy::Milestones);
    const std::size_t numbers = random + 8 + number_at(state, random);
    const std::size_t real = precision == "float64" ? 8 : 4;
    const std::size_t curve = numbers + 8 + number_at(state, numbers) * real + 8;
    const std::uint64_t points = number_at(state, curve);
    REQUIRE(curve + 8 + points * 8 == state.size());
    for (const std::size_t at : {random, numbers, curve}) {
      CHECK(refusal(run, within(with_number(state, at, number_at(state, at)))) == "none");
      for (const std::uint64_t count : {~0ULL, 1ULL << 61, 1ULL << 62, 1ULL << 63}) {
        check_refused(run, within(with_number(state, at, count)));
      }
    }
    check_refused(run, within(with_number(state, curve, points - 1)));  // no whole point
    CHECK(refusal(run, within(with_number(state, numbers, 1))) != "none");
    CHECK(refusal(run, within(state.substr(0, random + 8) + "no numbers" +
                              state.substr(random + 18))) != "none");
  }
}

TEST_CASE("checkpoint: that of another network is an error, not another outcome",
          "[nets][errors]") {
  const Run run = toy::run_of(small_spec("float32"));
  toy::RunSpec wider = small_spec("float32");
  wider.decoder_widths = {90, 9};
  const Run other = toy::run_of(wider);
  const std::string bytes = stopped(other).find(other, checkpoint_name)->bytes;
  CHECK_THAT(refusal(run, bytes), ContainsSubstring("another shape"));
}

TEST_CASE("checkpoint: numbers, lists and texts come back in their order", "[nets]") {
  StateWriter writer;
  const std::vector<double> list = {0.5, -1, 1e300};
  writer.put(std::int32_t{-7});
  writer.put(list.data(), list.size());
  writer.put(std::string("a\0b", 3));
  writer.put(list.data(), 0);
  writer.put(list.data(), list.size());
  writer.put(true);
  const std::string bytes = writer.take();
  StateReader reader(bytes);
  std::int32_t number = 0;
  std::vector<double> read, none = {1};
  std::string text;
  std::array<double, 3> fixed{};
  bool flag = false;
  reader.get(number);
  reader.get(read);
  reader.get(text);
  reader.get(none);
  CHECK_THROWS_AS(reader.get(fixed.data(), 2), Error);  // exactly as many as were put
  StateReader again(bytes);
  again.get(number);
  again.get(read);
  again.get(text);
  again.get(none);
  again.get(fixed.data(), 3);
  CHECK_FALSE(again.done());
  again.get(flag);
  CHECK(again.done());
  CHECK(number == -7);
  CHECK(read == list);
  CHECK(text == std::string("a\0b", 3));
  CHECK(none.empty());
  CHECK(std::ranges::equal(fixed, list));
  CHECK(flag);
  CHECK_THROWS_AS(again.get(flag), Error);
}
