#include "store/interpreter/facts_cache.hpp"

#include <sys/stat.h>
#include <sys/utsname.h>

#include <cerrno>
#include <string_view>
#include <utility>

#if defined(__GLIBC__)
#include <gnu/libc-version.h>
#endif

#include <nlohmann/json.hpp>

#include "store/base/atomic_file.hpp"
#include "store/base/error.hpp"
#include "store/base/file_identity.hpp"
#include "store/base/key_hasher.hpp"
#include "store/base/mapped_file.hpp"
#include "store/base/text.hpp"
#include "store/interpreter/facts_json.hpp"

namespace pel {
namespace {

constexpr int kSchema = 1;

std::string facts_path(const std::string& cache_dir, const std::string& executable) {
  KeyHasher hasher;
  hasher.add(executable);
  utsname system{};
  if (::uname(&system) == 0) {
    hasher.add(system.release);
    hasher.add(system.version);
    hasher.add(system.machine);
  }
#if defined(__GLIBC__)
  hasher.add(::gnu_get_libc_version());
#endif
  return concat(cache_dir, "/", hasher.hex(), ".json");
}

nlohmann::json watch(const std::string& path) {
  const auto identity = identify(path.c_str());
  if (!identity) {
    return nlohmann::json::array({path, nullptr});
  }
  return nlohmann::json::array({path, nlohmann::json::array({identity->size, identity->mtime_ns,
                                                             identity->inode, identity->device})});
}

std::string digest_of(std::string_view text) {
  KeyHasher hasher;
  hasher.add(text);
  return hasher.hex();
}

// A file is a line of JSON, and a line with its digest: nothing unless it is, to the bit, what was
// written, for a path with another letter is a path, too.
std::optional<nlohmann::json> read_json(const std::string& path) {
  int error = 0;
  const MappedFile file = MappedFile::open(path.c_str(), MappedFile::Trust::own_or_root, error);
  if (!file) {
    return std::nullopt;
  }
  const auto bytes = file.bytes();
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const std::string_view line = text.substr(0, text.find('\n'));
  if (text.substr(line.size()) != concat("\n", digest_of(line), "\n")) {
    return std::nullopt;
  }
  nlohmann::json content = nlohmann::json::parse(line, nullptr, false);
  if (content.is_discarded()) {
    return std::nullopt;
  }
  return content;
}

// A cache that cannot be written is no failure: the work is done again next time.
void write_json(const std::string& cache_dir, const std::string& path,
                const nlohmann::json& content) {
  if (!make_private_directories(cache_dir)) {
    return;
  }
  try {
    const std::string line = content.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    AtomicFile file(path);
    file.write(concat(line, "\n", digest_of(line), "\n"));
    file.commit();
  } catch (const Error&) {
  }
}

std::string text_path(const std::string& cache_dir, const std::string& key) {
  return concat(cache_dir, "/", key, ".json");
}

}  // namespace

std::optional<InterpreterFacts> load_facts(const std::string& cache_dir,
                                           const std::string& executable) {
  if (cache_dir.empty()) {
    return std::nullopt;
  }
  const auto content = read_json(facts_path(cache_dir, executable));
  if (!content) {
    return std::nullopt;
  }
  try {
    if (content->at("schema") != kSchema || content->at("executable") != executable) {
      return std::nullopt;
    }
    for (const nlohmann::json& entry : content->at("watched")) {
      if (watch(entry.at(0).get<std::string>()) != entry) {
        return std::nullopt;
      }
    }
    return facts_from_json(content->at("facts"));
  } catch (const nlohmann::json::exception&) {
    return std::nullopt;
  }
}

void save_facts(const std::string& cache_dir, const std::string& executable,
                std::span<const std::string> watched, const InterpreterFacts& facts) {
  if (cache_dir.empty()) {
    return;
  }
  nlohmann::json entries = nlohmann::json::array();
  for (const std::string& path : watched) {
    entries.push_back(watch(path));
  }
  write_json(cache_dir, facts_path(cache_dir, executable),
             {{"schema", kSchema},
              {"executable", executable},
              {"watched", std::move(entries)},
              {"facts", facts_to_json(facts)}});
}

std::optional<std::string> load_text(const std::string& cache_dir, const std::string& key) {
  if (cache_dir.empty()) {
    return std::nullopt;
  }
  const auto content = read_json(text_path(cache_dir, key));
  if (!content || !content->is_object() || content->value("schema", nlohmann::json()) != kSchema ||
      !content->contains("text") || !content->at("text").is_string()) {
    return std::nullopt;
  }
  return content->at("text").get<std::string>();
}

void save_text(const std::string& cache_dir, const std::string& key, const std::string& text) {
  if (!cache_dir.empty()) {
    write_json(cache_dir, text_path(cache_dir, key), {{"schema", kSchema}, {"text", text}});
  }
}

bool make_private_directories(const std::string& path) {
  for (std::size_t end = path.find('/', 1);; end = path.find('/', end + 1)) {
    const std::string part = path.substr(0, end);
    if (::mkdir(part.c_str(), 0700) != 0 && errno != EEXIST) {
      return false;
    }
    if (end == std::string::npos) {
      return true;
    }
  }
}

}  // namespace pel
