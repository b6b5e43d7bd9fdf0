// core/csv.hpp: files from outside, read within limits; CSV files, in and out.
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace grok {

/// Opens a regular file of at most `most_bytes`. Throws InputError "read: file = NAME (why),
/// allowed <allowed>" for what is missing, not readable or a folder; for a device, a pipe or a
/// socket, which could keep a reader waiting for ever; for a larger file.
std::ifstream open_input(const std::filesystem::path& file, std::int64_t most_bytes,
                         std::string_view allowed);
/// The content of such a file, its size checked again as it is read. Empty is refused, too.
std::string read_file(const std::filesystem::path& file, std::int64_t most_bytes,
                      std::string_view allowed);

/// A table of 4000 symbols has 16 million rows of up to 18 bytes; 100 bytes hold three integers of
/// any size with blanks around them, 10,000 a comment.
inline constexpr std::int64_t max_csv_bytes = std::int64_t{512} << 20;
inline constexpr std::int64_t max_csv_rows = 16'000'000;
inline constexpr std::int64_t max_csv_line = 10'000;

/// A line of a CSV file that is neither empty nor a comment; views into it end with the visit.
struct CsvRow {
  std::int64_t line = 0;  // from 1
  bool first = false;     // of those lines: it may be the header
  std::string_view text;
  std::vector<std::string_view> cells;  // without blanks around them
};

/// visit(row) says whether the row is data; a header is not. Throws InputError for a file that
/// cannot be opened (`allowed`: what it should be), or one beyond the limits above.
void for_each_row(const std::filesystem::path& file, std::string_view allowed,
                  const std::function<bool(const CsvRow&)>& visit);

/// A file of comma-separated integers, `columns` on every line. The first line may be the header
/// (`header`, e.g. "i,j"); empty lines and lines that start with # are skipped.
struct IntegerTable {
  std::size_t columns = 0;
  std::vector<std::int64_t> cells;  // row by row
  std::vector<std::int64_t> lines;  // where each row stood, from 1

  std::size_t size() const { return lines.size(); }  // rows
  std::span<const std::int64_t> row(std::size_t k) const {
    return std::span(cells).subspan(k * columns, columns);
  }
};

/// Throws InputError with file and line: not readable, empty, text, wrong number of columns, more
/// than the limits above. Memory: 8 bytes a cell and 8 a row, doubled while they grow.
IntegerTable read_integers(const std::filesystem::path& file, std::string_view header);

/// A table of text cells; `write_csv` quotes what needs it.
struct CsvTable {
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;
};

std::string to_csv(const CsvTable& table);

/// Throws InputError for a file that is an SQLite database, by its first bytes, or a .toml by its
/// name: hours of training, or a study, which no output replaces.
void require_replaceable(std::string_view where, std::string_view name,
                         const std::filesystem::path& file);

/// Writes through a temporary file and a rename, so that a reader never sees half a file.
/// Throws InputError if the place cannot be written, or is not replaceable.
void write_file(const std::filesystem::path& file, std::string_view content);

}  // namespace grok
