#include "theory/coverage.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numbers>

#include "core/errors.hpp"

namespace grok {
namespace {

inline std::size_t at(Index k) { return static_cast<std::size_t>(k); }

// Visits symbol and coefficient of the row e_i + e_j - e_m - e_n; some coefficients may be 0.
template <class Visit>
void for_each_entry(Sample a, Sample b, const Visit& visit) {
  const auto times = [](std::int32_t s, Sample x) {
    return (s == x.i ? 1 : 0) + (s == x.j ? 1 : 0);
  };
  for (const std::int32_t s : {a.i, a.j, b.i, b.j}) {
    visit(s, times(s, a) - times(s, b));
  }
}

}  // namespace

GrowingCoverage::GrowingCoverage(const Task& task)
    : task_(task), first_(at(task.outputs()), Sample{-1, -1}), covered_(at(task.symbols()), 0) {
  require_combination("coverage", task, Combination::sum);
}

// The differences to the first sample of a class span all rows of the class.
void GrowingCoverage::add(Sample s) {
  Sample& first = first_[at(task_.output(s))];
  if (first.i < 0) {
    first = s;
    return;
  }
  ++rows_;
  for_each_entry(first, s, [&](std::int32_t symbol, int coefficient) {
    if (coefficient != 0 && covered_[at(symbol)] == 0) {
      covered_[at(symbol)] = 1;
      ++count_;
    }
  });
}

Index coverable_symbols(const Task& task) {
  require_combination("coverage", task, Combination::sum);
  if (task.name() == "addition") {  // s in (s, s) and (s-1, s+1); 0 in (0, 2) and (1, 1)
    return task.symbols() >= 3 ? task.symbols() : 0;
  }
  if (task.name() == "modular-addition" || task.name() == "abelian") {
    return task.symbols();  // every symbol is in every class, and some class has two samples
  }
  GrowingCoverage coverage(task);
  for (const Sample s : task.samples()) {
    coverage.add(s);
  }
  return coverage.covered();
}

CoverageTheory::CoverageTheory(const Task& task)
    : symbols_(task.symbols()), samples_(task.sample_count()), coverable_(coverable_symbols(task)) {
  if (task.name() == "addition") {
    read_addition();
  } else if (task.name() == "modular-addition" || task.name() == "abelian") {
    read_group(task);
  } else {
    read_table(task);
  }
}

std::size_t CoverageTheory::kind_number(const Kind& kind) {
  const auto found = std::find(kinds_.begin(), kinds_.end(), kind);
  if (found != kinds_.end()) {
    return static_cast<std::size_t>(found - kinds_.begin());
  }
  kinds_.push_back(kind);
  return kinds_.size() - 1;
}

// Symbol s stands once in each of the outputs s .. s+p-1 (in (s, s), twice: the same f, which asks
// only whether the sample that holds s is alone). Output c has 1 + floor(min(c, 2p-2-c)/2) samples.
void CoverageTheory::read_addition() {
  for (Index m = 1; m <= (symbols_ + 1) / 2; ++m) {
    kinds_.push_back({m - 1, 1, 0});
  }
  for (Index c = 0; c < 2 * symbols_ - 1; ++c) {
    windows_.push_back(at(std::min(c, 2 * symbols_ - 2 - c) / 2));
    class_sizes_.emplace_back(static_cast<Index>(windows_.back()) + 1, 1);
  }
}

// Every symbol stands once in every class. 2 x = c has t solutions, t = 2^(even orders), for p/t of
// the c, else none: classes of (p + t)/2 and p/2 samples.
void CoverageTheory::read_group(const Task& task) {
  const std::vector<Index> cyclic = {symbols_};
  Index t = 1;
  for (const Index order : task.name() == "abelian" ? task.orders() : std::span(cyclic)) {
    t *= order % 2 == 0 ? 2 : 1;
  }
  std::vector<Part> parts = {{kind_number({(symbols_ + t) / 2 - 1, 1, 0}), symbols_ / t}};
  if (t > 1) {
    parts.push_back({kind_number({symbols_ / 2 - 1, 1, 0}), symbols_ - symbols_ / t});
  }
  for (const Part& part : parts) {
    class_sizes_.emplace_back(kinds_[part.kind].never + 1, part.count);
  }
  symbol_parts_.push_back(std::move(parts));
  symbol_counts_.push_back(symbols_);
  samples_with_.push_back(symbols_);
}

void CoverageTheory::read_table(const Task& task) {
  const OutputClasses classes = group_by_output(task);
  std::vector<std::map<Kind, Index>> of_symbol(at(symbols_));
  std::vector<Index> with(at(symbols_), 0);
  std::map<std::int32_t, std::pair<Index, Index>> times;  // of a symbol in a class: once, twice
  for (Index c = 0; c < classes.count(); ++c) {
    times.clear();
    class_sizes_.emplace_back(std::ssize(classes[c]), 1);
    for (const Sample s : classes[c]) {
      if (s.i == s.j) {
        ++times[s.i].second;
      } else {
        ++times[s.i].first;
        ++times[s.j].first;
      }
    }
    for (const auto& [symbol, held] : times) {
      const auto [once, twice] = held;
      with[at(symbol)] += once + twice;
      ++of_symbol[at(symbol)][{std::ssize(classes[c]) - once - twice, once, twice}];
    }
  }
  std::map<Kind, std::size_t> numbers;
  for (std::size_t s = 0; s < of_symbol.size(); ++s) {
    std::vector<Part> parts;
    bool coverable = false;
    for (const auto& [kind, count] : of_symbol[s]) {
      const auto [known, is_new] = numbers.try_emplace(kind, kinds_.size());
      if (is_new) {
        kinds_.push_back(kind);
      }
      parts.push_back({known->second, count});
      coverable |= (kind.never > 0) + (kind.once > 0) + (kind.twice > 0) > 1;
    }
    if (coverable) {
      symbol_parts_.push_back(std::move(parts));
      symbol_counts_.push_back(1);
      samples_with_.push_back(with[s]);
    }
  }
}

// Sum over symbols of prod f, with f = sum_g r^(M - m_g) - 2 r^M and r = u/w.
CoverageTheory::Complex CoverageTheory::sum_of_products(double q, Complex w) const {
  const Complex log_r = std::log1p(-q) - std::log(w);
  const auto power = [&](Index k) { return std::exp(static_cast<double>(k) * log_r); };
  std::vector<Complex> log_f;
  for (const auto& [never, once, twice] : kinds_) {
    log_f.push_back(std::log(power(once + twice) + power(never + twice) + power(never + once) -
                             2.0 * power(never + once + twice)));
  }
  Complex sum = 0;
  if (!windows_.empty()) {
    std::vector<Complex> before = {0};
    for (const std::size_t kind : windows_) {
      before.push_back(before.back() + log_f[kind]);
    }
    for (Index s = 0; s < symbols_; ++s) {
      sum += std::exp(before[at(s + symbols_)] - before[at(s)]);
    }
    return sum;
  }
  for (std::size_t s = 0; s < symbol_parts_.size(); ++s) {
    Complex log_product = 0;
    for (const Part& part : symbol_parts_[s]) {
      log_product += static_cast<double>(part.count) * log_f[part.kind];
    }
    sum += static_cast<double>(symbol_counts_[s]) * std::exp(log_product);
  }
  return sum;
}

// The trapezoidal rule on K nodes adds the coefficients of z^(n + K), z^(n - K), ...; |D| is n with
// standard deviation sd, so K = 18 sd leaves out exp(-160), and |w|^|D0| is exp(-50) beyond 10/sd.
double CoverageTheory::expected_uncovered(Index train) const {
  require_in_range("coverage", "train", train, Index{0}, samples_);
  if (train == 0 || train == samples_ || coverable_ == 0) {
    return train == 0 ? static_cast<double>(coverable_) : 0;
  }
  const auto N = static_cast<double>(samples_);
  const auto n = static_cast<double>(train);
  const double q = n / N;
  const double sd = std::sqrt(n * (1 - q));
  const Index nodes = std::min(samples_ + 1, static_cast<Index>(std::ceil(18 * sd)) + 32);
  const double step = 2 * std::numbers::pi / static_cast<double>(nodes);
  Complex uncovered = 0, all = 0;
  for (Index k = 0; k <= nodes / 2; ++k) {
    const double theta = step * static_cast<double>(k);
    if (theta > 10 / sd && nodes <= samples_) {
      break;
    }
    const Complex w = 1.0 + q * (std::polar(1.0, theta) - 1.0);
    const Complex weight = std::exp(N * std::log(w) - Complex(0, n * theta));
    const double twice = k == 0 || 2 * k == nodes ? 1 : 2;  // and the node at -theta
    uncovered += twice * (weight * sum_of_products(q, w)).real();
    all += twice * weight.real();
  }
  return uncovered.real() / all.real();
}

// None of `of` given samples is in D: C(N - of, n) / C(N, n).
double CoverageTheory::missed(Index of, Index train) const {
  double product = 1;
  for (Index t = 0; t < of && product > 0; ++t) {
    product *= std::max(0.0, 1 - static_cast<double>(train) / static_cast<double>(samples_ - t));
  }
  return product;
}

double CoverageTheory::expected_untouched(Index train) const {
  require_in_range("coverage", "train", train, Index{0}, samples_);
  if (!windows_.empty()) {
    return static_cast<double>(coverable_) * missed(symbols_, train);
  }
  double sum = 0;
  for (std::size_t s = 0; s < samples_with_.size(); ++s) {
    sum += static_cast<double>(symbol_counts_[s]) * missed(samples_with_[s], train);
  }
  return sum;
}

double CoverageTheory::expected_rows(Index train) const {
  require_in_range("coverage", "train", train, Index{0}, samples_);
  std::map<Index, double> missed_of;  // by size: few differ
  double classes = 0;
  for (const auto& [size, count] : class_sizes_) {
    const auto [known, is_new] = missed_of.try_emplace(size, 0.0);
    if (is_new) {
      known->second = missed(size, train);
    }
    classes += static_cast<double>(count) * (1 - known->second);
  }
  return static_cast<double>(train) - classes;
}

double CoverageTheory::crossing(const std::function<double(Index)>& rising, double level) const {
  if (rising(0) >= level) {
    return 0;
  }
  Index below = 0, above = samples_;
  while (above - below > 1) {
    const Index middle = below + (above - below) / 2;
    (rising(middle) >= level ? above : below) = middle;
  }
  const double low = rising(below), high = rising(above);
  return static_cast<double>(above) - (high - level) / (high - low);
}

double CoverageTheory::median_covered() const {
  return crossing([&](Index n) { return std::exp(-expected_uncovered(n)); }, 0.5);
}

double CoverageTheory::median_touched() const {
  return crossing([&](Index n) { return std::exp(-expected_untouched(n)); }, 0.5);
}

double CoverageTheory::median_rows(Index nullity_all) const {
  const auto needed = static_cast<double>(symbols_ - nullity_all);
  return needed == 0 ? 0 : crossing([&](Index n) { return expected_rows(n); }, needed - 0.5);
}

}  // namespace grok
