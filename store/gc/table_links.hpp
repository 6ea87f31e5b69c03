#pragma once

#include <sys/types.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "store/records/root_reader.hpp"
#include "store/tree/store_layout.hpp"

namespace pel {

// Where the names of tables are that the store keeps links to.
class TableLinks {
 public:
  TableLinks(const StoreLayout& layout, const std::vector<StoredRoot>& roots);

  // Whether a table that is kept has a name that is neither the store's nor at the place of a root:
  // a directory has it, of which nobody knows where it is.
  [[nodiscard]] bool has_unknown_name(const std::string& kept) const;

 private:
  void add(const std::string& table);

  std::map<std::pair<dev_t, ino_t>, nlink_t> known_;
};

}  // namespace pel
