#pragma once

namespace pel {

// The store's usual place, ~/.local/share, is below site.USER_BASE. Programs that find a module of
// theirs there take it for an installation of the user's (`pip install --user`) and look for its
// data below USER_BASE, not below sys.prefix, where it is. In a virtual environment no module lies
// there.
//
// So, where the store is below USER_BASE and the environment's directory is not, a module of the
// store that asks `site` for USER_BASE gets the same directory with one slash more in front (POSIX
// lets "//" be "/", as Linux does), which no path of the store begins with. Whoever else asks gets
// what stands in the module. Call it when `site` has set USER_BASE; once an interpreter. An
// exception that comes up leaves things as they were.
void tell_user_base_from_store() noexcept;

}  // namespace pel
