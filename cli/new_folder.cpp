#include "cli/new_folder.hpp"

#include <fstream>

#include "core/errors.hpp"

namespace grok {

namespace fs = std::filesystem;

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
  const bool good = std::ofstream(probe).is_open();
  fs::remove(probe, failure);
  if (!good) {
    remove();
    reject(where, "--out", folder.string(), "a folder that can be written");
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
