#include "lock/tag.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <optional>
#include <system_error>
#include <utility>

#include "lock/characters.hpp"
#include "store/base/text.hpp"

// The rules and their order are those of packaging.tags; tests/oracle compares whole lists.
namespace pel {
namespace {

constexpr std::size_t kMaxTags = 1024;

struct LibcVersion {
  int major = 0;
  int minor = 0;
};

// "2.36", "2.20-2014.11": two numbers, anything behind them.
std::optional<LibcVersion> parse_libc_version(std::string_view text) {
  LibcVersion version;
  const char* const end = text.data() + text.size();
  const auto major = std::from_chars(text.data(), text.data() + text.size(), version.major);
  if (major.ec != std::errc() || major.ptr == end || *major.ptr != '.') {
    return std::nullopt;
  }
  const auto minor = std::from_chars(major.ptr + 1, end, version.minor);
  constexpr int kMaxPlausible = 1000;  // the lists below have an entry for each
  if (minor.ec != std::errc() || version.major < 0 || version.minor < 0 ||
      version.major > kMaxPlausible || version.minor > kMaxPlausible) {
    return std::nullopt;
  }
  return version;
}

std::optional<std::vector<std::string>> split_set(std::string_view set) {
  std::vector<std::string> members;
  for (;;) {
    const std::size_t dot = set.find('.');
    const std::string_view member = set.substr(0, dot);
    if (member.empty()) {
      return std::nullopt;
    }
    members.push_back(lowered(member));
    if (dot == std::string_view::npos) {
      return members;
    }
    set.remove_prefix(dot + 1);
  }
}

bool is_identifier(std::string_view text) noexcept {
  return !is_digit(text.front()) && std::ranges::all_of(text, [](char c) {
    return is_alphanumeric(c) || c == '_' || static_cast<unsigned char>(c) >= 0x80;
  });
}

// PEP 600, and the names that came before it.
void append_manylinux(std::vector<std::string>& platforms, LibcVersion glibc,
                      const std::string& arch) {
  // If glibc ever gets a new major version: the last minor version of an older one.
  constexpr int kLastMinor = 50;
  const bool is_x86 = arch == "x86_64" || arch == "i686";
  const int oldest_minor = is_x86 ? 5 : 17;
  for (int major = glibc.major; major >= 2; --major) {
    const int newest = major == glibc.major ? glibc.minor : kLastMinor;
    for (int minor = newest; minor >= (major == 2 ? oldest_minor : 0); --minor) {
      platforms.push_back(
          concat("manylinux_", std::to_string(major), "_", std::to_string(minor), "_", arch));
      const char* const legacy = major != 2    ? nullptr
                                 : minor == 17 ? "manylinux2014_"
                                 : minor == 12 ? "manylinux2010_"
                                 : minor == 5  ? "manylinux1_"
                                               : nullptr;
      if (legacy != nullptr) {
        platforms.push_back(legacy + arch);
      }
    }
  }
}

bool can_be_manylinux(const std::string& arch, const InterpreterFacts& facts) {
  if (arch == "armv8l" || arch == "armv7l") {
    return facts.soabi.ends_with("gnueabihf");  // hard float only
  }
  constexpr std::string_view kArchs[] = {"x86_64",  "i686",  "aarch64",     "ppc64",
                                         "ppc64le", "s390x", "loongarch64", "riscv64"};
  return std::ranges::find(kArchs, arch) != std::end(kArchs);
}

std::vector<std::string> platforms_of(const InterpreterFacts& facts) {
  std::string platform = facts.platform;
  std::ranges::replace_if(platform, [](char c) { return c == '.' || c == '-' || c == ' '; }, '_');
  constexpr std::string_view kLinux = "linux_";
  if (!platform.starts_with(kLinux)) {
    return {platform};
  }
  if (facts.pointer_bits == 32) {  // a 32-bit interpreter on a 64-bit kernel
    platform = platform == "linux_x86_64"    ? "linux_i686"
               : platform == "linux_aarch64" ? "linux_armv8l"
                                             : platform;
  }
  const std::string arch = platform.substr(kLinux.size());
  std::vector<std::string> archs{arch};
  if (arch == "armv8l") {
    archs.emplace_back("armv7l");
  }
  std::vector<std::string> platforms;
  platforms.reserve(archs.size());
  for (const std::string& each : archs) {
    platforms.push_back(concat(kLinux, each));
  }
  const auto glibc = parse_libc_version(facts.glibc_version);
  if (glibc && can_be_manylinux(arch, facts)) {
    for (const std::string& each : archs) {
      append_manylinux(platforms, *glibc, each);
    }
  }
  if (const auto musl = parse_libc_version(facts.musl_version)) {
    for (const std::string& each : archs) {
      for (int minor = musl->minor; minor >= 0; --minor) {
        platforms.push_back(concat("musllinux_", std::to_string(musl->major), "_",
                                   std::to_string(minor), "_", each));
      }
    }
  }
  return platforms;
}

class TagList {
 public:
  TagList(const InterpreterFacts& facts, std::vector<std::string> platforms)
      : facts_(facts), platforms_(std::move(platforms)) {}

  std::vector<Tag> build() && {
    const bool cpython = facts_.implementation == "cpython";
    if (cpython) {
      add_cpython();
    }
    add_pure(cpython);
    return std::move(tags_);
  }

 private:
  [[nodiscard]] std::string version_tag(const char* prefix, int minor) const {
    return concat(prefix, std::to_string(facts_.major), std::to_string(minor));
  }

  void add(const std::string& python, const std::string& abi) {
    for (const std::string& platform : platforms_) {
      tags_.push_back({python, abi, platform});
    }
  }

  void add_cpython() {
    const std::string interpreter = version_tag("cp", facts_.minor);
    const bool threaded =
        facts_.gil_disabled && (facts_.major > 3 || (facts_.major == 3 && facts_.minor >= 13));
    const std::string abi = interpreter + (threaded ? "t" : "");
    if (facts_.debug_build) {
      add(interpreter, abi + "d");  // and it loads what was built for the ordinary one
    }
    add(interpreter, abi);
    const std::string stable_abi = threaded ? "abi3t" : "abi3";
    add(interpreter, stable_abi);
    add(interpreter, "none");
    for (int minor = facts_.minor - 1; minor > 1; --minor) {  // the stable ABI is older than 3.2
      add(version_tag("cp", minor), stable_abi);
    }
  }

  void add_pure(bool cpython) {
    std::vector<std::string> pythons{version_tag("py", facts_.minor),
                                     "py" + std::to_string(facts_.major)};
    for (int minor = facts_.minor - 1; minor >= 0; --minor) {
      pythons.push_back(version_tag("py", minor));
    }
    for (const std::string& python : pythons) {
      add(python, "none");
    }
    if (cpython) {
      tags_.push_back({version_tag("cp", facts_.minor), "none", "any"});
    }
    for (const std::string& python : pythons) {
      tags_.push_back({python, "none", "any"});
    }
  }

  const InterpreterFacts& facts_;
  std::vector<std::string> platforms_;
  std::vector<Tag> tags_;
};

}  // namespace

std::string Tag::text() const {
  return concat(python, "-", abi, "-", platform);
}

std::vector<Tag> parse_tag_set(std::string_view python, std::string_view abi,
                               std::string_view platform) {
  const auto pythons = split_set(python);
  const auto abis = split_set(abi);
  const auto platforms = split_set(platform);
  if (!pythons || !abis || !platforms || pythons->size() > kMaxTags || abis->size() > kMaxTags ||
      platforms->size() > kMaxTags ||
      pythons->size() * abis->size() * platforms->size() > kMaxTags ||
      !std::ranges::all_of(*pythons, is_identifier)) {
    return {};
  }
  std::vector<Tag> tags;
  tags.reserve(pythons->size() * abis->size() * platforms->size());
  for (const std::string& each_python : *pythons) {
    for (const std::string& each_abi : *abis) {
      for (const std::string& each_platform : *platforms) {
        tags.push_back({each_python, each_abi, each_platform});
      }
    }
  }
  return tags;
}

std::vector<Tag> supported_tags(const InterpreterFacts& facts) {
  return TagList(facts, platforms_of(facts)).build();
}

}  // namespace pel
