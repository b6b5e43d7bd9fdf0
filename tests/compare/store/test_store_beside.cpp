// What stands beside a store: nothing when nobody uses it, whoever used it last.
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <functional>
#include <set>

#include "compare/store/store_file.hpp"
#include "compare/store/store_worker.hpp"
#include "core/errors.hpp"
#include "tests/compare/study/runs.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scratch.hpp"

namespace grok {
namespace {

namespace fs = std::filesystem;
using Catch::Matchers::ContainsSubstring;
using Names = std::set<std::string>;

Names names_in(const fs::path& folder) {
  Names names;
  for (const auto& entry : fs::directory_iterator(folder)) {
    names.insert(entry.path().filename().string());
  }
  return names;
}

std::string content_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// Another process, up to what it says with `tell`; then it waits to be killed, or for `go`.
class Child {
 public:
  using Doing = std::function<void(const std::function<void()>& tell_and_wait)>;
  explicit Child(const Doing& doing) {
    REQUIRE(pipe(ready_) == 0);
    REQUIRE(pipe(go_) == 0);
    id_ = fork();
    REQUIRE(id_ >= 0);
    if (id_ == 0) {
      int status = 0;
      try {
        doing([this] {
          char letter = 'r';
          if (write(ready_[1], &letter, 1) != 1 || read(go_[0], &letter, 1) != 1) {
            _exit(3);
          }
        });
      } catch (const std::exception& error) {
        const std::string text = error.what();
        status = text.find("changed while it was read") != std::string::npos ? 9 : 1;
        if (status == 1) {
          fprintf(stderr, "child: %s\n", text.c_str());
        }
      }
      _exit(status);
    }
    close(ready_[1]);  // or a child that ends would not be noticed
    char letter = 0;
    told_ = read(ready_[0], &letter, 1) == 1;
  }
  bool told() const { return told_; }
  void go() const {
    const char letter = 'g';
    REQUIRE(write(go_[1], &letter, 1) == 1);
  }
  void end() const { REQUIRE(kill(id_, SIGKILL) == 0); }
  int status() const {
    int status = 0;
    REQUIRE(waitpid(id_, &status, 0) == id_);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }

 private:
  pid_t id_ = 0;
  int ready_[2] = {}, go_[2] = {};
  bool told_ = false;
};

TEST_CASE("reading leaves nothing beside a store, and no byte of it changed", "[beside]") {
  const Scratch scratch("beside-read");
  const auto file = scratch / "s.db";
  {
    Store store(file);
    insert(store, small_runs(1, 10)[0], {});
  }
  const std::string before = content_of(file);
  {
    const Store store = Store::open_existing(file);
    CHECK(store.count() == 1);
    CHECK_THROWS_AS(store.file().execute("delete from runs"), Error);
  }
  CHECK(names_in(scratch.folder()) == Names{"s.db"});
  CHECK(content_of(file) == before);
}

TEST_CASE("a reader leaves a writer what it has beside the store", "[beside]") {
  const Scratch scratch("beside-both");
  const auto file = scratch / "s.db";
  const auto runs = small_runs(2, 10);
  Store store(file);
  const StoreWorker worker(store, {});
  insert(store, runs[0], {});
  { CHECK(Store::open_existing(file).count() == 1); }
  CHECK(names_in(scratch.folder()) == Names{"s.db", "s.db-shm", "s.db-wal", "s.db-workers"});
  insert(store, runs[1], {});
  CHECK(Store::open_existing(file).count() == 2);
}

TEST_CASE("whoever comes next clears what a killed process left", "[beside]") {
  const bool reads = GENERATE(true, false);
  const bool by_link = GENERATE(false, true);
  const Scratch scratch("beside-killed");
  const auto file = scratch / "s.db";
  const auto runs = small_runs(2, 10);
  const Child child([&](const auto& wait) {
    Store store(file);
    StoreWorker worker(store, {});
    insert(store, runs[0], {});
    worker.take(runs[1]);
    wait();
  });
  REQUIRE(child.told());
  const auto asked = by_link ? scratch / "link.db" : file;
  if (by_link) {
    fs::create_symlink(file, asked);
  }
  const auto open = [&] { return reads ? Store::open_existing(asked) : Store(asked); };
  { CHECK(open().count() == 1); }
  CHECK(fs::exists(file.string() + "-workers"));  // its owner lives
  CHECK(workers_joined(open()).size() == 1);
  child.end();
  CHECK(child.status() == 128 + SIGKILL);
  CHECK(fs::exists(file.string() + "-wal"));
  {
    const Store store = open();
    CHECK(store.count() == 1);
    CHECK(workers_joined(store).empty());
    REQUIRE(unfinished_runs(store).size() == 1);
    CHECK(unfinished_runs(store)[0].state == "dropped");
  }
  CHECK(names_in(scratch.folder()) == (by_link ? Names{"link.db", "s.db"} : Names{"s.db"}));
}

// As somebody who may write neither the store nor its folder; root has to become somebody else.
void become_a_reader() {
  if (geteuid() == 0 && setuid(65534) != 0) {
    _exit(77);
  }
}

struct ReadOnlyPlace {
  explicit ReadOnlyPlace(const fs::path& file) : folder(file.parent_path()) {
    fs::permissions(file, fs::perms(0444));
    fs::permissions(folder, fs::perms(0555));
  }
  ~ReadOnlyPlace() { fs::permissions(folder, fs::perms(0755)); }
  fs::path folder;
};

TEST_CASE("a store is read where nothing can be written", "[beside]") {
  const Scratch scratch("beside-closed");
  const auto file = scratch / "s.db";
  const auto runs = small_runs(2, 10);
  {
    Store store(file);
    insert(store, runs[0], {});
  }
  const ReadOnlyPlace place(file);
  const Child child([&](const auto&) {
    become_a_reader();
    const Store store = Store::open_existing(file);
    _exit(store.count() == 1 && store.has(runs[0]) && !store.has(runs[1]) ? 0 : 1);
  });
  CHECK(child.status() == 0);
  CHECK(names_in(scratch.folder()) == Names{"s.db"});
}

TEST_CASE("a reader without locks notices a writer", "[beside]") {
  const Scratch scratch("beside-changed");
  const auto file = scratch / "s.db";
  const auto runs = small_runs(2, 10);
  {
    Store store(file);
    insert(store, runs[0], {});
  }
  fs::permissions(file, fs::perms(0644));
  fs::permissions(scratch.folder(), fs::perms(0755));
  if (geteuid() != 0) {
    SUCCEED("one user alone cannot be both");
    return;
  }
  const Child child([&](const auto& wait) {
    become_a_reader();
    const Store store = Store::open_existing(file);
    store.count();
    wait();
    store.count();
  });
  REQUIRE(child.told());
  {
    Store store(file);
    insert(store, runs[1], {});
  }
  child.go();
  CHECK(child.status() == 9);
}

TEST_CASE("a log that cannot be read where it is: said so", "[beside]") {
  const Scratch scratch("beside-log");
  const auto file = scratch / "s.db";
  const Child writer([&](const auto& wait) {
    Store store(file);
    insert(store, small_runs(1, 10)[0], {});
    wait();
  });
  REQUIRE(writer.told());
  writer.end();
  writer.status();
  fs::remove(file.string() + "-shm");
  const ReadOnlyPlace place(file);
  const Child child([&](const auto&) {
    become_a_reader();
    try {
      Store::open_existing(file);
    } catch (const InputError& error) {
      const std::string text = error.what();
      _exit(text.ends_with("folder = one that cannot be written, with records in s.db-wal alone, "
                           "allowed a copy of both elsewhere")
                ? 0
                : 2);
    }
  });
  CHECK(child.status() == 0);
}

std::string refusal_of(const fs::path& file) {
  try {
    const Store store(file);
  } catch (const InputError& error) {
    return error.what();
  }
  return "none";
}

TEST_CASE("a path that is too long is told with its length", "[beside]") {
  const Scratch scratch("beside-long");
  fs::path folder = scratch.folder();
  while (folder.string().size() < 380) {
    folder /= std::string(99, 'a');
  }
  const auto of_length = [&](std::size_t bytes) {
    return folder / (std::string(bytes - folder.string().size() - 1, 'f'));
  };
  fs::create_directories(folder);
  CHECK(refusal_of(of_length(504)) == "none");
  CHECK(names_in(folder).size() == 1);
  const auto message = [](const fs::path& file, const std::string& bytes) {
    return file.string() + ": path = " + bytes +
           " bytes from / on, allowed at most 504 (SQLite's limit), the file's name at most 247, a "
           "folder's 255";
  };
  CHECK(refusal_of(of_length(505)) == message(of_length(505), "505"));
  const auto name = scratch / std::string(248, 'n');
  CHECK(refusal_of(name) == message(name, std::to_string(name.string().size())));
  const auto deep = scratch / std::string(256, 'n') / "s.db";
  CHECK(refusal_of(deep) == message(deep, std::to_string(deep.string().size())));
  CHECK(refusal_of(scratch / std::string(247, 'n')) == "none");
}

TEST_CASE("a name that looks like a URI is a name", "[beside]") {
  const Scratch scratch("beside-uri");
  const fs::path before = fs::current_path();
  fs::current_path(scratch.folder());
  {
    Store store("file:s.db?mode=memory");
    insert(store, small_runs(1, 10)[0], {});
    insert(store, small_runs(2, 10)[1], {});
    CHECK(Store::open_existing("file:s.db?mode=memory").count() == 2);
  }
  fs::current_path(before);
  CHECK(names_in(scratch.folder()) == Names{"file:s.db?mode=memory"});
}

}  // namespace
}  // namespace grok
