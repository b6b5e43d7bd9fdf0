// tests/nets/toy/ensemble/cuda_emulator.hpp: as much of CUDA as nets/toy/ensemble/ensemble_cuda.cu
// asks for, on the CPU. A warp is 32 fibers that hand over at every shuffle; blocks, and the warps
// in them, run last first.
#pragma once

#include <ucontext.h>

#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <vector>

#define __global__
#define __device__

struct dim3 {
  unsigned x = 1, y = 1, z = 1;
  dim3(unsigned a = 1, unsigned b = 1, unsigned c = 1) : x(a), y(b), z(c) {}
};
inline thread_local dim3 blockIdx, blockDim, threadIdx;

using cudaError_t = int;
inline constexpr cudaError_t cudaSuccess = 0;
inline cudaError_t cudaGetLastError() { return cudaSuccess; }
inline const char* cudaGetErrorString(cudaError_t) { return "none"; }

class WarpEmulator {
 public:
  static constexpr int lanes = 32;

  void run(const std::function<void()>& body, unsigned first_thread) {
    body_ = &body;
    for (int lane = 0; lane < lanes; ++lane) {
      Lane& l = lanes_[lane];
      l.stack.resize(128 * 1024);
      l.thread = first_thread + static_cast<unsigned>(lane);
      l.done = false;
      getcontext(&l.context);
      l.context.uc_stack.ss_sp = l.stack.data();
      l.context.uc_stack.ss_size = l.stack.size();
      l.context.uc_link = &scheduler_;
      makecontext(&l.context, &WarpEmulator::enter, 0);
    }
    for (bool running = true; running;) {
      running = false;
      for (int lane = lanes - 1; lane >= 0; --lane) {
        if (!lanes_[lane].done) {
          current_ = lane;
          threadIdx.x = lanes_[lane].thread;
          swapcontext(&scheduler_, &lanes_[lane].context);
          running = running || !lanes_[lane].done;
        }
      }
    }
  }

  template <class T>
  T exchange(T value, int other) {
    static_assert(sizeof(T) <= sizeof(std::uint64_t));
    const int lane = current_;
    Lane& l = lanes_[lane];
    // Two slots in turn: a lane may reach the next shuffle before others have read this one.
    const int slot = l.turn++ % 2;
    std::memcpy(&l.slots[slot], &value, sizeof(T));
    swapcontext(&l.context, &scheduler_);
    T received;
    std::memcpy(&received, &lanes_[lane ^ other].slots[slot], sizeof(T));
    return received;
  }
  void sync() {
    Lane& l = lanes_[current_];
    swapcontext(&l.context, &scheduler_);
  }

  static WarpEmulator& instance() {
    static thread_local WarpEmulator emulator;
    return emulator;
  }

 private:
  struct Lane {
    std::vector<char> stack;
    ucontext_t context;
    unsigned thread = 0;
    bool done = true;
    int turn = 0;
    std::uint64_t slots[2] = {};
  };
  static void enter() {
    WarpEmulator& e = instance();
    const int lane = e.current_;
    (*e.body_)();
    e.lanes_[lane].done = true;
    e.lanes_[lane].turn = 0;
  }
  Lane lanes_[lanes];
  ucontext_t scheduler_;
  const std::function<void()>* body_ = nullptr;
  int current_ = 0;
};

template <class T>
T __shfl_xor_sync(unsigned, T value, int other) {
  return WarpEmulator::instance().exchange(value, other);
}
inline void __syncwarp() { WarpEmulator::instance().sync(); }

template <class Kernel, class... Arguments>
void emulate(Kernel kernel, dim3 grid, int threads, const Arguments&... arguments) {
  blockDim = dim3(static_cast<unsigned>(threads));
  const std::function<void()> body = [&] { kernel(arguments...); };
  for (unsigned y = grid.y; y-- > 0;) {
    for (unsigned x = grid.x; x-- > 0;) {
      for (unsigned warp = blockDim.x / WarpEmulator::lanes; warp-- > 0;) {
        blockIdx = dim3(x, y);
        WarpEmulator::instance().run(body, warp * WarpEmulator::lanes);
      }
    }
  }
}
