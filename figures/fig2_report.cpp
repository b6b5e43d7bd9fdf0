// The numbers of figures/fig2_embeddings.hpp: all networks, not only those that are drawn.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "figures/fig2_embeddings.hpp"
#include "figures/script.hpp"

namespace grok {
namespace {

constexpr const char* source = "Liu et al. 2022, Fig. 2";
constexpr std::size_t published_b = 4, published_d = 5;

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

std::string count_text(std::int64_t count, std::size_t total) {
  return fmt::format("{} of {}, {}", count, total,
                     with_interval(wilson(count, static_cast<std::int64_t>(total)), 2));
}

template <class Value>
std::pair<double, double> range_of(const PlanarSetting& setting, const Value& value) {
  const auto [low, high] = std::ranges::minmax(setting.runs, {}, value);
  return {value(low), value(high)};
}

/// A single published run agrees if its two numbers lie among ours.
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
  const auto train = range_of(ours, [](const PlanarRun& run) { return run.train; });
  const auto validation = range_of(ours, [](const PlanarRun& run) { return run.validation; });
  // The published numbers have three digits.
  const auto inside = [](std::pair<double, double> range, double number) {
    return range.first - 5e-4 <= number && number <= range.second + 5e-4;
  };
  const int agreeing =
      (inside(train, published.train) ? 1 : 0) + (inside(validation, published.validation) ? 1 : 0);
  claim.verdict = agreeing == 2   ? Verdict::agrees
                  : agreeing == 1 ? Verdict::partly
                                  : Verdict::differs;
  claim.ours = fmt::format("training {} ({} to {}), validation {} ({} to {}), {} networks",
                           with_interval(ours.train.estimate), rounded(train.first),
                           rounded(train.second), with_interval(ours.validation.estimate),
                           rounded(validation.first), rounded(validation.second), ours.runs.size());
  if (ours.spec.steps < published.steps) {
    claim.remark += fmt::format("; {} of the {} published steps", ours.spec.steps, published.steps);
  }
  return claim;
}

/// Whether there are networks as the paper shows them, at its settings or at ours.
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
  claim.verdict = published != nullptr && published->both > 0 ? Verdict::agrees
                  : ours.both > 0                             ? Verdict::partly
                                                              : Verdict::differs;
  claim.remark =
      published == nullptr ? "the published settings of this panel are trained in the profile full"
      : claim.verdict == Verdict::partly
          ? "found at our settings alone: the published ones are not those of the panel, or rarely "
            "lead there"
          : "";
  if (modular) {
    claim.remark += fmt::format(
        "{}by chance a ring comes once in {:.0f} orders; the RQI in the paper's titles is an "
        "unpublished helper's (eps = 1e-3), ours is of vector sums, 0 for an exact ring",
        claim.remark.empty() ? "" : "; ",
        std::round(std::tgamma(static_cast<double>(ours.spec.symbols) - 1)));
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
  text += "; trained again by the cpu engine\n";
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
