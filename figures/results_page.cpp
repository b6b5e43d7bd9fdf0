#include "figures/results_page.hpp"

#include <fmt/format.h>

#include <map>

namespace grok {
namespace {

constexpr const char* head = R"(# Results

What the paper or its code says, what came out here, and whether the two agree. Intervals are 95 %;
n counts networks or draws; censored means not reached within the budget. Runs of one seed share
their initial network, targets and nested training sets, so intervals over networks resample seeds.
Networks have the settings of the paper and its code ([theory.md](theory.md), section 6); none was
tuned towards a published number. What it adds up to: [discussion.md](discussion.md).

*agrees*: our number, with its interval, says the same. *partly*: the direction or the shape, not the
number. *differs*: no. *open*: the published statement has no number or setting to hold ours to, or
ours cannot decide.
)";

// A cell of a table: no line break, no column.
std::string cell_text(const std::string& text) {
  std::string cell;
  for (const char c : text) {
    cell += c == '\n' ? std::string(" ") : c == '|' ? std::string("\\|") : std::string(1, c);
  }
  return cell.empty() ? "-" : cell;
}

std::string claim_rows(const std::vector<Claim>& claims) {
  std::string text =
      "| claim | source | published | here | verdict | remark |\n|---|---|---|---|---|---|\n";
  for (const Claim& claim : claims) {
    text +=
        fmt::format("| {} | {} | {} | {} | **{}** | {} |\n", cell_text(claim.statement),
                    cell_text(claim.source), cell_text(claim.published), cell_text(claim.ours),
                    to_text(claim.verdict), claim.remark.empty() ? "" : cell_text(claim.remark));
  }
  return text;
}

std::string section(const FigureResult& result) {
  const Figure& figure = *result.figure;
  std::string text =
      fmt::format("\n## {}: {}\n\n`{}`\n\n", short_name(figure), figure.title, result.command);
  if (!result.claims.empty()) {
    text += claim_rows(result.claims) + "\n";
  }
  text += fmt::format("![{}: {}]({})\n\n", short_name(figure), figure.title, result.image);
  return text +
         fmt::format("<details><summary>All numbers</summary>\n\n```text\n{}```\n\n</details>\n",
                     result.report);
}

std::string verdict_rows(std::span<const FigureResult> results) {
  constexpr Verdict all[] = {Verdict::agrees, Verdict::partly, Verdict::differs, Verdict::open};
  std::map<Verdict, std::int64_t> sum;
  std::string rows;
  for (const FigureResult& result : results) {
    std::map<Verdict, std::int64_t> count;
    for (const Claim& claim : result.claims) {
      ++count[claim.verdict];
      ++sum[claim.verdict];
    }
    rows += fmt::format("| {} | `{}` |", short_name(*result.figure), result.command);
    for (const Verdict verdict : all) {
      rows += fmt::format(" {} |", count[verdict]);
    }
    rows += '\n';
  }
  rows += "| all | |";
  for (const Verdict verdict : all) {
    rows += fmt::format(" {} |", sum[verdict]);
  }
  return "| figure | command | agrees | partly | differs | open |\n|---|---|---|---|---|---|\n" +
         rows + "\n";
}

}  // namespace

std::string results_page(std::span<const FigureResult> results, const std::string& made_by) {
  std::string text = head;
  text += '\n';
  text += verdict_rows(results);
  for (const FigureResult& result : results) {
    text += section(result);
  }
  return text + fmt::format("\nThis page was written by `groktheory report`, {}.\n", made_by);
}

}  // namespace grok
