// Records of runs that no network was trained for, and a look at a store past its own code.
#pragma once

#include <sqlite3.h>

#include <filesystem>
#include <limits>
#include <string>
#include <vector>

#include "tests/compare/study/runs.hpp"
#include "tests/support/catch.hpp"

namespace grok {

inline Run run_of(std::int64_t seed) {
  toy::RunSpec spec;
  spec.seed = seed;
  return toy::run_of(spec);
}

// No two fields alike, none at its default, doubles that only survive bit for bit.
inline toy::Record full_record() {
  toy::Record r;
  r.steps_to_train = 11;
  r.steps_to_validation = 0;
  r.steps_to_rqi = std::numeric_limits<std::int64_t>::max();
  r.steps_done = 12;
  r.phase = "grokking";
  r.train_accuracy = 0.1 + 0.2;
  r.validation_accuracy = 1.0 / 3;
  r.accuracy = 0.7;
  r.rqi = std::numeric_limits<double>::denorm_min();
  r.predicted_accuracy = 1.0;
  r.train_loss = std::numeric_limits<double>::max();
  r.validation_loss = 1e-300;
  r.unique = true;
  r.nullity = 3;
  r.lambda3 = 20.0 / 3;
  r.ideal_accuracy = 0.9;
  r.ideal_rqi = 0.8;
  r.state = "it's \"odd\", \xce\xbb";
  r.engine = "another";
  r.seconds = 1.5;
  return r;
}

// As any other program reads the file: NULL is "NULL".
inline std::vector<std::vector<std::string>> query(const std::filesystem::path& file,
                                                   const std::string& sql) {
  sqlite3* db = nullptr;
  REQUIRE(sqlite3_open(file.c_str(), &db) == SQLITE_OK);
  std::vector<std::vector<std::string>> rows;
  const auto collect = [](void* out, int count, char** cells, char**) {
    auto& row = static_cast<std::vector<std::vector<std::string>>*>(out)->emplace_back();
    for (int k = 0; k < count; ++k) {
      row.emplace_back(cells[k] == nullptr ? "NULL" : cells[k]);
    }
    return 0;
  };
  char* failure = nullptr;
  sqlite3_exec(db, sql.c_str(), collect, &rows, &failure);
  INFO((failure == nullptr ? "" : failure));
  REQUIRE(failure == nullptr);
  sqlite3_close(db);
  return rows;
}

}  // namespace grok
