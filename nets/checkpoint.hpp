// nets/checkpoint.hpp: a run that takes minutes leaves its state on the shelf every now and then,
// and before it is stopped; the one that comes after it goes on from there, bit for bit.
#pragma once

#include <chrono>
#include <cstring>
#include <string>
#include <type_traits>
#include <vector>

#include "nets/train.hpp"

namespace grok {

/// Plain numbers and lists of them, one after the other. Read back in the same order, on the same
/// kind of machine.
class StateWriter {
 public:
  template <class T>
  void put(const T& value) {
    static_assert(std::is_trivially_copyable_v<T>);
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  template <class T>
  void put(const T* values, std::size_t count) {
    static_assert(std::is_trivially_copyable_v<T>);
    put(static_cast<std::uint64_t>(count));
    bytes_.append(reinterpret_cast<const char*>(values), count * sizeof(T));
  }
  void put(const std::string& text) { put(text.data(), text.size()); }
  std::string take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

class StateReader {
 public:
  explicit StateReader(const std::string& bytes) : bytes_(bytes) {}
  template <class T>
  void get(T& value) {
    static_assert(std::is_trivially_copyable_v<T>);
    std::memcpy(&value, take(1, sizeof value), sizeof value);
  }
  /// Exactly `count` of them.
  template <class T>
  void get(T* values, std::size_t count) {
    if (length() != count) {
      fail();
    }
    const char* from = take(count, sizeof(T));
    if (count > 0) {
      std::memcpy(values, from, count * sizeof(T));
    }
  }
  template <class T>
  void get(std::vector<T>& values) {
    const std::size_t count = length();
    const char* from = take(count, sizeof(T));
    values.resize(count);
    if (count > 0) {
      std::memcpy(values.data(), from, count * sizeof(T));
    }
  }
  void get(std::string& text) {
    const std::size_t count = length();
    text.assign(take(count, 1), count);
  }
  /// Nothing is left.
  bool done() const { return at_ == bytes_.size(); }

 private:
  [[noreturn]] static void fail() { throw Error("checkpoint: not one of this run and program"); }
  std::size_t length() {
    std::uint64_t count = 0;
    get(count);
    return count;
  }
  const char* take(std::size_t count, std::size_t size) {
    if (count > (bytes_.size() - at_) / size) {  // a product of the two may be too large to hold
      fail();
    }
    at_ += count * size;
    return bytes_.data() + at_ - count * size;
  }
  const std::string& bytes_;
  std::size_t at_ = 0;
};

/// When a run that is under way should be put on the shelf.
class Checkpoints {
 public:
  explicit Checkpoints(const OneRun& one) : one_(one) {}

  /// What an earlier attempt left; empty: nothing, or another build of this program made it.
  std::optional<Artefact> found();
  /// Wall time of the training so far, that of earlier attempts included.
  double seconds() const;
  /// At a step: puts `state()` (a string of bytes) on the shelf when it is time; throws Interrupted
  /// when the run is to stop, the state put there before if the run is worth it, and `curve()` told
  /// to whom wants it.
  template <class State, class CurveSoFar>
  void at(std::int64_t step, const State& state, const CurveSoFar& curve) {
    const bool stop = one_.stop && one_.stop();
    if (one_.shelve && (is_due() || (stop && is_worth_it()))) {
      put(step, state());
    }
    if (stop) {
      if (one_.dropped) {
        one_.dropped(step, curve());
      }
      throw_stopped();
    }
  }
  /// Of a model without curves.
  template <class State>
  void at(std::int64_t step, const State& state) {
    at(step, state, [] { return Curve(); });
  }

 private:
  using Clock = std::chrono::steady_clock;
  bool is_due() const;
  bool is_worth_it() const;
  void put(std::int64_t step, std::string state);

  const OneRun& one_;
  Clock::time_point begun_ = Clock::now(), last_ = begun_;
  double before_ = 0;  // seconds of earlier attempts
};

}  // namespace grok
