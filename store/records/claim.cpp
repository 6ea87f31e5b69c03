#include "store/records/claim.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "store/base/error.hpp"
#include "store/base/text.hpp"

namespace pel {
namespace {

void write_all(int fd, std::string_view data, const std::string& path) {
  off_t offset = 0;
  while (!data.empty()) {
    const ssize_t written = ::pwrite(fd, data.data(), data.size(), offset);
    if (written < 0) {
      if (errno == EINTR) {
        continue;
      }
      throw_errno("write", path);
    }
    offset += written;
    data.remove_prefix(static_cast<std::size_t>(written));
  }
}

bool is_refusal(int error) noexcept {
  return error == EACCES || error == EPERM || error == EROFS || error == ENOENT;
}

}  // namespace

Claim::Claim(const StoreLayout& layout, std::string_view environment_id,
             std::span<const std::string> wheel_ids, std::string_view launcher_id,
             const std::atomic<bool>* cancelled)
    : layout_(layout),
      environment_id_(environment_id),
      wheel_ids_(wheel_ids.begin(), wheel_ids.end()),
      launcher_id_(launcher_id),
      cancelled_(cancelled) {
  StoreLock lock(layout_, StoreLock::Mode::shared, {.cancelled = cancelled_});
  std::string pattern = concat(layout_.roots(), "/add-", std::to_string(::getpid()), "-XXXXXX");
  fd_ = UniqueFd(::mkostemp(pattern.data(), O_CLOEXEC));
  if (!fd_) {
    if (!is_refusal(errno)) {
      throw_errno("create a file in", layout_.roots());
    }
    lock_.emplace(std::move(lock));
    return;
  }
  path_ = std::move(pattern);
  static_cast<void>(::fchmod(fd_.get(), 0600));  // whatever the umask: others open it to look
  try {
    // Nobody else can hold it: those who look for dead claims are kept out by the store's lock.
    static_cast<void>(::flock(fd_.get(), LOCK_EX | LOCK_NB));
    write({});
  } catch (...) {
    ::unlink(path_.c_str());
    throw;
  }
}

Claim::~Claim() {
  if (fd_) {
    ::unlink(path_.c_str());
  }
}

void Claim::extend(std::span<const std::string> composite_ids) {
  if (!fd_ || composite_ids.empty()) {
    return;
  }
  const StoreLock lock(layout_, StoreLock::Mode::shared, {.cancelled = cancelled_});
  write(composite_ids);
}

void Claim::write(std::span<const std::string> composite_ids) {
  nlohmann::ordered_json json;
  json["kind"] = "add";
  json["environment"] = environment_id_;
  json["launcher"] = launcher_id_;
  json["wheels"] = wheel_ids_;
  json["composites"] = std::vector<std::string>(composite_ids.begin(), composite_ids.end());
  // Longer than what is there, so that nothing of that remains behind it.
  write_all(fd_.get(), json.dump() + "\n", path_);
}

bool is_live_claim(const std::string& path) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (!fd) {
    return errno != ENOENT && errno != ELOOP;  // nobody can tell: keeping is the safe answer
  }
  return ::flock(fd.get(), LOCK_EX | LOCK_NB) != 0;
}

}  // namespace pel
