#include "store/wheel/unpack.hpp"

#include <algorithm>
#include <deque>
#include <unordered_map>
#include <utility>

#include "store/base/mapped_file.hpp"
#include "store/base/text.hpp"
#include "store/format/index_format.hpp"
#include "store/wheel/archive_stream.hpp"
#include "store/wheel/digest.hpp"
#include "store/wheel/elf_reader.hpp"
#include "store/wheel/install_scheme.hpp"
#include "store/wheel/record.hpp"
#include "store/wheel/record_check.hpp"
#include "store/wheel/refusal.hpp"
#include "store/wheel/sha256_hasher.hpp"
#include "store/wheel/tree_writer.hpp"
#include "store/wheel/wheel_metadata.hpp"
#include "store/wheel/wheel_plan.hpp"
#include "store/wheel/zip_directory.hpp"

namespace pel {
namespace {

using index_format::kFileName;
using index_format::kSitePackages;
using index_format::ScriptKind;
using Role = PlannedMember::Role;

constexpr mode_t kFileMode = 0444;
constexpr mode_t kExecutableMode = 0555;
constexpr mode_t kDirectoryMode = 0555;
constexpr std::string_view kInstaller = "pyenvlaunch\n";
constexpr std::string_view kPythonShebang = "#!python";

std::string_view as_text(std::span<const std::byte> bytes) noexcept {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::span<const std::byte> as_bytes(std::string_view text) noexcept {
  return std::as_bytes(std::span(text));
}

class Unpacker {
 public:
  Unpacker(const WheelSource& wheel, const std::string& target, const UnpackLimits& limits)
      : wheel_(wheel),
        target_(target),
        refusal_(wheel.path),
        members_(read_zip_directory(wheel.bytes, refusal_)),
        plan_(plan_wheel(wheel, members_, limits, refusal_)),
        writer_(target) {}

  UnpackedWheel unpack(Trust trust);

 private:
  struct Installed {
    std::string path;
    IndexedFile file;
  };

  void extract();
  void extract_member(ArchiveStream& stream, const ZipMember& member, const PlannedMember& planned);
  void read_elf_of(Installed& installed);
  [[nodiscard]] std::vector<std::string> check_wheel_record() const;
  void add_generated(std::string_view name, std::string_view content);
  std::string installed_record(const std::string& record_path_of_itself);
  std::string* text_of(Role role) noexcept;
  [[nodiscard]] std::string build_index(const IndexedTree& tree) const;

  const WheelSource& wheel_;
  const std::string& target_;
  Refusal refusal_;
  std::vector<ZipMember> members_;
  WheelPlan plan_;
  TreeWriter writer_;
  Sha256Hasher hasher_;
  WheelTexts texts_;
  std::string installer_;               // what the wheel brought, replaced by ours
  std::int64_t mtime_ = 0;              // of RECORD in the archive
  std::vector<RecordedFile> recorded_;  // the members that are files
  std::vector<Installed> installed_;    // what lies in the tree
  std::deque<IndexedElf> elf_files_;    // installed_ points into it
};

std::string* Unpacker::text_of(Role role) noexcept {
  switch (role) {
    case Role::wheel:
      return &texts_.wheel;
    case Role::metadata:
      return &texts_.metadata;
    case Role::entry_points:
      return &texts_.entry_points;
    case Role::record:
      return &texts_.record;
    case Role::installer:
      return &installer_;
    case Role::plain:
      break;
  }
  return nullptr;
}

void Unpacker::read_elf_of(Installed& installed) {
  int error = 0;
  const MappedFile file = MappedFile::open(writer_.descriptor(), MappedFile::Trust::anybody, error);
  if (!file) {
    return;  // the index is poorer for it, and nothing is wrong
  }
  if (auto elf = read_elf(file.bytes())) {
    installed.file.elf = &elf_files_.emplace_back(std::move(*elf));
  }
}

void Unpacker::extract_member(ArchiveStream& stream, const ZipMember& member,
                              const PlannedMember& planned) {
  // RECORD and INSTALLER are written anew, as every installer does.
  const bool is_written = planned.role != Role::record && planned.role != Role::installer;
  std::string* const text = text_of(planned.role);
  if (is_written) {
    writer_.create(planned.path);
  }
  std::span<const std::byte> block = stream.read();
  const bool is_elf = looks_like_elf(block);
  const bool is_python = planned.is_script && as_text(block).starts_with(kPythonShebang);
  for (; !block.empty(); block = stream.read()) {
    hasher_.update(block);
    if (is_written) {
      writer_.write(block);
    }
    if (text != nullptr) {
      *text += as_text(block);
    }
  }
  const Sha256 digest = hasher_.finish();
  recorded_.push_back({member.name, member.size, digest});
  if (planned.role == Role::record) {
    mtime_ = member.mtime;
  }
  if (!is_written) {
    return;
  }
  Installed& installed = installed_.emplace_back();
  installed.path = planned.path;
  installed.file = {.size = member.size,
                    .sha256 = digest,
                    .executable = planned.executable,
                    .script = is_python ? ScriptKind::python : ScriptKind::other};
  if (is_elf) {
    read_elf_of(installed);
  }
  writer_.finish(planned.executable ? kExecutableMode : kFileMode, member.mtime);
}

void Unpacker::extract() {
  for (const std::string& directory : plan_.directories) {
    writer_.make_directory(directory);
  }
  installed_.reserve(members_.size() + 2);
  recorded_.reserve(members_.size());
  ArchiveStream stream(wheel_.bytes, members_, refusal_);
  for (std::size_t i = 0; const ZipMember* const member = stream.next(); ++i) {
    if (!member->is_directory) {
      extract_member(stream, *member, plan_.members[i]);
    }
  }
}

std::vector<std::string> Unpacker::check_wheel_record() const {
  std::unordered_map<std::string_view, std::size_t> numbers;  // when somebody asks
  const Rehash rehash = [&](std::string_view name, std::string_view algorithm) {
    if (numbers.empty()) {
      for (std::size_t i = 0; i < members_.size(); ++i) {
        numbers.emplace(members_[i].name, i);
      }
    }
    const std::size_t i = numbers.at(name);
    if (plan_.members[i].role == Role::installer) {
      return record_digest(algorithm, as_bytes(installer_));
    }
    if (members_[i].size == 0) {
      return record_digest(algorithm, {});
    }
    const std::string path = concat(target_, "/", plan_.members[i].path);
    int error = 0;
    const MappedFile file = MappedFile::open(path.c_str(), MappedFile::Trust::anybody, error);
    if (!file) {
      errno = error;
      throw_errno("read", path);
    }
    return record_digest(algorithm, file.bytes());
  };
  return check_record(texts_.record, plan_.dist_info, recorded_, rehash);
}

// Writes a file of .dist-info that the wheel did not bring in this form.
void Unpacker::add_generated(std::string_view name, std::string_view content) {
  Installed& installed = installed_.emplace_back();
  installed.path = concat(kSitePackages, "/", plan_.dist_info, "/", name);
  installed.file.size = content.size();
  installed.file.sha256 = sha256_of(as_bytes(content));
  writer_.create(installed.path);
  writer_.write(as_bytes(content));
  writer_.finish(kFileMode, mtime_);
}

// RECORD of the tree: what an installer would write, sorted by path.
std::string Unpacker::installed_record(const std::string& itself) {
  std::vector<std::pair<std::string, const IndexedFile*>> rows;
  rows.reserve(installed_.size() + 1);
  for (const Installed& installed : installed_) {
    rows.emplace_back(record_path(installed.path), &installed.file);
  }
  rows.emplace_back(itself, nullptr);
  std::ranges::sort(rows, {}, &std::pair<std::string, const IndexedFile*>::first);
  RecordWriter record;
  for (const auto& [path, file] : rows) {
    if (file == nullptr) {
      record.add_itself(path);
    } else {
      record.add(path, file->sha256, file->size);
    }
  }
  return record.text();
}

std::string Unpacker::build_index(const IndexedTree& tree) const {
  IndexBuilder index;
  for (const Installed& installed : installed_) {
    index.add_file(installed.path, installed.file);
  }
  for (const std::string& directory : plan_.directories) {
    index.add_directory(directory);
  }
  return index.finish(tree);
}

UnpackedWheel Unpacker::unpack(Trust trust) {
  extract();
  UnpackedWheel unpacked;
  IndexedTree& tree = unpacked.tree;
  tree = read_wheel_metadata(wheel_.name, plan_.dist_info, texts_, refusal_);
  tree.sha256 = wheel_.sha256;
  tree.warnings = check_wheel_record();
  if (trust == Trust::nobody && !tree.warnings.empty()) {
    refusal_.broken(tree.warnings.front());
  }
  tree.record = std::move(texts_.record);
  add_generated("INSTALLER", kInstaller);
  add_generated("RECORD", installed_record(concat(plan_.dist_info, "/RECORD")));
  unpacked.index_bytes = build_index(tree);
  // The last file, and it keeps its time, which says until when all files are known (TreeStamp).
  writer_.create(kFileName);
  writer_.write(as_bytes(unpacked.index_bytes));
  writer_.finish(kFileMode, std::nullopt);
  for (const std::string& directory : plan_.directories) {
    writer_.set_mode(directory, kDirectoryMode);
  }
  return unpacked;
}

}  // namespace

UnpackedWheel unpack_wheel(const WheelSource& wheel, const std::string& target, Trust trust,
                           const UnpackLimits& limits) {
  return Unpacker(wheel, target, limits).unpack(trust);
}

}  // namespace pel
