#include "figures/panels/pairs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/errors.hpp"

namespace grok {
namespace {

std::string counted_label(const std::string& what, std::size_t count) {
  return fmt::format("{} ({})", what, count);
}

/// Both axes, and where those stand of whom one number is missing.
struct Square {
  double start = 0, edge = 0, end = 0;
};

Square square_around(const Rows& values, const PairsOptions& options) {
  Panel::Range range;
  for (const auto& row : values) {
    for (const double value : row) {
      range.add(value);
    }
  }
  range.add(options.budget.value_or(range.empty() ? 1 : range.high));
  const double room = std::pow(std::max(range.high / range.low, 2.0), 0.1);
  return {range.low / room, range.high * room, range.high * std::pow(room, 1.5)};
}

/// 0 steps have no place on a log axis: they stand at 1. NaN stays.
Rows at_least_one(Rows rows) {
  for (auto& row : rows) {
    for (double& value : row) {
      value = value < 1 ? 1 : value;
    }
  }
  return rows;
}

/// Rows predicted, measured, by what is known of them.
struct Sorted {
  Rows both, not_there, not_told;
  std::size_t neither = 0;
};

Sorted sorted(const Rows& runs, double top, double right) {
  Sorted kinds;
  for (const auto& row : runs) {
    const bool told = std::isfinite(row[0]), there = std::isfinite(row[1]);
    kinds.neither += !told && !there ? 1 : 0;
    if (told && there) {
      kinds.both.push_back(row);
    } else if (told) {
      kinds.not_there.push_back({row[0], top});
    } else if (there) {
      kinds.not_told.push_back({right, row[1]});
    }
  }
  return kinds;
}

}  // namespace

Panel pairs(const std::string& predicted_label, const std::string& measured_label,
            const CsvTable& runs, const std::string& predicted, const std::string& measured,
            const PairsOptions& options) {
  const Rows all = at_least_one(rows_of(runs, {}, {predicted, measured}));
  Rows held = all;
  for (const std::string& column : options.also) {
    const Rows more = at_least_one(rows_of(runs, {column}));
    held.insert(held.end(), more.begin(), more.end());
  }
  const auto [start, edge, end] = square_around(held, options);
  const Sorted kinds = sorted(all, options.budget.value_or(edge), edge);
  Panel panel(log_axis(predicted_label, start, end), log_axis(measured_label, start, end));
  const auto label = [&options](const std::string& text) { return options.legend ? text : ""; };
  panel.law("x", {.colour = look::black, .width = 0.7, .dash = Dash::dashed}, label("equal"));
  if (options.factor != 1) {
    const Style dotted{.colour = look::grey, .width = 0.7, .dash = Dash::dotted};
    panel.law(fmt::format("x * {}", to_text(options.factor)), dotted,
              label(fmt::format("a factor {}", to_text(options.factor))));
    panel.law(fmt::format("x / {}", to_text(options.factor)), dotted);
  }
  if (options.budget) {
    panel.level(*options.budget, look::reference(),
                label(fmt::format("budget: {:.0f} steps", *options.budget)));
  }
  panel.points(kinds.both, look::networks(),
               label(counted_label(options.networks, kinds.both.size())));
  Style missed = look::censored();
  missed.colour = options.budget ? look::blue : look::vermilion;
  panel.points(kinds.not_there, missed,
               label(counted_label(options.budget ? "not there within the budget"
                                                  : "predicted, not there: at the top",
                                   kinds.not_there.size())));
  panel.points(kinds.not_told,
               {.colour = look::green, .width = 0.7, .symbol = Symbol::square, .size = 3.4},
               label(counted_label("there, not predicted: at the right", kinds.not_told.size())));
  if (!options.legend) {
    panel.note(fmt::format("{} there, {} not, {} not predicted, {} neither", kinds.both.size(),
                           kinds.not_there.size(), kinds.not_told.size(), kinds.neither));
  } else if (kinds.neither > 0) {
    panel.entry({Swatch::none, {}, counted_label("neither, not drawn", kinds.neither)});
  }
  return panel.square();
}

}  // namespace grok
