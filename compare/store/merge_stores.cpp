#include "compare/store/merge_stores.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "compare/store/artefacts.hpp"
#include "compare/store/store_file.hpp"
#include "core/errors.hpp"
#include "nets/train.hpp"

namespace grok {
namespace {

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

// columns: as `into` has them; values: what is selected of the source in their stead.
Copying copying(const StoreFile& source, const StoreFile& into, const std::string& table,
                const std::vector<std::string>& columns, const std::vector<std::string>& values,
                const std::string& where = "") {
  const std::vector<std::string> places(columns.size(), "?");
  return {source.prepare(fmt::format("select {} from {} {} order by rowid", fmt::join(values, ", "),
                                     table, where)),
          into.prepare(fmt::format("insert into {} ({}) values ({}) on conflict do nothing", table,
                                   fmt::join(columns, ", "), fmt::join(places, ", ")))};
}

// Keys of a run where the source is older than they are: what its runs stand for.
Copying copying_runs(const StoreFile& source, const StoreFile& into, const RunTable& table) {
  const std::vector<std::string> present = source.columns_of(table.name());
  std::vector<std::string> columns, values;
  for (const Column& column : table.columns()) {
    const bool there = std::ranges::find(present, column.name) != present.end();
    if (there || !column.before.empty()) {
      columns.push_back(column.name);
      values.push_back(there ? column.name : column.before);
    }
  }
  columns.emplace_back("\"finished_at\"");
  values.emplace_back("\"finished_at\"");
  return copying(source, into, table.name(), columns, values);
}

const Model& model_of_table(const std::string& table, const Models& models, const Store& source) {
  std::vector<std::string> known;
  for (const Model* model : models) {
    known.push_back(run_table_name(model->name()));
    if (known.back() == table) {
      return *model;
    }
  }
  reject(source.file().path().string(), "table", table,
         fmt::format("{}: the runs of the models that this program knows", fmt::join(known, ", ")));
}

void merge_records(Store& into, const Store& source, const Model& model, MergeReport& report) {
  const StoreFile& from = source.file();
  const RunTable table(model);
  into.file().prepare_table(table);
  const Copying rows = copying_runs(from, into.file(), table);
  const Statement clear = into.file().prepare("delete from unfinished where identity = ?");
  while (from.step(rows.from, "read")) {
    ++report.read;
    const std::string name = text_in(rows.from.get(), 0);
    if (copy_row(into.file(), rows.from.get(), rows.to.get())) {
      ++report.added;
      set_value(clear.get(), 1, name);  // what it was when this store had no record
      into.file().step_once(clear, "merge");
      drop_artefact(into.file(), name, checkpoint_name);
      continue;
    }
    ++report.present;
    const auto fields =
        different_results(into.find(model, name).value(), source.find(model, name).value());
    if (!fields.empty()) {
      report.conflicts.push_back({name, from.path().string(), fields});
    }
  }
}

std::int64_t copy_all(const StoreFile& into, const StoreFile& from, const Copying& rows) {
  std::int64_t added = 0;
  while (from.step(rows.from, "read")) {
    added += copy_row(into, rows.from.get(), rows.to.get()) ? 1 : 0;
  }
  return added;
}

void merge_the_rest(const StoreFile& into, const StoreFile& from, MergeReport& report) {
  if (from.schema() >= 4) {
    const std::vector<std::string> columns = {"identity", "stride", "data", "columns", "metrics"};
    std::vector<std::string> values = columns;
    if (from.schema() < 6) {
      values[3] = values[4] = "null";
    }
    report.curves += copy_all(into, from, copying(from, into, "curves", columns, values));
  }
  if (from.schema() >= 6) {
    const std::vector<std::string> columns = {"identity", "name", "step", "bytes"};
    report.artefacts += copy_all(into, from,
                                 copying(from, into, "artefacts", columns, columns,
                                         fmt::format("where name != '{}'", checkpoint_name)));
  }
}

}  // namespace

MergeReport merge_stores(Store& into, std::span<const std::filesystem::path> sources,
                         const Models& models) {
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
    for (const std::string& table : source.file().run_tables()) {
      merge_records(into, source, model_of_table(table, models, source), report);
    }
    merge_the_rest(into.file(), source.file(), report);
  }
  if (report.conflicts.empty()) {
    transaction.commit();
  } else {
    report.added = report.curves = report.artefacts = 0;
  }
  return report;
}

}  // namespace grok
