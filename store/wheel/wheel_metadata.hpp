#pragma once

#include <string>
#include <string_view>

#include "store/format/index_builder.hpp"
#include "store/wheel/refusal.hpp"
#include "store/wheel/wheel_name.hpp"

namespace pel {

// The texts of a wheel's .dist-info directory.
struct WheelTexts {
  std::string wheel;
  std::string metadata;
  std::string entry_points;  // empty when there is none
  std::string record;
};

// Checks WHEEL, METADATA and entry_points.txt against the wheel's file name, and returns what they
// say. `dist_info` is the name of the directory.
[[nodiscard]] IndexedTree read_wheel_metadata(const WheelName& name, std::string_view dist_info,
                                              const WheelTexts& texts, const Refusal& refusal);

}  // namespace pel
