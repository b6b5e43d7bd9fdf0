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

}  // namespace

Panel pairs(const std::string& predicted_label, const std::string& measured_label,
            const CsvTable& runs, const std::string& predicted, const std::string& measured,
            const PairsOptions& options) {
  const Rows all = rows_of(runs, {}, {predicted, measured});
  Panel::Range range;
  const auto hold = [&](const Rows& rows) {
    for (const auto& row : rows) {
      for (const double value : row) {  // 0 steps have no place on a log axis
        range.add(options.log ? std::max(value, 1.0) : value);
      }
    }
  };
  hold(all);
  for (const std::string& column : options.also) {
    hold(rows_of(runs, {column}));
  }
  range.add(options.budget.value_or(range.empty() ? 1 : range.high));
  const double room = options.log ? std::pow(std::max(range.high / range.low, 2.0), 0.1)
                                  : 0.1 * (range.high - range.low);
  const auto above = [&](double value) { return options.log ? value * room : value + room; };
  const double edge = above(range.high),
               end = options.log ? edge * std::sqrt(room) : edge + room / 2;
  const double start = options.log ? range.low / room : range.low;
  Rows both, not_there, not_told;
  std::size_t neither = 0;
  for (const auto& row : all) {
    const bool told = std::isfinite(row[0]), there = std::isfinite(row[1]);
    neither += !told && !there ? 1 : 0;
    if (told && there) {
      both.push_back(row);
    } else if (told) {
      not_there.push_back({row[0], options.budget.value_or(edge)});
    } else if (there) {
      not_told.push_back({edge, row[1]});
    }
  }
  const auto axis = options.log ? log_axis : linear_axis;
  Panel panel(axis(predicted_label, start, end), axis(measured_label, start, end));
  panel.law("x", {.colour = look::black, .width = 0.7, .dash = Dash::dashed}, "equal");
  if (options.factor != 1) {
    const Style dotted{.colour = look::grey, .width = 0.7, .dash = Dash::dotted};
    panel.law(fmt::format("x * {}", to_text(options.factor)), dotted,
              fmt::format("a factor {}", to_text(options.factor)));
    panel.law(fmt::format("x / {}", to_text(options.factor)), dotted);
  }
  if (options.budget) {
    panel.level(*options.budget, look::reference(),
                fmt::format("budget: {:.0f} steps", *options.budget));
  }
  panel.points(both, look::networks(), counted_label(options.networks, both.size()));
  Style missed = look::censored();
  missed.colour = options.budget ? look::blue : look::vermilion;
  panel.points(not_there, missed,
               counted_label(options.budget ? "not there within the budget"
                                            : "predicted, not there: at the top",
                             not_there.size()));
  panel.points(not_told,
               {.colour = look::green, .width = 0.7, .symbol = Symbol::square, .size = 3.4},
               counted_label("there, not predicted: at the right", not_told.size()));
  if (neither > 0) {
    panel.entry({Swatch::none, {}, counted_label("neither, not drawn", neither)});
  }
  return panel.square();
}

}  // namespace grok
