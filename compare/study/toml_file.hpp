// compare/study/toml_file.hpp: TOML from outside, refused before it can do harm; behind study.hpp.
#pragma once

#include <toml++/toml.h>
#include <filesystem>
#include <string>
#include <string_view>

namespace grok {

/// A list of a million seeds. Parsed, a text takes up to 80 times its size: 660 MB.
inline constexpr std::int64_t max_toml_bytes = std::int64_t{8} << 20;
/// Parsing, and the end of what was parsed, take stack with every level: a dotted key of a million
/// parts ends the program. A study nests 4 deep and has keys of 3 parts.
inline constexpr int max_toml_depth = 16;      // of arrays and inline tables
inline constexpr int max_toml_key_parts = 16;  // a.b.c has 3

/// Throws InputError "read: file = ..." for what is no readable, regular, not empty file, and for
/// one of more than max_toml_bytes.
std::string read_toml_text(const std::filesystem::path& file);

/// Throws InputError "where:line: ..." for a text that is too long, too deep, not TOML, or has a
/// number that no double holds.
toml::table parse_toml(std::string_view text, const std::string& where);

}  // namespace grok
