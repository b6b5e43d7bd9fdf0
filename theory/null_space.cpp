#include "theory/null_space.hpp"

#include <fmt/format.h>

#include <utility>

#include "core/errors.hpp"
#include "theory/elimination.hpp"

namespace grok {
namespace {

std::uint32_t checked_prime(std::uint64_t prime) {
  if (prime != NullSpace::default_prime && prime != NullSpace::second_prime) {
    reject("NullSpace", "prime", fmt::format("{}", prime),
           fmt::format("{}, {}", NullSpace::default_prime, NullSpace::second_prime));
  }
  return static_cast<std::uint32_t>(prime);
}

}  // namespace

NullSpace::NullSpace(Index symbols, std::uint64_t prime)
    : symbols_(symbols), field_(checked_prime(prime)), nullity_(symbols), stride_(symbols) {
  require_in_range("NullSpace", "symbols", symbols, Index{1}, max_identity);
  const auto p = static_cast<std::size_t>(symbols);
  basis_.assign(p * p, 0);
  for (std::size_t k = 0; k < p; ++k) {
    basis_[k * p + k] = 1;
  }
}

NullSpace::NullSpace(Index symbols, Index nullity, std::vector<std::uint32_t> basis,
                     std::uint64_t prime)
    : symbols_(symbols),
      field_(checked_prime(prime)),
      nullity_(nullity),
      stride_(nullity),
      basis_(std::move(basis)) {
  require_in_range("NullSpace", "basis", std::ssize(basis_), symbols * nullity, symbols * nullity);
}

// The basis vectors are columns, so the four entries of a row are four contiguous runs.
std::span<const std::uint32_t> NullSpace::at(std::int32_t symbol) const {
  return std::span(basis_).subspan(
      static_cast<std::size_t>(symbol) * static_cast<std::size_t>(stride_),
      static_cast<std::size_t>(nullity_));
}

bool NullSpace::implies(const Parallelogram& p) const {
  const std::uint32_t* i = at(p.first.i).data();
  const std::uint32_t* j = at(p.first.j).data();
  const std::uint32_t* m = at(p.second.i).data();
  const std::uint32_t* n = at(p.second.j).data();
  for (Index k = 0; k < nullity_; ++k) {
    if (field_.sum(i[k], j[k]) != field_.sum(m[k], n[k])) {
      return false;
    }
  }
  return true;
}

bool NullSpace::add(const Parallelogram& p) {
  if (implies(p)) {
    return false;
  }
  const std::uint32_t* i = at(p.first.i).data();
  const std::uint32_t* j = at(p.first.j).data();
  const std::uint32_t* m = at(p.second.i).data();
  const std::uint32_t* n = at(p.second.j).data();
  defect_.resize(static_cast<std::size_t>(nullity_));
  Index pivot = 0;
  for (Index k = 0; k < nullity_; ++k) {
    const std::uint32_t left = field_.sum(i[k], j[k]);
    const std::uint32_t right = field_.sum(m[k], n[k]);
    defect_[static_cast<std::size_t>(k)] = field_.difference(left, right);
    pivot = left == right ? pivot : k;
  }
  eliminate(pivot);
  return true;
}

// The products carry a factor 2^-32, the same for all: what is zero stays so, and so do ratios.
bool NullSpace::add(std::span<const std::uint32_t> row) {
  require_in_range("NullSpace", "row", std::ssize(row), symbols_, symbols_);
  const auto width = static_cast<std::size_t>(nullity_);
  defect_.assign(width, 0);
  for (Index s = 0; s < symbols_; ++s) {
    const std::uint32_t x = row[static_cast<std::size_t>(s)];
    const std::uint32_t* run = at(static_cast<std::int32_t>(s)).data();
    for (std::size_t k = 0; x != 0 && k < width; ++k) {
      defect_[k] = field_.sum(defect_[k], field_.montgomery(x, run[k]));
    }
  }
  for (std::size_t k = width; k-- > 0;) {
    if (defect_[k] != 0) {
      eliminate(static_cast<Index>(k));
      return true;
    }
  }
  return false;
}

// The row leaves what is orthogonal to it: v_k - (d_k / d_b) v_b for all k but the pivot b. The
// last vector takes the place of the pivot.
void NullSpace::eliminate(Index pivot) {
  const std::uint64_t prime = field_.prime();
  const std::uint64_t scale = field_.inverse(defect_[static_cast<std::size_t>(pivot)]);
  for (auto& d : defect_) {  // becomes -d_k / d_b, times 2^32 for Montgomery products
    const std::uint64_t factor = prime - std::uint64_t{d} * scale % prime;
    d = static_cast<std::uint32_t>((factor << 32) % prime);
  }
  --nullity_;
  defect_[static_cast<std::size_t>(pivot)] = defect_[static_cast<std::size_t>(nullity_)];
  const std::uint32_t* factor = defect_.data();
  for (Index s = 0; s < symbols_; ++s) {
    std::uint32_t* run = basis_.data() + s * stride_;
    const std::uint32_t x = run[pivot];
    run[pivot] = run[nullity_];
    if (x == 0) {
      continue;
    }
    for (Index k = 0; k < nullity_; ++k) {
      run[k] = field_.sum(run[k], field_.montgomery(factor[k], x));
    }
  }
}

std::vector<std::uint64_t> NullSpace::fingerprint() const {
  std::vector<std::uint64_t> weights(static_cast<std::size_t>(nullity_));
  std::uint64_t weight = 1;
  for (auto& w : weights) {
    weight = weight * 48'271 % prime();  // any numbers without small relations will do
    w = weight;
  }
  std::vector<std::uint64_t> prints(static_cast<std::size_t>(symbols_));
  for (Index s = 0; s < symbols_; ++s) {
    const auto run = at(static_cast<std::int32_t>(s));
    std::uint64_t print = 0;
    for (std::size_t k = 0; k < run.size(); ++k) {
      print = (print + weights[k] * run[k]) % prime();
    }
    prints[static_cast<std::size_t>(s)] = print;
  }
  return prints;
}

NullSpace null_space(Index symbols, const OutputClasses& classes, std::uint64_t prime) {
  Elimination elimination(symbols, classes, checked_prime(prime));
  const Index nullity = elimination.nullity(0);
  return {symbols, nullity, elimination.basis(), prime};
}

Index exact_nullity(Index symbols, const OutputClasses& classes, Index at_least,
                    std::uint64_t prime) {
  return Elimination(symbols, classes, checked_prime(prime)).nullity(at_least);
}

GrowingStructure::GrowingStructure(const Task& task)
    : task_(task),
      space_(task.symbols()),
      first_(static_cast<std::size_t>(task.outputs()), Sample{-1, -1}) {
  require_combination("GrowingStructure", task, Combination::sum);
}

GrowingStructure::GrowingStructure(const Task& task, std::span<const Sample> front)
    : task_(task),
      space_(null_space(task.symbols(), group_by_output(task, front))),
      first_(static_cast<std::size_t>(task.outputs()), Sample{-1, -1}) {
  require_combination("GrowingStructure", task, Combination::sum);
  for (const Sample s : front) {
    first_[static_cast<std::size_t>(task.output(s))] = s;  // any one of the class will do
  }
}

void GrowingStructure::add(Sample s) {
  Sample& first = first_[static_cast<std::size_t>(task_.output(s))];
  if (first.i < 0) {
    first = s;
  } else {
    space_.add({first, s});
  }
}

}  // namespace grok
