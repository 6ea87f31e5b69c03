#include "store/format/pack_builder.hpp"

#include <algorithm>

#include "store/base/hash.hpp"
#include "store/base/text.hpp"

namespace pel {

using namespace pack_format;  // NOLINT(google-build-using-namespace): this file writes that format

namespace {

constexpr std::size_t kCodeAlignment = 16;

}  // namespace

void PackBuilder::add(std::uint32_t file, std::string_view marshalled_code) {
  data_.resize((data_.size() + kCodeAlignment - 1) / kCodeAlignment * kCodeAlignment, '\0');
  codes_.push_back({file, static_cast<std::uint32_t>(marshalled_code.size()), data_.size(),
                    hash64(marshalled_code)});
  data_ += marshalled_code;
}

ContainerBuilder PackBuilder::container() {
  std::ranges::sort(codes_, {}, &CodeRecord::file);
  ContainerBuilder out(kMagic, kVersion);
  out.add_records(kHead, ContainerBuilder::Part::hot, std::vector<HeadRecord>{head_});
  out.add_records(kCodes, ContainerBuilder::Part::hot, codes_);
  out.add_section(kData, ContainerBuilder::Part::cold, 0, std::as_bytes(std::span(data_)));
  return out;
}

std::string PackBuilder::finish() {
  return container().finish();
}

std::string pack_file_name(std::string_view cache_tag, std::uint32_t optimization) {
  if (optimization == 0) {
    return concat(cache_tag, ".pack");
  }
  return concat(cache_tag, ".opt-", std::to_string(optimization), ".pack");
}

}  // namespace pel
