// tests/fuzz/fuzz.hpp: what all fuzz targets share.
//   The promise under test: whatever is read, the program goes on, or throws grok::Error with one
//   short line. Another exception, a second line, a control character in it, a sanitizer's report,
//   5 seconds or 1 GB (tests/fuzz/run.sh) are findings.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>

#include "core/errors.hpp"

namespace grok {

/// Ends the program, which libFuzzer takes for a crash and keeps the input.
inline void require(bool holds, const char* what, std::string_view found = {}) {
  if (!holds) {
    std::fprintf(stderr, "fuzz: %s: %.*s\n", what, static_cast<int>(found.size()), found.data());
    std::abort();
  }
}

template <class Read>
void expect_value_or_one_line(const Read& read) {
  try {
    read();
  } catch (const Error& error) {
    const std::string_view message = error.what();
    require(!message.empty() && !has_control_characters(message), "message of one line", message);
    require(message.size() <= 11'000, "short message", message);
  }
}

/// A file in memory, replaced by each input.
class InputFile {
 public:
  InputFile() : descriptor_(memfd_create("input", 0)) { require(descriptor_ >= 0, "memfd_create"); }
  ~InputFile() { close(descriptor_); }
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;

  std::filesystem::path holding(const std::uint8_t* data, std::size_t size) const {
    require(ftruncate(descriptor_, 0) == 0 &&
                pwrite(descriptor_, data, size, 0) == static_cast<ssize_t>(size),
            "the input is written");
    return "/proc/self/fd/" + std::to_string(descriptor_);
  }

 private:
  int descriptor_;
};

}  // namespace grok
