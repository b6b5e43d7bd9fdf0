#include "nets/toy/milestones.hpp"

#include <cmath>
#include <limits>

#include "tests/support/catch.hpp"

using namespace grok;
using namespace grok::toy;

namespace {

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
constexpr double infinite = std::numeric_limits<double>::infinity();

RunLimits limits(StopRule stop = StopRule::decided) {
  return {.train_count = 10,
          .validation_count = 5,
          .steps = 100,
          .accuracy_threshold = 0.8,
          .rqi_threshold = 0.95,
          .stop = stop};
}

Metrics metrics(std::int64_t train, std::int64_t validation, double rqi) {
  return {.train_loss = 1,
          .validation_loss = 1,
          .train_correct = train,
          .validation_correct = validation,
          .rqi = rqi};
}

}  // namespace

TEST_CASE("accuracies are reached at their threshold, RQI above it", "[nets][milestones]") {
  Milestones m;
  note(m, limits(), 3, metrics(7, 3, 0.95));
  CHECK(m.train == -1);
  CHECK(m.validation == -1);
  CHECK(m.rqi == -1);
  CHECK_FALSE(m.ended);
  note(m, limits(), 4, metrics(8, 3, 0.95));
  CHECK(m.train == 4);
  CHECK(m.validation == -1);
  note(m, limits(), 5, metrics(0, 4, 0.95));
  CHECK(m.validation == 5);
  CHECK(m.rqi == -1);
  CHECK_FALSE(m.ended);
  note(m, limits(), 6, metrics(10, 5, std::nextafter(0.95, 1.0)));
  CHECK(m.train == 4);  // the first time counts
  CHECK(m.validation == 5);
  CHECK(m.rqi == 6);
  CHECK(m.ended);
  CHECK(m.done == 6);
  CHECK_FALSE(m.diverged);
}

TEST_CASE("a run ends by its stop rule, or with its budget", "[nets][milestones]") {
  const auto ends = [](RunLimits l, std::int64_t t, const Metrics& now) {
    Milestones m;
    note(m, l, t, now);
    return m.ended;
  };
  const Metrics nothing = metrics(0, 0, 0), rqi = metrics(0, 0, 1), all = metrics(10, 5, 1);
  for (const StopRule stop :
       {StopRule::decided, StopRule::phase, StopRule::rqi, StopRule::budget}) {
    CHECK_FALSE(ends(limits(stop), 99, nothing));
    CHECK(ends(limits(stop), 100, nothing));
    CHECK(ends(limits(stop), 0, rqi) == (stop == StopRule::rqi));
    CHECK(ends(limits(stop), 0, all) == (stop != StopRule::budget));
  }
  for (const StopRule stop : {StopRule::decided, StopRule::phase}) {
    RunLimits full = limits(stop);
    full.validation_count = 0;  // nothing to wait for
    CHECK(ends(full, 0, metrics(10, 0, 1)));
    CHECK_FALSE(ends(full, 0, metrics(7, 0, 1)));
  }
  // The phase is known with both accuracies, whatever the RQI; `decided` waits for it.
  for (const double value : {0.0, 1.0}) {
    CHECK(ends(limits(StopRule::phase), 0, metrics(8, 4, value)));
    CHECK_FALSE(ends(limits(StopRule::phase), 0, metrics(8, 3, value)));
    CHECK_FALSE(ends(limits(StopRule::phase), 0, metrics(7, 4, value)));
    CHECK(ends(limits(StopRule::decided), 0, metrics(8, 4, value)) == (value == 1.0));
  }
}

TEST_CASE("stop = phase: the accuracies need not hold at one step", "[nets][milestones]") {
  const RunLimits phase = limits(StopRule::phase);
  Milestones m;
  note(m, phase, 0, metrics(0, 0, 1));
  CHECK_FALSE(m.ended);
  CHECK(m.rqi == 0);  // noted all the same
  note(m, phase, 1, metrics(7, 4, 1));
  CHECK_FALSE(m.ended);
  note(m, phase, 2, metrics(8, 0, 0));
  CHECK(m.ended);
  CHECK(m.train == 2);
  CHECK(m.validation == 1);
  CHECK(m.done == 2);
}

TEST_CASE("a loss that is not finite ends a run, and nothing counts then", "[nets][milestones]") {
  for (const double bad : {not_a_number, infinite, -infinite}) {
    for (const bool in_training : {true, false}) {
      Metrics now = metrics(10, 5, 1);
      (in_training ? now.train_loss : now.validation_loss) = bad;
      Milestones m;
      note(m, limits(), 2, metrics(8, 0, 0));
      note(m, limits(), 7, now);
      CHECK(m.diverged);
      CHECK(m.ended);
      CHECK(m.done == 7);
      CHECK(m.train == 2);
      CHECK(m.validation == -1);
      CHECK(m.rqi == -1);
    }
  }
}
