// figures/referee/referee_page.hpp: the league as one page of Markdown, docs/referee.md.
#pragma once

#include <string>
#include <string_view>

#include "compare/referee/league.hpp"

namespace grok {

struct RefereePage {
  std::string study, source;  // of the TOML file
  std::string toml;           // its text; empty: it is not shown
  std::string command;        // that makes the page again
  std::string image;          // path of the PNG, relative to the page
  std::string made_by;        // program and machine, one line
};

/// referee_page.md with its fields filled in: what is asked, the theories, the tables, the
/// picture, how to read them, how to make them again. It is written anew each time.
std::string referee_page(const League& league, const RefereePage& page);

/// The text of referee_page.md.
std::string_view referee_page_text();

}  // namespace grok
