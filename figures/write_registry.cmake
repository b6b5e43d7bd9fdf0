# Writes OUTPUT: `figures()` with the figures FIGURES (ROOM/STEM) and the text of FOLDER/ROOM/STEM.toml
# of each.
set(declarations "")
set(entries "")
foreach(figure IN LISTS FIGURES)
  file(READ "${FOLDER}/${figure}.toml" text)
  get_filename_component(stem ${figure} NAME)
  string(APPEND declarations "Figure ${stem}(std::string_view toml);\n")
  string(APPEND entries "      ${stem}(R\"grok_toml(${text})grok_toml\"),\n")
endforeach()
file(WRITE "${OUTPUT}" "// Written by figures/write_registry.cmake.
#include \"figures/figure.hpp\"

namespace grok {

${declarations}
const std::vector<Figure>& figures() {
  static const std::vector<Figure> all = {
${entries}  };
  return all;
}

}  // namespace grok
")
