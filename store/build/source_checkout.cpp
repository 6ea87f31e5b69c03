#include "store/build/source_checkout.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lock/display.hpp"
#include "store/base/error.hpp"
#include "store/base/text.hpp"
#include "store/fetch/fetch.hpp"
#include "store/fetch/url.hpp"
#include "store/interpreter/process.hpp"
#include "store/wheel/foreign_text.hpp"

namespace pel {
namespace {

// Everybody on the machine can read a process's arguments, and git hands URLs on as such. So user
// and password go through the environment, to a credential helper that speaks up for their host
// only.
class GitUser {
 public:
  explicit GitUser(const std::optional<UrlUser>& user) {
    if (!user) {
      return;
    }
    for (const std::string& text : {user->name, user->password, user->origin}) {
      if (has_control_character(text)) {
        throw Error(ErrorCode::corrupt, concat("cannot get ", url_for_messages(user->url),
                                               ": user or password holds a control character"))
            .with_hint("lock it again");
      }
    }
    const std::string helper = concat("credential.", user->origin, ".helper=");
    options_ = {"-c", helper, "-c", concat(helper, kHelper)};
    variables_ = {{"PYENVLAUNCH_GIT_USER", user->name},
                  {"PYENVLAUNCH_GIT_PASSWORD", user->password}};
  }

  [[nodiscard]] const std::vector<std::string>& options() const noexcept { return options_; }

  [[nodiscard]] const std::vector<std::pair<std::string, std::string>>& variables() const noexcept {
    return variables_;
  }

 private:
  static constexpr std::string_view kHelper =
      "!f() { test \"$1\" = get && printf 'username=%s\\npassword=%s\\n' "
      "\"$PYENVLAUNCH_GIT_USER\" \"$PYENVLAUNCH_GIT_PASSWORD\"; }; f";

  std::vector<std::string> options_;
  std::vector<std::pair<std::string, std::string>> variables_;
};

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
    const auto user = is_local ? std::nullopt : user_of_url(place);
    const GitUser credentials(user);
    git(credentials, "clone",
        {"clone", "--quiet", "--no-checkout", "--", user ? user->url : place, target_});
    git(credentials, "checkout",
        {"-C", target_, "checkout", "--quiet", "--detach", source.commit_id});
    git(credentials, "submodule",
        {"-C", target_, "submodule", "--quiet", "update", "--init", "--recursive"});
    return target_;
  }

 private:
  std::string unpack(const LockedArtifact& file) const {
    std::string root;
    FetchOptions options;
    options.offline = options_.offline;
    options.find_links = options_.find_links;
    options.download_dir = options_.download_dir;
    options.downloads = options_.downloads;
    options.cancelled = options_.cancelled;
    options.on_ready = [&](std::size_t, const std::string& path) {
      root = options_.helper->unpack(path, target_);
    };
    const FetchItem item{file, options_.label};
    fetch_wheels({&item, 1}, options);
    return root;
  }

  void git(const GitUser& user, std::string_view command,
           const std::vector<std::string>& arguments) const {
    std::vector<std::string> words{"git"};
    words.insert(words.end(), user.options().begin(), user.options().end());
    words.insert(words.end(), arguments.begin(), arguments.end());
    ProcessOptions options;
    options.environment.set = user.variables();
    options.environment.set.insert(options.environment.set.end(),
                                   {{"GIT_TERMINAL_PROMPT", "0"}, {"LC_ALL", "C"}});
    options.environment.unset = {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"};
    const ProcessResult result = run_process(words, options);
    if (options_.cancelled != nullptr && *options_.cancelled) {
      throw Error(ErrorCode::interrupted, "interrupted");
    }
    if (!result.ok()) {
      throw Error(ErrorCode::io, concat("cannot get ", options_.label, ": git ", command, ": ",
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
