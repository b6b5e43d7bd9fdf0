#include "compare/store/merge_stores.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>

#include "compare/store/store_file.hpp"
#include "core/errors.hpp"

namespace grok {
namespace {

std::vector<std::string> columns_of(const StoreFile& file) {
  const Statement s = file.prepare("select name from pragma_table_info('runs')");
  std::vector<std::string> names;
  while (file.step(s, "read")) {
    names.push_back(fmt::format("\"{}\"", text_in(s.get(), 0)));
  }
  return names;
}

// One statement reads rows, the other takes them, cell by cell. True: it was new.
bool copy_row(const StoreFile& into, sqlite3_stmt* from, sqlite3_stmt* to) {
  sqlite3_reset(to);
  for (int k = 0; k < sqlite3_column_count(from); ++k) {
    sqlite3_bind_value(to, k + 1, sqlite3_column_value(from, k));
  }
  if (sqlite3_step(to) != SQLITE_DONE) {
    into.fail("merge");
  }
  sqlite3_reset(to);
  return sqlite3_changes(into.handle()) == 1;
}

struct Copying {
  Statement from, to;
};

// With `later_keys` of a run where the source is older than they are.
Copying copying(const StoreFile& source, const StoreFile& into, const char* table,
                std::vector<std::string> columns, std::span<const LaterKey> keys) {
  std::vector<std::string> values = columns;
  for (const auto& [schema, name, type, value] : keys) {
    if (source.schema() < schema) {
      columns.push_back(fmt::format("\"{}\"", name));
      values.emplace_back(value);
    }
  }
  const std::vector<std::string> places(columns.size(), "?");
  return {source.prepare(
              fmt::format("select {} from {} order by rowid", fmt::join(values, ", "), table)),
          into.prepare(fmt::format("insert into {} ({}) values ({}) on conflict do nothing", table,
                                   fmt::join(columns, ", "), fmt::join(places, ", ")))};
}

void merge_records(Store& into, const Store& source, MergeReport& report) {
  const StoreFile& from = source.file();
  std::vector<std::string> columns = columns_of(from);
  const std::vector<std::string> ours = columns_of(into.file());
  std::erase_if(columns, [&](const std::string& name) {
    return std::ranges::find(ours, name) == ours.end();
  });
  const auto first = std::ranges::find(columns, "\"identity\"");
  std::iter_swap(columns.begin(), first);
  const Copying rows = copying(from, into.file(), "runs", columns, later_keys);
  const Statement clear = into.file().prepare("delete from unfinished where identity = ?");
  while (from.step(rows.from, "read")) {
    ++report.read;
    const std::string name = text_in(rows.from.get(), 0);
    if (copy_row(into.file(), rows.from.get(), rows.to.get())) {
      ++report.added;
      set_value(clear.get(), 1, name);  // what it was when this store had no record
      into.file().step_once(clear, "merge");
      continue;
    }
    ++report.present;
    const auto fields = different_fields(into.find_by_identity(name).value(),
                                         source.find_by_identity(name).value());
    if (!fields.empty()) {
      report.conflicts.push_back({name, from.path().string(), fields});
    }
  }
}

}  // namespace

MergeReport merge_stores(Store& into, std::span<const std::filesystem::path> sources) {
  for (const std::filesystem::path& source : sources) {  // before anything is written
    std::error_code none;
    if (std::filesystem::equivalent(source, into.file().path(), none)) {
      reject("merge", "source", source.string(), "another store than the one that takes them");
    }
    Store::open_existing(source);
  }
  MergeReport report;
  Transaction transaction(into.file());
  for (const std::filesystem::path& file : sources) {  // one open at a time
    const Store source = Store::open_existing(file);
    merge_records(into, source, report);
    if (source.file().schema() >= 4) {
      const Copying rows =
          copying(source.file(), into.file(), "curves", {"identity", "stride", "data"}, {});
      while (source.file().step(rows.from, "read")) {
        report.curves += copy_row(into.file(), rows.from.get(), rows.to.get()) ? 1 : 0;
      }
    }
  }
  if (report.conflicts.empty()) {
    transaction.commit();
  } else {
    report.added = report.curves = 0;
  }
  return report;
}

}  // namespace grok
