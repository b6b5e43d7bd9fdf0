// cli/new_folder.hpp: the folder that a command writes into.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace grok {

/// Makes a folder that can be written; takes back what it made unless `keep` is called.
class NewFolder {
 public:
  /// Throws InputError "where: --out = folder, allowed ...".
  NewFolder(const std::filesystem::path& folder, const std::string& where);
  ~NewFolder();
  NewFolder(const NewFolder&) = delete;
  NewFolder& operator=(const NewFolder&) = delete;
  void keep() { kept_ = true; }

 private:
  void remove() const;
  std::vector<std::filesystem::path> made_;
  bool kept_ = false;
};

}  // namespace grok
