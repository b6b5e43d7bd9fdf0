// figures/plot/plot_frame.hpp: runs of one model as columns, each with what its model says of it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/csv.hpp"
#include "nets/model.hpp"

namespace grok {

struct PlotColumn {
  std::string name;
  const Field* field = nullptr;  // of the model; nullptr: how a record came to be
  bool key = false;              // of a run; else a result
  std::vector<std::string> cells;

  bool numeric() const {
    return field != nullptr && (field->kind == Kind::integer || field->kind == Kind::real);
  }
  /// A step count, empty where the run did not get there.
  bool event() const { return field != nullptr && !key && field->role == Role::reached; }
  bool phase() const { return field != nullptr && !key && field->role == Role::phase; }
  /// Empty for a cell that holds no number.
  std::optional<double> number(std::size_t row) const;
  /// "steps to validation".
  std::string words() const;
};

/// Numbers of rows.
using RowNumbers = std::vector<std::size_t>;

class PlotFrame {
 public:
  /// A table of Store::table.
  PlotFrame(const Model& model, const CsvTable& runs);

  std::size_t size() const { return size_; }
  RowNumbers all() const;
  const Model& model() const { return *model_; }
  const std::vector<PlotColumn>& columns() const { return columns_; }
  /// nullptr: there is none.
  const PlotColumn* find(const std::string& name) const;
  /// Throws InputError "plot: option = 'name', allowed ..." with the names there are.
  const PlotColumn& column(const std::string& option, const std::string& name) const;

  std::int64_t budget(std::size_t row) const;
  bool diverged(std::size_t row) const;
  /// All seeds of a run as one text; the same in all rows of a model without seeds.
  std::string seeds(std::size_t row) const;
  std::int64_t seed_count(const RowNumbers& rows) const;
  /// When a run that did not get there was last seen waiting [steps]: when it ended; the budget if
  /// it diverged, since it never will.
  double censored_at(std::size_t row) const;

 private:
  const Model* model_;
  std::size_t size_;
  std::vector<PlotColumn> columns_;
};

/// The values of a column in some rows, each once: numbers ascending, phases in their order, other
/// texts as letters go; the empty one first.
std::vector<std::string> distinct_values(const PlotColumn& column, const RowNumbers& rows);

/// Rows by the value of a column, in that order; nullptr: all of them under "".
std::vector<std::pair<std::string, RowNumbers>> rows_by(const PlotColumn* column,
                                                        const RowNumbers& rows);

/// Rows where each of the columns has that value. A number is one however it is written, a list
/// with or without blanks. Throws InputError for an unknown column, or a value that no row has.
CsvTable rows_where_all(const Model& model, const CsvTable& runs,
                        const std::vector<std::pair<std::string, std::string>>& where);

/// Letters of gnuplot that mean something, written so that they mean themselves.
std::string plain(const std::string& text);

}  // namespace grok
