// figures/panels/panel.hpp: one pair of axes and what is drawn in it: lines, bands, points, bars.
//   Panel panel(fraction_axis(), log_axis("steps"));
//   panel.title("When do networks find it?")
//       .points(rows_of(runs, {"fraction", "steps"}), look::networks(), "networks")
//       .bars(rows_of(medians, {"fraction", "median", "median_low", "median_high"}),
//       look::summary(),
//             "median, 95% interval");
//   A legend never covers data: the sheet draws it above the axes.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "figures/panels/rows.hpp"
#include "figures/panels/style.hpp"

namespace grok {

struct Axis {
  std::string label = {};
  bool log = false;
  std::optional<double> low = {}, high = {};              // empty: from the data
  std::vector<std::pair<double, std::string>> tics = {};  // names at places, instead of numbers
  bool named_once = false;  // beside another panel of its row, the names are left out
};
Axis linear_axis(std::string label, std::optional<double> low = {},
                 std::optional<double> high = {});
Axis log_axis(std::string label, std::optional<double> low = {}, std::optional<double> high = {});
/// 0 to 1, with room for symbols at 1.
Axis share_axis(std::string label);
/// Training fraction r = |D|/|D0|, 0 to 1.
Axis fraction_axis();
/// Without tics, nor room for them.
Axis blank_axis(double low, double high);
/// Names at 1, 2, 3, ...; from below, or from above (for rows of text).
Axis named_axis(std::string label, const std::vector<std::string>& names);
Axis rows_axis(const std::vector<std::string>& names);

/// An entry of a legend: what it looks like, and its words.
enum class Swatch { line, points, both, bars, band, arrow, rimmed, none };
struct Entry {
  Swatch sample = Swatch::none;
  Style style = {};
  std::string text;
};

/// Where a text stands beside its point.
enum class Side { left, centre, right };
struct Words {
  double x = 0, y = 0;
  std::string text;
  std::string colour = "#444444";
  Side side = Side::centre;
};

class Panel {
 public:
  Panel(Axis x, Axis y) : content_{std::move(x), std::move(y)} {}

  // Every layer lies above those before it. An empty `label` is in no legend; a layer without rows
  // draws nothing and is in no legend either.

  /// Rows x, y, joined; a row of NaN ends a line.
  Panel& line(Rows rows, const Style& style, const std::string& label = "");
  /// y = a formula of gnuplot in x.
  Panel& law(const std::string& formula, const Style& style, const std::string& label = "");
  /// Rows x, low, high.
  Panel& band(Rows rows, const Style& style, const std::string& label = "");
  /// Rows x, y.
  Panel& points(Rows rows, const Style& style, const std::string& label = "");
  /// Rows x, y: points that a line joins.
  Panel& both(const Rows& rows, const Style& style, const std::string& label = "");
  /// Rows x, y; equal points are one, its area in proportion to their number, `style.size` for the
  /// most frequent or for `most`, 1.2 pt at least.
  Panel& counted(const Rows& rows, const Style& style, const std::string& label = "",
                 std::int64_t most = 0);
  /// Rows x, y, low, high: points with vertical bars; ends that are NaN have no bar.
  Panel& bars(const Rows& rows, const Style& style, const std::string& label = "");
  /// Rows x, y, low, high of x: points with horizontal bars.
  Panel& across(const Rows& rows, const Style& style, const std::string& label = "");
  /// Rows x, from, to: arrows.
  Panel& arrows(Rows rows, const Style& style, const std::string& label = "");
  /// Rows x, y, dx, dy: arrows.
  Panel& vectors(Rows rows, const Style& style, const std::string& label = "");
  /// Rows x0, x1, y0, y1, colour as a number 0xRRGGBB.
  Panel& boxes(Rows rows, const std::string& label = "");
  /// Vertical lines at x, with a band for an interval; horizontal at y.
  Panel& mark(const Estimate& x, const Style& style, const std::string& label = "");
  Panel& mark(double x, const Style& style, const std::string& label = "");
  Panel& level(double y, const Style& style, const std::string& label = "");
  Panel& words(std::vector<Words> texts);
  /// gnuplot's own words: `plot` follows the name of the block of `rows` ("using 1:2 with lines");
  /// `settings` stand before the plot.
  Panel& layer(Rows rows, const std::string& plot);
  Panel& settings(const std::string& text);

  Panel& title(std::string text);
  Panel& entry(Entry entry);
  /// A small line under the legend; at most two make a readable picture.
  Panel& note(std::string text);
  Panel& height(double points);        // of the axes, at least
  Panel& square();                     // axes as high as wide
  Panel& span(double share);           // of the width of its row, beside panels of share 1
  Panel& right_margin(double points);  // for words beside the axes

  /// Grows the range of the data, which log axes without ends are drawn for.
  Panel& cover(double x, double y);

  struct Range {
    double low = 1e300, high = -1e300;
    bool empty() const { return low > high; }
    void add(double value);
  };
  struct Layer {
    Rows rows;
    std::string plot;
    std::string formula = {};  // instead of rows
  };
  /// What a sheet lays out.
  struct Content {
    Axis x, y;
    Range x_range = {}, y_range = {};  // of the data
    std::vector<Layer> layers = {};
    std::vector<Words> words = {};
    std::string settings = {}, title = {};
    std::vector<Entry> legend = {};
    std::vector<std::string> notes = {};
    double height = 120, span = 1, right_margin = 8;
    bool square = false;
  };
  const Content& content() const { return content_; }

 private:
  Panel& add(Rows rows, const std::string& plot, std::size_t ys, const Entry& entry);

  Content content_;
};

/// Of equal x a little apart, in the order of the rows: `factor` between neighbours.
Rows spread(Rows rows, double factor = 1.035);

}  // namespace grok
