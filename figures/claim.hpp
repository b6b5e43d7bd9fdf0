// figures/claim.hpp: what a paper says a figure shows, beside what we found: the rows of
// docs/results.md and of a report. A figure computes its claims from the data it draws.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "compare/statistics/statistics.hpp"

namespace grok {

/// agrees: our number, with its interval, says the same. partly: the direction or the shape, not
/// the number. differs: no. open: the published statement has no number or setting to hold ours to.
enum class Verdict { agrees, partly, differs, open };
std::string to_text(Verdict verdict);  // its name

struct Claim {
  std::string statement;  // of the paper, in our words
  std::string source;     // "Liu et al. 2022, Fig. 4(a)"
  std::string published;  // its number: "0.4"; "-": none
  std::string ours;       // with interval and count: "0.409 [0.405, 0.412], 1000 draws"
  Verdict verdict = Verdict::open;
  std::string remark = {};  // why they differ, or what ours is of; may be empty
};

/// Appends to its remark, after a semicolon; nothing if `remark` is empty.
void add_remark(Claim& claim, const std::string& remark);

/// agrees if the interval holds the published number, or meets its interval; differs otherwise,
/// open where our interval is NaN or has no end.
Verdict compare_with(const Estimate& ours, double published);
Verdict compare_with(const Estimate& ours, const Estimate& published);

/// What a paper says: its words, and its number where it has one.
struct Published {
  std::string text = "-";
  std::optional<Estimate> number = {};
};
Published says(double number);                           // "0.400"
Published says(const std::string& text, double number);  // "about 0.4"
Published says(const Estimate& number, int digits = 3);  // "0.4 [0.3, 0.5]"

/// "0.409 [0.400, 0.418], OF" beside the published number; open without one.
Claim number_claim(std::string statement, std::string source, const Published& published,
                   const Estimate& ours, const std::string& of, int digits = 3);
/// "12 of 40: 0.30 [0.18, 0.45], OF".
Claim share_claim(std::string statement, std::string source, const Published& published,
                  std::int64_t count, std::int64_t all, const Estimate& share,
                  const std::string& of = "");
/// A statement that holds for none: "0 of 61, 0 [0, 0.06]". agrees if it is none, open if there is
/// nothing to count.
Claim none_claim(std::string statement, std::string source, std::int64_t count, std::int64_t all);
/// A statement that nothing of ours can be held against, and why.
Claim open_claim(std::string statement, std::string source, std::string published, std::string ours,
                 std::string remark = "");

}  // namespace grok
