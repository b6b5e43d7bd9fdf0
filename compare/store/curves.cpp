#include "compare/store/curves.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <cmath>
#include <cstring>
#include <limits>

#include "compare/store/store_file.hpp"
#include "core/errors.hpp"

namespace grok {
namespace {

constexpr std::size_t metrics = 6;
constexpr double none = std::numeric_limits<double>::quiet_NaN();

std::vector<double> numbers_of(std::span<const TrajectoryPoint> points) {
  std::vector<double> numbers;
  for (const TrajectoryPoint& p : points) {
    numbers.insert(numbers.end(),
                   {static_cast<double>(p.step), p.train_loss, p.validation_loss.value_or(none),
                    p.train_accuracy, p.validation_accuracy.value_or(none), p.rqi});
    for (Eigen::Index row = 0; row < p.embeddings.rows(); ++row) {
      for (Eigen::Index column = 0; column < p.embeddings.cols(); ++column) {
        numbers.push_back(p.embeddings(row, column));
      }
    }
  }
  return numbers;
}

// There is a validation loss wherever there is an accuracy.
TrajectoryPoint point_of(const double* numbers, std::int64_t symbols, std::int64_t dimension) {
  TrajectoryPoint p;
  p.step = static_cast<std::int64_t>(numbers[0]);
  p.train_loss = numbers[1];
  p.train_accuracy = numbers[3];
  if (!std::isnan(numbers[4])) {
    p.validation_loss = numbers[2];
    p.validation_accuracy = numbers[4];
  }
  p.rqi = numbers[5];
  using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  p.embeddings = Eigen::Map<const RowMajor>(numbers + metrics, symbols, dimension);
  return p;
}

Statement curves_of(const StoreFile& file, const RunSpec& resolved) {
  Statement s = file.prepare("select stride, data from curves where identity = ? order by stride");
  set_value(s.get(), 1, identity(resolved));
  return s;
}

std::string_view bytes_in(sqlite3_stmt* s, int k) {
  return {static_cast<const char*>(sqlite3_column_blob(s, k)),
          static_cast<std::size_t>(sqlite3_column_bytes(s, k))};
}

}  // namespace

// The length before compression goes first, since zlib does not keep it.
std::string packed(std::span<const TrajectoryPoint> points) {
  const std::vector<double> numbers = numbers_of(points);
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

std::vector<TrajectoryPoint> unpacked(std::string_view data, std::int64_t symbols,
                                      std::int64_t dimension, const std::string& where) {
  const std::size_t width = metrics + static_cast<std::size_t>(symbols * dimension);
  std::uint64_t length = 0;
  // zlib shrinks at most by a factor of 1032: a longer one is no curve, and asks for no memory
  const bool fits = data.size() >= sizeof length &&
                    (std::memcpy(&length, data.data(), sizeof length), true) &&
                    length % (width * sizeof(double)) == 0 && length / 1032 <= data.size();
  std::vector<double> numbers(fits ? length / sizeof(double) : 0);
  uLongf size = length;
  if (!fits ||
      uncompress(reinterpret_cast<Bytef*>(numbers.data()), &size,
                 reinterpret_cast<const Bytef*>(data.data()) + sizeof length,
                 data.size() - sizeof length) != Z_OK ||
      size != length) {
    throw Error(where + ": curve: no curve of a run with these symbols and this dimension");
  }
  std::vector<TrajectoryPoint> points;
  for (std::size_t k = 0; k < numbers.size(); k += width) {
    points.push_back(point_of(numbers.data() + k, symbols, dimension));
  }
  return points;
}

std::optional<std::vector<TrajectoryPoint>> find_curve(const Store& store, const RunSpec& resolved,
                                                       std::int64_t stride) {
  const StoreFile& file = store.file();
  if (file.schema() < 4) {
    return {};
  }
  const Statement s = curves_of(file, resolved);
  while (file.step(s, "read")) {
    if (sqlite3_column_int64(s.get(), 0) == stride) {
      return unpacked(bytes_in(s.get(), 1), resolved.symbols, resolved.representation_dimension,
                      file.path().string());
    }
  }
  return {};
}

bool has_curve(const Store& store, const RunSpec& resolved, std::int64_t stride) {
  const StoreFile& file = store.file();
  if (file.schema() < 4) {
    return false;
  }
  const Statement s = file.prepare("select 1 from curves where identity = ? and stride = ?");
  set_value(s.get(), 1, identity(resolved));
  set_value(s.get(), 2, stride);
  return file.step(s, "read");
}

std::int64_t curve_bytes(const RunSpec& resolved, std::int64_t stride) {
  const std::int64_t width =
      static_cast<std::int64_t>(metrics) + resolved.symbols * resolved.representation_dimension;
  return (resolved.steps / stride + 2) * width * static_cast<std::int64_t>(sizeof(double));
}

CsvTable curve_table(const Store& store, std::span<const RunSpec> runs,
                     std::span<const std::string> axes) {
  const StoreFile& file = store.file();
  CsvTable table{{"identity"}, {}};
  table.columns.insert(table.columns.end(), axes.begin(), axes.end());
  table.columns.emplace_back("stride");
  for (const std::string& column : metric_columns()) {
    table.columns.push_back(column);
  }
  for (const RunSpec& run : runs) {
    if (file.schema() < 4) {
      break;
    }
    std::vector<std::string> first = {identity(run)};
    for (const std::string& axis : axes) {
      first.push_back(value_text(run, axis));
    }
    const Statement s = curves_of(file, run);
    while (file.step(s, "read")) {
      const auto points = unpacked(bytes_in(s.get(), 1), run.symbols, run.representation_dimension,
                                   file.path().string());
      for (const TrajectoryPoint& point : points) {
        std::vector<std::string> row = first;
        row.push_back(fmt::format("{}", sqlite3_column_int64(s.get(), 0)));
        for (std::string& cell : metric_cells(point)) {
          row.push_back(std::move(cell));
        }
        table.rows.push_back(std::move(row));
      }
    }
  }
  return table;
}

std::vector<std::string> metric_columns() {
  return {"step", "train_loss", "validation_loss", "train_accuracy", "validation_accuracy", "rqi"};
}

std::vector<std::string> metric_cells(const TrajectoryPoint& point) {
  return {text_of(point.step),
          text_of(point.train_loss),
          text_of(point.validation_loss),
          text_of(point.train_accuracy),
          text_of(point.validation_accuracy),
          text_of(point.rqi)};
}

}  // namespace grok
