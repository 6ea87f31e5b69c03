#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "store/base/error.hpp"
#include "store/base/utf8.hpp"
#include "store/wheel/archive_stream.hpp"
#include "store/wheel/foreign_text.hpp"
#include "store/wheel/install_scheme.hpp"
#include "store/wheel/refusal.hpp"
#include "store/wheel/wheel_plan.hpp"
#include "store/wheel/zip_directory.hpp"
#include "tests/support/require.hpp"
#include "tests/support/sealed.hpp"

using pel::test::require;

namespace {

constexpr std::uint64_t kMostContent = std::uint64_t{1} << 22;

// What the directory says lies inside the archive, piece behind piece.
void check_members(const std::vector<pel::ZipMember>& members, std::uint64_t archive_size) {
  std::uint64_t end = 0;
  for (const pel::ZipMember& member : members) {
    require(!member.name.empty() && pel::is_utf8(member.name));
    require(member.is_directory == member.name.ends_with('/'));
    require(member.offset >= end);
    end = member.offset + 30 + member.name.size() + member.compressed_size;
    require(end <= archive_size);
    require(member.mtime >= 315'532'800);
  }
}

// Every path of a plan is safe, and no two are in each other's way.
void check_plan(const pel::WheelPlan& plan) {
  std::set<std::string_view> places(plan.directories.begin(), plan.directories.end());
  for (const pel::PlannedMember& member : plan.members) {
    if (!member.path.empty()) {
      require(places.insert(member.path).second);
    }
  }
  for (const std::string_view place : places) {
    require(place.size() < 1100);
    require(place.starts_with('/') == false && place.ends_with('/') == false);
    require(place.find("//") == std::string_view::npos);
    std::size_t begin = 0;
    while (begin <= place.size()) {
      const std::size_t slash = std::min(place.find('/', begin), place.size());
      const std::string_view component = place.substr(begin, slash - begin);
      require(!component.empty() && component != "." && component != "..");
      begin = slash + 1;
    }
  }
}

void read_content(std::span<const std::byte> archive, const std::vector<pel::ZipMember>& members,
                  const pel::Refusal& refusal) {
  pel::ArchiveStream stream(archive, members, refusal);
  std::size_t count = 0;
  while (const pel::ZipMember* const member = stream.next()) {
    ++count;
    if (member->is_directory) {
      continue;
    }
    std::uint64_t size = 0;
    for (auto block = stream.read(); !block.empty(); block = stream.read()) {
      size += block.size();
    }
    require(size == member->size);
  }
  require(count == members.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const pel::test::ExactCopy copy(std::string_view(reinterpret_cast<const char*>(data), size));
  const pel::Refusal refusal("/x.whl");
  try {
    const std::vector<pel::ZipMember> members = pel::read_zip_directory(copy.bytes(), refusal);
    check_members(members, size);
    std::uint64_t total = 0;
    for (const pel::ZipMember& member : members) {
      total += std::min(member.size, kMostContent);
    }
    if (total < kMostContent) {
      read_content(copy.bytes(), members, refusal);
    }
    const pel::WheelSource wheel{
        "/x.whl", pel::WheelName::parse("foo-1.0-py3-none-any.whl"), {}, copy.bytes()};
    check_plan(pel::plan_wheel(wheel, members, {}, refusal));
  } catch (const pel::Error& error) {
    require(error.code() == pel::ErrorCode::corrupt);
    require(pel::is_utf8(error.message()) && !pel::has_control_character(error.message()));
  }
  return 0;
}
