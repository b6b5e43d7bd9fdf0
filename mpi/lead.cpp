#include "mpi/lead.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "core/errors.hpp"
#include "mpi/chunk_size.hpp"

namespace grok {
namespace {

constexpr std::chrono::seconds patience_with_the_halted{2};

Crew::Wanted wanted_by(const TrainOptions& options) {
  return {options.stride, options.keep, options.shelve ? options.checkpoint_seconds : 0};
}

// What a run goes on or starts from.
std::vector<OnShelf> shelf_of(const Run& run, const TrainOptions& options) {
  std::vector<OnShelf> shelf;
  const auto add = [&](const Run& whose, const std::string& name) {
    if (auto artefact = options.shelf ? options.shelf(whose, name) : std::nullopt) {
      shelf.push_back({whose.name(), std::move(*artefact)});
    }
  };
  add(run, checkpoint_name);
  for (const Need& need : run.model().needs(run)) {
    add(need.run, need.artefact);
  }
  return shelf;
}

}  // namespace

Lead::Lead(Ranks& ranks, std::span<const Run> runs, int threads, Clock::duration silence)
    : ranks_(ranks), silence_(silence), all_(static_cast<std::size_t>(ranks.size())) {
  for (std::size_t k = 0; k < runs.size(); ++k) {
    numbers_.emplace(runs[k].name(), static_cast<std::int64_t>(k));
  }
  all_[0].hello = hello_of(runs, threads);
  all_[0].here = true;
}

std::vector<std::string> Lead::gather(const std::function<bool()>& stop) {
  const auto arrived = [](const Rank& rank) { return rank.here || rank.gone; };
  for (Patience patience; !std::ranges::all_of(all_, arrived);) {
    if (stop && stop()) {
      throw Interrupted("ranks: stopped as asked");
    }
    if (listen(nullptr)) {
      patience.reset();
    } else {
      patience.rest();
    }
  }
  std::set<std::string> hosts;
  std::int64_t threads = 0;
  std::vector<std::string> lines;
  for (std::size_t k = 0; k < all_.size(); ++k) {
    const Hello& hello = all_[k].hello;
    hosts.insert(hello.host);
    threads += hello.threads;
    if (all_[k].here && hello.instructions != all_[0].hello.instructions) {
      lines.push_back(fmt::format(
          "rank {} on {} computes with {}, rank 0 with {}: their records may differ in last digits",
          k, hello.host, hello.instructions, all_[0].hello.instructions));
    }
  }
  lines.insert(lines.begin(), fmt::format("{} ranks on {} machine{}, {} threads", all_.size(),
                                          hosts.size(), hosts.size() == 1 ? "" : "s", threads));
  return lines;
}

void Lead::check(int from) const {
  const Hello &own = all_[0].hello, &theirs = all_[static_cast<std::size_t>(from)].hello;
  const std::string where = fmt::format("rank {} on {}", from, theirs.host);
  if (theirs.build != own.build) {
    reject(where, "groktheory", theirs.build, "that of rank 0, " + own.build);
  }
  if (theirs.count != own.count || theirs.runs != own.runs) {
    reject(where, "runs", fmt::format("{} ({})", theirs.count, theirs.runs),
           fmt::format("those of rank 0, {} ({}): one study file, --profile and --shard for all "
                       "ranks (--mpi off: processes that do not know each other)",
                       own.count, own.runs));
  }
}

void Lead::train(std::span<const Run> runs, const TrainOptions& options) {
  Round round{runs, options, {}};
  try {
    begin(round);
    for (Patience patience; !finished(round);) {
      if (options.stop && options.stop()) {
        halt(round);
        throw Interrupted("train: stopped as asked");
      }
      bool busy = listen(&round);
      look_at_own_crew(round);
      busy = hand_out(round) || busy;
      if (busy) {
        patience.reset();
      } else {
        patience.rest();
      }
    }
  } catch (...) {
    crew_.reset();
    throw;
  }
}

// Nobody has a run when a round begins.
void Lead::begin(Round& round) {
  for (std::size_t place = 0; place < round.runs.size(); ++place) {
    round.waiting.push_back(place);
  }
  const TrainOptions& options = round.options;
  asking_.clear();
  for (int rank = 0; rank < ranks_.size(); ++rank) {
    Rank& one = all_[static_cast<std::size_t>(rank)];
    if (one.gone) {
      continue;
    }
    Workers workers = options.workers;
    workers.threads = static_cast<int>(one.hello.threads);
    one.lanes = one.idle = lanes_of(workers);
    ask(rank);
    if (rank == 0) {
      crew_ = std::make_unique<Crew>(workers, wanted_by(options));
    }
  }
}

bool Lead::finished(const Round& round) const {
  return round.waiting.empty() &&
         std::ranges::all_of(all_, [](const Rank& rank) { return rank.places.empty(); });
}

bool Lead::is_idle(int rank) const { return all_[static_cast<std::size_t>(rank)].idle > 0; }

void Lead::ask(int rank) {
  if (std::ranges::find(asking_, rank) == asking_.end()) {
    asking_.push_back(rank);
  }
}

bool Lead::listen(Round* round) {
  bool heard = false;
  while (const auto packet = ranks_.receive()) {
    heard = true;
    all_[static_cast<std::size_t>(packet->from)].heard = Clock::now();
    for (const Message& message : decoded(packet->data)) {
      hear(packet->from, message, round);
    }
  }
  give_up_the_silent(round);
  return heard;
}

// Silence counts while this rank listens: not while it waits for a disk or for another process.
void Lead::give_up_the_silent(Round* round) {
  const Clock::time_point now = Clock::now();
  const Clock::duration often = silence_ / 10, apart = now - looked_;
  if (apart < often) {
    return;
  }
  looked_ = now;
  for (int number = 1; number < ranks_.size(); ++number) {
    Rank& rank = all_[static_cast<std::size_t>(number)];
    if (apart > 2 * often) {
      rank.heard = now;
    }
    if (rank.here && !rank.gone && now - rank.heard > silence_) {
      if (round != nullptr && round->options.notice) {
        round->options.notice(fmt::format("rank {} on {} does not answer: its {} runs go to others",
                                          number, rank.hello.host, rank.places.size()));
      }
      ranks_.give_up(number);
      lose(number, round);
    }
  }
}

void Lead::hear(int from, const Message& message, Round* round) {
  Rank& rank = all_[static_cast<std::size_t>(from)];
  if (const auto* hello = std::get_if<Hello>(&message)) {
    rank.hello = *hello;
    rank.here = true;
    check(from);
  } else if (const auto* want = std::get_if<Want>(&message)) {
    if (want->orders == rank.orders && !rank.gone) {  // else an order is on its way there
      rank.idle = want->idle;
      ask(from);
    }
  } else if (const auto* result = std::get_if<Result>(&message)) {
    if (round != nullptr) {
      keep(from, *result, *round);
    }
  } else if (const auto* shelved = std::get_if<Shelved>(&message)) {
    if (round != nullptr) {
      shelve(from, *shelved, *round);
    }
  } else if (const auto* failure = std::get_if<Failure>(&message)) {
    const auto place = static_cast<std::size_t>(failure->place);
    if (round != nullptr && rank.places.erase(place) > 0) {
      if (!round->options.failed) {
        throw Error(failure->reason);
      }
      round->options.failed(place, failure->reason);
    }
  } else if (const auto* fatal = std::get_if<Fatal>(&message)) {
    fail(from, *fatal);
  } else if (const auto* halted = std::get_if<Halted>(&message)) {
    rank.halted = true;
    if (halted->leaves) {
      lose(from, round);
    }
  }
}

void Lead::keep(int from, const Result& result, Round& round) {
  const auto place = static_cast<std::size_t>(result.place);
  if (all_[static_cast<std::size_t>(from)].places.erase(place) == 0) {
    return;  // of a rank that was given up
  }
  maker_ = from;
  engine_build_ = result.engine_build;
  if (round.options.finished) {
    const Model& model = round.runs[place].model();
    round.options.finished(place, {model.outcome(result.values), result.curve, result.artefacts});
  }
}

void Lead::shelve(int from, const Shelved& shelved, Round& round) {
  const auto place = static_cast<std::size_t>(shelved.place);
  if (round.options.shelve && all_[static_cast<std::size_t>(from)].places.contains(place)) {
    round.options.shelve(place, shelved.checkpoint);
  }
}

Making Lead::making(const Making& base) const {
  Making making = base;
  const Hello& maker = all_[static_cast<std::size_t>(maker_)].hello;
  making.threads = maker.threads;
  making.processor = maker.processor;
  making.engine_build = engine_build_;
  if (base.host) {
    making.host = maker.host;
  }
  return making;
}

void Lead::lose(int from, Round* round) {
  Rank& rank = all_[static_cast<std::size_t>(from)];
  rank.gone = rank.halted = true;
  rank.lanes = rank.idle = 0;
  std::erase(asking_, from);
  if (round != nullptr) {
    round->waiting.insert(round->waiting.begin(), rank.places.begin(), rank.places.end());
    for (int other = 0; other < ranks_.size(); ++other) {  // an answer they got may be another now
      if (!all_[static_cast<std::size_t>(other)].gone) {
        ask(other);
      }
    }
  }
  rank.places.clear();
}

void Lead::fail(int from, const Fatal& fatal) const {
  const std::string text =
      from == 0 ? fatal.reason : fmt::format("rank {}: {}", from, fatal.reason);
  if (fatal.status == 2) {
    throw InputError(text);
  }
  throw Error(text);
}

void Lead::look_at_own_crew(Round& round) {
  for (const Message& message : crew_->take_messages()) {
    hear(0, message, &round);
  }
  const Crew::Load load = crew_->load();
  if (load.waiting == 0) {
    all_[0].idle = load.idle;
    ask(0);
  }
}

// One rank at a time, so that results do not wait for long; those that are idle first.
bool Lead::hand_out(Round& round) {
  while (!asking_.empty() && !round.waiting.empty()) {
    const auto first = std::ranges::find_if(asking_, [this](int rank) { return is_idle(rank); });
    const auto next = first == asking_.end() ? asking_.begin() : first;
    const int to = *next;
    asking_.erase(next);
    Rank& rank = all_[static_cast<std::size_t>(to)];
    const std::vector<std::size_t> places = chunk(rank, round);
    if (!places.empty()) {
      rank.places.insert(places.begin(), places.end());
      order(to, places, round);
      return true;
    }
  }
  return false;
}

std::vector<std::size_t> Lead::chunk(Rank& rank, Round& round) const {
  std::int64_t all_lanes = 0;
  for (const Rank& each : all_) {
    all_lanes += each.lanes;
  }
  const auto count = static_cast<std::size_t>(
      chunk_size({std::ssize(round.waiting), rank.idle, rank.lanes, all_lanes,
                  std::ranges::any_of(asking_, [this](int other) { return is_idle(other); })}));
  std::vector<std::size_t> places;
  while (places.size() < count && !round.waiting.empty()) {
    const std::size_t place = round.waiting.front();
    round.waiting.pop_front();
    if (!round.options.start || round.options.start(place)) {
      places.push_back(place);
    }
  }
  return places;
}

void Lead::order(int to, const std::vector<std::size_t>& places, const Round& round) {
  const TrainOptions& options = round.options;
  if (to == 0) {
    std::vector<Crew::Job> jobs;
    for (const std::size_t place : places) {
      const Run& run = round.runs[place];
      jobs.push_back({static_cast<std::int64_t>(place), run, shelf_of(run, options)});
    }
    crew_->add(std::move(jobs));
    return;
  }
  const Crew::Wanted wanted = wanted_by(options);
  Order order{options.workers.engine,
              options.workers.device,
              wanted.stride,
              wanted.keep,
              wanted.checkpoint_seconds,
              {}};
  for (const std::size_t place : places) {
    const Run& run = round.runs[place];
    order.tasks.push_back(
        {static_cast<std::int64_t>(place), numbers_.at(run.name()), shelf_of(run, options)});
  }
  ++all_[static_cast<std::size_t>(to)].orders;
  const Message message = std::move(order);
  ranks_.send(to, encoded({&message, 1}));
}

// What ranks have finished is kept, if they answer soon.
void Lead::halt(Round& round) {
  const Message message = Halt{};
  for (int rank = 1; rank < ranks_.size(); ++rank) {
    if (!all_[static_cast<std::size_t>(rank)].gone) {
      ranks_.send(rank, encoded({&message, 1}));
    }
  }
  crew_->halt();
  for (const Message& own : crew_->take_messages()) {
    hear(0, own, &round);
  }
  all_[0].halted = true;
  const auto halted = [](const Rank& rank) { return rank.halted; };
  const auto until = std::chrono::steady_clock::now() + patience_with_the_halted;
  for (Patience patience; !std::ranges::all_of(all_, halted);) {
    if (std::chrono::steady_clock::now() > until) {
      return;
    }
    if (listen(&round)) {
      patience.reset();
    } else {
      patience.rest();
    }
  }
}

void end_ranks(Ranks& ranks, std::int64_t status) {
  const Message message = End{status};
  for (int rank = 1; rank < ranks.size(); ++rank) {
    ranks.send(rank, encoded({&message, 1}));
  }
}

}  // namespace grok
