#include "store/wheel/sha256_hasher.hpp"

#include <openssl/evp.h>

#include <stdexcept>

#include "store/base/dynamic_library.hpp"
#include "store/wheel/digest.hpp"

namespace pel {
namespace {

// Loaded at its first use: most commands hash nothing.
struct CryptoLibrary {
  decltype(&::EVP_Digest) digest;
  decltype(&::EVP_DigestFinal_ex) final;
  decltype(&::EVP_DigestInit_ex2) init;
  decltype(&::EVP_DigestUpdate) update;
  decltype(&::EVP_MD_CTX_free) context_free;
  decltype(&::EVP_MD_CTX_new) context_new;
  decltype(&::EVP_MD_fetch) fetch;
};

CryptoLibrary load() {
  const DynamicLibrary library(PEL_CRYPTO_LIBRARY);
  CryptoLibrary crypto{};
  library.bind(crypto.digest, "EVP_Digest");
  library.bind(crypto.final, "EVP_DigestFinal_ex");
  library.bind(crypto.init, "EVP_DigestInit_ex2");
  library.bind(crypto.update, "EVP_DigestUpdate");
  library.bind(crypto.context_free, "EVP_MD_CTX_free");
  library.bind(crypto.context_new, "EVP_MD_CTX_new");
  library.bind(crypto.fetch, "EVP_MD_fetch");
  return crypto;
}

const CryptoLibrary& libcrypto() {
  static const CryptoLibrary library = load();
  return library;
}

// Fetched once: an implicit fetch for each digest takes a lock and longer than a small file's hash.
const EVP_MD* algorithm(const char* name) {
  EVP_MD* const method = libcrypto().fetch(nullptr, name, nullptr);
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
  void operator()(EVP_MD_CTX* context) const noexcept { libcrypto().context_free(context); }
};

}  // namespace

struct Sha256Hasher::Context {
  std::unique_ptr<EVP_MD_CTX, FreeContext> evp{libcrypto().context_new()};
};

Sha256Hasher::Sha256Hasher() : context_(std::make_unique<Context>()) {
  check(libcrypto().init(context_->evp.get(), sha256_method(), nullptr));
}

Sha256Hasher::~Sha256Hasher() = default;
Sha256Hasher::Sha256Hasher(Sha256Hasher&&) noexcept = default;
Sha256Hasher& Sha256Hasher::operator=(Sha256Hasher&&) noexcept = default;

void Sha256Hasher::update(std::span<const std::byte> bytes) {
  check(libcrypto().update(context_->evp.get(), bytes.data(), bytes.size()));
}

Sha256 Sha256Hasher::finish() {
  Sha256 digest;
  check(libcrypto().final(context_->evp.get(), digest.bytes.data(), nullptr));
  check(libcrypto().init(context_->evp.get(), sha256_method(), nullptr));
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
  check(libcrypto().digest(bytes.data(), bytes.size(), out, &size, method, nullptr));
  return {reinterpret_cast<const char*>(out), size};
}

}  // namespace pel
