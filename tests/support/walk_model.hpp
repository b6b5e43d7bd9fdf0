// tests/support/walk_model.hpp: a kind of network that nobody outside this file knows: a biased
// random walk that "learns" when it first comes to `target` and "generalises" at twice that.
#pragma once

#include <optional>
#include <string>

#include "core/random.hpp"
#include "nets/checkpoint.hpp"
#include "nets/model_of.hpp"
#include "nets/phase.hpp"

namespace grok::walk {

struct Spec {
  double bias = 0.1;
  std::int64_t target = 20, seed = 0, steps = 1000;
};
template <class S, class V>
requires std::is_same_v<std::remove_const_t<S>, Spec>
void for_each_field(S& s, V&& visit) {
  visit("bias", s.bias, Range<double>{-0.5, 0.5}, "to the right, above one half");
  visit("target", s.target, Range<std::int64_t>{1, 1000}, "where it has learnt");
  visit("seed", s.seed, Range<std::int64_t>{0, 1'000'000}, "of the walk", Mark{Role::seed});
  visit("steps", s.steps, Range<std::int64_t>{1, 1'000'000}, "budget", Mark{Role::budget});
}

struct Record {
  std::optional<std::int64_t> steps_to_train, steps_to_validation;
  std::int64_t steps_done = 0;
  std::optional<std::string> phase;
  double accuracy = 0;
  std::string state = "done", engine = "cpu";
  double seconds = 0;
};
template <class R, class V>
requires std::is_same_v<std::remove_const_t<R>, Record>
void for_each_result(R& r, V&& visit) {
  visit("steps_to_train", r.steps_to_train, "to the target", Mark{Role::reached});
  visit("steps_to_validation", r.steps_to_validation, "to twice that", Mark{Role::reached});
  visit("steps_done", r.steps_done, "made", Mark{Role::steps});
  visit("phase", r.phase, "Table 1", Mark{Role::phase});
  visit("accuracy", r.accuracy, "how far it came", Mark{Role::accuracy});
  visit("state", r.state, "done", Mark{Role::state});
  visit("engine", r.engine, "cpu", Mark{Role::engine});
  visit("seconds", r.seconds, "wall time", Mark{Role::wall_time});
}

class WalkModel final : public ModelOf<Spec, Record> {
 public:
  std::string_view name() const override { return "walk"; }
  Cost cost(const Run&) const override { return {.flops = 2, .parameters = 1, .bytes = 8}; }
  Curve curve_shape(const Run&) const override { return {{"step", "place"}, 2, {}}; }
  std::vector<std::string> artefacts() const override { return {"end"}; }

 protected:
  Spec checked(Spec spec, const Given&, const PlaceOfKey& place) const override {
    check_fields(spec, place);
    return spec;
  }
  Trained<Record> train_one(const Spec& spec, const OneRun& one) const override {
    Checkpoints checkpoints(one);
    RandomStream random(static_cast<std::uint64_t>(spec.seed), "walk");
    Trained<Record> trained{{}, curve_shape(one.run), {}};
    std::int64_t place = 0;
    Record& record = trained.record;
    for (std::int64_t t = go_on(checkpoints, random, place, trained);; ++t) {
      if (one.stride > 0 && t % one.stride == 0 &&
          (trained.curve.numbers.empty() || static_cast<double>(t) > last(trained))) {
        trained.curve.numbers.insert(trained.curve.numbers.end(),
                                     {static_cast<double>(t), static_cast<double>(place)});
      }
      record.steps_to_train =
          record.steps_to_train || place < spec.target ? record.steps_to_train : t;
      if (!record.steps_to_validation && place >= 2 * spec.target) {
        record.steps_to_validation = t;
      }
      record.steps_done = t;
      if (t == spec.steps || record.steps_to_validation) {
        break;
      }
      checkpoints.at(t, [&] { return state_of(random, place, trained); });
      place += random.uniform(0, 1) < 0.5 + spec.bias ? 1 : -1;
    }
    record.accuracy = std::min(1.0, static_cast<double>(std::max<std::int64_t>(0, place)) /
                                        static_cast<double>(2 * spec.target));
    record.phase = phase_of({.steps_to_train = record.steps_to_train,
                             .steps_to_validation = record.steps_to_validation,
                             .grokking_gap = 100});
    if (one.keeps("end")) {
      trained.artefacts.push_back({"end", record.steps_done, std::to_string(place)});
    }
    return trained;
  }

 private:
  static double last(const Trained<Record>& t) {
    return t.curve.numbers[t.curve.numbers.size() - 2];
  }
  static std::string state_of(const RandomStream& random, std::int64_t place,
                              const Trained<Record>& trained) {
    StateWriter writer;
    writer.put(random.state());
    writer.put(place);
    writer.put(trained.record.steps_to_train.value_or(-1));
    writer.put(trained.curve.numbers.data(), trained.curve.numbers.size());
    return writer.take();
  }
  static std::int64_t go_on(Checkpoints& checkpoints, RandomStream& random, std::int64_t& place,
                            Trained<Record>& trained) {
    const auto found = checkpoints.found();
    if (!found) {
      return 0;
    }
    StateReader reader(found->bytes);
    std::string state;
    std::int64_t learnt = 0;
    reader.get(state);
    reader.get(place);
    reader.get(learnt);
    reader.get(trained.curve.numbers);
    random.restore(state);
    if (learnt >= 0) {
      trained.record.steps_to_train = learnt;
    }
    return found->step;
  }
};

inline const Model& model() {
  static const WalkModel walk;
  return walk;
}
/// Those of the package, and this one.
inline const Models& all_models() {
  static const Models all = [] {
    Models list = models();
    list.push_back(&model());
    return list;
  }();
  return all;
}

}  // namespace grok::walk
