#include "compare/store/curves.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <zlib.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <set>
#include <sstream>

#include "compare/store/store_file.hpp"
#include "core/errors.hpp"

namespace grok {
namespace {

Statement curves_of(const StoreFile& file, const Run& run) {
  const char* columns = file.schema() < 6 ? "null, null" : "columns, metrics";
  Statement s = file.prepare(fmt::format(
      "select stride, data, {} from curves where identity = ? order by stride", columns));
  set_value(s.get(), 1, run.name());
  return s;
}

// Names and metrics as they were stored, else as the model had them then.
Curve shape_in(sqlite3_stmt* s, const Run& run) {
  if (sqlite3_column_type(s, 2) == SQLITE_NULL) {
    return run.model().first_curve_shape(run);
  }
  Curve curve;
  const std::string names = text_in(s, 2);
  for (std::istringstream in(names); std::getline(in, curve.columns.emplace_back(), ',');) {
  }
  curve.columns.pop_back();  // behind the last one
  curve.metrics = static_cast<std::size_t>(sqlite3_column_int64(s, 3));
  return curve;
}

Curve curve_in(const StoreFile& file, sqlite3_stmt* s, const Run& run) {
  Curve curve = shape_in(s, run);
  curve.numbers = unpacked(bytes_in(s, 1), curve.columns.size(), file.path().string());
  return curve;
}

// There is no such thing in this run: none of the columns with that first word (validation_loss,
// validation_accuracy) has any number. Elsewhere NaN is a value that was not finite.
std::vector<bool> absent_columns(const Curve& curve, std::size_t width) {
  std::vector<bool> absent(width, true);
  for (std::size_t k = 0; k < curve.numbers.size(); ++k) {
    const std::size_t column = k % curve.columns.size();
    if (column < width && !std::isnan(curve.numbers[k])) {
      absent[column] = false;
    }
  }
  const auto word = [&](std::size_t c) {
    return std::string_view(curve.columns[c]).substr(0, curve.columns[c].find('_'));
  };
  std::set<std::string_view> there;
  for (std::size_t c = 0; c < width; ++c) {
    if (!absent[c]) {
      there.insert(word(c));
    }
  }
  for (std::size_t c = 0; c < width; ++c) {
    absent[c] = !there.contains(word(c));
  }
  return absent;
}

// The rows of a curve, its first `width` columns, behind the cells `first`: each in the column of
// its name. A curve that was kept before there were all of them has empty cells.
void append_rows(const Curve& curve, std::size_t width, const std::vector<std::string>& first,
                 CsvTable& table) {
  const std::vector<bool> absent = absent_columns(curve, width);
  std::vector<std::size_t> place;
  for (std::size_t c = 0; c < width; ++c) {
    const auto from = table.columns.begin() + std::ssize(first);
    place.push_back(static_cast<std::size_t>(
        std::find(from, table.columns.end(), curve.columns[c]) - table.columns.begin()));
  }
  for (std::size_t k = 0; k < curve.rows(); ++k) {
    const double* numbers = curve.numbers.data() + k * curve.columns.size();
    std::vector<std::string> row = first;
    row.resize(table.columns.size());
    for (std::size_t c = 0; c < width; ++c) {
      row[place[c]] = absent[c] ? std::string()
                      : c == 0  ? fmt::format("{}", static_cast<I>(numbers[0]))
                                : to_text(numbers[c]);
    }
    table.rows.push_back(std::move(row));
  }
}

}  // namespace

// The length before compression goes first, since zlib does not keep it.
std::string packed(std::span<const double> numbers) {
  const std::uint64_t length = numbers.size() * sizeof(double);
  uLongf size = compressBound(length);
  std::string data(sizeof length + size, '\0');
  std::memcpy(data.data(), &length, sizeof length);
  if (compress(reinterpret_cast<Bytef*>(data.data()) + sizeof length, &size,
               reinterpret_cast<const Bytef*>(numbers.data()), length) != Z_OK) {
    throw Error("curve: out of memory");
  }
  data.resize(sizeof length + size);
  return data;
}

std::vector<double> unpacked(std::string_view data, std::size_t width, const std::string& where) {
  std::uint64_t length = 0;
  // zlib shrinks at most by a factor of 1032: a longer one is no curve, and asks for no memory
  const bool fits = width > 0 && data.size() >= sizeof length &&
                    (std::memcpy(&length, data.data(), sizeof length), true) &&
                    length % (width * sizeof(double)) == 0 && length / 1032 <= data.size();
  std::vector<double> numbers(fits ? length / sizeof(double) : 0);
  uLongf size = length;
  if (!fits ||
      uncompress(reinterpret_cast<Bytef*>(numbers.data()), &size,
                 reinterpret_cast<const Bytef*>(data.data()) + sizeof length,
                 data.size() - sizeof length) != Z_OK ||
      size != length) {
    throw Error(where + ": curve: no curve of a run of this shape");
  }
  return numbers;
}

std::optional<Curve> find_curve(const Store& store, const Run& run, std::int64_t stride) {
  const StoreFile& file = store.file();
  if (file.schema() < 4) {
    return {};
  }
  const Statement s = curves_of(file, run);
  while (file.step(s, "read")) {
    if (sqlite3_column_int64(s.get(), 0) == stride) {
      return curve_in(file, s.get(), run);
    }
  }
  return {};
}

bool has_curve(const Store& store, const Run& run, std::int64_t stride) {
  const StoreFile& file = store.file();
  if (file.schema() < 4) {
    return false;
  }
  const Statement s = file.prepare("select 1 from curves where identity = ? and stride = ?");
  set_value(s.get(), 1, run.name());
  set_value(s.get(), 2, stride);
  return file.step(s, "read");
}

std::int64_t curve_bytes(const Run& run, std::int64_t stride) {
  const auto width = std::ssize(run.model().curve_shape(run).columns);
  return (budget_of(run) / stride + 2) * width * static_cast<std::int64_t>(sizeof(double));
}

CsvTable curve_table(const Store& store, const Model& model, std::span<const Run> runs,
                     std::span<const std::string> axes) {
  const StoreFile& file = store.file();
  CsvTable table{{"identity"}, {}};
  table.columns.insert(table.columns.end(), axes.begin(), axes.end());
  table.columns.emplace_back("stride");
  const std::size_t before = table.columns.size();
  const Run first_run = runs.empty() ? resolved(model.usual(), "curves") : runs.front();
  Curve shape = model.curve_shape(first_run);
  shape.columns.resize(shape.metrics);
  table.columns.insert(table.columns.end(), shape.columns.begin(), shape.columns.end());
  for (const Run& run : runs) {
    if (file.schema() < 4) {
      break;
    }
    std::vector<std::string> first = {run.name()};
    for (const std::string& axis : axes) {
      first.push_back(text_of(run[axis]));
    }
    first.emplace_back();
    const Statement s = curves_of(file, run);
    while (file.step(s, "read")) {
      const Curve curve = curve_in(file, s.get(), run);
      const auto wanted = std::span(table.columns).subspan(before);
      for (const std::string& own : std::span(curve.columns).first(curve.metrics)) {
        if (std::ranges::find(wanted, own) == wanted.end()) {
          throw Error(fmt::format("{}: curves with other columns than {}", file.path().string(),
                                  fmt::join(wanted, ", ")));
        }
      }
      first.back() = fmt::format("{}", sqlite3_column_int64(s.get(), 0));
      append_rows(curve, curve.metrics, first, table);
    }
  }
  return table;
}

CsvTable table_of(const Curve& curve) {
  CsvTable table{curve.columns, {}};
  append_rows(curve, curve.columns.size(), {}, table);
  return table;
}

}  // namespace grok
