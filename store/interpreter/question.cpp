#include "store/interpreter/question.hpp"

#include <nlohmann/json.hpp>

#include "store/interpreter/facts_json.hpp"

namespace pel {
namespace {

// Markers, versions of libc and tags are those of the `packaging` project, whose ways are kept:
// confstr before ctypes for glibc, the dynamic loader's own words for musl.
constexpr std::string_view kQuestion = R"py(
import json, os, sys

def glibc_version():
    try:
        name, version = os.confstr("CS_GNU_LIBC_VERSION").rsplit()
        return version
    except Exception:
        pass
    try:
        import ctypes
        function = ctypes.CDLL(None).gnu_get_libc_version
        function.restype = ctypes.c_char_p
        return function().decode("ascii")
    except Exception:
        return ""

def elf_interpreter(path):
    import struct
    with open(path, "rb") as file:
        head = file.read(64)
        if head[:4] != b"\x7fELF":
            return ""
        order = "<" if head[5] == 1 else ">"
        if head[4] == 2:
            offset, = struct.unpack(order + "Q", head[32:40])
            size, count = struct.unpack(order + "HH", head[54:58])
        else:
            offset, = struct.unpack(order + "I", head[28:32])
            size, count = struct.unpack(order + "HH", head[42:46])
        for number in range(count):
            file.seek(offset + number * size)
            row = file.read(size)
            if struct.unpack(order + "I", row[:4])[0] != 3:
                continue
            if head[4] == 2:
                start, _, _, length = struct.unpack(order + "QQQQ", row[8:40])
            else:
                start, _, _, length = struct.unpack(order + "IIII", row[4:20])
            file.seek(start)
            return os.fsdecode(file.read(length)).strip("\0")
    return ""

def musl_version():
    try:
        loader = elf_interpreter(sys.executable)
        if "musl" not in loader:
            return ""
        import re, subprocess
        done = subprocess.run([loader], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                              stderr=subprocess.PIPE, universal_newlines=True)
        lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
        if len(lines) < 2 or lines[0][:4] != "musl":
            return ""
        match = re.match(r"Version (\d+)\.(\d+)", lines[1])
        return "%s.%s" % match.groups() if match else ""
    except Exception:
        return ""

def mapped_library(version):
    try:
        with open("/proc/self/maps", encoding="utf-8", errors="surrogateescape") as maps:
            for line in maps:
                fields = line.rstrip("\n").split(None, 5)
                if len(fields) == 6 and os.path.basename(fields[5]).startswith("libpython" + version):
                    if os.path.isfile(fields[5]):
                        return fields[5]
    except Exception:
        pass
    return ""

def library_paths(version, variable):
    names = [name for name in (variable("INSTSONAME"), variable("LDLIBRARY"))
             if name and ".so" in name]
    names += ["libpython%s%s.so.1.0" % (version, getattr(sys, "abiflags", ""))]
    multiarch = variable("MULTIARCH") or ""
    folders = [variable("LIBDIR"), variable("LIBPL")]
    for root in (sys.base_prefix, "/usr/local", "/usr"):
        folders += [root + "/lib/" + multiarch, root + "/lib", root + "/lib64"]
    paths = []
    for name in names:
        for folder in folders:
            path = os.path.normpath(os.path.join(folder or "/", os.path.basename(name)))
            if folder and path not in paths:
                paths.append(path)
    return paths

def main():
    import importlib.machinery, importlib.util, platform, struct, sysconfig
    variable = sysconfig.get_config_var
    info = sys.implementation.version
    implementation_version = "%d.%d.%d" % info[:3]
    if info.releaselevel != "final":
        implementation_version += info.releaselevel[0] + str(info.serial)
    version = "%d.%d" % sys.version_info[:2]
    print(json.dumps({
        "facts": {
            "executable": sys.executable or "",
            "implementation": sys.implementation.name,
            "major": sys.version_info[0],
            "minor": sys.version_info[1],
            "micro": sys.version_info[2],
            "full_version": platform.python_version(),
            "markers": {
                "implementation_name": sys.implementation.name,
                "implementation_version": implementation_version,
                "os_name": os.name,
                "platform_machine": platform.machine(),
                "platform_python_implementation": platform.python_implementation(),
                "platform_release": platform.release(),
                "platform_system": platform.system(),
                "platform_version": platform.version(),
                "python_full_version": platform.python_version(),
                "python_version": ".".join(platform.python_version_tuple()[:2]),
                "sys_platform": sys.platform,
            },
            "platform": sysconfig.get_platform(),
            "glibc_version": glibc_version(),
            "musl_version": musl_version(),
            "soabi": variable("SOABI") or "",
            "cache_tag": sys.implementation.cache_tag or "",
            "bytecode_magic": int.from_bytes(importlib.util.MAGIC_NUMBER, "little"),
            "gil_disabled": bool(variable("Py_GIL_DISABLED")),
            "debug_build": bool(variable("Py_DEBUG") or hasattr(sys, "gettotalrefcount")),
            "pointer_bits": 8 * struct.calcsize("P"),
            "abiflags": getattr(sys, "abiflags", ""),
            "extension_suffixes": importlib.machinery.EXTENSION_SUFFIXES,
            "prefix": sys.base_prefix,
            "exec_prefix": sys.base_exec_prefix,
            "stdlib": os.path.dirname(os.path.abspath(os.__file__)),
            "platlibdir": getattr(sys, "platlibdir", "lib"),
            "bindir": "",
            "version_line": sys.version,
            "libpython": "",
            "libpython_reason": "",
        },
        "mapped_library": mapped_library(version),
        "library_paths": library_paths(version, variable),
    }))

main()
)py";

}  // namespace

std::string_view interpreter_question() noexcept {
  return kQuestion;
}

std::optional<InterpreterAnswer> parse_answer(std::string_view output) {
  while (output.ends_with('\n')) {
    output.remove_suffix(1);
  }
  const std::string_view line = output.substr(output.rfind('\n') + 1);
  try {
    const nlohmann::json answer = nlohmann::json::parse(line);
    InterpreterAnswer result;
    result.facts = facts_from_json(answer.at("facts"));
    result.mapped_library = answer.at("mapped_library").get<std::string>();
    result.library_paths = answer.at("library_paths").get<std::vector<std::string>>();
    return result;
  } catch (const nlohmann::json::exception&) {
    return std::nullopt;
  }
}

}  // namespace pel
