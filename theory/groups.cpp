#include "theory/groups.hpp"

#include <algorithm>
#include <numeric>

#include "core/errors.hpp"

namespace grok {

std::int64_t factorial(std::int64_t n) {
  require_in_range("factorial", "n", n, std::int64_t{0}, std::int64_t{20});
  std::int64_t product = 1;
  for (std::int64_t k = 2; k <= n; ++k) {
    product *= k;
  }
  return product;
}

std::vector<std::int32_t> permutations_of(std::int64_t n) {
  require_in_range("permutations", "n", n, std::int64_t{2}, max_permuted);
  std::vector<std::int32_t> images(static_cast<std::size_t>(n));
  std::iota(images.begin(), images.end(), 0);
  std::vector<std::int32_t> all;
  all.reserve(static_cast<std::size_t>(factorial(n) * n));
  do {
    all.insert(all.end(), images.begin(), images.end());
  } while (std::next_permutation(images.begin(), images.end()));
  return all;
}

std::vector<std::string> permutation_names(std::int64_t n) {
  std::vector<std::string> names;
  for (const std::int32_t image : permutations_of(n)) {
    if (names.empty() || std::ssize(names.back()) == n) {
      names.emplace_back();
    }
    names.back() += std::to_string(image);
  }
  return names;
}

std::vector<bool> even_permutations(std::int64_t n) {
  std::vector<bool> even;
  for (const std::string& name : permutation_names(n)) {
    std::int64_t inversions = 0;
    for (std::size_t k = 1; k < name.size(); ++k) {
      inversions += std::count_if(name.begin(), name.begin() + static_cast<std::ptrdiff_t>(k),
                                  [&](char before) { return before > name[k]; });
    }
    even.push_back(inversions % 2 == 0);
  }
  return even;
}

std::vector<std::int32_t> permutation_products(std::int64_t n) {
  const auto all = permutations_of(n);
  const auto degree = static_cast<std::size_t>(n);
  const std::size_t count = all.size() / degree;
  std::vector<std::int32_t> products;
  products.reserve(count * count);
  for (std::size_t a = 0; a < count; ++a) {
    for (std::size_t b = 0; b < count; ++b) {
      std::int32_t number = 0;  // Lehmer: per place, how many later images are smaller
      for (std::size_t i = 0; i < degree; ++i) {
        const auto image = [&](std::size_t k) {
          return all[b * degree + static_cast<std::size_t>(all[a * degree + k])];
        };
        number *= static_cast<std::int32_t>(degree - i);
        for (std::size_t later = i + 1; later < degree; ++later) {
          number += image(later) < image(i) ? 1 : 0;
        }
      }
      products.push_back(number);
    }
  }
  return products;
}

std::int64_t abelian_sum(std::span<const std::int64_t> orders, std::int64_t x, std::int64_t y) {
  std::int64_t sum = 0;
  std::int64_t place = 1;
  for (auto order = orders.rbegin(); order != orders.rend(); ++order) {
    sum += place * ((x % *order + y % *order) % *order);
    place *= *order;
    x /= *order;
    y /= *order;
  }
  return sum;
}

}  // namespace grok
