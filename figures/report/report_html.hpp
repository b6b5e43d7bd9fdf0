// figures/report/report_html.hpp: what the papers say beside what came out, as one page of HTML
// that needs no other file, no network and no script.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "core/provenance.hpp"
#include "figures/report/results_page.hpp"

namespace grok {

struct ReportOrigin {
  std::string command;     // that writes the page
  std::string written_at;  // UTC, "2026-01-31T12:00:00Z"
  Provenance made;         // the program that read the records and drew
};

/// Verdicts, every figure (picture, claims, numbers, command, files) and where it all comes from.
/// The SVG text of a result is put in by inline_svg; the rest is escaped. Throws its Error.
std::string report_html(std::span<const FigureResult> results, const ReportOrigin& origin);

/// What made the runs of these results: engine, build and machine as far as the store has columns
/// for them, days of the first and the last, and how many; a run that several figures use counts
/// once. Most runs first.
CsvTable record_sources(std::span<const FigureResult> results);

/// The text of report.css.
std::string_view report_style();

}  // namespace grok
