// Sample run:  groktheory figure two_rate_limits --profile quick
#include "figures/rates/two_rate_limits.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "compare/statistics/summary.hpp"
#include "core/errors.hpp"
#include "figures/script.hpp"
#include "figures/study_runs.hpp"

namespace grok {
namespace {

constexpr const char* varied[] = {
    "decoder_decay", "decoder_widths", "representation_init_scale", "decoder_init_scale", "symbols",
    "train",         "loss",           "decoder_activation"};

struct Difference {
  std::string key, name;
};

Difference difference_of(const toy::RunSpec& spec, const toy::RunSpec& base) {
  const Run run(toy::model(), spec), reference(toy::model(), base);
  Difference found;
  for (const std::string key : varied) {
    const std::string value = text_of(run[key]);
    if (value == text_of(reference[key])) {
      continue;
    }
    if (!found.key.empty() && !(found.key == "symbols" && key == "train")) {
      reject("collect_limits", "run", found.name + ", " + key + " = " + value,
             "one thing that differs from the base");
    }
    found.name += (found.name.empty() ? "" : ", ") + key + " = " + value;
    found.key = found.key.empty() ? key : found.key;
  }
  return found;
}

std::string name_of_base(const toy::RunSpec& base) {
  return fmt::format("base: p = {}, |D| = {}", base.symbols, base.train);
}

bool moved(const Estimate& ratio) {
  return std::isfinite(ratio.low) && (ratio.low > 1 || ratio.high < 1);
}

std::string share_text(const FactorShare& s) {
  return s.inside + s.outside == 0
             ? "none"
             : fmt::format("{}/{} {}", s.inside, s.inside + s.outside, with_interval(s.share, 2));
}

Claim constant_claim(const LimitsData& data, const std::string& key, const std::string& what) {
  Claim claim{"C does not depend on " + what, "ours (docs/two_rate.md)", "1 (C over the base's)",
              "", Verdict::open};
  std::int64_t known = 0, moves = 0, stays = 0;
  for (const LimitLine& line : data.lines) {
    if (line.key != key || line.name.empty()) {
      continue;
    }
    const bool has = std::isfinite(line.ratio.low);
    known += has ? 1 : 0;
    moves += moved(line.ratio) ? 1 : 0;
    stays += has && line.ratio.low >= 0.8 && line.ratio.high <= 1.25 ? 1 : 0;
    claim.ours +=
        fmt::format("{}{}{}: {}, {} of {} there", claim.ours.empty() ? "" : "; ", line.name,
                    data.lines[0].decoder_rate == line.decoder_rate
                        ? ""
                        : " (eta_D " + to_text(line.decoder_rate) + ")",
                    has ? with_interval(line.ratio) : std::string("too few got there"),
                    line.score.there, line.score.count);
  }
  claim.verdict = moves > 0                     ? Verdict::differs
                  : known > 0 && stays == known ? Verdict::agrees  // shown, not only not refuted
                                                : Verdict::open;
  return claim;
}

/// An Adam step moves each of a unit's K weights by about the rate, whatever the gradient's size:
/// what they do together grows as K, so that K eta_D takes the place of eta_D.
Claim width_claim(const LimitsData& data) {
  Claim claim{"C falls as 1/sqrt(width): slope of ln C on ln width", "ours (docs/two_rate.md)",
              "−0.5", "no two widths got there", Verdict::open};
  std::vector<double> widths, constants;
  std::vector<std::int64_t> seeds;
  for (const LimitLine& line : data.lines) {
    if (!line.key.empty() && line.key != "decoder_widths") {
      continue;
    }
    for (const RatedSteps& p : measured_steps(line.runs)) {
      widths.push_back(static_cast<double>(line.runs[0].spec.decoder_widths.at(0)));
      constants.push_back(two_rate_constant(p));
      seeds.push_back(p.seed);
    }
  }
  try {
    const auto slope =
        log_log_slope(widths, constants, seeds, figure_resamples, figure_bootstrap_seed);
    claim.ours = fmt::format("{}, {}", with_interval(slope.estimate),
                             runs_in_seeds(slope.count, slope.groups));
    claim.verdict = compare_with(slope.estimate, -0.5);
  } catch (const Error&) {  // fewer than three runs, or one width
  }
  return claim;
}

Claim flow_claim(const LimitsData& data) {
  Claim claim{
      "the mode flow's steps are within 1.25 of the measured ones whatever is changed: "
      "median of measured/flow",
      "ours (docs/two_rate.md)", "[0.8, 1.25]", "", Verdict::open};
  std::int64_t known = 0, good = 0, bad = 0;
  for (const LimitLine& line : data.lines) {
    const Estimate& e = line.score.ratio;
    if (!std::isfinite(e.low)) {
      continue;
    }
    ++known;
    if (e.low >= 0.8 && e.high <= 1.25) {
      ++good;
    } else {
      bad += e.low > 1.25 || e.high < 0.8 ? 1 : 0;
      add_remark(claim, fmt::format("not shown for {} at eta_D {}: {}", line.name,
                                    to_text(line.decoder_rate), with_interval(e)));
    }
  }
  claim.ours = fmt::format("in {} of {} variations, not in {}", good, known, bad);
  claim.verdict = known > 0 && good == known ? Verdict::agrees
                  : bad == 0                 ? Verdict::open
                  : good > bad               ? Verdict::partly
                                             : Verdict::differs;
  return claim;
}

std::vector<Claim> draw(const Figure& figure, const FigureContext& context) {
  const toy::StudyRuns trained = toy::run_figure_study(figure, context);
  const LimitsData data =
      collect_limits(follow_runs(trained.runs, trained.records, toy::mode_flow_modes,
                                 context.workers.threads, short_name(figure)));
  publish(figure, context, draw_limits(data, command_of(figure, context)), report_limits(data));
  return claims_of_limits(data);
}

}  // namespace

LimitsData collect_limits(std::span<const FlowRun> runs) {
  LimitsData data;
  if (runs.empty()) {
    reject("collect_limits", "runs", "0", "1 or more");
  }
  const toy::RunSpec& base = runs[0].spec;
  for (const FlowRun& run : runs) {
    const Difference d = difference_of(run.spec, base);
    const std::string name = d.name.empty() ? name_of_base(base) : d.name;
    const auto place = std::ranges::find_if(data.lines, [&](const LimitLine& line) {
      return line.name == name && line.decoder_rate == run.spec.decoder_rate;
    });
    LimitLine& line = place != data.lines.end() ? *place : data.lines.emplace_back();
    line.key = d.key;
    line.name = name;
    line.decoder_rate = run.spec.decoder_rate;
    line.runs.push_back(run);
  }
  for (LimitLine& line : data.lines) {
    const auto same = std::ranges::find_if(data.lines, [&](const LimitLine& other) {
      return other.key.empty() && other.decoder_rate == line.decoder_rate;
    });
    const auto points = measured_steps(line.runs);
    line.constant = constant_of(points);
    line.ratio = same == data.lines.end() || line.key.empty()
                     ? Estimate{NAN, NAN, NAN}
                     : constant_ratio(points, measured_steps(same->runs));
    line.score = score_flow(line.runs);
  }
  return data;
}

std::string report_limits(const LimitsData& data) {
  std::string text =
      "  one thing at a time differs from the base; 95% intervals by resampling seeds\n"
      "  eta_D    there   C                     over the base's       measured/flow         within "
      "1.25            there or stuck told   what\n";
  const auto number = [](const Estimate& e) {
    return std::isnan(e.value)                             ? std::string("-")
           : std::isfinite(e.low) && std::isfinite(e.high) ? with_interval(e)
                                                           : rounded(e.value);
  };
  for (const LimitLine& line : data.lines) {
    text += fmt::format(
        "  {:<8} {:<7} {:<21} {:<21} {:<21} {:<22} {:<21} {}{}\n", to_text(line.decoder_rate),
        fmt::format("{}/{}", line.score.there, line.score.count), number(line.constant),
        number(line.ratio), number(line.score.ratio), share_text(line.score.within_1_25),
        number(line.score.outcome), line.name, moved(line.ratio) ? "  (C moves)" : "");
  }
  return text;
}

std::vector<Claim> claims_of_limits(const LimitsData& data) {
  std::vector<Claim> claims;
  for (const auto& [key, what] :
       {std::pair("decoder_decay", "the decoder's weight decay"),
        std::pair("decoder_widths", "the decoder's width"),
        std::pair("representation_init_scale", "the embeddings' scale"),
        std::pair("decoder_init_scale", "the decoder's scale"), std::pair("symbols", "p"),
        std::pair("train", "|D|"), std::pair("loss", "the loss"),
        std::pair("decoder_activation", "the activation")}) {
    claims.push_back(constant_claim(data, key, what));
  }
  claims.push_back(flow_claim(data));
  claims.push_back(width_claim(data));
  return claims;
}

Figure two_rate_limits(std::string_view toml) {
  return {
      "two_rate_limits", "Where the two-rate law and the mode flow hold", false, toml, draw, toml};
}

}  // namespace grok
