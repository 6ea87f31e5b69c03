#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "frontend/front_end.hpp"

// Where uv and pip are set up to look for packages, by their variables and files of settings.
namespace pel {

struct ToolPlaces {
  std::string default_index;               // URL; empty: the one that is built in
  std::vector<std::string> extra_indexes;  // URLs; of uv also "NAME=URL"
  std::vector<std::string> find_links;     // folders and pages
  bool no_index = false;                   // ask no index at all

  [[nodiscard]] bool names_indexes() const noexcept {
    return !default_index.empty() || !extra_indexes.empty() || no_index;
  }

  [[nodiscard]] bool names_places() const noexcept {
    return names_indexes() || !find_links.empty();
  }
};

// As pip reads them: /etc/pip.conf and pip/pip.conf below XDG_CONFIG_DIRS, the user's, the one of
// the virtual environment `venv` (or empty), the one that PIP_CONFIG_FILE names, and PIP_INDEX_URL,
// PIP_EXTRA_INDEX_URL, PIP_FIND_LINKS and PIP_NO_INDEX; each replaces what was said before it. A
// file that cannot be read is passed over: pip says what is wrong with it.
[[nodiscard]] ToolPlaces places_of_pip(const std::string& venv);

// As uv reads them: UV_DEFAULT_INDEX, UV_INDEX_URL, UV_INDEX, UV_EXTRA_INDEX_URL, UV_FIND_LINKS and
// UV_NO_INDEX; the nearest uv.toml or [tool.uv] of `folder` and those above; the user's uv.toml and
// the system's; or the one that UV_CONFIG_FILE names. The first default index counts, and all
// others together, in this order. Indexes that are `explicit` are left out.
[[nodiscard]] ToolPlaces places_of_uv(const std::string& folder);

// The folder from which uv, asked to resolve that, looks for its settings.
[[nodiscard]] std::string folder_of_uv(const ResolveRequest& request);

// Those of both, uv's first, where each index stands once, without uv's name for it.
// `default_index` is uv's, else pip's.
[[nodiscard]] ToolPlaces places_of_tools(const std::string& venv, const std::string& folder);

// The folders and pages in which a tool looks whatever its indexes are, behind those that were
// given. A folder that is not there is passed over.
void add_find_links_of_tools(const ToolPlaces& tools, std::vector<std::string>& find_links);

// The virtual environment whose pip.conf counts for the pip of a shell: the activated one, or
// empty.
[[nodiscard]] std::string venv_of_pip();

// The directory that this process works in; absolute.
[[nodiscard]] std::string working_directory();

// "URL" of uv's "NAME=URL".
[[nodiscard]] std::string without_index_name(const std::string& index);

// The values of pip.conf that name places, of the sections [global], [install] and [lock], where a
// later one replaces an earlier one. Lines that are none are passed over.
void read_pip_settings(std::string_view text, ToolPlaces& places);

}  // namespace pel
