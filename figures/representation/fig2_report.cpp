// The numbers of figures/representation/fig2_embeddings.hpp: all networks, not only those that are
// drawn.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "core/errors.hpp"
#include "figures/representation/fig2_embeddings.hpp"
#include "figures/script.hpp"

namespace grok {
namespace {

constexpr const char* source = "Liu et al. 2022, Fig. 2";
constexpr std::size_t published_b = 4, published_d = 5;
constexpr double digits = 5e-4;  // published numbers have three

/// What the notebook of a panel recorded.
struct PublishedRun {
  std::size_t setting;
  const char* panel;
  double train, validation;
  std::int64_t steps;
  const char* remark;
};
constexpr std::array<PublishedRun, 3> published_runs = {{
    {0, "(a)", 1.000, 0.056, 401,
     "ours: two hidden layers; the published decoder repeats one weight matrix, embeddings start "
     "off centre"},
    {2, "(c)", 1.000, 0.077, 20'000,
     "ours: two hidden layers; the published decoder repeats one weight matrix"},
    {published_b, "(b)", 0.573, 0.320, 20'000,
     "recorded by a re-run of the notebook, which is not the panel; 62 pairs stand for its 97 of "
     "121 ordered ones"},
}};

std::string search_text() {
  return fmt::format("our settings come from a search of some {}, the last ones on other seeds",
                     searched_settings);
}

std::string count_text(std::int64_t count, std::size_t total) {
  return fmt::format("{} of {}, {}", count, total,
                     with_interval(wilson(count, static_cast<std::int64_t>(total)), 2));
}

std::vector<double> values_of(const PlanarSetting& setting, double PlanarRun::*value) {
  std::vector<double> values;
  for (const PlanarRun& run : setting.runs) {
    values.push_back(run.*value);
  }
  return values;
}

/// "training 1.000 is above 4, below 0 of 10".
std::string rank_text(const char* what, const std::vector<double>& ours, double published) {
  const auto above = std::ranges::count_if(ours, [&](double v) { return published - digits > v; });
  const auto below = std::ranges::count_if(ours, [&](double v) { return published + digits < v; });
  return fmt::format("{} {:.3f} is above {}, below {} of {}", what, published, above, below,
                     ours.size());
}

/// Whether one more network would be so: in the range that holds it with 95%, whatever the
/// distribution. open: there are too few networks for such a range.
Verdict verdict_of_one(const std::vector<double>& ours, double published) {
  Estimate range = range_of_next(ours);
  range.low -= digits;
  range.high += digits;
  return compare_with(range, published);
}

Claim reproduction(const PlanarData& data, const PublishedRun& published) {
  Claim claim;
  claim.statement = fmt::format("what the network of panel {} reached", published.panel);
  claim.source = source;
  claim.published = fmt::format("training {:.3f}, validation {:.3f} (one network)", published.train,
                                published.validation);
  claim.remark = published.remark;
  if (published.setting >= data.settings.size() || data.settings[published.setting].runs.empty()) {
    claim.ours = "not trained in this profile";
    return claim;
  }
  const PlanarSetting& ours = data.settings[published.setting];
  const auto train = values_of(ours, &PlanarRun::train);
  const auto validation = values_of(ours, &PlanarRun::validation);
  claim.ours =
      fmt::format("training {}, validation {}, means of {} networks; {}; {}",
                  with_interval(ours.train.estimate), with_interval(ours.validation.estimate),
                  ours.runs.size(), rank_text("training", train, published.train),
                  rank_text("validation", validation, published.validation));
  if (ours.spec.steps < published.steps) {
    add_remark(claim,
               fmt::format("{} of the {} published steps", ours.spec.steps, published.steps));
    return claim;  // open
  }
  const Verdict one = verdict_of_one(train, published.train);
  const Verdict two = verdict_of_one(validation, published.validation);
  if (one == Verdict::open || two == Verdict::open) {
    add_remark(claim, "so few networks give no range for one more: nothing to hold one to");
    return claim;
  }
  claim.verdict = one == two ? one : Verdict::partly;
  return claim;
}

/// Of the networks that generalise, those with the structure: surely most, surely not, or neither.
Verdict verdict_of_share(const PlanarSetting& setting) {
  if (setting.generalised == 0) {
    return Verdict::open;
  }
  const Estimate share = wilson(setting.both, setting.generalised);
  return share.low > 0.5     ? Verdict::agrees
         : share.high < 0.5  ? Verdict::differs
         : share.value > 0.5 ? Verdict::partly
                             : Verdict::open;
}

/// Whether networks that generalise are as the paper shows one: of its settings, if any of those
/// generalises, else of ours, which prove nothing of its own: at most partly.
Claim structure_claim(const PlanarData& data, bool modular) {
  const PlanarSetting& ours = data.settings[modular ? 3 : 1];
  const std::size_t other = modular ? published_d : published_b;
  const PlanarSetting* published =
      other < data.settings.size() && !data.settings[other].runs.empty() ? &data.settings[other]
                                                                         : nullptr;
  const std::string what = modular ? "a ring" : fmt::format("RQI > {}", ours.spec.rqi_threshold);
  const auto text = [&what](const PlanarSetting& s) {
    const std::string all = fmt::format("{} in {}", what, count_text(s.structured, s.runs.size()));
    const std::string reached =
        fmt::format("with validation at least {}", s.spec.accuracy_threshold);
    return s.generalised == 0
               ? fmt::format("{}; no network {}", all, reached)
               : fmt::format("{}; of the networks {}, in {}", all, reached,
                             count_text(s.both, static_cast<std::size_t>(s.generalised)));
  };
  Claim claim;
  claim.statement = modular ? "modulo 11, a network that generalises has its embeddings on a ring"
                            : "a network that generalises has parallelograms that hold";
  claim.source = fmt::format("{}{}", source, modular ? "(d)" : "(b)");
  claim.published = "one network";
  claim.ours = "our settings: " + text(ours);
  if (published != nullptr) {
    claim.ours += "; published settings: " + text(*published);
  }
  const bool theirs = published != nullptr && published->generalised > 0;
  claim.verdict = verdict_of_share(theirs ? *published : ours);
  if (!theirs) {
    claim.verdict = claim.verdict == Verdict::agrees    ? Verdict::partly
                    : claim.verdict == Verdict::differs ? Verdict::open
                                                        : claim.verdict;
    add_remark(claim, published == nullptr
                          ? "the published settings of this panel are trained in the profile full"
                          : "no network at the published settings generalises");
  }
  add_remark(claim, search_text());
  if (modular) {
    add_remark(
        claim,
        fmt::format(
            "by chance a ring comes once in {:.0f} orders; the RQI in the paper's titles is an "
            "unpublished helper's (eps = 1e-3), ours is of vector sums, 0 for an exact ring",
            std::round(std::tgamma(static_cast<double>(ours.spec.symbols) - 1))));
  }
  return claim;
}

Claim rank_claim(const BootstrapInterval& rank, bool modular) {
  Claim claim{fmt::format("structure and generalisation come together: {}addition",
                          modular ? "modular " : ""),
              source, "-", "no rank correlation: too few networks, or all alike"};
  if (rank.count > 0) {
    claim.ours = fmt::format(
        "rank correlation of {} with validation accuracy {}, {} networks of our settings",
        modular ? "neighbours in the order of a ring" : "RQI", with_interval(rank.estimate),
        rank.count);
    claim.verdict = rank.estimate.low > 0    ? Verdict::agrees
                    : rank.estimate.high < 0 ? Verdict::differs
                                             : Verdict::open;
    claim.remark = search_text();
  }
  return claim;
}

std::string setting_text(const PlanarSetting& s) {
  std::string text = fmt::format("  {} ({}): {} networks, {} diverged and left out; {} steps\n",
                                 s.name, s.published ? "published settings" : "our settings",
                                 s.runs.size(), s.diverged, s.spec.steps);
  if (s.runs.empty()) {
    return text;
  }
  const bool modular = s.runs.front().ring.has_value();
  text += fmt::format("    RQI {}; accuracy: training {}, validation {}\n",
                      with_interval(s.rqi.estimate), with_interval(s.train.estimate),
                      with_interval(s.validation.estimate));
  text +=
      fmt::format("    learnt by heart {}; generalise {}; {} {}; both {}\n",
                  count_text(s.memorised, s.runs.size()), count_text(s.generalised, s.runs.size()),
                  modular ? "a ring" : fmt::format("RQI > {}", s.spec.rqi_threshold),
                  count_text(s.structured, s.runs.size()), s.both);
  if (modular) {
    text += fmt::format(
        "    neighbours in the order of a ring, of {}: {}, before training {}; radius, standard "
        "deviation / mean: {}\n",
        s.spec.symbols, with_interval(s.in_order.estimate),
        with_interval(s.in_order_before.estimate), with_interval(s.radius_spread.estimate));
  }
  return text;
}

}  // namespace

CsvTable network_table(const PlanarData& data) {
  CsvTable table{
      {"setting", "published", "seed", "steps", "rqi", "train_accuracy", "validation_accuracy",
       "ring_step", "ring_in_order", "ring_in_order_before", "radius_spread"},
      {}};
  for (const PlanarSetting& setting : data.settings) {
    for (const PlanarRun& run : setting.runs) {
      std::vector<std::string> row = {setting.name,
                                      setting.published ? "1" : "0",
                                      fmt::format("{}", run.spec.seed),
                                      fmt::format("{}", run.spec.steps),
                                      to_text(run.rqi),
                                      to_text(run.train),
                                      to_text(run.validation)};
      if (run.ring) {
        row.push_back(fmt::format("{}", run.ring->step));
        row.push_back(fmt::format("{}", run.ring->in_order));
        row.push_back(fmt::format("{}", run.ring_before->in_order));
        row.push_back(to_text(run.ring->radius_spread));
      }
      row.resize(table.columns.size());
      table.rows.push_back(std::move(row));
    }
  }
  return table;
}

std::string report_planar(const PlanarData& data, const PlanarPicture& picture) {
  std::string text =
      fmt::format("  means: 95% intervals by resampling seeds, {} resamples; counts: Wilson\n",
                  figure_resamples);
  for (const PlanarSetting& setting : data.settings) {
    text += setting_text(setting);
  }
  text += "  drawn (lowest and highest RQI; modular: validation accuracy): seeds";
  for (const PlanarPanel& panel : picture.panels) {
    text += fmt::format(" {}", panel.spec.seed);
  }
  text += "; trained by the cpu engine\n";
  if (picture.marked) {
    const auto& [a, b] = *picture.marked;
    text += fmt::format("  marked: {} + {} = {} + {}\n", a.i, a.j, b.i, b.j);
  }
  return text;
}

std::vector<Claim> claims_of_planar(const PlanarData& data) {
  std::vector<Claim> claims;
  for (const PublishedRun& run : published_runs) {
    claims.push_back(reproduction(data, run));
  }
  claims.push_back(structure_claim(data, false));
  claims.push_back(structure_claim(data, true));
  claims.push_back(rank_claim(data.rqi_rank, false));
  claims.push_back(rank_claim(data.ring_rank, true));
  return claims;
}

}  // namespace grok
