// nets/torch_module.cpp: what libgroktheory_torch.so shows, and nets/torch_loader.cpp asks for.
#include <string>

#include "nets/toy/ensemble/ensemble_engine.hpp"

extern "C" {

/// Types cross this border as they are: both sides must come from one build.
__attribute__((visibility("default"))) const char* grok_torch_build() {
  static const std::string name(grok::module_build());
  return name.c_str();
}

__attribute__((visibility("default"))) const grok::TorchEngine* grok_torch_engine() {
  return &grok::toy::ensemble_engine();
}
}
