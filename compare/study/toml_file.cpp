#include "compare/study/toml_file.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/csv.hpp"
#include "core/errors.hpp"
#include "core/numbers.hpp"

namespace grok {
namespace {

// Walks over the text once and looks at what the parser does not: how deep it nests (open brackets,
// the dots of a key), and numbers that no double holds. What is wrong as TOML may be counted
// wrongly behind the fault, which the parser does not pass.
class TextCheck {
 public:
  TextCheck(std::string_view text, const std::string& where)
      : text_(text.substr(text.starts_with("\xef\xbb\xbf") ? 3 : 0)), where_(where) {}

  void run() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '"' || c == '\'') {
        check_quote();
        skip_string(c);
      } else if (c == '#') {
        at_ = std::min(text_.find('\n', at_), text_.size());
      } else {
        check_ascii(at_, "TOML: characters beyond ASCII in quotes and comments alone");
        if (c == '[' && open_.empty() && starts_line()) {
          check_header();
        }
        follow_key(c);
        check_number();
        count(c);
        ++at_;
      }
    }
  }

 private:
  bool starts_line() const {
    const auto before = text_.substr(0, at_).find_last_not_of(" \t");
    return before == std::string_view::npos || text_[before] == '\n';
  }

  // toml++ 3.3 takes it for granted that a key follows the bracket of a table's header, and that an
  // array is closed by its own kind of bracket (see count).
  void check_header() const {
    const auto second = text_.substr(at_).starts_with("[[") ? at_ + 2 : at_ + 1;
    const auto begin = text_.find_first_not_of(" \t", second);
    if (begin == std::string_view::npos) {
      return;
    }
    const char c = text_[begin];
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (!letter && std::string_view("_-\"']").find(c) == std::string_view::npos) {
      reject(place(), "syntax", fmt::format("[{}", c), "TOML: a table's name behind its bracket");
    }
  }

  // A quote inside a word is none to toml++: what follows would be taken for quoted here alone.
  void check_quote() const {
    const auto before = text_.substr(0, at_).find_last_not_of(" \t\r");
    if (before != std::string_view::npos &&
        std::string_view("\n=,[{.").find(text_[before]) == std::string_view::npos) {
      reject(place(), "syntax", fmt::format("{} behind {}", text_[at_], text_[before]),
             "TOML: a string where a key or a value begins");
    }
  }

  // toml++ 3.3 asks of such a character whether it is a blank, and has no answer for most
  // (undefined behaviour).
  void check_ascii(std::size_t at, const char* allowed) const {
    const auto byte = static_cast<unsigned char>(at < text_.size() ? text_[at] : 0);
    if (byte >= 0x80) {
      reject(place(), "syntax", fmt::format("byte 0x{:02x}", byte), allowed);
    }
  }

  // Whether a value stands here, and under which key.
  void follow_key(char c) {
    if (c == '=' && !value_) {
      const auto text = text_.substr(key_from_, at_ - key_from_);
      const auto first = std::min(text.find_first_not_of(" \t\r\n"), text.size());
      key_ = text.substr(first, text.find_last_not_of(" \t") + 1 - first);
      value_ = true;
    } else if (c == '{' || (c == '\n' && open_.empty())) {
      value_ = false;
      key_from_ = at_ + 1;
    } else if (c == ',') {
      value_ = open_.ends_with('[');
      key_from_ = at_ + 1;
    }
  }

  // toml++ makes 0 of 1e-400, and says of 1e400 that it is no number.
  void check_number() const {
    constexpr std::string_view letters =
        "0123456789+-._abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    const bool starts = std::string_view("0123456789+-").find(text_[at_]) != std::string_view::npos;
    if (!value_ || !starts || letters.find(text_[at_ - 1]) != std::string_view::npos) {
      return;
    }
    const auto end = std::min(text_.find_first_not_of(letters, at_), text_.size());
    std::string number(text_.substr(at_, end - at_));
    std::erase(number, '_');
    if (!fits_double(number.starts_with('+') ? number.substr(1) : number)) {
      reject(place(), key_, text_.substr(at_, end - at_), doubles_allowed());
    }
  }

  std::string place() const {
    const auto here = text_.begin() + static_cast<std::ptrdiff_t>(at_);
    return fmt::format("{}:{}", where_, std::count(text_.begin(), here, '\n') + 1);
  }

  void count(char c) {
    if (c == '[' || c == '{') {
      open_ += c;
    } else if ((c == ']' || c == '}') && !open_.empty()) {
      if (open_.back() != (c == ']' ? '[' : '{')) {
        reject(place(), "syntax", fmt::format("'{}' opened by '{}'", c, open_.back()), "TOML");
      }
      open_.pop_back();
    }
    if (c == '.') {
      ++dots_;
    } else if (std::string_view("[]{},=\n").find(c) != std::string_view::npos) {
      dots_ = 0;
    }
    if (std::ssize(open_) > max_toml_depth) {
      refuse("nesting", max_toml_depth + 1, max_toml_depth, "levels");
    }
    if (dots_ >= max_toml_key_parts) {
      refuse("key", dots_ + 1, max_toml_key_parts, "parts");
    }
  }

  [[noreturn]] void refuse(const char* name, int found, int most, const char* unit) const {
    reject(place(), name, fmt::format("{} or more {}", found, unit),
           fmt::format("at most {}", most));
  }

  // From a quote to behind the one that ends it; of one line, or between three quotes.
  void skip_string(char quote) {
    const std::string three(3, quote);
    const bool long_one = text_.substr(at_, 3) == three;
    at_ += long_one ? 3 : 1;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '\\' && quote == '"') {
        if (long_one) {
          check_ascii(std::min(text_.find_first_not_of(" \t\r\n", at_ + 1), text_.size()),
                      "TOML: ASCII behind a backslash and the blanks that it skips");
        }
        at_ += 2;
      } else if (long_one && text_.substr(at_, 3) == three) {
        at_ += 3;
        for (int more = 0; more < 2 && at_ < text_.size() && text_[at_] == quote; ++more) {
          ++at_;  // """a"""" ends with a quote of its own
        }
        return;
      } else if (!long_one && (c == quote || c == '\n')) {
        at_ += c == quote ? 1 : 0;
        return;
      } else {
        ++at_;
      }
    }
  }

  std::string_view text_;
  const std::string& where_;
  std::size_t at_ = 0;
  std::string open_;  // brackets
  int dots_ = 0;
  std::size_t key_from_ = 0;
  std::string_view key_;
  bool value_ = false;
};

}  // namespace

std::string read_toml_text(const std::filesystem::path& file) {
  return read_file(file, max_toml_bytes, "a readable TOML file");
}

toml::table parse_toml(std::string_view text, const std::string& where) {
  if (std::ssize(text) > max_toml_bytes) {
    reject(where, "size", fmt::format("{} bytes", text.size()),
           fmt::format("at most {} bytes", max_toml_bytes));
  }
  TextCheck(text, where).run();
  try {
    return toml::parse(text, where);
  } catch (const toml::parse_error& failure) {
    reject(fmt::format("{}:{}", where, failure.source().begin.line), "syntax",
           std::string(failure.description()), "TOML");
  }
}

}  // namespace grok
