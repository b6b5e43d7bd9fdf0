// figures/report/report.hpp: what the papers say beside what came out, as one page of HTML that
// needs no other file, no network and no script, and as one of Markdown with its pictures beside
// it. The pages are report.html, report.css and results.md; what fills them is here.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/provenance.hpp"
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
struct ReportOrigin {
  std::string command;     // that writes the pages
  std::string written_at;  // UTC, "2026-01-31T12:00:00Z"
  Provenance made;         // the program that read the records and drew
};

inline constexpr Verdict all_verdicts[] = {Verdict::agrees, Verdict::at_least, Verdict::differs,
                                           Verdict::open};
/// Of the papers' claims, or our own (predictions, goals): they are counted apart; empty: of all.
using VerdictCounts = std::map<Verdict, std::int64_t>;
VerdictCounts count_verdicts(std::span<const FigureResult> results, std::optional<bool> ours = {});

/// What the remarks ("...; ...") of all claims begin with, said once, and the claims without it.
struct SharedRemark {
  std::string text;  // empty: nothing, or there is one claim
  std::vector<Claim> claims;
};
SharedRemark share_remark(std::vector<Claim> claims);

/// What made the runs of these results: engine, build and machine (empty where a store has no such
/// column), days of the first and the last, and how many; a run that several figures use counts
/// once. Most runs first.
CsvTable record_sources(std::span<const FigureResult> results);

/// Verdicts, every figure (picture, claims, numbers, command, files) and where it all comes from. A
/// picture is an image: what its SVG might hold beside a drawing does nothing there.
std::string report_html(std::span<const FigureResult> results, const ReportOrigin& origin);
/// The same without files and records.
std::string results_page(std::span<const FigureResult> results, const ReportOrigin& origin);

// The texts of report.html, report.css and results.md.
std::string_view report_page_text();
std::string_view report_style();
std::string_view results_page_text();

}  // namespace grok
