#include "figures/phases/phase_diagram_panel.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <set>

#include "core/random.hpp"
#include "tests/figures/phases/phase_runs.hpp"
#include "tests/support/catch.hpp"

using namespace grok;

namespace {

double colour(Phase phase) { return std::stod("0x" + phase_colour(phase).substr(1)); }

struct Box {
  double left, right, bottom, top;
};

/// Rectangles in coordinates where a panel is flat: the logarithm on a logarithmic axis.
std::vector<Box> boxes(const std::vector<Numbers>& rows, bool log_y) {
  std::vector<Box> result;
  for (const Numbers& r : rows) {
    result.push_back({std::log10(r.at(2)), std::log10(r.at(3)),
                      log_y ? std::log10(r.at(4)) : r.at(4),
                      log_y ? std::log10(r.at(5)) : r.at(5)});
  }
  return result;
}

double overlap(const Box& a, const Box& b) {
  return std::max(0.0, std::min(a.right, b.right) - std::max(a.left, b.left)) *
         std::max(0.0, std::min(a.top, b.top) - std::max(a.bottom, b.bottom));
}

}  // namespace

TEST_CASE("the cells of a panel cover it, without overlap", "[figures][phase]") {
  for (const std::vector<double>& decays : {Numbers{0, 2, 4}, {0, 1, 10}, {1, 3, 9}}) {
    const bool log_y = decays == Numbers{1, 3, 9};
    PhaseRuns runs;
    for (const double rate : {1e-4, 1e-3, 1e-2, 1e-1}) {
      for (const double decay : decays) {
        runs.add(rate, decay, 1, 'c');
      }
    }
    PhaseAxis y{.key = "decoder_decay"};
    y.scale = log_y ? AxisScale::logarithmic : AxisScale::linear;
    y.downward = decays.back() == 10;
    const auto diagrams = runs.collect(y);
    const auto cells = boxes(block(script_of(diagrams[0]), "panel_a"), log_y);
    REQUIRE(cells.size() == 12);
    double area = 0;
    for (std::size_t a = 0; a < cells.size(); ++a) {
      area += (cells[a].right - cells[a].left) * (cells[a].top - cells[a].bottom);
      for (std::size_t b = 0; b < a; ++b) {
        CHECK(overlap(cells[a], cells[b]) < 1e-9);
      }
    }
    const Numbers& edges = diagrams[0].y.edges;
    const double height =
        log_y ? std::log10(edges.back() / edges.front()) : edges.back() - edges.front();
    CHECK(area ==
          Approx(std::log10(diagrams[0].x.edges.back() / diagrams[0].x.edges.front()) * height));
    CHECK(area == Approx(log_y ? 4 * 3 * std::log10(3) : decays.back() == 10 ? 4 * 3 : 4 * 6));
  }
}

TEST_CASE("a cell has the colour of its phase, none where there is no run", "[figures][phase]") {
  PhaseRuns runs;
  runs.add(58, {"cgmxd-", "mm cc "});
  runs.add(1, {"xxxxxx", "xx xxx"});
  const auto rows = block(script_of(runs.diagram()), "panel_a");
  REQUIRE(rows.size() == 10);
  for (std::size_t k = 0; k < 6; ++k) {
    CHECK(rows[k].at(6) == colour(all_phases[k]));
    CHECK(rows[k].at(0) == Approx(1e-4 * std::pow(2, k)));
    CHECK((rows[k].at(4) == -0.5 && rows[k].at(5) == 0.5));
  }
  CHECK(rows[6].at(6) == colour(Phase::memorization));
  CHECK(rows[8].at(6) == colour(Phase::comprehension));
  CHECK(rows[8].at(0) == Approx(8e-4));
}

TEST_CASE("bars: the most frequent phase at the bottom, shares as heights, its interval",
          "[figures][phase]") {
  PhaseRuns runs;
  for (std::int64_t seed = 0; seed < 10; ++seed) {
    runs.add(1e-3, 0, seed, "xxxxxxccdm"[seed]);
    runs.add(1e-3, 4, seed, 'g');
  }
  for (const bool downward : {false, true}) {
    PhaseAxis y{.key = "decoder_decay"};
    y.downward = downward;
    const auto diagrams = runs.collect(y);
    const std::string script = script_of(diagrams[0]);
    const auto rows = block(script, "panel_b");
    REQUIRE(rows.size() == 5);
    // The cell lies in [-2, 2]; its bottom is at 2 if the axis runs downwards. Painted from the
    // tallest: each bar hides what is below the next.
    const Phase phases[] = {Phase::diverged, Phase::memorization, Phase::comprehension,
                            Phase::confusion};
    const double heights[] = {1, 0.9, 0.8, 0.6};
    for (std::size_t k = 0; k < 4; ++k) {
      CHECK(rows[k].at(6) == colour(phases[k]));
      const double top = downward ? 2 - 4 * heights[k] : -2 + 4 * heights[k];
      CHECK(rows[k].at(4) == Approx(downward ? top : -2));
      CHECK(rows[k].at(5) == Approx(downward ? 2 : top));
    }
    CHECK(rows[4].at(6) == colour(Phase::grokking));
    CHECK((rows[4].at(4) == Approx(2) && rows[4].at(5) == Approx(6)));
    const auto whiskers = block(script, "panel_b_whisker");
    REQUIRE(whiskers.size() == 2);
    const Estimate share = wilson(6, 10);
    const double sign = downward ? -1 : 1;
    CHECK(whiskers[0].at(0) == Approx(1e-3));
    CHECK(whiskers[0].at(1) == Approx(sign * (-2 + 4 * share.low)));
    CHECK(whiskers[0].at(3) == Approx(sign * 4 * (share.high - share.low)));
    CHECK_THAT(script, ContainsSubstring(downward ? "set yrange [6." : "set yrange [-2."));
  }
}

TEST_CASE("lines: black around what generalises, others inside it, named in the legend",
          "[figures][phase]") {
  PhaseRuns runs;
  runs.add(58, {"cgm", "ccx"});  // 900, 2400, never; 900, 900, never
  const PhaseDiagram d = runs.diagram();
  const std::string script = script_of(d);
  const auto outer = block(script, "panel_a_outer");
  REQUIRE(outer.size() == 1);  // one straight line between columns 2 and 3
  CHECK(outer[0].at(0) == Approx(d.x.edges[2]));
  CHECK((outer[0].at(1) == -0.5 && outer[0].at(2) == 0 && outer[0].at(3) == 2));
  CHECK(block(script, "panel_a_1000").size() == 2);  // around the cell of 2400 steps
  CHECK(block(script, "panel_a_3000").empty());
  CHECK(block(script, "panel_a_300").empty());
  CHECK_THAT(script, ContainsSubstring("set label '1000' at screen"));
  CHECK_THAT(script, ContainsSubstring("set label 'not within 100000' at screen"));
  CHECK_THAT(script, !ContainsSubstring("set label '3000'"));
}

TEST_CASE("lines: a side has one, of the most steps, and styles differ without dashes",
          "[figures][phase]") {
  PhaseRuns runs;
  runs.add(58, {"cgm"});
  const PhaseDiagram d = runs.diagram();
  // Levels 300, 1000, 3000, 10 000, 30 000, 100 000, and the budget, which is the last of them.
  const auto lines = lines_of(d, {200, 20'000, std::numeric_limits<double>::infinity()});
  REQUIRE(lines.size() == 7);
  using Sides = std::vector<CellSide>;
  CHECK(lines[3] == Sides{{1, 0, 1, 1}});  // 300, 1000, 3000 and 10 000 part there, too
  CHECK(lines[6] == Sides{{2, 0, 2, 1}});
  for (const std::size_t k : {0U, 1U, 2U, 4U, 5U}) {
    CHECK(lines[k].empty());
  }
  RandomStream random(3, "test");
  std::vector<double> steps;
  for (int k = 0; k < 3; ++k) {
    steps.push_back(std::pow(10, random.uniform(2, 6)));
  }
  std::set<CellSide> once;
  std::size_t count = 0;
  for (const auto& line : lines_of(d, steps)) {
    once.insert(line.begin(), line.end());
    count += line.size();
  }
  CHECK(once.size() == count);
  std::set<std::string> styles;
  for (std::size_t k = 0; k <= 5; ++k) {
    styles.insert(line_style(k, 5, false));
    CHECK_THAT(line_style(k, 5, true), ContainsSubstring("#000000"));
    CHECK_THAT(line_style(k, 5, false), ContainsSubstring("dt 1 "));
  }
  CHECK(styles.size() == 6);
}

TEST_CASE("a fine axis has a label for every nth value, and no grid over its cells",
          "[figures][phase]") {
  PhaseRuns runs;
  for (int k = 0; k <= 40; ++k) {
    runs.add(1e-3, 0.25 * k, 1, 'c');
    runs.add(1e-2, 0.25 * k, 1, 'm');
  }
  const std::string script = script_of(runs.diagram());
  CHECK_THAT(script,
             ContainsSubstring("set ytics ('0' 0, '1' 1, '2' 2, '3' 3, '4' 4, '5' 5, '6' 6, "
                               "'7' 7, '8' 8, '9' 9, '10' 10)"));
  CHECK_THAT(script, !ContainsSubstring("panel_a_grid"));
  PhaseRuns coarse;
  coarse.add(1, {"cg", "mx"});
  CHECK(block(script_of(coarse.diagram()), "panel_a_grid").size() == 2);
}

TEST_CASE("phases differ for every kind of colour vision", "[figures][phase]") {
  using Matrix = std::array<std::array<double, 3>, 3>;
  // Machado, Oliveira & Fernandes 2009: normal, protanopia, deuteranopia, tritanopia.
  const Matrix kinds[] = {{{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}},
                          {{{0.152286, 1.052583, -0.204868},
                            {0.114503, 0.786281, 0.099216},
                            {-0.003882, -0.048116, 1.051998}}},
                          {{{0.367322, 0.860646, -0.227968},
                            {0.280085, 0.672501, 0.047413},
                            {-0.011820, 0.042940, 0.968881}}},
                          {{{1.255528, -0.076749, -0.178779},
                            {-0.078411, 0.930809, 0.147602},
                            {0.004733, 0.691367, 0.303900}}}};
  const Matrix to_xyz = {
      {{0.4339, 0.3763, 0.1899}, {0.2126, 0.7152, 0.0722}, {0.0177, 0.1095, 0.8728}}};
  const auto times = [](const Matrix& m, const std::array<double, 3>& v) {
    std::array<double, 3> result{};
    for (std::size_t i = 0; i < 3; ++i) {
      for (std::size_t k = 0; k < 3; ++k) {
        result[i] += m[i][k] * std::clamp(v[k], 0.0, 1.0);
      }
    }
    return result;
  };
  const auto lab = [&](const std::string& hex, const Matrix& kind) {
    std::array<double, 3> rgb{};
    for (std::size_t k = 0; k < 3; ++k) {
      const double v = std::stoi(hex.substr(1 + 2 * k, 2), nullptr, 16) / 255.0;
      rgb[k] = v <= 0.04045 ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4);
    }
    auto f = times(to_xyz, times(kind, rgb));
    for (double& v : f) {
      v = v > 0.008856 ? std::cbrt(v) : 7.787 * v + 16.0 / 116;
    }
    return std::array<double, 3>{116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])};
  };
  for (const Matrix& kind : kinds) {
    for (const Phase a : all_phases) {
      for (const Phase b : all_phases) {
        const auto p = lab(phase_colour(a), kind), q = lab(phase_colour(b), kind);
        const double distance = std::hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]);
        CAPTURE(phase_name(a), phase_name(b), distance);
        CHECK((a == b || distance > 20));  // 2.3 is a just noticeable difference
      }
    }
  }
}
