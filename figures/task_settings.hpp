// figures/task_settings.hpp: the .toml of a figure that is no study: a task, and what else it asks
// for.
#pragma once

#include <toml++/toml.h>
#include <string>

#include "figures/figure.hpp"
#include "theory/task.hpp"

namespace grok {

struct TaskSettings {
  std::string where;  // "fig9_curriculum.toml", for messages
  toml::table table;
  Task task;  // of its keys task and symbols
};
/// Throws InputError for a task that there is not.
TaskSettings read_task_settings(const Figure& figure);

}  // namespace grok
