// Sample run:  groktheory figure fig10 --profile quick
#include "figures/representation/fig10_ideal_bounds.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "compare/statistics/summary.hpp"
#include "core/errors.hpp"
#include "figures/panels/text.hpp"
#include "figures/settings.hpp"
#include "figures/study_runs.hpp"

namespace grok {
namespace {

using toy::Bound;
using toy::IdealMean;
using toy::IdealRun;

std::vector<Claim> draw(const Figure& figure, const FigureContext& context) {
  Settings settings(figure, context.profile);
  const auto draws = settings.whole("draws", 2, 1'000'000);
  const auto seed = static_cast<std::uint64_t>(settings.whole("seed", 0, 1'000'000));
  settings.done();
  const toy::StudyRuns runs = toy::run_figure_study(figure, context);
  const IdealDraws ideal =
      draw_ideal(task_of(runs.runs.at(0)), draws, seed, context.workers.threads);
  const IdealData data{toy::collect_ideal(runs.runs, runs.records), summarise_ideal(ideal)};
  publish(figure, context, sheet_of(data), report_of(data));
  return claims_of(data);
}

/// One row of the picture.
struct Quantity {
  std::string column, ideal, label, title;
  std::size_t bound = 0;
};

Style ideal_style() { return {.colour = look::green, .width = 0.3, .opacity = 0.55}; }
Style broken_style() { return {.colour = look::purple, .width = 0.3, .opacity = 0.7}; }

/// Networks, or the ideal values of their training sets, against the training fraction; full size:
/// all seeds.
Panel fraction_panel(const IdealData& data, const Sheet& sheet, const Quantity& q, bool ideal) {
  const std::string column = ideal ? q.ideal : q.column;
  Panel panel(fraction_axis(), share_axis((ideal ? "ideal " : "") + q.label));
  panel.title(q.title + (ideal ? ": what {/:Italic D} implies" : " of trained networks"));
  // What luck gives: the samples of D themselves, or embeddings that were never trained.
  if (q.column == "accuracy") {
    panel.law("x", look::reference(), "training samples alone");
  } else if (!ideal) {
    const double luck = data.networks.untrained.estimate.value;
    panel.level(luck, look::reference(), "untrained: " + rounded(luck, 2));
  }
  Style points = ideal ? ideal_style() : look::networks();
  points.size = 6.5;
  return panel
      .counted(rows_of(sheet.table("cf"), {"fraction", column}), points, "", data.networks.seeds)
      .line(rows_of(sheet.table("theory"), {"fraction", q.ideal}), look::theory())
      .bars(rows_of(sheet.table("abde"), {"fraction", column}, {column + "_low", column + "_high"}),
            look::summary())
      .square();
}

/// The quantity against its ideal value; above the diagonal the bound is broken.
Panel bound_panel(const IdealData& data, const Sheet& sheet, const Quantity& q) {
  constexpr double end = 1.04;
  Rows kept, broken;
  std::map<std::vector<double>, std::int64_t> counts;
  std::int64_t most = 0;
  for (const auto& row : rows_of(sheet.table("cf"), {q.ideal, q.column})) {
    (row[1] > row[0] + bound_rounding ? broken : kept).push_back(row);
    most = std::max(most, ++counts[row]);
  }
  const UpperBound& bound = data.networks.bounds.at(q.bound).networks;
  Style above = broken_style(), below = look::networks();
  above.size = below.size = 11;
  return Panel(share_axis("ideal " + q.label), share_axis(q.label))
      .title("Does the bound hold?")
      .band({{0, 0, end}, {end, end, end}}, {.colour = look::vermilion, .opacity = 0.08})
      .law("x", {.colour = look::vermilion, .width = 0.9, .dash = Dash::dashed}, "the bound")
      .counted(kept, below, "", most)
      .counted(broken, above, fmt::format("above it: {} of {}", bound.broken, bound.binding), most)
      .square();
}

CsvTable mean_table(const IdealData& data) {
  return table_of(data.networks.means, column("train", &IdealMean::train),
                  column("fraction", &IdealMean::fraction), column("networks", &IdealMean::count),
                  column("rqi", &IdealMean::rqi), column("ideal_rqi", &IdealMean::ideal_rqi),
                  column("accuracy", &IdealMean::accuracy),
                  column("ideal_accuracy", &IdealMean::ideal_accuracy));
}

CsvTable run_table(const IdealData& data) {
  return table_of(data.networks.runs, column("train", &IdealRun::train),
                  column("seed", &IdealRun::seed), column("fraction", &IdealRun::fraction),
                  column("rqi", &IdealRun::rqi), column("ideal_rqi", &IdealRun::ideal_rqi),
                  column("accuracy", &IdealRun::accuracy),
                  column("predicted_accuracy", &IdealRun::predicted),
                  column("ideal_accuracy", &IdealRun::ideal_accuracy));
}

CsvTable theory_table(const IdealData& data) {
  using Point = IdealPoint;
  return table_of(data.expectation, column("train", &Point::train),
                  column("fraction", &Point::fraction), column("draws", &Point::draws),
                  column("ideal_rqi", [](const Point& at) { return at.rqi.value; }),
                  column("ideal_rqi_error", &Point::rqi_error),
                  column("ideal_accuracy", [](const Point& at) { return at.accuracy.value; }),
                  column("ideal_accuracy_error", &Point::accuracy_error),
                  column("complete", &Point::complete),
                  column("complete_low", [](const Point& at) { return at.complete_share.low; }),
                  column("complete_high", [](const Point& at) { return at.complete_share.high; }));
}

CsvTable bound_table(const IdealData& data) {
  const auto of = [](auto member) {
    return [member](const Bound& bound) { return bound.networks.*member; };
  };
  return table_of(
      data.networks.bounds, column("bound", &Bound::name),
      column("broken", of(&UpperBound::broken)), column("binding", of(&UpperBound::binding)),
      column("share", of(&UpperBound::share)), column("networks", of(&UpperBound::count)),
      column("share_of_all", of(&UpperBound::share_of_all)));
}

std::string excess_text(const Bound& bound) {
  const auto units = static_cast<double>(bound.units);
  return bound.networks.broken == 0
             ? ""
             : fmt::format(
                   "where it is broken: by {} of {} on average, {} at most, all with |D| up to {}",
                   rounded(bound.networks.mean_excess * units, 2), bound.units,
                   std::llround(bound.networks.largest_excess * units), bound.largest_train);
}

}  // namespace

Sheet sheet_of(const IdealData& data) {
  Sheet sheet;
  sheet.table("abde", mean_table(data)).table("cf", run_table(data));
  sheet.table("theory", theory_table(data));
  const std::vector<Quantity> quantities = {
      {"rqi", "ideal_rqi", "RQI", "RQI", 0},
      {"accuracy", "ideal_accuracy", "accuracy over {/:Italic D}_0", "Accuracy", 1}};
  for (const Quantity& q : quantities) {
    sheet.row({fraction_panel(data, sheet, q, false), fraction_panel(data, sheet, q, true),
               bound_panel(data, sheet, q)});
  }
  sheet.legend({{Swatch::points, look::networks(), "trained networks"},
                {Swatch::points, ideal_style(), "ideal values of their training sets"},
                {Swatch::bars, look::summary(), "mean, 95% interval over seeds"},
                {Swatch::line, look::theory(), "theory: mean ideal value of random {/:Italic D}"}});
  return sheet.caption(
      "The area of a point is in proportion to the number of networks there. c, f: counted are "
      "the networks above the bound among those with an ideal value below 1, which alone can break "
      "it.");
}

std::string report_of(const IdealData& data) {
  std::string text = fmt::format(
      "  {} networks ({} diverged and left out), {} seeds; 95% intervals by resampling seeds, {} "
      "resamples\n",
      data.networks.runs.size(), data.networks.diverged, data.networks.seeds, figure_resamples);
  text += "  above the ideal value: share of networks whose ideal value is below 1, and of all\n" +
          text_table(bound_table(data));
  text +=
      fmt::format("  RQI of the {} untrained embeddings (luck): {}\n",
                  data.networks.untrained.count, with_interval(data.networks.untrained.estimate));
  text += text_table(mean_table(data));
  if (data.expectation.empty()) {
    return text;
  }
  std::vector<IdealPoint> points;  // the sizes of the networks
  for (const IdealMean& m : data.networks.means) {
    points.push_back(data.expectation.at(static_cast<std::size_t>(m.train) - 1));
  }
  const CsvTable theory = table_of(
      points, column("train", &IdealPoint::train), column("rqi", &IdealPoint::rqi),
      column("accuracy", &IdealPoint::accuracy), column("complete", &IdealPoint::complete_share));
  return text +
         fmt::format("  random D, {} draws (95% from standard errors)\n", points.front().draws) +
         text_table(theory);
}

namespace {

/// How much is luck the paper does not say, so nothing can be held to it.
Claim bound_claim(const Bound& bound, std::int64_t seeds) {
  const UpperBound& of = bound.networks;
  const std::string published = "a belief; exceptions by luck, not counted";
  Claim claim = number_claim(
      fmt::format("{} never exceeds its ideal value, luck apart: share that does", bound.name),
      "Liu et al. 2022, App. E, Fig. 10", {published}, of.share,
      fmt::format("{} of the {} networks with an ideal value below 1; {} seeds", of.broken,
                  of.binding, seeds));
  claim.remark = excess_text(bound);
  return claim;
}

/// Both means beside those of as many draws by other ranks.
Claim reference_claim(const IdealPoint& at, double accuracy, double rqi) {
  const Band one = within_difference(accuracy, 0.02), two = within_difference(rqi, 0.02);
  Claim claim =
      open_claim(fmt::format("mean ideal accuracy and mean ideal RQI at |D| = {}", at.train),
                 our_own("eq. 16 and 17 by floating-point ranks, 10,000 draws"),
                 fmt::format("{} and {}", accuracy, rqi),
                 fmt::format("{} and {}, {} draws", with_interval(at.accuracy, 4),
                             with_interval(at.rqi, 4), at.draws),
                 "exact ranks here; 95% from standard errors");
  claim.criterion = one.text + " and " + two.text;
  claim.verdict = all_of({judge(at.accuracy, one), judge(at.rqi, two)});
  return claim;
}

/// App. E: "can already be 1 with less than 40% of the data". 22 of 55 are 40%; one D is enough.
Claim early_claim(const IdealData& data) {
  const auto first =
      std::ranges::find_if(data.expectation, [](const IdealPoint& at) { return at.complete > 0; });
  const IdealPoint& at40 = data.expectation.at(21);
  Claim claim = open_claim(
      "ideal RQI = 1 can occur with less than 40% of the data (22 samples)",
      "Liu et al. 2022, App. E", "can occur",
      fmt::format("from |D| = {} ({}) on; at |D| = 22: {}, {} draws", first->train,
                  rounded(first->fraction, 2), with_interval(at40.complete_share), at40.draws));
  claim.criterion = "one D of fewer samples, its rank exact; without one in our draws: open";
  claim.verdict = first->train < at40.train ? Verdict::agrees : Verdict::open;
  return claim;
}

}  // namespace

std::vector<Claim> claims_of(const IdealData& data) {
  std::vector<Claim> claims;
  for (const Bound& bound : data.networks.bounds) {
    claims.push_back(bound_claim(bound, data.networks.seeds));
  }
  if (data.networks.bounds.front().networks.broken > 0) {
    add_remark(claims.front(), "untrained embeddings have an RQI of " +
                                   with_interval(data.networks.untrained.estimate, 2));
  }
  if (data.networks.task == "addition" &&
      data.networks.symbols == 10) {  // what the numbers published are of
    require_in_range<std::int64_t>("claims of fig10", "sizes of random D",
                                   std::ssize(data.expectation), data.networks.samples,
                                   data.networks.samples);
    claims.push_back(early_claim(data));
    claims.push_back(reference_claim(data.expectation.at(21), 0.656, 0.698));
    claims.push_back(reference_claim(data.expectation.at(29), 0.901, 0.993));
  }
  return claims;
}

Figure fig10_ideal_bounds(std::string_view toml) {
  return {
      "fig10_ideal_bounds", "Ideal and real quality of representations", false, toml, draw, toml};
}

}  // namespace grok
