#include "mpi/messages.hpp"

#include <cstring>
#include <optional>

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
    visit(m.place), visit(m.curve), visit(m.engine_build);
    for_each_record_field(m.record, [&](const char*, auto& member) { visit(member); });
  } else if constexpr (std::is_same_v<T, Failure>) {
    visit(m.place), visit(m.reason);
  } else if constexpr (std::is_same_v<T, Fatal>) {
    visit(m.status), visit(m.reason);
  } else if constexpr (std::is_same_v<T, Halted>) {
    visit(m.leaves);
  } else if constexpr (std::is_same_v<T, Order>) {
    visit(m.engine), visit(m.device), visit(m.stride), visit(m.places), visit(m.runs);
  } else if constexpr (std::is_same_v<T, End>) {
    visit(m.status);
  } else {
    static_assert(std::is_same_v<T, Halt>);
  }
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
  void put(const std::vector<I>& values) {
    put(static_cast<I>(values.size()));
    bytes(values.data(), values.size() * sizeof(I));
  }
  template <class T>
  void put(const std::optional<T>& value) {
    put(value.has_value());
    if (value) {
      put(*value);
    }
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
  void get(std::vector<I>& values) {
    values.resize(static_cast<std::size_t>(count(left() / sizeof(I))));
    bytes(values.data(), values.size() * sizeof(I));
  }
  template <class T>
  void get(std::optional<T>& value) {
    value.reset();
    if (count(1) != 0) {
      get(value.emplace());
    }
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

template <std::size_t K = 0>
Message empty_message(std::size_t kind) {
  if constexpr (K + 1 < std::variant_size_v<Message>) {
    if (kind != K) {
      return empty_message<K + 1>(kind);
    }
  }
  return std::variant_alternative_t<K, Message>{};
}

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
    Message& message = messages.emplace_back(empty_message(static_cast<std::size_t>(kind)));
    std::visit([&](auto& m) { for_each_member(m, [&](auto& member) { reader.get(member); }); },
               message);
  }
  return messages;
}

}  // namespace grok
