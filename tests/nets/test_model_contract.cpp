// What every kind of network has to keep, of this package or not: a new model is tested here before
// anyone has written a test for it.
#include <map>
#include <mutex>
#include <set>

#include "core/errors.hpp"
#include "nets/checkpoint.hpp"
#include "nets/train.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/walk_model.hpp"

namespace grok {
namespace {

constexpr std::int64_t budget = 60;

/// Its defaults with a small budget.
Run small_run(const Model& model, std::int64_t seed = 1) {
  Run run = model.usual();
  run = model.with(run, find_field(model.keys(), Role::budget)->key, budget);
  run = model.with(run, find_field(model.keys(), Role::seed)->key, seed);
  return resolved(run, "test");
}

std::vector<Run> small_runs(const Model& model) {
  std::vector<Run> runs;
  for (std::int64_t seed = 1; seed <= 5; ++seed) {
    runs.push_back(small_run(model, seed));
  }
  return runs;
}

bool same(const Outcome& a, const Outcome& b) { return different_results(a, b).empty(); }

/// Other values that a key may be asked for.
std::vector<Value> other_values(const Field& field, const Value& present) {
  std::vector<Value> values;
  const auto add = [&](const Value& value) {
    if (!same_value(value, present)) {
      values.push_back(value);
    }
  };
  const double number = number_in(present).value_or(0);
  switch (field.kind) {
    case Kind::flag:
      add(present == Value(false));
      break;
    case Kind::integer:
      add(static_cast<std::int64_t>(number) + 1);
      add(static_cast<std::int64_t>(number) - 1);
      break;
    case Kind::real:
      add(number * 0.5);
      add(number + 0.25);
      break;
    case Kind::text:
      if (const auto* choice = std::get_if<Choice>(&field.allowed)) {
        for (const std::string& name : choice->names) {
          add(name);
        }
      }
      break;
    case Kind::integers:
      add(std::vector<std::int64_t>{7, 9});
      break;
    case Kind::reals:
      add(std::vector<double>{0.5, 0.75});
      break;
  }
  return values;
}

}  // namespace

TEST_CASE("every model: names, help, roles", "[contract]") {
  std::set<std::string> names;  // of tables, too, where a dash is an underscore
  for (const Model* model : walk::all_models()) {
    CAPTURE(model->name());
    std::string table(model->name());
    std::ranges::replace(table, '-', '_');
    CHECK(names.insert(table).second);
    CHECK(model->name().find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") ==
          std::string_view::npos);
    std::set<std::string> keys;
    for (const auto fields : {model->keys(), model->results()}) {
      for (const Field& field : fields) {
        CAPTURE(field.key);
        CHECK(keys.insert(field.key).second);  // one column each
        CHECK_FALSE(field.help.empty());
      }
    }
    for (const char* own :
         {"identity", "version", "commit_id", "compiler", "processor", "flags", "engine_build",
          "threads", "host", "started_at", "starts", "finished_at", "stride", "model"}) {
      CHECK_FALSE(keys.contains(own));  // of a store's tables and exports
    }
    for (const Role role : {Role::budget, Role::seed}) {
      CHECK(find_field(model->keys(), role) != nullptr);
    }
    for (const Role role : {Role::steps, Role::state, Role::engine, Role::wall_time}) {
      CHECK(find_field(model->results(), role) != nullptr);
    }
    for (const Field& field : model->results()) {  // an event is named by the rest of the key
      CHECK((field.role != Role::reached || field.key.starts_with("steps_to_") ||
             field.key.starts_with("epochs_to_")));
    }
    CHECK(budget_of(small_run(*model)) == budget);
    const Cost cost = model->cost(small_run(*model));
    CHECK(cost.flops > 0);
    CHECK(cost.parameters > 0);
    CHECK(cost.bytes > 0);
  }
}

TEST_CASE("every model: each key changes the name of a run, or says why it cannot", "[contract]") {
  for (const Model* model : walk::all_models()) {
    const Run asked =
        model->with(model->usual(), find_field(model->keys(), Role::budget)->key, budget);
    const Run base = resolved(asked, "test");
    CHECK(base.name().size() == 36);
    CHECK(resolved(base, "test").name() == base.name());  // twice changes nothing
    for (const Field& field : model->keys()) {
      CAPTURE(model->name(), field.key);
      std::int64_t tried = field.is_file() ? 1 : 0;  // a file counts by what is in it
      std::int64_t told = field.is_file() ? 1 : 0;
      for (const Value& value : other_values(field, base[field.key])) {
        ++tried;
        try {
          told +=
              resolved(model->with(asked, field.key, value), "test").name() != base.name() ? 1 : 0;
        } catch (const InputError& error) {
          told += std::string(error.what()).starts_with("test: ") ? 1 : 0;
        }
      }
      CHECK(tried > 0);
      CHECK(told == tried);
    }
  }
}

TEST_CASE("every model: a run is its row, an outcome its values", "[contract]") {
  for (const Model* model : walk::all_models()) {
    CAPTURE(model->name());
    const Run run = small_run(*model);
    Run again = model->usual();
    const std::vector<Value> row = model->row(run);
    REQUIRE(row.size() == model->keys().size());
    for (std::size_t k = 0; k < row.size(); ++k) {
      again = model->with(again, model->keys()[k].key, row[k]);
      CHECK(same_value(run[model->keys()[k].key], row[k]));
    }
    CHECK(resolved(again, "test").name() == run.name());
    const Outcome outcome = train({&run, 1}).front();
    REQUIRE(outcome.values().size() == model->results().size());
    CHECK(same(model->outcome(outcome.values()), outcome));
    CHECK(text_of(outcome[Role::engine]) == "cpu");
    CHECK_FALSE(model->report(run, outcome).empty());
    CHECK_THROWS_AS(run["no such key"], InputError);
    CHECK_THROWS_AS(outcome["no such key"], InputError);
  }
}

TEST_CASE("every model: one record for any threads and any order", "[contract]") {
  for (const Model* model : walk::all_models()) {
    CAPTURE(model->name());
    const std::vector<Run> runs = small_runs(*model);
    const std::vector<Run> back(runs.rbegin(), runs.rend());
    const auto one = train(runs), many = train(runs, cpu_workers(3)), reversed = train(back);
    bool differ = false;
    for (std::size_t k = 0; k < runs.size(); ++k) {
      CHECK(same(one[k], many[k]));
      CHECK(same(one[k], reversed[runs.size() - 1 - k]));
      differ = differ || !same(one[k], one[0]);
    }
    CHECK(differ);  // a seed does something
  }
}

TEST_CASE("every model: interrupted at any step, a run goes on to the same outcome", "[contract]") {
  for (const Model* model : walk::all_models()) {
    CAPTURE(model->name());
    const Run run = small_run(*model);
    const Outcome whole = train({&run, 1}).front();
    std::map<std::string, Artefact> shelf;
    std::optional<Outcome> outcome;
    std::int64_t attempts = 0;
    while (!outcome && attempts < 100) {
      ++attempts;
      std::int64_t asked = 0;
      TrainOptions options;
      options.checkpoint_seconds = 0;
      options.stop = [&] { return ++asked > 9; };
      options.shelf = [&](const Run&, const std::string& name) -> std::optional<Artefact> {
        const auto found = shelf.find(name);
        return found == shelf.end() ? std::nullopt : std::optional(found->second);
      };
      options.shelve = [&](std::size_t, const Artefact& artefact) {
        shelf[artefact.name] = artefact;
      };
      options.finished = [&](std::size_t, const Finished& finished) { outcome = finished.outcome; };
      try {
        train_each({&run, 1}, options);
      } catch (const Interrupted&) {
      }
    }
    REQUIRE(outcome);
    CHECK(same(*outcome, whole));
    CHECK(attempts > 1);
  }
}

TEST_CASE("every model: what is far from sensible is refused or comes to an end", "[contract]") {
  for (const Model* model : walk::all_models()) {
    for (const Field& field : model->keys()) {
      const auto* range = std::get_if<Range<double>>(&field.allowed);
      if (range == nullptr || field.kind != Kind::real) {
        continue;
      }
      for (const double extreme : {range->low, range->high}) {
        CAPTURE(model->name(), field.key, extreme);
        try {
          const Run run = resolved(model->with(small_run(*model), field.key, extreme), "test");
          const Outcome outcome = train({&run, 1}).front();
          const std::string state = text_of(outcome[Role::state]);
          CHECK((state == "done" || state == "diverged"));
          CHECK(number_in(outcome[Role::steps]).value_or(-1) <= budget);
        } catch (const InputError& error) {
          CHECK(std::string(error.what()).starts_with("test: "));
        }
      }
    }
  }
}

TEST_CASE("what a model does not have is refused", "[contract]") {
  const Run run = small_run(walk::model());
  TrainOptions options;
  options.keep = {"parameters"};
  CHECK_THROWS_WITH(train_each({&run, 1}, options),
                    ContainsSubstring("keep = 'parameters', allowed end"));
  CHECK_THROWS_WITH(train({&run, 1}, {"torch", "cpu", 1, ""}),
                    ContainsSubstring("engine = 'torch', allowed cpu"));
  CHECK_THROWS_WITH(
      model_named("lstm", walk::all_models(), "test"),
      ContainsSubstring("model = 'lstm', allowed toy, linear-teacher, diagonal, parity, walk"));
  CHECK_THROWS_AS(run.as<int>(), Error);
}

TEST_CASE("runs of several models in one call come back in order", "[contract]") {
  std::vector<Run> runs;
  for (std::int64_t seed = 1; seed <= 2; ++seed) {
    for (const Model* model : walk::all_models()) {
      runs.push_back(small_run(*model, seed));
    }
  }
  const auto outcomes = train(runs, cpu_workers(2));
  for (std::size_t k = 0; k < runs.size(); ++k) {
    CHECK(&outcomes[k].model() == &runs[k].model());
    CHECK(same(outcomes[k], train({&runs[k], 1}).front()));
  }
}

}  // namespace grok
