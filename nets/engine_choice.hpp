// nets/engine_choice.hpp: which engine trains a list of runs, by a rule, with its reason.
//   engine  "cpu": one core per network, its state in cache; "torch": ensembles through LibTorch
//   device  "cpu", or "cuda" (the torch engine alone)
//   "auto"  takes the one that is expected to be done first
#pragma once

#include <span>
#include <string>

namespace grok {

class Run;

/// What the user asks for, and what was chosen: then no field is "auto", and `reason` says why.
struct Workers {
  std::string engine = "auto";
  std::string device = "auto";
  int threads = 1;     // cores of the cpu engine, and of the torch engine on the CPU
  std::string reason;  // one line
};

/// The cpu engine on `threads` cores.
Workers cpu_workers(int threads);

/// "engine cpu, 2 threads (no CUDA device answers)", "engine torch on cuda (asked for)".
std::string describe(const Workers& chosen);

/// What a record's `engine` was made of, in one line: "x86-64-v4", or LibTorch, its BLAS and their
/// threads.
std::string engine_build(const std::string& engine);

/// What this machine offers.
struct Hardware {
  int cuda_devices = 0;
  std::string no_torch;  // why the torch engine cannot be had; empty: it can
  std::string no_cuda;   // why CUDA cannot; empty: it can
};

/// Looks at the machine. Loads LibTorch only if `request` needs it or a CUDA driver answers.
Hardware look_at_hardware(const Workers& request);

/// Seconds until `runs` (resolved) are done if each takes its whole budget, by the rule in
/// docs/performance.md. Wants at least one run.
double expected_seconds(std::span<const Run> runs, const std::string& device, int threads);

/// Throws InputError "where: --device = ..." for words that are not allowed, or an engine or device
/// that is not there. An empty list of runs chooses the cpu engine.
Workers choose_engine(std::span<const Run> runs, const Workers& request, const Hardware& hardware,
                      const std::string& where);

}  // namespace grok
