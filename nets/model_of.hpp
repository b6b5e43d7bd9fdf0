// nets/model_of.hpp: a Model made of plain types.
//   Spec    a struct with  template <class S, class V> void for_each_field(S& spec, V&& visit)  in
//           its namespace: visit(key, member, allowed, help[, mark]) for each key
//   Record  a struct with  template <class R, class V> void for_each_result(R& record, V&& visit):
//           visit(key, member, help[, mark]) for each result
//   A model adds name(), checked() and train_one(); what else it has to say of itself are the
//   virtual functions of Model.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "nets/model.hpp"
#include "nets/train.hpp"

namespace grok {

template <class Record>
struct Trained {
  Record record;
  Curve curve = {};
  std::vector<Artefact> artefacts = {};
};

/// The fields of a spec, with the values of `usual` as defaults.
template <class Spec>
std::vector<Field> fields_of(const Spec& usual) {
  std::vector<Field> fields;
  for_each_field(usual, [&](const char* key, const auto& member, const auto& allowed,
                            const char* help, Mark mark = {}) {
    using Member = std::decay_t<decltype(member)>;
    fields.push_back({key, help, kind_of_member<Member>(), value_of(member), Allowed(allowed),
                      mark.role, mark.later, std::string(mark.also)});
  });
  return fields;
}
template <class Record>
std::vector<Field> result_fields_of(const Record& usual) {
  std::vector<Field> fields;
  for_each_result(
      usual, [&](const char* key, const auto& member, const char* help, Mark mark = {}) {
        using Member = std::decay_t<decltype(member)>;
        fields.push_back(
            {key, help, kind_of_member<Member>(), value_of(member), {}, mark.role, mark.later, {}});
      });
  return fields;
}

/// Every key against what is allowed for it. Throws InputError.
template <class Spec>
void check_fields(const Spec& spec, const PlaceOfKey& place) {
  for_each_field(spec, [&](const char* key, const auto& member, const auto& allowed,
                           const auto&...) { check_field(place, key, value_of(member), allowed); });
}

template <class Record>
std::vector<Value> values_of_record(const Record& record) {
  std::vector<Value> values;
  for_each_result(record, [&](const char*, const auto& member, const auto&...) {
    values.push_back(value_of(member));
  });
  return values;
}

template <class Spec, class Record>
class ModelOf : public Model {
 public:
  std::span<const Field> keys() const override { return keys_; }
  std::span<const Field> results() const override { return results_; }
  Run usual() const override {
    Spec spec;
    return Run(*this, std::move(spec));
  }

  Value value(const Run& run, std::string_view key) const override {
    Value found;
    bool known = false;
    for_each_field(run.as<Spec>(), [&](const char* name, const auto& member, const auto&...) {
      if (!known && key == name) {
        found = value_of(member);
        known = true;
      }
    });
    if (!known) {
      refuse_key(key);
    }
    return found;
  }
  std::vector<Value> row(const Run& run) const override {
    std::vector<Value> values;
    for_each_field(run.as<Spec>(), [&](const char*, const auto& member, const auto&...) {
      values.push_back(value_of(member));
    });
    return values;
  }
  Run with(const Run& run, std::string_view key, const Value& value) const override {
    Spec spec = run.as<Spec>();
    bool known = false;
    for_each_field(spec, [&](const char* name, auto& member, const auto&...) {
      if (key == name) {
        assign(member, value);
        known = true;
      }
    });
    if (!known) {
      refuse_key(key);
    }
    return Run(*this, std::move(spec));
  }

  void require_given(const Run&, const Given& given, const PlaceOfKey& place) const override {
    for (const Field& field : keys_) {
      if (field.role == Role::required && !given.has(field.key)) {
        const bool flags = given.by == Given::By::flags;
        reject(place(""), flags ? flag_of(field.key) : field.key, "nothing",
               field.help + (flags ? " (or --spec)" : " in [run], [axes] or [zip]"));
      }
    }
  }

  Run resolve(const Run& run, const Given& given, const PlaceOfKey& place) const override {
    require_given(run, given, place);
    return named(checked(run.as<Spec>(), given, place));
  }
  /// A checked spec as a run with its name.
  Run named(Spec spec) const {
    Run run(*this, std::move(spec));
    std::string name = identity_of_text(text(run, {}));
    return Run(*this, run.as<Spec>(), std::move(name));
  }

  std::string text(const Run& run, std::span<const std::string> without) const override {
    std::string lines = "model = ";
    lines.append(name()).append("\n");
    std::size_t k = 0;
    for_each_field(run.as<Spec>(), [&](const char* key, const auto& member, const auto&...) {
      const Field& field = keys_[k++];
      const Value value = value_of(member);
      const bool left_out = field.later && same_value(value, field.usual);
      if (!left_out && std::ranges::find(without, key) == without.end()) {
        lines.append(field.key).append(" = ").append(text_of(value)).append("\n");
      }
    });
    return lines;
  }

  Outcome outcome(std::vector<Value> values) const override {
    Record record;
    std::size_t k = 0;
    for_each_result(
        record, [&](const char*, auto& member, const auto&...) { assign(member, values.at(k++)); });
    return outcome_of(std::move(record));
  }
  Outcome outcome_of(Record record) const {
    std::vector<Value> values = values_of_record(record);
    return Outcome(*this, std::move(values), std::any(std::move(record)));
  }

  Curve curve_shape(const Run&) const override { return {}; }

  void train(std::span<const Run> runs, const TrainOptions& options) const override {
    train_on_cores(runs, options, [this](const OneRun& one) {
      Trained<Record> trained = train_one(one.run.as<Spec>(), one);
      return Finished{outcome_of(std::move(trained.record)), std::move(trained.curve),
                      std::move(trained.artefacts)};
    });
  }

 protected:
  ModelOf() {
    const Spec spec;  // g++ 12 warns of its members where these are temporaries
    const Record record;
    keys_ = fields_of(spec);
    results_ = result_fields_of(record);
  }

  /// Every value checked, what follows filled in. Throws InputError.
  virtual Spec checked(Spec spec, const Given& given, const PlaceOfKey& place) const = 0;
  /// One run on one core.
  virtual Trained<Record> train_one(const Spec& spec, const OneRun& one) const = 0;

 private:
  [[noreturn]] void refuse_key(std::string_view key) const {
    std::string quoted = "'";
    quoted.append(key).append("'");
    reject(name(), "key", quoted, allowed_keys(key, keys_));
  }

  std::vector<Field> keys_, results_;
};

}  // namespace grok
