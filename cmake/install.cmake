# Installs the command and the libraries, so that another project can say
#   find_package(groktheory 0.1 REQUIRED)
#   target_link_libraries(my_program PRIVATE grok::theory)
# figures/ is left out: it belongs to the command. tests/consumer is such a project.
include(CMakePackageConfigHelpers)
set(GROK_INSTALLED core theory)
if(NOT GROK_THEORY_ONLY)
  list(APPEND GROK_INSTALLED nets compare)
  install(TARGETS groktheory)
endif()
set(config_dir "${CMAKE_INSTALL_LIBDIR}/cmake/groktheory")
foreach(folder IN LISTS GROK_INSTALLED)
  install(TARGETS grok_${folder} EXPORT groktheoryTargets)
  install(DIRECTORY ${folder} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/groktheory
    FILES_MATCHING PATTERN "*.hpp")
endforeach()
install(EXPORT groktheoryTargets NAMESPACE grok:: DESTINATION ${config_dir})

configure_package_config_file(cmake/groktheoryConfig.cmake.in groktheoryConfig.cmake
  INSTALL_DESTINATION ${config_dir} NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file(groktheoryConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/groktheoryConfig.cmake
  ${PROJECT_BINARY_DIR}/groktheoryConfigVersion.cmake cmake/FindClp.cmake DESTINATION ${config_dir})
