#include "mpi/messages.hpp"

#include <bit>
#include <limits>

#include "core/errors.hpp"
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

Record odd_record() {
  Record record;
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

TEST_CASE("records arrive bit for bit") {
  const Record record = odd_record();
  const Record back = sent(Result{5, record, "curve", "x86-64-v4"}).record;
  CHECK(back == record);
  CHECK(std::signbit(back.accuracy));
  CHECK_FALSE(back.steps_to_validation.has_value());
  Record other = record;  // every field counts
  for_each_record_field(other, [](const char*, auto& member) {
    member = std::remove_reference_t<decltype(member)>{};
  });
  CHECK_FALSE(sent(Result{5, other, "", ""}).record == record);
  CHECK(sent(Result{5, other, "", ""}).record == other);
}

TEST_CASE("NaN stays the NaN it was") {
  Record record = odd_record();
  record.train_loss = std::bit_cast<double>(0x7ff8000000abcdefULL);
  record.validation_loss = std::bit_cast<double>(0xfff8000000000001ULL);
  const Record back = sent(Result{0, record, "", ""}).record;
  CHECK(std::bit_cast<std::uint64_t>(back.train_loss) == 0x7ff8000000abcdefULL);
  CHECK(std::bit_cast<std::uint64_t>(*back.validation_loss) == 0xfff8000000000001ULL);
}

TEST_CASE("every message arrives as it was, and in order") {
  const Order order = sent(Order{"torch", "cuda", 50, {4, 1}, {9'000'000, 0}});
  CHECK(order.engine == "torch");
  CHECK(order.device == "cuda");
  CHECK(order.stride == 50);
  CHECK(order.places == std::vector<std::int64_t>{4, 1});
  CHECK(order.runs == std::vector<std::int64_t>{9'000'000, 0});
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
  const Message message = Result{5, odd_record(), "curve", "v4"};
  const std::string data = encoded({&message, 1});
  for (std::size_t length = 1; length < data.size(); ++length) {
    CHECK_THROWS_AS(decoded(data.substr(0, length)), Error);
  }
  CHECK_THROWS_AS(decoded(std::string(8, '\xff')), Error);
  CHECK_THROWS_AS(decoded(std::string(64, '\x7f')), Error);
}

}  // namespace
}  // namespace grok
