// tests/support/echo_model.hpp: a kind of network whose runs start from what a walk left: its
// artefact "end".
#pragma once

#include "tests/support/walk_model.hpp"

namespace grok::echo {

struct Spec {
  std::int64_t seed = 0, steps = 1;
};
template <class S, class V>
requires std::is_same_v<std::remove_const_t<S>, Spec>
void for_each_field(S& s, V&& visit) {
  visit("seed", s.seed, Range<std::int64_t>{0, 1'000'000}, "of the walk", Mark{Role::seed});
  visit("steps", s.steps, Range<std::int64_t>{1, 10}, "budget", Mark{Role::budget});
}

struct Record {
  std::int64_t heard = 0, steps_done = 1;
  std::string state = "done", engine = "cpu";
  double seconds = 0;
};
template <class R, class V>
requires std::is_same_v<std::remove_const_t<R>, Record>
void for_each_result(R& r, V&& visit) {
  visit("heard", r.heard, "where the walk ended");
  visit("steps_done", r.steps_done, "made", Mark{Role::steps});
  visit("state", r.state, "done", Mark{Role::state});
  visit("engine", r.engine, "cpu", Mark{Role::engine});
  visit("seconds", r.seconds, "wall time", Mark{Role::wall_time});
}

inline Run walk_of(const Spec& spec) {
  const Run run = walk::model().with(walk::model().usual(), "seed", spec.seed);
  return resolved(walk::model().with(run, "steps", std::int64_t{150}), "echo");
}

class EchoModel final : public ModelOf<Spec, Record> {
 public:
  std::string_view name() const override { return "echo"; }
  Cost cost(const Run&) const override { return {.flops = 1, .parameters = 1, .bytes = 8}; }
  std::vector<Need> needs(const Run& run) const override {
    return {{walk_of(run.as<Spec>()), "end"}};
  }

 protected:
  Spec checked(Spec spec, const Given&, const PlaceOfKey& place) const override {
    check_fields(spec, place);
    return spec;
  }
  Trained<Record> train_one(const Spec& spec, const OneRun& one) const override {
    const auto end = one.found(walk_of(spec), "end");
    if (!end) {
      throw Error("echo: nothing to hear");
    }
    return {.record = {.heard = std::stoll(end->bytes)}};
  }
};

inline const Model& model() {
  static const EchoModel echo;
  return echo;
}

inline std::vector<Run> runs(std::int64_t count) {
  std::vector<Run> found;
  for (std::int64_t seed = 0; seed < count; ++seed) {
    found.push_back(resolved(model().with(model().usual(), "seed", seed), "echo"));
  }
  return found;
}

}  // namespace grok::echo
