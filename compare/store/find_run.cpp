#include "compare/store/find_run.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "compare/store/store_file.hpp"
#include "core/errors.hpp"

namespace grok {
namespace {

constexpr std::size_t shortest = 4;

struct Place {
  std::string name, table;
};

// At most two: one is wanted.
std::vector<Place> places_of(const StoreFile& file, const std::string& name) {
  std::vector<Place> places;
  for (const std::string& table : file.run_tables()) {
    const Statement s = file.prepare(
        fmt::format("select identity from {} where substr(identity, 1, ?) = ? limit 2", table));
    set_value(s.get(), 1, static_cast<I>(name.size()));
    set_value(s.get(), 2, name);
    while (file.step(s, "read")) {
      places.push_back({text_in(s.get(), 0), table});
    }
  }
  return places;
}

Place place_of(const StoreFile& file, const std::string& name, const std::string& where) {
  if (name.size() < shortest) {
    reject(where, "identity", "'" + name + "'", fmt::format("{} characters or more", shortest));
  }
  const std::vector<Place> places = places_of(file, name);
  if (places.size() != 1) {
    reject(where, "identity", "'" + name + "'",
           places.empty()
               ? "one of a finished run in " + file.path().string()
               : fmt::format("one that begins no other: {}, {}", places[0].name, places[1].name));
  }
  return places.front();
}

// The row of a run: its keys as a run that is not resolved.
Run run_in(const StoreFile& file, const Model& model, const Place& place) {
  const std::vector<std::string> present = file.columns_of(place.table);
  Run run = model.usual();
  for (const Field& field : model.keys()) {
    const std::string column = fmt::format("\"{}\"", field.key);
    if (std::ranges::find(present, column) == present.end()) {
      continue;  // it came after this store
    }
    const Statement s =
        file.prepare(fmt::format("select {} from {} where identity = ?", column, place.table));
    set_value(s.get(), 1, place.name);
    if (file.step(s, "read")) {
      run = model.with(run, field.key, get_value(s.get(), 0, field));
    }
  }
  return run;
}

}  // namespace

StoredRun find_run(const Store& store, const std::string& name, const Models& models,
                   const std::string& where) {
  const StoreFile& file = store.file();
  const Place place = place_of(file, name, where);
  const auto own = std::ranges::find_if(
      models, [&](const Model* model) { return run_table_name(model->name()) == place.table; });
  if (own == models.end()) {
    reject(where, "identity", place.name,
           fmt::format("a run of a model that this program knows (it is in {})", place.table));
  }
  StoredRun stored;
  stored.name = place.name;
  stored.run = run_in(file, **own, place);
  stored.outcome = store.find(**own, place.name).value();
  try {
    const Run made = resolved(stored.run, where);
    if (made.name() == place.name) {
      stored.run = made;
    } else {
      stored.why_not = "its keys give another run now";
    }
  } catch (const InputError& error) {
    stored.why_not = error.what();
  }
  const Statement s = file.prepare(fmt::format(
      "select version, commit_id, processor, finished_at from {} where identity = ?", place.table));
  set_value(s.get(), 1, place.name);
  if (file.step(s, "read")) {
    stored.made = {text_in(s.get(), 0), text_in(s.get(), 1), text_in(s.get(), 2),
                   text_in(s.get(), 3)};
  }
  return stored;
}

}  // namespace grok
