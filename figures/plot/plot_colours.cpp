#include "figures/plot/plot_colours.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "core/errors.hpp"
#include "figures/panels/style.hpp"
#include "figures/phases/phase_figure.hpp"

namespace grok {
namespace {

constexpr std::size_t most_intervals = 7, few_values = 6;

std::string short_text(double value) { return fmt::format("{:.6g}", value); }

/// Multiples of a step of 1, 2 or 5 times a power of ten around [low, high].
std::vector<double> round_borders(double low, double high) {
  double ten = std::pow(10, std::floor(std::log10((high - low) / most_intervals)));
  for (;; ten *= 10) {
    for (const double digit : {1.0, 2.0, 5.0}) {
      const double step = digit * ten;
      const double first = std::floor(low / step + 1e-9), last = std::ceil(high / step - 1e-9);
      if (last - first <= static_cast<double>(most_intervals)) {
        std::vector<double> borders;
        for (double k = first; k <= last; ++k) {
          borders.push_back(k * step);
        }
        return borders;
      }
    }
  }
}

/// The same on a logarithmic axis: a few borders a decade, or one every so many decades.
std::vector<double> decade_borders(double low, double high) {
  const auto borders_at = [&](const std::vector<double>& digits, int every) {
    const int lowest = static_cast<int>(std::floor(std::log10(low) / every + 1e-9)) * every;
    std::vector<double> borders;
    for (int exponent = lowest; borders.empty() || borders.back() < high * (1 - 1e-9);
         exponent += every) {
      for (const double digit : digits) {
        const double border = digit * std::pow(10, exponent);
        if (borders.empty() || borders.back() < high * (1 - 1e-9)) {
          borders.push_back(border);
        }
        if (borders.size() > 1 && borders[1] <= low * (1 + 1e-9)) {
          borders.erase(borders.begin());
        }
      }
    }
    return borders;
  };
  for (const std::vector<double>& digits : {std::vector{1.0, 2.0, 5.0}, std::vector{1.0, 3.0}}) {
    if (auto borders = borders_at(digits, 1); borders.size() <= most_intervals + 1) {
      return borders;
    }
  }
  for (int every = 1;; ++every) {
    if (auto borders = borders_at({1.0}, every); borders.size() <= most_intervals + 1) {
      return borders;
    }
  }
}

}  // namespace

std::vector<PlotClass> classes_of(const PlotColumn& column, const std::vector<std::string>& values,
                                  const std::string& option) {
  if (values.size() > most_classes) {
    reject("plot", option, fmt::format("'{}' with {} values", column.name, values.size()),
           fmt::format("at most {} (--where, --facet)", most_classes));
  }
  std::vector<PlotClass> classes;
  for (std::size_t k = 0; k < values.size(); ++k) {
    constexpr std::size_t kinds = 6;
    PlotClass one{values[k].empty() ? "none" : values[k], k < kinds    ? look::kind_colour(k)
                                                          : k == kinds ? look::grey
                                                                       : look::black};
    if (column.numeric()) {
      one.colour = look::scale_colour(k, values.size() + 1);  // the lightest is none for a line
    } else if (column.phase()) {
      for (const Phase phase : all_phases) {
        one.colour = one.name == phase_name(phase) ? phase_colour(phase) : one.colour;
      }
      one.name = one.name == "none" ? "no phase" : one.name;
    }
    classes.push_back(std::move(one));
  }
  return classes;
}

std::size_t NumberClasses::of(double value) const {
  const auto above = std::upper_bound(borders.begin(), borders.end(), value);
  const auto k = above - borders.begin() - 1;
  return static_cast<std::size_t>(std::clamp<std::ptrdiff_t>(k, 0, std::ssize(classes) - 1));
}

NumberClasses classes_of(std::span<const double> values, bool log) {
  std::set<double> distinct;
  for (const double value : values) {
    if (std::isfinite(value)) {
      distinct.insert(value);
    }
  }
  if (distinct.empty() || (log && *distinct.begin() <= 0)) {
    reject("classes_of", "values", distinct.empty() ? "none" : to_text(*distinct.begin()),
           distinct.empty() ? "one or more" : "numbers above 0 on a logarithmic scale");
  }
  NumberClasses result;
  if (distinct.size() <= few_values) {
    for (const double value : distinct) {
      result.borders.push_back(value);
      result.classes.push_back({short_text(value), ""});
    }
  } else {
    result.borders = log ? decade_borders(*distinct.begin(), *distinct.rbegin())
                         : round_borders(*distinct.begin(), *distinct.rbegin());
    for (std::size_t k = 0; k + 1 < result.borders.size(); ++k) {
      result.classes.push_back(
          {short_text(result.borders[k]) + " to " + short_text(result.borders[k + 1]), ""});
    }
  }
  for (std::size_t k = 0; k < result.classes.size(); ++k) {
    result.classes[k].colour = look::scale_colour(k, result.classes.size());
  }
  return result;
}

bool spans_decades(std::span<const double> values) {
  if (values.empty()) {
    return false;
  }
  const auto [low, high] = std::ranges::minmax(values);
  return low > 0 && high > 10 * low;
}

std::string pale(const std::string& colour) {
  constexpr double share = 0.45;  // of the colour
  std::string mixed = "#";
  for (std::size_t k = 1; k < 7; k += 2) {
    const double part = std::stoi(colour.substr(k, 2), nullptr, 16);
    mixed += fmt::format("{:02x}", static_cast<int>(std::lround(255 - share * (255 - part))));
  }
  return mixed;
}

}  // namespace grok
