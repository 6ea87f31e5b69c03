#pragma once

#include <optional>
#include <string>

#include "launcher/hot/configuration.hpp"
#include "launcher/hot/run_options.hpp"
#include "store/base/mapped_file.hpp"
#include "store/format/script_lock.hpp"
#include "store/format/selection_record.hpp"
#include "store/format/table_view.hpp"

namespace pel {

// An environment that is complete and can be entered.
struct ReadyEnvironment {
  SelectionRecord record;
  MappedFile table_file;  // what `table` reads
  TableView table;
};

// The question's file in the cache and whether its answer still holds. No file other than those
// that are named in the answer is looked at.
class EnvironmentLookup {
 public:
  // Reads the lock's text; of `script`, if that is what the options name. Throws Error when it
  // cannot be read, or the script has none.
  EnvironmentLookup(const RunOptions& options, const std::optional<Script>& script,
                    const Configuration& configuration);

  // Nothing when the environment must be made, or made anew, first.
  [[nodiscard]] std::optional<ReadyEnvironment> find() const;

 private:
  void ask(const RunOptions& options, std::string_view script_block,
           const Configuration& configuration);

  std::string cache_;
  std::string store_;
  std::string lock_path_;    // empty when only the manager can tell which lock a script names
  std::string record_path_;  // empty then as well
};

// Maps and checks the table of a prefix directory. Nothing, with a constant in `reason`, when it
// is missing, damaged, somebody else's, or of another format version.
struct PrefixTable {
  MappedFile file;
  TableView table;
};

[[nodiscard]] std::optional<PrefixTable> open_prefix_table(const std::string& prefix,
                                                           const char*& reason);

}  // namespace pel
