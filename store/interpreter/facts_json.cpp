#include "store/interpreter/facts_json.hpp"

#include <nlohmann/json.hpp>

namespace pel {
namespace {

// One list of the members for both directions: `visit` gets each with its name.
template <class Facts, class Visit>
void visit_members(Facts& facts, Visit&& visit) {
  visit("executable", facts.executable);
  visit("implementation", facts.implementation);
  visit("major", facts.major);
  visit("minor", facts.minor);
  visit("micro", facts.micro);
  visit("full_version", facts.full_version);
  visit("markers", facts.markers);
  visit("platform", facts.platform);
  visit("glibc_version", facts.glibc_version);
  visit("musl_version", facts.musl_version);
  visit("soabi", facts.soabi);
  visit("cache_tag", facts.cache_tag);
  visit("bytecode_magic", facts.bytecode_magic);
  visit("gil_disabled", facts.gil_disabled);
  visit("debug_build", facts.debug_build);
  visit("pointer_bits", facts.pointer_bits);
  visit("abiflags", facts.abiflags);
  visit("extension_suffixes", facts.extension_suffixes);
  visit("prefix", facts.prefix);
  visit("exec_prefix", facts.exec_prefix);
  visit("stdlib", facts.stdlib);
  visit("platlibdir", facts.platlibdir);
  visit("bindir", facts.bindir);
  visit("version_line", facts.version_line);
  visit("libpython", facts.libpython);
  visit("libpython_reason", facts.libpython_reason);
}

}  // namespace

InterpreterFacts facts_from_json(const nlohmann::json& object) {
  InterpreterFacts facts;
  visit_members(facts, [&](const char* name, auto& member) { object.at(name).get_to(member); });
  return facts;
}

nlohmann::json facts_to_json(const InterpreterFacts& facts) {
  nlohmann::json object = nlohmann::json::object();
  visit_members(facts, [&](const char* name, const auto& member) { object[name] = member; });
  return object;
}

}  // namespace pel
