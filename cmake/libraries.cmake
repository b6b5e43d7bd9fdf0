# Every library the project uses, found once. Names are the same on Debian 12, 13 and Ubuntu 24.04.
find_package(Threads REQUIRED)
find_package(Eigen3 3.4 REQUIRED NO_MODULE)
find_package(Spectra 1.0 REQUIRED)
find_package(Boost 1.74 REQUIRED CONFIG)
find_package(fmt REQUIRED)
set(GROK_LIBRARY_VERSIONS
  "Eigen ${Eigen3_VERSION}" "Spectra ${Spectra_VERSION}" "Boost ${Boost_VERSION}"
  "fmt ${fmt_VERSION}")
if(NOT GROK_THEORY_ONLY)
  find_package(Boost 1.74 REQUIRED CONFIG COMPONENTS iostreams filesystem)
  find_package(SQLite3 REQUIRED)
  find_package(tomlplusplus REQUIRED)
  find_package(CLI11 2.1 REQUIRED)
  find_package(nlohmann_json REQUIRED)
  list(APPEND GROK_LIBRARY_VERSIONS
    "SQLite ${SQLite3_VERSION}" "toml++ ${tomlplusplus_VERSION}" "CLI11 ${CLI11_VERSION}"
    "nlohmann-json ${nlohmann_json_VERSION}")
endif()
if(GROK_TESTS)
  find_package(Catch2 3 QUIET)
  if(NOT Catch2_FOUND)
    find_package(Catch2 2.13 REQUIRED)
  endif()
endif()
