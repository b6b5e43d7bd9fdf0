// make_store_seeds FOLDER: stores to begin with, of this schema and of older ones.
#include <sqlite3.h>

#include <cstdio>
#include <filesystem>

#include "compare/store/store.hpp"
#include "core/errors.hpp"
#include "nets/toy/model.hpp"

namespace {

void execute(const std::filesystem::path& file, const std::string& sql) {
  sqlite3* db = nullptr;
  const bool good = sqlite3_open(file.c_str(), &db) == SQLITE_OK &&
                    sqlite3_exec(db, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK;
  const std::string message = sqlite3_errmsg(db);
  sqlite3_close(db);
  if (!good) {
    throw grok::Error(file.string() + ": " + message);
  }
}

// Small pages make a small file, of which a change reaches more.
void make_store(const std::filesystem::path& file, int records, const std::string& change) {
  std::filesystem::remove(file);
  {
    grok::Store store(file);
    for (int k = 0; k < records; ++k) {
      grok::toy::RunSpec spec;
      spec.seed += k;  // the first is the run that fuzz_store asks for
      store.insert(grok::toy::run_of(spec), grok::toy::outcome_of({}));
    }
  }
  execute(file, change + "pragma journal_mode = delete; pragma page_size = 512; vacuum;");
}

}  // namespace

int main(int count, char** words) try {
  if (count != 2) {
    std::fputs("usage: make_store_seeds FOLDER\n", stderr);
    return 2;
  }
  const std::filesystem::path folder = words[1];
  std::filesystem::create_directories(folder);
  make_store(folder / "empty.db", 0, "");
  make_store(folder / "three.db", 3, "");
  make_store(folder / "schema2.db", 2,
             "alter table runs drop column \"orders\";"
             "alter table runs drop column \"representation_distribution\";"
             "alter table runs drop column \"representation_l1\";"
             "alter table runs drop column \"representation_combination\";"
             "alter table runs drop column \"targets\";"
             "alter table runs drop column \"optimiser\";"
             "drop view all_runs; drop table artefacts; drop table curves;"
             "drop table unfinished; drop table workers; pragma user_version = 2;");
  make_store(folder / "newer.db", 1, "pragma user_version = 1000;");
  return 0;
} catch (const grok::Error& error) {
  std::fprintf(stderr, "make_store_seeds: %s\n", error.what());
  return 1;
}
