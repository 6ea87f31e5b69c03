#include "store/wheel/wheel_metadata.hpp"

#include <algorithm>
#include <optional>

#include "lock/package_name.hpp"
#include "lock/version.hpp"
#include "store/base/text.hpp"
#include "store/base/utf8.hpp"
#include "store/wheel/entry_points.hpp"
#include "store/wheel/foreign_text.hpp"
#include "store/wheel/header_fields.hpp"

namespace pel {
namespace {

// A '-' of a version is written '_' in file names.
std::string unescape(std::string_view version) {
  std::string out(version);
  std::ranges::replace(out, '_', '-');
  return out;
}

// Whether a wheel whose name says `of_file` may hold a distribution of version `stated`. Some
// builders leave the local part ("+cu118") out of METADATA.
bool is_version_of(std::string_view stated, std::string_view of_file) {
  const auto a = Version::parse(stated);
  auto b = Version::parse(of_file);
  if (!b) {
    b = Version::parse(unescape(of_file));
  }
  if (!a || !b) {
    return unescape(stated) == unescape(of_file);
  }
  return *a == *b || (!a->has_local() && a->compare_up_to(Version::Prefix::all_public, *b) == 0);
}

void check_dist_info(const WheelName& name, std::string_view dist_info, const Refusal& refusal) {
  const std::string_view stem = dist_info.substr(0, dist_info.rfind('.'));
  const std::size_t dash = stem.rfind('-');
  if (dash == std::string_view::npos ||
      normalize_name(stem.substr(0, dash)) != normalize_name(name.distribution()) ||
      !is_version_of(stem.substr(dash + 1), name.version())) {
    refusal.broken(concat("its directory ", quote(dist_info),
                          " is of another package or version than its file name"));
  }
}

void check_wheel_version(std::string_view version, std::string_view member,
                         const Refusal& refusal) {
  const std::string_view major = version.substr(0, version.find('.'));
  const bool is_version = !major.empty() && std::ranges::all_of(version, [](char c) {
    return c == '.' || (c >= '0' && c <= '9');
  });
  if (!is_version) {
    refusal.broken(member, version.empty()
                               ? std::string("it says no Wheel-Version")
                               : concat("Wheel-Version ", quote(version), " is no version"));
  }
  if (major != "1") {
    refusal.broken(member,
                   concat("Wheel-Version ", quote(version), " is not supported, only 1.x is"));
  }
}

// Metadata of a later major version may mean anything (core metadata specification). One that says
// no version is read all the same, as every installer does.
void check_metadata_version(std::string_view version, std::string_view member,
                            const Refusal& refusal) {
  const std::string_view major = version.substr(0, version.find('.'));
  if (!version.empty() && major != "1" && major != "2") {
    refusal.broken(member, concat("Metadata-Version ", quote(version),
                                  " is not supported, only 1.x and 2.x are"));
  }
}

bool is_true(std::string_view value) noexcept {
  constexpr std::string_view kTrue = "true";
  return std::ranges::equal(value, kTrue, {}, [](char c) { return static_cast<char>(c | 0x20); });
}

}  // namespace

IndexedTree read_wheel_metadata(const WheelName& name, std::string_view dist_info,
                                const WheelTexts& texts, const Refusal& refusal) {
  check_dist_info(name, dist_info, refusal);
  const HeaderFields wheel = HeaderFields::parse(texts.wheel);
  check_wheel_version(wheel.first("Wheel-Version"), concat(dist_info, "/WHEEL"), refusal);

  const std::string metadata_member = concat(dist_info, "/METADATA");
  const HeaderFields metadata = HeaderFields::parse(texts.metadata);
  check_metadata_version(metadata.first("Metadata-Version"), metadata_member, refusal);
  IndexedTree tree;
  tree.name = metadata.first("Name");
  tree.version = metadata.first("Version");
  tree.requires_python = metadata.first("Requires-Python");
  if (!is_valid_name(tree.name)) {
    refusal.broken(metadata_member, concat("Name ", quote(tree.name), " is no package name"));
  }
  tree.normalized_name = normalize_name(tree.name);
  if (tree.normalized_name != normalize_name(name.distribution())) {
    refusal.broken(metadata_member,
                   concat("Name ", quote(tree.name), " is not that of the wheel's file name"));
  }
  if (!is_utf8(tree.version) || has_control_character(tree.version) ||
      !is_version_of(tree.version, name.version())) {
    refusal.broken(metadata_member, concat("Version ", quote(tree.version),
                                           " is not that of the wheel's file name"));
  }
  try {
    tree.entry_points = parse_entry_points(texts.entry_points);
  } catch (const Error& error) {
    refusal.broken(concat(dist_info, "/entry_points.txt"), error.message());
  }
  tree.wheel_file = name.file_name();
  tree.dist_info = dist_info;
  tree.root_is_purelib = is_true(wheel.first("Root-Is-Purelib"));
  return tree;
}

}  // namespace pel
