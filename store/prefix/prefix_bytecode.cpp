#include "store/prefix/prefix_bytecode.hpp"

#include <unistd.h>

#include <string_view>
#include <vector>

#include "store/base/atomic_file.hpp"
#include "store/base/build_id.hpp"
#include "store/base/error.hpp"
#include "store/base/mapped_file.hpp"
#include "store/base/text.hpp"
#include "store/format/table_view.hpp"
#include "store/interpreter/bytecode.hpp"
#include "store/interpreter/interpreter.hpp"
#include "store/interpreter/standard_bytecode.hpp"
#include "store/records/claim.hpp"

namespace pel {
namespace {

constexpr std::string_view kBelowHome = "/store/v1";

StoreLayout layout_of(std::string_view store_root) {
  if (!store_root.ends_with(kBelowHome)) {
    throw Error(ErrorCode::usage, concat("'", store_root, "' is not the root of a store"));
  }
  store_root.remove_suffix(kBelowHome.size());
  return StoreLayout(store_root);
}

}  // namespace

void complete_prefix_bytecode(const std::string& prefix, const std::string& store_root,
                              const std::string& interpreters, unsigned optimization) {
  const std::string path = concat(prefix, "/", table_format::kFileName);
  int error = 0;
  const MappedFile file = MappedFile::open(path.c_str(), MappedFile::Trust::own_or_root, error);
  const char* reason = "it cannot be read";
  const auto table = file ? TableView::open(file.bytes(), reason) : std::nullopt;
  if (!table) {
    throw Error(ErrorCode::corrupt, concat("cannot use ", path, ": ", reason))
        .with_hint("run `pyenvlaunch sync LOCK` with the lock of this environment");
  }
  std::vector<std::string> ids;
  for (std::size_t i = 0; i < table->trees().size(); ++i) {
    ids.emplace_back(table->text(table->trees()[i].id));
  }
  const StoreLayout layout = layout_of(store_root);
  // To a store that this user may only read nothing can be added; the mark keeps every start from
  // trying it again.
  if (::access(layout.bytecode().c_str(), W_OK | X_OK) == 0) {
    // This process has it mapped only while it reads it, and may outlive the one that asked for it.
    const Claim claim(layout, table->text(table->environment().id), ids, kBuildId);
    const InterpreterFacts interpreter = ask_interpreter(
        std::string(table->text(table->environment().base_executable)), interpreters);
    compile_bytecode(interpreter, layout, ids, optimization, 0);
    make_standard_pack(interpreter, layout, optimization);
  }
  AtomicFile mark(concat(prefix, "/pyenvlaunch.opt-", std::to_string(optimization)));
  mark.commit();
}

}  // namespace pel
