#include "tests/reliability/program.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <fstream>
#include <sstream>
#include <thread>

#include "compare/store/store.hpp"
#include "tests/support/catch.hpp"

namespace grok {
namespace {

std::string content_of(const std::filesystem::path& file) {
  std::ostringstream content;
  content << std::ifstream(file, std::ios::binary).rdbuf();
  return content.str();
}

void redirect(int descriptor, const std::filesystem::path& file) {
  const int opened = ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0666);
  dup2(opened, descriptor);
}

}  // namespace

Program::Program(const Scratch& scratch, const std::vector<std::string>& arguments,
                 const std::function<void()>& before) {
  static std::atomic<int> started = 0;
  const int number = started++;
  out_ = scratch / fmt::format("out-{}", number);
  err_ = scratch / fmt::format("err-{}", number);
  std::vector<std::string> words = {GROK_PROGRAM};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> pointers;
  for (std::string& word : words) {
    pointers.push_back(word.data());
  }
  pointers.push_back(nullptr);
  id_ = fork();
  REQUIRE(id_ >= 0);
  if (id_ == 0) {
    redirect(STDOUT_FILENO, out_);
    redirect(STDERR_FILENO, err_);
    if (before) {
      before();
    }
    execv(pointers[0], pointers.data());
    _exit(127);
  }
}

Program::~Program() {
  if (!ended()) {
    send(SIGKILL);
    status();
  }
}

void Program::send(int signal) const { ::kill(id_, signal); }

bool Program::ended() {
  int status = 0;
  if (!status_ && waitpid(id_, &status, WNOHANG) == id_) {
    status_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }
  return status_.has_value();
}

int Program::status() {
  while (!ended()) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return *status_;
}

std::string Program::out() const { return content_of(out_); }
std::string Program::err() const { return content_of(err_); }

bool wait_until(const std::function<bool()>& condition) {
  for (int waited = 0; waited < 60'000; ++waited) {
    if (condition()) {
      return true;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return false;
}

std::string write_study(const Scratch& scratch, std::int64_t runs, std::int64_t steps) {
  return scratch
      .write("study.toml", fmt::format(R"(name = "small"
[run]
task = "addition"
symbols = 5
train = 10
decoder_widths = [16]
output_dimension = 4
stop = "budget"
steps = {}
[axes]
seed = {{ range = [1, {}], step = 1 }}
)",
                                       steps, runs))
      .string();
}

std::vector<toy::Record> records_in(const std::filesystem::path& file, const std::string& study) {
  const Store store = Store::open_existing(file);
  std::vector<toy::Record> records;
  for (const Run& run : read_study(study).runs) {
    const auto outcome = store.find(run);
    REQUIRE(outcome);
    records.push_back(outcome->as<toy::Record>());
    records.back().seconds = 0;
  }
  return records;
}

std::int64_t count_in(const std::filesystem::path& store) {
  try {
    return std::filesystem::exists(store) ? Store::open_existing(store).count() : 0;
  } catch (const std::exception&) {  // it is just being made
    return 0;
  }
}

std::int64_t number_in(const std::filesystem::path& store, const std::string& sql) {
  sqlite3* db = nullptr;
  REQUIRE(sqlite3_open_v2(store.c_str(), &db, SQLITE_OPEN_READONLY, nullptr) == SQLITE_OK);
  sqlite3_stmt* statement = nullptr;
  REQUIRE(sqlite3_prepare_v2(db, sql.c_str(), -1, &statement, nullptr) == SQLITE_OK);
  REQUIRE(sqlite3_step(statement) == SQLITE_ROW);
  const std::int64_t value = sqlite3_column_int64(statement, 0);
  sqlite3_finalize(statement);
  sqlite3_close(db);
  return value;
}

}  // namespace grok
