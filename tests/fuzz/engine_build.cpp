// A record names what its engine was made of; these programs have no engine.
#include "nets/engine_choice.hpp"

namespace grok {

std::string engine_build(const std::string& engine) { return engine + " (none)"; }

}  // namespace grok
