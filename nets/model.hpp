// nets/model.hpp: a kind of network, as studies, stores, ranks and flags see it: machinery speaks
// in roles and keys, a model in its own types. A new one: docs/extending.md, "A network of your
// own"; nets/model_of.hpp makes a Model of a spec, a record and a function that trains.
#pragma once

#include <any>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/errors.hpp"
#include "nets/field.hpp"

namespace grok {

class Model;

/// A network asked for. Cheap to copy, never changed.
class Run {
 public:
  Run() = default;
  template <class Spec>
  Run(const Model& model, Spec spec, std::string name = {})
      : model_(&model),
        spec_(std::make_shared<const std::any>(std::move(spec))),
        name_(std::make_shared<const std::string>(std::move(name))) {}

  const Model& model() const { return *model_; }
  /// Its identity, computed once, by Model::resolve; "": not resolved.
  const std::string& name() const { return *name_; }
  /// The value of a key; empty where it may be and is. Throws InputError for no key of its model.
  Value operator[](std::string_view key) const;
  /// Throws Error for a run of another model.
  template <class Spec>
  const Spec& as() const {
    const Spec* spec = spec_ ? std::any_cast<Spec>(spec_.get()) : nullptr;
    if (spec == nullptr) {
      throw Error("Run: of another model than asked for");
    }
    return *spec;
  }

 private:
  const Model* model_ = nullptr;
  std::shared_ptr<const std::any> spec_;
  std::shared_ptr<const std::string> name_;
};

/// What came of a run: values in the order of Model::results, and the record they are of.
class Outcome {
 public:
  Outcome() = default;
  Outcome(const Model& model, std::vector<Value> values, std::any record)
      : model_(&model), values_(std::move(values)), record_(std::move(record)) {}

  const Model& model() const { return *model_; }
  const std::vector<Value>& values() const { return values_; }
  /// Throws InputError for no result of its model.
  const Value& operator[](std::string_view key) const;
  /// Of the first result with this role; empty where the model has none.
  Value operator[](Role role) const;
  /// Throws Error for an outcome of another model.
  template <class Record>
  const Record& as() const {
    const Record* record = std::any_cast<Record>(&record_);
    if (record == nullptr) {
      throw Error("Outcome: of another model than asked for");
    }
    return *record;
  }

 private:
  const Model* model_ = nullptr;
  std::vector<Value> values_;
  std::any record_;
};

/// Rows of numbers under names: a trajectory. Self-describing: nobody else knows its shape. The
/// first column is the step; those behind the first `metrics` are parts of arrays (embeddings).
struct Curve {
  std::vector<std::string> columns;
  std::size_t metrics = 0;
  std::vector<double> numbers;  // row after row; NaN: no such value

  std::size_t rows() const { return columns.empty() ? 0 : numbers.size() / columns.size(); }
  friend bool operator==(const Curve&, const Curve&) = default;
};

/// Bytes that another run or a figure needs: parameters, activations, a checkpoint. Those of a
/// finished run are a pure function of it.
struct Artefact {
  std::string name;
  std::int64_t step = 0;
  std::string bytes;
  friend bool operator==(const Artefact&, const Artefact&) = default;
};

/// Of one step of one network.
struct Cost {
  double flops = 0;
  double parameters = 0;
  double bytes = 0;  // of memory, all that a network takes while it trains
  double moved = 0;  // bytes that go through memory where they do not stay in a cache
};

/// Who asked for a run, and which keys were written down; empty `key`: nobody asks (code).
struct Given {
  enum class By { code, file, flags };
  By by = By::code;
  std::function<bool(std::string_view)> key = {};
  /// What was read for the runs before, under a name of the model's: a file is read once.
  std::map<std::string, std::any>* read = nullptr;

  bool has(std::string_view name) const { return !key || key(name); }
};

/// A run whose artefact another one starts from.
struct Need {
  Run run;
  std::string artefact;
};

struct TrainOptions;

class Model {
 public:
  virtual ~Model() = default;
  virtual std::string_view name() const = 0;  // "toy", "parity": letters, digits, -
  virtual std::span<const Field> keys() const = 0;
  virtual std::span<const Field> results() const = 0;

  virtual Run usual() const = 0;  // every key at its default, not resolved
  /// Of a run of this model. Throws InputError for no key.
  virtual Value value(const Run& run, std::string_view key) const = 0;
  virtual std::vector<Value> row(const Run& run) const = 0;  // in the order of keys()
  virtual Run with(const Run& run, std::string_view key, const Value& value) const = 0;
  /// Values that flags give: each takes the place of whatever it contradicts.
  virtual Run overridden(const Run& run, const std::map<std::string, Value>& flags,
                         const std::string& where) const;
  /// What whoever asks for a run has to say. Throws InputError.
  virtual void require_given(const Run& run, const Given& given, const PlaceOfKey& place) const = 0;
  /// Files read, ranges checked, what follows filled in, named. Throws InputError "place: key =
  /// ...". Resolving twice changes nothing.
  virtual Run resolve(const Run& run, const Given& given, const PlaceOfKey& place) const = 0;
  /// What an identity is made of, a line a key; without some of them: the cell of a run.
  virtual std::string text(const Run& resolved,
                           std::span<const std::string> without = {}) const = 0;

  /// The outcome that has these values: a record read back, or come from another process.
  virtual Outcome outcome(std::vector<Value> values) const = 0;
  /// Lines "label", "value" for a reader.
  virtual std::vector<std::pair<std::string, std::string>> report(const Run& resolved,
                                                                  const Outcome& outcome) const;
  /// Columns of its curves (Curve::columns, metrics), without training.
  virtual Curve curve_shape(const Run& resolved) const = 0;
  /// Of curves that a store keeps without their names (before schema 6).
  virtual Curve first_curve_shape(const Run& resolved) const { return curve_shape(resolved); }

  virtual Cost cost(const Run& resolved) const = 0;
  /// Runs with the same text can be trained side by side on a GPU.
  virtual std::string shape(const Run& resolved) const;
  virtual std::vector<std::string> engines() const;    // "cpu", and "torch" where it has it
  virtual std::vector<std::string> artefacts() const;  // that TrainOptions::keep may name
  virtual std::vector<Need> needs(const Run& resolved) const;
  /// Trains resolved runs of this model; see train_each.
  virtual void train(std::span<const Run> runs, const TrainOptions& options) const = 0;
};

/// A list of models is a value: a program with one of its own passes a longer one.
using Models = std::vector<const Model*>;
/// Those of this package (nets/models.cpp); the first is what a study without `model` is of.
const Models& models();
/// Throws InputError "where: model = ..." for a name that none has.
const Model& model_named(const std::string& name, const Models& among, const std::string& where);

/// Role::seed.
bool is_seed(const Model& model, std::string_view key);
std::vector<std::string> seed_keys(const Model& model);
/// The number under a key of a run; empty if there is no such key, it is no number, or not set.
std::optional<double> number_under(const Run& run, std::string_view key);
/// [steps]; Throws Error for a model without a key of role `budget`.
std::int64_t budget_of(const Run& run);
/// Keys of the results that differ, but for wall times and results that one of them, being older,
/// does not have; NaN is equal to NaN.
std::vector<std::string> different_results(const Outcome& a, const Outcome& b);

/// Resolved, by code that names no file.
Run resolved(const Run& run, const std::string& where);
/// Name of a run: a UUID (version 5, SHA-1) of its text.
std::string identity_of_text(const std::string& text);

}  // namespace grok
