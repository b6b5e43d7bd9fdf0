// figures/write_sheet.hpp: the one place that runs gnuplot: a sheet becomes STEM.gp (the script,
// data inline), STEM.png, STEM.svg, STEM.pdf and STEM_TABLE.csv.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "figures/panels/sheet.hpp"

namespace grok {

/// How wide: on paper, and on a screen.
struct PictureSize {
  double width = page_width;  // pt; letters are 7 pt and more whatever the width
  int pixels = 1500;          // of the PNG
};

/// "8.6cm": that wide on paper, with as many pixels a centimetre as before; "900": so many pixels
/// of a picture of 17 cm. Throws InputError "where: --width = ..." for another text, or a width
/// beyond 5 to 60 cm or 200 to 10 000 pixels.
PictureSize parse_size(const std::string& text, const std::string& where);

/// Throws Error "where: gnuplot = ..." unless one is there that can draw: before hours of training.
void require_gnuplot(const std::string& where);

/// Writes script, PNG, SVG, PDF and CSV files into a folder that exists; returns their paths.
/// Throws Error with gnuplot's message if it fails, InputError if the folder cannot be written.
/// `gnuplot STEM.gp` in that folder makes the PNG again, `gnuplot -e "format='svg'" STEM.gp` the
/// SVG, "format='pdf'" the PDF.
std::vector<std::filesystem::path> write_sheet(const std::string& stem, const Sheet& sheet,
                                               const std::string& foot,
                                               const std::filesystem::path& folder,
                                               const PictureSize& size = {});

/// The SVG alone, laid out for a narrow screen: STEM.narrow.svg; its path.
std::filesystem::path write_narrow_svg(const std::string& stem, const Sheet& sheet,
                                       const std::string& foot,
                                       const std::filesystem::path& folder);

}  // namespace grok
