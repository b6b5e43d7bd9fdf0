#include "compare/store/store.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <limits>
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

}  // namespace

Store::Impl::Impl(std::filesystem::path place, bool read_only) : file(std::move(place), read_only) {
  const Columns columns;
  if (!read_only) {
    inserting = file.prepare(columns.insert());
  }
  finding = file.prepare(columns.select());
}

const std::string& Store::Impl::build_of(const std::string& engine) {
  std::string& build = engine_builds[engine];
  if (build.empty()) {
    build = engine_build(engine);
  }
  return build;
}

bool Store::Impl::insert(const RunSpec& resolved, const Record& record, const Making& making) {
  if (!inserting) {
    throw Error(fmt::format("{}: insert: the store was opened to be read", file.path().string()));
  }
  sqlite3_stmt* s = inserting.get();
  sqlite3_reset(s);
  int k = 0;
  set_value(s, ++k, identity(resolved));
  for_each_field(resolved,
                 [&](const char*, const auto& member, auto&&...) { set_value(s, ++k, member); });
  for_each_record_field(record,
                        [&](const char*, const auto& member) { set_value(s, ++k, member); });
  const Provenance made = provenance();
  for (const std::string& text :
       {made.version, made.commit, made.compiler, making.processor.value_or(made.processor),
        making.engine_build ? *making.engine_build : build_of(record.engine)}) {
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

// Columns in the order of the fields; a store of an older schema that may only be read has fewer,
// and one that grew has them in another order.
std::string Store::Impl::all_columns() const {
  const Statement s = file.prepare("select name from pragma_table_info('runs')");
  std::vector<std::string> present;
  while (file.step(s, "read")) {
    present.push_back(fmt::format("\"{}\"", text_in(s.get(), 0)));
  }
  std::vector<std::string> names = Columns().names;
  std::erase_if(names, [&](const std::string& name) {
    return std::ranges::find(present, name) == present.end();
  });
  names.emplace_back("\"finished_at\"");
  return fmt::format("{}", fmt::join(names, ", "));
}

void Store::Impl::append_rows(sqlite3_stmt* s, CsvTable& table) const {
  int status = SQLITE_ROW;
  while ((status = sqlite3_step(s)) == SQLITE_ROW) {
    std::vector<std::string> row;
    for (int k = 0; k < sqlite3_column_count(s); ++k) {
      const int type = sqlite3_column_type(s, k);
      row.push_back(type == SQLITE_NULL    ? std::string()
                    : type == SQLITE_FLOAT ? to_text(sqlite3_column_double(s, k))
                                           : text_in(s, k));
    }
    table.rows.push_back(std::move(row));
  }
  if (status != SQLITE_DONE) {
    file.fail("read");
  }
}
Store::Store(const std::filesystem::path& file) : impl_(std::make_unique<Impl>(file, false)) {}
Store::Store(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Store::~Store() = default;
Store::Store(Store&&) noexcept = default;
Store& Store::operator=(Store&&) noexcept = default;

Store Store::open_existing(const std::filesystem::path& file) {
  return Store(std::make_unique<Impl>(file, true));
}

void Store::insert(const RunSpec& resolved, const Record& record, const Making& making) {
  Transaction transaction(impl_->file);
  impl_->insert(resolved, record, making);
  transaction.commit();
}

std::optional<Record> Store::find(const RunSpec& resolved) const {
  return find_by_identity(identity(resolved));
}

std::optional<Record> Store::find_by_identity(const std::string& name) const {
  sqlite3_stmt* s = impl_->finding.get();
  sqlite3_reset(s);
  set_value(s, 1, name);
  const int status = sqlite3_step(s);
  std::optional<Record> record;
  if (status == SQLITE_ROW) {
    int k = 0;
    for_each_record_field(record.emplace(),
                          [&](const char*, auto& member) { get_value(s, k++, member); });
    // There is a validation loss wherever there is an accuracy: its NULL is a NaN
    if (record->validation_accuracy && !record->validation_loss) {
      record->validation_loss = std::numeric_limits<double>::quiet_NaN();
    }
  }
  sqlite3_reset(s);
  if (status != SQLITE_ROW && status != SQLITE_DONE) {
    impl_->file.fail("find");
  }
  return record;
}

const StoreFile& Store::file() const { return impl_->file; }

std::int64_t Store::count() const { return impl_->file.number("select count(*) from runs"); }

CsvTable Store::table(std::span<const RunSpec> specs) const {
  const Statement s = impl_->file.prepare(
      fmt::format("select {} from runs where identity = ?", impl_->all_columns()));
  CsvTable table = header(s.get());
  for (const RunSpec& spec : specs) {
    sqlite3_reset(s.get());
    set_value(s.get(), 1, identity(spec));
    const std::size_t before = table.rows.size();
    impl_->append_rows(s.get(), table);
    if (table.rows.size() > before) {
      // Specs of one run may differ in what does not change it (names of files, a `seed` that
      // stands for none of the four): the row shows the spec that was asked for.
      for_each_field(spec, [&](const char* key, const auto& member, auto&&...) {
        const auto column = std::ranges::find(table.columns, key);
        if (column != table.columns.end()) {
          table.rows.back()[static_cast<std::size_t>(column - table.columns.begin())] =
              text_of(member);
        }
      });
    }
  }
  return table;
}

CsvTable Store::table() const {
  const Statement s =
      impl_->file.prepare(fmt::format("select {} from runs order by rowid", impl_->all_columns()));
  CsvTable table = header(s.get());
  impl_->append_rows(s.get(), table);
  return table;
}

}  // namespace grok
