#include "compare/store/store.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "compare/store/store_columns.hpp"
#include "compare/store/store_file.hpp"
#include "core/errors.hpp"
#include "core/provenance.hpp"
#include "nets/engine_choice.hpp"

namespace grok {
namespace {

CsvTable header(sqlite3_stmt* s) {
  CsvTable table;
  for (int k = 0; k < sqlite3_column_count(s); ++k) {
    table.columns.emplace_back(sqlite3_column_name(s, k));
  }
  return table;
}

void append_rows(const StoreFile& file, const Statement& statement, CsvTable& table) {
  sqlite3_stmt* s = statement.get();
  while (file.step(statement, "read")) {
    std::vector<std::string> row;
    for (int k = 0; k < sqlite3_column_count(s); ++k) {
      const int type = sqlite3_column_type(s, k);
      row.push_back(type == SQLITE_NULL    ? std::string()
                    : type == SQLITE_FLOAT ? to_text(sqlite3_column_double(s, k))
                                           : text_in(s, k));
    }
    table.rows.push_back(std::move(row));
  }
}

}  // namespace

Store::Impl::Impl(std::filesystem::path place, bool read_only)
    : file(std::move(place), read_only) {}

const std::string& Store::Impl::build_of(const std::string& engine) {
  std::string& build = engine_builds[engine];
  if (build.empty()) {
    build = engine_build(engine);
  }
  return build;
}

Store::Impl::OpenTable* Store::Impl::table_of(const Model& model, bool to_write) {
  const auto known = tables.find(&model);
  if (known != tables.end() && (known->second.inserting || !to_write)) {
    return &known->second;
  }
  const RunTable table(model);
  if (to_write) {
    file.prepare_table(table);
  }
  const std::vector<std::string> present = file.columns_of(table.name());
  if (present.empty()) {
    return nullptr;  // no run of this model yet
  }
  OpenTable& open = tables.try_emplace(&model, table).first->second;
  open.finding = file.prepare(open.table.select_results(present));
  if (to_write) {
    open.inserting = file.prepare(open.table.insert());
  }
  return &open;
}

bool Store::Impl::insert(const Run& run, const Outcome& outcome, const Making& making) {
  if (file.read_only()) {
    throw Error(fmt::format("{}: insert: the store was opened to be read", file.path().string()));
  }
  sqlite3_stmt* s = table_of(run.model(), true)->inserting.get();
  sqlite3_reset(s);
  int k = 0;
  set_value(s, ++k, run.name());
  for (const auto& values : {run.model().row(run), outcome.values()}) {
    for (const Value& value : values) {
      set_value(s, ++k, value);
    }
  }
  const Provenance made = provenance();
  const std::string engine = text_of(outcome[Role::engine]);
  for (const std::string& text :
       {made.version, made.commit, made.compiler, making.processor.value_or(made.processor),
        making.engine_build ? *making.engine_build : build_of(engine)}) {
    set_value(s, ++k, text);
  }
  set_value(s, ++k, made.flags);
  set_value(s, ++k, making.threads);
  set_value(s, ++k, making.host);
  set_value(s, ++k, making.started_at);
  set_value(s, ++k, making.starts);
  const int status = sqlite3_step(s);
  sqlite3_reset(s);
  if (status != SQLITE_DONE) {
    file.fail("insert");
  }
  return sqlite3_changes(file.handle()) == 1;
}

Store::Store(const std::filesystem::path& file) : impl_(std::make_unique<Impl>(file, false)) {}
Store::Store(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Store::~Store() = default;
Store::Store(Store&&) noexcept = default;
Store& Store::operator=(Store&&) noexcept = default;

Store Store::open_existing(const std::filesystem::path& file) {
  return Store(std::make_unique<Impl>(file, true));
}

void Store::insert(const Run& run, const Outcome& outcome, const Making& making) {
  Transaction transaction(impl_->file);
  impl_->insert(run, outcome, making);
  transaction.commit();
}

std::optional<Outcome> Store::find(const Run& run) const { return find(run.model(), run.name()); }

bool Store::has(const Run& run) const { return find(run).has_value(); }

std::optional<Outcome> Store::find(const Model& model, const std::string& name) const {
  const Impl::OpenTable* table = impl_->table_of(model, false);
  if (table == nullptr) {
    return {};
  }
  sqlite3_stmt* s = table->finding.get();
  sqlite3_reset(s);
  set_value(s, 1, name);
  std::optional<Outcome> outcome;
  if (impl_->file.step(table->finding, "find")) {
    std::vector<Value> values;
    for (const Field& field : model.results()) {
      values.push_back(get_value(s, static_cast<int>(values.size()), field));
    }
    outcome = model.outcome(std::move(values));
  }
  sqlite3_reset(s);
  return outcome;
}

const StoreFile& Store::file() const { return impl_->file; }

std::int64_t Store::count() const {
  std::int64_t count = 0;
  for (const std::string& table : impl_->file.run_tables()) {
    count += impl_->file.number("select count(*) from " + table);
  }
  return count;
}

CsvTable Store::table(const Model& model, std::span<const Run> runs) const {
  const RunTable own(model);
  const auto present = impl_->file.columns_of(own.name());
  if (present.empty()) {
    CsvTable none;
    for (const Column& column : own.columns()) {
      none.columns.push_back(column.name.substr(1, column.name.size() - 2));
    }
    none.columns.emplace_back("finished_at");
    return none;
  }
  const Statement s = impl_->file.prepare(own.select_all(present) + " where identity = ?");
  CsvTable table = header(s.get());
  for (const Run& run : runs) {
    sqlite3_reset(s.get());
    set_value(s.get(), 1, run.name());
    const std::size_t before = table.rows.size();
    append_rows(impl_->file, s, table);
    if (table.rows.size() > before) {
      // Two ways to ask for one run may differ in what does not change it (names of files, a `seed`
      // that stands for none of the four): the row shows the one that was asked for.
      const std::vector<Value> values = model.row(run);
      for (std::size_t k = 0; k < values.size(); ++k) {
        const auto column = std::ranges::find(table.columns, model.keys()[k].key);
        if (column != table.columns.end()) {
          table.rows.back()[static_cast<std::size_t>(column - table.columns.begin())] =
              cell_of(values[k]);
        }
      }
    }
  }
  return table;
}

CsvTable Store::table(const Model& model) const {
  const RunTable own(model);
  const auto present = impl_->file.columns_of(own.name());
  if (present.empty()) {
    return {};
  }
  const Statement s = impl_->file.prepare(own.select_all(present) + " order by rowid");
  CsvTable table = header(s.get());
  append_rows(impl_->file, s, table);
  return table;
}

}  // namespace grok
