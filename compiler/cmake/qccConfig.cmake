# find_package(qcc) gives
#
#   qcc::qcc           the compiler, an imported executable
#   qcc::runtime       an interface library: the folder of <qcc/qcc.h>
#   QCC_RUNTIME_DIR    sources of the runtime, boards, linker scripts
#   qcc_add_model()    compiles a model as part of a build, see QccAddModel.cmake
#
# The package may be moved: everything is found from this file's place.
get_filename_component(QCC_PREFIX "${CMAKE_CURRENT_LIST_DIR}/../../.." ABSOLUTE)
set(QCC_RUNTIME_DIR "${QCC_PREFIX}/share/qcc/runtime")

foreach(path bin/qcc share/qcc/runtime/include/qcc/qcc.h)
  if(NOT EXISTS "${QCC_PREFIX}/${path}")
    set(qcc_FOUND FALSE)
    set(qcc_NOT_FOUND_MESSAGE "${QCC_PREFIX}/${path} is missing")
    return()
  endif()
endforeach()

if(NOT TARGET qcc::qcc)
  add_executable(qcc::qcc IMPORTED)
  set_target_properties(qcc::qcc PROPERTIES
                        IMPORTED_LOCATION "${QCC_PREFIX}/bin/qcc")
  add_library(qcc::runtime INTERFACE IMPORTED)
  set_target_properties(qcc::runtime PROPERTIES
    INTERFACE_INCLUDE_DIRECTORIES "${QCC_RUNTIME_DIR}/include")
endif()

include("${CMAKE_CURRENT_LIST_DIR}/QccAddModel.cmake")
