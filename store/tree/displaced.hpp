#pragma once

#include <string>
#include <vector>

#include "store/tree/store_layout.hpp"
#include "store/tree/stored_wheel.hpp"

namespace pel {

// What lies in the place of a directory of the store's own (wheels, roots, tmp …), or of its
// generation, and is something else: a file, a pipe, a link that leads nowhere. A link to a
// directory is a directory; what is not there at all is made when it is needed.
[[nodiscard]] std::vector<Finding> displaced_places(const StoreLayout& layout);

// Whether such a place may be made anew, empty. Not the roots: without them garbage collection
// would take everything for unneeded.
[[nodiscard]] bool may_be_made_anew(const StoreLayout& layout, const Finding& displaced);

// What a person has to do about it.
[[nodiscard]] std::string advice_on(const StoreLayout& layout, const Finding& displaced);

// Throws the first of them as Error(corrupt), with the advice as its hint.
void require_own_places(const StoreLayout& layout);

// Moves it aside, to a name of its own beside the place; where it is now. Nothing is deleted.
// Throws Error(io).
[[nodiscard]] std::string move_aside(const Finding& displaced);

}  // namespace pel
