// figures/report/results_page.hpp: what the papers say beside what came out, as one page of
// Markdown.
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "figures/figure.hpp"

namespace grok {

struct FigureResult {
  const Figure* figure = nullptr;
  std::string command;  // that makes it again
  std::string image;    // path of its PNG, relative to the page
  std::vector<Claim> claims;
  std::string report;                   // all its numbers, as text lines
  std::string profile = "quick";        // what was drawn
  std::string caption = {};             // sentences under the picture
  std::string svg = {};                 // text of its SVG file
  std::string narrow_svg = {};          // the same for a narrow screen
  std::vector<std::string> files = {};  // names of the files that the command writes
  std::vector<CsvTable> runs = {};      // rows of the store that its studies ask for
};

inline constexpr Verdict all_verdicts[] = {Verdict::agrees, Verdict::at_least, Verdict::differs,
                                           Verdict::open};
using VerdictCounts = std::map<Verdict, std::int64_t>;
VerdictCounts count_verdicts(std::span<const Claim> claims);

/// The papers' claims and our own (predictions, goals) are counted apart.
struct CountedApart {
  const char* title;
  bool ours;
};
inline constexpr CountedApart counted_apart[] = {
    {"What the papers and their code say", false},
    {"What we predicted or set ourselves as a goal", true}};
std::vector<Claim> claims_from(const std::vector<Claim>& claims, bool ours);

/// What a verdict says, as a sentence without its name.
std::string meaning_of(Verdict verdict);

/// How the numbers of a page are to be read: intervals, counts, censoring, and how many of
/// `verdicts` chance alone may have decided.
std::string reading_notes(std::int64_t verdicts);

/// What the remarks ("...; ...") of all claims begin with, said once, and the claims without it.
struct SharedRemark {
  std::string text;  // empty: nothing, or there is one claim
  std::vector<Claim> claims;
};
SharedRemark share_remark(std::vector<Claim> claims);

/// Counts of verdicts, then for every figure: command, claims, picture, numbers. `made_by`: program
/// and machine, one line.
std::string results_page(std::span<const FigureResult> results, const std::string& made_by);

}  // namespace grok
