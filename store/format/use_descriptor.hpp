#pragma once

namespace pel {

// Closes the descriptors of a table by which whoever executed this program has said that the
// environment is in use (table_format::kUseDescriptor). To be called when this process has mapped
// the table, at its start. `table` is the table's path; others' descriptors stay.
void close_use_descriptors(const char* table) noexcept;

}  // namespace pel
