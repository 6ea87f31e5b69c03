#include "store/prefix/prefix_plan.hpp"

#include <stdexcept>
#include <utility>

#include "store/base/text.hpp"

namespace pel {
namespace {

void check(std::string_view path) {
  std::string_view rest = path;
  for (;;) {
    const std::size_t slash = rest.find('/');
    const std::string_view component = rest.substr(0, slash);
    if (component.empty() || component == "." || component == "..") {
      throw std::logic_error(concat("bad path in a prefix: '", path, "'"));
    }
    if (slash == std::string_view::npos) {
      return;
    }
    rest.remove_prefix(slash + 1);
  }
}

}  // namespace

void PrefixPlan::add(std::string_view path, PrefixEntry entry) {
  check(path);
  for (std::size_t slash = path.find('/'); slash != std::string_view::npos;
       slash = path.find('/', slash + 1)) {
    PrefixEntry& parent = entries_[std::string(path.substr(0, slash))];
    if (parent.kind != PrefixEntry::Kind::directory) {
      parent = PrefixEntry{};
    }
  }
  const auto [place, is_new] = entries_.try_emplace(std::string(path));
  if (!is_new && place->second.kind == PrefixEntry::Kind::directory) {
    if (entry.kind == PrefixEntry::Kind::directory) {
      return;
    }
    // '0' follows '/': this range is what lies below.
    entries_.erase(entries_.lower_bound(concat(path, "/")),
                   entries_.lower_bound(concat(path, "0")));
  }
  place->second = std::move(entry);
}

void PrefixPlan::remove(std::string_view path) {
  if (const auto found = entries_.find(path); found != entries_.end()) {
    entries_.erase(found);
  }
}

bool PrefixPlan::has(std::string_view path) const {
  return entries_.contains(path);
}

}  // namespace pel
