// tests/cli/bad_input.hpp: a table of command lines that must be refused, and the files they name.
#pragma once

#include <sqlite3.h>

#include <algorithm>
#include <set>

#include "compare/store/store.hpp"
#include "tests/cli/command.hpp"
#include "tests/cli/state_file.hpp"
#include "tests/support/catch.hpp"

namespace grok {

struct BadInput {
  const char* line;
  const char* message;  // part of the one line
};

inline void write_csv_files(const Scratch& files) {
  files.write("good.csv", "i,j\n0,0\n0,1\n1,1\n");
  files.write("twice.csv", "i,j\n0,1\n2,2\n1,0\n");
  files.write("outside.csv", "i,j\n0,1\n0,10\n");
  files.write("negative.csv", "0,1\n-1,2\n");
  files.write("text.csv", "i,j\n0,one\n");
  files.write("empty.csv", "");
  files.write("header.csv", "i,j\n");
  files.write("wide.csv", "0,1,2\n");
  files.write("group.csv", "a,b,c\n0,0,0\n0,1,1\n1,1,0\n");
  files.write("gap.csv", "a,b,c\n0,0,0\n1,1,0\n");
  files.write("doubled.csv", "a,b,c\n0,0,0\n0,1,1\n0,1,0\n1,1,0\n");
  files.write("output.csv", "a,b,c\n0,0,0\n0,1,-1\n1,1,0\n");
  files.write("file", "not a folder");
  std::filesystem::create_directory(files / "folder");
}

inline void write_toml_files(const Scratch& files) {
  const std::string run = "[run]\ntask = \"addition\"\nsymbols = 5\ntrain = 10\n";
  files.write("run.toml", run);
  files.write("study.toml", run + "[axes]\nseed = [1, 2]\n");
  files.write("syntax.toml", "[run\n");
  files.write("unknown.toml", run + "decoder_rat = 1e-3\n");
  files.write("type.toml", run + "decoder_rate = \"fast\"\n");
  files.write("float.toml", run + "steps = 10.5\n");
  files.write("range.toml", run + "decoder_rate = -1.0\n");
  files.write("emptyaxis.toml", run + "[axes]\nseed = []\n");
  files.write("axiskey.toml", run + "[axes]\nsed = [1]\n");
  files.write("zip.toml", run + "[zip]\nseed = [1, 2]\nsteps = [1]\n");
  files.write("notask.toml", "[run]\nsymbols = 5\ntrain = 10\n");
  files.write("section.toml", run + "[axis]\nseed = [1]\n");
  files.write("absentpairs.toml", "[run]\ntask = \"addition\"\nsymbols = 5\npairs = \"no.csv\"\n");
}

inline void write_state_files(const Scratch& files) {
  files.write("broken.json", "{\"train\": [");
  files.write("key.json", "{\"weights\": 1}");
  files.write("shape.json", "{\"train\": [[0, 0]], \"embeddings\": [[1], [2]]}");
  toy::RunSpec spec;
  spec.symbols = 5;
  spec.train = 10;
  files.write("state.json", state_json(draw_initial_state(resolve(spec, "test"))).dump());
}

inline void write_stores(const Scratch& files) {
  files.write("text.db", "this is no database, and long enough to be read as one: 0123456789\n");
  { const Store store(files / "newer.db"); }
  sqlite3* db = nullptr;
  REQUIRE(sqlite3_open((files / "newer.db").c_str(), &db) == SQLITE_OK);
  CHECK(sqlite3_exec(db, "pragma user_version = 99", nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(db);
  REQUIRE(sqlite3_open((files / "other.db").c_str(), &db) == SQLITE_OK);
  CHECK(sqlite3_exec(db, "create table t (x)", nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(db);
}

inline void check_all(const std::vector<BadInput>& table) {
  const Here here("bad-input");
  write_csv_files(here.files);
  write_toml_files(here.files);
  write_state_files(here.files);
  write_stores(here.files);
  const auto before = snapshot(here.files.folder());
  std::set<std::string> lines;
  for (const BadInput& bad : table) {
    CAPTURE(bad.line);
    CHECK(lines.insert(bad.line).second);
    const CommandOutput outcome = run_line(bad.line);
    CHECK(outcome.status == 2);
    CHECK(outcome.out.empty());
    CHECK(std::ranges::count(outcome.err, '\n') == 1);
    CHECK(outcome.err.ends_with('\n'));
    CHECK(outcome.err.starts_with("groktheory: "));
    CHECK_THAT(outcome.err, ContainsSubstring(bad.message));
    CHECK(snapshot(here.files.folder()) == before);
  }
}

}  // namespace grok
