#include "store/build/source_checkout.hpp"

#include <string_view>

#include "lock/display.hpp"
#include "store/base/error.hpp"
#include "store/base/text.hpp"
#include "store/fetch/fetch.hpp"
#include "store/fetch/url.hpp"
#include "store/interpreter/process.hpp"

namespace pel {
namespace {

class Checkout {
 public:
  explicit Checkout(const CheckoutOptions& options)
      : options_(options), target_(concat(options.folder, "/source")) {}

  std::string operator()(const LockedSdist& source) const { return unpack(source.file); }

  std::string operator()(const LockedArchive& source) const { return unpack(source.file); }

  std::string operator()(const LockedDirectory& source) const {
    options_.helper->copy(source.path, target_);
    return target_;
  }

  std::string operator()(const LockedVcs& source) const {
    if (source.type != "git") {
      throw Error(ErrorCode::incompatible,
                  concat("cannot build ", options_.label, ": its repository is of the kind ",
                         quoted(source.type), ", and only git is known"))
          .with_hint("lock a release, an archive or a directory instead");
    }
    const std::string place = source.path.empty() ? source.url : source.path;
    const bool is_local = !source.path.empty() || is_file_url(place);
    if (options_.offline && !is_local) {
      throw Error(ErrorCode::not_found,
                  concat("cannot get ", options_.label, " while offline: ", redacted_url(place)))
          .with_hint("run this once without --offline");
    }
    git({"clone", "--quiet", "--no-checkout", "--", place, target_});
    git({"-C", target_, "checkout", "--quiet", "--detach", source.commit_id});
    git({"-C", target_, "submodule", "--quiet", "update", "--init", "--recursive"});
    return target_;
  }

 private:
  std::string unpack(const LockedArtifact& file) const {
    std::string root;
    FetchOptions options;
    options.offline = options_.offline;
    options.find_links = options_.find_links;
    options.download_dir = options_.download_dir;
    options.cancelled = options_.cancelled;
    options.on_ready = [&](std::size_t, const std::string& path) {
      root = options_.helper->unpack(path, target_);
    };
    const FetchItem item{file, options_.label};
    fetch_wheels({&item, 1}, options);
    return root;
  }

  void git(std::vector<std::string> words) const {
    words.insert(words.begin(), "git");
    ProcessOptions options;
    options.environment.set = {{"GIT_TERMINAL_PROMPT", "0"}, {"LC_ALL", "C"}};
    options.environment.unset = {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"};
    const ProcessResult result = run_process(words, options);
    if (options_.cancelled != nullptr && *options_.cancelled) {
      throw Error(ErrorCode::interrupted, "interrupted");
    }
    if (!result.ok()) {
      throw Error(ErrorCode::io, concat("cannot get ", options_.label, ": git ",
                                        words[1] == "-C" ? words[3] : words[1], ": ",
                                        escaped(first_line(result.err))))
          .with_hint(
              "the repository must have the commit that the lock names; see whether `git "
              "clone` works");
    }
  }

  static std::string_view first_line(std::string_view text) {
    return text.substr(0, text.find('\n'));
  }

  const CheckoutOptions& options_;
  std::string target_;
};

}  // namespace

std::string check_out_source(const LockedSource& source, const CheckoutOptions& options) {
  return std::visit(Checkout(options), source);
}

}  // namespace pel
