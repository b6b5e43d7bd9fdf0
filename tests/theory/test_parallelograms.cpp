#include "theory/parallelograms.hpp"

#include <map>

#include "tests/support/catch.hpp"
#include "tests/theory/brute_force.hpp"

using namespace grok;

namespace {

std::vector<Parallelogram> sorted(std::vector<Parallelogram> list) {
  std::sort(list.begin(), list.end());
  return list;
}

}  // namespace

TEST_CASE("|P0| of addition: published numbers, closed form, listing", "[theory][parallelograms]") {
  const std::map<Index, std::int64_t> published = {{3, 1},    {4, 3},   {5, 7},   {6, 13},
                                                   {8, 34},   {10, 70}, {11, 95}, {12, 125},
                                                   {15, 252}, {20, 615}};
  for (Index p = 3; p <= 20; ++p) {
    const Task task = Task::addition(p);
    const auto classes = group_by_output(task);
    std::int64_t closed_form = 0;
    for (Index s = 0; s <= 2 * p - 2; ++s) {
      const Index c = std::min(s, 2 * p - 2 - s) / 2 + 1;
      closed_form += c * (c - 1) / 2;
    }
    CHECK(count_parallelograms(classes) == closed_form);
    CHECK(sorted(list_parallelograms(classes)) ==
          sorted(brute_force::parallelograms(task, task.samples())));
    if (published.contains(p)) {
      CHECK(closed_form == published.at(p));
    }
  }
}

TEST_CASE("P0 is the set of quadruples i < j <= m < n with i+n = j+m", "[theory][parallelograms]") {
  const std::int32_t p = 10;
  std::vector<Parallelogram> quadruples;
  for (std::int32_t i = 0; i < p; ++i) {
    for (std::int32_t j = i + 1; j < p; ++j) {
      for (std::int32_t m = j; m < p; ++m) {
        if (const std::int32_t n = j + m - i; m < n && n < p) {
          quadruples.push_back({{i, n}, {j, m}});
        }
      }
    }
  }
  CHECK(quadruples.size() == 70);
  CHECK(sorted(list_parallelograms(group_by_output(Task::addition(p)))) == sorted(quadruples));
}

TEST_CASE("P0(D) of random D and other rules", "[theory][parallelograms]") {
  const Task task =
      GENERATE(Task::addition(10), Task::modular_addition(9),
               brute_force::random_table(6, 4, false, 3), brute_force::random_table(8, 6, true, 4));
  std::int64_t seen = 0;
  for (Index n = 1; n <= task.sample_count(); n += 3) {
    const auto D = draw_training_set(task, n, static_cast<std::uint64_t>(n));
    const auto classes = group_by_output(task, D);
    const auto expected = brute_force::parallelograms(task, D);
    CHECK(count_parallelograms(classes) == std::ssize(expected));
    CHECK(sorted(list_parallelograms(classes)) == sorted(expected));
    seen += std::ssize(expected);
  }
  CHECK(seen > 100);
}

TEST_CASE("classes: a partition by output, each in the order of D0", "[theory][parallelograms]") {
  const Task task = Task::addition(10);
  auto D = draw_training_set(task, 40, 2);
  const auto classes = group_by_output(task, D);
  REQUIRE(classes.count() == task.outputs());
  Index total = 0;
  for (Index c = 0; c < classes.count(); ++c) {
    const auto samples = classes[c];
    total += std::ssize(samples);
    CHECK(std::is_sorted(samples.begin(), samples.end()));
    for (const Sample s : samples) {
      CHECK(task.output(s) == c);
    }
  }
  CHECK(total == 40);
  std::reverse(D.begin(), D.end());  // the order in which samples are given does not matter
  const auto again = group_by_output(task, D);
  CHECK(again.samples == classes.samples);
  CHECK(again.offsets == classes.offsets);
}
