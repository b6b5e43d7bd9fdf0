// tests/figures/drawn_again.hpp: where a test draws a figure, of another .toml, too; and a figure
// drawn once more from a store that cannot be written, so that whatever is trained, followed or
// kept the second time is an error.
#pragma once

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>

#include "figures/figure.hpp"
#include "tests/support/scratch.hpp"

namespace grok {

/// A folder, a store in it, and what the figure reports:
///   DrawingPlace place("fig3-all");
///   auto& [scratch, store, report, context] = place;
struct DrawingPlace {
  explicit DrawingPlace(const std::string& name) : scratch(name), store(scratch / "store.db") {
    context.out = scratch.folder();
    context.store = &store;
    context.report = &report;
  }
  DrawingPlace(const DrawingPlace&) = delete;
  DrawingPlace& operator=(const DrawingPlace&) = delete;

  const Scratch scratch;
  Store store;
  std::ostringstream report;
  FigureContext context;
};

/// The figure of that name with a .toml of another text, which lives as long.
inline Figure with_toml(const std::string& name, std::string_view toml) {
  Figure figure = *find_figures({name}).at(0);
  figure.study = figure.study.empty() ? figure.study : toml;
  figure.toml = toml;
  return figure;
}

/// Names of the CSV files of a folder, and what is in them.
inline std::map<std::string, std::string> tables_in(const std::filesystem::path& folder) {
  std::map<std::string, std::string> tables;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() == ".csv") {
      std::ostringstream content;
      content << std::ifstream(entry.path(), std::ios::binary).rdbuf();
      tables[entry.path().filename().string()] = content.str();
    }
  }
  return tables;
}

/// The tables of a second drawing; `store` is the file behind the store of the first. `stopped`:
/// the end of whatever is trained or followed, before its first step.
inline std::map<std::string, std::string> drawn_again(const Figure& figure, FigureContext context,
                                                      const std::filesystem::path& store,
                                                      bool stopped = true) {
  const Scratch scratch("again");
  Store reading = Store::open_existing(store);
  context.store = &reading;
  context.out = scratch.folder();
  context.stop = [stopped] { return stopped; };
  figure.draw(figure, context);
  return tables_in(scratch.folder());
}

}  // namespace grok
