// nets/torch_loader.cpp: finds and loads the module of the torch engine.
#include <dlfcn.h>
#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>

#include "core/errors.hpp"
#include "core/provenance.hpp"
#include "nets/kernels/mlp_kernel.hpp"
#include "nets/torch_engine.hpp"

namespace grok {
namespace {

namespace fs = std::filesystem;

constexpr const char* module_name = "libgroktheory_torch.so";

// OpenBLAS 0.3.21 takes processors that it does not know for a Prescott: a factor of five. It reads
// the environment when it is loaded, which is when the module is. What the user set stays.
// OpenMP threads that spin while they wait cost a busy machine a factor of thirty.
void set_environment() {
  const char* core = std::getenv("OPENBLAS_CORETYPE");
  const int replace = core != nullptr && *core == '\0' ? 1 : 0;  // empty: nobody chose
  setenv("OMP_WAIT_POLICY", "passive", 0);
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")) {
    setenv("OPENBLAS_CORETYPE", "SKYLAKEX", replace);
  } else if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
    setenv("OPENBLAS_CORETYPE", "HASWELL", replace);
  }
#endif
}

// Beside the program, where an installed program has it, and for programs inside the folder of the
// build (the tests) where it was built.
std::vector<fs::path> places() {
  std::error_code none;
  const fs::path program = fs::read_symlink("/proc/self/exe", none).parent_path();
  std::vector<fs::path> found = {program / module_name,
                                 program / GROK_MODULE_FROM_PROGRAM / module_name};
  const fs::path built = GROK_MODULE_BUILT;
  if (!fs::relative(program, built, none).string().starts_with("..")) {
    found.push_back(built / module_name);
  }
  return found;
}

LoadedEngine load() {
  set_environment();
  for (const fs::path& place : places()) {
    std::error_code none;
    if (!fs::exists(place, none)) {
      continue;
    }
    // Never closed: LibTorch does not survive being unloaded.
    void* module = dlopen(place.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (module == nullptr) {
      return {nullptr, fmt::format("the module cannot be loaded: {}", dlerror())};
    }
    const auto build = reinterpret_cast<const char* (*)()>(dlsym(module, "grok_torch_build"));
    const auto engine =
        reinterpret_cast<const TorchEngine* (*)()>(dlsym(module, "grok_torch_engine"));
    // Both sides share types: they must come from one build.
    if (build == nullptr || engine == nullptr || build() != module_build()) {
      return {nullptr, fmt::format("{} belongs to another build of groktheory", place.string())};
    }
    return {engine(), ""};
  }
  return {nullptr, fmt::format("no {}: built without LibTorch", module_name)};
}

}  // namespace

std::string module_build() {
  return fmt::format("{}, {} {} {}", build_name(), sizeof(Run), sizeof(Finished),
                     sizeof(TrainOptions));
}

std::string describe(const TorchInfo& info) {
  const std::string cuda = info.cuda_devices > 0 ? "cuda: " + info.cuda_device
                           : info.cuda_built     ? "no CUDA device answers"
                                                 : "no CUDA";
  return fmt::format("LibTorch {}, {} thread{}; {}; own passes {}; {}, TF32 off", info.version,
                     info.threads, info.threads == 1 ? "" : "s", info.blas,
                     mlp_kernels<float>().front()->instruction_set, cuda);
}

const LoadedEngine& torch_engine() {
  static const LoadedEngine loaded = load();
  return loaded;
}

void train_on_torch(const Model& model, std::span<const Run> runs, const TrainOptions& options) {
  if (options.stride > 0 || !options.keep.empty()) {
    reject("train", "engine", "'torch'",
           options.stride > 0 ? "cpu where trajectories are wanted"
                              : "cpu where artefacts are wanted");
  }
  const LoadedEngine& loaded = torch_engine();
  if (loaded.engine == nullptr) {
    reject("train", "engine", "'torch'", "cpu (" + loaded.why_not + ")");
  }
  const TorchTrainer* trainer = loaded.engine->trainer(model.name());
  if (trainer == nullptr) {
    reject("train", "engine", "'torch'", fmt::format("cpu (model {})", model.name()));
  }
  trainer->train(runs, options);
}

}  // namespace grok
