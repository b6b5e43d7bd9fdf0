// figures/report/inline_svg.hpp: a picture of gnuplot as an element of a page that holds several.
#pragma once

#include <string>
#include <string_view>

namespace grok {

/// The <svg> element of a file's text, in the syntax of HTML, as wide as its viewBox says. What is
/// kept: the elements and attributes that gnuplot draws with; all others go, with what they hold
/// (scripts, titles, foreign elements, handlers, references to anything but the file's own ids and
/// pixels). Ids and the references to them get `prefix`. `label`: its text for those who do not see
/// it. Linear in the text.
/// Throws Error "inline_svg: ..." if it is not well-formed, or no SVG with a viewBox.
std::string inline_svg(std::string_view svg, const std::string& prefix, const std::string& label);

/// Text for an element or a quoted attribute of HTML; control characters become U+FFFD.
std::string escape_html(std::string_view text);

}  // namespace grok
