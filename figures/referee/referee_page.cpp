#include "figures/referee/referee_page.hpp"

#include "core/errors.hpp"
#include "figures/page.hpp"
#include "figures/panels/text.hpp"
#include "figures/referee/referee.hpp"

namespace grok {
namespace {

using page::list;
using page::object;

object fields_of(const TitledTable& titled) {
  object fields = table_fields(titled.table);
  fields.emplace("title", titled.title);
  return fields;
}

std::string horizon_text(const Contestant& contestant) {
  return !contestant.horizon        ? "-"
         : *contestant.horizon == 1 ? "1 budget"
                                    : to_text(*contestant.horizon) + " budgets";
}

list theory_fields(const League& league) {
  const auto& all = league.study.contestants;
  list rows;
  const auto add = [&](const Contestant& who, const std::string& followed, const char* scored) {
    rows.push_back(object{{"name", without_constant(who)},
                          {"source", who.source},
                          {"what", who.what},
                          {"followed", followed},
                          {"scored", scored}});
  };
  for (const std::size_t c : shown_contestants(league)) {
    const bool both = c + 1 < all.size() && all[c + 1].theory == all[c].theory;
    add(all[c], horizon_text(all[c]),
        both            ? "as it is, and times a fitted constant"
        : all[c].fitted ? "times a fitted constant"
                        : "as it is");
  }
  add(all[0], "-", "on other cells and seeds");
  add(all[1], "-", "on other seeds of the cell");
  return rows;
}

}  // namespace

std::string referee_page(const League& league, const RefereePage& page) {
  const HeldOutStudy& study = league.study;
  list tables;
  for (const TitledTable& table : league_tables(league)) {
    tables.push_back(fields_of(table));
  }
  object fields = {{"event", event_text(league)},
                   {"study", page.study},
                   {"source", page.source.empty() ? "no source given" : page.source},
                   {"runs", runs_in_seeds(std::ssize(study.runs), league.seeds)},
                   {"theories", theory_fields(league)},
                   {"tables", tables},
                   {"image", page.image},
                   {"caption", sheet_of(league).caption()},
                   {"calibration", fields_of(calibration_rows(league))},
                   {"command", page.command},
                   {"made_by", page.made_by}};
  if (!page.toml.empty()) {
    fields.emplace("toml", object{{"text", page.toml}});
  }
  fields.emplace("cut_off", study.cut_off == 0 ? kainjow::mustache::data(false)
                                               : object{{"text", std::to_string(study.cut_off)}});
  for (const auto& [name, count] : {std::pair("cells", study.cell_count),
                                    {"cell_folds", study.cell_fold_count},
                                    {"seed_folds", study.seed_fold_count},
                                    {"contestants", std::ssize(study.contestants)},
                                    {"measures", std::ssize(measures())},
                                    {"reached", league.reached},
                                    {"censored", league.censored},
                                    {"diverged", league.diverged},
                                    {"resamples", score_resamples}}) {
    fields.emplace(name, std::to_string(count));
  }
  return filled_markdown(referee_page_text(), fields);
}

}  // namespace grok
