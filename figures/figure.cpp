#include "figures/figure.hpp"

#include <fmt/format.h>
#include <gnuplot-iostream.h>
#include <sys/wait.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "core/errors.hpp"

namespace grok {
namespace {

namespace fs = std::filesystem;

/// One word for /bin/sh, whatever is in it.
std::string shell_word(const std::string& text) {
  std::string word = "'";
  for (const char c : text) {
    word += c == '\'' ? std::string("'\\''") : std::string(1, c);
  }
  return word + "'";
}

std::string first_lines(const fs::path& file) {
  std::ifstream in(file);
  std::string all;
  for (std::string line; std::getline(in, line) && all.size() < 400;) {
    const auto start = line.find_first_not_of(" \t^");
    if (start != std::string::npos) {
      all += (all.empty() ? "" : "; ") + line.substr(start);
    }
  }
  return all;
}

/// Runs gnuplot on STEM.gp in `folder`, for one format; the shell only sees quoted words.
void run_gnuplot(const fs::path& folder, const std::string& stem, const std::string& format) {
  const fs::path image = folder / (stem + "." + format);
  const fs::path log = folder / (stem + ".log");
  std::error_code ignored;
  fs::remove(image, ignored);
  const std::string command = fmt::format("cd {} && gnuplot -e \"format='{}'\" {} > {} 2>&1",
                                          shell_word(fs::absolute(folder).string()), format,
                                          shell_word(stem + ".gp"), shell_word(stem + ".log"));
  const int status = std::system(command.c_str());
  const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  const std::string message = first_lines(log);
  fs::remove(log, ignored);
  if (code == 127) {
    throw Error("write_drawing: gnuplot = not found, allowed: a gnuplot on the PATH");
  }
  // A script can fail half way and still leave an image; an image can be empty with status 0.
  if (code != 0 || !fs::exists(image) || fs::file_size(image) == 0) {
    throw Error(fmt::format("write_drawing: gnuplot {}.gp = status {}, allowed 0: {}", stem, code,
                            message));
  }
}

/// The same body for two terminals, with the same layout: a point of pngcairo's fonts is 4/3 of
/// SVG's pixels, and its symbols are 1/1.65 as large.
std::string terminals(const std::string& stem, const Drawing& drawing) {
  return fmt::format(
      "if (!exists(\"format\")) format = \"png\"\n"
      "if (format eq \"png\") {{\n"
      "  set terminal pngcairo size {3:.0f},{4:.0f} enhanced pointscale {6} fontscale {5} "
      "linewidth {5} font 'DejaVu Sans,12'\n"
      "  set output '{2}.png'\n"
      "}} else {{\n"
      "  set terminal svg size {0:.0f},{1:.0f} dynamic enhanced font 'DejaVu Sans,12' fontscale "
      "1.333 background rgb 'white'\n"
      "  set output '{2}.svg'\n"
      "}}\n",
      drawing.width, drawing.height, stem, drawing.zoom * drawing.width,
      drawing.zoom * drawing.height, drawing.zoom, 1.65 * drawing.zoom);
}

/// Some viewers drop the blanks at the ends of an SVG text's parts ("r = ..." is three parts).
void keep_blanks(const fs::path& svg) {
  std::ifstream in(svg);
  std::stringstream buffer;
  buffer << in.rdbuf();
  std::string text = buffer.str();
  const std::string plain = "<text>", kept = "<text xml:space=\"preserve\">";
  for (auto at = text.find(plain); at != std::string::npos; at = text.find(plain, at)) {
    text.replace(at, plain.size(), kept);
  }
  write_file(svg, text);
}

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

std::vector<fs::path> write_drawing(const std::string& stem, const Drawing& drawing,
                                    const FigureContext& context) {
  std::vector<fs::path> files;
  for (const auto& [panel, table] : drawing.tables) {
    files.push_back(context.out / fmt::format("{}_{}.csv", stem, panel));
    write_file(files.back(), to_csv(table));
  }
  const fs::path script = context.out / (stem + ".gp");
  write_file(script, "");  // says with our message if it cannot be written
  {
    Gnuplot gnuplot(">" + script.string());
    gnuplot << terminals(stem, drawing) << style_preamble() << drawing.script << "unset output\n";
    gnuplot.flush();
    if (!gnuplot) {
      reject("write", "file", script.string(), "a place that can be written");
    }
  }
  files.push_back(script);
  for (const std::string format : {"png", "svg"}) {
    run_gnuplot(context.out, stem, format);
    files.push_back(context.out / (stem + "." + format));
  }
  keep_blanks(files.back());
  return files;
}

std::string style_preamble() {
  static constexpr const char* colours[] = {"#0072B2", "#D55E00", "#009E73", "#E69F00",
                                            "#56B4E9", "#CC79A7", "#F0E442", "#000000"};
  std::string text =
      "set encoding utf8\n"
      "set minussign\n"
      "set border 3 lw 1.2 lc rgb '#444444'\n"
      "set tics nomirror out scale 0.6 textcolor rgb '#222222'\n"
      "set grid back lc rgb '#e4e4e4' lw 1 lt 1\n"
      "set style fill solid noborder\n"
      "set errorbars small\n";
  for (int k = 0; k < 8; ++k) {
    text += fmt::format("set linetype {} lc rgb '{}' lw 2 pt 7\n", k + 1, colours[k]);
  }
  return text;
}

}  // namespace grok
