// figures/claim.hpp: what a paper says a figure shows, or what we expected it to, beside what came
// out: the rows of docs/results.md and of a report. A figure computes its claims from the data it
// draws; the verdict follows from a band that the claim states beforehand.
#pragma once

#include <concepts>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "compare/statistics/statistics.hpp"

namespace grok {

/// agrees: our whole interval is inside the band. at_least: it is not, and lies on the side that is
/// better than claimed. differs: it is outside. open: anything else; no interval, or none that is
/// decisive.
enum class Verdict { agrees, at_least, differs, open };
std::string to_text(Verdict verdict);  // "agrees", "at least as good", "differs", "open"

/// Numbers that still say what is claimed, ends included (of `above` and `below` not); one may be
/// infinite.
struct Band {
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
  std::string text;  // "1 within a factor 1.25"
  enum class Better { neither, larger, smaller } better = Better::neither;
};
Band within_factor(double number, double factor);          // "400 within a factor 1.25"
Band within_difference(double number, double difference);  // "0.4 within 0.05"
Band above(double number);                                 // "above 0.5"
Band below(double number);
/// The same band; a number beyond it on this side is at least as good.
Band or_larger(Band band);
Band or_smaller(Band band);

Verdict judge(const Estimate& ours, const Band& band);
/// Of a statement that says all of them: differs if one does, else open if one is, else agrees, or
/// at_least if one is that.
Verdict all_of(const std::vector<Verdict>& verdicts);

/// Who says it: a paper, or we ourselves, before the runs or as a goal. They are counted apart.
struct Source {
  template <class Text>
  requires std::convertible_to<Text, std::string> Source(Text paper) : text(std::move(paper)) {}
  std::string text;
  bool ours = false;
};
Source our_own(const std::string& where);  // "ours (docs/theory.md)"

struct Claim {
  std::string statement;        // in our words
  Source source;                // "Liu et al. 2022, Fig. 4(a)"
  std::string published = "-";  // its number: "0.4"; "-": none
  std::string ours = {};        // with interval and count: "0.409 [0.405, 0.412], 1000 draws"
  Verdict verdict = Verdict::open;
  std::string remark = {};     // why they differ, or what ours is of; may be empty
  std::string criterion = {};  // the band's words; empty: nothing to hold ours to
};

/// A line each, with what it rests on below; empty without claims.
std::string claims_text(const std::vector<Claim>& claims);

/// Appends to its remark, after a semicolon; nothing if `remark` is empty.
void add_remark(Claim& claim, const std::string& remark);
/// The claim with this remark instead of its own.
Claim remarked(Claim claim, const std::string& remark);

/// The number as it is published, and what counts as the same.
struct Published {
  std::string text = "-";
  std::optional<Band> band = {};  // empty: nothing to hold ours to
};
Published says(double number, const Band& band);
Published says(const std::string& text, const Band& band);
Published says(const Band& band);  // no number: its words are the band's

/// "0.409 [0.400, 0.418], OF" against the band; open without one.
Claim number_claim(std::string statement, Source source, const Published& published,
                   const Estimate& ours, const std::string& of, int digits = 3);
/// "12 of 40: 0.30 [0.18, 0.45], OF".
Claim share_claim(std::string statement, Source source, const Published& published,
                  std::int64_t count, std::int64_t all, const Estimate& share,
                  const std::string& of = "");
/// A published number that has an interval of its own: what is held to the band is `difference`, of
/// the two or their ratio (compare/statistics/intervals.hpp), `name`.
Claim comparison_claim(std::string statement, Source source, const std::string& published,
                       const std::string& ours, const std::string& name, const Estimate& difference,
                       const Band& band);
/// A statement that holds for none: one is enough to differ; agrees if none is, and the interval of
/// the share ends below `least_seen`, which is what we would have seen.
inline constexpr double least_seen = 0.05;
Claim none_claim(std::string statement, Source source, std::int64_t count, std::int64_t all,
                 const Estimate& share);
/// A statement about what is computed exactly, nothing drawn at random: it is so, or it is not.
Claim fact_claim(std::string statement, Source source, std::string published, std::string ours,
                 bool holds);
/// A verdict by a rule of its own, `criterion`.
Claim ruled_claim(std::string statement, Source source, std::string published, std::string ours,
                  Verdict verdict, std::string criterion, std::string remark = "");
/// A statement that nothing of ours can be held against, and why.
Claim open_claim(std::string statement, Source source, std::string published, std::string ours,
                 std::string remark = "");

}  // namespace grok
