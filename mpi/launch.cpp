#include "mpi/launch.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <charconv>
#include <cstdlib>
#include <sstream>
#include <vector>

namespace grok {
namespace {

std::optional<int> number_in(const Environment& environment, const std::string& name) {
  const std::optional<std::string> text = environment(name);
  int value = 0;
  if (!text ||
      std::from_chars(text->data(), text->data() + text->size(), value).ec != std::errc()) {
    return {};
  }
  return value;
}

std::vector<std::string> items_of(const std::string& list) {
  std::vector<std::string> items;
  std::istringstream in(list);
  for (std::string item; std::getline(in, item, ',');) {
    items.push_back(item);
  }
  return items;
}

}  // namespace

Environment environment_of_process() {
  return [](const std::string& name) -> std::optional<std::string> {
    const char* value = std::getenv(name.c_str());
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
  };
}

Launch launch_of(const Environment& environment) {
  struct Names {
    const char *rank, *ranks;
  };
  for (const Names& names :
       {Names{"OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"}, Names{"PMI_RANK", "PMI_SIZE"},
        Names{"PMIX_RANK", "SLURM_STEP_NUM_TASKS"}}) {
    if (const auto rank = number_in(environment, names.rank)) {
      return {*rank, number_in(environment, names.ranks).value_or(0)};
    }
  }
  return {};
}

std::optional<std::string> visible_device(const std::optional<std::string>& current, int devices,
                                          int local_rank) {
  std::vector<std::string> allowed;
  if (current) {
    allowed = items_of(*current);
  } else {
    for (int device = 0; device < devices; ++device) {
      allowed.push_back(fmt::format("{}", device));
    }
  }
  if (allowed.empty()) {
    return {};
  }
  return allowed[static_cast<std::size_t>(local_rank) % allowed.size()];
}

int count_device_files() {
  int devices = 0;
  for (int number = 0; number < 64; ++number) {  // a container may have some of them alone
    const int file = ::open(fmt::format("/dev/nvidia{}", number).c_str(), O_RDWR | O_CLOEXEC);
    if (file >= 0) {
      ::close(file);
      ++devices;
    }
  }
  return devices;
}

}  // namespace grok
