// core/interrupt.hpp: SIGINT and SIGTERM as a wish to stop.
#pragma once

namespace grok {

/// While one lives, the first SIGINT or SIGTERM is kept for `stop_signal`, and if the program is
/// still there `grace_seconds` later, or at a second signal, it ends at once with 128 + the signal.
class StopOnSignal {
 public:
  static constexpr unsigned grace_seconds = 4;

  StopOnSignal();
  ~StopOnSignal();  // as it was before
  StopOnSignal(const StopOnSignal&) = delete;
  StopOnSignal& operator=(const StopOnSignal&) = delete;
};

/// The signal that came since the last StopOnSignal was made; 0: none. From any thread.
int stop_signal();

}  // namespace grok
