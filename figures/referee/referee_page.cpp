#include "figures/referee/referee_page.hpp"

#include <fmt/format.h>

#include "compare/statistics/summary.hpp"
#include "figures/referee/referee.hpp"
#include "figures/referee/referee_tables.hpp"
#include "figures/script.hpp"

namespace grok {
namespace {

std::string escaped(const std::string& text) {
  std::string result;
  for (const char c : text) {
    result += c == '|' || c == '_' || c == '*' ? std::string("\\") + c : std::string(1, c);
  }
  return result;
}

std::string markdown_row(const std::vector<std::string>& cells) {
  std::string text = "|";
  for (const std::string& cell : cells) {
    text += fmt::format(" {} |", escaped(cell));
  }
  return text + "\n";
}

std::string markdown(const TextTable& table) {
  std::string text = "\n### " + table.title + "\n\n" + markdown_row(table.columns) + "|";
  for (std::size_t k = 0; k < table.columns.size(); ++k) {
    text += "---|";
  }
  text += "\n";
  for (const auto& row : table.rows) {
    text += markdown_row(row);
  }
  return text;
}

std::string asked(const League& league) {
  return fmt::format(
      "# The referee\n\n"
      "Every theory forecasts every run of one study from what is known before training: the "
      "training\n"
      "set D, the network's initial numbers, the settings. Then the runs are looked at. Three "
      "questions,\n"
      "with the event \"{}\":\n\n"
      "- **Will it get there** within its budget?\n"
      "- **How many steps** does it take, if it does?\n"
      "- **Which accuracy** over all samples has it in the end?\n\n"
      "A theory is a function of a type that holds no record of a run "
      "(`compare/referee/forecast.hpp`); "
      "what has\n"
      "to be fitted (a constant on the steps, the map from a theory's score to a probability) is "
      "fitted by\n"
      "the referee, for each run on runs of other cells alone. The null model knows no theory. "
      "What was\n"
      "learnt of the law of the two rates is told in [two_rate.md](two_rate.md); this page is "
      "written\n"
      "anew by its command and says numbers only.\n",
      event_text(league));
}

std::string study_part(const League& league, const RefereePage& page) {
  const HeldOutStudy& study = league.study;
  std::string text = fmt::format(
      "\n## The study\n\n"
      "{} ({}): {}. {} cells (combinations of all axes but the seeds) in {} folds. {} runs got "
      "there,\n"
      "{} did not within their budget ({} of these diverged).\n",
      escaped(page.study), escaped(page.source.empty() ? "no source given" : page.source),
      runs_in_seeds(std::ssize(study.runs), league.seeds), study.cell_count, study.fold_count,
      league.reached, league.censored, league.diverged);
  if (!page.toml.empty()) {
    text +=
        "\n<details><summary>Its file</summary>\n\n```toml\n" + page.toml + "```\n\n</details>\n";
  }
  return text;
}

std::string theories_part(const League& league) {
  std::string text =
      "\n## The theories\n\n| theory | source | what it says | scored |\n|---|---|---|---|\n";
  const auto& all = league.study.contestants;
  for (const std::size_t c : shown_contestants(league)) {
    const bool both = c + 1 < all.size() && all[c + 1].theory == all[c].theory;
    text += markdown_row({all[c].name, all[c].source, all[c].what,
                          both            ? "as it is, and times a fitted constant"
                          : all[c].fitted ? "times a fitted constant"
                                          : "as it is"});
  }
  return text + markdown_row({all.front().name, all.front().source, all.front().what,
                              "fitted on the other cells"});
}

std::string reading_part() {
  return fmt::format(
      "\n## How to read it\n\n"
      "- Intervals are 95 %, by resampling seeds with all their runs ({} resamples): runs of one "
      "seed\n"
      "  share D (nested) and the initial network. *n*: runs that a theory says something of; "
      "*censored*:\n"
      "  those of them that were not there within the budget.\n"
      "- *Log score*: mean of −ln of the probability given to what happened; *Brier score*: mean "
      "squared\n"
      "  error of the probability. Smaller is better. Probabilities come from one map for all "
      "theories:\n"
      "  runs of other cells in bins of the theory's score, (k + 1)/(n + 2) of each; \"never\" is "
      "a bin of\n"
      "  its own. *ROC area*: the chance that of two runs, of which one got there, that one has "
      "the higher\n"
      "  score; 1/2 is chance.\n"
      "- *Factor*: max(forecast/measured, measured/forecast), of runs that got there. A run that "
      "was\n"
      "  forecast never to get there and did has an infinite factor and is outside of 1.25, 1.5 "
      "and 2.\n"
      "  *Slope* and *Spearman* are of those with a finite forecast.\n"
      "- *Concordance*: of all pairs of runs of which is known who was first, censored ones "
      "included, the\n"
      "  share that was forecast so (Harrell); 1/2 is chance.\n"
      "- A constant is the median of measured/forecast over runs of other cells that got there; "
      "who is\n"
      "  stuck for good says nothing of it, and who is merely late is missing: where many runs are "
      "cut off\n"
      "  by the budget, constants are too small.\n"
      "- Constants and the map are not fitted anew in each resample. Runs are grouped by all four "
      "seeds: a\n"
      "  study that varies them apart has intervals that are too narrow.\n"
      "- *Difference to the best*: the best was chosen by the same numbers, so small differences "
      "to it\n"
      "  flatter it.\n"
      "- Runs end when their outcome is decided: the final accuracy is that of the last step "
      "made,\n"
      "  which for a run that got there is as soon as the last of its thresholds was met.\n",
      score_resamples);
}

}  // namespace

std::string referee_page(const League& league, const RefereePage& page) {
  std::string text = asked(league) + study_part(league, page) + theories_part(league);
  text += "\n## The league\n\nThe best is first.\n";
  for (const TextTable& table : league_tables(league)) {
    text += markdown(table);
  }
  text += fmt::format(
      "\n## The picture\n\n![Scores of all theories, forecast and measured steps, "
      "calibration]({})\n\n"
      "(a) Scores with their intervals; green: where a perfect theory stands. (b) Forecast and "
      "measured\n"
      "steps: triangles are runs not there within the budget, squares at the right edge were "
      "forecast never\n"
      "to get there and did. (c) Forecast probability and the share that got there, in bins of "
      "0.1; the\n"
      "area of a point grows with its runs.\n",
      page.image);
  text += "\n<details><summary>Calibration in numbers</summary>\n" +
          markdown(calibration_rows(league)) + "\n</details>\n";
  for (const PageSection& section : page.more) {
    text += "\n## " + section.title + "\n\n" + section.markdown;
  }
  text += reading_part();
  return text + fmt::format(
                    "\n## How to make it again\n\n```sh\n{}\n```\n\n"
                    "It trains what the store lacks. This page was written by that command, {}.\n",
                    page.command, page.made_by);
}

}  // namespace grok
