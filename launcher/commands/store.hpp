#pragma once

#include <span>
#include <string>
#include <vector>

#include "launcher/cli.hpp"

namespace pel {

class Store;

extern const Command store_add_command;
extern const Command store_du_command;
extern const Command store_gc_command;
extern const Command store_list_command;
extern const Command store_path_command;
extern const Command store_pin_command;
extern const Command store_repair_command;
extern const Command store_report_command;
extern const Command store_show_command;
extern const Command store_unpin_command;
extern const Command store_verify_command;

// The ids that the words name, in the order of the words, each once; all of the store's when there
// are no words. Throws Error(not_found) for a word that names nothing.
[[nodiscard]] std::vector<std::string> resolve_wheels(const Store& store,
                                                      std::span<const std::string> words);

}  // namespace pel
