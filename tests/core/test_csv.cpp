#include <sys/stat.h>

#include <atomic>
#include <fstream>
#include <sstream>
#include <thread>

#include "core/csv.hpp"
#include "core/errors.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scratch.hpp"

using namespace grok;
using Catch::Matchers::Equals;
namespace fs = std::filesystem;

namespace {

std::ptrdiff_t count_files(const Scratch& scratch) {
  return std::distance(fs::directory_iterator(scratch.folder()), fs::directory_iterator());
}

std::string content(const fs::path& file) {
  std::ostringstream text;
  text << std::ifstream(file, std::ios::binary).rdbuf();
  return text.str();
}

using Rows = std::vector<std::vector<std::int64_t>>;

Rows rows_of(const IntegerTable& table) {
  Rows rows;
  for (std::size_t k = 0; k < table.size(); ++k) {
    rows.emplace_back(table.row(k).begin(), table.row(k).end());
  }
  return rows;
}

}  // namespace

TEST_CASE("csv: integers with header, comments, empty lines, spaces and CRLF", "[core]") {
  const Scratch scratch("csv");
  const auto table = read_integers(
      scratch.write("pairs.csv", "# drawn by hand\r\n\r\ni,j\r\n0,1\r\n\t3 , -4 \r\n# 5,6\n7,8"),
      "i,j");
  CHECK(rows_of(table) == Rows{{0, 1}, {3, -4}, {7, 8}});
  CHECK(table.lines == std::vector<std::int64_t>{4, 5, 7});
  const auto rows_in = [&scratch](const char* text, const char* header) {
    return rows_of(read_integers(scratch.write("pairs.csv", text), header));
  };
  CHECK(rows_in("2,3\n", "i,j") == Rows{{2, 3}});  // no header
  CHECK(rows_in("a,b,c\n1,2,3\n", "a,b,c") == Rows{{1, 2, 3}});
  CHECK(rows_in("9223372036854775807,-9223372036854775808", "i,j") == Rows{{INT64_MAX, INT64_MIN}});
}

TEST_CASE("csv: what is not a table of integers is refused, with its line", "[core]") {
  const auto [text, message] = GENERATE(table<std::string, std::string>({
      {"0,1\n2\n", ":2: columns = 1, allowed 2 (i,j)"},
      {"0,1\n\n2,3,4\n", ":3: columns = 3, allowed 2 (i,j)"},
      {"0,1,\n", ":1: columns = 3, allowed 2 (i,j)"},
      {"i,j\n0,one\n", ":2: cell = 'one', allowed an integer"},
      {"i,j\n0,\n", ":2: cell = '', allowed an integer"},
      {"0,1.5\n", ":1: cell = '1.5', allowed an integer"},
      {"0,0x1\n", ":1: cell = '0x1', allowed an integer"},
      {"0,1 2\n", ":1: cell = '1 2', allowed an integer"},
      {"0,9223372036854775808\n", ":1: cell = '9223372036854775808', allowed an integer"},
      {"j,i\n0,1\n", ":1: cell = 'j', allowed an integer"},
      {"0,1\ni,j\n", ":2: cell = 'i', allowed an integer"},
      {"i,j\ni,j\n", ":2: cell = 'i', allowed an integer"},
      {"", ": rows = 0, allowed one or more lines i,j"},
      {"i,j\n# none\n", ": rows = 0, allowed one or more lines i,j"},
  }));
  const Scratch scratch("csv");
  const auto file = scratch.write("pairs.csv", text);
  CHECK_THROWS_AS(read_integers(file, "i,j"), InputError);
  CHECK_THROWS_WITH(read_integers(file, "i,j"), Equals(file.string() + message));
}

TEST_CASE("csv: a file that cannot be read is refused", "[core]") {
  const Scratch scratch("csv");
  const auto absent = scratch / "absent.csv";
  CHECK_THROWS_WITH(read_integers(absent, "i,j"),
                    Equals("read: file = " + absent.string() +
                           " (No such file or directory), allowed a readable file"));
  const auto& folder = scratch.folder();
  CHECK_THROWS_WITH(read_integers(folder, "i,j"), Equals("read: file = " + folder.string() +
                                                         " (a folder), allowed a readable file"));
  const auto empty = scratch.write("empty.txt", "");
  CHECK_THROWS_WITH(read_file(empty, 10, "a text"),
                    Equals("read: file = " + empty.string() + " (empty), allowed a text"));
  const auto closed = scratch.write("closed.csv", "1,2\n");
  fs::permissions(closed, fs::perms::none);
  const bool root = geteuid() == 0;  // who reads everything
  REQUIRE((!root || seteuid(65'534) == 0));
  CHECK_THROWS_WITH(
      read_integers(closed, "i,j"),
      Equals("read: file = " + closed.string() + " (Permission denied), allowed a readable file"));
  REQUIRE((!root || seteuid(0) == 0));
}

TEST_CASE("csv: cells are quoted where they must be, and only there", "[core]") {
  CHECK(to_csv({{"train", "fraction"}, {{"45", "0.8"}, {"", "-1e-3"}}}) ==
        "train,fraction\n45,0.8\n,-1e-3\n");
  CHECK(to_csv({{"a,b"}, {{"say \"no\""}, {"two\nlines"}, {"plain text"}}}) ==
        "\"a,b\"\n\"say \"\"no\"\"\"\n\"two\nlines\"\nplain text\n");
  CHECK(to_csv({{"alone"}, {}}) == "alone\n");
}

TEST_CASE("write_file: replaces the whole content and leaves nothing else", "[core]") {
  const Scratch scratch("csv");
  const auto file = scratch / "out.csv";
  const std::string zero("a\0b\r\n", 5);
  for (const std::string& text : {std::string("a longer first content\n"), zero, std::string()}) {
    write_file(file, text);
    CHECK(content(file) == text);
    CHECK(count_files(scratch) == 1);
  }
}

TEST_CASE("write_file: a place that cannot be written is refused, nothing left", "[core]") {
  const Scratch scratch("csv");
  const auto nowhere = scratch / "absent/out.csv";
  CHECK_THROWS_WITH(write_file(nowhere, "x"), Equals("write: file = " + nowhere.string() +
                                                     ", allowed a place that can be written"));
  const auto folder = scratch / "folder";
  fs::create_directories(folder / "inside");
  CHECK_THROWS_AS(write_file(folder, "x"), InputError);
  CHECK(fs::is_directory(folder / "inside"));
  CHECK(count_files(scratch) == 1);
}

TEST_CASE("write_file: a reader sees the old content or the new, never a part", "[core]") {
  const Scratch scratch("csv");
  const auto file = scratch / "out.csv";
  const std::string old_text(300'000, 'o'), new_text(500'000, 'n');
  write_file(file, old_text);
  std::atomic<bool> stop = false;
  std::atomic<int> reads = 0, broken = 0;
  std::jthread reader([&] {
    while (!stop) {
      const std::string seen = content(file);
      broken += seen == old_text || seen == new_text ? 0 : 1;
      ++reads;
    }
  });
  for (int k = 0; k < 40 || reads < 20; ++k) {
    write_file(file, k % 2 == 0 ? new_text : old_text);
  }
  stop = true;
  reader.join();
  CHECK(reads >= 20);
  CHECK(broken == 0);
}

TEST_CASE("read_integers: a byte-order mark at the start is no text", "[core]") {
  const Scratch scratch("csv");
  const auto file = scratch.write("bom.csv", "\xef\xbb\xbfi,j\r\n1,2\r\n");
  const IntegerTable table = read_integers(file, "i,j");
  CHECK(rows_of(table) == Rows{{1, 2}});
}

TEST_CASE("files from outside: a device, a pipe or a socket is refused at once", "[core]") {
  const Scratch scratch("csv");
  const fs::path pipe = scratch / "pipe";
  REQUIRE(mkfifo(pipe.c_str(), 0600) == 0);  // nobody writes: to open it would wait for ever
  for (const fs::path& file : {pipe, fs::path("/dev/zero"), fs::path("/dev/null")}) {
    const std::string message =
        "read: file = " + file.string() + " (a device, pipe or socket), allowed a regular file";
    CHECK_THROWS_WITH(read_integers(file, "i,j"), Equals(message));
    CHECK_THROWS_WITH(read_file(file, 10, "a file"), Equals(message));
  }
}

TEST_CASE("files from outside: more bytes than allowed are refused before they are read",
          "[core]") {
  const Scratch scratch("csv");
  const auto file = scratch.write("ten.txt", "0123456789");
  CHECK(read_file(file, 10, "a file") == "0123456789");
  CHECK_THROWS_WITH(read_file(file, 9, "a file"),
                    Equals(file.string() + ": size = 10 bytes, allowed at most 9 bytes"));
  // The kernel says 0 of its own files, whatever they hold
  CHECK(read_file("/proc/self/status", 1 << 20, "a file").size() > 100);
  CHECK_THROWS_WITH(
      read_file("/proc/self/status", 100, "a file"),
      Equals("/proc/self/status: size = more than 100 bytes, allowed at most 100 bytes"));
  fs::resize_file(file, static_cast<std::uintmax_t>(max_csv_bytes) + 1);  // a hole
  CHECK_THROWS_WITH(
      read_integers(file, "i,j"),
      Equals(file.string() + ": size = 536870913 bytes, allowed at most 536870912 bytes"));
}

TEST_CASE("csv: a line has at most 10,000 bytes, whatever is in it", "[core]") {
  const Scratch scratch("csv");
  const std::string comment = "#" + std::string(9'999, 'x');
  CHECK(rows_of(read_integers(scratch.write("a.csv", comment + "\n0,1\n"), "i,j")) == Rows{{0, 1}});
  const auto file = scratch.write("a.csv", "0,1\n" + comment + "x\n");
  CHECK_THROWS_WITH(read_integers(file, "i,j"),
                    Equals(file.string() + ":2: line = 10001 bytes, allowed at most 10000 bytes"));
  const auto commas = scratch.write("a.csv", std::string(1 << 20, ','));
  CHECK_THROWS_WITH(
      read_integers(commas, "i,j"),
      Equals(commas.string() + ":1: line = 1048576 bytes, allowed at most 10000 bytes"));
}

TEST_CASE("csv: a table has at most 16 million rows", "[core][.slow]") {
  const Scratch scratch("csv");
  std::string text;
  for (std::int64_t k = 0; k < max_csv_rows; ++k) {
    text += "0,0\n";
  }
  CHECK(read_integers(scratch.write("most.csv", text), "i,j").size() == 16'000'000);
  const auto file = scratch.write("more.csv", text + "0,0\n");
  CHECK_THROWS_WITH(
      read_integers(file, "i,j"),
      Equals(file.string() + ":16000001: rows = more than 16000000, allowed at most 16000000"));
}

TEST_CASE("what is written replaces no database and no study", "[csv]") {
  const Scratch files("replaced");
  const std::string database = std::string("SQLite format 3") + '\0' + "pages";
  for (const auto& [name, content] : std::vector<std::pair<std::string, std::string>>{
           {"a.csv", database}, {"study.toml", "[run]\n"}, {"STUDY.TOML", "[run]\n"}}) {
    files.write(name, content);
    CHECK_THROWS_WITH(write_file(files / name, "new"), ContainsSubstring("never replaced"));
    std::ifstream in(files / name, std::ios::binary);
    CHECK(std::string(std::istreambuf_iterator<char>(in), {}) == content);
  }
  files.write("b.csv", "SQLite, a word");
  CHECK_NOTHROW(write_file(files / "b.csv", "new"));
  CHECK_NOTHROW(write_file(files / "new.toml", "[run]"));
}
