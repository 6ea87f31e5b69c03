// The sizes that docs/formats.md states.

#include <gtest/gtest.h>

#include "store/base/file_identity.hpp"
#include "store/format/container.hpp"
#include "store/format/index_format.hpp"
#include "store/format/pack_format.hpp"
#include "store/format/table_format.hpp"

namespace pel {
namespace {

TEST(FormatSizes, OfTheContainer) {
  EXPECT_EQ(sizeof(container_format::Header), 48U);
  EXPECT_EQ(sizeof(container_format::SectionEntry), 24U);
  EXPECT_EQ(sizeof(StringRef), 8U);
}

TEST(FormatSizes, OfTheIndex) {
  EXPECT_EQ(sizeof(index_format::TreeRecord), 96U);
  EXPECT_EQ(sizeof(index_format::DirectoryRecord), 20U);
  EXPECT_EQ(sizeof(index_format::EntryRecord), 20U);
  EXPECT_EQ(sizeof(index_format::EntryPointRecord), 24U);
  EXPECT_EQ(sizeof(index_format::ScriptRecord), 16U);
  EXPECT_EQ(sizeof(index_format::FileRecord), 40U);
  EXPECT_EQ(sizeof(index_format::ElfRecord), 36U);
}

TEST(FormatSizes, OfTheTable) {
  EXPECT_EQ(sizeof(table_format::EnvironmentRecord), 56U);
  EXPECT_EQ(sizeof(table_format::TreeRecord), 12U);
  EXPECT_EQ(sizeof(table_format::DistributionRecord), 28U);
  EXPECT_EQ(sizeof(table_format::NameRecord), 20U);
  EXPECT_EQ(sizeof(table_format::ScriptRecord), 12U);
  EXPECT_EQ(sizeof(table_format::VariableRecord), 16U);
}

TEST(FormatSizes, OfThePack) {
  EXPECT_EQ(sizeof(pack_format::HeadRecord), 8U);
  EXPECT_EQ(sizeof(pack_format::CodeRecord), 24U);
}

TEST(FormatSizes, OfAnIdentity) {
  EXPECT_EQ(sizeof(FileIdentity), 32U);
}

}  // namespace
}  // namespace pel
