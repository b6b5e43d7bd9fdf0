#include "theory/elimination.hpp"

#include <algorithm>
#include <limits>

#include "core/errors.hpp"

namespace grok {
namespace {

inline std::size_t at(std::int32_t k) { return static_cast<std::size_t>(k); }

// a += b, a -= b; the shorter is filled with zeros.
void add_to(std::vector<std::uint32_t>& a, const std::vector<std::uint32_t>& b, Modular field) {
  a.resize(std::max(a.size(), b.size()), 0);
  for (std::size_t k = 0; k < b.size(); ++k) {
    a[k] = field.sum(a[k], b[k]);
  }
}

void take_from(std::vector<std::uint32_t>& a, const std::vector<std::uint32_t>& b, Modular field) {
  a.resize(std::max(a.size(), b.size()), 0);
  for (std::size_t k = 0; k < b.size(); ++k) {
    a[k] = field.difference(a[k], b[k]);
  }
}

}  // namespace

Elimination::Elimination(Index symbols, const OutputClasses& classes, std::uint64_t prime)
    : symbols_(symbols), field_(static_cast<std::uint32_t>(prime)) {
  require_in_range("Elimination", "samples", std::ssize(classes.samples), Index{0},
                   Index{std::numeric_limits<std::int32_t>::max()});
  read(classes);
  peel();
  spread();
}

void Elimination::read(const OutputClasses& classes) {
  samples_ = classes.samples;
  class_begin_.assign(classes.offsets.begin(), classes.offsets.end());
  const auto p = static_cast<std::size_t>(symbols_);
  const auto count = static_cast<std::size_t>(classes.count());
  symbol_degree_.assign(p, 0);
  class_degree_.resize(count);
  class_of_.resize(samples_.size());
  for (std::size_t c = 0; c < count; ++c) {
    class_degree_[c] = static_cast<std::int32_t>(class_begin_[c + 1] - class_begin_[c]);
    std::fill(class_of_.begin() + class_begin_[c], class_of_.begin() + class_begin_[c + 1],
              static_cast<std::int32_t>(c));
  }
  for (const Sample s : samples_) {
    ++symbol_degree_[at(s.i)];
    symbol_degree_[at(s.j)] += s.i != s.j ? 1 : 0;
  }
  symbol_begin_.assign(p + 1, 0);
  for (std::size_t s = 0; s < p; ++s) {
    symbol_begin_[s + 1] = symbol_begin_[s] + symbol_degree_[s];
  }
  equations_of_.resize(static_cast<std::size_t>(symbol_begin_[p]));
  std::vector<std::int64_t> next(symbol_begin_.begin(), symbol_begin_.end() - 1);
  for (std::size_t e = 0; e < samples_.size(); ++e) {
    const Sample s = samples_[e];
    equations_of_[static_cast<std::size_t>(next[at(s.i)]++)] = static_cast<std::int32_t>(e);
    if (s.i != s.j) {
      equations_of_[static_cast<std::size_t>(next[at(s.j)]++)] = static_cast<std::int32_t>(e);
    }
  }
}

// Classes first: then a class is never left without an equation, and its value is never free.
void Elimination::peel() {
  alive_.assign(samples_.size(), 1);
  for (std::int32_t c = 0; c < std::ssize(class_degree_); ++c) {
    if (class_degree_[at(c)] == 1) {
      lone_classes_.push_back(c);
    }
  }
  for (std::int32_t s = 0; s < symbols_; ++s) {
    if (symbol_degree_[at(s)] == 1) {
      lone_symbols_.push_back(s);
    }
  }
  std::vector<std::uint8_t> is_leaf(static_cast<std::size_t>(symbols_), 0);
  const auto alive = [&](std::int32_t e) { return alive_[at(e)] != 0; };
  while (!lone_classes_.empty() || !lone_symbols_.empty()) {
    if (!lone_classes_.empty()) {
      const std::int32_t c = lone_classes_.back();
      lone_classes_.pop_back();
      auto e = static_cast<std::int32_t>(class_begin_[at(c)]);
      while (!alive(e)) {
        ++e;
      }
      leaves_.push_back({e, -1});
      remove(e);
      continue;
    }
    const std::int32_t s = lone_symbols_.back();
    lone_symbols_.pop_back();
    if (symbol_degree_[at(s)] == 1) {
      const auto begin = equations_of_.begin();
      const auto e =
          *std::find_if(begin + symbol_begin_[at(s)], begin + symbol_begin_[at(s) + 1], alive);
      leaves_.push_back({e, s});
      is_leaf[at(s)] = 1;
      remove(e);
    }
  }
  for (std::int32_t s = 0; s < symbols_; ++s) {
    isolated_ += symbol_degree_[at(s)] == 0 && is_leaf[at(s)] == 0 ? 1 : 0;
  }
}

void Elimination::remove(std::int32_t equation) {
  const auto [i, j] = samples_[at(equation)];
  alive_[at(equation)] = 0;
  const auto less = [&](std::int32_t s) {
    if (--symbol_degree_[at(s)] == 1) {
      lone_symbols_.push_back(s);
    }
  };
  less(i);
  if (i != j) {
    less(j);
  }
  const std::int32_t c = class_of_[at(equation)];
  if (--class_degree_[at(c)] == 1) {
    lone_classes_.push_back(c);
  }
}

void Elimination::spread() {
  known_.assign(static_cast<std::size_t>(symbols_), 0);
  class_value_.assign(class_degree_.size(), -1);
  pairs_.assign(known_.size(), 0);
  forms_.resize(known_.size());
  unknowns_.resize(samples_.size());
  for (std::size_t e = 0; e < samples_.size(); ++e) {
    const Sample s = samples_[e];
    unknowns_[e] = alive_[e] == 0 ? 0 : s.i == s.j ? 2 : 3;
    pairs_[at(s.i)] += unknowns_[e] == 2 ? 1 : 0;
  }
  for (;;) {
    while (!ready_.empty()) {
      const std::int32_t e = ready_.back();
      ready_.pop_back();
      if (unknowns_[at(e)] == 1) {
        solve(e);
      } else {
        rows_.push_back(e);
      }
    }
    const std::int32_t s = best_parameter();
    if (s < 0) {
      return;
    }
    forms_[at(s)].assign(static_cast<std::size_t>(++parameters_), 0);
    forms_[at(s)].back() = 1;
    make_known(s);
  }
}

// In most equations with one more unknown; among equals, in most equations. -1: all are known.
std::int32_t Elimination::best_parameter() const {
  std::int32_t best = -1;
  for (std::int32_t s = 0; s < symbols_; ++s) {
    if (known_[at(s)] == 0 && symbol_degree_[at(s)] > 0 &&
        (best < 0 || pairs_[at(s)] > pairs_[at(best)] ||
         (pairs_[at(s)] == pairs_[at(best)] && symbol_degree_[at(s)] > symbol_degree_[at(best)]))) {
      best = s;
    }
  }
  return best;
}

void Elimination::make_known(std::int32_t symbol) {
  entries_ += std::ssize(forms_[at(symbol)]);
  require_in_range("exact_nullity", "numbers to keep", entries_, Index{0}, NullSpace::max_entries);
  known_[at(symbol)] = 1;
  for (auto k = symbol_begin_[at(symbol)]; k < symbol_begin_[at(symbol) + 1]; ++k) {
    one_unknown_less(equations_of_[static_cast<std::size_t>(k)]);
  }
}

void Elimination::make_class_known(std::int32_t equation) {
  const std::int32_t c = class_of_[at(equation)];
  class_value_[at(c)] = equation;
  for (auto e = class_begin_[at(c)]; e < class_begin_[at(c) + 1]; ++e) {
    one_unknown_less(static_cast<std::int32_t>(e));
  }
}

void Elimination::one_unknown_less(std::int32_t equation) {
  if (alive_[at(equation)] == 0) {
    return;
  }
  const std::uint8_t left = --unknowns_[at(equation)];
  if (left == 1) {
    ready_.push_back(equation);
  }
  const auto [i, j] = samples_[at(equation)];
  const std::int32_t change = left == 2 ? 1 : left == 1 ? -1 : 0;
  for (const std::int32_t s : {i, j}) {
    pairs_[at(s)] += known_[at(s)] == 0 ? change : 0;
    if (i == j) {
      return;
    }
  }
}

void Elimination::solve(std::int32_t equation) {
  if (class_value_[at(class_of_[at(equation)])] < 0) {
    make_class_known(equation);
    return;
  }
  const auto [i, j] = samples_[at(equation)];
  const std::int32_t unknown = known_[at(i)] == 0 ? i : j;
  forms_[at(unknown)] = form_of(unknown, equation);
  make_known(unknown);
}

// E_j = y_c - E_i with y_c = E_m + E_n, or half of y_c if i = j.
Elimination::Form Elimination::form_of(std::int32_t symbol, std::int32_t equation) const {
  const Sample value = samples_[at(class_value_[at(class_of_[at(equation)])])];
  Form form = forms_[at(value.i)];
  add_to(form, forms_[at(value.j)], field_);
  const auto [i, j] = samples_[at(equation)];
  if (i != j) {
    take_from(form, forms_[at(i == symbol ? j : i)], field_);
  } else {
    for (std::uint32_t& x : form) {
      x = field_.half(x);
    }
  }
  return form;
}

Elimination::Form Elimination::row_of(std::int32_t equation) const {
  const Sample value = samples_[at(class_value_[at(class_of_[at(equation)])])];
  const auto [i, j] = samples_[at(equation)];
  Form row = forms_[at(value.i)];
  row.resize(static_cast<std::size_t>(parameters_), 0);
  add_to(row, forms_[at(value.j)], field_);
  take_from(row, forms_[at(i)], field_);
  take_from(row, forms_[at(j)], field_);
  return row;
}

Index Elimination::nullity(Index at_least) {
  if (parameters_ == 0) {
    return isolated_;
  }
  small_.emplace(parameters_, field_.prime());
  for (const std::int32_t e : rows_) {
    if (isolated_ + small_->nullity() <= at_least) {
      break;
    }
    small_->add(row_of(e));
  }
  return isolated_ + small_->nullity();
}

// Every symbol of the core is a sum of parameters, all scaled alike by the Montgomery products; an
// isolated one has a column of its own; what was peeled follows, the last first.
std::vector<std::uint32_t> Elimination::basis() const {
  const std::size_t inner = small_ ? static_cast<std::size_t>(small_->nullity()) : 0;
  const std::size_t width = inner + static_cast<std::size_t>(isolated_);
  require_in_range("null_space", "numbers to keep", symbols_ * static_cast<Index>(width), Index{0},
                   NullSpace::max_entries);
  std::vector<std::uint32_t> basis(static_cast<std::size_t>(symbols_) * width, 0);
  const auto run = [&](std::int32_t s) { return basis.begin() + s * static_cast<Index>(width); };
  std::vector<std::uint8_t> follows(static_cast<std::size_t>(symbols_), 0);
  for (const Leaf& leaf : leaves_) {
    if (leaf.symbol >= 0) {
      follows[at(leaf.symbol)] = 1;
    }
  }
  std::size_t column = inner;
  for (std::int32_t s = 0; s < symbols_; ++s) {
    const Form& form = forms_[at(s)];
    for (std::size_t a = 0; a < form.size(); ++a) {
      const auto parameter = small_->at(static_cast<std::int32_t>(a));
      for (std::size_t k = 0; form[a] != 0 && k < inner; ++k) {
        run(s)[static_cast<Index>(k)] =
            field_.sum(run(s)[static_cast<Index>(k)], field_.montgomery(form[a], parameter[k]));
      }
    }
    if (symbol_degree_[at(s)] == 0 && follows[at(s)] == 0) {
      run(s)[static_cast<Index>(column++)] = 1;
    }
  }
  std::vector<std::int32_t> class_value = class_value_;
  for (auto leaf = leaves_.rbegin(); leaf != leaves_.rend(); ++leaf) {
    std::int32_t& value = class_value[at(class_of_[at(leaf->equation)])];
    if (leaf->symbol < 0) {
      value = leaf->equation;
      continue;
    }
    const Sample known = samples_[at(value)];
    const auto [i, j] = samples_[at(leaf->equation)];
    for (Index k = 0; k < static_cast<Index>(width); ++k) {
      const std::uint32_t y = field_.sum(run(known.i)[k], run(known.j)[k]);
      run(leaf->symbol)[k] =
          i == j ? field_.half(y) : field_.difference(y, run(i == leaf->symbol ? j : i)[k]);
    }
  }
  return basis;
}

}  // namespace grok
