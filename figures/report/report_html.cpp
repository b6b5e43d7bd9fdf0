#include "figures/report/report_html.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <optional>
#include <set>

#include "figures/report/inline_svg.hpp"

namespace grok {
namespace {

// Beside its name a verdict has a colour (report.css) and a sign: colour alone says nothing to
// many.
constexpr const char* sign_of(Verdict verdict) {
  constexpr const char* signs[] = {"=", "≈", "≠", "?"};
  return signs[static_cast<std::size_t>(verdict)];
}

// Letters, digits and dashes of `text`: a part of an id.
std::string id_part(const std::string& text) {
  std::string part;
  for (const char c : text) {
    part += std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '-';
  }
  return part;
}

// "fig6b-paper", each once: where links go.
std::vector<std::string> ids_of(std::span<const FigureResult> results) {
  std::vector<std::string> ids;
  for (const FigureResult& result : results) {
    const std::string id = id_part(short_name(*result.figure) + "-" + result.profile);
    std::string unique = id;
    for (int k = 2; std::ranges::find(ids, unique) != ids.end(); ++k) {
      unique = fmt::format("{}--{}", id, k);
    }
    ids.push_back(unique);
  }
  return ids;
}

std::string class_of(Verdict verdict) { return id_part(to_text(verdict)); }

// Classes by which the choice of a verdict shows and hides: report.css.
std::string filter_classes(const VerdictCounts& counts) {
  std::string classes = "filtered";
  for (const auto& [verdict, count] : counts) {
    classes += count > 0 ? " has-" + class_of(verdict) : "";
  }
  return classes;
}

std::string badge(Verdict verdict) {
  return fmt::format(
      "<span class=\"badge {}\"><span class=\"sign\" aria-hidden=\"true\">{}</span> {}</span>",
      class_of(verdict), sign_of(verdict), to_text(verdict));
}

// One square per claim; in words for those who do not see them.
std::string squares(const std::vector<Claim>& claims) {
  std::string marks, words;
  for (const auto& [verdict, count] : count_verdicts(claims)) {
    words += fmt::format(", {} {}", count, to_text(verdict));
    for (std::int64_t k = 0; k < count; ++k) {
      marks += fmt::format("<i class=\"{}\"></i>", class_of(verdict));
    }
  }
  return fmt::format(
      "<span class=\"squares\" aria-hidden=\"true\">{}</span><span class=\"unseen\">{}</span>",
      marks, words);
}

std::string contents(std::span<const FigureResult> results, const std::vector<std::string>& ids) {
  std::string items;
  for (std::size_t k = 0; k < results.size(); ++k) {
    const FigureResult& result = results[k];
    items += fmt::format(
        "<li class=\"{}\"><a href=\"#{}\"><b>{}</b> <span class=\"profile\">{}</span>"
        "<span class=\"title\">{}</span>{}</a></li>\n",
        filter_classes(count_verdicts(result.claims)), ids[k], short_name(*result.figure),
        escape_html(result.profile), escape_html(result.figure->title), squares(result.claims));
  }
  return fmt::format(
      "<nav class=\"contents\" aria-label=\"Contents\">\n<ul>\n"
      "<li><a href=\"#verdicts\"><b>Verdicts</b></a></li>\n{}"
      "<li><a href=\"#origin\"><b>Where it comes from</b></a></li>\n</ul>\n</nav>\n",
      items);
}

// A choice without script: report.css hides what has another verdict.
std::string choice(const std::string& name, const std::string& text, std::int64_t count,
                   const std::string& meaning, const std::string& checked) {
  return fmt::format(
      "<div class=\"tile {0}\"><input type=\"radio\" name=\"show\" id=\"show-{0}\"{4}>"
      "<label for=\"show-{0}\"><span class=\"count\">{2}</span> <span class=\"name\">{1}</span> "
      "<span class=\"meaning\">{3}</span></label></div>\n",
      name, text, count, meaning, checked);
}

std::string choices(std::span<const FigureResult> results) {
  VerdictCounts papers, own;
  for (const FigureResult& result : results) {
    for (const Claim& claim : result.claims) {
      ++(claim.source.ours ? own : papers)[claim.verdict];
    }
  }
  const auto of_our_own = [](std::int64_t count) { return fmt::format(" Of our own: {}.", count); };
  std::int64_t all = 0, all_own = 0;
  std::string tiles;
  for (const Verdict verdict : all_verdicts) {
    all += papers[verdict];
    all_own += own[verdict];
    tiles += choice(class_of(verdict),
                    fmt::format("<span class=\"sign\" aria-hidden=\"true\">{}</span> {}",
                                sign_of(verdict), to_text(verdict)),
                    papers[verdict], meaning_of(verdict) + of_our_own(own[verdict]), "");
  }
  return fmt::format(
      "<fieldset class=\"tiles\">\n<legend>Claims by verdict<span class=\"if-has\">; choose one to "
      "see only these</span></legend>\n{}{}</fieldset>\n",
      choice("all", "claims", all,
             "of a paper or its code, each beside our number." + of_our_own(all_own), " checked"),
      tiles);
}

std::string scrolling(const std::string& label, const std::string& inner) {
  return fmt::format(
      "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"{}\">\n{}</div>\n",
      escape_html(label), inner);
}

std::string counts_table(std::span<const FigureResult> results, const std::vector<std::string>& ids,
                         const CountedApart& of) {
  VerdictCounts sum;
  std::string rows, head, foot;
  for (std::size_t k = 0; k < results.size(); ++k) {
    const FigureResult& result = results[k];
    VerdictCounts counts = count_verdicts(claims_from(result.claims, of.ours));
    if (counts.empty()) {
      continue;
    }
    rows += fmt::format(
        "<tr class=\"{}\"><th scope=\"row\"><a href=\"#{}\">{}</a></th><td>{}</td><td>{}</td>",
        filter_classes(counts), ids[k], short_name(*result.figure),
        escape_html(result.figure->title), escape_html(result.profile));
    for (const Verdict verdict : all_verdicts) {
      rows += fmt::format("<td class=\"number {}\">{}</td>",
                          counts[verdict] == 0 ? "none" : class_of(verdict), counts[verdict]);
      sum[verdict] += counts[verdict];
    }
    rows += "</tr>\n";
  }
  for (const Verdict verdict : all_verdicts) {
    head += fmt::format("<th scope=\"col\" class=\"number\">{}</th>", to_text(verdict));
    foot += fmt::format("<td class=\"number\">{}</td>", sum[verdict]);
  }
  return scrolling(
      of.title,
      fmt::format(
          "<table class=\"counts\">\n<caption>{}</caption>\n<thead><tr><th "
          "scope=\"col\">Figure</th><th "
          "scope=\"col\">Title</th><th scope=\"col\">Profile</th>{}</tr></thead>\n<tbody>\n"
          "{}</tbody>\n<tfoot><tr><th scope=\"row\">All</th><td></td><td></td>{}</tr></tfoot>\n"
          "</table>\n",
          of.title, head, rows, foot));
}

std::string or_none(const std::string& text) {
  return text.empty() || text == "-" ? "<span class=\"none\">–</span>" : escape_html(text);
}

std::string claims_table(const FigureResult& result) {
  const std::string name = short_name(*result.figure) + ", " + result.profile;
  std::string rows;
  const SharedRemark shared = share_remark(result.claims);
  for (const Claim& claim : shared.claims) {
    rows += fmt::format(
        "<tr class=\"{}\"><td>{}</td><th scope=\"row\">{}<span class=\"source\">{}</span></th>"
        "<td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>\n",
        filter_classes({{claim.verdict, 1}}), badge(claim.verdict), escape_html(claim.statement),
        escape_html(claim.source.text), or_none(claim.published), or_none(claim.ours),
        or_none(claim.criterion), escape_html(claim.remark));
  }
  const std::string of_all =
      shared.text.empty() ? "" : "<p>Of all claims: " + escape_html(shared.text) + ".</p>\n";
  return of_all +
         scrolling(
             "Claims of " + name,
             fmt::format(
                 "<table class=\"claims\">\n<caption class=\"unseen\">Claims of {}</caption>\n"
                 "<thead><tr><th scope=\"col\">Verdict</th><th scope=\"col\">Claim, source</th>"
                 "<th scope=\"col\">Published</th><th scope=\"col\">Here</th>"
                 "<th scope=\"col\">Agrees if</th><th "
                 "scope=\"col\">Remark</th></tr></thead>\n<tbody>\n{}</tbody>\n</table>\n",
                 escape_html(name), rows));
}

std::string picture(const FigureResult& result, const std::string& id) {
  const std::string name = short_name(*result.figure);
  const std::string label = fmt::format("{}, profile {}: {}. Its numbers are below, as text.", name,
                                        result.profile, result.figure->title);
  const std::string who = escape_html(name + ", " + result.profile);
  const auto drawn = [&](const std::string& svg, const char* kind) {
    return svg.empty() ? ""
                       : fmt::format(
                             "<div class=\"picture {}\" role=\"group\" tabindex=\"0\" "
                             "aria-label=\"Picture of {}\">\n{}\n</div>\n",
                             kind, who, inline_svg(svg, fmt::format("{}-{}-", id, kind), label));
  };
  return fmt::format(
      "<input type=\"checkbox\" class=\"zoom\" id=\"{0}-zoom\"><label for=\"{0}-zoom\">Full "
      "size<span class=\"unseen\"> picture of {1}</span></label>\n{2}{3}{4}",
      id, who, drawn(result.svg, result.narrow_svg.empty() ? "only" : "wide"),
      drawn(result.narrow_svg, "narrow"),
      result.caption.empty() ? ""
                             : "<p class=\"caption\">" + escape_html(result.caption) + "</p>\n");
}

// The lists of files and of numbers are long: closed until asked for.
std::string numbers_and_files(const FigureResult& result) {
  std::string files;
  for (const std::string& file : result.files) {
    files += fmt::format("<li><code>{}</code></li>", escape_html(file));
  }
  const std::string name = escape_html(short_name(*result.figure) + ", " + result.profile);
  return fmt::format(
      "<details><summary>All numbers<span class=\"unseen\"> of {0}</span></summary>\n"
      "<pre tabindex=\"0\" role=\"region\" aria-label=\"Numbers of {0}\">{1}</pre>\n</details>\n"
      "<details><summary>Data files<span class=\"unseen\"> of {0}</span></summary>\n"
      "<p>The command above writes the data behind every panel (.csv), the script (.gp) and the "
      "picture:</p>\n<ul class=\"files\">{2}</ul>\n</details>\n",
      name, escape_html(result.report), files);
}

std::string section(const FigureResult& result, const std::string& id) {
  std::size_t runs = 0;
  for (const CsvTable& table : result.runs) {
    runs += table.rows.size();
  }
  return fmt::format(
      "<section class=\"figure {0}\" id=\"{1}\" aria-labelledby=\"{1}-title\">\n"
      "<h2 id=\"{1}-title\"><a href=\"#{1}\">{2}</a> {3} <span class=\"profile\">{4}</span></h2>\n"
      "<p class=\"command\">Made by <code>{5}</code>{6}</p>\n{7}{8}{9}</section>\n",
      filter_classes(count_verdicts(result.claims)), id, short_name(*result.figure),
      escape_html(result.figure->title), escape_html(result.profile), escape_html(result.command),
      runs == 0 ? ", without a trained network of the store"
                : fmt::format(" from {} record{} of the store", runs, runs == 1 ? "" : "s"),
      picture(result, id), result.claims.empty() ? "" : claims_table(result),
      numbers_and_files(result));
}

std::string sources_table(const CsvTable& sources) {
  std::string head, rows;
  for (const std::string& column : sources.columns) {
    head += fmt::format("<th scope=\"col\">{}</th>", escape_html(column));
  }
  for (const auto& row : sources.rows) {
    rows += "<tr>";
    for (const std::string& cell : row) {
      rows += fmt::format("<td>{}</td>", or_none(cell));
    }
    rows += "</tr>\n";
  }
  return scrolling("Records by what made them",
                   fmt::format("<table class=\"sources\">\n<caption class=\"unseen\">Records by "
                               "what made them</caption>\n<thead><tr>{}</tr></thead>\n<tbody>\n{}"
                               "</tbody>\n</table>\n",
                               head, rows));
}

std::string origin_section(std::span<const FigureResult> results, const ReportOrigin& origin) {
  const Provenance& made = origin.made;
  std::string libraries, entries;
  for (const auto& [name, version] : made.libraries) {
    libraries += fmt::format("{}{} {}", libraries.empty() ? "" : ", ", name, version);
  }
  const std::pair<const char*, std::string> pairs[] = {
      {"Program", fmt::format("groktheory {}, commit {}", made.version, made.commit)},
      {"Compiler", fmt::format("{}, {}", made.compiler, made.build_type)},
      {"Flags", made.flags},
      {"Libraries", libraries},
      {"Processor", made.processor},
      {"Written", origin.written_at}};
  for (const auto& [name, value] : pairs) {
    entries += fmt::format("<div><dt>{}</dt><dd>{}</dd></div>\n", name, or_none(value));
  }
  const CsvTable sources = record_sources(results);
  return fmt::format(
      "<section id=\"origin\" aria-labelledby=\"origin-title\">\n<h2 id=\"origin-title\">Where it "
      "comes from</h2>\n<h3>This page</h3>\n<p class=\"command\">Made by <code>{}</code></p>\n"
      "<dl>\n{}</dl>\n<h3>Its records</h3>\n{}</section>\n",
      escape_html(origin.command), entries,
      sources.rows.empty() ? "<p>No figure here rests on records of the store.</p>\n"
                           : "<p>The trained networks, by what made them; a run that several "
                             "figures use counts once.</p>\n" +
                                 sources_table(sources));
}

std::string page_head(const ReportOrigin& origin) {
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
      "'unsafe-inline'; img-src data:\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"color-scheme\" content=\"light dark\">\n"
      "<meta name=\"generator\" content=\"groktheory {}\">\n"
      "<title>Theory beside experiment: results of groktheory</title>\n"
      "<style>\n{}</style>\n</head>\n",
      escape_html(origin.made.version), report_style());
}

}  // namespace

std::string report_html(std::span<const FigureResult> results, const ReportOrigin& origin) {
  const std::vector<std::string> ids = ids_of(results);
  std::int64_t verdicts = 0;
  std::string sections, counts;
  for (std::size_t k = 0; k < results.size(); ++k) {
    verdicts += std::ssize(results[k].claims);
    sections += section(results[k], ids[k]);
  }
  for (const CountedApart& of : counted_apart) {
    counts += counts_table(results, ids, of);
  }
  return fmt::format(
      "{}<body>\n<a class=\"skip\" href=\"#main\">Skip to the results</a>\n<header>\n"
      "<p class=\"brand\">groktheory</p>\n<h1>Theory beside experiment</h1>\n"
      "<p class=\"lead\">What is claimed, what came out here, and whether the two agree.</p>"
      "\n</header>\n{}<main id=\"main\" tabindex=\"-1\">\n"
      "<section id=\"verdicts\" aria-labelledby=\"verdicts-title\">\n<h2 id=\"verdicts-title\">"
      "Verdicts</h2>\n{}<p class=\"notes\">{}</p>\n{}</section>\n{}{}</main>\n<footer>"
      "Written by groktheory {}, commit {}, on {}.</footer>\n</body>\n</html>\n",
      page_head(origin), contents(results, ids), choices(results), reading_notes(verdicts), counts,
      sections, origin_section(results, origin), escape_html(origin.made.version),
      escape_html(origin.made.commit), escape_html(origin.written_at));
}

CsvTable record_sources(std::span<const FigureResult> results) {
  std::vector<const CsvTable*> tables;
  for (const FigureResult& result : results) {
    for (const CsvTable& table : result.runs) {
      tables.push_back(&table);
    }
  }
  std::vector<std::string> wanted = {"engine",    "device",   "engine_build", "version",
                                     "commit_id", "compiler", "flags",        "processor"};
  std::erase_if(wanted, [&](const std::string& name) {  // a store of an older schema has fewer
    return std::ranges::none_of(tables, [&](const CsvTable* table) {
      return std::ranges::find(table->columns, name) != table->columns.end();
    });
  });
  struct Made {
    std::string first, last;
    std::int64_t records = 0;
  };
  std::map<std::vector<std::string>, Made> sources;
  std::set<std::string> counted;  // identities
  for (const CsvTable* runs : tables) {
    const auto cell = [&columns = runs->columns](const auto& row, std::string_view name) {
      const auto at = std::ranges::find(columns, name);
      return at == columns.end() ? "" : row[static_cast<std::size_t>(at - columns.begin())];
    };
    for (const auto& row : runs->rows) {
      if (!counted.insert(cell(row, "identity")).second) {
        continue;
      }
      std::vector<std::string> key;
      for (const std::string& name : wanted) {
        key.push_back(cell(row, name));
      }
      Made& made = sources[key];
      const std::string day = cell(row, "finished_at").substr(0, 10);
      made.first = made.records == 0 ? day : std::min(made.first, day);
      made.last = std::max(made.last, day);
      ++made.records;
    }
  }
  CsvTable table = {wanted, {}};
  table.columns.insert(table.columns.end(), {"first", "last", "records"});
  for (const auto& [key, made] : sources) {
    table.rows.push_back(key);
    table.rows.back().insert(table.rows.back().end(),
                             {made.first, made.last, fmt::format("{}", made.records)});
  }
  std::ranges::stable_sort(table.rows, std::ranges::greater(),
                           [](const auto& row) { return std::stoll(row.back()); });
  return table;
}

}  // namespace grok
