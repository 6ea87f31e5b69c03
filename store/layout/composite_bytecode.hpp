#pragma once

#include <span>
#include <string>

#include "lock/interpreter_facts.hpp"
#include "store/tree/store_layout.hpp"
#include "store/tree/tree_merge.hpp"

namespace pel {

// Makes the pack of a stored composite for this interpreter, without optimisation, unless there is
// a valid one: from the packs of its members, which have the code of all its files. Where one of
// them cannot be read the composite is compiled. False if there was nothing to do. Throws Error.
bool make_composite_bytecode(const StoreLayout& layout, const InterpreterFacts& interpreter,
                             const std::string& id, std::span<const MergeMember> members);

}  // namespace pel
