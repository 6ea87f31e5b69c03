#include "store/interpreter/bytecode_worker.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include "store/base/error.hpp"
#include "store/base/fd.hpp"
#include "store/base/text.hpp"

namespace pel {
namespace {

using Clock = std::chrono::steady_clock;

// Protocol: the child says its bytecode magic (4 bytes), then answers each request in turn.
// Request: size of the path (u32, little endian), path. Answer: size (u32), code; or one of these.
constexpr std::uint32_t kRefused = 0xFFFFFFFFU;
constexpr std::uint32_t kUnreadable = 0xFFFFFFFEU;
constexpr std::size_t kLargestCode = 512U * 1024 * 1024;

// Requests that are sent ahead, so that the child does not wait for us between two files.
constexpr std::size_t kAhead = 8;

constexpr std::chrono::seconds kStartTimeout{30};
constexpr rlim_t kAddressSpace = 3ULL * 1024 * 1024 * 1024;
constexpr std::uint64_t kLargestProcess = 384ULL * 1024 * 1024;

// Names that are interned stay in the process until it ends, hence the replacement of big ones.
// Collecting garbage while compiling finds nothing and costs time: code is freed by counting.
constexpr std::string_view kProgram = R"py(
import _signal, gc, marshal, sys
import _frozen_importlib_external as external

def main():
    # An interrupt is for our parent: here it would look like a file that cannot be compiled.
    _signal.signal(_signal.SIGINT, _signal.SIG_IGN)
    optimize = int(sys.argv[1])
    source = sys.stdin.buffer
    sink = sys.stdout.buffer
    sink.write(external.MAGIC_NUMBER)
    sink.flush()
    gc.disable()
    count = 0
    while True:
        head = source.read(4)
        if len(head) < 4:
            return
        path = source.read(int.from_bytes(head, "little"))
        try:
            with open(path, "rb", buffering=0) as file:
                text = file.read()
        except OSError:
            sink.write(b"\xfe\xff\xff\xff")
            sink.flush()
            continue
        try:
            code = marshal.dumps(compile(text, path.decode("utf-8", "surrogateescape"), "exec",
                                         dont_inherit=True, optimize=optimize))
        except BaseException:
            code = None
        if code is None:
            sink.write(b"\xff\xff\xff\xff")
        else:
            sink.write(len(code).to_bytes(4, "little"))
            sink.write(code)
        sink.flush()
        text = code = None
        count += 1
        if count % 512 == 0:
            gc.collect()

main()
)py";

void put_u32(std::string& bytes, std::size_t value) {
  for (unsigned shift = 0; shift < 32; shift += 8) {
    bytes.push_back(static_cast<char>((value >> shift) & 0xFFU));
  }
}

std::uint32_t get_u32(const std::array<char, 4>& bytes) {
  std::uint32_t value = 0;
  for (unsigned i = 0; i < 4; ++i) {
    value |= std::uint32_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
  }
  return value;
}

}  // namespace

void BytecodeWorker::ensure_started() {
  if (process_) {
    return;
  }
  const std::vector<std::string> argv{interpreter_.executable,
                                      "-I",
                                      "-S",
                                      "-W",
                                      "ignore",
                                      "-X",
                                      "utf8",
                                      "-c",
                                      std::string(kProgram),
                                      std::to_string(optimization_)};
  EnvironmentEdits environment;
  environment.unset_prefixes = {"PYTHON"};
  environment.set = {{"PYTHONHASHSEED", "0"}};
  auto process = std::make_unique<Worker>(argv, environment, "/");
  // One hostile file must not take the machine's memory, nor leave a core behind.
  const rlimit memory{kAddressSpace, kAddressSpace};
  const rlimit no_core{0, 0};
  ::prlimit(process->pid(), RLIMIT_AS, &memory, nullptr);
  ::prlimit(process->pid(), RLIMIT_CORE, &no_core, nullptr);

  std::array<char, 4> magic{};
  if (process->receive(magic, Clock::now() + kStartTimeout) != Worker::Receipt::complete) {
    throw Error(ErrorCode::incompatible,
                concat("cannot compile with ", interpreter_.executable, ": it does not start"))
        .with_hint(concat("try `", interpreter_.executable, " -I -S -c pass`"));
  }
  if (get_u32(magic) != interpreter_.bytecode_magic) {
    throw Error(ErrorCode::incompatible, concat("cannot compile with ", interpreter_.executable,
                                                ": it was replaced while it was in use"))
        .with_hint("run the same command again");
  }
  process_ = std::move(process);
}

bool BytecodeWorker::request(const SourceFile& file) noexcept {
  std::string message;
  put_u32(message, file.path.size());
  message += file.path;
  return process_->send(message);
}

BytecodeWorker::Outcome BytecodeWorker::receive(std::string& code) {
  const auto deadline = Clock::now() + file_timeout_;
  std::array<char, 4> head{};
  if (process_->receive(head, deadline) != Worker::Receipt::complete) {
    return Outcome::lost;
  }
  const std::uint32_t size = get_u32(head);
  if (size == kRefused) {
    return Outcome::refused;
  }
  if (size == kUnreadable) {
    return Outcome::unreadable;
  }
  if (size > kLargestCode) {
    return Outcome::lost;
  }
  code.resize(size);
  return process_->receive(code, deadline) == Worker::Receipt::complete ? Outcome::compiled
                                                                        : Outcome::lost;
}

std::vector<std::optional<std::string>> BytecodeWorker::compile(std::span<const SourceFile> files) {
  std::vector<std::optional<std::string>> results(files.size());
  std::size_t sent = 0;
  for (std::size_t next = 0; next < files.size(); ++next) {
    ensure_started();
    bool alive = true;
    for (; alive && sent < files.size() && sent < next + kAhead; ++sent) {
      alive = request(files[sent]);
    }
    std::string code;
    const Outcome outcome = receive(code);
    if (outcome == Outcome::compiled) {
      results[next] = std::move(code);
    } else if (outcome == Outcome::unreadable) {
      // No fault of the file: a pack without it would be wrong for ever.
      throw Error(ErrorCode::io, concat("cannot read ", files[next].path, " to compile it"))
          .with_hint("`pyenvlaunch store verify` tells whether the store is complete");
    } else if (outcome == Outcome::lost) {
      process_.reset();  // this file is to blame: answers come in the order of the requests
      sent = next + 1;
    }
  }
  if (process_ && is_too_big()) {
    process_.reset();
  }
  return results;
}

bool BytecodeWorker::is_too_big() const {
  const std::string path = concat("/proc/", std::to_string(process_->pid()), "/statm");
  const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  std::array<char, 128> text{};
  if (!file || ::read(file.get(), text.data(), text.size() - 1) <= 0) {
    return false;
  }
  char* end = nullptr;
  std::strtoull(text.data(), &end, 10);  // the first number is the address space
  const std::uint64_t pages = std::strtoull(end, nullptr, 10);
  return pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE)) > kLargestProcess;
}

}  // namespace pel
