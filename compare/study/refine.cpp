#include "compare/study/refine.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/errors.hpp"

namespace grok {
namespace {

using I = std::int64_t;

std::size_t at(I point) { return static_cast<std::size_t>(point); }

bool on_line(I k, I count, I stride) { return k % stride == 0 || k == count - 1; }

// The lines before and after k.
std::array<I, 2> lines_around(I k, I count, I stride) {
  return {k / stride * stride, std::min((k / stride + 1) * stride, count - 1)};
}

// A phase on the rectangle of lines around a point, seen from there.
struct Sight {
  double row = 0, column = 0;  // from the point
  int phase = 0;
};

double angle(const Sight& a, const Sight& b) {
  return std::abs(
      std::atan2(a.row * b.column - a.column * b.row, a.row * b.row + a.column * b.column));
}

// The phase that fills most of the horizon; `present` or the first met in a tie.
int widest_phase(const std::vector<Sight>& horizon, int present) {
  if (std::ranges::all_of(horizon, [&](const Sight& s) { return s.phase == horizon[0].phase; })) {
    return horizon[0].phase;
  }
  constexpr double tie = 1e-9;  // [rad]
  struct Width {
    int phase;
    double angle;
  };
  std::vector<Width> widths;
  const auto widen = [&widths](int phase, double by) {
    const auto found = std::ranges::find(widths, phase, &Width::phase);
    if (found == widths.end()) {
      widths.push_back({phase, by});
    } else {
      found->angle += by;
    }
  };
  for (std::size_t k = 0; k < horizon.size(); ++k) {
    const Sight &here = horizon[k], &next = horizon[(k + 1) % horizon.size()];
    const Sight middle{(here.row + next.row) / 2, (here.column + next.column) / 2};
    widen(here.phase, angle(here, middle));
    widen(next.phase, angle(middle, next));
  }
  const double most = std::ranges::max(widths, {}, &Width::angle).angle;
  std::erase_if(widths, [most](const Width& width) { return width.angle < most - tie; });
  const bool stays = std::ranges::find(widths, present, &Width::phase) != widths.end();
  return stays ? present : widths.front().phase;
}

}  // namespace

I Refinement::trained() const {
  I count = 0;
  for (const auto& round : rounds) {
    count += std::ssize(round);
  }
  return count;
}

Refiner::Refiner(GridSize size, const RefineStrides& strides)
    : stride_(strides.start), stop_(strides.stop) {
  constexpr I most = 100'000'000;
  require_in_range("refine", "rows", size.rows, I{1}, most);
  require_in_range("refine", "columns", size.columns, I{1}, most / size.rows);
  for (const std::size_t k : {0, 1}) {
    require_in_range("refine", "start", stride_[k], I{1}, most);
    require_in_range("refine", "stop", stop_[k], I{1}, stride_[k]);
  }
  result_.size = size;
  result_.points.resize(at(size.points()));
  expected_.assign(at(size.points()), -1);
  for (I row = 0; row < size.rows; ++row) {
    for (I column = 0; column < size.columns; ++column) {
      if (on_line(row, size.rows, stride_[0]) && on_line(column, size.columns, stride_[1])) {
        wanted_.push_back(row * size.columns + column);
      }
    }
  }
}

void Refiner::answer(std::span<const PointPhase> phases) {
  require_in_range("refine", "phases", std::ssize(phases), std::ssize(wanted_),
                   std::ssize(wanted_));
  for (const PointPhase& phase : phases) {
    require_in_range<I>("refine", "phase", phase.phase, 0, std::numeric_limits<int>::max());
  }
  if (wanted_.empty()) {
    return;
  }
  for (std::size_t k = 0; k < phases.size(); ++k) {
    result_.points[at(wanted_[k])] = {phases[k].phase, phases[k].certain,
                                      std::ssize(result_.rounds)};
  }
  result_.rounds.push_back(std::move(wanted_));
  predict();
  wanted_ = pick();
  while (wanted_.empty()) {
    expect();
    if (stride_ == stop_) {
      break;
    }
    for (const std::size_t k : {0, 1}) {
      stride_[k] = std::max(stop_[k], stride_[k] / 2);
    }
    wanted_ = pick();
  }
}

// Nearest in its own column first (O(1) per point, from sweeps down and up), then the best of the
// columns around, the nearer ones first until none can be nearer.
std::vector<I> Refiner::nearest_trained() const {
  const auto [rows, columns] = result_.size;
  constexpr I none = -1;
  std::vector<I> in_column(result_.points.size(), none);  // the row; of two equally near the upper
  for (I column = 0; column < columns; ++column) {
    I last = none;
    for (I row = 0; row < rows; ++row) {
      last = result_.points[at(row * columns + column)].round ? row : last;
      in_column[at(row * columns + column)] = last;
    }
    last = none;
    for (I row = rows - 1; row >= 0; --row) {
      last = result_.points[at(row * columns + column)].round ? row : last;
      I& best = in_column[at(row * columns + column)];
      if (last != none && (best == none || last - row < row - best)) {
        best = last;
      }
    }
  }
  std::vector<I> nearest(result_.points.size(), none);
  for (I row = 0; row < rows; ++row) {
    for (I column = 0; column < columns; ++column) {
      I least = std::numeric_limits<I>::max(), best = none;
      for (I away = 0; away < columns && away * away <= least; ++away) {
        for (const I other : {column - away, column + away}) {
          const I found =
              other < 0 || other >= columns ? none : in_column[at(row * columns + other)];
          if (found == none) {
            continue;
          }
          const I distance = away * away + (found - row) * (found - row);
          const I point = found * columns + other;
          if (distance < least || (distance == least && point < best)) {
            least = distance;
            best = point;
          }
        }
      }
      nearest[at(row * columns + column)] = best;
    }
  }
  return nearest;
}

void Refiner::predict() {
  const std::vector<I> nearest = nearest_trained();
  for (std::size_t k = 0; k < nearest.size(); ++k) {
    const int known = result_.points[at(nearest[k])].phase;
    if (!result_.points[k].round) {
      const bool surprise = known != expected_[at(nearest[k])];
      result_.points[k].phase = surprise ? known : expected_[k];
    }
  }
}

bool Refiner::on_lines(I point) const {
  return on_line(point / result_.size.columns, result_.size.rows, stride_[0]) ||
         on_line(point % result_.size.columns, result_.size.columns, stride_[1]);
}

// The lines are finished. No trained point is a surprise after this, so predictions are as
// expected.
void Refiner::expect() {
  const I rows = result_.size.rows, columns = result_.size.columns;
  for (I point = 0; point < result_.size.points(); ++point) {
    RefinedPoint& here = result_.points[at(point)];
    if (!here.round && !on_lines(point)) {
      const I row = point / columns, column = point % columns;
      const auto [top, bottom] = lines_around(row, rows, stride_[0]);
      const auto [left, right] = lines_around(column, columns, stride_[1]);
      std::vector<Sight> horizon;
      const auto see = [&](I r, I c) {
        horizon.push_back({static_cast<double>(r - row), static_cast<double>(c - column),
                           result_.points[at(r * columns + c)].phase});
      };
      for (I c = left; c < right; ++c) {
        see(top, c);
      }
      for (I r = top; r < bottom; ++r) {
        see(r, right);
      }
      for (I c = right; c > left; --c) {
        see(bottom, c);
      }
      for (I r = bottom; r > top; --r) {
        see(r, left);
      }
      here.phase = widest_phase(horizon, here.phase);
    }
    expected_[at(point)] = here.phase;
  }
}

// A border on a line that does not lie between two trained points.
bool Refiner::open(I a, I b) const {
  const RefinedPoint &first = result_.points[at(a)], &second = result_.points[at(b)];
  const bool border = first.phase != second.phase || !first.certain || !second.certain;
  if (!border || (first.round && second.round)) {
    return false;
  }
  const I columns = result_.size.columns;
  return a / columns == b / columns ? on_line(a / columns, result_.size.rows, stride_[0])
                                    : on_line(a % columns, columns, stride_[1]);
}

std::vector<I> Refiner::neighbours(I point) const {
  const I columns = result_.size.columns, row = point / columns, column = point % columns;
  std::vector<I> found;
  if (row > 0) {
    found.push_back(point - columns);
  }
  if (column > 0) {
    found.push_back(point - 1);
  }
  if (column + 1 < columns) {
    found.push_back(point + 1);
  }
  if (row + 1 < result_.size.rows) {
    found.push_back(point + columns);
  }
  return found;
}

// One side of an open border is enough for a round: what it says may move the border.
std::vector<I> Refiner::pick() const {
  std::vector<std::vector<I>> by_count(5);  // untrained points with so many open borders
  for (I point = 0; point < result_.size.points(); ++point) {
    if (!result_.points[at(point)].round) {
      const auto around = neighbours(point);
      by_count[static_cast<std::size_t>(std::ranges::count_if(around, [&](I other) {
        return open(point, other);
      }))].push_back(point);
    }
  }
  std::vector<bool> picked(result_.points.size(), false);
  std::vector<I> points;
  for (std::size_t count = 4; count > 0; --count) {
    for (const I point : by_count[count]) {
      if (std::ranges::any_of(neighbours(point),
                              [&](I other) { return open(point, other) && !picked[at(other)]; })) {
        picked[at(point)] = true;
        points.push_back(point);
      }
    }
  }
  std::ranges::sort(points);
  return points;
}

Refinement refine(GridSize size, const RefineStrides& strides, const PhasesOfPoints& phases_of) {
  Refiner refiner(size, strides);
  while (!refiner.wanted().empty()) {
    refiner.answer(phases_of(refiner.wanted()));
  }
  return refiner.result();
}

}  // namespace grok
