#include "store/format/selection_record.hpp"

#include "store/format/container_builder.hpp"

namespace pel {
namespace {

constexpr std::string_view kMagic = "PELSELCT";
constexpr std::uint32_t kVersion = 2;

enum Section : std::uint32_t { kStrings = 1, kRecord = 2 };

struct Record {
  StringRef prefix, store, lock, interpreter, libpython, build_id, boot;
  FileIdentity interpreter_identity, libpython_identity, generation;
};

}  // namespace

std::optional<SelectionRecord> SelectionRecord::parse(std::span<const std::byte> bytes) {
  const char* reason = nullptr;
  const auto container = ContainerView::open(bytes, kMagic, kVersion, reason);
  if (!container) {
    return std::nullopt;
  }
  const auto records = container->records<Record>(kRecord);
  if (records.size() != 1) {
    return std::nullopt;
  }
  const Record record = records[0];
  const std::string_view strings = container->text(kStrings);
  const auto text = [&](StringRef ref) { return std::string(resolve(strings, ref)); };
  return SelectionRecord{text(record.prefix),       text(record.store),
                         text(record.lock),         text(record.interpreter),
                         text(record.libpython),    text(record.build_id),
                         text(record.boot),         record.interpreter_identity,
                         record.libpython_identity, record.generation};
}

std::string SelectionRecord::serialize() const {
  StringPool strings;
  const Record record{strings.add(prefix),    strings.add(store),
                      strings.add(lock),      strings.add(interpreter),
                      strings.add(libpython), strings.add(build_id),
                      strings.add(boot),      interpreter_identity,
                      libpython_identity,     generation};
  ContainerBuilder out(kMagic, kVersion);
  out.add_records(kRecord, ContainerBuilder::Part::hot, std::vector<Record>{record});
  out.add_section(kStrings, ContainerBuilder::Part::hot, 0, strings.bytes());
  return out.finish();
}

}  // namespace pel
