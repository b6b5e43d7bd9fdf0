// No XML library: Boost's drops the blanks that stand alone in a text of gnuplot, and what is
// wanted is a filter of tags, with the text between them as it is.
#include "figures/report/inline_svg.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <span>
#include <sstream>
#include <vector>

#include "core/errors.hpp"

namespace grok {
namespace {

constexpr std::string_view kept_elements[] = {
    "svg",     "g",        "defs",    "path",    "polygon",    "polyline", "line",
    "rect",    "circle",   "ellipse", "text",    "tspan",      "use",      "image",
    "pattern", "clipPath", "filter",  "feFlood", "feComposite"};

// No font-family: the page says it once, with what to take where a machine lacks the first.
constexpr std::string_view kept_attributes[] = {"clip-path",
                                                "color",
                                                "cx",
                                                "cy",
                                                "d",
                                                "dx",
                                                "dy",
                                                "fill",
                                                "fill-opacity",
                                                "fill-rule",
                                                "filter",
                                                "filterUnits",
                                                "flood-color",
                                                "flood-opacity",
                                                "font-size",
                                                "font-style",
                                                "font-weight",
                                                "height",
                                                "href",
                                                "id",
                                                "in",
                                                "in2",
                                                "opacity",
                                                "operator",
                                                "patternUnits",
                                                "points",
                                                "preserveAspectRatio",
                                                "r",
                                                "result",
                                                "rx",
                                                "ry",
                                                "shape-rendering",
                                                "stroke",
                                                "stroke-dasharray",
                                                "stroke-linecap",
                                                "stroke-linejoin",
                                                "stroke-opacity",
                                                "stroke-width",
                                                "style",
                                                "text-anchor",
                                                "transform",
                                                "viewBox",
                                                "width",
                                                "x",
                                                "x1",
                                                "x2",
                                                "xml:space",
                                                "y",
                                                "y1",
                                                "y2"};

constexpr std::string_view kept_functions[] = {"rgb",    "url",   "translate",
                                               "rotate", "scale", "matrix"};

constexpr std::string_view blanks = " \t\r\n";

bool contains(std::span<const std::string_view> list, std::string_view word) {
  return std::ranges::find(list, word) != list.end();
}

struct Attribute {
  std::string_view name, value;
};

struct Tag {
  std::string_view name;
  std::vector<Attribute> attributes;
  bool opens = true, closes = false;  // <a>: opens, </a>: closes, <a/>: both
};

[[noreturn]] void fail(std::string_view what, std::string_view found) {
  throw Error(
      fmt::format("inline_svg: {} = {}, allowed: the SVG of gnuplot", what, found.substr(0, 60)));
}

// The parts of an SVG file one after the other.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  bool at_end() const { return rest_.empty(); }

  /// What stands before the next markup.
  std::string_view text() { return take(std::min(rest_.find('<'), rest_.size())); }

  /// The next markup, which starts with '<'; none: a prolog, a comment, a doctype.
  std::optional<Tag> markup() {
    if (rest_.starts_with("<?")) {
      through("?>");
      return std::nullopt;
    }
    if (rest_.starts_with("<!--")) {
      through("-->");
      return std::nullopt;
    }
    if (rest_.starts_with("<!")) {
      const std::string_view declaration = through(">");
      if (!declaration.starts_with("<!DOCTYPE") ||
          declaration.find('[') != std::string_view::npos) {
        fail("declaration", declaration);
      }
      return std::nullopt;
    }
    return tag();
  }

 private:
  std::string_view take(std::size_t size) {
    const std::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }

  std::string_view through(std::string_view end) {
    const auto at = rest_.find(end);
    if (at == std::string_view::npos) {
      fail("markup", rest_);
    }
    return take(at + end.size());
  }

  bool skip(char c) {
    const bool there = rest_.starts_with(c);
    rest_.remove_prefix(there ? 1 : 0);
    return there;
  }

  void skip_blanks() { take(std::min(rest_.find_first_not_of(blanks), rest_.size())); }

  std::string_view name() {
    const std::string_view word =
        take(std::min(rest_.find_first_of(" \t\r\n=/<>'\""), rest_.size()));
    if (word.empty()) {
      fail("markup", rest_);
    }
    return word;
  }

  Tag tag() {
    skip('<');
    Tag tag;
    tag.closes = skip('/');
    tag.opens = !tag.closes;
    tag.name = name();
    for (skip_blanks(); !skip('>'); skip_blanks()) {
      if (tag.opens && skip('/')) {
        tag.closes = true;
      } else {
        tag.attributes.push_back(attribute());
      }
    }
    return tag;
  }

  Attribute attribute() {
    const std::string_view key = name();
    skip_blanks();
    const bool equals = skip('=');
    skip_blanks();
    const char quote = rest_.empty() ? '\0' : rest_.front();
    if (!equals || (quote != '"' && quote != '\'')) {
      fail("attribute", key);
    }
    skip(quote);
    const std::string_view value = through(std::string_view(&quote, 1));
    if (value.find('<') != std::string_view::npos) {
      fail("attribute", value);
    }
    return {key, value.substr(0, value.size() - 1)};
  }

  std::string_view rest_;
};

// Nothing that hides what it says, no function that could fetch: url() of an id of this file only.
bool is_safe(std::string_view value) {
  if (value.find_first_of("&\\\"@") != std::string_view::npos) {
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
std::string attribute_text(const Attribute& attribute, const std::string& prefix) {
  const std::string_view name = attribute.name == "xlink:href" ? "href" : attribute.name;
  const std::string_view value = attribute.value;
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

// The outermost tag, with the size of its viewBox.
std::string root_text(const Tag& tag, const std::string& label) {
  if (tag.name != "svg" || !tag.opens || tag.closes) {
    fail("element", tag.name);
  }
  const auto box = std::ranges::find(tag.attributes, "viewBox", &Attribute::name);
  double x = 0, y = 0, width = 0, height = 0;
  std::istringstream numbers(box == tag.attributes.end() ? "" : std::string(box->value));
  if (!(numbers >> x >> y >> width >> height) || !(width > 0 && height > 0)) {
    fail("viewBox", box == tag.attributes.end() ? "none" : box->value);
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
  std::string page;
  std::vector<std::string_view> open;  // elements around here
  std::size_t dropped = 0;             // the innermost of them that are not kept
  for (Scanner scanner(svg); !scanner.at_end();) {
    const std::string_view text = scanner.text();
    if (!open.empty() && dropped == 0) {
      page += text;
    }
    if (scanner.at_end()) {
      break;
    }
    const std::optional<Tag> tag = scanner.markup();
    if (!tag) {
      continue;
    }
    if (open.empty() && !page.empty()) {
      fail("second element", tag->name);
    }
    if (!tag->opens) {
      if (open.empty() || open.back() != tag->name) {
        fail("end of", tag->name);
      }
      open.pop_back();
      page += dropped == 0 ? fmt::format("</{}>", tag->name) : "";
      dropped -= dropped == 0 ? 0 : 1;
      continue;
    }
    const bool keep = dropped == 0 && contains(kept_elements, tag->name);
    if (open.empty()) {
      page = root_text(*tag, label);
    } else if (keep) {
      page += fmt::format("<{}", tag->name);
      for (const Attribute& attribute : tag->attributes) {
        page += attribute_text(attribute, prefix);
      }
      page += tag->closes ? "/>" : ">";
    }
    if (!tag->closes) {
      open.push_back(tag->name);
      dropped += keep ? 0 : 1;
    }
  }
  if (!open.empty() || page.empty()) {
    fail("end", open.empty() ? "no element" : open.back());
  }
  return page;
}

}  // namespace grok
