#include "launcher/environment_report.hpp"

#include <nlohmann/json.hpp>

namespace pel {

nlohmann::ordered_json report_of(const EnvironmentResult& result) {
  nlohmann::ordered_json json;
  json["lock"] = result.record.lock;
  json["interpreter"] = result.record.interpreter;
  json["environment"] = result.environment_id;
  json["prefix"] = result.record.prefix;
  json["hit"] = result.hit;
  json["wheels"] = {{"total", result.wheels},
                    {"hits", result.wheels - result.added},
                    {"added", result.added},
                    {"downloaded", result.downloaded},
                    {"compiled", result.compiled}};
  json["bytes_added"] = result.bytes;
  double total = 0;
  for (const Phase& phase : result.phases) {
    json["milliseconds"][phase.name] = phase.milliseconds;
    total += phase.milliseconds;
  }
  json["milliseconds"]["total"] = total;
  json["conflicts"] = result.conflicts;
  return json;
}

}  // namespace pel
