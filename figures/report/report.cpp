#include "figures/report/report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/archive/iterators/base64_from_binary.hpp>
#include <boost/archive/iterators/transform_width.hpp>
#include <set>
#include <utility>

#include "figures/page.hpp"

namespace grok {
namespace {

using page::list;
using page::object;

constexpr std::pair<const char*, bool> counted_apart[] = {
    {"What the papers and their code say", false},
    {"What we predicted or set ourselves as a goal", true}};

// Beside its name a verdict has a colour (its class, report.css) and a sign: colour alone says
// nothing to many.
object fields_of(Verdict verdict) {
  constexpr std::pair<const char*, const char*> signs_and_meanings[] = {
      {"=", "the whole interval of our number is inside the band that the claim states."},
      {"≈", "it is not, but lies on the side that is better than claimed."},
      {"≠", "the whole interval is outside the band."},
      {"?",
       "anything else: the interval holds both answers, or there is none; the setting is another; "
       "the statement has no number to hold ours to."}};
  const auto [sign, meaning] = signs_and_meanings[static_cast<std::size_t>(verdict)];
  std::string name = to_text(verdict), css = name;
  std::ranges::replace(css, ' ', '-');
  return {{"verdict", name}, {"class", css}, {"sign", sign}, {"meaning", meaning}};
}

list fields_of(VerdictCounts counts) {
  list cells;
  for (const Verdict verdict : all_verdicts) {
    object cell = fields_of(verdict);
    cell.emplace("count", std::to_string(counts[verdict]));
    cell.emplace("none", counts[verdict] == 0);
    cells.push_back(cell);
  }
  return cells;
}

/// Of a text that may be empty: {{#name}}...{{text}}{{/name}} is nothing then.
kainjow::mustache::data maybe(const std::string& text) {
  return text.empty() || text == "-" ? kainjow::mustache::data(false)
                                     : kainjow::mustache::data(object{{"text", text}});
}

list fields_of(const std::vector<Claim>& claims) {
  list rows;
  for (const Claim& claim : claims) {
    object row = fields_of(claim.verdict);
    row.insert({{"statement", claim.statement},
                {"source", claim.source.text},
                {"published", maybe(claim.published)},
                {"here", maybe(claim.ours)},
                {"criterion", maybe(claim.criterion)},
                {"remark", maybe(claim.remark)}});
    rows.push_back(row);
  }
  return rows;
}

object name_fields(const FigureResult& result) {
  const std::string name = short_name(*result.figure);
  return {{"id", name + "-" + result.profile},
          {"name", name},
          {"title", result.figure->title},
          {"profile", result.profile},
          {"command", result.command}};
}

/// An image as a part of the page; blanks at the end of an SVG say nothing, and spare the "=".
kainjow::mustache::data data_of(std::string svg) {
  using namespace boost::archive::iterators;
  using Base64 = base64_from_binary<transform_width<std::string::const_iterator, 6, 8>>;
  svg.append((3 - svg.size() % 3) % 3, ' ');
  return maybe(std::string(Base64(svg.cbegin()), Base64(svg.cend())));
}

object fields_of(const FigureResult& result) {
  const SharedRemark shared = share_remark(result.claims);
  list files;
  for (const std::string& file : result.files) {
    files.push_back(file);
  }
  std::size_t runs = 0;
  for (const CsvTable& table : result.runs) {
    runs += table.rows.size();
  }
  object fields = name_fields(result);
  fields.insert({{"image", result.image},
                 {"wide", data_of(result.svg)},
                 {"narrow", data_of(result.narrow_svg)},
                 {"caption", maybe(result.caption)},
                 {"shared", maybe(shared.text)},
                 {"claims", fields_of(shared.claims)},
                 {"counts", fields_of(count_verdicts({&result, 1}))},
                 {"has_claims", !shared.claims.empty()},
                 {"report", result.report},
                 {"files", files},
                 {"records", maybe(runs == 0 ? "" : std::to_string(runs))}});
  return fields;
}

/// How the numbers of a page are to be read: intervals, counts, censoring, and how many of
/// `verdicts` chance alone may have decided.
std::string reading_notes(std::int64_t verdicts) {
  return fmt::format(
      "Intervals are 95 %, widened for few seeds (simulated coverage from five seeds on: means 92 "
      "to 95 %, shares 92 to 99 %); n counts networks or draws; censored means not reached within "
      "the budget. Runs of one seed share their initial network, targets and nested training sets, "
      "so intervals over networks are of seeds. Bands are ours where the paper states none. The "
      "level holds for each claim alone: of {} verdicts, chance decides some.",
      verdicts);
}

object counted_fields(std::span<const FigureResult> results, const char* title, bool ours) {
  list figures;
  for (const FigureResult& result : results) {
    const VerdictCounts counts = count_verdicts({&result, 1}, ours);
    if (!counts.empty()) {
      figures.push_back(name_fields(result));
      figures.back().set("counts", fields_of(counts));
    }
  }
  return {{"title", title},
          {"any", !figures.empty()},
          {"figures", figures},
          {"sums", fields_of(count_verdicts(results, ours))}};
}

object origin_fields(const ReportOrigin& origin) {
  const Provenance& made = origin.made;
  std::string libraries;
  for (const auto& [name, version] : made.libraries) {
    libraries += fmt::format("{}{} {}", libraries.empty() ? "" : ", ", name, version);
  }
  return {
      {"made_by", origin.command}, {"written", origin.written_at}, {"version", made.version},
      {"commit", made.commit},     {"compiler", made.compiler},    {"flags", made.flags},
      {"build", made.build_type},  {"libraries", libraries},       {"processor", made.processor}};
}

object fields_of(std::span<const FigureResult> results, const ReportOrigin& origin) {
  VerdictCounts papers = count_verdicts(results, false), own = count_verdicts(results, true);
  object fields = origin_fields(origin);
  list verdicts, counted, figures;
  std::int64_t all_papers = 0, all_own = 0;
  for (const Verdict verdict : all_verdicts) {
    all_papers += papers[verdict];
    all_own += own[verdict];
    verdicts.push_back(fields_of(verdict));
    verdicts.back().set("papers", std::to_string(papers[verdict]));
    verdicts.back().set("own", std::to_string(own[verdict]));
  }
  for (const auto& [title, ours] : counted_apart) {
    counted.push_back(counted_fields(results, title, ours));
  }
  for (const FigureResult& result : results) {
    figures.push_back(fields_of(result));
  }
  fields.insert({{"verdicts", verdicts},
                 {"counted", counted},
                 {"figures", figures},
                 {"papers", std::to_string(all_papers)},
                 {"own", std::to_string(all_own)},
                 {"notes", reading_notes(all_papers + all_own)}});
  return fields;
}

}  // namespace

VerdictCounts count_verdicts(std::span<const FigureResult> results, std::optional<bool> ours) {
  VerdictCounts counts;
  for (const FigureResult& result : results) {
    for (const Claim& claim : result.claims) {
      if (claim.source.ours == ours.value_or(claim.source.ours)) {
        ++counts[claim.verdict];
      }
    }
  }
  return counts;
}

SharedRemark share_remark(std::vector<Claim> claims) {
  SharedRemark shared;
  while (claims.size() > 1) {
    const std::string part = claims[0].remark.substr(0, claims[0].remark.find("; "));
    const auto begins_with_it = [&part](const Claim& claim) {
      return claim.remark == part || claim.remark.starts_with(part + "; ");
    };
    if (part.empty() || !std::ranges::all_of(claims, begins_with_it)) {
      break;
    }
    shared.text += (shared.text.empty() ? "" : "; ") + part;
    for (Claim& claim : claims) {
      claim.remark.erase(0, std::min(claim.remark.size(), part.size() + 2));
    }
  }
  shared.claims = std::move(claims);
  return shared;
}

CsvTable record_sources(std::span<const FigureResult> results) {
  const std::vector<std::string> wanted = {"engine",    "device",   "engine_build", "version",
                                           "commit_id", "compiler", "flags",        "processor"};
  std::map<std::vector<std::string>, std::vector<std::string>> days;  // by what made the runs
  std::set<std::string> counted;                                      // identities
  for (const FigureResult& result : results) {
    for (const CsvTable& runs : result.runs) {
      const auto cell = [&runs](const auto& row, const std::string& name) {
        const auto at = std::ranges::find(runs.columns, name) - runs.columns.begin();
        return at == std::ssize(row) ? std::string() : row[static_cast<std::size_t>(at)];
      };
      for (const auto& row : runs.rows) {
        if (counted.insert(cell(row, "identity")).second) {
          std::vector<std::string> made;
          for (const std::string& name : wanted) {
            made.push_back(cell(row, name));
          }
          days[made].push_back(cell(row, "finished_at").substr(0, 10));
        }
      }
    }
  }
  CsvTable table = {wanted, {}};
  table.columns.insert(table.columns.end(), {"first", "last", "records"});
  for (const auto& [made, finished] : days) {
    table.rows.push_back(made);
    const auto [first, last] = std::ranges::minmax(finished);
    table.rows.back().insert(table.rows.back().end(),
                             {first, last, std::to_string(finished.size())});
  }
  std::ranges::stable_sort(table.rows, std::ranges::greater(),
                           [](const auto& row) { return std::stoll(row.back()); });
  return table;
}

std::string report_html(std::span<const FigureResult> results, const ReportOrigin& origin) {
  const CsvTable sources = record_sources(results);
  object fields = fields_of(results, origin);
  fields.insert({{"style", std::string(report_style())},
                 {"sources", table_fields(sources)},
                 {"any_sources", !sources.rows.empty()}});
  return filled_html(report_page_text(), fields);
}

std::string results_page(std::span<const FigureResult> results, const ReportOrigin& origin) {
  return filled_markdown(results_page_text(), fields_of(results, origin));
}

}  // namespace grok
