#include "launcher/hot/python.hpp"

#include <dlfcn.h>
#include <unistd.h>

#include <utility>

#include "launcher/hot/broken_environment.hpp"
#include "launcher/hot/cold_start.hpp"
#include "launcher/hot/preloaded.hpp"
#include "launcher/hot/use_descriptor.hpp"
#include "store/base/error.hpp"
#include "store/base/text.hpp"
#include "store/format/embed_request.hpp"

namespace pel {
namespace {

std::string last_dl_error() {
  const char* const text = ::dlerror();  // NOLINT(concurrency-mt-unsafe): no other thread yet
  return text == nullptr ? "unknown reason" : text;
}

EmbedMain load_entry(const std::string& embed) {
  void* const library = ::dlopen(embed.c_str(), RTLD_LAZY | RTLD_LOCAL);
  void* const entry = library == nullptr ? nullptr : ::dlsym(library, kEmbedEntry);
  if (entry == nullptr) {
    const std::string reason = last_dl_error();
    const std::string hint = mount_hint(embed);
    throw Error(ErrorCode::io, concat("cannot load ", embed, ": ", reason))
        .with_hint(!hint.empty()
                       ? hint
                       : "the installation is incomplete: run `pyenvlaunch store repair`, "
                         "make the environment again, or install pyenvlaunch again");
  }
  return reinterpret_cast<EmbedMain>(entry);
}

}  // namespace

int run_python(const PythonStart& start, std::span<char*> arguments) {
  const std::string libpython(start.table.text(start.table.environment().libpython));
  PhaseLog log = start.log;
  const std::string base_executable(start.table.text(start.table.environment().base_executable));
  if (libpython.empty()) {
    // Hosted: the interpreter itself, which finds the environment by its argv[0], and our finder by
    // the environment's first .pth file, which could only warn that it cannot load it.
    const std::string finders = concat(start.store, "/launchers");
    if (std::string hint = mount_hint(finders); !hint.empty()) {
      throw Error(ErrorCode::io,
                  concat("cannot load the finder of ", start.prefix, " from ", finders))
          .with_hint(std::move(hint));
    }
    hand_on_use(start.prefix);
    log.end("interpreter", base_executable);
    ::execv(base_executable.c_str(), arguments.data());
    throw_errno("execute", base_executable);
  }
  load_with_preloaded(libpython, start.prefix, arguments);
  prepare_cold_start(start.prefix, arguments);
  // Global, because extension modules expect Python's symbols in the process; lazy, as the
  // interpreter's own executable loads it.
  if (::dlopen(libpython.c_str(), RTLD_LAZY | RTLD_GLOBAL) == nullptr) {
    throw Error(ErrorCode::io,
                concat("cannot load the interpreter's library ", libpython, ": ", last_dl_error()))
        .with_hint(start.store == concat(start.prefix, "/store/v1")
                       ? "an exported directory needs the interpreter that it was made for, at the "
                         "same path: install it, or export again with --python"
                       : "if the interpreter was removed or updated, run `pyenvlaunch sync LOCK`");
  }
  log.end("library", libpython);
  const EmbedMain entry = load_entry(start.embed);
  log.end("finder");
  const EmbedRequest request{.abi = kEmbedAbi,
                             .reserved = 0,
                             .prefix = start.prefix.c_str(),
                             .store = start.store.c_str(),
                             .manager = start.manager.c_str(),
                             .table = start.table_bytes.data(),
                             .table_size = start.table_bytes.size()};
  const int status = entry(&request, static_cast<int>(arguments.size()) - 1, arguments.data());
  if (status == -1) {
    throw Error(ErrorCode::incompatible, concat("cannot use ", start.embed, " with this launcher"))
        .with_hint("they are of different versions: run `pyenvlaunch sync LOCK`");
  }
  return status;
}

}  // namespace pel
