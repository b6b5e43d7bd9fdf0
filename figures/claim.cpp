#include "figures/claim.hpp"

#include <fmt/format.h>

#include <cmath>

#include "core/errors.hpp"
#include "figures/panels/text.hpp"

namespace grok {

std::string to_text(Verdict verdict) {
  switch (verdict) {
    case Verdict::agrees:
      return "agrees";
    case Verdict::partly:
      return "partly";
    case Verdict::differs:
      return "differs";
    case Verdict::open:
      return "open";
  }
  throw Error("to_text: no such verdict");
}

void add_remark(Claim& claim, const std::string& remark) {
  claim.remark += (claim.remark.empty() || remark.empty() ? "" : "; ") + remark;
}

Verdict compare_with(const Estimate& ours, double published) {
  return compare_with(ours, Estimate{published, published, published});
}

Verdict compare_with(const Estimate& ours, const Estimate& published) {
  if (!std::isfinite(ours.low) || !std::isfinite(ours.high)) {
    return Verdict::open;
  }
  return ours.low <= published.high && published.low <= ours.high ? Verdict::agrees
                                                                  : Verdict::differs;
}

Published says(double number) { return says(rounded(number), number); }
Published says(const std::string& text, double number) {
  return {text, Estimate{number, number, number}};
}
Published says(const Estimate& number, int digits) {
  return {with_interval(number, digits), number};
}

namespace {

std::string with_comma(const std::string& of) { return of.empty() ? "" : ", " + of; }

Verdict verdict_of(const Estimate& ours, const Published& published) {
  return published.number ? compare_with(ours, *published.number) : Verdict::open;
}

}  // namespace

Claim number_claim(std::string statement, std::string source, const Published& published,
                   const Estimate& ours, const std::string& of, int digits) {
  return {std::move(statement), std::move(source), published.text,
          with_interval(ours, digits) + with_comma(of), verdict_of(ours, published)};
}

Claim share_claim(std::string statement, std::string source, const Published& published,
                  std::int64_t count, std::int64_t all, const Estimate& share,
                  const std::string& of) {
  return {std::move(statement), std::move(source), published.text,
          fmt::format("{} of {}: {}{}", count, all, with_interval(share), with_comma(of)),
          verdict_of(share, published)};
}

Claim none_claim(std::string statement, std::string source, std::int64_t count, std::int64_t all) {
  if (all == 0) {
    return open_claim(std::move(statement), std::move(source), "0", "no such run");
  }
  return {std::move(statement), std::move(source), "0",
          fmt::format("{} of {}, {}", count, all, with_interval(wilson(count, all), 2)),
          count == 0 ? Verdict::agrees : Verdict::differs};
}

Claim open_claim(std::string statement, std::string source, std::string published, std::string ours,
                 std::string remark) {
  return {std::move(statement), std::move(source), std::move(published),
          std::move(ours),      Verdict::open,     std::move(remark)};
}

}  // namespace grok
