#include "store/wheel/sha256_hasher.hpp"

#include <openssl/evp.h>

#include <stdexcept>

#include "store/wheel/digest.hpp"

namespace pel {
namespace {

// Fetched once: an implicit fetch for each digest takes a lock and longer than a small file's hash.
const EVP_MD* algorithm(const char* name) {
  EVP_MD* const method = EVP_MD_fetch(nullptr, name, nullptr);
  if (method == nullptr) {
    throw std::runtime_error(std::string("libcrypto offers no ") + name);
  }
  return method;  // never freed: it serves until the process ends
}

const EVP_MD* sha256_method() {
  static const EVP_MD* const method = algorithm("SHA256");
  return method;
}

void check(int result) {
  if (result != 1) {
    throw std::runtime_error("libcrypto failed to hash");
  }
}

struct FreeContext {
  void operator()(EVP_MD_CTX* context) const noexcept { EVP_MD_CTX_free(context); }
};

}  // namespace

struct Sha256Hasher::Context {
  std::unique_ptr<EVP_MD_CTX, FreeContext> evp{EVP_MD_CTX_new()};
};

Sha256Hasher::Sha256Hasher() : context_(std::make_unique<Context>()) {
  check(EVP_DigestInit_ex2(context_->evp.get(), sha256_method(), nullptr));
}

Sha256Hasher::~Sha256Hasher() = default;
Sha256Hasher::Sha256Hasher(Sha256Hasher&&) noexcept = default;
Sha256Hasher& Sha256Hasher::operator=(Sha256Hasher&&) noexcept = default;

void Sha256Hasher::update(std::span<const std::byte> bytes) {
  check(EVP_DigestUpdate(context_->evp.get(), bytes.data(), bytes.size()));
}

Sha256 Sha256Hasher::finish() {
  Sha256 digest;
  check(EVP_DigestFinal_ex(context_->evp.get(), digest.bytes.data(), nullptr));
  check(EVP_DigestInit_ex2(context_->evp.get(), sha256_method(), nullptr));
  return digest;
}

Sha256 sha256_of(std::span<const std::byte> bytes) {
  Sha256Hasher hasher;
  hasher.update(bytes);
  return hasher.finish();
}

std::optional<std::size_t> record_digest_size(std::string_view name) noexcept {
  if (name == "sha256") {
    return 32;
  }
  if (name == "sha384") {
    return 48;
  }
  if (name == "sha512") {
    return 64;
  }
  return std::nullopt;
}

std::string record_digest(std::string_view name, std::span<const std::byte> bytes) {
  static const EVP_MD* const sha384 = algorithm("SHA384");
  static const EVP_MD* const sha512 = algorithm("SHA512");
  const EVP_MD* const method = name == "sha384"   ? sha384
                               : name == "sha512" ? sha512
                               : name == "sha256" ? sha256_method()
                                                  : nullptr;
  if (method == nullptr) {
    throw std::logic_error("no such digest in RECORD");
  }
  unsigned char out[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  check(EVP_Digest(bytes.data(), bytes.size(), out, &size, method, nullptr));
  return {reinterpret_cast<const char*>(out), size};
}

}  // namespace pel
