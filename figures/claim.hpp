// figures/claim.hpp: what a paper says a figure shows, beside what we found: the rows of
// docs/results.md and of a report. A figure computes its claims from the data it draws.
#pragma once

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

}  // namespace grok
