#include "figures/figure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "core/errors.hpp"

namespace grok {
namespace {

// "fig6" of "fig6a".
bool is_group_of(const std::string& name, const std::string& short_name) {
  return !name.empty() && short_name.size() == name.size() + 1 && short_name.starts_with(name) &&
         std::isdigit(static_cast<unsigned char>(name.back())) != 0 &&
         std::islower(static_cast<unsigned char>(short_name.back())) != 0;
}

}  // namespace

std::string short_name(const Figure& figure) {
  const std::string& stem = figure.stem;
  const bool of_paper = stem.starts_with("fig") && stem.size() > 3 &&
                        std::isdigit(static_cast<unsigned char>(stem[3])) != 0;
  std::string name = of_paper ? stem.substr(0, stem.find('_')) : stem;
  std::ranges::replace(name, '_', '-');
  return name;
}

std::string command_of(const Figure& figure, const FigureContext& context) {
  return fmt::format("groktheory figure {} --profile {}", short_name(figure), context.profile);
}

std::vector<const Figure*> find_figures(const std::vector<std::string>& names) {
  std::vector<const Figure*> found;
  const auto add = [&found](const Figure& figure) {
    if (std::find(found.begin(), found.end(), &figure) == found.end()) {
      found.push_back(&figure);
    }
  };
  for (const std::string& name : names) {
    bool known = false;
    for (const Figure& figure : figures()) {
      if (name == "all" || (name == "core" && figure.core) || name == figure.stem ||
          name == short_name(figure) || is_group_of(name, short_name(figure))) {
        add(figure);
        known = true;
      }
    }
    if (!known) {
      std::string allowed = "core, all";
      for (const Figure& figure : figures()) {
        allowed += ", " + short_name(figure);
      }
      reject("figure", "name", name, allowed);
    }
  }
  return found;
}

}  // namespace grok
