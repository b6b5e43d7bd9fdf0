#include "figures/referee/referee_page.hpp"

#include <fmt/format.h>

#include "core/errors.hpp"
#include "figures/panels/text.hpp"
#include "figures/referee/referee.hpp"

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

std::string markdown(const TitledTable& titled) {
  const auto& [title, table] = titled;
  std::string text = "\n### " + title + "\n\n" + markdown_row(table.columns) + "|";
  for (std::size_t k = 0; k < table.columns.size(); ++k) {
    text += "---|";
  }
  text += "\n";
  for (const auto& row : table.rows) {
    text += markdown_row(row);
  }
  return text;
}

std::string horizon_text(const Contestant& contestant) {
  return !contestant.horizon        ? "-"
         : *contestant.horizon == 1 ? "1 budget"
                                    : to_text(*contestant.horizon) + " budgets";
}

std::string theory_rows(const League& league) {
  std::string text;
  const auto& all = league.study.contestants;
  for (const std::size_t c : shown_contestants(league)) {
    const bool both = c + 1 < all.size() && all[c + 1].theory == all[c].theory;
    text +=
        markdown_row({without_constant(all[c]), all[c].source, all[c].what, horizon_text(all[c]),
                      both            ? "as it is, and times a fitted constant"
                      : all[c].fitted ? "times a fitted constant"
                                      : "as it is"});
  }
  for (const std::size_t c : {std::size_t{0}, std::size_t{1}}) {
    text += markdown_row({all[c].name, all[c].source, all[c].what, "-",
                          c == 0 ? "on other cells and seeds" : "on other seeds of the cell"});
  }
  return text;
}

}  // namespace

std::string referee_page(const League& league, const RefereePage& page) {
  const HeldOutStudy& study = league.study;
  std::string tables, more;
  for (const TitledTable& table : league_tables(league)) {
    tables += markdown(table);
  }
  for (const PageSection& section : page.more) {
    more += "\n## " + section.title + "\n\n" + section.markdown;
  }
  const std::string file = page.toml.empty()
                               ? ""
                               : "\n<details><summary>Its file</summary>\n\n```toml\n" + page.toml +
                                     "```\n\n</details>\n";
  return fmt::format(
      fmt::runtime(referee_page_text()), fmt::arg("event", event_text(league)),
      fmt::arg("study", escaped(page.study)),
      fmt::arg("source", escaped(page.source.empty() ? "no source given" : page.source)),
      fmt::arg("runs", runs_in_seeds(std::ssize(study.runs), league.seeds)),
      fmt::arg("cells", study.cell_count), fmt::arg("cell_folds", study.cell_fold_count),
      fmt::arg("seed_folds", study.seed_fold_count),
      fmt::arg("contestants", study.contestants.size()), fmt::arg("measures", measures().size()),
      fmt::arg("reached", league.reached), fmt::arg("censored", league.censored),
      fmt::arg("diverged", league.diverged), fmt::arg("toml", file),
      fmt::arg("theories", theory_rows(league)), fmt::arg("tables", tables),
      fmt::arg("image", page.image), fmt::arg("caption", sheet_of(league).caption()),
      fmt::arg("calibration", markdown(calibration_rows(league))), fmt::arg("more", more),
      fmt::arg("resamples", score_resamples), fmt::arg("command", page.command),
      fmt::arg("made_by", page.made_by));
}

}  // namespace grok
