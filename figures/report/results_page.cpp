#include "figures/report/results_page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "core/errors.hpp"

namespace grok {
namespace {

std::string head(std::int64_t verdicts) {
  std::string text = fmt::format(
      "# Results\n\n"
      "What is claimed, what came out here, and whether the two agree. {}\n"
      "Networks have the settings of the paper and its code ([theory.md](theory.md), section 6); "
      "none was\ntuned towards a published number, but the good panels of Figure 2 have settings "
      "of "
      "ours from a\nsearch of some 500. What it adds up to: "
      "[discussion.md](discussion.md).\n\n",
      reading_notes(verdicts));
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
      "| claim | source | published | here | verdict | agrees if | remark |\n"
      "|---|---|---|---|---|---|---|\n";
  for (const Claim& claim : claims) {
    text += fmt::format("| {} | {} | {} | {} | **{}** | {} | {} |\n", cell_text(claim.statement),
                        cell_text(claim.source.text), cell_text(claim.published),
                        cell_text(claim.ours), to_text(claim.verdict), cell_text(claim.criterion),
                        claim.remark.empty() ? "" : cell_text(claim.remark));
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

std::string counts_row(VerdictCounts counts) {
  std::string cells;
  for (const Verdict verdict : all_verdicts) {
    cells += fmt::format(" {} |", counts[verdict]);
  }
  return cells + '\n';
}

std::string verdict_rows(std::span<const FigureResult> results, const CountedApart& of) {
  std::vector<Claim> all;
  std::string rows, head, rule;
  for (const FigureResult& result : results) {
    const std::vector<Claim> claims = claims_from(result.claims, of.ours);
    all.insert(all.end(), claims.begin(), claims.end());
    if (!claims.empty()) {
      rows += fmt::format("| {} | `{}` |{}", short_name(*result.figure), result.command,
                          counts_row(count_verdicts(claims)));
    }
  }
  for (const Verdict verdict : all_verdicts) {
    head += fmt::format(" {} |", to_text(verdict));
    rule += "---|";
  }
  return rows.empty() ? ""
                      : fmt::format("{}:\n\n| figure | command |{}\n|---|---|{}\n{}| all | |{}\n",
                                    of.title, head, rule, rows, counts_row(count_verdicts(all)));
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

std::vector<Claim> claims_from(const std::vector<Claim>& claims, bool ours) {
  std::vector<Claim> chosen;
  std::ranges::copy_if(claims, std::back_inserter(chosen),
                       [ours](const Claim& claim) { return claim.source.ours == ours; });
  return chosen;
}

std::string meaning_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::agrees:
      return "the whole interval of our number is inside the band that the claim states.";
    case Verdict::at_least:
      return "it is not, but lies on the side that is better than claimed.";
    case Verdict::differs:
      return "the whole interval is outside the band.";
    case Verdict::open:
      return "anything else: the interval holds both answers, or there is none; the setting is "
             "another; the statement has no number to hold ours to.";
  }
  throw Error("meaning_of: no such verdict");
}

std::string reading_notes(std::int64_t verdicts) {
  return fmt::format(
      "Intervals are 95 %, widened for few seeds (simulated coverage from five seeds on: means 92 "
      "to "
      "95 %, shares 92 to 99 %); "
      "n counts networks or draws; censored means not reached within the budget. Runs of one seed "
      "share their initial network, targets and nested training sets, so intervals over networks "
      "are of seeds. Bands are ours where the paper states none. The level holds for each claim "
      "alone: of {} verdicts, chance decides some.",
      verdicts);
}

std::string results_page(std::span<const FigureResult> results, const std::string& made_by) {
  std::int64_t verdicts = 0;
  for (const FigureResult& result : results) {
    verdicts += std::ssize(result.claims);
  }
  std::string text = head(verdicts) + '\n';
  for (const CountedApart& of : counted_apart) {
    text += verdict_rows(results, of);
  }
  for (const FigureResult& result : results) {
    text += section(result);
  }
  return text + fmt::format("\nThis page was written by `groktheory report`, {}.\n", made_by);
}

}  // namespace grok
