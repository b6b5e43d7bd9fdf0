#include "figures/report/results_page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "core/errors.hpp"

namespace grok {
namespace {

std::string head() {
  std::string text = fmt::format(
      "# Results\n\n"
      "What the paper or its code says, what came out here, and whether the two agree. {}\n"
      "Networks have the settings of the paper and its code ([theory.md](theory.md), section 6); "
      "none was\ntuned towards a published number, but the good panels of Figure 2 have settings "
      "of "
      "ours from a\nsearch of some 500. What it adds up to: "
      "[discussion.md](discussion.md).\n\n",
      reading_notes());
  for (const Verdict verdict : all_verdicts) {
    text += fmt::format("- *{}*: {}\n", to_text(verdict), meaning_of(verdict));
  }
  return text;
}

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
  const SharedRemark shared = share_remark(result.claims);
  if (!shared.text.empty()) {
    text += "Of all claims: " + shared.text + ".\n\n";
  }
  if (!shared.claims.empty()) {
    text += claim_rows(shared.claims) + "\n";
  }
  text += fmt::format("![{}: {}]({})\n\n", short_name(figure), figure.title, result.image);
  text += result.caption.empty() ? "" : result.caption + "\n\n";
  return text +
         fmt::format("<details><summary>All numbers</summary>\n\n```text\n{}```\n\n</details>\n",
                     result.report);
}

std::string verdict_rows(std::span<const FigureResult> results) {
  VerdictCounts sum;
  std::string rows;
  for (const FigureResult& result : results) {
    VerdictCounts count = count_verdicts(result.claims);
    rows += fmt::format("| {} | `{}` |", short_name(*result.figure), result.command);
    for (const Verdict verdict : all_verdicts) {
      sum[verdict] += count[verdict];
      rows += fmt::format(" {} |", count[verdict]);
    }
    rows += '\n';
  }
  rows += "| all | |";
  for (const Verdict verdict : all_verdicts) {
    rows += fmt::format(" {} |", sum[verdict]);
  }
  return "| figure | command | agrees | partly | differs | open |\n|---|---|---|---|---|---|\n" +
         rows + "\n";
}

}  // namespace

SharedRemark share_remark(std::vector<Claim> claims) {
  SharedRemark shared;
  while (claims.size() > 1) {
    const std::string part = claims[0].remark.substr(0, claims[0].remark.find("; "));
    const auto begins_with_it = [&part](const Claim& claim) {
      return claim.remark == part || claim.remark.starts_with(part + "; ");
    };
    if (part.empty() || !std::ranges::all_of(claims, begins_with_it)) {
      break;
    }
    shared.text += (shared.text.empty() ? "" : "; ") + part;
    for (Claim& claim : claims) {
      claim.remark.erase(0, std::min(claim.remark.size(), part.size() + 2));
    }
  }
  shared.claims = std::move(claims);
  return shared;
}

VerdictCounts count_verdicts(std::span<const Claim> claims) {
  VerdictCounts counts;
  for (const Claim& claim : claims) {
    ++counts[claim.verdict];
  }
  return counts;
}

std::string meaning_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::agrees:
      return "our number, with its interval, says the same.";
    case Verdict::partly:
      return "so, but without an interval that decides it, at another setting or budget than the "
             "published one, or in direction and not in number.";
    case Verdict::differs:
      return "our number, with its interval, says something else.";
    case Verdict::open:
      return "the published statement has no number or setting to hold ours to, or ours cannot "
             "decide: its interval holds both answers, or there are too few seeds.";
  }
  throw Error("meaning_of: no such verdict");
}

std::string reading_notes() {
  return "Intervals are 95 %; n counts networks or draws; censored means not reached within the "
         "budget. Runs of one seed share their initial network, targets and nested training sets, "
         "so intervals over networks resample seeds.";
}

std::string results_page(std::span<const FigureResult> results, const std::string& made_by) {
  std::string text = head();
  text += '\n';
  text += verdict_rows(results);
  for (const FigureResult& result : results) {
    text += section(result);
  }
  return text + fmt::format("\nThis page was written by `groktheory report`, {}.\n", made_by);
}

}  // namespace grok
