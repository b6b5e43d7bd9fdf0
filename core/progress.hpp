// core/progress.hpp: one live line on a terminal (count, rate, time left); silent anywhere else.
// No C++ progress library is packaged by the distributions we build on, hence these few lines.
#pragma once

#include <chrono>
#include <cstdint>
#include <iosfwd>
#include <mutex>
#include <string>

namespace grok {

/// What the live line says, e.g. "fig4: 37/110 (33%)  2.1/s  35 s left". seconds: since the start.
std::string progress_line(const std::string& label, std::int64_t done, std::int64_t total,
                          double seconds);

class Progress {
 public:
  /// Draws on standard error if that is a terminal. total >= 0: how many `advance` will count.
  Progress(std::string label, std::int64_t total);
  /// Draws on `out` if `live`; for tests.
  Progress(std::string label, std::int64_t total, std::ostream& out, bool live);
  ~Progress();  // wipes the line
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void advance(std::int64_t count = 1);  // thread-safe; redraws at most ten times a second

 private:
  using Clock = std::chrono::steady_clock;
  std::string label_;
  std::int64_t total_;
  std::int64_t done_ = 0;
  std::ostream& out_;
  bool live_;
  Clock::time_point start_ = Clock::now();
  Clock::time_point drawn_{};
  std::mutex mutex_;
};

}  // namespace grok
