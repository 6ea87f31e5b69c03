#include "launcher/hot/target.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <optional>
#include <string_view>

#include "store/base/error.hpp"
#include "store/base/fd.hpp"
#include "store/base/file_kind.hpp"
#include "store/base/nearest.hpp"
#include "store/base/text.hpp"

namespace pel {
namespace {

// Whether `name` is "python", or that with the first numbers of `version`: "python3", "python3.11".
bool is_python_name(std::string_view name, std::string_view version) {
  constexpr std::string_view kPython = "python";
  if (!name.starts_with(kPython)) {
    return false;
  }
  const std::string_view asked = name.substr(kPython.size());
  return asked.empty() || (version.starts_with(asked) && asked.back() != '.' &&
                           (asked.size() == version.size() || version[asked.size()] == '.'));
}

std::string read_start(const std::string& path) {
  char buffer[4096];
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
  const ssize_t size = fd ? ::read(fd.get(), buffer, sizeof buffer) : 0;
  return size <= 0 ? std::string() : std::string(buffer, static_cast<std::size_t>(size));
}

// Whether a file that can be executed is a script for the environment's own Python, which can then
// run in this process.
bool starts_with_our_python(const std::string& path, const std::string& prefix) {
  const std::string start = read_start(path);
  const std::string_view first_line = std::string_view(start).substr(0, start.find('\n'));
  const std::string python = concat(prefix, "/bin/python");
  return first_line == concat("#!", python) || first_line.starts_with(concat("#!", python, " ")) ||
         start.starts_with(concat("#!/bin/sh\n'''exec' \"", python, "\" "));
}

Target python_target(const std::string& prefix, std::span<char* const> command) {
  Target target{Target::Kind::python, {concat(prefix, "/bin/python")}};
  target.arguments.insert(target.arguments.end(), command.begin(), command.end());
  return target;
}

Target program_target(std::string path, std::span<char* const> command) {
  Target target{Target::Kind::program, {std::move(path)}};
  target.arguments.insert(target.arguments.end(), command.begin() + 1, command.end());
  return target;
}

Target script_target(const std::string& path, const std::string& prefix,
                     std::span<char* const> command) {
  Target target = python_target(prefix, command);
  target.arguments[1] = path;
  target.process_name = command[0];
  return target;
}

// A path that the user wrote: Python's unless the file says that it is something else.
bool is_for_python(const std::string& path) {
  if (path.ends_with(".py") || path.ends_with(".pyw") || path.ends_with(".pyz") ||
      path.ends_with(".pyc") || path.ends_with(".zip") || !is_executable_file(path)) {
    return true;
  }
  const std::string start = read_start(path);
  return !start.starts_with("#!") && !start.starts_with(
                                         "\x7f"
                                         "ELF");
}

std::string nearest_script(const TableView& table, const std::string& name) {
  std::vector<std::string_view> known{"python"};
  const auto scripts = table.scripts();
  for (std::size_t i = 0; i < scripts.size(); ++i) {
    known.push_back(table.text(scripts[i].name));
  }
  return nearest_hint(name, known, "`pyenvlaunch env show LOCK` lists the environment's scripts");
}

void expect_name(std::string_view name) {
  if (name.empty()) {
    throw Error(ErrorCode::usage, "cannot run '': the name of what to run is empty")
        .with_hint("it is most often a variable of a script that is not set");
  }
}

}  // namespace

Target resolve_target(const TableView& table, const std::string& prefix,
                      std::span<char* const> command) {
  const std::string name = command[0];
  expect_name(name);
  if (name.starts_with('-')) {
    return python_target(prefix, command);
  }
  if (is_python_name(name, table.text(table.environment().python_version))) {
    Target target = python_target(prefix, command.subspan(1));
    target.process_name = name;
    return target;
  }
  const bool has_slash = name.find('/') != std::string::npos || name == "." || name == "..";
  const std::string in_environment = concat(prefix, "/bin/", name);
  if (!has_slash) {
    if (const auto script = table.script(name)) {
      return script->kind == table_format::ScriptKind::python
                 ? script_target(in_environment, prefix, command)
                 : program_target(in_environment, command);
    }
    if (is_executable_file(in_environment)) {  // installed later, by pip
      return starts_with_our_python(in_environment, prefix)
                 ? script_target(in_environment, prefix, command)
                 : program_target(in_environment, command);
    }
  }
  if (has_slash || name.ends_with(".py")) {
    if (!exists(name)) {
      throw Error(ErrorCode::not_found, concat("cannot run '", name, "': no such file"));
    }
    if (is_for_python(name) || starts_with_our_python(name, prefix)) {
      return python_target(prefix, command);
    }
  }
  return program_target(find_program(table, name), command);
}

std::string find_program(const TableView& table, const std::string& name) {
  expect_name(name);
  if (name.find('/') != std::string::npos) {
    if (!exists(name)) {
      throw Error(ErrorCode::not_found, concat("cannot run '", name, "': no such file"));
    }
    return name;
  }
  const char* const variable = std::getenv("PATH");  // NOLINT(concurrency-mt-unsafe): one thread
  std::string_view rest = variable == nullptr ? "/usr/bin:/bin" : variable;
  std::optional<std::string> not_executable;
  for (;;) {
    const std::size_t colon = rest.find(':');
    const std::string_view folder = rest.substr(0, colon);
    std::string path = concat(folder.empty() ? "." : folder, "/", name);
    if (is_executable_file(path)) {
      return path;
    }
    if (!not_executable && exists(path) && !leads_to_directory(path)) {
      not_executable = path;
    }
    if (colon == std::string_view::npos) {
      break;
    }
    rest.remove_prefix(colon + 1);
  }
  if (not_executable) {
    throw Error(ErrorCode::io,
                concat("cannot run '", name, "': ", *not_executable, " is not executable"))
        .with_hint(concat("run `chmod +x ", *not_executable, "`"));
  }
  throw Error(ErrorCode::not_found,
              concat("cannot run '", name,
                     "': it is neither a script of the environment nor a program on PATH"))
      .with_hint(nearest_script(table, name));
}

}  // namespace pel
