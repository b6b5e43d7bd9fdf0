#include "tests/nets/toy/ensemble/torch_memory.hpp"

#include <c10/core/CPUAllocator.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <cstring>
#include <new>
#include <stdexcept>

namespace grok::toy {

struct TensorMemory::Account {
  Refusal refuse;
  std::atomic<std::int64_t> taken = 0, most = 0, refused = 0;

  void take(std::int64_t bytes) {
    const std::int64_t now = taken += bytes;
    if (!refuse || !refuse(bytes, now)) {
      std::int64_t before = most.load();
      while (before < now && !most.compare_exchange_weak(before, now)) {
      }
      return;
    }
    taken -= bytes;
    if (++refused > 100) {
      throw std::runtime_error("memory was asked for again and again");
    }
#if defined(__SANITIZE_ADDRESS__)
    throw std::bad_alloc();  // the sanitizer ends the program for what follows
#else
    c10::GetDefaultCPUAllocator()->allocate(std::size_t{1} << 60);  // LibTorch's own words
#endif
  }
};

// LibTorch has changed what is const here: both are there, and one of them overrides.
class TensorMemory::Source final : public c10::Allocator {
 public:
  explicit Source(std::shared_ptr<Account> account) : account_(std::move(account)) {}

  c10::DataPtr allocate(std::size_t bytes) const { return make(bytes); }
  c10::DataPtr allocate(std::size_t bytes) { return make(bytes); }
  void copy_data(void* to, const void* from, std::size_t bytes) const {
    std::memcpy(to, from, bytes);
  }

 private:
  struct Taken {
    std::shared_ptr<Account> account;
    void* memory;
    std::int64_t bytes;
  };

  c10::DataPtr make(std::size_t bytes) const {
    constexpr std::size_t line = 64;
    account_->take(static_cast<std::int64_t>(bytes));
    void* memory = std::aligned_alloc(line, (bytes / line + 1) * line);
    return {memory, new Taken{account_, memory, static_cast<std::int64_t>(bytes)}, &give_back,
            c10::Device(c10::DeviceType::CPU)};
  }
  static void give_back(void* context) {
    const std::unique_ptr<Taken> taken(static_cast<Taken*>(context));
    taken->account->taken -= taken->bytes;
    std::free(taken->memory);
  }

  std::shared_ptr<Account> account_;
};

TensorMemory::TensorMemory(Refusal refuse)
    : account_(std::make_shared<Account>()), source_(std::make_unique<Source>(account_)) {
  account_->refuse = std::move(refuse);
  c10::SetCPUAllocator(source_.get());
}

TensorMemory::~TensorMemory() { c10::SetCPUAllocator(c10::GetDefaultCPUAllocator()); }

std::int64_t TensorMemory::taken() const { return account_->taken; }
std::int64_t TensorMemory::most() const { return account_->most; }
std::int64_t TensorMemory::refused() const { return account_->refused; }

}  // namespace grok::toy
