// What ThreadSanitizer cannot know, because libc is not instrumented. Unused in other builds.

extern "C" const char* __tsan_default_suppressions();

extern "C" const char* __tsan_default_suppressions() {
  return "race:tzset_internal\n";  // mktime() in libarchive: libc holds a lock of its own there
}
