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
if(GROK_SANITIZE STREQUAL "thread")
  add_compile_options(-fsanitize=thread)
  add_link_options(-fsanitize=thread)
elseif(GROK_SANITIZE)
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

# For folders that draw and talk and leave arithmetic to others: a quarter less time to compile.
function(grok_compile_quickly target)
  target_compile_options(${target} PRIVATE $<$<CONFIG:Release>:-O1>)
endfunction()

# grok_variants(OBJECTS NAME SOURCE MACRO OPTIONS...): SOURCE once per instruction set, in namespaces
# NAME_baseline, NAME_v3, NAME_v4 (MACRO says which); appends the objects to the variable OBJECTS. The
# program picks at run time, so a packaged binary is fast everywhere. Everything else is built for the
# baseline, so types of libraries can cross every other border.
function(grok_variants objects name source macro)
  set(found ${${objects}})
  set(suffixes baseline)
  if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
    list(APPEND suffixes v3 v4)
  endif()
  set(baseline "baseline" 16)
  set(v3 "x86-64-v3" 32 -march=x86-64-v3)
  set(v4 "x86-64-v4" 64 -march=x86-64-v4 -mprefer-vector-width=512)
  foreach(suffix IN LISTS suffixes)
    set(flags ${${suffix}})
    list(POP_FRONT flags set_name vector_bytes)
    set(target grok_${name}_${suffix})
    add_library(${target} OBJECT ${source})
    target_compile_features(${target} PRIVATE cxx_std_20)
    # Eigen's namespace has a name of its own: the linker must not mix two builds of it.
    target_compile_definitions(${target} PRIVATE ${macro}=${name}_${suffix}
      GROK_INSTRUCTION_SET="${set_name}" GROK_VECTOR_BYTES=${vector_bytes}
      Eigen=Eigen_${suffix} EIGEN_DONT_PARALLELIZE EIGEN_NO_DEBUG)
    target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR})
    target_compile_options(${target} PRIVATE -O3 ${flags} ${ARGN})
    set_target_properties(${target} PROPERTIES POSITION_INDEPENDENT_CODE ON)
    target_link_libraries(${target} PRIVATE grok_flags Eigen3::Eigen)
    list(APPEND found $<TARGET_OBJECTS:${target}>)
  endforeach()
  set(${objects} ${found} PARENT_SCOPE)
endfunction()
