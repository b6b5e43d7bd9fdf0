// figures/results_page.hpp: what the papers say beside what came out, as one page of Markdown.
#pragma once

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
  std::string report;  // all its numbers, as text lines
};

/// Counts of verdicts, then for every figure: command, claims, picture, numbers. `made_by`: program
/// and machine, one line.
std::string results_page(std::span<const FigureResult> results, const std::string& made_by);

}  // namespace grok
