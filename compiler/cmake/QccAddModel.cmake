# qcc_add_model(<name>
#               MODEL <file>
#               [TARGET <qcc target>]                   default: native
#               [PREFIX <C identifier>]                 default: <name>
#               [CALIBRATION <file> [CALIBRATION_SAMPLES <n>]]
#               [PROFILE <file>]
#               [INPUT_TYPE u8|s8 [INPUT_MEAN <x>] [INPUT_STD <y>]]
#               [OPTIONS <options of qcc>...])
#
# Compiles MODEL when it, the data or qcc change. <name> is a library: what
# links it gets the object and may include "<prefix>.h". The report is
# <name>.qcc/<prefix>.json in the binary folder. Relative paths start at the
# source folder.
function(qcc_add_model name)
  set(files MODEL CALIBRATION PROFILE)
  set(values CALIBRATION_SAMPLES INPUT_TYPE INPUT_MEAN INPUT_STD)
  cmake_parse_arguments(PARSE_ARGV 1 ARG "" "TARGET;PREFIX;${files};${values}"
                        "OPTIONS")
  if(ARG_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "qcc_add_model(${name}): unknown argument "
                        "'${ARG_UNPARSED_ARGUMENTS}'")
  endif()
  if(NOT ARG_MODEL)
    message(FATAL_ERROR "qcc_add_model(${name}): MODEL is missing")
  endif()
  if(NOT ARG_TARGET)
    set(ARG_TARGET native)
  endif()
  if(NOT ARG_PREFIX)
    set(ARG_PREFIX ${name})
  endif()

  set(inputs)
  foreach(key IN LISTS files)
    if(ARG_${key})
      get_filename_component(ARG_${key} "${ARG_${key}}" ABSOLUTE
                             BASE_DIR "${CMAKE_CURRENT_SOURCE_DIR}")
      list(APPEND inputs "${ARG_${key}}")
    endif()
  endforeach()
  set(options)
  foreach(key CALIBRATION PROFILE ${values})
    if(DEFINED ARG_${key})
      string(TOLOWER "${key}" option)
      string(REPLACE "_" "-" option "${option}")
      list(APPEND options "-${option}=${ARG_${key}}")
    endif()
  endforeach()

  set(folder "${CMAKE_CURRENT_BINARY_DIR}/${name}.qcc")
  set(base "${folder}/${ARG_PREFIX}")
  file(MAKE_DIRECTORY "${folder}")
  add_custom_command(
    OUTPUT "${base}.o" "${base}.h" "${base}.json"
    COMMAND qcc::qcc "${ARG_MODEL}" -target=${ARG_TARGET} -prefix=${ARG_PREFIX}
            ${options} ${ARG_OPTIONS} -quiet -o "${base}.o"
            "-report=${base}.json"
    DEPENDS ${inputs} qcc::qcc
    COMMENT "Compiling ${ARG_MODEL} for ${ARG_TARGET}"
    VERBATIM)
  add_custom_target(${name}_qcc DEPENDS "${base}.o" "${base}.h" "${base}.json")
  add_library(${name} INTERFACE)
  add_dependencies(${name} ${name}_qcc)
  target_include_directories(${name} INTERFACE "${folder}")
  target_link_libraries(${name} INTERFACE "${base}.o")
endfunction()
