# docs/examples/read_store.py reads what the command wrote: PROGRAM, PYTHON, SCRIPT, SCRATCH.
file(REMOVE_RECURSE ${SCRATCH})
file(MAKE_DIRECTORY ${SCRATCH})
file(WRITE ${SCRATCH}/study.toml "[run]
task = \"addition\"
symbols = 5
train = 10
decoder_widths = [16]
steps = 100
stop = \"budget\"
[axes]
seed = [1, 2, 3]
")
execute_process(COMMAND ${PROGRAM} study run study.toml --store s.db --curves 50
  WORKING_DIRECTORY ${SCRATCH} COMMAND_ERROR_IS_FATAL ANY OUTPUT_QUIET)
execute_process(COMMAND ${PYTHON} ${SCRIPT} s.db
  WORKING_DIRECTORY ${SCRATCH} COMMAND_ERROR_IS_FATAL ANY OUTPUT_VARIABLE said)
# Three curves of three points (steps 0, 50, 100) of 5 symbols in one dimension
string(REGEX MATCHALL "'step': 100.0,[^\n]*\\(3, 5, 1\\)" curves "${said}")
list(LENGTH curves count)
if(NOT count EQUAL 3 OR NOT said MATCHES "confusion +3")
  message(FATAL_ERROR "read_store.py said:\n${said}")
endif()
