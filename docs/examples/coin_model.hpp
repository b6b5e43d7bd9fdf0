// A kind of network of one's own: one weight that learns the bias of a coin,
//   w <- w + rate (toss - w),   toss = 1 with probability `bias`, else 0
// until |w - bias| <= tolerance. All that the program has to know of it stands here.
#pragma once

#include <cmath>

#include "core/random.hpp"
#include "nets/checkpoint.hpp"
#include "nets/model_of.hpp"

namespace coin {

using grok::Mark, grok::Range, grok::Role;

struct Spec {
  double bias = 0.7, rate = 0.01, tolerance = 0.02;
  std::int64_t seed = 0, steps = 10'000;
};
template <class S, class Visitor>
void for_each_field(S& s, Visitor&& visit) {
  using I = std::int64_t;
  visit("bias", s.bias, Range<double>{0, 1}, "probability of a 1");
  visit("rate", s.rate, Range<double>{0, 1}, "learning rate [1/step]");
  visit("tolerance", s.tolerance, Range<double>{0, 1}, "error that is close: <=");
  visit("seed", s.seed, Range<I>{0, 1'000'000'000}, "of the tosses", Mark{Role::seed});
  visit("steps", s.steps, Range<I>{0, 100'000'000}, "budget of steps", Mark{Role::budget});
}

struct Record {
  std::optional<std::int64_t> steps_to_close;
  std::int64_t steps_done = 0;
  std::optional<std::string> phase;
  std::string state = "done", engine = "cpu";
};
template <class R, class Visitor>
void for_each_result(R& r, Visitor&& visit) {
  visit("steps_to_close", r.steps_to_close, "to the tolerance", Mark{Role::reached});
  visit("steps_done", r.steps_done, "steps made", Mark{Role::steps});
  visit("phase", r.phase, "comprehension: close; else confusion", Mark{Role::phase});
  visit("state", r.state, "done", Mark{Role::state});
  visit("engine", r.engine, "that trained it", Mark{Role::engine});
}

class CoinModel final : public grok::ModelOf<Spec, Record> {
 public:
  std::string_view name() const override { return "coin"; }
  grok::Cost cost(const grok::Run&) const override { return {3, 1, 8, 0}; }
  grok::Curve curve_shape(const grok::Run&) const override { return {{"step", "weight"}, 2, {}}; }
  std::vector<std::string> artefacts() const override { return {"weight"}; }

 protected:
  Spec checked(Spec spec, const grok::Given&, const grok::PlaceOfKey& place) const override {
    grok::check_fields(spec, place);  // what two keys must fulfil together is checked here, too
    return spec;
  }
  grok::Trained<Record> train_one(const Spec& spec, const grok::OneRun& one) const override {
    grok::RandomStream tosses(static_cast<std::uint64_t>(spec.seed), "coin/tosses");
    grok::Trained<Record> out{{}, one.stride > 0 ? curve_shape(one.run) : grok::Curve{}, {}};
    std::vector<double>& points = out.curve.numbers;
    double w = 0.5;
    const auto state = [&] {  // all that the steps to come depend on, and what was noted so far
      grok::StateWriter writer;
      writer.put(tosses.state());
      writer.put(w);
      writer.put(points.data(), points.size());
      return writer.take();
    };
    grok::Checkpoints checkpoints(one);
    std::int64_t& t = out.record.steps_done;
    if (const auto found = checkpoints.found()) {
      grok::StateReader reader(found->bytes);
      std::string random;
      reader.get(random);
      reader.get(w);
      reader.get(points);
      tosses.restore(random);
      t = found->step;
    }
    for (;; ++t) {
      checkpoints.at(t, state);
      const bool close = std::abs(w - spec.bias) <= spec.tolerance;
      const bool ended = close || t == spec.steps;
      if (one.stride > 0 && (ended || t % one.stride == 0)) {
        points.insert(points.end(), {static_cast<double>(t), w});
      }
      if (ended) {
        out.record.steps_to_close = close ? std::optional(t) : std::nullopt;
        out.record.phase = close ? "comprehension" : "confusion";
        if (one.keeps("weight")) {
          out.artefacts.push_back({"weight", t, grok::to_text(w)});
        }
        return out;
      }
      w += spec.rate * ((tosses.uniform(0, 1) < spec.bias ? 1.0 : 0.0) - w);
    }
  }
};

inline const CoinModel model;

}  // namespace coin
