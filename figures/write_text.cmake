# Writes OUTPUT: the function grok::NAME() that gives the text of the file INPUT, declared in HEADER.
file(READ "${INPUT}" text)
file(WRITE "${OUTPUT}" "// Written by figures/write_text.cmake.
#include \"${HEADER}\"

namespace grok {

std::string_view ${NAME}() { return R\"grok_text(${text})grok_text\"; }

}  // namespace grok
")
