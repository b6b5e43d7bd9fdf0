// What somebody meant who wrote a name that there is not.
#include "core/nearest.hpp"

#include "tests/support/catch.hpp"

using namespace grok;

namespace {

const std::vector<std::string> keys = {"seed",  "decoder_rate",        "decoder_decay", "optimiser",
                                       "steps", "representation_rate", "decoder_widths"};
const OtherWords words = {{"learning_rate", "representation_rate"},
                          {"learning_rate", "decoder_rate"},
                          {"epochs", "steps"},
                          {"epochs", "no name here"}};

using Names = std::vector<std::string>;
Names meant(const std::string& said) { return nearest_names(said, keys, words); }

}  // namespace

TEST_CASE("nearest names: capitals and dashes", "[core]") {
  CHECK(meant("Seed") == Names{"seed"});
  CHECK(meant("decoder-rate") == Names{"decoder_rate"});
  CHECK(meant("--Decoder-Rate") == Names{"decoder_rate"});
  CHECK(nearest_names("decoder_rate", Names{"--decoder-rate", "--seed"}) ==
        Names{"--decoder-rate"});
}

TEST_CASE("nearest names: one letter in four", "[core]") {
  CHECK(meant("optimizer") == Names{"optimiser"});        // another
  CHECK(meant("decoder_rat") == Names{"decoder_rate"});   // missing
  CHECK(meant("stepss") == Names{"steps"});               // too many
  CHECK(meant("sede") == Names{"seed"});                  // swapped: one mistake, not two
  CHECK(meant("decodr_dcay") == Names{"decoder_decay"});  // two of 13, and rate has more
  CHECK(meant("decoder_rade") == Names{"decoder_rate"});
  CHECK(meant("soda").empty());  // two of four
  CHECK(meant("steering").empty());
  CHECK(nearest_names("mae", Names{"mse", "hinge"}).empty());  // one of three
  CHECK(nearest_names("ab", Names{"a"}).empty());
  CHECK(nearest_names("", Names{"a", ""}) == Names{""});
  CHECK(nearest_names("fig6", Names{"fig6a", "fig6b", "fig7"}) == Names{"fig6a", "fig6b", "fig7"});
}

TEST_CASE("nearest names: more than three are no answer", "[core]") {
  const Names figures = {"fig2", "fig3", "fig4", "fig5"};
  CHECK(nearest_names("fig9", Names{"fig2", "fig3", "fig4"}).size() == 3);
  CHECK(nearest_names("fig9", figures).empty());
  CHECK(nearest_names("fig", figures).empty());  // nor as a beginning
}

TEST_CASE("nearest names: words that others use, and beginnings", "[core]") {
  CHECK(meant("learning_rate") == Names{"decoder_rate", "representation_rate"});
  CHECK(meant("Learning-Rate") == meant("learning_rate"));
  CHECK(meant("epochs") == Names{"steps"});
  CHECK(meant("opt") == Names{"optimiser"});
  CHECK(meant("op").empty());
  CHECK(meant("rate") == Names{"decoder_rate", "representation_rate"});
  CHECK(meant("widths") == Names{"decoder_widths"});
  CHECK(meant("idths").empty());  // part of a word
  CHECK(nearest_names("batch_size", Names{"batch", "seed"}) == Names{"batch"});
  CHECK(meant("decoder") == Names{"decoder_rate", "decoder_decay", "decoder_widths"});
  CHECK(nearest_names("abc", Names{"abcdefg1", "abcdefg2", "abcdefg3", "abcdefg4"}).empty());
}

TEST_CASE("nearest names: a long text costs nothing", "[core]") {
  const std::string text(101, 'a');
  CHECK(nearest_names(text, Names{text}).empty());
  CHECK(nearest_names(text.substr(1), Names{text}) == Names{text});
}

TEST_CASE("allowed names: the question first, then what there is", "[core]") {
  CHECK(allowed_names("sed", Names{"seed", "steps"}) == "seed? (of seed, steps)");
  CHECK(allowed_names("x", Names{"seed", "steps"}) == "seed, steps");
  CHECK(allowed_names("sed", Names{"seed", "steps"}, {}, "keys") == "seed? (of keys)");
  CHECK(allowed_names("x", Names{}) == "nothing");
}
