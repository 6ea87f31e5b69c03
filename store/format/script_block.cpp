#include "store/format/script_block.hpp"

#include <cerrno>
#include <vector>

#include "store/base/error.hpp"
#include "store/base/text.hpp"
#include "store/base/text_file.hpp"

namespace pel {
namespace {

constexpr std::size_t kMaxScriptSize = 256UL * 1024 * 1024;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::string_view kStart = "# /// ";
constexpr std::string_view kEnd = "# ///";
constexpr std::string_view kType = "script";

struct Line {
  std::string_view text;
  bool ended;  // by a line break, not by the end of the text
};

std::vector<Line> lines_of(std::string_view source) {
  std::vector<Line> lines;
  while (!source.empty()) {
    const std::size_t end = source.find_first_of("\r\n");
    if (end == std::string_view::npos) {
      lines.push_back({source, false});
      break;
    }
    lines.push_back({source.substr(0, end), true});
    source.remove_prefix(end + (source.substr(end).starts_with("\r\n") ? 2 : 1));
  }
  return lines;
}

// The type in "# /// TYPE"; empty when the line starts no block.
std::string_view type_of(std::string_view line) noexcept {
  if (!line.starts_with(kStart)) {
    return {};
  }
  const std::string_view type = line.substr(kStart.size());
  for (const char c : type) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (!letter && (c < '0' || c > '9') && c != '-') {
      return {};
    }
  }
  return type;
}

bool is_content(std::string_view line) noexcept {
  return line == "#" || line.starts_with("# ");
}

// The number of the line that ends the block which starts at `start`; 0 if it has no end. There is
// at least one line between the two.
std::size_t end_of_block(const std::vector<Line>& lines, std::size_t start) {
  std::size_t end = 0;
  for (std::size_t i = start + 1; i < lines.size() && is_content(lines[i].text); ++i) {
    if (lines[i].text == kEnd && i > start + 1) {
      end = i;
    }
    if (!lines[i].ended) {
      break;
    }
  }
  return end;
}

}  // namespace

std::optional<ScriptBlock> find_script_block(std::string_view source, std::string_view path) {
  if (source.find(kStart) == std::string_view::npos) {
    return std::nullopt;
  }
  if (source.starts_with(kByteOrderMark)) {
    source.remove_prefix(kByteOrderMark.size());
  }
  const std::vector<Line> lines = lines_of(source);
  std::optional<ScriptBlock> block;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::string_view type = type_of(lines[i].text);
    const std::size_t end = type.empty() || !lines[i].ended ? 0 : end_of_block(lines, i);
    if (end == 0) {
      continue;
    }
    if (type == kType) {
      if (block) {
        throw Error(ErrorCode::corrupt,
                    concat("cannot read script ", path, ": line ", std::to_string(i + 1),
                           ": a second '# /// script' block; the first is at line ",
                           std::to_string(block->first_line - 1)))
            .with_hint("write one block of metadata (PEP 723)");
      }
      block.emplace();
      block->first_line = i + 2;
      for (std::size_t line = i + 1; line < end; ++line) {
        const std::string_view text = lines[line].text;
        block->content += text.substr(text.size() > 1 ? 2 : 1);
        block->content += '\n';
      }
    }
    i = end;
  }
  return block;
}

bool may_mention_us(std::string_view content) noexcept {
  // A key may be written with escapes.
  return content.find("pyenvlaunch") != std::string_view::npos ||
         content.find('\\') != std::string_view::npos;
}

std::string read_script_text(const std::string& path) {
  std::string text;
  const int error = read_text_file(path, kMaxScriptSize, text);
  if (error == 0) {
    return text;
  }
  if (error == ENOENT || error == ENOTDIR) {
    throw Error(ErrorCode::not_found, concat("cannot run '", path, "': no such file"));
  }
  if (error == EISDIR || error == EINVAL) {
    throw Error(ErrorCode::io, concat("cannot run '", path, "': it is ",
                                      error == EISDIR ? "a directory" : "no regular file"))
        .with_hint("a script is a file, which has its lock beside it");
  }
  errno = error;
  throw_errno("read script", path);
}

}  // namespace pel
