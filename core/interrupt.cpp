#include "core/interrupt.hpp"

#include <unistd.h>

#include <atomic>
#include <csignal>

namespace grok {
namespace {

// A handler sees nothing but what is global.
std::atomic<int> received = 0;
static_assert(std::atomic<int>::is_always_lock_free);

void end_now(int signal) {
  if (signal == SIGALRM) {
    signal = received;
  }
  _exit(128 + signal);
}

void keep(int signal) {
  if (received.exchange(signal) != 0) {
    end_now(signal);
  }
  alarm(StopOnSignal::grace_seconds);
}

void handle(int signal, void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;
  sigaction(signal, &action, nullptr);
}

}  // namespace

StopOnSignal::StopOnSignal() {
  received = 0;
  handle(SIGALRM, end_now);
  handle(SIGINT, keep);
  handle(SIGTERM, keep);
}

StopOnSignal::~StopOnSignal() {
  alarm(0);
  for (const int signal : {SIGINT, SIGTERM, SIGALRM}) {
    handle(signal, SIG_DFL);
  }
}

int stop_signal() { return received; }

}  // namespace grok
