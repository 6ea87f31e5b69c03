#include "store/fetch/targets.hpp"

#include <utility>

#include "store/base/error.hpp"
#include "store/base/text.hpp"
#include "store/fetch/wheel_check.hpp"

namespace pel {
namespace {

constexpr std::size_t kLargestPage = 64 * 1024 * 1024;

constexpr const char* kWrongFile =
    "the server, or a proxy on the way, has another file than the one that was locked";

}  // namespace

void WheelTarget::restart() {
  if (part_) {
    part_->restart();
  } else {
    part_ = std::make_shared<PartFile>(directory_);
  }
  hasher_ = Sha256Hasher();
  size_ = 0;
}

void WheelTarget::receive(std::span<const char> bytes) {
  size_ += bytes.size();
  if (wheel_.size && size_ > *wheel_.size) {
    throw Error(ErrorCode::corrupt, concat("it has more than the ", std::to_string(*wheel_.size),
                                           " bytes that the lock says"))
        .with_hint(kWrongFile);
  }
  hasher_.update(std::as_bytes(bytes));
  part_->write(bytes);
}

void WheelTarget::complete() {
  if (const auto reason = mismatch(wheel_, size_, hasher_.finish())) {
    throw Error(ErrorCode::corrupt, *reason).with_hint(kWrongFile);
  }
  part_->close();
}

void PageTarget::receive(std::span<const char> bytes) {
  if (text_.size() + bytes.size() > kLargestPage) {
    throw Error(ErrorCode::corrupt, "the page is too large to be a list of wheels");
  }
  text_.append(bytes.data(), bytes.size());
}

}  // namespace pel
