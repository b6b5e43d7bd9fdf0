# Compiler settings, and grok_library: one target per folder.
find_program(GROK_CCACHE ccache)
if(GROK_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${GROK_CCACHE})
endif()

add_library(grok_flags INTERFACE)
target_compile_options(grok_flags INTERFACE -Wall -Wextra -Wshadow -Wconversion)
if(GROK_WARNINGS_AS_ERRORS)
  target_compile_options(grok_flags INTERFACE -Werror)
endif()
if(GROK_SANITIZE)
  # g++ 12 warns of uninitialised values inside std::regex when it instruments it.
  add_compile_options(-Wno-maybe-uninitialized)
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
endif()

# grok_library(NAME SOURCES ... PUBLIC ... PRIVATE ...): target grok_NAME, alias grok::NAME.
function(grok_library name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;PUBLIC;PRIVATE")
  add_library(grok_${name} STATIC ${arg_SOURCES})
  add_library(grok::${name} ALIAS grok_${name})
  set_target_properties(grok_${name} PROPERTIES EXPORT_NAME ${name} POSITION_INDEPENDENT_CODE ON)
  target_compile_features(grok_${name} PUBLIC cxx_std_20)
  target_include_directories(grok_${name} PUBLIC
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>
    $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/groktheory>)
  target_link_libraries(grok_${name} PUBLIC ${arg_PUBLIC}
    PRIVATE $<BUILD_INTERFACE:grok_flags> ${arg_PRIVATE})
endfunction()
