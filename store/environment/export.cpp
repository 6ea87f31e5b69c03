#include "store/environment/export.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <set>
#include <string_view>

#include "lock/display.hpp"
#include "store/base/error.hpp"
#include "store/base/path.hpp"
#include "store/base/text.hpp"
#include "store/environment/environment_maker.hpp"
#include "store/format/config_path.hpp"
#include "store/format/table_format.hpp"
#include "store/interpreter/bytecode.hpp"
#include "store/layout/start_files.hpp"
#include "store/prefix/prefix_writer.hpp"
#include "store/prefix/script_text.hpp"
#include "store/records/file_system.hpp"
#include "store/records/kept_table.hpp"
#include "store/records/own_places.hpp"
#include "store/tree/directory_entries.hpp"
#include "store/tree/make_directory.hpp"

namespace pel {
namespace {

using Kind = PrefixEntry::Kind;

constexpr std::string_view kStore = "store/v1";
constexpr std::string_view kTemporaryStem = ".pyenvlaunch-export";

// The shell that reads the first line finds the interpreter beside the script; Python reads a
// string in triple quotes there.
constexpr std::string_view kRelocatableHead =
    "#!/bin/sh\n'''exec' \"$(dirname -- \"$(realpath -- \"$0\")\")/python\" \"$0\" \"$@\"\n' '''\n";

std::string replaced(std::string_view text, std::string_view what, std::string_view by) {
  std::string result;
  for (;;) {
    const std::size_t at = text.find(what);
    result += text.substr(0, at);
    if (at == std::string_view::npos) {
      return result;
    }
    result += by;
    text.remove_prefix(at + what.size());
  }
}

void refuse_unless_empty(const std::string& directory) {
  struct stat status{};
  if (::lstat(directory.c_str(), &status) != 0) {
    if (errno == ENOENT) {
      return;
    }
    throw_errno("export to", directory);
  }
  if (!S_ISDIR(status.st_mode) || !read_directory(directory).empty()) {
    throw Error(ErrorCode::usage, concat("cannot export to ", directory, ": it is there",
                                         S_ISDIR(status.st_mode) ? ", and not empty" : ""))
        .with_hint("give another directory, or remove it");
  }
}

// Copies what an exported directory needs of a store.
class StoreCopy {
 public:
  StoreCopy(const StoreLayout& layout, std::string target, ExportResult& result)
      : layout_(layout), target_(std::move(target)), result_(result) {}

  // A folder below the store's root, whole.
  void folder(const std::string& path) {
    if (done_.insert(path).second) {
      copy(concat(layout_.root(), "/", path), concat(target_, "/", path));
    }
  }

  // The code of a tree for one kind of interpreter.
  void packs(const std::string& id, const std::string& cache_tag) {
    const std::string source = layout_.bytecode(id);
    for (const DirectoryEntry& entry : read_directory(source)) {
      if (entry.name.starts_with(concat(cache_tag, "."))) {
        make_directories(concat(target_, "/bytecode/", id));
        file(concat(source, "/", entry.name), concat(target_, "/bytecode/", id, "/", entry.name));
      }
    }
  }

 private:
  void copy(const std::string& source, const std::string& target) {
    make_directories(target);
    for (const DirectoryEntry& entry : read_directory(source)) {
      const std::string from = concat(source, "/", entry.name);
      const std::string to = concat(target, "/", entry.name);
      if (entry.is_directory) {
        copy(from, to);
      } else {
        file(from, to);
      }
    }
  }

  void file(const std::string& source, const std::string& target) {
    struct stat status{};
    if (::stat(source.c_str(), &status) != 0) {
      throw_errno("read", source);
    }
    copy_file(source, target, status.st_mode & 0777U);
    ++result_.files;
    result_.bytes += static_cast<std::uint64_t>(status.st_size);
  }

  const StoreLayout& layout_;
  std::string target_;
  ExportResult& result_;
  std::set<std::string> done_;
};

// "wheels/ID" of a path in the store.
std::string tree_of(std::string_view path, const std::string& store) {
  path.remove_prefix(store.size() + 1);
  const std::size_t slash = path.find('/');
  return std::string(path.substr(0, path.find('/', slash + 1)));
}

// The same plan, made of the copies below `fresh`.
PrefixPlan relocated(const PrefixPlan& plan, const std::string& prefix, const std::string& store,
                     const std::string& fresh) {
  PrefixPlan result;
  for (const auto& [path, entry] : plan.entries()) {
    PrefixEntry own = entry;
    if (entry.kind == Kind::text) {
      own.content = relocatable_text(path, entry.content, prefix, store);
    } else if (entry.content.starts_with(concat(store, "/"))) {
      own.content = concat(fresh, "/", kStore, entry.content.substr(store.size()));
      if (entry.kind == Kind::program_link) {
        own.kind = Kind::data_link;  // without hard links a copy: a symlink would name `fresh`
      }
    }
    result.add(path, std::move(own));
  }
  return result;
}

void copy_trees(const PrefixPlan& plan, const EnvironmentMaker& maker, const std::string& fresh,
                std::span<const unsigned> optimizations, ExportResult& result) {
  const StoreLayout& layout = maker.layout();
  StoreCopy copy(layout, concat(fresh, "/", kStore), result);
  const std::string table = concat(fresh, "/", table_format::kFileName);
  write_new_file(table, plan.entries().find(table_format::kFileName)->second.content, 0644);
  const auto needs = read_table_needs(table);
  if (!needs) {
    throw Error(ErrorCode::corrupt, concat("cannot read table ", table, ": it is damaged"));
  }
  for (const unsigned level : optimizations) {
    compile_bytecode(maker.locked().interpreter, layout, needs->tree_ids, level, 0);
  }
  for (const std::string& id : needs->tree_ids) {
    const bool is_wheel = ::access(layout.wheel(id).c_str(), F_OK) == 0;
    copy.folder(concat(is_wheel ? "wheels/" : "composites/", id));
    copy.packs(id, needs->cache_tag);
  }
  for (const auto& [path, entry] : plan.entries()) {
    if (entry.kind == Kind::data_link && entry.content.starts_with(layout.root())) {
      copy.folder(tree_of(entry.content, layout.root()));
    }
  }
  copy.folder(concat("launchers/", needs->launcher));
  // Its commands need libraries that need not be there, and a start does not need it.
  remove_file(concat(fresh, "/", kStore, "/launchers/", needs->launcher, "/pyenvlaunch-manager"));
}

// Where there is nothing still, or an empty directory.
void publish(TemporaryDirectory& fresh, const std::string& directory) {
  with_default_hint("give a directory that is not there yet, such as one in it", [&] {
    if (!fresh.publish(directory)) {
      refuse_unless_empty(directory);
      throw Error(ErrorCode::busy, concat("cannot export to ", directory,
                                          ": another process has used it meanwhile"));
    }
  });
  try_to_sync_directory(directory_of(directory));
}

// Its modules are files of the directory that it comes from.
void refuse_editable(const Selection& selection, const std::string& lock_path) {
  for (const SelectedWheel& package : selection.wheels) {
    const auto* const source =
        package.source ? std::get_if<LockedDirectory>(&*package.source) : nullptr;
    if (source != nullptr && source->editable) {
      throw Error(
          ErrorCode::incompatible,
          concat("cannot export ", lock_path, ": ", escaped(package.name),
                 " is editable, and lies outside of the environment, in ", escaped(source->path)))
          .with_hint("lock the directory without -e, so that it is built");
    }
  }
}

}  // namespace

std::string relocatable_text(std::string_view path, std::string_view text,
                             const std::string& prefix, const std::string& store) {
  if (path.starts_with("bin/")) {
    const std::string head = script_head(concat(prefix, "/bin/python"));
    return text.starts_with(head) ? concat(kRelocatableHead, text.substr(head.size()))
                                  : std::string(text);
  }
  if (path == "pyvenv.cfg") {
    return replaced(text, concat("pyenvlaunch-store = ", encode_config_path(store)),
                    concat("pyenvlaunch-store = ", kStore));
  }
  if (path.ends_with(".pth")) {
    // `site` runs these lines where `sitedir` is PREFIX/lib/pythonX.Y/site-packages.
    const std::string literal = python_literal(store);
    std::string lines;
    for (std::string_view rest = text; !rest.empty();) {
      const std::size_t size = std::min(rest.find('\n'), rest.size() - 1) + 1;
      const std::string_view line = rest.substr(0, size);
      rest.remove_prefix(size);
      lines += line.starts_with(concat(store, "/"))
                   ? concat("../../../", kStore, line.substr(store.size()))
                   : replaced(line, literal.substr(0, literal.size() - 1),
                              concat("sitedir.rsplit('/', 3)[0] + '/", kStore));
    }
    return lines;
  }
  return std::string(text);
}

ExportResult export_environment(const EnvironmentRequest& request, const std::string& directory,
                                std::span<const unsigned> optimizations) {
  refuse_own_place("export to", directory, request.locations.home, request.locations.cache);
  refuse_unless_empty(directory);
  EnvironmentMaker maker(request);
  maker.gather();
  if (!maker.locked().lock.source_paths.empty()) {
    throw Error(ErrorCode::incompatible,
                concat("cannot export ", request.lock_path,
                       ": its source-paths name directories outside of the environment"))
        .with_hint("build these into a wheel, and lock that");
  }
  refuse_editable(maker.locked().selection, request.lock_path);
  const PrefixPlan plan = maker.plan(directory, NativeLinks::files);
  const std::string parent = directory_of(directory);
  make_directories(parent);
  sweep_temporary_directories(parent, kTemporaryStem);
  ExportResult result;
  result.interpreter = maker.locked().interpreter.executable;
  result.libpython = maker.locked().interpreter.libpython;
  TemporaryDirectory fresh(parent, kTemporaryStem);
  copy_trees(plan, maker, fresh.path(), optimizations, result);
  const auto change = write_prefix(relocated(plan, directory, maker.layout().root(), fresh.path()),
                                   fresh.path(), maker.cache().tmp());
  const mode_t mask = ::umask(0);
  ::umask(mask);
  if (::chmod(fresh.path().c_str(), 0777U & ~mask) != 0) {
    throw_errno("change the mode of", fresh.path());
  }
  sync_file_system(fresh.path());  // nothing would notice there that a file is damaged
  publish(fresh, directory);
  maker.clock().end("export");
  result.environment = maker.finish(change);
  return result;
}

}  // namespace pel
