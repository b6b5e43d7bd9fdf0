#include "cli/refine_text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>

#include "nets/phase.hpp"

namespace grok {
namespace {

using I = std::int64_t;

struct DiagramCounts {
  I trained = 0, predicted = 0, uncertain = 0;
  std::vector<I> rounds;
  std::map<std::string, std::array<I, 2>> phases;  // trained, predicted
};

DiagramCounts counts_of(const Refinement& refinement) {
  DiagramCounts counts;
  for (const auto& round : refinement.rounds) {
    counts.rounds.push_back(std::ssize(round));
  }
  for (const RefinedPoint& point : refinement.points) {
    (point.round ? counts.trained : counts.predicted) += 1;
    counts.uncertain += point.certain ? 0 : 1;
    if (point.phase >= 0) {
      const auto phase = phase_names.at(static_cast<std::size_t>(point.phase));
      ++counts.phases[std::string(phase)][point.round ? 0 : 1];
    }
  }
  return counts;
}

Json diagram_json(const RefinedStudy& state, std::size_t diagram) {
  const DiagramCounts counts = counts_of(state.refinement(diagram));
  const bool complete = state.missing().empty();
  Json json;
  json["name"] = state.grid().diagrams[diagram].name;
  json["points"] = state.grid().size.points();
  json["trained"] = counts.trained;
  json["predicted"] = complete ? Json(counts.predicted) : Json(nullptr);
  json["uncertain"] = counts.uncertain;
  json["rounds"] = counts.rounds;
  json["phases"] = Json::object();
  for (const auto& [phase, points] : counts.phases) {
    json["phases"][phase]["trained"] = points[0];
    json["phases"][phase]["predicted"] = complete ? Json(points[1]) : Json(nullptr);
  }
  return json;
}

}  // namespace

Json refine_json(const RefinedStudy& state) {
  const RefineSpec& spec = state.spec();
  const bool complete = state.missing().empty();
  I trained = 0, rounds = 0;
  Json diagrams = Json::array();
  for (std::size_t d = 0; d < state.grid().diagrams.size(); ++d) {
    diagrams.push_back(diagram_json(state, d));
    trained += state.refinement(d).trained();
    rounds = std::max<I>(rounds, std::ssize(state.refinement(d).rounds));
  }
  const I points = state.grid().size.points() * std::ssize(state.grid().diagrams);
  Json json;
  json["axes"] = spec.axes;
  json["start"] = spec.strides.start;
  json["stop"] = spec.strides.stop;
  json["share"] = spec.share;
  json["complete"] = complete;
  json["missing"] = state.missing().size();
  json["points"] = points;
  json["trained"] = trained;
  json["predicted"] = complete ? Json(points - trained) : Json(nullptr);
  json["rounds"] = rounds;
  json["diagrams"] = std::move(diagrams);
  return json;
}

void add_refine_text(LabelledLines& lines, const RefinedStudy& state) {
  const RefineSpec& spec = state.spec();
  lines.add(
      "refine",
      fmt::format("{} and {}, strides {} to {}, {}", spec.axes[0], spec.axes[1],
                  fmt::join(spec.strides.start, " x "), fmt::join(spec.strides.stop, " x "),
                  state.missing().empty() ? complete_text
                                          : fmt::format("round {} lacks {} runs", state.round(),
                                                        state.missing().size())));
  for (std::size_t d = 0; d < state.grid().diagrams.size(); ++d) {
    const DiagramCounts counts = counts_of(state.refinement(d));
    const std::string& name = state.grid().diagrams[d].name;
    lines.add(name.empty() ? "points" : "points, " + name,
              fmt::format("{}: {} trained in {} rounds, {} {}", state.grid().size.points(),
                          counts.trained, counts.rounds.size(), counts.predicted,
                          state.missing().empty() ? "predicted" : "not yet decided"));
  }
}

}  // namespace grok
