#include "core/csv.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <charconv>
#include <fstream>
#include <system_error>

#include "core/errors.hpp"

namespace grok {
namespace {

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) {
    return {};
  }
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

std::vector<std::string_view> split_line(std::string_view line) {
  std::vector<std::string_view> cells;
  for (std::size_t start = 0; start <= line.size();) {
    const std::size_t end = std::min(line.find(',', start), line.size());
    cells.push_back(trimmed(line.substr(start, end - start)));
    start = end + 1;
  }
  return cells;
}

template <class Where>  // where() makes the place of a message
std::int64_t to_integer(std::string_view cell, const Where& where) {
  std::int64_t value = 0;
  const auto [end, status] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
  if (status != std::errc() || end != cell.data() + cell.size()) {
    reject(where(), "cell", fmt::format("'{}'", cell), "an integer");
  }
  return value;
}

[[noreturn]] void refuse_size(const std::filesystem::path& file, const std::string& size,
                              std::int64_t most_bytes) {
  reject(file.string(), "size", size, fmt::format("at most {} bytes", most_bytes));
}

[[noreturn]] void refuse_file(const std::filesystem::path& file, const std::string& why,
                              std::string_view allowed) {
  reject("read", "file", fmt::format("{} ({})", file.string(), why), allowed);
}

}  // namespace

std::ifstream open_input(const std::filesystem::path& file, std::int64_t most_bytes,
                         std::string_view allowed) {
  namespace fs = std::filesystem;
  std::error_code failure;
  const fs::file_status status = fs::status(file, failure);  // to open a pipe is to wait for it
  if (fs::exists(status) && !fs::is_regular_file(status) && !fs::is_directory(status)) {
    refuse_file(file, "a device, pipe or socket", "a regular file");
  }
  if (!fs::is_regular_file(status)) {
    refuse_file(file, fs::exists(status) ? "a folder" : failure.message(), allowed);
  }
  errno = 0;
  std::ifstream in(file, std::ios::binary);
  if (!in.is_open()) {
    refuse_file(file, std::generic_category().message(errno), allowed);
  }
  const auto size = fs::file_size(file, failure);
  if (!failure && size > static_cast<std::uintmax_t>(most_bytes)) {
    refuse_size(file, fmt::format("{} bytes", size), most_bytes);
  }
  return in;
}

std::string read_file(const std::filesystem::path& file, std::int64_t most_bytes,
                      std::string_view allowed) {
  std::ifstream in = open_input(file, most_bytes, allowed);
  std::string text, part(1 << 16, '\0');
  while (in.read(part.data(), std::ssize(part)) || in.gcount() > 0) {
    text.append(part, 0, static_cast<std::size_t>(in.gcount()));
    if (std::ssize(text) > most_bytes) {  // files of the kernel have a size of 0
      refuse_size(file, fmt::format("more than {} bytes", most_bytes), most_bytes);
    }
  }
  if (in.bad()) {
    refuse_file(file, "broken off", allowed);
  }
  if (text.empty()) {
    refuse_file(file, "empty", allowed);
  }
  return text;
}

void for_each_row(const std::filesystem::path& file, std::string_view allowed,
                  const std::function<bool(const CsvRow&)>& visit) {
  std::ifstream in = open_input(file, max_csv_bytes, allowed);
  CsvRow row;
  row.first = true;
  std::int64_t rows = 0;
  for (std::string line; std::getline(in, line);) {
    ++row.line;
    const auto refuse = [&](const char* key, const std::string& value, const std::string& most) {
      reject(fmt::format("{}:{}", file.string(), row.line), key, value, "at most " + most);
    };
    if (std::ssize(line) > max_csv_line) {
      refuse("line", fmt::format("{} bytes", line.size()), fmt::format("{} bytes", max_csv_line));
    }
    const bool marked = row.line == 1 && line.starts_with("\xef\xbb\xbf");  // a byte-order mark
    row.text = trimmed(std::string_view(line).substr(marked ? 3 : 0));
    if (row.text.empty() || row.text.front() == '#') {
      continue;
    }
    row.cells = split_line(row.text);
    rows += visit(row) ? 1 : 0;
    row.first = false;
    if (rows > max_csv_rows) {
      refuse("rows", fmt::format("more than {}", max_csv_rows), fmt::format("{}", max_csv_rows));
    }
  }
}

IntegerTable read_integers(const std::filesystem::path& file, std::string_view header) {
  IntegerTable table;
  table.columns = split_line(header).size();
  for_each_row(file, "a readable file", [&](const CsvRow& row) {
    if (row.first && row.text == header) {
      return false;
    }
    const auto where = [&] { return fmt::format("{}:{}", file.string(), row.line); };
    if (row.cells.size() != table.columns) {
      reject(where(), "columns", fmt::format("{}", row.cells.size()),
             fmt::format("{} ({})", table.columns, header));
    }
    for (const auto cell : row.cells) {
      table.cells.push_back(to_integer(cell, where));
    }
    table.lines.push_back(row.line);
    return true;
  });
  if (table.lines.empty()) {
    reject(file.string(), "rows", "0", fmt::format("one or more lines {}", header));
  }
  return table;
}

std::string to_csv(const CsvTable& table) {
  std::string text;
  const auto append = [&text](const std::vector<std::string>& cells) {
    for (std::size_t k = 0; k < cells.size(); ++k) {
      text += k == 0 ? "" : ",";
      if (cells[k].find_first_of(",\"\n") == std::string::npos) {
        text += cells[k];
        continue;
      }
      text += '"';
      for (const char c : cells[k]) {
        text += c == '"' ? "\"\"" : std::string(1, c);
      }
      text += '"';
    }
    text += '\n';
  };
  append(table.columns);
  for (const auto& row : table.rows) {
    append(row);
  }
  return text;
}

void require_replaceable(std::string_view where, std::string_view name,
                         const std::filesystem::path& file) {
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(file, ignored)) {
    return;
  }
  constexpr std::string_view magic{"SQLite format 3\0", 16};
  std::string head(magic.size(), ' '), extension = file.extension().string();
  std::ifstream(file, std::ios::binary).read(head.data(), std::ssize(head));
  std::ranges::transform(extension, extension.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (head == magic || extension == ".toml") {
    reject(where, name, file.string(),
           "a file that is no database and no .toml: they are never replaced");
  }
}

void write_file(const std::filesystem::path& file, std::string_view content) {
  require_replaceable("write", "file", file);
  const std::filesystem::path part = file.string() + ".part";
  {
    std::ofstream out(part, std::ios::binary);
    out << content;
    out.close();
    if (!out) {
      std::error_code ignored;
      std::filesystem::remove(part, ignored);
      reject("write", "file", file.string(), "a place that can be written");
    }
  }
  std::error_code failure;
  std::filesystem::rename(part, file, failure);
  if (failure) {
    std::filesystem::remove(part, failure);
    reject("write", "file", file.string(), "a place that can be written");
  }
}

}  // namespace grok
