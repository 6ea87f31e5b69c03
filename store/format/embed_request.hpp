#pragma once

#include <cstddef>
#include <cstdint>

// What the launcher hands to embed.so: the only interface between the two. embed.so is loaded with
// dlopen after libpython, because its Python symbols resolve against the library opened before.
namespace pel {

inline constexpr std::uint32_t kEmbedAbi = 2;
inline constexpr const char* kEmbedEntry = "pel_embed_main";

// All text ends in NUL; all of it, and the table, must stay as it is until the process ends.
struct EmbedRequest {
  std::uint32_t abi;  // kEmbedAbi
  std::uint32_t reserved;
  const char* prefix;      // absolute path of the environment's directory, as executed
  const char* store;       // absolute path of store/v1
  const char* manager;     // absolute path of the second program, or null when there is none
  const std::byte* table;  // the mapped table
  std::size_t table_size;
};

// Runs Python with these arguments and returns its exit status. Never returns for a program that
// ends the process by itself. Returns -1 without having started Python if the request is refused:
// another ABI, or a table that cannot be read.
using EmbedMain = int (*)(const EmbedRequest* request, int argc, char** argv);

}  // namespace pel
