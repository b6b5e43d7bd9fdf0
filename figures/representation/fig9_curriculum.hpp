// figures/representation/fig9_curriculum.hpp: a linear structure built up sample by sample, without
// training (theory/curriculum.hpp).
//   a  after each sample: D, the samples that implied parallelograms join to D, the nullity, which
//      of the gaps E_{k+1} - E_k are known to be equal, and the new relations
//   b  the nullity
// Source: Liu et al. 2022, App. C and Fig. 9.
#pragma once

#include <string>
#include <vector>

#include "figures/figure.hpp"
#include "theory/curriculum.hpp"

namespace grok {

struct CurriculumData {
  Index symbols = 0;
  Index full_nullity = 0;
  std::int64_t parallelograms_all = 0;  // |P0|
  std::vector<CurriculumStep> steps;
};

/// Throws as follow_curriculum.
CurriculumData collect_curriculum(const Task& task, const std::vector<Sample>& order);

Sheet sheet_of(const CurriculumData& data);
std::string report_of(const CurriculumData& data);
std::vector<Claim> claims_of(const CurriculumData& data);

Figure fig9_curriculum(std::string_view toml);

}  // namespace grok
