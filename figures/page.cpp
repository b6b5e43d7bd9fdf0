#include "figures/page.hpp"

#include "core/errors.hpp"

namespace grok {
namespace {

std::string filled(std::string_view page, const page::object& fields,
                   std::string (*escaped)(const std::string&)) {
  kainjow::mustache::mustache text{std::string(page)};
  text.set_custom_escape(escaped);
  std::string result = text.render(fields);
  if (!text.is_valid()) {
    throw Error("page: " + text.error_message());
  }
  return result;
}

std::string html_text(const std::string& text) {
  std::string escaped = kainjow::mustache::html_escape(text);
  std::string result;
  for (const char c : escaped) {
    const auto code = static_cast<unsigned char>(c);
    const bool control = (code < 0x20 && c != '\n' && c != '\t') || code == 0x7f;
    result += control ? std::string("\uFFFD") : std::string(1, c);
  }
  return result;
}

std::string markdown_text(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    escaped += c == '\n'              ? std::string(" ")
               : c == '|' || c == '*' ? std::string("\\") + c
                                      : std::string(1, c);
  }
  return escaped;
}

}  // namespace

page::object table_fields(const CsvTable& table) {
  page::list columns, rows;
  for (const std::string& name : table.columns) {
    columns.push_back(page::object{{"text", name}});
  }
  for (const auto& row : table.rows) {
    page::list cells;
    for (std::size_t k = 0; k < row.size(); ++k) {
      cells.push_back(page::object{{"text", row[k]}, {"label", table.columns.at(k)}});
    }
    rows.push_back(page::object{{"cells", cells}});
  }
  return {{"columns", columns}, {"rows", rows}};
}

std::string filled_html(std::string_view page, const page::object& fields) {
  return filled(page, fields, html_text);
}
std::string filled_markdown(std::string_view page, const page::object& fields) {
  return filled(page, fields, markdown_text);
}

}  // namespace grok
