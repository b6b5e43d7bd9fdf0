#include "theory/null_basis.hpp"

#include <Eigen/QR>
#include <cstdlib>
#include <numeric>
#include <utility>

namespace grok {
namespace {

using Column = std::vector<std::int64_t>;
using Residues = std::vector<std::uint64_t>;

constexpr std::int64_t largest_part = 32'767;  // 2 * largest_part^2 < prime: the fraction is unique
constexpr std::int64_t largest_entry = std::int64_t{1} << 31;  // sums of four are exact

struct Fraction {
  std::int64_t above = 0;
  std::int64_t below = 1;  // > 0
};

// The fraction a/b = value (mod prime) with |a|, b <= largest_part (Wang 1981: Euclid's algorithm
// stopped half way).
std::optional<Fraction> lifted(std::uint64_t value, std::uint64_t prime) {
  std::int64_t r0 = static_cast<std::int64_t>(prime);
  std::int64_t r1 = static_cast<std::int64_t>(value);
  std::int64_t s0 = 0;
  std::int64_t s1 = 1;
  while (r1 > largest_part) {
    const std::int64_t quotient = r0 / r1;
    r0 = std::exchange(r1, r0 - quotient * r1);
    s0 = std::exchange(s1, s0 - quotient * s1);
  }
  if (std::abs(s1) > largest_part) {
    return std::nullopt;
  }
  return s1 < 0 ? Fraction{-r1, -s1} : Fraction{r1, s1};
}

// The null vectors as rows, each 1 at a symbol of its own where the others are 0.
std::vector<Residues> echelon_form(const NullSpace& space) {
  const std::uint64_t prime = space.prime();
  const Modular field(static_cast<std::uint32_t>(prime));
  std::vector<Residues> rows(static_cast<std::size_t>(space.nullity()));
  for (Index s = 0; s < space.symbols(); ++s) {
    const auto values = space.at(static_cast<std::int32_t>(s));
    for (std::size_t k = 0; k < rows.size(); ++k) {
      rows[k].push_back(values[k]);
    }
  }
  std::size_t done = 0;
  for (std::size_t s = 0; done < rows.size(); ++s) {  // the rows are independent: s < p
    std::size_t pivot = done;
    while (pivot < rows.size() && rows[pivot][s] == 0) {
      ++pivot;
    }
    if (pivot == rows.size()) {
      continue;
    }
    std::swap(rows[pivot], rows[done]);
    const std::uint64_t scale = field.inverse(rows[done][s]);
    for (std::uint64_t& value : rows[done]) {
      value = value * scale % prime;
    }
    for (std::size_t k = 0; k < rows.size(); ++k) {
      const std::uint64_t factor = k == done ? 0 : prime - rows[k][s];
      for (std::size_t t = s; factor != 0 && factor != prime && t < rows[k].size(); ++t) {
        rows[k][t] = (rows[k][t] + factor * rows[done][t]) % prime;
      }
    }
    ++done;
  }
  return rows;
}

// Multiplied by the common denominator.
std::optional<Column> integers(const Residues& residues, std::uint64_t prime) {
  std::vector<Fraction> fractions;
  std::int64_t common = 1;
  for (const std::uint64_t value : residues) {
    const auto fraction = lifted(value, prime);
    if (!fraction) {
      return std::nullopt;
    }
    common = std::lcm(common, fraction->below);
    if (common > largest_entry) {
      return std::nullopt;
    }
    fractions.push_back(*fraction);
  }
  Column column;
  for (const Fraction& fraction : fractions) {
    column.push_back(fraction.above * (common / fraction.below));
  }
  return column;
}

// Whether every parallelogram of the classes holds: |entries| < 2^46, so the sums are exact.
bool holds(const Column& E, const OutputClasses& classes) {
  const auto sum = [&](Sample s) {
    return E[static_cast<std::size_t>(s.i)] + E[static_cast<std::size_t>(s.j)];
  };
  for (Index c = 0; c < classes.count(); ++c) {
    const auto samples = classes[c];
    for (const Sample s : samples) {
      if (sum(s) != sum(samples.front())) {
        return false;
      }
    }
  }
  return true;
}

Eigen::MatrixXd orthonormal(const std::vector<Column>& columns, Index symbols) {
  Eigen::MatrixXd basis(symbols, std::ssize(columns));
  for (Index k = 0; k < basis.cols(); ++k) {
    for (Index s = 0; s < symbols; ++s) {
      basis(s, k) =
          static_cast<double>(columns[static_cast<std::size_t>(k)][static_cast<std::size_t>(s)]);
    }
    basis.col(k).normalize();
  }
  const Eigen::HouseholderQR<Eigen::MatrixXd> qr(basis);
  return qr.householderQ() * Eigen::MatrixXd::Identity(symbols, basis.cols());
}

}  // namespace

std::optional<std::vector<Column>> integer_null_basis(const NullSpace& space,
                                                      const OutputClasses& classes) {
  std::vector<Column> columns;
  for (const Residues& residues : echelon_form(space)) {
    auto column = integers(residues, space.prime());
    if (!column || !holds(*column, classes)) {
      return std::nullopt;
    }
    columns.push_back(std::move(*column));
  }
  return columns;
}

std::optional<Eigen::MatrixXd> null_basis(const Task& task, const OutputClasses& classes) {
  require_combination("null_basis", task, Combination::sum);
  const Index p = task.symbols();
  if (task.name() == "table") {
    const auto columns = integer_null_basis(null_space(p, classes), classes);
    return columns ? std::optional(orthonormal(*columns, p)) : std::nullopt;
  }
  std::vector<Column> columns(1, Column(static_cast<std::size_t>(p), 1));
  if (task.name() == "addition") {
    columns.emplace_back(static_cast<std::size_t>(p));
    std::iota(columns.back().begin(), columns.back().end(), 0);
  }
  return orthonormal(columns, p);
}

}  // namespace grok
