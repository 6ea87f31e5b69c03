#include "store/format/standard_builder.hpp"

namespace pel {

// NOLINTNEXTLINE(google-build-using-namespace): this file writes that format
using namespace standard_format;

void StandardBuilder::add(std::string_view path, std::uint64_t mtime_ns,
                          const std::vector<Module>& modules) {
  directories_.push_back({strings_.add(path), mtime_ns, static_cast<std::uint32_t>(modules_.size()),
                          static_cast<std::uint32_t>(modules.size())});
  for (const Module& module : modules) {
    if (!module.code.empty()) {
      pack_.add(static_cast<std::uint32_t>(modules_.size()), module.code);
    }
    modules_.push_back({strings_.add(module.name), strings_.add(module.suffix), module.kind, 0,
                        module.size, module.mtime_ns});
  }
}

std::string StandardBuilder::finish() {
  constexpr auto kHot = ContainerBuilder::Part::hot;
  ContainerBuilder out = pack_.container();
  out.add_section(kStrings, kHot, 0, strings_.bytes());
  out.add_records(kDirectories, kHot, directories_);
  out.add_records(kModules, kHot, modules_);
  return out.finish();
}

}  // namespace pel
