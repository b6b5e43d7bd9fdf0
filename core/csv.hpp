// core/csv.hpp: small CSV files, in and out.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace grok {

/// A file of comma-separated integers, `columns` on every line. The first line may be the header
/// (`header`, e.g. "i,j"); empty lines and lines that start with # are skipped.
struct IntegerTable {
  std::vector<std::vector<std::int64_t>> rows;
  std::vector<std::int64_t> lines;  // where each row stood, from 1
};

/// Throws InputError with file and line: not readable, empty, text, wrong number of columns.
IntegerTable read_integers(const std::filesystem::path& file, std::string_view header);

/// A table of text cells; `write_csv` quotes what needs it.
struct CsvTable {
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;
};

std::string to_csv(const CsvTable& table);

/// Writes through a temporary file and a rename, so that a reader never sees half a file.
/// Throws InputError if the place cannot be written.
void write_file(const std::filesystem::path& file, std::string_view content);

}  // namespace grok
