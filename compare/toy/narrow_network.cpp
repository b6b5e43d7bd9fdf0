#include "compare/toy/narrow_network.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "core/errors.hpp"
#include "core/interrupt.hpp"
#include "nets/toy/train.hpp"

namespace grok::toy {
namespace {

double narrow_rate(const RunSpec& spec) {
  return spec.decoder_rate * static_cast<double>(narrowing);
}

}  // namespace

std::optional<std::string> narrow_refuses(const RunSpec& spec) {
  if (std::ranges::any_of(spec.decoder_widths, [](auto width) { return width % narrowing != 0; })) {
    return fmt::format("decoder_widths = [{}], not multiples of {}",
                       fmt::join(spec.decoder_widths, ", "), narrowing);
  }
  const double most = spec.optimiser == "sgd" ? 1e4 : 10;  // of decoder_rate (run_spec.hpp)
  if (narrow_rate(spec) > most) {
    return fmt::format("decoder_rate = {}, above {}", to_text(spec.decoder_rate),
                       to_text(most / static_cast<double>(narrowing)));
  }
  return std::nullopt;
}

RunSpec narrow_twin(const RunSpec& spec, const std::string& event) {
  if (const auto why = narrow_refuses(spec)) {
    reject("narrow_twin", "run", *why, "those that have a narrow twin");
  }
  if (event != "rqi" && event != "validation") {
    reject("narrow_twin", "event", "'" + event + "'", "rqi, validation");
  }
  RunSpec twin = spec;
  for (std::int64_t& width : twin.decoder_widths) {
    width /= narrowing;
  }
  twin.decoder_rate = narrow_rate(spec);
  twin.stop = event == "rqi" ? "rqi" : "phase";
  return resolve(twin, "narrow_twin");
}

std::optional<std::int64_t> narrow_steps(const RunSpec& spec, const std::string& event) {
  const auto stopped = [] {
    throw_if_stopped();
    return false;
  };
  const Record record = train_traced(narrow_twin(spec, event), 0, nullptr, stopped).record;
  return event == "rqi" ? record.steps_to_rqi : record.steps_to_validation;
}

}  // namespace grok::toy
