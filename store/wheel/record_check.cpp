#include "store/wheel/record_check.hpp"

#include <cstddef>
#include <optional>
#include <unordered_map>

#include "store/base/text.hpp"
#include "store/wheel/digest.hpp"
#include "store/wheel/foreign_text.hpp"
#include "store/wheel/record.hpp"

namespace pel {
namespace {

constexpr std::size_t kMostFaults = 50;

// Why `row` does not describe `file`, or nothing. Size first: it costs no hashing.
std::optional<std::string> fault_of_row(const RecordRow& row, const RecordedFile& file,
                                        const Rehash& rehash) {
  if (row.size && *row.size != file.size) {
    return concat("it has ", std::to_string(file.size), " bytes, not ", std::to_string(*row.size));
  }
  if (row.algorithm.empty()) {
    return "its row has no hash";
  }
  const auto size = record_digest_size(row.algorithm);
  if (!size) {
    return concat("its row has a hash by ", quote(row.algorithm),
                  "; only sha256 and better are accepted");
  }
  const auto digest = decode_digest(row.digest, *size);
  if (!digest) {
    return concat("the hash ", quote(row.digest), " is malformed");
  }
  const std::string actual =
      row.algorithm == "sha256"
          ? std::string(reinterpret_cast<const char*>(file.sha256.bytes.data()), *size)
          : rehash(file.name, row.algorithm);
  return actual == *digest ? std::nullopt : std::optional<std::string>("it has another hash");
}

}  // namespace

std::vector<std::string> check_record(std::string_view record, std::string_view dist_info,
                                      const std::vector<RecordedFile>& files,
                                      const Rehash& rehash) {
  std::vector<std::string> faults;
  std::size_t count = 0;
  const auto report = [&](const std::string& fault) {
    if (++count <= kMostFaults) {
      faults.push_back(concat("RECORD: ", fault));
    }
  };
  const std::string itself = concat(dist_info, "/RECORD");
  std::unordered_map<std::string_view, std::size_t> by_name;
  by_name.reserve(files.size());
  for (std::size_t i = 0; i < files.size(); ++i) {
    by_name.emplace(files[i].name, i);
  }
  std::vector<bool> listed(files.size());
  const Record parsed = parse_record(record);
  for (const std::string& fault : parsed.faults) {
    report(fault);
  }
  for (const RecordRow& row : parsed.rows) {
    const bool is_directory = row.path.ends_with('/') && row.algorithm.empty();
    if (row.path == itself || is_directory) {
      continue;
    }
    const auto found = by_name.find(row.path);
    if (found == by_name.end()) {
      report(concat(quote(row.path), " is listed but not in the wheel"));
      continue;
    }
    listed[found->second] = true;
    if (const auto fault = fault_of_row(row, files[found->second], rehash)) {
      report(concat(quote(row.path), ": ", *fault));
    }
  }
  const std::string jws = concat(itself, ".jws");
  const std::string p7s = concat(itself, ".p7s");
  for (std::size_t i = 0; i < files.size(); ++i) {
    const std::string_view name = files[i].name;
    if (!listed[i] && name != itself && name != jws && name != p7s) {
      report(concat(quote(name), " is in the wheel but not listed"));
    }
  }
  if (count > kMostFaults) {
    faults.push_back(
        concat("RECORD: ", std::to_string(count - kMostFaults), " more such mistakes"));
  }
  return faults;
}

}  // namespace pel
