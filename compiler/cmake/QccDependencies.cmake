# Every library that qcc stands on, found in one place. All are Debian 12
# packages; compiler/packages.txt lists them.
list(APPEND CMAKE_PREFIX_PATH /usr/lib/llvm-22)
find_package(MLIR 22.1 REQUIRED CONFIG)
list(APPEND CMAKE_MODULE_PATH ${MLIR_CMAKE_DIR} ${LLVM_CMAKE_DIR})
set(LLVM_LINK_LLVM_DYLIB ON)
set(MLIR_LINK_MLIR_DYLIB ON)
set(LLVM_RUNTIME_OUTPUT_INTDIR ${CMAKE_BINARY_DIR}/bin)
set(LLVM_LIBRARY_OUTPUT_INTDIR ${CMAKE_BINARY_DIR}/lib)
include(TableGen)
include(AddLLVM)
include(AddMLIR)

find_package(fmt REQUIRED)
find_package(ZLIB REQUIRED)
find_package(nlohmann_json REQUIRED)
# The CMake files of these three Debian packages ask for OpenCL, for command-line
# tools of other packages and for every optional part, so they are found by hand.
find_library(QCC_ZIP_LIBRARY NAMES zip REQUIRED)
find_library(QCC_DNNL_LIBRARY NAMES dnnl REQUIRED)
find_library(QCC_CBC_LIBRARY NAMES CbcSolver REQUIRED)
find_library(QCC_HALIDE_LIBRARY NAMES Halide14 Halide REQUIRED)
find_path(QCC_HALIDE_INCLUDE NAMES Halide.h
          PATH_SUFFIXES halide14 halide REQUIRED)
if(QCC_TESTS)
  find_package(GTest REQUIRED)
endif()

# LLVM is outside of the system's library path; installed programs find it as
# those of the build tree do.
set(CMAKE_INSTALL_RPATH_USE_LINK_PATH ON)
