#include "core/progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <iostream>

namespace grok {

std::string progress_line(const std::string& label, std::int64_t done, std::int64_t total,
                          double seconds) {
  std::string line = fmt::format("{}: {}/{}", label, done, total);
  if (total > 0) {
    line += fmt::format(" ({}%)", 100 * done / total);
  }
  if (done > 0 && seconds > 0) {
    const double rate = static_cast<double>(done) / seconds;
    const double left = static_cast<double>(total - done) / rate;
    line += fmt::format("  {:.3g}/s", rate);
    line += left < 120 ? fmt::format("  {:.0f} s left", left)
                       : fmt::format("  {:.0f} min left", left / 60);
  }
  return line;
}

Progress::Progress(std::string label, std::int64_t total)
    : Progress(std::move(label), total, std::cerr, isatty(STDERR_FILENO) == 1) {}

Progress::Progress(std::string label, std::int64_t total, std::ostream& out, bool live)
    : label_(std::move(label)), total_(total), out_(out), live_(live) {}

Progress::~Progress() {
  if (live_ && drawn_ != Clock::time_point{}) {
    out_ << "\r\x1b[K" << std::flush;
  }
}

void Progress::advance(std::int64_t count) {
  const std::lock_guard lock(mutex_);
  done_ += count;
  const auto now = Clock::now();
  if (!live_ || now - drawn_ < std::chrono::milliseconds(100)) {
    return;
  }
  drawn_ = now;
  const std::chrono::duration<double> elapsed = now - start_;
  out_ << '\r' << progress_line(label_, done_, total_, elapsed.count()) << "\x1b[K" << std::flush;
}

}  // namespace grok
