#include "compare/statistics/agreement_numbers.hpp"

#include <utility>

#include "core/errors.hpp"
#include "core/numbers.hpp"

namespace grok {

std::vector<AgreementNumber> numbers_of(const Agreement& a, std::int64_t pairs) {
  std::vector<AgreementNumber> numbers;
  for (const auto& [name, count] :
       {std::pair("seeds", a.groups), std::pair("predicted and there", a.count),
        std::pair("predicted and not there", a.censored),
        std::pair("there without prediction", a.unpredicted), std::pair("neither", a.neither)}) {
    const Estimate value{static_cast<double>(count), not_a_number, not_a_number};
    numbers.push_back({name, pairs, std::nullopt, value});
  }
  for (const auto& [name, shares] :
       {std::pair(within_name, &a.within),
        std::pair("over kappa, of all decided within ", &a.within_scaled)}) {
    for (const FactorShare& s : *shares) {
      numbers.push_back({name + to_text(s.factor), s.inside + s.outside, s.undecided, s.share});
    }
  }
  numbers.push_back({"kappa of those there", a.count - a.zero, 0, a.kappa});
  for (const auto& [name, interval] : {std::pair("slope of those there", &a.slope),
                                       std::pair("spearman of those there", &a.rank)}) {
    if (interval->count > 0) {
      numbers.push_back({name, interval->count, 0, interval->estimate});
    }
  }
  return numbers;
}

}  // namespace grok
