#include "figures/task_settings.hpp"

namespace grok {

TaskSettings read_task_settings(const Figure& figure) {
  const std::string where = figure.stem + ".toml";
  toml::table table = toml::parse(figure.toml, where);
  const auto name = table["task"].value_or(std::string());
  const auto symbols = table["symbols"].value_or(Index{0});
  return {where, std::move(table), make_task(name, symbols)};
}

}  // namespace grok
