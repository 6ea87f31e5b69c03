# pel_build_id: one string that changes whenever any source of the product changes. It ties the
# launcher, embed.so and the manager of one build together, and names their copy in a store.
set(pel_product_patterns)
foreach(folder embed frontend launcher lock store)
  list(APPEND pel_product_patterns "${PROJECT_SOURCE_DIR}/${folder}/*.[ch]pp"
    "${PROJECT_SOURCE_DIR}/${folder}/CMakeLists.txt")
endforeach()
file(GLOB_RECURSE pel_product_sources CONFIGURE_DEPENDS ${pel_product_patterns}
  "${PROJECT_SOURCE_DIR}/launcher/report*" "${PROJECT_SOURCE_DIR}/embed/exports.map"
  "${PROJECT_SOURCE_DIR}/cmake/*.cmake")
list(APPEND pel_product_sources "${PROJECT_SOURCE_DIR}/CMakeLists.txt")
set(pel_build_id_source "${CMAKE_BINARY_DIR}/generated/build_id.cpp")
list(JOIN pel_product_sources "\n" pel_product_list)
file(WRITE "${CMAKE_BINARY_DIR}/generated/product_sources.txt" "${pel_product_list}")
add_custom_command(
  OUTPUT "${pel_build_id_source}"
  COMMAND ${CMAKE_COMMAND} -D "LIST=${CMAKE_BINARY_DIR}/generated/product_sources.txt"
    -D "OUT=${pel_build_id_source}" -D "VERSION=${PROJECT_VERSION}"
    -D "VARIANT=${CMAKE_BUILD_TYPE};${CMAKE_CXX_COMPILER_VERSION};${PEL_SANITIZE}"
    -P "${PROJECT_SOURCE_DIR}/cmake/write_build_id.cmake"
  DEPENDS ${pel_product_sources} "${PROJECT_SOURCE_DIR}/cmake/write_build_id.cmake"
  COMMENT "Hashing the sources for the build id" VERBATIM)
pel_library(pel_build_id SOURCES "${pel_build_id_source}")
