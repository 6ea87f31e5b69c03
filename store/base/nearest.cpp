#include "store/base/nearest.hpp"

#include <algorithm>
#include <cstddef>
#include <numeric>

#include "store/base/text.hpp"

namespace pel {
namespace {

// Letters to change, add, remove or swap with their neighbour until `a` is `b`.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1);
  std::vector<std::size_t> above(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    before.swap(above);
    above.swap(row);
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      row[j + 1] = std::min({above[j] + (a[i] == b[j] ? 0 : 1), above[j + 1] + 1, row[j] + 1});
      if (i > 0 && j > 0 && a[i] == b[j - 1] && a[i - 1] == b[j]) {
        row[j + 1] = std::min(row[j + 1], before[j - 1] + 1);
      }
    }
  }
  return row.back();
}

}  // namespace

std::string_view nearest(std::string_view word, std::span<const std::string_view> known) {
  constexpr std::size_t kMaxWord = 64;
  constexpr std::size_t kTooFar = 3;
  if (word.size() > kMaxWord) {
    return {};
  }
  std::size_t best_distance = std::min(kTooFar, word.size() / 2 + 1);
  std::string_view best;
  for (const std::string_view candidate : known) {
    if (candidate.size() > word.size() + kTooFar) {
      continue;
    }
    const std::size_t distance = edit_distance(word, candidate);
    if (distance < best_distance) {
      best = candidate;
      best_distance = distance;
    }
  }
  return best;
}

std::string nearest_hint(std::string_view word, std::span<const std::string_view> known,
                         std::string_view otherwise) {
  const std::string_view near = nearest(word, known);
  return near.empty() ? std::string(otherwise) : concat("did you mean '", near, "'?");
}

std::string nearest_hint(std::string_view word, const std::vector<std::string>& known,
                         std::string_view otherwise) {
  const std::vector<std::string_view> views(known.begin(), known.end());
  return nearest_hint(word, std::span<const std::string_view>(views), otherwise);
}

}  // namespace pel
