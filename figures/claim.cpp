#include "figures/claim.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "core/errors.hpp"
#include "figures/panels/text.hpp"

namespace grok {

std::string to_text(Verdict verdict) {
  switch (verdict) {
    case Verdict::agrees:
      return "agrees";
    case Verdict::at_least:
      return "at least as good";
    case Verdict::differs:
      return "differs";
    case Verdict::open:
      return "open";
  }
  throw Error("to_text: no such verdict");
}

Band within_factor(double number, double factor) {
  return {number / factor, number * factor,
          fmt::format("{} within a factor {}", rounded(number), rounded(factor))};
}

Band within_difference(double number, double difference) {
  return {number - difference, number + difference,
          fmt::format("{} within {}", rounded(number), rounded(difference))};
}

// Strictly: a difference of 0 is no more, and an interval of no width can be just that.
Band above(double number) {
  return {.low = std::nextafter(number, std::numeric_limits<double>::infinity()),
          .text = "above " + rounded(number)};
}
Band below(double number) {
  return {.high = std::nextafter(number, -std::numeric_limits<double>::infinity()),
          .text = "below " + rounded(number)};
}

Band or_larger(Band band) {
  band.text += ", or larger";
  band.better = Band::Better::larger;
  return band;
}

Band or_smaller(Band band) {
  band.text += ", or smaller";
  band.better = Band::Better::smaller;
  return band;
}

Verdict judge(const Estimate& ours, const Band& band) {
  if (std::isnan(ours.value) || std::isnan(ours.low) || std::isnan(ours.high)) {
    return Verdict::open;
  }
  const bool not_below = ours.low >= band.low, not_above = ours.high <= band.high;
  if (not_below && not_above) {
    return Verdict::agrees;
  }
  if ((band.better == Band::Better::larger && not_below) ||
      (band.better == Band::Better::smaller && not_above)) {
    return Verdict::at_least;
  }
  return ours.high < band.low || ours.low > band.high ? Verdict::differs : Verdict::open;
}

Verdict all_of(const std::vector<Verdict>& verdicts) {
  for (const Verdict decisive : {Verdict::differs, Verdict::open, Verdict::at_least}) {
    if (std::ranges::find(verdicts, decisive) != verdicts.end()) {
      return decisive;
    }
  }
  return verdicts.empty() ? Verdict::open : Verdict::agrees;
}

Source our_own(const std::string& where) {
  Source source(fmt::format("ours ({})", where));
  source.ours = true;
  return source;
}

std::string claims_text(const std::vector<Claim>& claims) {
  std::string text = claims.empty() ? "" : "  claims\n";
  for (const Claim& claim : claims) {
    text += fmt::format("    {}: {} ({})\n", to_text(claim.verdict), claim.statement,
                        claim.source.text);
    for (const auto& [name, words] :
         {std::pair("published", claim.published == "-" ? "" : claim.published),
          {"here", claim.ours},
          {"agrees if", claim.criterion},
          {"remark", claim.remark}}) {
      text += words.empty() ? "" : fmt::format("      {}: {}\n", name, words);
    }
  }
  return text;
}

void add_remark(Claim& claim, const std::string& remark) {
  claim.remark += (claim.remark.empty() || remark.empty() ? "" : "; ") + remark;
}

Claim remarked(Claim claim, const std::string& remark) {
  claim.remark = remark;
  return claim;
}

Published says(double number, const Band& band) { return {rounded(number), band}; }
Published says(const std::string& text, const Band& band) { return {text, band}; }
Published says(const Band& band) { return {band.text, band}; }

namespace {

std::string with_comma(const std::string& of) { return of.empty() ? "" : ", " + of; }

Claim judged(std::string statement, Source source, const Published& published, std::string text,
             const Estimate& ours) {
  Claim claim{std::move(statement), std::move(source), published.text, std::move(text)};
  if (published.band) {
    claim.verdict = judge(ours, *published.band);
    claim.criterion = published.band->text;
  }
  return claim;
}

}  // namespace

Claim number_claim(std::string statement, Source source, const Published& published,
                   const Estimate& ours, const std::string& of, int digits) {
  return judged(std::move(statement), std::move(source), published,
                with_interval(ours, digits) + with_comma(of), ours);
}

Claim share_claim(std::string statement, Source source, const Published& published,
                  std::int64_t count, std::int64_t all, const Estimate& share,
                  const std::string& of) {
  Claim claim = judged(
      std::move(statement), std::move(source), published,
      fmt::format("{} of {}: {}{}", count, all, with_interval(share), with_comma(of)), share);
  const bool all_alike = count == 0 || count == all;
  if (published.band && claim.verdict == Verdict::open && all_alike) {
    claim.remark = "all alike: only more seeds could decide";
  }
  return claim;
}

Claim comparison_claim(std::string statement, Source source, const std::string& published,
                       const std::string& ours, const std::string& name, const Estimate& difference,
                       const Band& band) {
  Published said = says(published, band);
  said.band->text = fmt::format("{} {}", name, band.text);
  return judged(std::move(statement), std::move(source), said,
                fmt::format("{}; {} {}", ours, name, with_interval(difference)), difference);
}

Claim none_claim(std::string statement, Source source, std::int64_t count, std::int64_t all,
                 const Estimate& share) {
  if (all == 0) {
    return open_claim(std::move(statement), std::move(source), "0", "no such run");
  }
  Claim claim = share_claim(std::move(statement), std::move(source), says("0", below(least_seen)),
                            count, all, share);
  claim.criterion = fmt::format("none, and the interval of its share ends below {}", least_seen);
  claim.verdict = count > 0 ? Verdict::differs : claim.verdict;
  return claim;
}

Claim fact_claim(std::string statement, Source source, std::string published, std::string ours,
                 bool holds) {
  return ruled_claim(std::move(statement), std::move(source), std::move(published), std::move(ours),
                     holds ? Verdict::agrees : Verdict::differs, "exactly so: nothing is drawn");
}

Claim ruled_claim(std::string statement, Source source, std::string published, std::string ours,
                  Verdict verdict, std::string criterion, std::string remark) {
  return {std::move(statement), std::move(source),   std::move(published), std::move(ours), verdict,
          std::move(remark),    std::move(criterion)};
}

Claim open_claim(std::string statement, Source source, std::string published, std::string ours,
                 std::string remark) {
  return ruled_claim(std::move(statement), std::move(source), std::move(published), std::move(ours),
                     Verdict::open, "", std::move(remark));
}

}  // namespace grok
