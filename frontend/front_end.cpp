#include "frontend/front_end.hpp"

#include "store/base/error.hpp"
#include "store/base/text.hpp"

namespace pel {

std::unique_ptr<FrontEnd> find_front_end(std::string_view wanted, const std::string& python) {
  if (!wanted.empty() && wanted != "uv" && wanted != "pip") {
    throw Error(ErrorCode::usage, concat("unknown resolver '", wanted, "'"))
        .with_hint("use uv or pip");
  }
  std::string no_uv;
  std::string no_pip;
  if (wanted != "pip") {
    if (auto uv = find_uv(no_uv)) {
      return uv;
    }
  }
  if (wanted != "uv") {
    if (auto pip = find_pip(python, no_pip)) {
      return pip;
    }
  }
  const std::string reason = concat(no_uv, no_uv.empty() || no_pip.empty() ? "" : ", and ", no_pip);
  throw Error(ErrorCode::not_found, concat("cannot resolve requirements: ", reason))
      .with_hint("install uv (python -m pip install uv) and put it on PATH");
}

}  // namespace pel
