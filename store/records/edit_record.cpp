#include "store/records/edit_record.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string_view>

#include "store/base/atomic_file.hpp"
#include "store/base/error.hpp"
#include "store/base/text.hpp"
#include "store/records/file_system.hpp"
#include "store/records/json_path.hpp"
#include "store/records/plain_path.hpp"
#include "store/tree/make_directory.hpp"

namespace pel {
namespace {

using Json = nlohmann::ordered_json;

std::vector<std::string> plain_paths(const Json& list) {
  auto paths = list.get<std::vector<std::string>>();
  std::erase_if(paths, [](const std::string& path) { return !is_plain_path(path); });
  std::ranges::sort(paths);
  return paths;
}

EditedPackage edit_of(const Json& json) {
  return {
      .name = json.at("name").get<std::string>(),
      .version = json.at("version").get<std::string>(),
      .wheel_ids = json.at("wheels").get<std::vector<std::string>>(),
      .tree = path_of_json(json.at("tree")).value_or(""),
      .complete = json.at("complete").get<bool>(),
      .directories = plain_paths(json.at("directories")),
      .files = plain_paths(json.at("files")),
      .replaced = plain_paths(json.value("replaced", Json::array())),
  };
}

}  // namespace

std::string edits_text(std::span<const EditedPackage> edits) {
  auto list = Json::array();
  for (const EditedPackage& edit : edits) {
    list.push_back({{"name", edit.name},
                    {"version", edit.version},
                    {"wheels", edit.wheel_ids},
                    {"tree", json_path(edit.tree)},
                    {"complete", edit.complete},
                    {"directories", edit.directories},
                    {"files", edit.files},
                    {"replaced", edit.replaced}});
  }
  return Json{{"edits", std::move(list)}}.dump(1);
}

std::optional<std::vector<EditedPackage>> parse_edits(std::string_view text) {
  std::vector<EditedPackage> edits;
  try {
    const auto document = Json::parse(text);
    for (const Json& edit : document.at("edits")) {
      edits.push_back(edit_of(edit));
      if (edits.back().tree.empty()) {
        return std::nullopt;
      }
    }
  } catch (const Json::exception&) {
    return std::nullopt;
  }
  return edits;
}

std::vector<EditedPackage> read_edits(const std::string& directory) {
  const std::string path = concat(directory, "/", kEditRecord);
  const auto text = read_file_if_any(path);
  if (!text) {
    return {};
  }
  auto edits = parse_edits(*text);
  if (!edits) {
    throw Error(ErrorCode::corrupt, concat("cannot read ", path, ": it is no list of edits"))
        .with_hint("save what you have changed, and make the directory anew with venv --clear");
  }
  return std::move(*edits);
}

void write_edits(const std::string& directory, std::span<const EditedPackage> edits) {
  const std::string path = concat(directory, "/", kEditRecord);
  // The record never says what a loss of power could undo.
  sync_file_system(directory);
  sweep_temporary_files(directory, kEditRecord);
  if (edits.empty()) {
    remove_file(path);
    sync_directory(directory);
    return;
  }
  AtomicFile file(path, {.durability = AtomicFile::Durability::after_power_loss});
  file.write(edits_text(edits));
  file.commit();
}

}  // namespace pel
