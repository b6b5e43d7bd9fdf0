// figures/figure.hpp: what a figure is, and which there are.
//   A figure is one .cpp and one .toml with the same stem; it trains what its study asks for, puts
//   theory and experiment on the same data, and draws (figures/write_sheet.hpp).
//   A new figure STEM: STEM.cpp with `Figure STEM(std::string_view toml)`, STEM.toml, and its name
//   in CMakeLists.txt, which embeds the .toml and makes the list that `figures()` returns.
#pragma once

#include <filesystem>
#include <functional>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "compare/store/store.hpp"
#include "figures/claim.hpp"
#include "figures/write_sheet.hpp"
#include "nets/engine_choice.hpp"

namespace grok {

struct FigureContext {
  std::string profile = "quick";                        // one of its .toml: "quick", "full", ...
  std::filesystem::path out;                            // folder, exists
  Store* store = nullptr;                               // records are read from and added to it
  Workers workers;                                      // who trains
  bool train = true;                                    // false: a run that is missing is an error
  std::function<void(const std::string&)> notice = {};  // lines to see while it goes on
  std::function<bool()> stop = {};  // true: drop what is in flight and throw Interrupted
  PictureSize size = {};
  bool narrow_svg = false;         // and an SVG for narrow screens
  std::string* caption = nullptr;  // gets the caption, which else ends the report
  std::ostream* report = nullptr;  // the figure's numbers, with intervals and counts, as text lines
};

struct Figure {
  std::string stem;  // "fig4_critical_fraction"
  std::string title;
  bool core = false;       // one of `figure core`
  std::string_view study;  // text of its .toml, one study or several; empty: it trains nothing
  std::function<std::vector<Claim>(const Figure&, const FigureContext&)> draw;
  std::string_view toml = {};  // text of its .toml, a study or not
};

/// All figures, those of the paper in its order, then ours.
const std::vector<Figure>& figures();

/// The figures that the names ask for: a stem, its first part ("fig6a"), that of several ("fig6":
/// fig6a, fig6b, ...), "core" or "all"; each once.
/// Throws InputError "where: name = ..." for another name.
std::vector<const Figure*> find_figures(const std::vector<std::string>& names,
                                        const std::string& where = "figure");

/// "fig4" of "fig4_critical_fraction", "closed-forms" of "closed_forms".
std::string short_name(const Figure& figure);

/// What made a figure, as its foot says: "groktheory figure fig4 --profile quick".
std::string command_of(const Figure& figure, const FigureContext& context);

}  // namespace grok
