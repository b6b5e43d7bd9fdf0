#include "core/csv.hpp"

#include <fmt/format.h>

#include <charconv>
#include <fstream>

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

std::int64_t to_integer(std::string_view cell, const std::string& where) {
  std::int64_t value = 0;
  const auto [end, status] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
  if (status != std::errc() || end != cell.data() + cell.size()) {
    reject(where, "cell", fmt::format("'{}'", cell), "an integer");
  }
  return value;
}

}  // namespace

IntegerTable read_integers(const std::filesystem::path& file, std::string_view header) {
  std::ifstream in(file);
  if (!in || std::filesystem::is_directory(file)) {
    reject("read", "file", file.string(), "a readable file");
  }
  const std::size_t columns = split_line(header).size();
  IntegerTable table;
  bool first = true;
  std::int64_t number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    const bool marked = number == 1 && line.starts_with("\xef\xbb\xbf");  // a byte-order mark
    const std::string_view text = trimmed(std::string_view(line).substr(marked ? 3 : 0));
    if (text.empty() || text.front() == '#') {
      continue;
    }
    const bool is_header = first && text == header;
    first = false;
    if (is_header) {
      continue;
    }
    const std::string where = fmt::format("{}:{}", file.string(), number);
    const auto cells = split_line(text);
    if (cells.size() != columns) {
      reject(where, "columns", fmt::format("{}", cells.size()),
             fmt::format("{} ({})", columns, header));
    }
    std::vector<std::int64_t> row;
    for (const auto cell : cells) {
      row.push_back(to_integer(cell, where));
    }
    table.rows.push_back(std::move(row));
    table.lines.push_back(number);
  }
  if (table.rows.empty()) {
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

void write_file(const std::filesystem::path& file, std::string_view content) {
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
