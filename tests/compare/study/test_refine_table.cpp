// [refine] of a study: what it means, and what a bad one is told.
#include <set>

#include "compare/study/study.hpp"
#include "core/errors.hpp"
#include "nets/toy/model.hpp"
#include "tests/support/catch.hpp"

namespace grok {
namespace {

// 9 lines; then [refine] is line 10.
const std::string base =
    "[run]\ntask = \"addition\"\nsymbols = 5\ntrain = 10\n"
    "[axes]\ndecoder_rate = { logspace = [1e-5, 1e-2], count = 16 }\n"
    "decoder_decay = { range = [10, 0], step = -1 }\nloss = ['mse', 'hinge']\n"
    "seed = [1, 2]\n";
const std::string good = "[refine]\naxes = ['decoder_rate', 'decoder_decay']\n";

std::string message_of(const std::string& toml, const std::string& profile = "") {
  try {
    parse_study(toml, "s.toml", profile);
  } catch (const InputError& failure) {
    return failure.what();
  }
  return "no error";
}

TEST_CASE("[refine] has two axes, strides and a share", "[refine]") {
  const Study plain = parse_study(base, "s.toml");
  CHECK(!plain.refine);
  const Study study = parse_study(base + good + "start = [4, 5]\n", "s.toml");
  REQUIRE(study.refine);
  CHECK(study.refine->axes == std::array<std::string, 2>{"decoder_rate", "decoder_decay"});
  CHECK(study.refine->strides.start == std::array<std::int64_t, 2>{4, 5});
  CHECK(study.refine->strides.stop == std::array<std::int64_t, 2>{1, 1});
  CHECK(study.refine->share == 0.5);
  CHECK(toy::specs_of(study.runs) == toy::specs_of(plain.runs));
  const Study more =
      parse_study(base +
                      "[refine]\naxes = ['decoder_decay', 'decoder_rate']\nstart = [10, 15]\n"
                      "stop = [10, 2]\nshare = 1\n",
                  "s.toml");
  CHECK(more.refine->axes[0] == "decoder_decay");
  CHECK(more.refine->strides.start == std::array<std::int64_t, 2>{10, 15});
  CHECK(more.refine->strides.stop == std::array<std::int64_t, 2>{10, 2});
  CHECK(more.refine->share == 1.0);
}

TEST_CASE("a profile replaces keys of [refine], or is the only one to have it", "[refine]") {
  const std::string profiles =
      "[profiles.fine.refine]\nstart = [2, 3]\nshare = 0.9\n"
      "[profiles.small.axes]\ndecoder_rate = [1e-4, 1e-3, 1e-2]\n"
      "[profiles.small.refine]\nstart = [2, 2]\n"
      "[profiles.tight.axes]\ndecoder_rate = [1e-4, 1e-3, 1e-2]\n";
  const std::string toml = base + good + "start = [4, 4]\nstop = [2, 2]\n" + profiles;
  const Study fine = parse_study(toml, "s.toml", "fine");
  CHECK(fine.refine->strides.start == std::array<std::int64_t, 2>{2, 3});
  CHECK(fine.refine->strides.stop == std::array<std::int64_t, 2>{2, 2});
  CHECK(fine.refine->share == 0.9);
  CHECK(fine.refine->axes[1] == "decoder_decay");
  CHECK(parse_study(toml, "s.toml", "small").refine->strides.start[0] == 2);
  // The axes of the profile are the ones that count
  CHECK(message_of(toml, "tight") == "s.toml:12: refine.start[0] = 4, allowed [1, 2]");
  const std::string alone =
      base + "[profiles.r.refine]\naxes = ['decoder_rate', 'decoder_decay']\nstart = [4, 4]\n";
  CHECK(!parse_study(alone, "s.toml").refine);
  CHECK(parse_study(alone, "s.toml", "r").refine);
}

TEST_CASE("a bad [refine] has its message, with the line", "[refine]") {
  const std::string start = "start = [4, 4]\n";
  const auto axes = [&](const std::string& text) {
    return "[refine]\naxes = " + text + "\n" + start;
  };
  const std::vector<std::pair<std::string, std::string>> cases = {
      {good + start + "levels = 3\n", ":13: key = 'levels', allowed axes, start, stop, share"},
      {"[refine]\n" + start, ":10: refine.axes = nothing, allowed two keys of [axes]"},
      {good, ":10: refine.start = nothing, allowed two strides"},
      {axes("'decoder_rate'"), ":11: refine.axes = 'decoder_rate', allowed two keys of [axes]"},
      {axes("['decoder_rate']"), ":11: refine.axes = [ 'decoder_rate' ], allowed two keys"},
      {axes("['decoder_rate', 3]"), ":11: refine.axes = [ 'decoder_rate', 3 ], allowed two keys"},
      {axes("['decoder_rate', 'loss', 'seed']"), ":11: refine.axes = [ 'decoder_rate', 'loss', '"},
      {axes("['decoder_rate', 'decoder_rate']"), ":11: refine.axes = 'decoder_rate' twice"},
      {axes("['decoder_rate', 'batch']"), ":11: refine.axes = 'batch', allowed two keys of [axes]"},
      {axes("['decoder_rate', 'seed']"),
       ":11: refine.axes = 'seed', allowed two keys of [axes], no"},
      {axes("['decoder_rate', 'loss']"), ":11: refine.axes = 'loss', allowed a key of [axes] with"},
      {good + "start = 4\n", ":12: refine.start = 4, allowed two integers"},
      {good + "start = [4]\n", ":12: refine.start = [ 4 ], allowed two integers"},
      {good + "start = [4, 4, 4]\n", ":12: refine.start = [ 4, 4, 4 ], allowed two integers"},
      {good + "start = [4, 4.0]\n", ":12: refine.start = [ 4, 4.0 ], allowed two integers"},
      {good + "start = [0, 4]\n", ":12: refine.start[0] = 0, allowed [1, 15]"},
      {good + "start = [16, 4]\n", ":12: refine.start[0] = 16, allowed [1, 15]"},
      {good + "start = [4, 11]\n", ":12: refine.start[1] = 11, allowed [1, 10]"},
      {good + start + "stop = [4, 5]\n", ":13: refine.stop[1] = 5, allowed [1, 4]"},
      {good + start + "stop = [0, 1]\n", ":13: refine.stop[0] = 0, allowed [1, 4]"},
      {good + start + "share = 0\n", ":13: refine.share = 0, allowed a number in (0, 1]"},
      {good + start + "share = 1.5\n", ":13: refine.share = 1.5, allowed a number in (0, 1]"},
      {good + start + "share = nan\n", ":13: refine.share = nan, allowed a number in (0, 1]"},
      {good + start + "share = 'most'\n", ":13: refine.share = 'most', allowed a number in (0, 1]"},
      {"[profiles.x.refine]\nfoo = 1\n", ":11: key = 'foo', allowed axes, start, stop, share"},
      {"[zip]\nsteps = [10, 20]\n" + axes("['decoder_rate', 'steps']"),
       ":13: refine.axes = 'steps', allowed two keys of [axes] (this one is in [zip])"},
  };
  std::set<std::string> messages;
  for (const auto& [toml, expected] : cases) {
    const std::string message = message_of(base + toml);
    INFO(toml);
    CHECK_THAT(message, ContainsSubstring("s.toml" + expected));
    CHECK(message.find('\n') == std::string::npos);
    messages.insert(message);
  }
  CHECK(messages.size() == cases.size());
  CHECK(message_of("refine = 4\n" + base) == "s.toml:1: refine = 4, allowed a table [refine]");
}

TEST_CASE("the values of a refined axis ascend or descend", "[refine]") {
  const auto with = [](const std::string& rates) {
    return message_of("[run]\ntask = 'addition'\nsymbols = 5\ntrain = 10\n[axes]\ndecoder_rate = " +
                      rates + "\ndecoder_decay = [0, 1]\n" + good + "start = [1, 1]\n");
  };
  CHECK(with("[1e-3, 1e-4, 1e-5]") == "no error");
  CHECK(with("[1e-3]") == "no error");
  CHECK_THAT(with("[1e-3, 1e-5, 1e-4]"), ContainsSubstring("numbers that ascend or descend"));
  CHECK_THAT(with("[1e-3, 1e-3]"), ContainsSubstring("numbers that ascend or descend"));
  CHECK_THAT(with("{ random = 1, low = 1, high = 2, seed = 1 }"),
             ContainsSubstring("refine.axes = 'decoder_rate', allowed a key of [axes] with numbers "
                               "that ascend or descend (its are random, in no order)"));
}

}  // namespace
}  // namespace grok
