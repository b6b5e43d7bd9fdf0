#include "figures/figure.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>

#include "core/errors.hpp"
#include "core/nearest.hpp"

namespace grok {
namespace {

bool is_of_paper(const std::string& name) {
  return name.starts_with("fig") && name.size() > 3 &&
         std::isdigit(static_cast<unsigned char>(name[3])) != 0;
}

// "fig6" of "fig6a".
bool is_group_of(const std::string& name, const std::string& short_name) {
  return !name.empty() && short_name.size() == name.size() + 1 && short_name.starts_with(name) &&
         std::isdigit(static_cast<unsigned char>(name.back())) != 0 &&
         std::islower(static_cast<unsigned char>(short_name.back())) != 0;
}

// Who says "5", "figure5" or "figure_5" means fig5.
[[noreturn]] void refuse_name(const std::string& name, const std::string& where) {
  std::vector<std::string> names = {"core", "all"};
  for (const Figure& figure : figures()) {
    names.push_back(short_name(figure));
  }
  const std::string all = fmt::format("{}", fmt::join(names, ", "));
  for (const Figure& figure : figures()) {
    const std::string own = short_name(figure), group = own.substr(0, own.size() - 1);
    if (is_group_of(group, own) && std::ranges::find(names, group) == names.end()) {
      names.push_back(group);
    }
  }
  OtherWords words;
  for (const std::string& known : names) {
    if (is_of_paper(known)) {
      const std::string number = known.substr(3);
      words.insert(words.end(), {{number, known},
                                 {"figure" + number, known},
                                 {"figure_" + number, known},
                                 {"fig_" + number, known}});
    }
  }
  reject(where, "name", name, allowed_names(name, names, words, all));
}

}  // namespace

std::string short_name(const Figure& figure) {
  const std::string& stem = figure.stem;
  std::string name = is_of_paper(stem) ? stem.substr(0, stem.find('_')) : stem;
  std::ranges::replace(name, '_', '-');
  return name;
}

std::string command_of(const Figure& figure, const FigureContext& context) {
  return fmt::format("groktheory figure {} --profile {}", short_name(figure), context.profile);
}

std::vector<const Figure*> find_figures(const std::vector<std::string>& names,
                                        const std::string& where) {
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
      refuse_name(name, where);
    }
  }
  return found;
}

}  // namespace grok
