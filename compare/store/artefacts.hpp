// compare/store/artefacts.hpp: bytes that runs leave for others and for figures, in a store: table
// `artefacts` (identity, name, step, bytes). Those of a finished run are a pure function of it; a
// `checkpoint` is dropped when its run is finished. What a figure computed of a run and keeps
// beside it has all that it depends on in its name.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "compare/store/store.hpp"

namespace grok {

std::optional<Artefact> find_artefact(const Store& store, const Run& resolved,
                                      const std::string& name);
bool has_artefact(const Store& store, const Run& resolved, const std::string& name);
/// All of these names.
bool has_artefacts(const Store& store, const Run& resolved, const std::vector<std::string>& names);

/// What there is of a run, without the bytes.
struct ArtefactInfo {
  std::string name;
  std::int64_t step = 0, bytes = 0;
};
std::vector<ArtefactInfo> artefacts_of(const Store& store, const std::string& identity);

/// One that is there is replaced. Throws Error for more bytes than a store takes in one.
inline constexpr std::int64_t max_artefact_bytes = 60'000'000;
void put_artefact(const StoreFile& file, const std::string& identity, const Artefact& artefact);
/// The same in a transaction of its own.
void keep_artefact(Store& store, const Run& resolved, const Artefact& artefact);
void drop_artefact(const StoreFile& file, const std::string& identity, const std::string& name);

}  // namespace grok
