#include "compare/toy/planar.hpp"

#include <algorithm>
#include <cmath>

#include "core/errors.hpp"
#include "tests/compare/toy/planar_networks.hpp"
#include "tests/support/catch.hpp"

using namespace grok;

TEST_CASE("planar: settings are runs that differ in seeds; means and counts", "[compare]") {
  PlanarExample example;
  example.set(3, 1.0, 1, 1);
  example.set(4, 0.96, 1, 0.85);
  example.set(5, 0.2, 0.8, 0.95);
  example.embeddings[9] = polygon(steps_of(5, 2));
  example.set(9, 0, 1, 0.9);
  example.embeddings[10] = 3 * polygon(steps_of(5, 1));
  example.set(11, 0.1, 1, 0.2);
  const toy::PlanarData data = example.data();
  REQUIRE(data.settings.size() == 4);
  const toy::PlanarSetting& addition = data.settings[1];
  CHECK(addition.spec.train == 12);
  CHECK(addition.runs.size() == 3);
  CHECK_FALSE(addition.published);
  CHECK(addition.rqi.value == Approx(0.72));
  CHECK(addition.train.value == Approx(2.8 / 3));
  CHECK(std::isnan(addition.in_order.value));
  CHECK(addition.structured == 2);
  CHECK(addition.generalised == 2);
  CHECK(addition.both == 1);
  CHECK(addition.memorised == 1);
  const toy::PlanarSetting& modular = data.settings[3];
  CHECK(modular.structured == 2);
  CHECK(modular.generalised == 1);
  CHECK(modular.both == 1);
  const Ring before = find_ring(draw_initial_state(example.specs[9]).embeddings);
  CHECK(modular.runs[0].ring_before->in_order == before.in_order);
  CHECK(modular.runs[0].ring_before->radius_spread == before.radius_spread);
  CHECK(data.settings[0].published);
  CHECK(data.settings[2].published);
  CHECK_FALSE(addition.runs[0].ring);
  CHECK(data.rqi_rank.count == 3);  // within one setting
  CHECK(data.ring_rank.count == 3);
}

TEST_CASE("planar: which networks are drawn", "[compare]") {
  PlanarExample example;
  example.set(0, 0.3, 1, 0.2);
  example.set(1, 0.2, 1, 0.2);
  example.set(2, 0.0, 0.5, 0);  // has not learnt its training set
  example.set(3, 0.9, 1, 0.6);
  example.set(4, 0.9, 1, 0.7);
  example.set(5, 0.8, 1, 1.0);
  example.set(6, 0.9, 1, 0.3);
  example.set(7, 0.0, 1, 0.1);
  example.set(8, 0.0, 1, 0.1);  // equal to the one before: the smaller seed
  example.set(9, 0.0, 1, 0.9);
  example.set(10, 0.0, 1, 0.9);
  example.embeddings[10] = polygon(steps_of(5, 2));
  example.set(11, 1.0, 1, 0.8);
  CHECK(example.data().chosen == std::array<std::size_t, 4>{1, 1, 1, 1});
  example.set(0, 0.3, 0.5, 0.2);  // nobody has learnt it
  example.set(1, 0.2, 0.5, 0.2);
  CHECK(example.data().chosen[0] == 2);
  example.records[2].state = "diverged";
  const toy::PlanarData data = example.data();
  CHECK(data.settings[0].runs.size() == 2);
  CHECK(data.settings[0].diverged == 1);
  CHECK(data.chosen[0] == 1);
  example.records[0].state = example.records[1].state = "diverged";
  CHECK_THROWS_AS(example.data(), ConvergenceError);
}

TEST_CASE("planar: other studies are refused", "[compare]") {
  PlanarExample example;
  CHECK_THROWS_WITH(
      toy::collect_planar(std::span(example.specs).first(9), std::span(example.records).first(9),
                          std::span(example.embeddings).first(9)),
      "collect_planar: settings = 3, allowed 4 or 6");
  CHECK_THROWS_AS(
      toy::collect_planar(example.specs, std::span(example.records).first(9), example.embeddings),
      InputError);
  CHECK_THROWS_AS(
      toy::collect_planar(example.specs, example.records, std::span(example.embeddings).first(9)),
      InputError);
  std::rotate(example.specs.begin(), example.specs.begin() + 3, example.specs.end());
  CHECK_THROWS_WITH(example.data(), ContainsSubstring("task of setting 2 = modular-addition"));
  example.specs = PlanarExample().specs;
  for (std::int64_t steps = 1; steps < 4; ++steps) {
    example.specs[3 + static_cast<std::size_t>(steps)].steps = steps;  // of addition
  }
  CHECK_THROWS_WITH(example.data(), ContainsSubstring("task of setting 3 = addition"));
  example.specs = PlanarExample().specs;
  for (std::size_t k = 0; k < 12; ++k) {
    example.specs[k].task =
        k % 6 == 2 || k % 6 == 3 || k % 6 == 5 ? "modular-addition" : "addition";
    example.specs[k].steps = static_cast<std::int64_t>(k);
    example.embeddings[k] = polygon(steps_of(5, 1));
  }
  CHECK_THROWS_AS(example.data(), InputError);  // more than six
  example = PlanarExample();
  example.records[0].validation_accuracy.reset();
  CHECK_THROWS_WITH(example.data(), ContainsSubstring("less than all of D0"));
}

TEST_CASE("planar: what is joined, and the order of the answers", "[compare]") {
  toy::PlanarData data = with_networks(PlanarExample().data(), 12);
  CHECK(data.ring.step == find_ring(data.panels[3].network.embeddings).step);
  for (std::size_t k = 0; k < 4; ++k) {
    const auto& [network, plane, pairs] = data.panels[k];
    CHECK(plane.answers == toy::decode_plane(data.shown(k).spec, network, 12).answers);
    CHECK(pairs.size() == 15);
  }
  data.marked = Parallelogram{{0, 3}, {1, 2}};
  data.ring.step = 2;
  CHECK(joined_pairs(data, 0) == std::vector<Sample>{{0, 3}, {1, 2}});
  CHECK(joined_pairs(data, 3) == std::vector<Sample>{{0, 2}, {2, 4}, {4, 1}, {1, 3}, {3, 0}});
  data.marked.reset();
  CHECK(joined_pairs(data, 1).empty());
  const Task modular = task_of(data.shown(3).spec);
  const auto order = toy::answers_in_order(modular, data.ring);
  CHECK(order == std::vector<Index>{0, 2, 4, 1, 3});
  data.ring.step = 5;  // no generator
  CHECK(toy::answers_in_order(modular, data.ring) == std::vector<Index>{0, 1, 2, 3, 4});
  CHECK(toy::answers_in_order(task_of(data.shown(0).spec), {2, 5, 0}).at(1) == 1);
  const toy::Plane plane{0, 1, 2, 2, {3, 0, 2, 1}};
  CHECK(toy::places_of(plane, order) == std::vector<std::vector<double>>{{4, 0}, {1, 3}});
  CHECK(to_csv(toy::plane_table(plane)) == "y,1,3\n2,3,0\n4,2,1\n");
}
