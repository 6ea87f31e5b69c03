#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "store/format/standard_builder.hpp"
#include "store/format/standard_view.hpp"

namespace pel {
namespace {

using standard_format::ModuleKind;

constexpr std::uint32_t kBytecodeMagic = 0x0A0D0DA7;

std::string sample() {
  StandardBuilder builder(kBytecodeMagic, 0);
  builder.add("", 7,
              {{.name = "_json", .kind = ModuleKind::extension, .suffix = ".so", .code = {}},
               {.name = "json",
                .kind = ModuleKind::package,
                .suffix = {},
                .size = 3,
                .mtime_ns = 5,
                .code = "init"},
               {.name = "string", .kind = ModuleKind::source, .suffix = {}, .code = {}}});
  builder.add("json", 8,
              {{.name = "decoder", .kind = ModuleKind::source, .suffix = {}, .code = "decoder"}});
  builder.add("lib-dynload", 0, {});
  return builder.finish();
}

std::optional<StandardView> open(const std::string& bytes, const char*& reason) {
  return StandardView::open(std::as_bytes(std::span(bytes)), kBytecodeMagic, 0, reason);
}

TEST(Standard, FindsDirectoriesAndModulesByName) {
  const std::string bytes = sample();
  const char* reason = nullptr;
  const auto view = open(bytes, reason);
  ASSERT_TRUE(view) << reason;
  EXPECT_EQ(view->directory_count(), 3U);
  EXPECT_EQ(view->directory(""), 0U);
  EXPECT_EQ(view->directory("json"), 1U);
  EXPECT_EQ(view->directory("lib-dynload"), 2U);
  EXPECT_EQ(view->directory("js"), std::nullopt);
  EXPECT_EQ(view->directory_record(1).mtime_ns, 8U);
  const auto json = view->module(0, "json");
  ASSERT_TRUE(json);
  EXPECT_EQ(view->module_record(*json).kind, ModuleKind::package);
  EXPECT_EQ(view->module_record(*json).size, 3U);
  EXPECT_EQ(view->module_record(*json).mtime_ns, 5U);
  EXPECT_EQ(view->text(view->module_record(*view->module(0, "_json")).suffix), ".so");
  EXPECT_EQ(view->module(0, "decoder"), std::nullopt);
  EXPECT_EQ(view->module(2, "json"), std::nullopt);
  EXPECT_EQ(view->module(99, "json"), std::nullopt);
}

TEST(Standard, HasTheCodeOfAModuleOrNone) {
  const std::string bytes = sample();
  const char* reason = nullptr;
  const auto view = open(bytes, reason);
  ASSERT_TRUE(view) << reason;
  std::span<const std::byte> code;
  ASSERT_EQ(view->code(*view->module(1, "decoder"), code), PackView::Lookup::found);
  EXPECT_EQ(std::string_view(reinterpret_cast<const char*>(code.data()), code.size()), "decoder");
  EXPECT_EQ(view->code(*view->module(0, "string"), code), PackView::Lookup::absent);
}

TEST(Standard, APackOfATreeIsNone) {
  PackBuilder builder(kBytecodeMagic, 0);
  builder.add(1, "one");
  const std::string bytes = builder.finish();
  const char* reason = nullptr;
  EXPECT_FALSE(open(bytes, reason));
  EXPECT_STREQ(reason, "it is not of a standard library");
}

TEST(Standard, IdsFollowFromTheInterpreterAndAreNoneOfAWheel) {
  const StandardPackId id("/usr/bin/python3.11");
  EXPECT_TRUE(StandardPackId::is_one(id.view()));
  EXPECT_EQ(id.view(), StandardPackId("/usr/bin/python3.11").view());
  EXPECT_NE(id.view(), StandardPackId("/usr/bin/python3.12").view());
  EXPECT_FALSE(StandardPackId::is_one("standard-1.0-py3-none-any-0123456789abcdef"));
}

}  // namespace
}  // namespace pel
