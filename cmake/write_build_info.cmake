# Writes OUTPUT from VERSION, COMPILER, BUILD_TYPE, FLAGS, LIBRARIES and the git state of SOURCE.
set(commit "unknown")
find_package(Git QUIET)
if(Git_FOUND AND EXISTS "${SOURCE}/.git")
  execute_process(COMMAND ${GIT_EXECUTABLE} describe --always --abbrev=12 --dirty=+ --exclude=*
    WORKING_DIRECTORY ${SOURCE} OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE
    ERROR_QUIET RESULT_VARIABLE status)
  if(NOT status EQUAL 0)
    set(commit "unknown")
  endif()
endif()
set(content "#pragma once
namespace grok::build_info {
inline constexpr const char* version = \"${VERSION}\";
inline constexpr const char* commit = \"${commit}\";
inline constexpr const char* compiler = \"${COMPILER}\";
inline constexpr const char* build_type = \"${BUILD_TYPE}\";
inline constexpr const char* flags = \"${FLAGS}\";
inline constexpr const char* libraries = \"${LIBRARIES}\";
}  // namespace grok::build_info
")
set(present "")
if(EXISTS "${OUTPUT}")
  file(READ "${OUTPUT}" present)
endif()
if(NOT present STREQUAL content)
  file(WRITE "${OUTPUT}" "${content}")
endif()
