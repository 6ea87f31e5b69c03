#include "launcher/config_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <optional>
#include <utility>

#include "launcher/hot/locations.hpp"
#include "launcher/options.hpp"
#include "launcher/quantity.hpp"
#include "lock/toml_document.hpp"
#include "store/base/atomic_file.hpp"
#include "store/base/error.hpp"
#include "store/base/fd.hpp"
#include "store/base/nearest.hpp"
#include "store/base/path.hpp"
#include "store/base/text.hpp"
#include "store/base/text_file.hpp"
#include "store/base/user_home.hpp"
#include "store/tree/make_directory.hpp"

namespace pel {
namespace {

using Kind = TomlNode::Kind;

constexpr std::size_t kMaxSize = 1024UL * 1024;

enum class Form { path, text, mode, log, flag, size, count, places };

struct Key {
  std::string_view name;
  Form form;
  bool is_hot;  // needed by a hit
};

// The names of the variables and options, in lower case.
constexpr std::array kKeys = {
    Key{"home", Form::path, true},
    Key{"cache", Form::path, true},
    Key{"python", Form::text, true},
    Key{"mode", Form::mode, true},
    Key{"offline", Form::flag, false},
    Key{"log", Form::log, true},
    Key{"max-wheel-size", Form::size, false},
    Key{"max-wheel-files", Form::count, false},
    Key{"max-wheel-ratio", Form::count, false},
    Key{"max-download-size", Form::size, false},
    Key{"http-timeout", Form::count, false},
    Key{"find-links", Form::places, false},
};

class Parser {
 public:
  Parser(const std::string& file, const std::string& home) : file_(file), home_(home) {}

  std::vector<ConfiguredValue> parse(std::string_view text) {
    const TomlDocument document = TomlDocument::parse(text, concat("settings ", file_));
    std::vector<ConfiguredValue> values;
    for (const auto& [name, node] : document.root().entries()) {
      values.push_back(value_of(name, node));
    }
    return values;
  }

 private:
  [[noreturn]] void fail(const TomlNode& node, std::string_view what, std::string_view hint) const {
    throw Error(ErrorCode::corrupt, concat("cannot use settings ", file_, ": line ",
                                           std::to_string(node.line()), ": ", what))
        .with_hint(std::string(hint));
  }

  [[noreturn]] void fail_type(const TomlNode& node, std::string_view key,
                              std::string_view wanted) const {
    fail(node, concat("'", key, "' must be ", wanted, ", not ", TomlNode::describe(node.kind())),
         "");
  }

  [[nodiscard]] ConfiguredValue value_of(std::string_view name, const TomlNode& node) const {
    const auto key = std::ranges::find(kKeys, name, &Key::name);
    if (key == kKeys.end()) {
      std::vector<std::string_view> known;
      for (const Key& each : kKeys) {
        known.push_back(each.name);
      }
      fail(node, concat("unknown key '", name, "'"), nearest_hint(name, known));
    }
    ConfiguredValue result{.key = std::string(name),
                           .value = {},
                           .items = {},
                           .source = concat(file_, ":", std::to_string(node.line()))};
    switch (key->form) {
      case Form::path:
        result.value = path(node, name);
        break;
      case Form::text:
        result.value = text(node, name);
        break;
      case Form::mode:
        result.value = one_of(node, name, {"embedded", "hosted"});
        break;
      case Form::log:
        result.value = one_of(node, name, {"debug"});
        break;
      case Form::flag:
        if (node.kind() != Kind::boolean) {
          fail_type(node, name, "true or false");
        }
        result.value = std::string(1, node.boolean() ? '1' : '0');
        break;
      case Form::size:
        result.value = size(node, name);
        break;
      case Form::count:
        result.value = count(node, name);
        break;
      case Form::places:
        result.items = places(node, name);
        break;
    }
    return result;
  }

  [[nodiscard]] std::string text(const TomlNode& node, std::string_view key) const {
    if (node.kind() != Kind::string) {
      fail_type(node, key, "a string");
    }
    const std::string_view value = node.string();
    if (value.empty() || std::ranges::any_of(value, [](char c) {
          return static_cast<unsigned char>(c) < ' ' || c == '\x7f';
        })) {
      fail(node, concat("'", key, "' is empty, or holds control characters"), "");
    }
    return std::string(value);
  }

  [[nodiscard]] std::string expanded(const TomlNode& node, std::string_view key) const {
    std::string value = text(node, key);
    if (value != "~" && !value.starts_with("~/")) {
      return value;
    }
    if (home_.empty()) {
      fail(node, concat("'", key, "' begins with '~', and HOME is not set"),
           "write an absolute path");
    }
    return concat(home_, value.substr(1));
  }

  // A relative path would mean something else in each directory.
  [[nodiscard]] std::string path(const TomlNode& node, std::string_view key) const {
    std::string value = expanded(node, key);
    if (!value.starts_with('/')) {
      fail(node, concat("'", key, "' must be an absolute path, not '", value, "'"),
           "begin it with '/' or '~/'");
    }
    return value;
  }

  [[nodiscard]] std::string one_of(const TomlNode& node, std::string_view key,
                                   std::initializer_list<std::string_view> words) const {
    const std::string value = text(node, key);
    std::string known;
    for (const std::string_view word : words) {
      if (word == value) {
        return value;
      }
      known += concat(known.empty() ? "" : " or ", "'", word, "'");
    }
    fail(node, concat("'", key, "' must be ", known, ", not '", value, "'"), "");
  }

  [[nodiscard]] std::string count(const TomlNode& node, std::string_view key) const {
    if (node.kind() != Kind::integer) {
      fail_type(node, key, "a whole number");
    }
    if (node.integer() <= 0) {
      fail(node, concat("'", key, "' must be greater than zero"), "");
    }
    return std::to_string(node.integer());
  }

  [[nodiscard]] std::string size(const TomlNode& node, std::string_view key) const {
    if (node.kind() == Kind::integer) {
      return count(node, key);
    }
    if (node.kind() != Kind::string) {
      fail_type(node, key, "a number of bytes, or a string such as \"2GiB\"");
    }
    std::string value = text(node, key);
    try {
      static_cast<void>(parse_size(value, key));
    } catch (const Error& error) {
      fail(node, error.message(), error.hint());
    }
    return value;
  }

  [[nodiscard]] std::vector<std::string> places(const TomlNode& node, std::string_view key) const {
    if (node.kind() != Kind::array) {
      fail_type(node, key, "an array of strings");
    }
    std::vector<std::string> result;
    for (std::size_t i = 0; i < node.size(); ++i) {
      const bool is_url = node.at(i).kind() == Kind::string &&
                          node.at(i).string().find("://") != std::string_view::npos;
      result.push_back(is_url ? text(node.at(i), key) : path(node.at(i), key));
    }
    return result;
  }

  const std::string& file_;
  const std::string& home_;
};

[[noreturn]] void throw_untrusted(const std::string& file, std::string_view reason,
                                  std::string hint) {
  throw Error(ErrorCode::io, concat("cannot use settings ", file, ": ", reason))
      .with_hint(std::move(hint));
}

// Nothing when there is no such file.
std::optional<std::string> read_trusted(const std::string& file, bool by_root_only) {
  struct stat status{};
  if (::stat(file.c_str(), &status) != 0) {
    if (errno == ENOENT || errno == ENOTDIR) {
      return std::nullopt;
    }
    throw_errno("use settings", file);
  }
  const bool is_trusted_owner =
      status.st_uid == 0 || (!by_root_only && status.st_uid == ::geteuid());
  if (!is_trusted_owner) {
    throw_untrusted(file,
                    by_root_only ? "it does not belong to root" : "it belongs to another user",
                    by_root_only ? concat("as root: chown root ", file)
                                 : "set XDG_CONFIG_HOME to a directory of your own");
  }
  if ((status.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
    throw_untrusted(file, "others may write it", concat("run `chmod go-w ", file, "`"));
  }
  std::string text;
  errno = read_text_file(file, kMaxSize, text);
  if (errno == EISDIR || errno == EINVAL) {
    throw_untrusted(file, "it is no regular file", "put a text file there, or nothing");
  }
  if (errno != 0) {
    throw_errno("use settings", file);
  }
  return text;
}

}  // namespace

const ConfiguredValue* ConfigFiles::find(std::string_view key) const noexcept {
  const auto found = std::ranges::find(values_, key, &ConfiguredValue::key);
  return found == values_.end() ? nullptr : &*found;
}

void ConfigFiles::add(std::vector<ConfiguredValue> values) {
  for (ConfiguredValue& value : values) {
    if (find(value.key) == nullptr) {
      values_.push_back(std::move(value));
    }
  }
}

Configuration ConfigFiles::compiled() const {
  Configuration result;
  for (const Key& key : kKeys) {
    if (const ConfiguredValue* const value = find(key.name); key.is_hot && value != nullptr) {
      result.set(key.name, value->value);
    }
  }
  return result;
}

std::vector<ConfiguredValue> parse_config(std::string_view text, const std::string& file,
                                          const std::string& home) {
  return Parser(file, home).parse(text);
}

ConfigFiles read_config_files() {
  ConfigFiles files;
  const std::string home = user_home();
  const std::string user = user_config_file();
  for (const auto& [file, by_root_only] :
       {std::pair(user, false), std::pair(std::string(kSystemConfigFile), true)}) {
    if (const auto text = file.empty() ? std::nullopt : read_trusted(file, by_root_only)) {
      files.add(parse_config(*text, file, home));
    }
  }
  return files;
}

void write_compiled_config() {
  // Asked before the files are read: if they change meanwhile, what is written counts for nothing.
  const std::string identity = config_identity();
  const std::string text = compiled_config(identity, read_config_files().compiled());
  const std::string path = compiled_config_file();
  make_directories(directory_of(path));
  AtomicFile file(path);
  file.write(text);
  file.commit();
}

}  // namespace pel
