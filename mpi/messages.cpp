#include "mpi/messages.hpp"

#include <cstring>

#include "core/errors.hpp"

namespace grok {
namespace {

using I = std::int64_t;

template <class M, class V>
void for_each_member(M& m, V&& visit) {
  using T = std::remove_const_t<M>;
  if constexpr (std::is_same_v<T, Hello>) {
    visit(m.runs), visit(m.count), visit(m.build), visit(m.host), visit(m.processor);
    visit(m.instructions), visit(m.threads);
  } else if constexpr (std::is_same_v<T, Want>) {
    visit(m.orders), visit(m.idle);
  } else if constexpr (std::is_same_v<T, Result>) {
    visit(m.place), visit(m.values), visit(m.curve), visit(m.artefacts), visit(m.engine_build);
  } else if constexpr (std::is_same_v<T, Shelved>) {
    visit(m.place), visit(m.checkpoint);
  } else if constexpr (std::is_same_v<T, Failure>) {
    visit(m.place), visit(m.reason);
  } else if constexpr (std::is_same_v<T, Fatal>) {
    visit(m.status), visit(m.reason);
  } else if constexpr (std::is_same_v<T, Halted>) {
    visit(m.leaves);
  } else if constexpr (std::is_same_v<T, Order>) {
    visit(m.engine), visit(m.device), visit(m.stride), visit(m.keep), visit(m.checkpoint_seconds);
    visit(m.tasks);
  } else if constexpr (std::is_same_v<T, RunTask>) {
    visit(m.place), visit(m.run), visit(m.shelf);
  } else if constexpr (std::is_same_v<T, OnShelf>) {
    visit(m.identity), visit(m.artefact);
  } else if constexpr (std::is_same_v<T, Artefact>) {
    visit(m.name), visit(m.step), visit(m.bytes);
  } else if constexpr (std::is_same_v<T, Curve>) {
    visit(m.columns), visit(m.metrics), visit(m.numbers);
  } else if constexpr (std::is_same_v<T, End>) {
    visit(m.status);
  } else {
    static_assert(std::is_same_v<T, Halt>);
  }
}

template <class Variant, std::size_t K = 0>
Variant empty_alternative(std::size_t kind) {
  if constexpr (K + 1 < std::variant_size_v<Variant>) {
    if (kind != K) {
      return empty_alternative<Variant, K + 1>(kind);
    }
  }
  return Variant(std::in_place_index<K>);
}

class Writer {
 public:
  void put(I value) { bytes(&value, sizeof value); }
  void put(double value) { bytes(&value, sizeof value); }
  void put(bool value) { put(I{value}); }
  void put(const std::string& value) {
    put(static_cast<I>(value.size()));
    bytes(value.data(), value.size());
  }
  void put(std::size_t value) { put(static_cast<I>(value)); }
  void put(std::monostate) {}
  void put(const Value& value) {
    put(static_cast<I>(value.index()));
    std::visit([this](const auto& held) { put(held); }, value);
  }
  template <class T>
  void put(const std::vector<T>& values) {
    put(static_cast<I>(values.size()));
    if constexpr (std::is_arithmetic_v<T>) {
      bytes(values.data(), values.size() * sizeof(T));
    } else {
      for (const T& value : values) {
        put(value);
      }
    }
  }
  template <class T>
  void put(const T& structure) {
    for_each_member(structure, [this](const auto& member) { put(member); });
  }
  std::string take() { return std::move(data_); }

 private:
  void bytes(const void* from, std::size_t count) {
    data_.append(static_cast<const char*>(from), count);
  }
  std::string data_;
};

class Reader {
 public:
  explicit Reader(const std::string& data) : data_(data) {}
  bool at_end() const { return at_ == data_.size(); }

  void get(I& value) { bytes(&value, sizeof value); }
  void get(double& value) { bytes(&value, sizeof value); }
  void get(bool& value) { value = count(1) != 0; }
  void get(std::string& value) {
    value.resize(static_cast<std::size_t>(count(left())));
    bytes(value.data(), value.size());
  }
  void get(std::size_t& value) { value = static_cast<std::size_t>(count(std::size_t{1} << 40)); }
  void get(std::monostate&) {}
  void get(Value& value) {
    value =
        empty_alternative<Value>(static_cast<std::size_t>(count(std::variant_size_v<Value> - 1)));
    std::visit([this](auto& held) { get(held); }, value);
  }
  template <class T>
  void get(std::vector<T>& values) {
    if constexpr (std::is_arithmetic_v<T>) {
      values.resize(static_cast<std::size_t>(count(left() / sizeof(T))));
      bytes(values.data(), values.size() * sizeof(T));
    } else {
      values.clear();
      for (I more = count(left()); more > 0; --more) {  // each takes a byte or more
        get(values.emplace_back());
      }
    }
  }
  template <class T>
  void get(T& structure) {
    for_each_member(structure, [this](auto& member) { get(member); });
  }
  I count(std::size_t most) {
    I value = 0;
    get(value);
    if (value < 0 || static_cast<std::size_t>(value) > most) {
      fail();
    }
    return value;
  }

 private:
  [[noreturn]] static void fail() { throw Error("message of a rank: not one of this program"); }
  std::size_t left() const { return data_.size() - at_; }
  void bytes(void* to, std::size_t size) {
    if (size > left()) {
      fail();
    }
    if (size > 0) {
      std::memcpy(to, data_.data() + at_, size);
    }
    at_ += size;
  }
  const std::string& data_;
  std::size_t at_ = 0;
};

}  // namespace

std::string encoded(std::span<const Message> messages) {
  Writer writer;
  for (const Message& message : messages) {
    writer.put(static_cast<I>(message.index()));
    std::visit(
        [&](const auto& m) { for_each_member(m, [&](const auto& member) { writer.put(member); }); },
        message);
  }
  return writer.take();
}

std::vector<Message> decoded(const std::string& data) {
  Reader reader(data);
  std::vector<Message> messages;
  while (!reader.at_end()) {
    const I kind = reader.count(std::variant_size_v<Message> - 1);
    Message& message =
        messages.emplace_back(empty_alternative<Message>(static_cast<std::size_t>(kind)));
    std::visit([&](auto& m) { for_each_member(m, [&](auto& member) { reader.get(member); }); },
               message);
  }
  return messages;
}

}  // namespace grok
