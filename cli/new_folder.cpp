#include "cli/new_folder.hpp"

#include <fstream>

#include "core/errors.hpp"

namespace grok {

namespace fs = std::filesystem;

namespace {
constexpr std::size_t probe_bytes = std::size_t{1} << 20;  // as a picture with its data takes
}

NewFolder::NewFolder(const fs::path& folder, const std::string& where) {
  std::error_code failure;
  for (fs::path at = fs::absolute(folder).lexically_normal(); !fs::exists(at, failure);
       at = at.parent_path()) {
    made_.push_back(at);
    if (at == at.parent_path()) {
      break;
    }
  }
  fs::create_directories(folder, failure);
  if (failure || !fs::is_directory(folder)) {
    remove();
    reject(where, "--out", folder.string(), "a folder that can be made");
  }
  const fs::path probe = folder / ".groktheory";
  std::ofstream out(probe, std::ios::binary);
  const bool good = (out << std::string(probe_bytes, ' ')).flush().good();
  out.close();
  fs::remove(probe, failure);
  if (!good) {
    remove();
    reject(where, "--out", folder.string(), "a folder that can be written, on a disk with room");
  }
}

NewFolder::~NewFolder() {
  if (!kept_) {
    remove();
  }
}

void NewFolder::remove() const {
  std::error_code ignored;
  for (const fs::path& folder : made_) {  // innermost first; a folder that is not empty stays
    fs::remove(folder, ignored);
  }
}

}  // namespace grok
