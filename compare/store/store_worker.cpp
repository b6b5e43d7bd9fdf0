#include "compare/store/store_worker.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "compare/store/artefacts.hpp"
#include "compare/store/curves.hpp"
#include "compare/store/store_file.hpp"
#include "compare/store/worker_locks.hpp"
#include "core/errors.hpp"

namespace grok {
namespace {

constexpr const char* now = "strftime('%Y-%m-%dT%H:%M:%SZ', 'now')";

bool anybody(const StoreFile& file, const WorkerLocks& locks, I but) {
  const Statement s = file.prepare("select worker from workers where worker != ?");
  set_value(s.get(), 1, but);
  while (file.step(s, "read")) {
    if (locks.alive(sqlite3_column_int64(s.get(), 0))) {
      return true;
    }
  }
  return false;
}

}  // namespace

struct StoreWorker::Impl {
  Store::Impl& store;
  Making making;
  std::unique_ptr<WorkerLocks> locks;
  I worker = 0;
  Statement known_curve, known_artefact, state, taking, history, forgetting, failing, keeping;

  Impl(Store::Impl& of, Making how) : store(of), making(std::move(how)) {
    const StoreFile& file = store.file;
    if (file.read_only()) {
      throw Error(fmt::format("{}: the store was opened to be read", file.path().string()));
    }
    join();
    known_artefact = file.prepare("select 1 from artefacts where identity = ? and name = ?");
    known_curve = file.prepare("select 1 from curves where identity = ? and stride = ?");
    state = file.prepare("select state, worker from unfinished where identity = ?");
    taking = file.prepare(fmt::format(
        "insert into unfinished (identity, spec, state, worker, started_at, starts) values (?, ?, "
        "'running', ?, {}, 1) on conflict (identity) do update set state = 'running', worker = "
        "excluded.worker, started_at = excluded.started_at, starts = starts + 1, reason = null",
        now));
    history = file.prepare("select started_at, starts from unfinished where identity = ?");
    forgetting = file.prepare("delete from unfinished where identity = ?");
    failing = file.prepare(
        "update unfinished set state = 'failed', worker = ?, reason = ? where identity = ?");
    keeping = file.prepare(
        "insert into curves (identity, stride, data, columns, metrics) values (?, ?, ?, ?, ?) on "
        "conflict do nothing");
  }

  // In a transaction, so that nobody removes the file of locks meanwhile.
  void join() {
    const StoreFile& file = store.file;
    Transaction transaction(file);
    locks = std::make_unique<WorkerLocks>(file.path(), WorkerLocks::Mode::work);
    file.execute(fmt::format("insert into workers (started_at) values ({})", now));
    worker = sqlite3_last_insert_rowid(file.handle());
    locks->lock(worker);
    transaction.commit();
  }

  // Somebody removed the file of locks: others would take this worker for dead.
  void require_lock() {
    if (!locks->in_place()) {
      locks = std::make_unique<WorkerLocks>(store.file.path(), WorkerLocks::Mode::work);
      locks->lock(worker);
    }
  }

  void leave() const {
    const StoreFile& file = store.file;
    Transaction transaction(file);
    file.execute(fmt::format(
        "update unfinished set state = 'dropped' where worker = {} and state = 'running'", worker));
    file.execute(fmt::format("delete from workers where worker = {}", worker));
    if (!anybody(file, *locks, worker)) {
      file.execute("delete from workers");  // the dead
      locks->remove();
    }
    transaction.commit();
  }

  bool found(const Statement& s) const { return store.file.step_once(s, "read"); }

  bool done(const Run& run, const Wanted& wanted) {
    const Store::Impl::OpenTable* table = store.table_of(run.model(), false);
    if (table == nullptr) {
      return false;
    }
    set_value(table->finding.get(), 1, run.name());
    set_value(known_curve.get(), 1, run.name());
    set_value(known_curve.get(), 2, wanted.stride);
    set_value(known_artefact.get(), 1, run.name());
    return found(table->finding) && (wanted.stride == 0 || found(known_curve)) &&
           std::ranges::all_of(wanted.keep, [this](const std::string& artefact) {
             set_value(known_artefact.get(), 2, artefact);
             return found(known_artefact);
           });
  }

  bool is_own(const std::string& name) const {
    set_value(state.get(), 1, name);
    const bool own = store.file.step(state, "read") && text_in(state.get(), 0) == "running" &&
                     sqlite3_column_int64(state.get(), 1) == worker;
    sqlite3_reset(state.get());
    return own;
  }

  Answer answer_about(const Run& run, const Wanted& wanted) {
    if (done(run, wanted)) {
      return Answer::done;
    }
    const std::string& name = run.name();
    set_value(state.get(), 1, name);
    Answer answer = Answer::taken;
    if (store.file.step(state, "read")) {
      const std::string is = text_in(state.get(), 0);
      const I whose = sqlite3_column_int64(state.get(), 1);
      if (is == "running" && whose != worker && locks->alive(whose)) {
        answer = Answer::elsewhere;
      } else if (is == "failed" && (whose >= worker || locks->alive(whose))) {
        answer = Answer::failed;
      }
    }
    sqlite3_reset(state.get());
    return answer;
  }
};

StoreWorker::StoreWorker(Store& store, Making making)
    : impl_(std::make_unique<Impl>(*store.impl_, std::move(making))) {}

StoreWorker::~StoreWorker() {
  try {
    impl_->leave();
  } catch (const std::exception&) {
    // A store that cannot be written any more: the lock goes with the process, which says as much
  }
}

StoreWorker::Answer StoreWorker::take(const Run& run, const Wanted& wanted) {
  const StoreFile& file = impl_->store.file;
  if (impl_->done(run, wanted)) {
    return Answer::done;
  }
  Transaction transaction(file, false);  // after a power cut nobody has taken anything
  impl_->require_lock();
  const Answer answer = impl_->answer_about(run, wanted);
  if (answer == Answer::taken) {
    sqlite3_stmt* s = impl_->taking.get();
    set_value(s, 1, run.name());
    set_value(s, 2, run.model().text(run));
    set_value(s, 3, impl_->worker);
    file.step_once(impl_->taking, "take");
    transaction.commit();
  }
  return answer;
}

void StoreWorker::finish(const Run& run, const Finished& finished, std::int64_t stride) {
  const StoreFile& file = impl_->store.file;
  const std::string& name = run.name();
  Transaction transaction(file);
  Making making = impl_->making;
  set_value(impl_->history.get(), 1, name);
  if (file.step(impl_->history, "read")) {
    making.started_at = text_in(impl_->history.get(), 0);
    making.starts = sqlite3_column_int64(impl_->history.get(), 1);
  }
  sqlite3_reset(impl_->history.get());
  impl_->store.insert(run, finished.outcome, making);
  set_value(impl_->forgetting.get(), 1, name);
  file.step_once(impl_->forgetting, "finish");
  drop_artefact(file, name, checkpoint_name);
  if (stride > 0) {
    sqlite3_stmt* s = impl_->keeping.get();
    set_value(s, 1, name);
    set_value(s, 2, stride);
    set_bytes(s, 3, packed(finished.curve.numbers));
    set_value(s, 4, fmt::format("{}", fmt::join(finished.curve.columns, ",")));
    set_value(s, 5, static_cast<I>(finished.curve.metrics));
    file.step_once(impl_->keeping, "keep a curve");
  }
  for (const Artefact& artefact : finished.artefacts) {
    put_artefact(file, name, artefact);
  }
  transaction.commit();
}

void StoreWorker::shelve(const Run& run, const Artefact& checkpoint) {
  if (std::ssize(checkpoint.bytes) > max_artefact_bytes) {
    return;  // so large a network begins anew
  }
  Transaction transaction(impl_->store.file);
  if (impl_->is_own(run.name())) {  // a merge may have brought its record
    put_artefact(impl_->store.file, run.name(), checkpoint);
    transaction.commit();
  }
}

void StoreWorker::set_making(Making making) { impl_->making = std::move(making); }

void StoreWorker::fail(const Run& run, const std::string& reason) {
  const StoreFile& file = impl_->store.file;
  Transaction transaction(file, false);
  sqlite3_stmt* s = impl_->failing.get();
  set_value(s, 1, impl_->worker);
  set_value(s, 2, reason);
  set_value(s, 3, run.name());
  file.step_once(impl_->failing, "fail");
  drop_artefact(file, run.name(), checkpoint_name);  // it may be why
  transaction.commit();
}

std::vector<UnfinishedRun> unfinished_runs(const Store& store) {
  const StoreFile& file = store.file();
  std::vector<UnfinishedRun> runs;
  if (file.schema() < 4) {
    return runs;
  }
  const WorkerLocks locks(file.path(), WorkerLocks::Mode::look);
  const Statement s = file.prepare(
      "select identity, state, starts, started_at, coalesce(reason, ''), worker from unfinished "
      "order by rowid");
  while (file.step(s, "read")) {
    UnfinishedRun run{text_in(s.get(), 0), text_in(s.get(), 1), sqlite3_column_int64(s.get(), 2),
                      text_in(s.get(), 3), text_in(s.get(), 4)};
    if (run.state == "running" && !locks.alive(sqlite3_column_int64(s.get(), 5))) {
      run.state = "dropped";
    }
    runs.push_back(std::move(run));
  }
  return runs;
}

std::vector<std::string> workers_joined(const Store& store) {
  const StoreFile& file = store.file();
  std::vector<std::string> joined;
  if (file.schema() >= 4) {
    const WorkerLocks locks(file.path(), WorkerLocks::Mode::look);
    const Statement s = file.prepare("select worker, started_at from workers order by started_at");
    while (file.step(s, "read")) {
      if (locks.alive(sqlite3_column_int64(s.get(), 0))) {
        joined.push_back(text_in(s.get(), 1));
      }
    }
  }
  return joined;
}

}  // namespace grok
