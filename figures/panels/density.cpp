#include "figures/panels/density.hpp"

#include "compare/statistics/statistics.hpp"

namespace grok {

void add_box(Panel& panel, double x, double width, const std::vector<double>& values,
             const Style& style, const std::string& label) {
  if (values.empty()) {
    return;
  }
  const auto at = [&values](double share) { return quantile(values, share); };
  const double left = x - width / 2, right = x + width / 2;
  Style faint = style, thick = style;
  faint.opacity = 0.45;
  thick.width = 2 * style.width;
  panel.cover(left, at(0.025)).cover(right, at(0.975));
  panel.layer({{x, at(0.025), at(0.975)}},
              "using 1:2:(0):($3-$2) with vectors nohead " + line_words(style));
  panel.layer({{x, at(0.5), left, right, at(0.25), at(0.75)}},
              "using 1:2:3:4:5:6 with boxxyerror " + fill_words(faint));
  // No line: a thick one has a spike where it starts.
  panel.layer({{left, at(0.5), width}}, "using 1:2:3:(0) with vectors nohead " + line_words(thick));
  panel.entry({Swatch::band, faint, label});
}

void add_strip(Panel& panel, double x, double width, const std::vector<double>& values,
               const Style& style, const std::string& label) {
  Rows rows;
  for (std::size_t k = 0; k < values.size(); ++k) {
    rows.push_back({x + width / 2 * (static_cast<double>(k % 3) - 1), values[k]});
  }
  panel.points(std::move(rows), style, label);
}

}  // namespace grok
