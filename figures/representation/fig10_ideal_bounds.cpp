// groktheory figure fig10: is the ideal quality of a representation an upper bound of the real one?
// Those of random D are means over random orders of D0; an order answers for every |D|.
// Source: Liu et al. 2022, App. E (eq. 13, 16, 17) and Fig. 10. The runs are those of Fig. 3.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "core/errors.hpp"
#include "figures/representation/representation.hpp"
#include "figures/settings.hpp"

namespace grok {
namespace {

using toy::Bound;

std::vector<Claim> draw(const Figure& figure, const FigureContext& context) {
  Settings settings(figure, context.profile);
  const auto draws = settings.whole("draws", 2, 1'000'000);
  const auto seed = static_cast<std::uint64_t>(settings.whole("seed", 0, 1'000'000));
  settings.done();
  const toy::StudyRuns runs = toy::run_figure_study(figure, context);
  const IdealData data{
      toy::collect_ideal(runs.runs, runs.records),
      summarise_ideal(draw_ideal(task_of(runs.runs.at(0)), draws, seed, context.workers.threads))};
  return publish(figure, context, sheet_of(data), claims_of(data));
}

/// One row of the picture.
struct Quantity {
  std::string column, ideal, label, title;
  std::size_t bound = 0;
};

Style ideal_style() { return {.colour = look::green, .width = 0.3, .opacity = 0.55}; }

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
  return panel
      .counted(rows_of(sheet.table("cf"), {"fraction", column}),
               sized(ideal ? ideal_style() : look::networks(), 6.5), "", data.networks.seeds)
      .line(rows_of(sheet.table("theory"), {"fraction", q.ideal}), look::theory())
      .bars(bars_of(sheet.table("abde"), "fraction", column), look::summary())
      .square();
}

/// The quantity against its ideal value; above the diagonal the bound is broken.
Panel bound_panel(const IdealData& data, const Sheet& sheet, const Quantity& q) {
  Rows kept, broken;
  std::map<std::vector<double>, std::int64_t> counts;
  std::int64_t most = 0;
  for (const auto& row : rows_of(sheet.table("cf"), {q.ideal, q.column})) {
    (row[1] > row[0] + bound_rounding ? broken : kept).push_back(row);
    most = std::max(most, ++counts[row]);
  }
  const UpperBound& bound = data.networks.bounds.at(q.bound).networks;
  return Panel(share_axis("ideal " + q.label), share_axis(q.label))
      .title("Does the bound hold?")
      .band({{0, 0, 1.04}, {1.04, 1.04, 1.04}}, {.colour = look::vermilion, .opacity = 0.08})
      .law("x", {.colour = look::vermilion, .width = 0.9, .dash = Dash::dashed}, "the bound")
      .counted(kept, sized(look::networks(), 11), "", most)
      .counted(broken, {.colour = look::purple, .width = 0.3, .size = 11, .opacity = 0.7},
               fmt::format("above it: {} of {}", bound.broken, bound.binding), most)
      .square();
}

/// How much is luck the paper does not say, so nothing can be held to it.
Claim bound_claim(const Bound& bound, std::int64_t seeds) {
  const UpperBound& of = bound.networks;
  const auto units = static_cast<double>(bound.units);
  return remarked(
      number_claim(
          fmt::format("{} never exceeds its ideal value, luck apart: share that does", bound.name),
          "Liu et al. 2022, App. E, Fig. 10", {"a belief; exceptions by luck, not counted"},
          of.share,
          fmt::format("{} of the {} networks with an ideal value below 1; {} seeds", of.broken,
                      of.binding, seeds)),
      of.broken == 0 ? ""
                     : fmt::format("where it is broken: by {} of {} on average, {} at most, all "
                                   "with |D| up to {}",
                                   rounded(of.mean_excess * units, 2), bound.units,
                                   std::llround(of.largest_excess * units), bound.largest_train));
}

/// Both means beside those of as many draws by other ranks.
Claim reference_claim(const IdealPoint& at, double accuracy, double rqi) {
  const Band one = within_difference(accuracy, 0.02), two = within_difference(rqi, 0.02);
  return ruled_claim(fmt::format("mean ideal accuracy and mean ideal RQI at |D| = {}", at.train),
                     our_own("eq. 16 and 17 by floating-point ranks, 10,000 draws"),
                     fmt::format("{} and {}", accuracy, rqi),
                     fmt::format("{} and {}, {} draws", with_interval(at.accuracy, 4),
                                 with_interval(at.rqi, 4), at.draws),
                     all_of({judge(at.accuracy, one), judge(at.rqi, two)}),
                     one.text + " and " + two.text, "exact ranks here; 95% from standard errors");
}

/// App. E: "can already be 1 with less than 40% of the data". 22 of 55 are 40%; one D is enough.
Claim early_claim(const IdealData& data) {
  const auto first =
      std::ranges::find_if(data.expectation, [](const IdealPoint& at) { return at.complete > 0; });
  const IdealPoint& at40 = data.expectation.at(21);
  return ruled_claim(
      "ideal RQI = 1 can occur with less than 40% of the data (22 samples)",
      "Liu et al. 2022, App. E", "can occur",
      fmt::format("from |D| = {} ({}) on; at |D| = 22: {}, {} draws", first->train,
                  rounded(first->fraction, 2), with_interval(at40.complete_share), at40.draws),
      first->train < at40.train ? Verdict::agrees : Verdict::open,
      "one D of fewer samples, its rank exact; without one in our draws: open");
}

}  // namespace

Sheet sheet_of(const IdealData& data) {
  using One = toy::IdealRun;
  using Mean = toy::IdealMean;
  using At = IdealPoint;
  const toy::IdealBounds& networks = data.networks;
  const CsvTable means =
      table_of(networks.means, column("train", &Mean::train), column("fraction", &Mean::fraction),
               column("networks", &Mean::count), column("rqi", &Mean::rqi),
               column("ideal_rqi", &Mean::ideal_rqi), column("accuracy", &Mean::accuracy),
               column("ideal_accuracy", &Mean::ideal_accuracy));
  Sheet sheet;
  sheet.table("abde", means);
  sheet.table("cf",
              table_of(networks.runs, column("train", &One::train), column("seed", &One::seed),
                       column("fraction", &One::fraction), column("rqi", &One::rqi),
                       column("ideal_rqi", &One::ideal_rqi), column("accuracy", &One::accuracy),
                       column("predicted_accuracy", &One::predicted),
                       column("ideal_accuracy", &One::ideal_accuracy)));
  sheet.table(
      "theory",
      table_of(data.expectation, column("train", &At::train), column("fraction", &At::fraction),
               column("draws", &At::draws), column("ideal_rqi", inside(&At::rqi, &Estimate::value)),
               column("ideal_rqi_error", &At::rqi_error),
               column("ideal_accuracy", inside(&At::accuracy, &Estimate::value)),
               column("ideal_accuracy_error", &At::accuracy_error),
               column("complete", &At::complete),
               column("complete_low", inside(&At::complete_share, &Estimate::low)),
               column("complete_high", inside(&At::complete_share, &Estimate::high))));
  for (const Quantity& q :
       {Quantity{"rqi", "ideal_rqi", "RQI", "RQI", 0},
        {"accuracy", "ideal_accuracy", "accuracy over {/:Italic D}_0", "Accuracy", 1}}) {
    sheet.row({fraction_panel(data, sheet, q, false), fraction_panel(data, sheet, q, true),
               bound_panel(data, sheet, q)});
  }
  sheet.legend({{Swatch::points, look::networks(), "trained networks"},
                {Swatch::points, ideal_style(), "ideal values of their training sets"},
                {Swatch::bars, look::summary(), "mean, 95% interval over seeds"},
                {Swatch::line, look::theory(), "theory: mean ideal value of random {/:Italic D}"}});
  sheet.report(runs_line(std::ssize(networks.runs), networks.seeds, networks.diverged, "left out") +
               text_table(means));
  return sheet.caption(
      "The area of a point is in proportion to the number of networks there. c, f: counted are "
      "the networks above the bound among those with an ideal value below 1, which alone can break "
      "it.");
}

std::vector<Claim> claims_of(const IdealData& data) {
  const toy::IdealBounds& networks = data.networks;
  std::vector<Claim> claims;
  for (const Bound& bound : networks.bounds) {
    claims.push_back(bound_claim(bound, networks.seeds));
  }
  if (networks.bounds.front().networks.broken > 0) {
    add_remark(claims.front(), "untrained embeddings have an RQI of " +
                                   with_interval(networks.untrained.estimate, 2));
  }
  if (networks.task == "addition" && networks.symbols == 10) {  // what the numbers published are of
    require_in_range<std::int64_t>("claims of fig10", "sizes of random D",
                                   std::ssize(data.expectation), networks.samples,
                                   networks.samples);
    claims.insert(claims.end(),
                  {early_claim(data), reference_claim(data.expectation.at(21), 0.656, 0.698),
                   reference_claim(data.expectation.at(29), 0.901, 0.993)});
  }
  return claims;
}

Figure fig10_ideal_bounds(std::string_view toml) {
  return {
      "fig10_ideal_bounds", "Ideal and real quality of representations", false, toml, draw, toml};
}

}  // namespace grok
