# Run by build_id.cmake: OUT defines pel::kBuildId, "<version>-<16 digits>".
file(STRINGS "${LIST}" sources)
set(all "${VARIANT}")
foreach(source IN LISTS sources)
  file(SHA256 "${source}" digest)
  string(APPEND all "${digest}")
endforeach()
string(SHA256 digest "${all}")
string(SUBSTRING "${digest}" 0 16 digest)
file(WRITE "${OUT}.new"
  "#include \"store/base/build_id.hpp\"\n\nnamespace pel {\n\nextern const char* const kBuildId;\nconst char* const kBuildId = \"${VERSION}-${digest}\";\n\nextern const char* const kVersion;\nconst char* const kVersion = \"${VERSION}\";\n\n}  // namespace pel\n")
file(COPY_FILE "${OUT}.new" "${OUT}" ONLY_IF_DIFFERENT)
