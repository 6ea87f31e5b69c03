#include "store/wheel/archive_stream.hpp"

#include <archive.h>
#include <archive_entry.h>

#include <cerrno>
#include <new>
#include <stdexcept>
#include <string_view>

#include "store/base/dynamic_library.hpp"

namespace pel {
namespace {

// Loaded at its first use: most commands unpack nothing.
struct ArchiveLibrary {
  decltype(&::archive_entry_pathname_utf8) entry_pathname_utf8;
  decltype(&::archive_entry_size) entry_size;
  decltype(&::archive_errno) error_number;
  decltype(&::archive_error_string) error_string;
  decltype(&::archive_read_data_block) read_data_block;
  decltype(&::archive_read_free) read_free;
  decltype(&::archive_read_new) read_new;
  decltype(&::archive_read_next_header) read_next_header;
  decltype(&::archive_read_open_memory) read_open_memory;
  decltype(&::archive_read_support_format_zip_seekable) read_support_format_zip_seekable;
};

ArchiveLibrary load() {
  const DynamicLibrary library(PEL_ARCHIVE_LIBRARY);
  ArchiveLibrary archive{};
  library.bind(archive.entry_pathname_utf8, "archive_entry_pathname_utf8");
  library.bind(archive.entry_size, "archive_entry_size");
  library.bind(archive.error_number, "archive_errno");
  library.bind(archive.error_string, "archive_error_string");
  library.bind(archive.read_data_block, "archive_read_data_block");
  library.bind(archive.read_free, "archive_read_free");
  library.bind(archive.read_new, "archive_read_new");
  library.bind(archive.read_next_header, "archive_read_next_header");
  library.bind(archive.read_open_memory, "archive_read_open_memory");
  library.bind(archive.read_support_format_zip_seekable,
               "archive_read_support_format_zip_seekable");
  return archive;
}

const ArchiveLibrary& libarchive() {
  static const ArchiveLibrary library = load();
  return library;
}

}  // namespace

struct ArchiveStream::Handle {
  Handle() : archive(libarchive().read_new()) {
    if (archive == nullptr) {
      throw std::bad_alloc();
    }
  }

  ~Handle() { libarchive().read_free(archive); }

  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;

  // What made the last call fail, in our words: libarchive's differ from version to version.
  [[nodiscard]] std::string_view reason() const {
    if (libarchive().error_number(archive) == ENOMEM) {
      throw std::bad_alloc();
    }
    const char* const text = libarchive().error_string(archive);
    const std::string_view words = text == nullptr ? "" : text;
    if (words.find("CRC") != std::string_view::npos) {
      return "its CRC is wrong";
    }
    if (words.find("size") != std::string_view::npos) {
      return "it has another size than announced";
    }
    return "its content cannot be unpacked";
  }

  struct archive* archive;
  archive_entry* entry = nullptr;
};

ArchiveStream::ArchiveStream(std::span<const std::byte> archive, std::span<const ZipMember> members,
                             const Refusal& refusal)
    : handle_(std::make_unique<Handle>()), members_(members), refusal_(refusal) {
  struct archive* const raw = handle_->archive;
  if (libarchive().read_support_format_zip_seekable(raw) < ARCHIVE_WARN) {
    throw std::runtime_error("libarchive has no zip format");
  }
  if (!members.empty() &&
      libarchive().read_open_memory(raw, archive.data(), archive.size()) != ARCHIVE_OK) {
    refusal_.damaged("libarchive cannot read it");
  }
}

ArchiveStream::~ArchiveStream() = default;

const ZipMember* ArchiveStream::next() {
  if (next_ == members_.size()) {
    return nullptr;
  }
  const ZipMember& member = members_[next_++];
  read_ = 0;
  // A warning here is about a name that the locale cannot show; names come from the directory.
  if (libarchive().read_next_header(handle_->archive, &handle_->entry) < ARCHIVE_WARN) {
    refusal_.damaged(member.name, handle_->reason());
  }
  const char* const name = libarchive().entry_pathname_utf8(handle_->entry);
  if ((name != nullptr && member.name != name) ||
      (!member.is_directory &&
       static_cast<std::uint64_t>(libarchive().entry_size(handle_->entry)) != member.size)) {
    refusal_.damaged(member.name, "libarchive finds another member in its place");
  }
  return &member;
}

std::span<const std::byte> ArchiveStream::read() {
  const ZipMember& member = members_[next_ - 1];
  const void* block = nullptr;
  std::size_t size = 0;
  la_int64_t offset = 0;
  do {
    const int status = libarchive().read_data_block(handle_->archive, &block, &size, &offset);
    if (status == ARCHIVE_EOF) {
      if (read_ != member.size) {
        refusal_.damaged(member.name, "it has another size than announced");
      }
      return {};
    }
    if (status != ARCHIVE_OK) {
      refusal_.damaged(member.name, handle_->reason());
    }
  } while (size == 0);
  read_ += size;
  if (read_ > member.size) {
    refusal_.damaged(member.name, "it has another size than announced");
  }
  return {static_cast<const std::byte*>(block), size};
}

}  // namespace pel
