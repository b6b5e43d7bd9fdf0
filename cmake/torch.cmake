# The torch engine: grok::torch (static, for tests) and the module libgroktheory_torch.so that the
# command loads when it is asked for. LibTorch is found by find_package(Torch): Debian's package, or
# -DCMAKE_PREFIX_PATH=<LibTorch>. Its CUDA code is built where LibTorch has CUDA and nvcc is found.
set(GROK_CUDA "auto" CACHE STRING "Build the torch engine for CUDA: auto, on, off")
set_property(CACHE GROK_CUDA PROPERTY STRINGS auto on off)
if(NOT GROK_CUDA MATCHES "^(auto|on|off)$")
  message(FATAL_ERROR "CMake: GROK_CUDA = ${GROK_CUDA}, allowed auto, on, off")
endif()

# Before LibTorch, which looks for CUDA in its own way where it was built with it.
set(GROK_NVCC FALSE)
if(NOT GROK_CUDA STREQUAL "off" AND NOT GROK_SANITIZE)
  include(CheckLanguage)
  find_program(GROK_NVCC_PROGRAM nvcc HINTS ENV CUDA_HOME PATHS /usr/local/cuda PATH_SUFFIXES bin)
  if(NOT DEFINED ENV{CUDACXX} AND GROK_NVCC_PROGRAM)
    set(ENV{CUDACXX} ${GROK_NVCC_PROGRAM})
  endif()
  set(grok_cuda_architectures ${CMAKE_CUDA_ARCHITECTURES})  # as the user gave them
  check_language(CUDA)
  if(CMAKE_CUDA_COMPILER)
    enable_language(CUDA)
    set(GROK_NVCC TRUE)
    set(CMAKE_CUDA_RUNTIME_LIBRARY Shared)  # as LibTorch
    if(NOT grok_cuda_architectures)
      set(grok_cuda_architectures 75 80)
      if(CMAKE_CUDA_COMPILER_VERSION VERSION_GREATER_EQUAL 11.8)
        set(grok_cuda_architectures 75-real 80-real 90)  # 90: and PTX, for what comes after
      endif()
    endif()
  elseif(GROK_NVCC_PROGRAM)
    message(STATUS "GROK_CUDA = ${GROK_CUDA}: ${GROK_NVCC_PROGRAM} does not work, no CUDA")
  endif()
endif()

# A LibTorch with CUDA takes the standard of C++ for CUDA's, which CMake 3.25 has no flag for, and
# adds architectures of its own choice to every flag: the ones above hold.
# CUDA 12.9 and later have no libnvToolsExt any more, which LibTorch up to 2.6 links by name.
set(grok_cuda_flags ${CMAKE_CUDA_FLAGS})
if(GROK_NVCC)
  find_package(CUDAToolkit QUIET)
  if(CUDAToolkit_FOUND AND NOT TARGET CUDA::nvToolsExt)
    add_library(CUDA::nvToolsExt INTERFACE IMPORTED)
  endif()
endif()
if(NOT DEFINED CMAKE_CUDA_STANDARD)
  set(CMAKE_CUDA_STANDARD 17)
endif()
if(GROK_TORCH STREQUAL "on")
  find_package(Torch 1.13 REQUIRED)
elseif(GROK_TORCH STREQUAL "auto")
  find_package(Torch 1.13 QUIET)
endif()
set(CMAKE_CUDA_FLAGS ${grok_cuda_flags})

set(GROK_TORCH_CUDA FALSE)
if(Torch_FOUND AND TARGET torch_cuda AND GROK_NVCC)
  set(GROK_TORCH_CUDA TRUE)
endif()
if(GROK_CUDA STREQUAL "on" AND NOT GROK_TORCH_CUDA)
  if(GROK_TORCH STREQUAL "off")
    set(missing "LibTorch (GROK_TORCH = off)")
  elseif(NOT GROK_NVCC)
    set(missing "a working nvcc (install the CUDA toolkit, set CUDACXX)")
  else()
    set(missing "a LibTorch with CUDA (-DCMAKE_PREFIX_PATH=<LibTorch>)")
  endif()
  message(FATAL_ERROR "CMake: GROK_CUDA = on, allowed auto, off without ${missing}")
endif()

# The kernels hold no LibTorch header, so that any nvcc checks them beside any LibTorch.
function(grok_cuda_kernels name)
  add_library(${name} OBJECT nets/toy/ensemble/ensemble_cuda.cu)
  target_compile_definitions(${name} PRIVATE GROK_CUDA)
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR})
  set_target_properties(${name} PROPERTIES CUDA_STANDARD 17 CUDA_STANDARD_REQUIRED ON
    CUDA_ARCHITECTURES "${grok_cuda_architectures}"
    POSITION_INDEPENDENT_CODE ON)
endfunction()
if(GROK_NVCC AND NOT GROK_TORCH_CUDA AND GROK_TESTS)
  grok_cuda_kernels(grok_cuda_check)
endif()

if(NOT Torch_FOUND)
  message(STATUS "Torch engine: none (no LibTorch)")
  file(REMOVE ${PROJECT_BINARY_DIR}/libgroktheory_torch.so)  # of an earlier build
  return()
endif()
if(GROK_TORCH_CUDA)
  message(STATUS "Torch engine: LibTorch ${Torch_VERSION}, CPU and CUDA")
elseif(TARGET torch_cuda)
  message(STATUS "Torch engine: LibTorch ${Torch_VERSION}, CPU alone (no working nvcc, or GROK_CUDA = off)")
else()
  message(STATUS "Torch engine: LibTorch ${Torch_VERSION}, CPU alone (this LibTorch has no CUDA)")
endif()

# The loops of the CPU, as nets/kernels/mlp_kernel.cpp.
set(ensemble_objects "")
grok_variants(ensemble_objects ensemble nets/toy/ensemble/ensemble_cpu.cpp GROK_ENSEMBLE
  -ffp-contract=fast -fno-math-errno -fno-trapping-math)

grok_library(torch
  SOURCES
    nets/toy/ensemble/ensemble.cpp
    nets/toy/ensemble/ensemble_device.cpp
    nets/toy/ensemble/ensemble_dispatch.cpp
    nets/toy/ensemble/ensemble_engine.cpp
    nets/toy/ensemble/ensemble_rows.cpp
    nets/toy/ensemble/ensemble_train.cpp
    nets/toy/ensemble/plain_loop.cpp
    ${ensemble_objects}
  PUBLIC grok::nets
  PRIVATE fmt::fmt ${CMAKE_DL_LIBS} ${TORCH_LIBRARIES})
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  target_compile_definitions(grok_torch PRIVATE GROK_X86_KERNELS)
endif()
if(GROK_TORCH_CUDA)
  find_package(CUDAToolkit REQUIRED)
  grok_cuda_kernels(grok_cuda_objects)
  target_sources(grok_torch PRIVATE $<TARGET_OBJECTS:grok_cuda_objects>)
  target_compile_definitions(grok_torch PRIVATE GROK_CUDA)
  target_link_libraries(grok_torch PRIVATE CUDA::cudart)
endif()

add_library(groktheory_torch MODULE nets/torch_module.cpp)
target_link_libraries(groktheory_torch PRIVATE grok_torch grok_flags)
set_target_properties(groktheory_torch PROPERTIES
  LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}
  CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON
  INSTALL_RPATH_USE_LINK_PATH ON)
add_dependencies(groktheory groktheory_torch)  # the program refuses a module of another build
target_link_options(groktheory_torch PRIVATE -Wl,--exclude-libs,ALL)
install(TARGETS groktheory_torch
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}/groktheory)
