# COIN-OR Clp, a linear programme solver (Debian: coinor-libclp-dev): the target Clp::Clp.
find_path(Clp_INCLUDE_DIR coin/ClpSimplex.hpp)
find_library(Clp_LIBRARY Clp)
find_library(Clp_UTILS_LIBRARY CoinUtils)
if(Clp_INCLUDE_DIR AND EXISTS "${Clp_INCLUDE_DIR}/coin/ClpConfig.h")
  file(STRINGS "${Clp_INCLUDE_DIR}/coin/ClpConfig.h" version REGEX "define CLP_VERSION +\"")
  string(REGEX MATCH "[0-9.]+" Clp_VERSION "${version}")
endif()
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Clp VERSION_VAR Clp_VERSION
  REQUIRED_VARS Clp_LIBRARY Clp_UTILS_LIBRARY Clp_INCLUDE_DIR)
if(Clp_FOUND AND NOT TARGET Clp::Clp)
  add_library(Clp::Clp UNKNOWN IMPORTED)
  set_target_properties(Clp::Clp PROPERTIES IMPORTED_LOCATION "${Clp_LIBRARY}"
    INTERFACE_LINK_LIBRARIES "${Clp_UTILS_LIBRARY}"
    INTERFACE_INCLUDE_DIRECTORIES "${Clp_INCLUDE_DIR};${Clp_INCLUDE_DIR}/coin")
endif()
mark_as_advanced(Clp_INCLUDE_DIR Clp_LIBRARY Clp_UTILS_LIBRARY)
