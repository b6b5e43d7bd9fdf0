#include "compare/store/artefacts.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "compare/store/store_file.hpp"
#include "core/errors.hpp"

namespace grok {
namespace {

constexpr I first_schema = 6;  // that has them

}  // namespace

std::optional<Artefact> find_artefact(const Store& store, const Run& run, const std::string& name) {
  const StoreFile& file = store.file();
  if (file.schema() < first_schema) {
    return {};
  }
  const Statement s =
      file.prepare("select step, bytes from artefacts where identity = ? and name = ?");
  set_value(s.get(), 1, run.name());
  set_value(s.get(), 2, name);
  if (!file.step(s, "read")) {
    return {};
  }
  return Artefact{name, sqlite3_column_int64(s.get(), 0), std::string(bytes_in(s.get(), 1))};
}

bool has_artefact(const Store& store, const Run& run, const std::string& name) {
  const StoreFile& file = store.file();
  if (file.schema() < first_schema) {
    return false;
  }
  const Statement s = file.prepare("select 1 from artefacts where identity = ? and name = ?");
  set_value(s.get(), 1, run.name());
  set_value(s.get(), 2, name);
  return file.step(s, "read");
}

bool has_artefacts(const Store& store, const Run& run, const std::vector<std::string>& names) {
  return std::ranges::all_of(
      names, [&](const std::string& name) { return has_artefact(store, run, name); });
}

std::vector<ArtefactInfo> artefacts_of(const Store& store, const std::string& identity) {
  const StoreFile& file = store.file();
  std::vector<ArtefactInfo> found;
  if (file.schema() < first_schema) {
    return found;
  }
  const Statement s = file.prepare(
      "select name, step, length(bytes) from artefacts where identity = ? order by name");
  set_value(s.get(), 1, identity);
  while (file.step(s, "read")) {
    found.push_back(
        {text_in(s.get(), 0), sqlite3_column_int64(s.get(), 1), sqlite3_column_int64(s.get(), 2)});
  }
  return found;
}

void put_artefact(const StoreFile& file, const std::string& identity, const Artefact& artefact) {
  if (std::ssize(artefact.bytes) > max_artefact_bytes) {
    throw Error(fmt::format("{}: artefact {} = {} bytes, allowed at most {}", file.path().string(),
                            artefact.name, artefact.bytes.size(), max_artefact_bytes));
  }
  const Statement s = file.prepare(
      "insert or replace into artefacts (identity, name, step, bytes) values (?, ?, ?, ?)");
  set_value(s.get(), 1, identity);
  set_value(s.get(), 2, artefact.name);
  set_value(s.get(), 3, artefact.step);
  set_bytes(s.get(), 4, artefact.bytes);
  file.step(s, "keep an artefact");
}

void keep_artefact(Store& store, const Run& run, const Artefact& artefact) {
  Transaction transaction(store.file());
  put_artefact(store.file(), run.name(), artefact);
  transaction.commit();
}

void drop_artefact(const StoreFile& file, const std::string& identity, const std::string& name) {
  const Statement s = file.prepare("delete from artefacts where identity = ? and name = ?");
  set_value(s.get(), 1, identity);
  set_value(s.get(), 2, name);
  file.step(s, "drop an artefact");
}

}  // namespace grok
