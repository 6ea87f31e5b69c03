#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "store/wheel/refusal.hpp"
#include "store/wheel/unpack.hpp"
#include "store/wheel/wheel_name.hpp"
#include "store/wheel/zip_directory.hpp"

namespace pel {

// The most bytes of a member that is read into memory as a whole: METADATA, RECORD and the like.
inline constexpr std::uint64_t kLargestMetadata = std::uint64_t{64} << 20;

// What becomes of one member of a wheel.
struct PlannedMember {
  // Members of .dist-info whose text is needed for checks.
  enum class Role { plain, wheel, metadata, entry_points, record, installer };

  std::string path;  // below the tree's root; empty for a directory
  Role role = Role::plain;
  bool is_script = false;  // from .data/scripts
  bool executable = false;
};

struct WheelPlan {
  std::string dist_info;                 // "Foo-1.0.dist-info"
  std::vector<PlannedMember> members;    // one for each member of the archive, in its order
  std::vector<std::string> directories;  // of the tree, every parent before its children
};

// Decides where each member goes. Refuses a wheel that is too large, has names that are unsafe or
// in each other's way, or has not exactly one .dist-info directory with all that it needs.
[[nodiscard]] WheelPlan plan_wheel(const WheelSource& wheel, std::span<const ZipMember> members,
                                   const UnpackLimits& limits, const Refusal& refusal);

}  // namespace pel
