#include "figures/claim.hpp"

#include <cmath>

#include "core/errors.hpp"

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

}  // namespace grok
