#include "cli/asked_figures.hpp"

#include <algorithm>

#include "core/errors.hpp"
#include "figures/study_runs.hpp"

namespace grok {

std::vector<AskedFigure> asked_figures(const std::string& where,
                                       const std::vector<std::string>& names,
                                       const std::string& usual) {
  std::vector<AskedFigure> asked;
  for (const std::string& name : names) {
    const auto colon = name.find(':');
    const std::string profile = colon == std::string::npos ? usual : name.substr(colon + 1);
    if (profile.empty()) {
      reject(where, "NAME", "'" + name + "'", "NAME or NAME:PROFILE");
    }
    for (const Figure* figure : find_figures({name.substr(0, colon)}, where)) {
      require_profile(*figure, profile);
      const AskedFigure one{figure, profile};
      if (std::ranges::find(asked, one) == asked.end()) {
        asked.push_back(one);
      }
    }
  }
  if (asked.empty()) {
    reject(where, "NAME", "nothing", "core, all, or names of 'groktheory figure --list'");
  }
  return asked;
}

}  // namespace grok
