#include "store/fetch/index_pages.hpp"

#include <deque>
#include <nlohmann/json.hpp>

#include "lock/characters.hpp"
#include "lock/display.hpp"
#include "store/base/error.hpp"
#include "store/base/sha256.hpp"
#include "store/base/text.hpp"
#include "store/fetch/html_links.hpp"
#include "store/fetch/targets.hpp"
#include "store/fetch/transfer.hpp"
#include "store/fetch/url.hpp"

namespace pel {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kJsonType = "application/vnd.pypi.simple.v1+json";

std::string sha256_in(const Json& table) {
  const auto found = table.is_object() ? table.find("sha256") : table.end();
  const std::string text = table.is_object() && found != table.end() && found->is_string()
                               ? found->get<std::string>()
                               : "";
  return Sha256::parse_hex(text) ? lowered(text) : std::string();
}

const Json& member(const Json& object, const char* key) {
  static const Json kNone;
  const auto found = object.find(key);
  return found == object.end() ? kNone : *found;
}

std::vector<IndexFile> parse_json(std::string_view text, const std::string& page) {
  const Json root = Json::parse(text, nullptr, false);
  if (!root.is_object() || !member(root, "files").is_array()) {
    throw Error(ErrorCode::corrupt,
                concat("cannot read ", url_for_messages(page), ": it is no page of an index"));
  }
  // "1.4"; an index of a later major version may mean anything (PEP 629, PEP 691).
  const Json& meta = member(root, "meta");
  const Json& version = meta.is_object() ? member(meta, "api-version") : meta;
  if (version.is_string() && !version.get_ref<const std::string&>().starts_with("1.")) {
    throw Error(
        ErrorCode::incompatible,
        concat("cannot read ", url_for_messages(page), ": its API version is ",
               quoted(version.get_ref<const std::string&>()), ", and this release reads 1.x"))
        .with_hint("update pyenvlaunch, or use another index");
  }
  std::vector<IndexFile> files;
  for (const Json& entry : root["files"]) {
    if (!entry.is_object() || !member(entry, "filename").is_string() ||
        !member(entry, "url").is_string()) {
      continue;
    }
    IndexFile file;
    file.name = entry["filename"].get<std::string>();
    const auto url = resolve_url(page, entry["url"].get<std::string>());
    if (!url) {
      continue;
    }
    file.url = url->substr(0, url->find('#'));
    file.sha256 = sha256_in(member(entry, "hashes"));
    if (const Json& size = member(entry, "size"); size.is_number_unsigned()) {
      file.size = size.get<std::uint64_t>();
    }
    // The second is the name that it had first (PEP 714).
    file.metadata_sha256 = sha256_in(member(entry, "core-metadata"));
    if (file.metadata_sha256.empty()) {
      file.metadata_sha256 = sha256_in(member(entry, "dist-info-metadata"));
    }
    files.push_back(std::move(file));
  }
  return files;
}

std::vector<IndexFile> parse_html(std::string_view text, const std::string& page) {
  const HtmlLinks links = scan_html_links(text);
  const std::string base = links.base.empty() ? page : resolve_url(page, links.base).value_or(page);
  std::vector<IndexFile> files;
  for (const std::string& href : links.hrefs) {
    const auto url = resolve_url(base, href);
    if (!url) {
      continue;
    }
    IndexFile file;
    file.name = file_name_of_link(href);
    const std::size_t fragment = url->find('#');
    file.url = url->substr(0, fragment);
    constexpr std::string_view kHash = "#sha256=";
    if (fragment != std::string::npos &&
        std::string_view(*url).substr(fragment).starts_with(kHash)) {
      std::string_view digest = std::string_view(*url).substr(fragment + kHash.size());
      digest = digest.substr(0, digest.find('&'));
      file.sha256 = Sha256::parse_hex(digest) ? lowered(digest) : std::string();
    }
    files.push_back(std::move(file));
  }
  return files;
}

}  // namespace

std::vector<IndexFile> parse_index_page(std::string_view text, std::string_view content_type,
                                        const std::string& url) {
  return content_type.starts_with(kJsonType) ? parse_json(text, url) : parse_html(text, url);
}

std::vector<std::optional<std::vector<IndexFile>>> fetch_index_pages(
    std::span<const std::string> urls, const TransferLimits& limits,
    const std::atomic<bool>* cancelled) {
  std::vector<std::optional<std::vector<IndexFile>>> pages(urls.size());
  std::deque<PageTarget> targets(urls.size());
  std::vector<Transfer> transfers;
  for (std::size_t i = 0; i < urls.size(); ++i) {
    transfers.push_back({.label = "the page of an index",
                         .urls = {urls[i]},
                         .target = &targets[i],
                         .size = {},
                         .is_page = true,
                         .on_complete =
                             [&pages, &targets, i] {
                               pages[i] = parse_index_page(
                                   targets[i].text(), targets[i].content_type(), targets[i].url());
                             },
                         .on_absent = [] {}});
  }
  const auto is_cancelled = [&] { return cancelled != nullptr && *cancelled; };
  TransferEngine engine(limits, nullptr);
  const std::vector<Error> errors = engine.run(std::move(transfers), [&] {
    return is_cancelled() ? TransferOrder::drop_all : TransferOrder::go_on;
  });
  if (is_cancelled()) {
    throw Error(ErrorCode::interrupted, "interrupted");
  }
  if (!errors.empty()) {
    throw errors.front();
  }
  return pages;
}

}  // namespace pel
