#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "lock/lockfile.hpp"
#include "store/fetch/part_file.hpp"
#include "store/fetch/transfer.hpp"
#include "store/wheel/sha256_hasher.hpp"

namespace pel {

// A wheel on its way into a folder: hashed as it comes, ended as soon as it is too long.
class WheelTarget : public TransferTarget {
 public:
  WheelTarget(const LockedArtifact& wheel, std::string directory)
      : wheel_(wheel), directory_(std::move(directory)) {}

  void restart() override;
  void receive(std::span<const char> bytes) override;
  void complete() override;

  // The file, once it is complete.
  [[nodiscard]] std::shared_ptr<PartFile> take() { return std::move(part_); }

 private:
  const LockedArtifact& wheel_;
  std::string directory_;
  std::shared_ptr<PartFile> part_;
  Sha256Hasher hasher_;
  std::uint64_t size_ = 0;
};

// A page of links, in memory.
class PageTarget : public TransferTarget {
 public:
  void restart() override { text_.clear(); }

  void receive(std::span<const char> bytes) override;

  void describe(std::string_view content_type, std::string_view url) override {
    content_type_ = content_type;
    url_ = url;
  }

  void complete() override {}

  [[nodiscard]] const std::string& text() const noexcept { return text_; }

  // What describe() was told.
  [[nodiscard]] const std::string& content_type() const noexcept { return content_type_; }

  [[nodiscard]] const std::string& url() const noexcept { return url_; }

 private:
  std::string text_;
  std::string content_type_;
  std::string url_;
};

}  // namespace pel
