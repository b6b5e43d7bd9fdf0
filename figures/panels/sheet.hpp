// figures/panels/sheet.hpp: a picture: rows of panels, their letters, tables and caption. It is
// laid out for a width when it is written; a width of one column of a journal has a panel a row.
//   Sheet sheet;
//   sheet.table("a", table);
//   sheet.row({first, second}).row({wide}).caption("Bars are 95% intervals over seeds.");
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "core/csv.hpp"
#include "figures/panels/panel.hpp"

namespace grok {

/// 17 cm, a page of a journal; below `narrow_sheet` every panel has a row of its own.
inline constexpr double page_width = 17 / 2.54 * 72, narrow_sheet = 300;  // pt

/// gnuplot's words, no terminal, for a picture of that size.
struct Picture {
  std::string script;
  double width = 0, height = 0;  // pt
};

class Sheet {
 public:
  /// Panels beside each other: titles and axes of a row stand on one line.
  Sheet& row(std::vector<Panel> panels);
  /// A legend for all panels, above them.
  Sheet& legend(std::vector<Entry> entries);
  /// A CSV file: STEM_NAME.csv.
  Sheet& table(std::string name, CsvTable table);
  /// What one must know to read the picture and need not see in it: whole sentences.
  Sheet& caption(const std::string& sentence);
  /// What is printed besides: whole lines, two blanks before each; text_table of a table, as a
  /// rule.
  Sheet& report(const std::string& lines);

  const std::vector<std::vector<Panel>>& rows() const { return rows_; }
  const std::vector<Entry>& legend() const { return legend_; }
  const std::vector<std::pair<std::string, CsvTable>>& tables() const { return tables_; }
  /// Throws Error for a name that there is not.
  const CsvTable& table(const std::string& name) const;
  const std::string& caption() const { return caption_; }
  const std::string& report() const { return report_; }

  /// `foot`: small words at the lower right corner, the command that draws it.
  Picture laid_out(double width, const std::string& foot) const;

 private:
  std::vector<std::vector<Panel>> rows_;
  std::vector<Entry> legend_;
  std::vector<std::pair<std::string, CsvTable>> tables_;
  std::string caption_, report_;
};

}  // namespace grok
