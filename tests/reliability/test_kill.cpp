// What a store keeps when processes are killed, work side by side, or are asked to stop.
#include <csignal>
#include <memory>
#include <random>
#include <thread>

#include "tests/reliability/program.hpp"
#include "tests/support/catch.hpp"

namespace grok {
namespace {

using Catch::Matchers::ContainsSubstring;

std::vector<std::string> run_of(const std::string& study, const std::filesystem::path& store,
                                int threads) {
  return {"study", "run", study, "--store", store.string(), "--threads", std::to_string(threads)};
}

std::vector<toy::Record> uninterrupted(const Scratch& scratch, const std::string& study) {
  Program program(scratch, run_of(study, scratch / "whole.db", 2));
  REQUIRE(program.status() == 0);
  return records_in(scratch / "whole.db", study);
}

// Kills it `kills` times at random moments; every other time two processes share the store.
void kill_and_compare(int kills, std::int64_t runs) {
  const Scratch scratch("kill");
  const std::string study = write_study(scratch, runs, 1000);
  const auto expected = uninterrupted(scratch, study);
  const auto store = scratch / "s.db";
  constexpr int threads = 2;
  std::mt19937 random(20220520);
  std::uniform_int_distribution<int> microseconds(0, 20'000);
  std::uniform_int_distribution<std::int64_t> records(0, 10);  // the first moments matter, too
  std::int64_t done = 0;
  for (int k = 0; k < kills; ++k) {
    Program program(scratch, run_of(study, store, threads));
    std::unique_ptr<Program> second;
    if (k % 2 == 1) {
      second = std::make_unique<Program>(scratch, run_of(study, store, threads));
    }
    const std::int64_t wanted = done + records(random);
    REQUIRE(wait_until([&] { return wanted == done || count_in(store) >= wanted; }));
    std::this_thread::sleep_for(std::chrono::microseconds(microseconds(random)));
    program.send(SIGKILL);
    if (second) {
      second->send(SIGKILL);
      CHECK(second->status() == 128 + SIGKILL);
    }
    const int status = program.status();
    INFO("kill " << k << ": " << program.err());
    CHECK(status == 128 + SIGKILL);  // it was still at work
    done = count_in(store);
  }
  CHECK(done > 0);
  REQUIRE(done < runs);
  Program last(scratch, run_of(study, store, threads));
  CHECK(last.status() == 0);
  CHECK(records_in(store, study) == expected);
  CHECK(count_in(store) == runs);
  CHECK(number_in(store, "select count(*) from unfinished") == 0);
  CHECK(number_in(store, "select count(*) from workers") == 0);
  // Trained twice: at most those in flight
  const std::int64_t killed = kills + kills / 2;
  const auto again = number_in(store, "select sum(starts - 1) from runs");
  CHECK(again > 0);
  CHECK(again <= killed * threads);
  CHECK(number_in(store, "select 1 from pragma_integrity_check where integrity_check = 'ok'") == 1);
}

TEST_CASE("20 kills lose nothing but what was in flight", "[kill]") { kill_and_compare(20, 600); }
TEST_CASE("100 kills lose nothing but what was in flight", "[.slow]") {
  kill_and_compare(100, 4000);
}

TEST_CASE("three processes share a store, and no run is trained twice", "[kill]") {
  const Scratch scratch("three");
  const std::string study = write_study(scratch, 120, 3000);
  const auto expected = uninterrupted(scratch, study);
  const auto store = scratch / "s.db";
  std::vector<std::unique_ptr<Program>> programs;
  for (int k = 0; k < 3; ++k) {  // they make the store together, too
    programs.push_back(std::make_unique<Program>(scratch, run_of(study, store, 1)));
  }
  for (const auto& program : programs) {
    CHECK(program->status() == 0);
    CHECK_THAT(program->out(), ContainsSubstring("120: 120 done, 0 missing"));
  }
  CHECK(records_in(store, study) == expected);
  CHECK(number_in(store, "select sum(starts) from runs") == 120);
  CHECK_FALSE(std::filesystem::exists(store.string() + "-workers"));
}

TEST_CASE("shards in stores of their own make up the study", "[kill]") {
  const Scratch scratch("shards");
  const std::string study = write_study(scratch, 40, 500);
  const auto expected = uninterrupted(scratch, study);
  std::vector<std::string> merge = {"study", "merge"};
  for (const char* shard : {"1", "2", "3"}) {
    const auto part = scratch / (std::string("part-") + shard + ".db");
    auto arguments = run_of(study, part, 1);
    arguments.insert(arguments.end(), {"--shard", std::string(shard) + "/3"});
    Program program(scratch, arguments);
    CHECK(program.status() == 0);
    CHECK(count_in(part) < 40);
    merge.push_back(part.string());
  }
  merge.insert(merge.end(), {"--store", (scratch / "all.db").string()});
  Program program(scratch, merge);
  CHECK(program.status() == 0);
  CHECK_THAT(program.out(), ContainsSubstring("all.db: 40 runs"));
  CHECK(records_in(scratch / "all.db", study) == expected);
}

TEST_CASE("asked to stop, it keeps what is finished and says how to go on", "[kill]") {
  const int signal = GENERATE(SIGINT, SIGTERM);
  const Scratch scratch("signal");
  const std::string study = write_study(scratch, 40, 100'000);
  const auto store = scratch / "s.db";
  Program program(scratch, run_of(study, store, 2));
  REQUIRE(wait_until([&] { return count_in(store) >= 2; }));
  const auto asked = std::chrono::steady_clock::now();
  program.send(signal);
  CHECK(program.status() == 128 + signal);
  CHECK(std::chrono::steady_clock::now() - asked < std::chrono::seconds(5));
  const std::int64_t done = count_in(store);
  CHECK(done >= 2);
  CHECK(done < 40);
  CHECK_THAT(program.err(),
             ContainsSubstring("study run: interrupted with " + std::to_string(done) +
                               " of 40 runs done and kept in " + store.string()));
  CHECK(program.out().empty());
  CHECK(number_in(store, "select count(*) from unfinished where state = 'dropped'") >= 1);
  CHECK(number_in(store, "select count(*) from unfinished where state != 'dropped'") == 0);
}

}  // namespace
}  // namespace grok
