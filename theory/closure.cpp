#include "theory/closure.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "core/errors.hpp"
#include "theory/groups.hpp"

namespace grok {

Partition::Partition(Index n) : label_(at(n)), next_(at(n)), size_(at(n), 1) {
  std::iota(label_.begin(), label_.end(), 0);
  next_ = label_;  // each class is a ring
}

void Partition::members(Index x, std::vector<Index>& out) const {
  out.clear();
  Index y = x;
  do {
    out.push_back(y);
    y = next_[at(y)];
  } while (y != x);
}

void Partition::join(Index x, Index y) {
  if (size(x) < size(y)) {
    std::swap(x, y);
  }
  const std::int32_t label = label_[at(x)];
  size_[at(label)] += size_[at(label_[at(y)])];
  Index z = y;
  do {
    label_[at(z)] = label;
    z = next_[at(z)];
  } while (z != y);
  std::swap(next_[at(x)], next_[at(y)]);  // two rings become one
}

ProductClosure::ProductClosure(Index symbols, Deduction deduction)
    : symbols_(symbols), deduction_(deduction), products_(0), quotients_(0) {
  require_in_range("ProductClosure", "symbols", symbols, Index{2}, factorial(max_permuted));
  products_ = Partition(symbols * symbols);
  quotients_ = Partition(2 * symbols * symbols);
  for (Index a = 0; a < symbols; ++a) {  // all are 1
    equate_quotients(left(0, 0), left(a, a));
    equate_quotients(left(0, 0), right(a, a));
  }
  close();
}

void ProductClosure::add(const Parallelogram& premise) {
  for (const Index s : {premise.first.i, premise.first.j, premise.second.i, premise.second.j}) {
    require_in_range("ProductClosure::add", "symbol", s, Index{0}, symbols_ - 1);
  }
  pending_.push_back({true, product(premise.first), product(premise.second)});
  close();
}

bool ProductClosure::implies(const Parallelogram& q) const {
  return products_.same(product(q.first), product(q.second));
}

void ProductClosure::close() {
  while (!pending_.empty()) {
    const Equality e = pending_.back();
    pending_.pop_back();
    if (e.products) {
      join_products(e.x, e.y);
    } else {
      join_quotients(e.x, e.y);
    }
  }
}

/// Every member of one class now equals every member of the other.
void ProductClosure::join_products(Index x, Index y) {
  if (products_.same(x, y)) {
    return;
  }
  products_.members(x, one_);
  products_.members(y, other_);
  implied_ += std::ssize(one_) * std::ssize(other_);
  products_.join(x, y);
  for (const Index s : one_) {
    for (const Index t : other_) {
      quotients_of(s, t);
    }
  }
}

void ProductClosure::equate_quotients(Index x, Index y) {
  if (!quotients_.same(x, y)) {
    pending_.push_back({false, x, y});
  }
}

/// ab = cd: L(c,a) = R(d,b) and L(a,c) = R(b,d).
void ProductClosure::quotients_of(Index x, Index y) {
  const Index p = symbols_;
  const Index a = x / p, b = x % p, c = y / p, d = y % p;
  equate_quotients(left(c, a), right(d, b));
  equate_quotients(left(a, c), right(b, d));
}

void ProductClosure::join_quotients(Index x, Index y) {
  if (quotients_.same(x, y)) {
    return;
  }
  quotients_.members(x, one_);
  quotients_.members(y, other_);
  quotients_.join(x, y);
  for (const Index u : one_) {
    for (const Index v : other_) {
      equality_of(u, v);
    }
  }
}

/// L(c,a) = R(d,b): ab = cd.
void ProductClosure::products_of(Index l, Index r) {
  const Index p = symbols_;
  const Index c = l / p, a = l % p, d = r / p - p, b = r % p;
  if (!products_.same(a * p + b, c * p + d)) {
    pending_.push_back({true, a * p + b, c * p + d});
  }
}

/// What u = v says of two quotients, each of either kind.
void ProductClosure::equality_of(Index u, Index v) {
  const Index p = symbols_;
  const bool u_left = u < p * p, v_left = v < p * p;
  if (u_left != v_left) {
    products_of(u_left ? u : v, u_left ? v : u);
  } else if (deduction_ == Deduction::chain) {
    return;
  } else if (u_left) {  // L(f,d) = L(e,b): R(d,b) = R(f,e)
    const Index f = u / p, d = u % p, e = v / p, b = v % p;
    equate_quotients(right(d, b), right(f, e));
    equate_quotients(right(b, d), right(e, f));
  } else {  // R(d,b) = R(f,e): L(f,d) = L(e,b)
    const Index d = u / p - p, b = u % p, f = v / p - p, e = v % p;
    equate_quotients(left(f, d), left(e, b));
    equate_quotients(left(d, f), left(b, e));
  }
}

ProductClosure product_closure(Index symbols, const OutputClasses& classes, Deduction deduction) {
  ProductClosure closure(symbols, deduction);
  for (Index c = 0; c < classes.count(); ++c) {
    const auto samples = classes[c];
    for (std::size_t k = 1; k < samples.size(); ++k) {
      closure.add({samples[0], samples[k]});
    }
  }
  return closure;
}

ProductStructure analyse_products(const Task& task, std::span<const Sample> train,
                                  Deduction deduction) {
  require_combination("analyse_products", task, Combination::matrix_product);
  const OutputClasses all = group_by_output(task);
  const OutputClasses classes = group_by_output(task, train);
  const ProductClosure closure = product_closure(task.symbols(), classes, deduction);
  ProductStructure result;
  result.train = std::ssize(train);
  result.samples = task.sample_count();
  result.parallelograms = count_parallelograms(classes);
  result.parallelograms_all = count_parallelograms(all);
  result.implied_parallelograms = closure.implied();
  result.complete = result.implied_parallelograms == result.parallelograms_all;
  result.ideal_rqi = static_cast<double>(result.implied_parallelograms) /
                     static_cast<double>(result.parallelograms_all);
  std::int64_t reached = 0;
  for (Index c = 0; c < all.count(); ++c) {
    const auto known = classes[c];  // one class of products: D joins them
    reached += known.empty() ? 0 : std::count_if(all[c].begin(), all[c].end(), [&](Sample s) {
      return closure.implies({s, known[0]});
    });
  }
  result.ideal_accuracy = static_cast<double>(reached) / static_cast<double>(result.samples);
  return result;
}

std::vector<Parallelogram> implied_products(const Task& task, std::span<const Sample> train,
                                            Deduction deduction) {
  require_combination("implied_products", task, Combination::matrix_product);
  const ProductClosure closure =
      product_closure(task.symbols(), group_by_output(task, train), deduction);
  std::vector<Parallelogram> list = list_parallelograms(group_by_output(task));
  std::erase_if(list, [&](const Parallelogram& q) { return !closure.implies(q); });
  return list;
}

}  // namespace grok
