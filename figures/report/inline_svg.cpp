#include "figures/report/inline_svg.hpp"

#include <fmt/format.h>
#include <pugixml.hpp>

#include <sstream>

#include "core/errors.hpp"

namespace grok {
namespace {

constexpr std::string_view kept_elements =
    " svg g defs path polygon polyline line rect circle ellipse text tspan use image pattern "
    "clipPath filter feFlood feComposite ";
// No font-family: the page says it once, with what to take where a machine lacks the first.
constexpr std::string_view kept_attributes =
    " clip-path color cx cy d dx dy fill fill-opacity fill-rule filter filterUnits "
    "flood-color flood-opacity font-size font-style font-weight height href id in in2 opacity "
    "operator patternUnits points preserveAspectRatio r result rx ry shape-rendering stroke "
    "stroke-dasharray stroke-linecap stroke-linejoin stroke-opacity stroke-width style "
    "text-anchor transform viewBox width x x1 x2 xml:space y y1 y2 ";
constexpr std::string_view kept_functions = " rgb url translate rotate scale matrix ";
constexpr int most_depth = 100;  // of elements; gnuplot nests five

bool contains(std::string_view list, std::string_view word) {
  return !word.empty() && word.find(' ') == std::string_view::npos &&
         list.find(" " + std::string(word) + " ") != std::string_view::npos;
}

[[noreturn]] void fail(std::string_view what, std::string_view found) {
  throw Error(
      fmt::format("inline_svg: {} = {}, allowed: the SVG of gnuplot", what, found.substr(0, 60)));
}

// Nothing that hides what it says, no function that could fetch: url() of an id of this file only.
bool is_safe(std::string_view value) {
  if (value.find_first_of("&<\\\"@") != std::string_view::npos) {
    return false;
  }
  for (auto at = value.find('('); at != std::string_view::npos; at = value.find('(', at + 1)) {
    const auto before = value.find_last_of(" \t\r\n,;:()", at == 0 ? 0 : at - 1);
    const auto start = before == std::string_view::npos ? 0 : before + 1;
    const std::string_view function = value.substr(start, at - start);
    if (!contains(kept_functions, function) ||
        (function == "url" && !value.substr(at + 1).starts_with('#'))) {
      return false;
    }
  }
  return true;
}

std::string with_prefix(std::string_view value, const std::string& prefix) {
  std::string text(value);
  for (auto at = text.find("url(#"); at != std::string::npos; at = text.find("url(#", at + 5)) {
    text.insert(at + 5, prefix);
  }
  return text;
}

// " name="value"" as it goes into the page; empty: it does not.
std::string attribute_text(std::string_view name, std::string_view value,
                           const std::string& prefix) {
  name = name == "xlink:href" ? "href" : name;
  if (!contains(kept_attributes, name) || !is_safe(value)) {
    return "";
  }
  if (name == "id") {
    return fmt::format(" id=\"{}{}\"", prefix, value);
  }
  if (name == "href") {
    if (value.starts_with('#')) {
      return fmt::format(" href=\"#{}{}\"", prefix, value.substr(1));
    }
    return value.starts_with("data:image/png;base64,") ? fmt::format(" href=\"{}\"", value) : "";
  }
  return fmt::format(" {}=\"{}\"", name, with_prefix(value, prefix));
}

// What is inside an element, without what is not kept.
void add_children(std::string& page, const pugi::xml_node& parent, const std::string& prefix,
                  int depth) {
  if (depth > most_depth) {
    fail("depth", parent.name());
  }
  for (const pugi::xml_node& node : parent) {
    if (node.type() == pugi::node_pcdata) {
      page += escape_html(node.value());
    }
    if (node.type() != pugi::node_element || !contains(kept_elements, node.name())) {
      continue;
    }
    page += fmt::format("<{}", node.name());
    for (const pugi::xml_attribute& attribute : node.attributes()) {
      page += attribute_text(attribute.name(), attribute.value(), prefix);
    }
    if (node.first_child()) {
      page += '>';
      add_children(page, node, prefix, depth + 1);
      page += fmt::format("</{}>", node.name());
    } else {
      page += "/>";
    }
  }
}

// The outermost tag, with the size of its viewBox.
std::string root_text(const pugi::xml_node& root, const std::string& label) {
  const std::string box = root.attribute("viewBox").value();
  double x = 0, y = 0, width = 0, height = 0;
  std::istringstream numbers(box);
  if (!(numbers >> x >> y >> width >> height) || !(width > 0 && height > 0)) {
    fail("viewBox", box.empty() ? "none" : box);
  }
  return fmt::format(
      "<svg viewBox=\"{} {} {} {}\" width=\"{}\" height=\"{}\" role=\"img\" aria-label=\"{}\">", x,
      y, width, height, width, height, escape_html(label));
}

}  // namespace

std::string escape_html(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      case '\'':
        escaped += "&#39;";
        break;
      default: {
        const auto code = static_cast<unsigned char>(c);
        const bool control = (code < 0x20 && c != '\n' && c != '\t') || code == 0x7f;
        escaped += control ? std::string("\xef\xbf\xbd") : std::string(1, c);
      }
    }
  }
  return escaped;
}

std::string inline_svg(std::string_view svg, const std::string& prefix, const std::string& label) {
  pugi::xml_document document;
  const auto read = document.load_buffer(
      svg.data(), svg.size(), pugi::parse_default | pugi::parse_ws_pcdata, pugi::encoding_utf8);
  if (!read) {
    fail("SVG", read.description());
  }
  const pugi::xml_node root = document.document_element();
  if (std::string_view(root.name()) != "svg") {
    fail("element", root.name());
  }
  std::string page = root_text(root, label);
  add_children(page, root, prefix, 0);
  return page + "</svg>";
}

}  // namespace grok
