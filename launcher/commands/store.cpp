// pyenvlaunch store: the group; its subcommands have files of their own.

#include "launcher/commands/store.hpp"

#include "launcher/commands/commands.hpp"

namespace pel {
namespace {

constexpr const Command* kChildren[] = {
    &store_add_command,    &store_list_command,  &store_show_command,   &store_path_command,
    &store_verify_command, &store_du_command,    &store_gc_command,     &store_repair_command,
    &store_pin_command,    &store_unpin_command, &store_report_command,
};

}  // namespace

constinit const Command store_command{
    .name = "store",
    .summary = "add, list, check and clear up the wheels of the store",
    .usage = "COMMAND [OPTION]... [ARGUMENT]...",
    .children = kChildren,
};

}  // namespace pel
