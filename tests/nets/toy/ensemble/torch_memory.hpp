// tests/nets/toy/ensemble/torch_memory.hpp: the memory of LibTorch's tensors on the CPU, counted
// and refused.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

namespace grok::toy {

/// While it lives, tensors on the CPU take their memory from it. Made and ended while nobody else
/// uses LibTorch.
class TensorMemory {
 public:
  /// Whether so many bytes are refused, `taken` with them; asked from the thread that wants them.
  using Refusal = std::function<bool(std::int64_t bytes, std::int64_t taken)>;
  explicit TensorMemory(Refusal refuse = {});
  ~TensorMemory();
  TensorMemory(const TensorMemory&) = delete;
  TensorMemory& operator=(const TensorMemory&) = delete;

  std::int64_t taken() const;    // bytes, now
  std::int64_t most() const;     // bytes, at any time
  std::int64_t refused() const;  // times

 private:
  struct Account;
  class Source;
  std::shared_ptr<Account> account_;  // with every tensor: some may live longer
  std::unique_ptr<Source> source_;
};

}  // namespace grok::toy
