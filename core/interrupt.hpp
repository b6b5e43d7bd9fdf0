// core/interrupt.hpp: SIGINT and SIGTERM as a wish to stop.
#pragma once

#include <csignal>
#include <string>

namespace grok {

/// While one lives, the first SIGINT or SIGTERM is kept for `stop_signal`. If the program is still
/// there `grace_seconds` later, or at a second signal (after 0.2 s), it says its last words on
/// standard error and ends with 128 + the signal. One that was ignored before still is (nohup).
class StopOnSignal {
 public:
  static constexpr unsigned grace_seconds = 4;

  /// last_words: a line, without its end.
  explicit StopOnSignal(const std::string& last_words = "groktheory: interrupted");
  ~StopOnSignal();  // as it was before
  StopOnSignal(const StopOnSignal&) = delete;
  StopOnSignal& operator=(const StopOnSignal&) = delete;

 private:
  struct sigaction before_[3];
};

/// The signal that came since the last StopOnSignal was made; 0: none. From any thread.
int stop_signal();

/// For loops that take long and keep nothing when they end early: parallel_for, bootstrap, flows.
/// Throws Interrupted if a StopOnSignal lives and a signal came. Cost: two reads.
void throw_if_stopped();

}  // namespace grok
