#include "theory/training_set.hpp"

#include <unistd.h>

#include <cmath>
#include <fstream>
#include <set>

#include "core/errors.hpp"
#include "tests/support/catch.hpp"
#include "tests/theory/brute_force.hpp"

using namespace grok;

namespace {

// A file that exists as long as the object.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& content)
      : path_(std::filesystem::temp_directory_path() /
              ("grok_training_set_" + std::to_string(::getpid()) + ".csv")) {
    std::ofstream(path_) << content;
  }
  ~TemporaryFile() { std::filesystem::remove(path_); }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

// The message of reading `content`, without the name of the file.
template <class Read>
std::string message_of(const std::string& content, Read read) {
  const TemporaryFile file(content);
  try {
    read(file.path());
  } catch (const InputError& error) {
    std::string text = error.what();
    const std::string name = file.path().string();
    for (auto at = text.find(name); at != std::string::npos; at = text.find(name)) {
      text.replace(at, name.size(), "FILE");
    }
    return text;
  }
  return "no error";
}

std::string pairs_message(const std::string& content) {
  return message_of(content, [](const auto& file) { read_pairs(file, Task::addition(10)); });
}

std::string table_message(const std::string& content) {
  return message_of(content, [](const auto& file) { read_table(file); });
}

// The CSV of a rule on all ordered pairs, or on a <= b.
template <class Rule>
std::string table_text(int p, bool half, Rule rule) {
  std::string text = "a,b,c\n";
  for (int a = p - 1; a >= 0; --a) {  // not in order: reading must not rely on it
    for (int b = half ? a : 0; b < p; ++b) {
      text += std::to_string(a) + "," + std::to_string(b) + "," + std::to_string(rule(a, b)) + "\n";
    }
  }
  return text;
}

}  // namespace

TEST_CASE("splits: exact size, in order, nested, set by the seed", "[theory][training]") {
  const Task task = GENERATE(Task::addition(10), brute_force::random_table(7, 5, false, 1));
  const Index all = task.sample_count();
  std::vector<Sample> smaller;
  for (Index n = 1; n <= all; ++n) {
    const auto D = draw_training_set(task, n, 58);
    REQUIRE(std::ssize(D) == n);
    REQUIRE(std::adjacent_find(D.begin(), D.end(), std::greater_equal<>()) == D.end());
    REQUIRE(std::includes(D.begin(), D.end(), smaller.begin(), smaller.end()));
    const auto rest = remaining_samples(task, D);
    REQUIRE(std::ssize(rest) == all - n);
    std::vector<Sample> both;
    std::merge(D.begin(), D.end(), rest.begin(), rest.end(), std::back_inserter(both));
    REQUIRE(both == task.samples());
    smaller = D;
  }
  std::vector<Sample> from_stream;  // the stream is a promise: records depend on it
  for (const Index k : RandomStream(58, "split").sample(all, all / 2)) {
    from_stream.push_back(task.sample(k));
  }
  std::sort(from_stream.begin(), from_stream.end());
  CHECK(draw_training_set(task, all / 2, 58) == from_stream);
  CHECK(draw_training_set(task, all / 2, 58) != draw_training_set(task, all / 2, 59));
}

TEST_CASE("splits: every sample and every pair of samples is as likely", "[theory][training]") {
  // 10 + 45 proportions, each within 4.5 standard errors: false alarm 55 * 7e-6 = 4e-4 for a new
  // set of seeds; the seeds are fixed.
  const Task task = Task::addition(4);
  constexpr int draws = 20'000;
  std::vector<std::vector<int>> together(10, std::vector<int>(10, 0));
  for (int seed = 0; seed < draws; ++seed) {
    const auto D = draw_training_set(task, 3, static_cast<std::uint64_t>(seed));
    for (const Sample a : D) {
      for (const Sample b : D) {
        ++together[static_cast<std::size_t>(task.index(a))]
                  [static_cast<std::size_t>(task.index(b))];
      }
    }
  }
  for (std::size_t a = 0; a < 10; ++a) {
    for (std::size_t b = 0; b <= a; ++b) {
      const double P = a == b ? 3.0 / 10 : 3.0 / 10 * 2 / 9;
      const double error = std::sqrt(P * (1 - P) / draws);
      CHECK(std::abs(together[a][b] / double{draws} - P) < 4.5 * error);
    }
  }
}

TEST_CASE("splits: impossible sizes are rejected", "[theory][training][errors]") {
  const Task task = Task::addition(10);
  CHECK_THROWS_WITH(draw_training_set(task, 0, 1), "training set: train = 0, allowed [1, 55]");
  CHECK_THROWS_WITH(draw_training_set(task, 56, 1), "training set: train = 56, allowed [1, 55]");
  CHECK_THROWS_AS(draw_training_set(task, -1, 1), InputError);
  CHECK(draw_training_set(task, 1, 1).size() == 1);
  CHECK(draw_training_set(task, 55, 1) == task.samples());
}

TEST_CASE("canonical sets: order of D0, no repeats", "[theory][training]") {
  const Task task = Task::addition(10);
  const std::vector<Sample> given = {{9, 1}, {0, 0}, {3, 2}};
  CHECK(canonical_training_set(task, given, "D") == std::vector<Sample>{{0, 0}, {1, 9}, {2, 3}});
  const std::vector<Sample> twice = {{0, 1}, {5, 5}, {1, 0}};
  CHECK_THROWS_WITH(canonical_training_set(task, twice, "D"),
                    "D[2]: pair = (1,0), allowed each pair once (first at D[0])");
  CHECK(canonical_training_set(brute_force::random_table(10, 3, false, 1), twice, "D").size() == 3);
  const std::vector<Sample> outside = {{0, 1}, {0, 10}};
  CHECK_THROWS_WITH(canonical_training_set(task, outside, "D"),
                    "D[1]: symbol = 10, allowed [0, 9]");
  CHECK_THROWS_WITH(canonical_training_set(task, {}, "D"), "D: train = 0, allowed [1, 55]");
}

TEST_CASE("pairs from a file", "[theory][training]") {
  const TemporaryFile file("i,j\n# a comment\n9, 1\n\n0,0\n2,3\n");
  CHECK(read_pairs(file.path(), Task::addition(10)) == std::vector<Sample>{{0, 0}, {1, 9}, {2, 3}});
}

TEST_CASE("pairs from a bad file: one line with the place", "[theory][training][errors]") {
  CHECK(pairs_message("0,1\n2,2\n0,1\n") ==
        "FILE:3: pair = (0,1), allowed each pair once (first at FILE:1)");
  CHECK(pairs_message("i,j\n0,1\n# x\n1,0\n") ==
        "FILE:4: pair = (1,0), allowed each pair once (first at FILE:2)");
  CHECK(pairs_message("0,1\n0,10\n") == "FILE:2: symbol = 10, allowed [0, 9]");
  CHECK(pairs_message("-1,1\n") == "FILE:1: symbol = -1, allowed [0, 9]");
  CHECK(pairs_message("0,4294967296\n") == "FILE:1: symbol = 4294967296, allowed [0, 9]");
  CHECK(pairs_message("0,one\n") == "FILE:1: cell = 'one', allowed an integer");
  CHECK(pairs_message("0,1.5\n") == "FILE:1: cell = '1.5', allowed an integer");
  CHECK(pairs_message("0,1,2\n") == "FILE:1: columns = 3, allowed 2 (i,j)");
  CHECK(pairs_message("") == "FILE: rows = 0, allowed one or more lines i,j");
  CHECK(pairs_message("i,j\n") == "FILE: rows = 0, allowed one or more lines i,j");
  CHECK_THROWS_WITH(
      read_pairs("/nowhere/pairs.csv", Task::addition(10)),
      "read: file = /nowhere/pairs.csv (No such file or directory), allowed a readable file");
  std::string all_and_one;
  for (const Sample s : Task::addition(10).samples()) {
    all_and_one += std::to_string(s.i) + "," + std::to_string(s.j) + "\n";
  }
  CHECK(pairs_message(all_and_one) == "no error");
  CHECK(pairs_message(all_and_one + "0,0\n") == "FILE: train = 56, allowed [1, 55]");
}

TEST_CASE("tables from a file: half, full symmetric, full", "[theory][training]") {
  const auto plus = [](int a, int b) { return a + b; };
  const auto minus = [](int a, int b) { return (a - b + 5) % 5; };
  for (const bool half : {true, false}) {
    const TemporaryFile file(table_text(5, half, plus));
    const Task task = read_table(file.path());
    CHECK(task.commutative());
    CHECK(task.symbols() == 5);
    CHECK(task.outputs() == 9);
    for (const Sample s : Task::addition(5).samples()) {
      CHECK(task.output(s) == s.i + s.j);
    }
  }
  const TemporaryFile file(table_text(5, false, minus));
  const Task task = read_table(file.path());
  CHECK_FALSE(task.commutative());
  CHECK(task.sample_count() == 25);
  for (const Sample s : task.samples()) {
    CHECK(task.output(s) == minus(s.i, s.j));
  }
}

TEST_CASE("tables from a bad file: one line with the place", "[theory][training][errors]") {
  CHECK(table_message("a,b,c\n0,0,0\n0,1,1\n") ==
        "FILE: entries = 2, allowed 3 for 2 symbols; (1,1) is missing");
  CHECK(table_message("0,1,1\n1,1,2\n") ==
        "FILE: entries = 2, allowed 3 for 2 symbols; (0,0) is missing");
  CHECK(table_message("0,0,0\n0,1,1\n1,0,1\n") ==
        "FILE: entries = 3, allowed 4 for 2 symbols; (1,1) is missing");
  CHECK(table_message("0,0,0\n1,1,2\n1,0,1\n") ==
        "FILE: entries = 3, allowed 4 for 2 symbols; (0,1) is missing");
  CHECK(table_message("0,0,0\n0,1,1\n1,1,2\n0,1,1\n") ==
        "FILE:4: pair = (0,1), allowed each pair once (first at FILE:2)");
  CHECK(table_message("0,0,0\n0,1,-1\n1,1,2\n") == "FILE:2: c = -1, allowed [0, 9999999]");
  CHECK(table_message("0,0,0\n0,-1,1\n") == "FILE:2: b = -1, allowed [0, 3999]");
  CHECK(table_message("1000000000,0,0\n") == "FILE:1: a = 1000000000, allowed [0, 3999]");
  CHECK(table_message("0,0,0\n") == "FILE: symbols = 1, allowed [2, 4000]");
  CHECK(table_message("0,0\n") == "FILE:1: columns = 2, allowed 3 (a,b,c)");
  CHECK(table_message("0,0,x\n") == "FILE:1: cell = 'x', allowed an integer");
  CHECK(table_message("") == "FILE: rows = 0, allowed one or more lines a,b,c");
}
