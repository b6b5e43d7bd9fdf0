// tests/reliability/program.hpp: the command as a process that can be watched, stopped and killed.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "compare/study/study.hpp"
#include "nets/toy/record.hpp"
#include "tests/support/scratch.hpp"

namespace grok {

class Program {
 public:
  /// Starts `groktheory` with these arguments, its output in files of `scratch`. `before` runs in
  /// the new process: limits, mounts, environment.
  Program(const Scratch& scratch, const std::vector<std::string>& arguments,
          const std::function<void()>& before = {});
  ~Program();  // killed if it is still there
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  void send(int signal) const;
  /// Exit status, 128 + signal if one ended it; waits.
  int status();
  /// Whether it has ended; does not wait.
  bool ended();
  std::string out() const, err() const;

 private:
  std::filesystem::path out_, err_;
  int id_ = -1;
  std::optional<int> status_;
};

/// Waits at most a minute; false: it did not come about.
bool wait_until(const std::function<bool()>& condition);

/// A study of `runs` small networks of `steps` steps each, written to `scratch`/study.toml.
std::string write_study(const Scratch& scratch, std::int64_t runs, std::int64_t steps);

/// Records of a study from a store, all fields but the seconds; a missing one fails the test.
std::vector<toy::Record> records_in(const std::filesystem::path& store, const std::string& study);
std::int64_t count_in(const std::filesystem::path& store);

/// One number that SQLite tells about a store.
std::int64_t number_in(const std::filesystem::path& store, const std::string& sql);

}  // namespace grok
