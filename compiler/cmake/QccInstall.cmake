# The CMake package of qcc, in the build tree as after installation. Programs
# and the runtime are installed where they are made.
include(CMakePackageConfigHelpers)
set(package_files ${CMAKE_CURRENT_LIST_DIR}/qccConfig.cmake
                  ${CMAKE_CURRENT_LIST_DIR}/QccAddModel.cmake)
set(package_folder ${CMAKE_BINARY_DIR}/lib/cmake/qcc)
write_basic_package_version_file(${package_folder}/qccConfigVersion.cmake
                                 COMPATIBILITY SameMinorVersion)
foreach(file IN LISTS package_files)
  get_filename_component(name ${file} NAME)
  configure_file(${file} ${package_folder}/${name} COPYONLY)
endforeach()
install(FILES ${package_files} ${package_folder}/qccConfigVersion.cmake
        DESTINATION lib/cmake/qcc)
