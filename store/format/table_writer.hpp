#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "store/format/table_format.hpp"

namespace pel {

// The content of a table, before it is written. Plain data.
struct TableContent {
  struct Environment {
    std::string id, build_id, python_version, cache_tag, base_executable, libpython;
    std::uint32_t bytecode_magic = 0;
  };

  struct Tree {
    std::string id;
    table_format::TreeKind kind = table_format::TreeKind::wheel;
  };

  struct Distribution {
    std::string normalized_name, version, dist_info;
    std::uint32_t tree = 0;
  };

  struct Name {
    std::string name;
    table_format::NameKind kind = table_format::NameKind::module;
    std::vector<std::uint32_t> owners;  // numbers in `trees`; the winner first
  };

  struct Script {
    std::string name;
    table_format::ScriptKind kind = table_format::ScriptKind::python;
  };

  struct Variable {
    std::string name, value;
  };

  Environment environment;
  std::vector<Tree> trees;
  std::vector<Distribution> distributions;
  std::vector<Name> names;      // any order, each once
  std::vector<Script> scripts;  // any order, each once
  std::vector<Variable> variables;
  std::vector<std::string> source_paths;
};

// The bytes of the table; equal content gives equal bytes.
[[nodiscard]] std::string write_table(TableContent content);

}  // namespace pel
