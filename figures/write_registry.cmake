# Writes OUTPUT: `figures()` with the figures STEMS and the text of FOLDER/STEM.toml of each.
set(declarations "")
set(entries "")
foreach(stem IN LISTS STEMS)
  file(READ "${FOLDER}/${stem}.toml" text)
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
