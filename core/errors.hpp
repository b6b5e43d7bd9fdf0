// core/errors.hpp: the kinds of failure, the one-line messages they carry, and the exit status.
//   InputError        2  the caller gave a bad value; "where: name = value, allowed ..."
//   ConvergenceError  3  a computation could not do what was asked; achieved and wanted
//   Interrupted       128 + signal: the caller asked to stop
//   Error             1  anything else (disk full, a broken program)
// The library never prints, exits or clamps; it throws one of these.
#pragma once

#include <concepts>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

namespace grok {

class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

class InputError : public Error {
 public:
  using Error::Error;
};

class ConvergenceError : public Error {
 public:
  using Error::Error;
};

class Interrupted : public Error {
 public:
  using Error::Error;
};

/// Throws InputError "where: name = value, allowed <allowed>".
[[noreturn]] void reject(std::string_view where, std::string_view name, std::string_view value,
                         std::string_view allowed);

/// Throws the same InputError with "(more)" behind it.
[[noreturn]] void reject_further(const InputError& error, std::string_view more);

/// Bytes 0x00 to 0x1f and 0x7f: no part of a name; messages show them as \x0a.
bool has_control_characters(std::string_view text);

/// The shortest text that reads back as the same double; "nan", "inf" for the rest.
std::string to_text(double value);

/// Throws InputError unless low <= value <= high (which also rejects NaN).
void require_in_range(std::string_view where, std::string_view name, double value, double low,
                      double high);
void require_in_range(std::string_view where, std::string_view name, std::int64_t value,
                      std::int64_t low, std::int64_t high);

template <std::integral T>
void require_in_range(std::string_view where, std::string_view name, T value, T low, T high) {
  require_in_range(where, name, static_cast<std::int64_t>(value), static_cast<std::int64_t>(low),
                   static_cast<std::int64_t>(high));
}

}  // namespace grok
