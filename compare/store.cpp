#include "compare/store.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <limits>
#include <map>

#include "compare/store_columns.hpp"
#include "core/errors.hpp"
#include "core/provenance.hpp"
#include "nets/engine_choice.hpp"

namespace grok {
namespace {

constexpr I application_id = 0x67726f6b;  // "grok"
constexpr int busy_milliseconds = 60'000;
constexpr const char* ours = "a store of groktheory";

struct CloseDatabase {
  void operator()(sqlite3* db) const { sqlite3_close_v2(db); }
};
struct Finalize {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Database = std::unique_ptr<sqlite3, CloseDatabase>;
using Statement = std::unique_ptr<sqlite3_stmt, Finalize>;

}  // namespace

struct Store::Impl {
  std::filesystem::path file;
  Database db;
  Statement inserting, finding;
  std::map<std::string, std::string> engine_builds;

  Impl(std::filesystem::path place, bool read_only) : file(std::move(place)) {
    open(read_only);
    if (check_kind() && !read_only) {
      create();
    }
    if (!read_only) {
      migrate();
    }
    const Columns columns;
    if (!read_only) {
      inserting = prepare(columns.insert());
    }
    finding = prepare(columns.select());
  }

  [[noreturn]] void refuse(const std::string& what, const std::string& value,
                           const std::string& allowed) const {
    reject(file.string(), what, value, allowed);
  }
  [[noreturn]] void fail(const char* doing) const {
    throw Error(fmt::format("{}: {}: {}", file.string(), doing, sqlite3_errmsg(db.get())));
  }

  void open(bool read_only) {
    if (file.empty() || file == ":memory:") {  // SQLite would keep these nowhere
      refuse("store", fmt::format("'{}'", file.string()), "the name of a file");
    }
    if (std::filesystem::is_directory(file)) {
      refuse("file", "a directory", ours);
    }
    if (read_only && !std::filesystem::exists(file)) {
      refuse("file", "missing", "an existing store");
    }
    const int mode = read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    sqlite3* raw = nullptr;
    const int status = sqlite3_open_v2(file.c_str(), &raw, mode, nullptr);
    db.reset(raw);
    // SQLite falls back to reading where it cannot write
    if (status != SQLITE_OK || (!read_only && sqlite3_db_readonly(raw, "main") == 1)) {
      refuse("file", "cannot be opened",
             read_only ? "a file that can be read" : "a place that can be written");
    }
    if (read_only && !readable()) {
      open_as_it_stands();
    }
    sqlite3_busy_timeout(db.get(), busy_milliseconds);
  }

  bool readable() const {
    return sqlite3_exec(db.get(), "select 1 from sqlite_master", nullptr, nullptr, nullptr) ==
           SQLITE_OK;
  }

  // A reader makes files beside a store. Where it may not, and no writer left a log, nothing can
  // change the store while it is read.
  void open_as_it_stands() {
    std::error_code none;
    if (std::filesystem::file_size(file.string() + "-wal", none) > 0 && !none) {
      return;
    }
    std::string uri = "file:";
    for (const char c : std::filesystem::absolute(file).string()) {
      uri += c == '?' || c == '#' || c == '%' ? fmt::format("%{:02x}", c) : std::string(1, c);
    }
    uri += "?immutable=1";
    sqlite3* raw = nullptr;
    if (sqlite3_open_v2(uri.c_str(), &raw, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, nullptr) ==
        SQLITE_OK) {
      db.reset(raw);
    } else {
      sqlite3_close_v2(raw);
    }
  }

  Statement prepare(const std::string& sql) const {
    sqlite3_stmt* raw = nullptr;
    if (sqlite3_prepare_v2(db.get(), sql.c_str(), -1, &raw, nullptr) != SQLITE_OK) {
      fail("prepare");
    }
    return Statement(raw);
  }
  void execute(const std::string& sql) const {
    if (sqlite3_exec(db.get(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
      fail("execute");
    }
  }
  I number(const std::string& sql) const {
    const Statement s = prepare(sql);
    if (sqlite3_step(s.get()) != SQLITE_ROW) {
      fail("read");
    }
    return sqlite3_column_int64(s.get(), 0);
  }

  // Reads alone, so that another program's file stays as it is. True: empty, ours to fill.
  bool check_kind() const {
    sqlite3_stmt* raw = nullptr;
    int status =
        sqlite3_prepare_v2(db.get(), "select count(*) from sqlite_master", -1, &raw, nullptr);
    const Statement counting(raw);
    if (status == SQLITE_OK) {
      status = sqlite3_step(raw);
    }
    if (status == SQLITE_NOTADB) {
      refuse("file", "no database", ours);
    }
    if (status != SQLITE_ROW) {
      refuse("file", fmt::format("'{}'", sqlite3_errmsg(db.get())), ours);
    }
    const I tables = sqlite3_column_int64(raw, 0);
    const I program = number("pragma application_id");
    const I version = number("pragma user_version");
    if (tables == 0 && program == 0 && version == 0) {
      return true;
    }
    if (program != application_id) {
      refuse("application_id", fmt::format("{}", program),
             fmt::format("{} ({})", application_id, ours));
    }
    if (version > schema_version) {
      refuse("user_version", fmt::format("{}", version),
             fmt::format("[1, {}]: it was written by a newer groktheory", schema_version));
    }
    return false;
  }

  // Whoever comes first creates; `immediate` makes a second process wait and find it done.
  void create() const {
    execute("begin immediate");
    execute(Columns().create());
    execute(fmt::format("pragma application_id = {}", application_id));
    execute(fmt::format("pragma user_version = {}", schema_version));
    execute("commit");
    // Readers and one writer side by side; where the file system cannot, SQLite keeps its journal
    sqlite3_exec(db.get(), "pragma journal_mode = wal", nullptr, nullptr, nullptr);
  }

  // Schema 1 had no engine_build, schema 2 none of these keys of a run.
  void migrate() const {
    execute("begin immediate");
    const I version = number("pragma user_version");
    if (version < 2) {
      execute("alter table runs add column \"engine_build\" text");
    }
    if (version < 3) {
      for (const char* column :
           {"\"orders\" text default '[]'",
            "\"representation_distribution\" text default 'uniform'",
            "\"representation_l1\" real default 0.0", "\"targets\" text default 'random'"}) {
        execute(fmt::format("alter table runs add column {}", column));
      }
    }
    execute(fmt::format("pragma user_version = {}", schema_version));
    execute("commit");
  }

  // Columns in the order of the fields; a store of an older schema that may only be read has fewer,
  // and one that grew has them in another order.
  std::string all_columns() const {
    const Statement s = prepare("select name from pragma_table_info('runs')");
    std::vector<std::string> present;
    while (sqlite3_step(s.get()) == SQLITE_ROW) {
      present.push_back(fmt::format("\"{}\"", text_in(s.get(), 0)));
    }
    std::vector<std::string> names = Columns().names;
    std::erase_if(names, [&](const std::string& name) {
      return std::ranges::find(present, name) == present.end();
    });
    names.emplace_back("\"finished_at\"");
    return fmt::format("{}", fmt::join(names, ", "));
  }

  static CsvTable header(sqlite3_stmt* s) {
    CsvTable table;
    for (int k = 0; k < sqlite3_column_count(s); ++k) {
      table.columns.emplace_back(sqlite3_column_name(s, k));
    }
    return table;
  }

  void append_rows(sqlite3_stmt* s, CsvTable& table) const {
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
      fail("read");
    }
  }
};

Store::Store(const std::filesystem::path& file) : impl_(std::make_unique<Impl>(file, false)) {}
Store::Store(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Store::~Store() = default;
Store::Store(Store&&) noexcept = default;
Store& Store::operator=(Store&&) noexcept = default;

Store Store::open_existing(const std::filesystem::path& file) {
  return Store(std::make_unique<Impl>(file, true));
}

void Store::insert(const RunSpec& resolved, const Record& record) {
  if (!impl_->inserting) {
    throw Error(fmt::format("{}: insert: the store was opened to be read", impl_->file.string()));
  }
  sqlite3_stmt* s = impl_->inserting.get();
  sqlite3_reset(s);
  int k = 0;
  set_value(s, ++k, identity(resolved));
  for_each_field(resolved,
                 [&](const char*, const auto& member, auto&&...) { set_value(s, ++k, member); });
  for_each_record_field(record,
                        [&](const char*, const auto& member) { set_value(s, ++k, member); });
  const Provenance made = provenance();
  std::string& build = impl_->engine_builds[record.engine];
  if (build.empty()) {
    build = engine_build(record.engine);
  }
  for (const std::string& text :
       {made.version, made.commit, made.compiler, made.processor, build}) {
    set_value(s, ++k, text);
  }
  const int status = sqlite3_step(s);
  sqlite3_reset(s);
  if (status != SQLITE_DONE) {
    impl_->fail("insert");
  }
}

std::optional<Record> Store::find(const RunSpec& resolved) const {
  sqlite3_stmt* s = impl_->finding.get();
  sqlite3_reset(s);
  set_value(s, 1, identity(resolved));
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
    impl_->fail("find");
  }
  return record;
}

std::int64_t Store::count() const { return impl_->number("select count(*) from runs"); }

CsvTable Store::table(std::span<const RunSpec> specs) const {
  const Statement s =
      impl_->prepare(fmt::format("select {} from runs where identity = ?", impl_->all_columns()));
  CsvTable table = impl_->header(s.get());
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
      impl_->prepare(fmt::format("select {} from runs order by rowid", impl_->all_columns()));
  CsvTable table = impl_->header(s.get());
  impl_->append_rows(s.get(), table);
  return table;
}

}  // namespace grok
