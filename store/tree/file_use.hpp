#pragma once

#include <string>

namespace pel {

// Whether any process, in whatever container on this machine, has the file open or mapped at this
// moment. False when there is no such file. Takes no notice of this process's own mappings being
// there or not: it must have none.
//
// Asked of the kernel by a write lease (fcntl(2), F_SETLEASE), which is given only for a file that
// nobody else has open or mapped. Where leases cannot be had, or do not see mappings (tried on the
// file itself), by looking through /proc, which knows only the processes of this container; a
// Python of this user that cannot be looked into counts as a user of the file then.
[[nodiscard]] bool is_file_in_use(const std::string& path);

// The second way alone, for tests.
[[nodiscard]] bool is_file_in_use_by_proc(const std::string& path);

}  // namespace pel
