#include "figures/write_sheet.hpp"

#include <fmt/format.h>
#include <gnuplot-iostream.h>
#include <sys/wait.h>

#include <charconv>
#include <cmath>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "core/errors.hpp"
#include "core/interrupt.hpp"

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

int exit_code(const std::string& command) {
  const int status = std::system(command.c_str());
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
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
  const int code = exit_code(command);
  const std::string message = first_lines(log);
  fs::remove(log, ignored);
  // Ctrl-C ends gnuplot, and std::system keeps it from us; SIGTERM reaches us alone.
  if (code == 128 + SIGINT) {
    std::raise(SIGINT);
  }
  throw_if_stopped();
  // A script can fail half way and still leave an image; an image can be empty with status 0.
  if (code != 0 || !fs::exists(image) || fs::file_size(image) == 0) {
    fs::remove(image, ignored);
    throw Error(
        fmt::format("write_sheet: gnuplot {}.gp = status {}, allowed 0: {}", stem, code, message));
  }
}

/// One body for three terminals. A unit of a line, of text and of a symbol is a point in each
/// (measured): P is what SVG's symbols need for it.
std::string terminals(const std::string& stem, const Picture& picture, int pixels) {
  const double scale = pixels / picture.width;
  return fmt::format(
      "if (!exists(\"format\")) format = \"png\"\n"
      "P = format eq \"svg\" ? 0.87 : 1\n"
      "if (format eq \"png\") {{\n"
      "  set terminal pngcairo size {0},{1:.0f} enhanced font '{6},8' fontscale {2:.4f} "
      "linewidth {3:.4f} pointscale {3:.4f}\n"
      "}}\n"
      "if (format eq \"pdf\") {{\n"
      "  set terminal pdfcairo size {4:.4f},{5:.4f} enhanced font '{6},8' fontscale 0.75 "
      "linewidth 2\n"
      "}}\n"
      "if (format eq \"svg\") {{\n"
      "  set terminal svg size {7:.0f},{8:.0f} dynamic enhanced font '{6},8' background rgb "
      "'white'\n"
      "}}\n"
      "set output '{9}.'.format\n",
      pixels, picture.height * scale, scale * 72 / 96, scale, picture.width / 72,
      picture.height / 72, "Liberation Sans", picture.width, picture.height, stem);
}

constexpr const char* style =
    "set encoding utf8\n"
    "set minussign\n"
    "unset key\n"
    "set border 3 lw 0.5 lc rgb '#444444'\n"
    "set tics nomirror out scale 0.5 textcolor rgb '#222222' font ',7'\n"
    "set grid back lc rgb '#e4e4e4' lw 0.4 lt 1\n"
    "set style fill solid noborder\n";

/// Some viewers drop the blanks at the ends of an SVG text's parts ("r = ..." is three parts); a
/// reader without the font has one like it.
void mend_svg(const fs::path& svg) {
  std::ifstream in(svg);
  std::stringstream buffer;
  buffer << in.rdbuf();
  std::string text = buffer.str();
  const auto replace = [&text](const std::string& from, const std::string& to) {
    for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
      text.replace(at, from.size(), to);
    }
  };
  replace("<text>", "<text xml:space=\"preserve\">");
  replace("font-family=\"Liberation Sans\"",
          "font-family=\"Liberation Sans, Arial, Helvetica, sans-serif\"");
  write_file(svg, text);
}

fs::path write_script(const std::string& stem, const Picture& picture, const fs::path& folder,
                      int pixels) {
  fs::path script = folder / (stem + ".gp");
  write_file(script, "");  // says with our message if it cannot be written
  Gnuplot gnuplot(">" + script.string());
  gnuplot << terminals(stem, picture, pixels) << style << picture.script << "unset output\n";
  gnuplot.flush();
  if (!gnuplot) {
    reject("write", "file", script.string(), "a place that can be written");
  }
  return script;
}

}  // namespace

void require_gnuplot(const std::string& where) {
  const int code = exit_code(
      "gnuplot -e 'set terminal pngcairo; set terminal pdfcairo; set terminal svg' "
      ">/dev/null 2>&1");
  if (code != 0) {
    throw Error(
        fmt::format("{}: gnuplot = {}, allowed a gnuplot on the PATH that has the terminals "
                    "pngcairo, pdfcairo and svg",
                    where, code == 127 ? "not found" : fmt::format("status {}", code)));
  }
}

PictureSize parse_size(const std::string& text, const std::string& where) {
  constexpr double cm = 72 / 2.54;
  const PictureSize usual;
  double value = 0;
  const char* const end = text.data() + text.size();
  const auto [read_to, error] = std::from_chars(text.data(), end, value);
  const std::string unit(read_to, end);
  if (error == std::errc() && unit == "cm" && value >= 5 && value <= 60) {
    return {value * cm, static_cast<int>(std::lround(usual.pixels * value * cm / usual.width))};
  }
  if (error == std::errc() && unit.empty() && value >= 200 && value <= 10'000 &&
      value == std::floor(value)) {
    return {usual.width, static_cast<int>(value)};
  }
  reject(where, "--width", "'" + text + "'",
         "5cm to 60cm (a column of a journal: 8.6cm, a page: 17cm), or 200 to 10000 pixels");
}

fs::path write_narrow_svg(const std::string& stem, const Sheet& sheet, const std::string& foot,
                          const fs::path& folder) {
  const std::string name = stem + ".narrow";
  const fs::path script =
      write_script(name, sheet.laid_out(narrow_sheet - 60, foot), folder, PictureSize().pixels);
  run_gnuplot(folder, name, "svg");
  fs::remove(script);
  const fs::path svg = folder / (name + ".svg");
  mend_svg(svg);
  return svg;
}

std::vector<fs::path> write_sheet(const std::string& stem, const Sheet& sheet,
                                  const std::string& foot, const fs::path& folder,
                                  const PictureSize& size) {
  std::vector<fs::path> files;
  for (const auto& [name, table] : sheet.tables()) {
    files.push_back(folder / fmt::format("{}_{}.csv", stem, name));
    write_file(files.back(), to_csv(table));
  }
  files.push_back(write_script(stem, sheet.laid_out(size.width, foot), folder, size.pixels));
  for (const std::string format : {"png", "svg", "pdf"}) {
    run_gnuplot(folder, stem, format);
    files.push_back(folder / (stem + "." + format));
  }
  mend_svg(folder / (stem + ".svg"));
  return files;
}

}  // namespace grok
