#include "store/format/index_builder.hpp"

#include <algorithm>
#include <cstring>
#include <deque>
#include <stdexcept>
#include <utility>

#include "store/base/text.hpp"
#include "store/format/container_builder.hpp"

namespace pel {

using namespace index_format;  // NOLINT(google-build-using-namespace): this file writes it

namespace {

using Part = ContainerBuilder::Part;

void copy_digest(std::uint8_t (&target)[32], const Sha256& digest) {
  std::ranges::copy(digest.bytes, target);
}

}  // namespace

IndexBuilder::Node& IndexBuilder::descend(std::string_view path) {
  Node* node = &root_;
  while (!path.empty()) {
    const std::size_t slash = path.find('/');
    const std::string_view name = path.substr(0, slash);
    if (name.empty() || node->is_file) {
      throw std::logic_error(concat("bad path in an index: '", path, "'"));
    }
    node = &node->children[std::string(name)];
    path = slash == std::string_view::npos ? std::string_view() : path.substr(slash + 1);
  }
  return *node;
}

void IndexBuilder::add_file(std::string_view path, const IndexedFile& file) {
  Node& node = descend(path);
  if (&node == &root_ || node.is_file || !node.children.empty()) {
    throw std::logic_error(concat("a path is twice in an index: '", path, "'"));
  }
  node.is_file = true;
  node.file = file;
}

void IndexBuilder::add_directory(std::string_view path) {
  if (descend(path).is_file) {
    throw std::logic_error(concat("a file is also a directory in an index: '", path, "'"));
  }
}

std::string IndexBuilder::finish(const IndexedTree& tree) const {
  StringPool strings;
  StringPool cold_strings;
  std::vector<DirectoryRecord> directories;
  std::vector<index_format::EntryRecord> entries;
  std::vector<ScriptRecord> scripts;
  std::vector<StringRef> start_files;
  std::vector<FileRecord> files;
  std::vector<ElfRecord> elf_files;
  std::vector<StringRef> elf_needed;
  TreeRecord record;

  // Breadth first, so that the entries of one directory lie together.
  struct Pending {
    const Node* node;
    std::string path;
  };

  std::deque<Pending> pending{{&root_, ""}};
  directories.push_back({strings.add(""), kNone, 0, 0});
  for (std::uint32_t number = 0; !pending.empty(); ++number) {
    const Pending current = std::move(pending.front());
    pending.pop_front();
    directories[number].first_entry = static_cast<std::uint32_t>(entries.size());
    directories[number].entry_count = static_cast<std::uint32_t>(current.node->children.size());
    if (current.path == kSitePackages) {
      record.site_packages = number;
    }
    for (const auto& [name, child] : current.node->children) {
      const StringRef name_ref = strings.add(name);
      if (!child.is_file) {
        entries.push_back(
            {name_ref, EntryKind::directory, static_cast<std::uint32_t>(directories.size()), 0});
        directories.push_back({name_ref, number, 0, 0});
        pending.push_back({&child, current.path.empty() ? name : concat(current.path, "/", name)});
        continue;
      }
      const auto file_number = static_cast<std::uint32_t>(files.size());
      FileRecord& file = files.emplace_back();
      file.size = child.file.size;
      copy_digest(file.sha256, child.file.sha256);
      record.installed_size += file.size;
      entries.push_back({name_ref, EntryKind::file, file_number, child.file.executable ? 1U : 0U});
      if (current.path == "bin") {
        scripts.push_back({name_ref, file_number, child.file.script});
      }
      if (current.path == kSitePackages && name.ends_with(".pth")) {
        start_files.push_back(name_ref);
      }
      if (const IndexedElf* elf = child.file.elf; elf != nullptr) {
        elf_files.push_back({file_number, static_cast<std::uint32_t>(elf_needed.size()),
                             static_cast<std::uint32_t>(elf->needed.size()),
                             cold_strings.add(elf->soname), cold_strings.add(elf->rpath),
                             cold_strings.add(elf->runpath)});
        for (const std::string& needed : elf->needed) {
          elf_needed.push_back(cold_strings.add(needed));
        }
      }
    }
  }

  record.name = strings.add(tree.name);
  record.normalized_name = strings.add(tree.normalized_name);
  record.version = strings.add(tree.version);
  record.wheel_file = strings.add(tree.wheel_file);
  record.dist_info = strings.add(tree.dist_info);
  record.requires_python = strings.add(tree.requires_python);
  record.root_is_purelib = tree.root_is_purelib ? 1 : 0;
  copy_digest(record.sha256, tree.sha256);
  std::vector<EntryPointRecord> entry_points;
  for (const EntryPoint& point : tree.entry_points) {
    entry_points.push_back(
        {strings.add(point.group), strings.add(point.name), strings.add(point.value)});
  }
  std::vector<StringRef> warnings;
  for (const std::string& warning : tree.warnings) {
    warnings.push_back(cold_strings.add(warning));
  }

  ContainerBuilder out(kMagic, kVersion);
  out.add_records(kTree, Part::hot, std::vector<TreeRecord>{record});
  out.add_records(kDirectories, Part::hot, directories);
  out.add_records(kEntries, Part::hot, entries);
  out.add_records(kEntryPoints, Part::hot, entry_points);
  out.add_records(kScripts, Part::hot, scripts);
  out.add_records(kStartFiles, Part::hot, start_files);
  out.add_section(kStrings, Part::hot, 0, strings.bytes());
  out.add_records(kFiles, Part::cold, files);
  out.add_records(kElfFiles, Part::cold, elf_files);
  out.add_records(kElfNeeded, Part::cold, elf_needed);
  out.add_records(kWarnings, Part::cold, warnings);
  out.add_section(kColdStrings, Part::cold, 0, cold_strings.bytes());
  out.add_section(kRecord, Part::cold, 0, std::as_bytes(std::span(tree.record)));
  return out.finish();
}

}  // namespace pel
