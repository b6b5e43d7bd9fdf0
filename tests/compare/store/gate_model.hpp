// A second kind of network for tests of stores, as two programs know it: the younger one has more
// keys and results. No network is trained.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "nets/model_of.hpp"

namespace grok::gates {

struct OldSpec {
  std::int64_t seed = 0;
  std::int64_t steps = 100;
};
template <class S, class V>
void for_each_old_field(S& s, V&& visit) {
  visit("seed", s.seed, Range<std::int64_t>{0, 1000}, "seed", Mark{Role::seed});
  visit("steps", s.steps, Range<std::int64_t>{1, 1000}, "budget", Mark{Role::budget});
}
template <class V>
void for_each_field(OldSpec& s, V&& visit) {
  for_each_old_field(s, visit);
}
template <class V>
void for_each_field(const OldSpec& s, V&& visit) {
  for_each_old_field(s, visit);
}

// A default of every kind, none that SQLite would take for another.
struct Spec : OldSpec {
  bool biased = true;
  std::int64_t inputs = 3;
  double rate = 2;
  std::string rule = "xor";
  std::vector<std::int64_t> widths = {2, 3};
  std::vector<double> starts_at = {0.5, 1};
  std::optional<double> limit;
};
template <class S, class V>
void for_each_new_field(S& s, V&& visit) {
  for_each_old_field(s, visit);
  visit("biased", s.biased, std::monostate(), "has a bias", later);
  visit("inputs", s.inputs, Range<std::int64_t>{1, 100}, "inputs", later);
  visit("rate", s.rate, Range<double>{0, 10}, "rate", later);
  visit("rule", s.rule, Choice{{"xor", "and"}}, "rule", later);
  visit("widths", s.widths, Range<std::int64_t>{1, 10}, "widths", later);
  visit("starts_at", s.starts_at, Range<double>{0, 10}, "weights at first", later);
  visit("limit", s.limit, Range<double>{0, 10}, "of weights", later);
}
template <class V>
void for_each_field(Spec& s, V&& visit) {
  for_each_new_field(s, visit);
}
template <class V>
void for_each_field(const Spec& s, V&& visit) {
  for_each_new_field(s, visit);
}

struct OldRecord {
  std::int64_t steps_done = 0;
  double error = 0;
};
template <class R, class V>
void for_each_old_result(R& r, V&& visit) {
  visit("steps_done", r.steps_done, "steps", Mark{Role::steps});
  visit("error", r.error, "at the end");
}
template <class V>
void for_each_result(OldRecord& r, V&& visit) {
  for_each_old_result(r, visit);
}
template <class V>
void for_each_result(const OldRecord& r, V&& visit) {
  for_each_old_result(r, visit);
}

struct Record : OldRecord {
  std::string state = "done";
  double margin = 0;
  std::optional<std::int64_t> errors;
};
template <class R, class V>
void for_each_new_result(R& r, V&& visit) {
  for_each_old_result(r, visit);
  visit("state", r.state, "done", Mark{Role::state});
  visit("margin", r.margin, "of the worst sample");
  visit("errors", r.errors, "samples that are wrong");
}
template <class V>
void for_each_result(Record& r, V&& visit) {
  for_each_new_result(r, visit);
}
template <class V>
void for_each_result(const Record& r, V&& visit) {
  for_each_new_result(r, visit);
}

template <class S, class R>
class GateModel : public ModelOf<S, R> {
 public:
  std::string_view name() const override { return "two-gates"; }
  Cost cost(const Run&) const override { return {}; }

 protected:
  S checked(S spec, const Given&, const PlaceOfKey& place) const override {
    check_fields(spec, place);
    return spec;
  }
  Trained<R> train_one(const S&, const OneRun&) const override { return {}; }
};

inline const GateModel<OldSpec, OldRecord>& old_model() {
  static const GateModel<OldSpec, OldRecord> model;
  return model;
}
inline const GateModel<Spec, Record>& model() {
  static const GateModel<Spec, Record> model;
  return model;
}

inline Run old_run(std::int64_t seed) { return old_model().named(OldSpec{seed}); }
inline Run run(std::int64_t seed) {
  Spec spec;
  spec.seed = seed;
  return model().named(spec);
}

}  // namespace grok::gates
