#include "embed/arena_cache.hpp"
#include "embed/environment.hpp"
#include "embed/import_observer.hpp"
#include "embed/py_ref.hpp"
#include "embed/start_hook.hpp"
#include "store/format/embed_request.hpp"

extern "C" __attribute__((visibility("default"))) int pel_embed_main(
    const pel::EmbedRequest* request, int argc, char** argv) {
  constexpr int kRefused = -1;
  pel::read_object_layout();
  if (request->abi != pel::kEmbedAbi || !pel::Environment::start(*request) ||
      !pel::arm_start_hook()) {
    return kRefused;
  }
  pel::install_arena_cache();
  pel::read_observation();
  return Py_BytesMain(argc, argv);
}
