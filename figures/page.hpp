// figures/page.hpp: pages are Mustache templates (report.html, results.md, referee_page.md), filled
// with texts: {{name}}, {{#list}}...{{/list}}; {{{name}}} is not escaped.
#pragma once

#include <kainjow/mustache.hpp>
#include <string>
#include <string_view>

#include "core/csv.hpp"

namespace grok {

namespace page {
using kainjow::mustache::list;
using kainjow::mustache::object;
}  // namespace page

/// A table: `columns` of {text}, `rows` of `cells` of {text, label}; label: the name of the column.
page::object table_fields(const CsvTable& table);

// Each throws Error for a template that is none.

/// What is filled in is text: nothing of it opens an element, an attribute or an entity; control
/// characters become U+FFFD.
std::string filled_html(std::string_view page, const page::object& fields);
/// What is filled in stays within a cell of a table, and is not bold.
std::string filled_markdown(std::string_view page, const page::object& fields);

}  // namespace grok
