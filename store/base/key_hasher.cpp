#include "store/base/key_hasher.hpp"

#include <cstring>
#include <new>

#include "store/base/file_identity.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace pel {

struct KeyHasher::State {
  XXH3_state_t* xxh;
};

KeyHasher::KeyHasher() : state_(new State{XXH3_createState()}) {
  if (state_->xxh == nullptr) {
    delete state_;
    throw std::bad_alloc();
  }
  XXH3_128bits_reset(state_->xxh);
}

KeyHasher::~KeyHasher() {
  XXH3_freeState(state_->xxh);
  delete state_;
}

void KeyHasher::add(std::string_view part) {
  add(static_cast<std::uint64_t>(part.size()));
  XXH3_128bits_update(state_->xxh, part.data(), part.size());
}

void KeyHasher::add(std::uint64_t number) {
  unsigned char bytes[sizeof number];
  std::memcpy(bytes, &number, sizeof number);
  XXH3_128bits_update(state_->xxh, bytes, sizeof bytes);
}

void KeyHasher::add_file(const std::string& path) {
  const FileIdentity identity = identify(path.c_str()).value_or(FileIdentity{});
  add(path);
  add(identity.size);
  add(identity.mtime_ns);
  add(identity.inode);
  add(identity.device);
}

std::string KeyHasher::hex() const {
  const XXH128_hash_t digest = XXH3_128bits_digest(state_->xxh);
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  text.reserve(32);
  for (const XXH64_hash_t half : {digest.high64, digest.low64}) {
    for (int shift = 60; shift >= 0; shift -= 4) {
      text += kDigits[(half >> shift) & 15U];
    }
  }
  return text;
}

}  // namespace pel
