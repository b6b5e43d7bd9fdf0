# Installs BUILD under SCRATCH, copies SOURCE and EXAMPLES there, then configures, builds and runs them
# against what was installed; the installed command must agree, and have the engines that were built.
set(expected "nullity 2, lambda_3 6.667, spring 0.367879\n")  # 20/3 and 1/e

function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE status OUTPUT_VARIABLE output
    ERROR_VARIABLE output)
  if(NOT status EQUAL 0)
    list(JOIN ARGN " " command)
    message(FATAL_ERROR "${command}: status = ${status}, allowed 0\n${output}")
  endif()
  set(output "${output}" PARENT_SCOPE)
endfunction()

set(flags "")
if(SANITIZE)  # the libraries were
  set(flags "-DCMAKE_CXX_FLAGS=-fsanitize=address,undefined")
endif()
file(REMOVE_RECURSE ${SCRATCH})
run(${CMAKE_COMMAND} --install ${BUILD} --prefix ${SCRATCH}/prefix)
file(COPY ${SOURCE}/CMakeLists.txt ${SOURCE}/main.cpp ${EXAMPLES}/saturating_loss.hpp
  ${EXAMPLES}/saturating_loss.cpp ${EXAMPLES}/coin_model.hpp ${EXAMPLES}/coin_model.cpp DESTINATION ${SCRATCH}/source)
run(${CMAKE_COMMAND} -S ${SCRATCH}/source -B ${SCRATCH}/build -G ${GENERATOR}
  -DCMAKE_PREFIX_PATH=${SCRATCH}/prefix -DCMAKE_FIND_USE_PACKAGE_REGISTRY=OFF
  -DCMAKE_BUILD_TYPE=${BUILD_TYPE} -DCMAKE_CXX_COMPILER=${COMPILER} ${flags})
run(${CMAKE_COMMAND} --build ${SCRATCH}/build)
run(${SCRATCH}/build/consumer)
if(NOT output STREQUAL expected)
  message(FATAL_ERROR "consumer: output = '${output}', allowed '${expected}'")
endif()
run(${SCRATCH}/build/saturating_loss)
string(REGEX MATCHALL "\n[0-9]+,[0-9]+,[0-9]+,[0-9]+" rows "${output}")
list(LENGTH rows count)
foreach(said "gradient right: 1\n" "scale free: 1\n" "Z0 conserved: 1\n" "C conserved: 1\n"
    "lambda_3: 66[.]6667\n" "\nseed,parallelogram_adam,saturating_adam,saturating_flow\n|^seed,")
  if(NOT output MATCHES "${said}")
    message(FATAL_ERROR "saturating_loss: output = '${output}', allowed '${said}' in it")
  endif()
endforeach()
if(count LESS 15)  # the rest may be censored
  message(FATAL_ERROR "saturating_loss: complete rows = ${count}, allowed 15 to 20 in '${output}'")
endif()
if(NOT THEORY_ONLY)
  execute_process(COMMAND ${SCRATCH}/build/coin_model ${SCRATCH}/coins.db
    RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE said)
  string(REGEX MATCHALL "\n[0-9a-f-]+,0.7," rows "${output}")
  list(LENGTH rows count)
  if(NOT status EQUAL 0 OR NOT count EQUAL 40 OR NOT said MATCHES "trained now: 40")
    message(FATAL_ERROR "coin_model: rows = ${count}, allowed 40 in '${output}'; said '${said}'")
  endif()
  execute_process(COMMAND ${SCRATCH}/build/coin_model ${SCRATCH}/coins.db
    ERROR_VARIABLE said OUTPUT_QUIET)
  if(NOT said MATCHES "trained now: 0")  # all are in the store
    message(FATAL_ERROR "coin_model: '${said}', allowed nothing to train the second time")
  endif()
  run(${SCRATCH}/prefix/bin/groktheory predict --task addition --symbols 10 --train 55 --json)
  string(JSON nullity GET "${output}" nullity)
  string(JSON lambda3 GET "${output}" lambda3)
  if(NOT nullity EQUAL 2 OR NOT lambda3 MATCHES "^6\\.66666")
    message(FATAL_ERROR "groktheory predict: output = '${output}', allowed nullity 2, lambda3 20/3")
  endif()
  # The command shows the torch engine exactly where its module was built, and the one that it was
  # installed with.
  run(${SCRATCH}/prefix/bin/groktheory --version)
  file(GLOB_RECURSE module ${SCRATCH}/prefix/libgroktheory_torch.so)
  if(EXISTS ${BUILD}/libgroktheory_torch.so)
    set(wanted "LibTorch [0-9]+[.][0-9]+")
    if(module STREQUAL "")
      message(FATAL_ERROR "libgroktheory_torch.so = not installed, allowed installed as built")
    endif()
  else()
    set(wanted "no libgroktheory_torch[.]so: built without LibTorch\n")
  endif()
  if(NOT output MATCHES "engine     torch: ${wanted}")
    message(FATAL_ERROR "groktheory --version: output = '${output}', allowed engine torch: ${wanted}")
  endif()
  if(module)
    file(WRITE ${module} "")
    run(${SCRATCH}/prefix/bin/groktheory --version)
    if(NOT output MATCHES "engine     torch: the module cannot be loaded: ")
      message(FATAL_ERROR "groktheory --version without a module: output = '${output}', "
        "allowed engine torch: the module cannot be loaded")
    endif()
  endif()
endif()
