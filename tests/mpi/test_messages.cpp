#include "mpi/messages.hpp"

#include <bit>
#include <limits>

#include "core/errors.hpp"
#include "nets/toy/model.hpp"
#include "tests/support/catch.hpp"

namespace grok {
namespace {

template <class T>
T sent(const T& message) {
  const Message one = message;
  const auto received = decoded(encoded({&one, 1}));
  REQUIRE(received.size() == 1);
  REQUIRE(std::holds_alternative<T>(received[0]));
  return std::get<T>(received[0]);
}

toy::Record odd_record() {
  toy::Record record;
  record.steps_to_train = 7;
  record.steps_to_rqi = std::numeric_limits<std::int64_t>::max();
  record.steps_done = -3;
  record.phase = "grokking";
  record.train_accuracy = 0.1;
  record.accuracy = -0.0;
  record.rqi = std::numeric_limits<double>::denorm_min();
  record.predicted_accuracy = std::numeric_limits<double>::infinity();
  record.unique = false;
  record.nullity = 2;
  record.lambda3 = 1.0 / 3;
  record.engine = std::string("a\0b", 3);
  record.seconds = 1e-300;
  return record;
}

// With the curve and the artefacts of a run.
Result result_of(const toy::Record& record) {
  const double nan = std::bit_cast<double>(0x7ff8000000000123ULL);
  return {5,
          toy::outcome_of(record).values(),
          {{"step", "loss", "E_0_0"}, 2, {0, nan, -0.0, 10, 0.5, 1}},
          {{"parameters", 10, std::string("p\0q", 3)}, {"another", 0, ""}},
          "x86-64-v4"};
}

toy::Record sent_record(const toy::Record& record) {
  return toy::model().outcome(sent(result_of(record)).values).as<toy::Record>();
}

TEST_CASE("records arrive bit for bit") {
  const toy::Record record = odd_record();
  const toy::Record back = sent_record(record);
  CHECK(back == record);
  CHECK(std::signbit(back.accuracy));
  CHECK_FALSE(back.steps_to_validation.has_value());
  toy::Record other = record;  // every field counts
  for_each_result(other, [](const char*, auto& member, auto&&...) {
    member = std::remove_reference_t<decltype(member)>{};
  });
  CHECK_FALSE(sent_record(other) == record);
  CHECK(sent_record(other) == other);
}

TEST_CASE("values of every kind arrive, empty ones too") {
  using List = std::vector<std::int64_t>;
  using Reals = std::vector<double>;
  const std::vector<Value> values = {
      {},     true,        false,   std::int64_t{-1}, -0.0, std::string(3, '\0'),
      List{}, List{3, -4}, Reals{}, Reals{1.0 / 3}};
  Result result;
  result.values = values;
  const std::vector<Value> back = sent(result).values;
  CHECK(back == values);
  CHECK(std::signbit(std::get<double>(back[4])));
}

TEST_CASE("a curve and artefacts arrive with their record") {
  const Result result = result_of(odd_record());
  const Result back = sent(result);
  CHECK(back.place == 5);
  CHECK(back.engine_build == "x86-64-v4");
  CHECK(back.artefacts == result.artefacts);
  CHECK(back.curve.columns == result.curve.columns);
  CHECK(back.curve.metrics == 2);
  REQUIRE(back.curve.numbers.size() == 6);
  for (std::size_t k = 0; k < 6; ++k) {
    CHECK(std::bit_cast<std::uint64_t>(back.curve.numbers[k]) ==
          std::bit_cast<std::uint64_t>(result.curve.numbers[k]));
  }
  const Shelved shelved = sent(Shelved{7, {"checkpoint", 12, std::string("\0s", 2)}});
  CHECK(shelved.place == 7);
  CHECK(shelved.checkpoint == Artefact{"checkpoint", 12, std::string("\0s", 2)});
}

TEST_CASE("NaN stays the NaN it was") {
  toy::Record record = odd_record();
  record.train_loss = std::bit_cast<double>(0x7ff8000000abcdefULL);
  record.validation_loss = std::bit_cast<double>(0xfff8000000000001ULL);
  const toy::Record back = sent_record(record);
  CHECK(std::bit_cast<std::uint64_t>(back.train_loss) == 0x7ff8000000abcdefULL);
  CHECK(std::bit_cast<std::uint64_t>(*back.validation_loss) == 0xfff8000000000001ULL);
}

TEST_CASE("every message arrives as it was, and in order") {
  const Artefact seed{"parameters", 3, "bytes"};
  const Order order = sent(Order{"torch",
                                 "cuda",
                                 50,
                                 {"parameters", "x"},
                                 1.5,
                                 {{4, 9'000'000, {}}, {1, 0, {{"name of a run", seed}}}}});
  CHECK(order.engine == "torch");
  CHECK(order.device == "cuda");
  CHECK(order.stride == 50);
  CHECK(order.keep == std::vector<std::string>{"parameters", "x"});
  CHECK(order.checkpoint_seconds == 1.5);
  REQUIRE(order.tasks.size() == 2);
  CHECK(order.tasks[0].place == 4);
  CHECK(order.tasks[0].run == 9'000'000);
  CHECK(order.tasks[0].shelf.empty());
  CHECK(order.tasks[1].place == 1);
  CHECK(order.tasks[1].run == 0);
  REQUIRE(order.tasks[1].shelf.size() == 1);
  CHECK(order.tasks[1].shelf[0].identity == "name of a run");
  CHECK(order.tasks[1].shelf[0].artefact == seed);
  const Hello hello = sent(Hello{"d", 3, "b", "h", "p", "v4", 8});
  CHECK(hello.runs + hello.build + hello.host + hello.processor + hello.instructions == "dbhpv4");
  CHECK(hello.count == 3);
  CHECK(hello.threads == 8);
  CHECK(sent(Want{3, 2}).idle == 2);
  CHECK(sent(Want{3, 2}).orders == 3);
  CHECK(sent(Failure{3, "why"}).reason == "why");
  CHECK(sent(Fatal{2, "why"}).status == 2);
  CHECK(sent(Halted{true}).leaves);
  CHECK(sent(End{143}).status == 143);
  const std::vector<Message> three = {Halt{}, Want{1, 2}, Halt{}};
  const auto back = decoded(encoded(three));
  REQUIRE(back.size() == 3);
  CHECK(std::holds_alternative<Want>(back[1]));
  CHECK(decoded("").empty());
}

TEST_CASE("bytes of something else are an error") {
  const Message message = result_of(odd_record());
  const std::string data = encoded({&message, 1});
  for (std::size_t length = 1; length < data.size(); ++length) {
    CHECK_THROWS_AS(decoded(data.substr(0, length)), Error);
  }
  CHECK_THROWS_AS(decoded(std::string(8, '\xff')), Error);
  CHECK_THROWS_AS(decoded(std::string(64, '\x7f')), Error);
}

}  // namespace
}  // namespace grok
