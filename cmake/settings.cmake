# Two interface targets, linked PRIVATE by every target of ours and by nothing from outside.

set(CMAKE_CXX_EXTENSIONS OFF)

add_library(pel_settings INTERFACE)
target_compile_features(pel_settings INTERFACE cxx_std_20)
target_include_directories(pel_settings INTERFACE "${PROJECT_SOURCE_DIR}")
target_compile_definitions(pel_settings INTERFACE
  $<$<CONFIG:Debug>:_GLIBCXX_ASSERTIONS>)

# The sanitizers come from the preset, as one list: "address,undefined", "thread".
set(PEL_SANITIZE "" CACHE STRING "Sanitizers for all targets, as for -fsanitize=")
if(PEL_SANITIZE)
  target_compile_options(pel_settings INTERFACE
    -fsanitize=${PEL_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(pel_settings INTERFACE -fsanitize=${PEL_SANITIZE})
endif()

add_library(pel_warnings INTERFACE)
target_compile_options(pel_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wold-style-cast
  -Wnon-virtual-dtor -Woverloaded-virtual -Wimplicit-fallthrough -Wundef
  $<$<CXX_COMPILER_ID:GNU>:-Wlogical-op -Wduplicated-cond>)
option(PEL_WERROR "Treat warnings as errors (on in the presets, off for packagers)" OFF)
if(PEL_WERROR)
  target_compile_options(pel_warnings INTERFACE -Werror)
endif()

# Headers that nearly every source reads, parsed once: halves the time of a tree built from nothing.
# It hides an #include that is missing, so some tree has to be built without.
option(PEL_PRECOMPILED "Precompile the headers that most sources include" OFF)
if(PEL_PRECOMPILED)
  file(WRITE "${CMAKE_BINARY_DIR}/generated/precompiled.cpp" "")
  add_library(pel_precompiled OBJECT "${CMAKE_BINARY_DIR}/generated/precompiled.cpp")
  set_target_properties(pel_precompiled PROPERTIES POSITION_INDEPENDENT_CODE ON
    CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)
  find_package(GTest REQUIRED)
  target_link_libraries(pel_precompiled PRIVATE pel_settings pel_warnings GTest::gtest)
  target_precompile_headers(pel_precompiled PRIVATE
    <algorithm> <array> <filesystem> <fstream> <functional> <map> <memory> <mutex> <optional> <set>
    <span> <string> <string_view> <thread> <unordered_map> <vector> <nlohmann/json.hpp>
    <gtest/gtest.h>)
endif()

# pel_precompile(TARGET): TARGET, which has the settings above, uses them where they are made; with
# the same visibility, or the compiler refuses.
function(pel_precompile target)
  if(PEL_PRECOMPILED)
    set_target_properties(${target} PROPERTIES
      CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)
    target_precompile_headers(${target} REUSE_FROM pel_precompiled)
  endif()
endfunction()

# pel_library(NAME SOURCES... DEPENDS...): a static library with the settings above.
# Position independent, because the same code is in programs and in the shared object of embed/.
function(pel_library name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;DEPENDS")
  add_library(${name} STATIC ${arg_SOURCES})
  set_target_properties(${name} PROPERTIES POSITION_INDEPENDENT_CODE ON
    CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)
  target_link_libraries(${name} PUBLIC ${arg_DEPENDS} pel_settings PRIVATE pel_warnings)
  pel_precompile(${name})
endfunction()

# pel_hot_code(NAME...): optimised across files in release builds, for what every start runs. Not
# for the second program, whose build that would only make longer.
function(pel_hot_code)
  if(CMAKE_BUILD_TYPE STREQUAL "Release" AND NOT PEL_SANITIZE)
    set_target_properties(${ARGV} PROPERTIES INTERPROCEDURAL_OPTIMIZATION ON)
  endif()
endfunction()

# pel_loads_library(TARGET LIBRARY MACRO): TARGET uses the headers of the imported LIBRARY and opens
# it at its first use (store/base/dynamic_library.hpp), by the SONAME that MACRO is set to.
function(pel_loads_library target library macro)
  get_target_property(file ${library} IMPORTED_LOCATION)
  if(NOT file)
    get_target_property(file ${library} IMPORTED_LOCATION_RELEASE)
  endif()
  if(NOT file)
    get_target_property(file ${library} IMPORTED_LOCATION_NONE)
  endif()
  execute_process(COMMAND ${CMAKE_READELF} -d ${file} OUTPUT_VARIABLE dynamic
    COMMAND_ERROR_IS_FATAL ANY)
  string(REGEX MATCH "SONAME[^[]*\\[([^]]+)\\]" match "${dynamic}")
  if(NOT match)
    message(FATAL_ERROR "${file} has no SONAME: it is no shared library")
  endif()
  target_compile_definitions(${target} PRIVATE ${macro}="${CMAKE_MATCH_1}")
  target_include_directories(${target} SYSTEM PRIVATE
    $<TARGET_PROPERTY:${library},INTERFACE_INCLUDE_DIRECTORIES>)
endfunction()
