#include "store/wheel/wheel_plan.hpp"

#include <algorithm>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "store/base/text.hpp"
#include "store/format/index_format.hpp"
#include "store/wheel/foreign_text.hpp"
#include "store/wheel/install_scheme.hpp"

namespace pel {
namespace {

using index_format::kSitePackages;

constexpr std::string_view kDistInfo = ".dist-info";

class Planner {
 public:
  Planner(const WheelSource& wheel, std::span<const ZipMember> members, const UnpackLimits& limits,
          const Refusal& refusal)
      : wheel_(wheel), members_(members), limits_(limits), refusal_(refusal) {}

  void check_limits() const;
  void check_names() const;
  WheelPlan plan();

 private:
  [[nodiscard]] std::string find_dist_info() const;
  void place(const InstallScheme& scheme, const ZipMember& member);
  void set_role(const ZipMember& member, PlannedMember& planned) const;
  void add_directories(std::string_view path);
  void check_places() const;
  void check_roles() const;

  const WheelSource& wheel_;
  std::span<const ZipMember> members_;
  const UnpackLimits& limits_;
  const Refusal& refusal_;
  WheelPlan plan_;
  std::unordered_set<std::string> directories_;
};

void Planner::check_limits() const {
  if (members_.size() > limits_.max_files) {
    refusal_.too_much(concat("it has ", std::to_string(members_.size()), " members, more than ",
                             std::to_string(limits_.max_files)),
                      "PYENVLAUNCH_MAX_WHEEL_FILES");
  }
  std::uint64_t total = 0;
  for (const ZipMember& member : members_) {
    if (member.size > limits_.max_total_bytes - total) {
      refusal_.too_much(
          concat("it unpacks to more than ", std::to_string(limits_.max_total_bytes), " bytes"),
          "PYENVLAUNCH_MAX_WHEEL_SIZE");
    }
    total += member.size;
  }
  if (total > limits_.ratio_free_bytes && total / limits_.max_ratio > wheel_.bytes.size()) {
    refusal_.too_much(
        concat("it unpacks to more than ", std::to_string(limits_.max_ratio), " times its size"),
        "PYENVLAUNCH_MAX_WHEEL_RATIO");
  }
}

void Planner::check_names() const {
  std::unordered_set<std::string_view> seen;
  seen.reserve(members_.size());
  for (const ZipMember& member : members_) {
    if (const auto fault = fault_of_path(member.name)) {
      refusal_.broken(member.name, *fault);
    }
    if (!seen.insert(member.name).second) {
      refusal_.broken(member.name, "it is in the archive twice");
    }
  }
}

std::string Planner::find_dist_info() const {
  std::string_view found;
  for (const ZipMember& member : members_) {
    const std::string_view top = member.name.substr(0, member.name.find('/'));
    if (!top.ends_with(kDistInfo) || top == found) {
      continue;
    }
    if (top.size() == member.name.size()) {
      refusal_.broken(member.name, "it is a file where a directory is needed");
    }
    if (!found.empty()) {
      refusal_.broken(
          concat("it has several .dist-info directories, ", quote(found), " and ", quote(top)));
    }
    found = top;
  }
  if (found.empty()) {
    refusal_.broken("it has no .dist-info directory");
  }
  return std::string(found);
}

void Planner::set_role(const ZipMember& member, PlannedMember& planned) const {
  using Role = PlannedMember::Role;
  constexpr std::pair<std::string_view, Role> kRoles[] = {
      {"WHEEL", Role::wheel},
      {"METADATA", Role::metadata},
      {"entry_points.txt", Role::entry_points},
      {"RECORD", Role::record},
      {"INSTALLER", Role::installer},
  };
  if (!member.name.starts_with(plan_.dist_info) || member.name.size() <= plan_.dist_info.size() ||
      member.name[plan_.dist_info.size()] != '/') {
    return;
  }
  const std::string_view name = member.name.substr(plan_.dist_info.size() + 1);
  const auto* const role =
      std::ranges::find(kRoles, name, &std::pair<std::string_view, Role>::first);
  if (role == std::end(kRoles)) {
    return;
  }
  planned.role = role->second;
  if (member.size > kLargestMetadata) {
    refusal_.too_much(
        concat("member ", quote(member.name), " has ", std::to_string(member.size), " bytes"));
  }
}

void Planner::place(const InstallScheme& scheme, const ZipMember& member) {
  PlannedMember& planned = plan_.members.emplace_back();
  InstalledPath installed = scheme.place(member.name);
  // A second distribution, seen by everything that looks for metadata, must not come in by .data.
  const std::string_view path = installed.path;
  if (path.starts_with(kSitePackages) && !member.name.starts_with(plan_.dist_info)) {
    const std::string_view below = path.substr(kSitePackages.size() + 1);
    if (below.substr(0, below.find('/')).ends_with(kDistInfo)) {
      refusal_.broken(member.name, "a .dist-info directory lies in .data");
    }
  }
  if (member.is_directory) {
    add_directories(installed.path);
    return;
  }
  set_role(member, planned);
  planned.path = std::move(installed.path);
  planned.is_script = installed.is_script;
  planned.executable = member.executable || installed.is_script;
  add_directories(planned.path);
}

// Every directory above `path`; `path` itself is one if it ends in '/'. Counted as they come: a
// short archive can name hundreds of them with each member.
void Planner::add_directories(std::string_view path) {
  std::size_t slash = path.rfind('/');
  while (slash != std::string_view::npos) {
    path = path.substr(0, slash);
    if (!directories_.emplace(path).second) {
      break;
    }
    slash = path.rfind('/');
  }
  if (directories_.size() > limits_.max_files) {
    refusal_.too_much(
        concat("its members lie in more than ", std::to_string(limits_.max_files), " directories"),
        "PYENVLAUNCH_MAX_WHEEL_FILES");
  }
}

void Planner::check_places() const {
  std::unordered_map<std::string_view, const ZipMember*> taken;
  taken.reserve(members_.size());
  for (std::size_t i = 0; i < members_.size(); ++i) {
    const std::string& path = plan_.members[i].path;
    if (path.empty()) {
      continue;
    }
    if (directories_.contains(path)) {
      refusal_.broken(members_[i].name, "it is a file where a directory is needed");
    }
    const auto [other, is_new] = taken.emplace(path, &members_[i]);
    if (!is_new) {
      refusal_.broken(members_[i].name,
                      concat("it is installed at the same place as ", quote(other->second->name)));
    }
  }
}

void Planner::check_roles() const {
  using Role = PlannedMember::Role;
  constexpr std::pair<Role, std::string_view> kNeeded[] = {
      {Role::wheel, "WHEEL"}, {Role::metadata, "METADATA"}, {Role::record, "RECORD"}};
  for (const auto& [role, name] : kNeeded) {
    if (std::ranges::find(plan_.members, role, &PlannedMember::role) == plan_.members.end()) {
      refusal_.broken(concat("it has no ", plan_.dist_info, "/", name));
    }
  }
}

WheelPlan Planner::plan() {
  plan_.dist_info = find_dist_info();
  plan_.members.reserve(members_.size());
  const InstallScheme scheme(wheel_.name, plan_.dist_info, refusal_);
  for (const ZipMember& member : members_) {
    place(scheme, member);
  }
  check_places();
  check_roles();
  plan_.directories.assign(directories_.begin(), directories_.end());
  std::ranges::sort(plan_.directories);
  return std::move(plan_);
}

}  // namespace

WheelPlan plan_wheel(const WheelSource& wheel, std::span<const ZipMember> members,
                     const UnpackLimits& limits, const Refusal& refusal) {
  Planner planner(wheel, members, limits, refusal);
  planner.check_limits();
  planner.check_names();
  return planner.plan();
}

}  // namespace pel
