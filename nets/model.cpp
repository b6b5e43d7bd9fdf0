#include "nets/model.hpp"

#include <fmt/format.h>

#include <boost/uuid/name_generator_sha1.hpp>
#include <boost/uuid/uuid_io.hpp>

namespace grok {
namespace {

bool is_empty(const Value& value) { return std::holds_alternative<std::monostate>(value); }

}  // namespace

Value Run::operator[](std::string_view key) const { return model_->value(*this, key); }

const Value& Outcome::operator[](std::string_view key) const {
  const auto fields = model_->results();
  const Field* field = find_field(fields, key);
  if (field == nullptr) {
    reject("outcome", "key", fmt::format("'{}'", key),
           fmt::format("a result of the model {}", model_->name()));
  }
  return values_.at(static_cast<std::size_t>(field - fields.data()));
}

Value Outcome::operator[](Role role) const {
  const auto fields = model_->results();
  const Field* field = find_field(fields, role);
  return field == nullptr ? Value() : values_.at(static_cast<std::size_t>(field - fields.data()));
}

Run Model::overridden(const Run& run, const std::map<std::string, Value>& flags,
                      const std::string&) const {
  Run result = run;
  for (const auto& [key, value] : flags) {
    result = with(result, key, value);
  }
  return result;
}

std::vector<std::pair<std::string, std::string>> Model::report(const Run& run,
                                                               const Outcome& outcome) const {
  std::vector<std::pair<std::string, std::string>> lines;
  const std::vector<Value> values = row(run);
  for (std::size_t k = 0; k < values.size(); ++k) {
    lines.emplace_back(keys()[k].key, text_of(values[k]));
  }
  for (std::size_t k = 0; k < results().size(); ++k) {
    const Field& field = results()[k];
    const std::string text = text_of(outcome.values()[k]);
    lines.emplace_back(field.key, !text.empty()                 ? text
                                  : field.role == Role::reached ? "not within the budget"
                                                                : "none");
  }
  return lines;
}

std::string Model::shape(const Run& run) const { return text(run, seed_keys(*this)); }
std::vector<std::string> Model::engines() const { return {"cpu"}; }
std::vector<std::string> Model::artefacts() const { return {}; }
std::vector<Need> Model::needs(const Run&) const { return {}; }

const Model& model_named(const std::string& name, const Models& among, const std::string& where) {
  std::vector<std::string> names;
  for (const Model* model : among) {
    if (model->name() == name) {
      return *model;
    }
    names.emplace_back(model->name());
  }
  reject(where, "model", fmt::format("'{}'", name), allowed_names(name, names));
}

bool is_seed(const Model& model, std::string_view key) {
  const Field* field = find_field(model.keys(), key);
  return field != nullptr && field->role == Role::seed;
}

std::vector<std::string> seed_keys(const Model& model) {
  std::vector<std::string> keys;
  for (const Field& field : model.keys()) {
    if (field.role == Role::seed) {
      keys.push_back(field.key);
    }
  }
  return keys;
}

std::optional<double> number_under(const Run& run, std::string_view key) {
  return find_field(run.model().keys(), key) == nullptr ? std::nullopt : number_in(run[key]);
}

std::int64_t budget_of(const Run& run) {
  const Field* field = find_field(run.model().keys(), Role::budget);
  if (field == nullptr) {
    throw Error(fmt::format("model {}: no key has the role of a budget", run.model().name()));
  }
  return std::get<std::int64_t>(run[field->key]);
}

std::vector<std::string> different_results(const Outcome& a, const Outcome& b) {
  std::vector<std::string> keys;
  const auto fields = a.model().results();
  for (std::size_t k = 0; k < fields.size(); ++k) {
    const bool unknown = fields[k].later && (is_empty(a.values()[k]) || is_empty(b.values()[k]));
    if (fields[k].role != Role::wall_time && !unknown &&
        !same_value(a.values()[k], b.values()[k])) {
      keys.push_back(fields[k].key);
    }
  }
  return keys;
}

Run resolved(const Run& run, const std::string& where) {
  return run.model().resolve(run, {}, [&where](const std::string&) { return where; });
}

// The first line is the version of the text: a change of its meaning must change every name.
std::string identity_of_text(const std::string& text) {
  const boost::uuids::name_generator_sha1 name(boost::uuids::ns::oid());
  return boost::uuids::to_string(name("groktheory run 1\n" + text));
}

}  // namespace grok
