# The functions with which every folder declares its libraries and tests.

include_directories(SYSTEM ${LLVM_INCLUDE_DIRS} ${MLIR_INCLUDE_DIRS})
include_directories(${CMAKE_SOURCE_DIR} ${CMAKE_BINARY_DIR})
separate_arguments(QCC_LLVM_DEFINITIONS NATIVE_COMMAND "${LLVM_DEFINITIONS}")
add_definitions(${QCC_LLVM_DEFINITIONS})
link_directories(${LLVM_LIBRARY_DIRS})

add_compile_options(-Wall -Wextra -Wno-unused-parameter
                    -Wno-missing-field-initializers
                    -ffile-prefix-map=${CMAKE_SOURCE_DIR}/=)
if(QCC_ASAN)
  add_compile_options(-fsanitize=address,undefined -fno-omit-frame-pointer
                      -fno-sanitize-recover=undefined)
  add_link_options(-fsanitize=address,undefined)
endif()

# qcc_add_library(<name> SOURCES <files> [LINK <libraries>] [EXCEPTIONS])
#
# A static library of C++ that follows LLVM: no exceptions unless asked for
# (Halide and oneDNN throw). Code inside includes from the repository root.
function(qcc_add_library name)
  cmake_parse_arguments(ARG "EXCEPTIONS" "" "SOURCES;LINK;DEPENDS" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  target_link_libraries(${name} PUBLIC ${ARG_LINK})
  if(NOT ARG_EXCEPTIONS)
    target_compile_options(${name} PRIVATE
                           $<$<COMPILE_LANGUAGE:CXX>:-fno-exceptions>)
  endif()
  if(ARG_DEPENDS)
    add_dependencies(${name} ${ARG_DEPENDS})
  endif()
endfunction()

# qcc_add_tool(<name> SOURCES <files> [LINK <libraries>])
#
# A program; installed, unless it belongs to the tests.
function(qcc_add_tool name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE ${ARG_LINK})
  target_compile_options(${name} PRIVATE -fno-exceptions)
  if(NOT CMAKE_CURRENT_SOURCE_DIR MATCHES "^${CMAKE_SOURCE_DIR}/test/")
    install(TARGETS ${name} RUNTIME DESTINATION bin)
  endif()
endfunction()

# qcc_add_unit_test(<name> SOURCES <files> [LINK <libraries>])
#
# A GoogleTest program bin/unit/<name>; lit finds it there and counts its
# cases one by one. <name> must end in "Test".
function(qcc_add_unit_test name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE ${ARG_LINK} GTest::gtest
                        GTest::gtest_main GTest::gmock)
  set_target_properties(${name} PROPERTIES
                        RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin/unit)
  set_property(GLOBAL APPEND PROPERTY QCC_UNIT_TESTS ${name})
endfunction()
