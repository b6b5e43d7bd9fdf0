#include "figures/settings.hpp"

#include "core/errors.hpp"
#include "tests/support/catch.hpp"

using namespace grok;

namespace {

Figure with(std::string_view toml) { return {"curve", "A curve", false, "", nullptr, toml}; }

constexpr std::string_view good =
    "name = \"a figure\"\n"
    "[figure]\n"
    "task = \"addition\"\n"
    "symbols = 6\n"
    "draws = 800\n"
    "limit = 0.5\n"
    "order = [[0, 4], [1, 5]]\n"
    "[figure.profiles.quick]\n"
    "[figure.profiles.full]\n"
    "draws = 4000\n"
    "[[figure.series]]\n"
    "kind = \"a\"\n"
    "sizes = [6, 10]\n";

Settings read_all(const Figure& figure, const std::string& profile) {
  Settings settings(figure, profile);
  settings.task();
  settings.whole("draws", 1, 10'000);
  settings.number("limit", 0, 1);
  settings.pairs("order", 5);
  for (Settings& series : settings.tables("series")) {
    series.text("kind", {"a", "b"});
    series.wholes("sizes", 2, 100);
    series.done();
  }
  settings.done();
  return settings;
}

}  // namespace

TEST_CASE("a figure's own settings: those of its profile go before", "[figures]") {
  const Figure figure = with(good);
  CHECK(Settings(figure, "quick").whole("draws", 1, 10'000) == 800);
  CHECK(Settings(figure, "full").whole("draws", 1, 10'000) == 4000);
  CHECK(profiles_of_settings(figure) == std::vector<std::string>{"quick", "full"});
  CHECK(profiles_of_settings(with("name = \"x\"\n")).empty());
  const auto order = Settings(figure, "quick").pairs("order", 5);
  REQUIRE(order.size() == 2);
  CHECK(order[1].j == 5);
  CHECK(Settings(figure, "quick").task().symbols() == 6);
  CHECK(Settings(figure, "quick").tables("series").at(0).wholes("sizes", 2, 100).at(1) == 10);
  CHECK_NOTHROW(read_all(figure, "full"));
}

TEST_CASE("slow figures say how long quick takes", "[figures]") {
  for (const Figure* figure :
       find_figures({"closed-forms", "referee", "two-rate", "two-rate-limits", "stuck",
                     "decoder-width", "fig6a"})) {
    CAPTURE(figure->stem);
    CHECK(quick_seconds(*figure).value_or(0) > 30);
  }
  Figure figure = with(good);
  CHECK_FALSE(quick_seconds(figure));
  const std::string said = "[figure]\nquick_seconds = 7\n";
  figure = with(said);
  CHECK(quick_seconds(figure) == 7);
  CHECK_NOTHROW(Settings(figure, "quick").done());  // nobody else reads it
  for (const std::string bad : {"0", "\"7\"", "1.5"}) {
    const std::string text = "[figure]\nquick_seconds = " + bad + "\n";
    CHECK_THROWS_WITH(quick_seconds(with(text)),
                      ContainsSubstring("curve.toml:2: quick_seconds = ") &&
                          ContainsSubstring("allowed a whole number above 0"));
  }
}

TEST_CASE("a figure's own settings: nothing has a default", "[figures]") {
  const auto changed = [](const std::string& from, const std::string& to) {
    std::string text(good);
    return text.replace(text.find(from), from.size(), to);
  };
  const auto message = [&](const std::string& from, const std::string& to) {
    const std::string text = changed(from, to);
    try {
      read_all(with(text), "quick");
    } catch (const InputError& error) {
      return std::string(error.what());
    }
    return std::string("no error");
  };
  CHECK(message("draws = 800\n", "") ==
        "curve.toml: draws = nothing, allowed a value in the table [figure], which has task, "
        "symbols, limit, order, profiles, series");
  CHECK(message("800", "8.0") == "curve.toml:5: draws = 8.0, allowed a whole number in [1, 10000]");
  CHECK(message("800", "0") == "curve.toml:5: draws = 0, allowed a whole number in [1, 10000]");
  CHECK(message("0.5", "nan") == "curve.toml:6: limit = nan, allowed a number in [0, 1]");
  CHECK(message("[1, 5]", "[1, 6]") == "curve.toml:7: order = 6, allowed a whole number in [0, 5]");
  CHECK(message("[1, 5]", "[1]") == "curve.toml:7: order = [ 1 ], allowed a pair [i, j]");
  CHECK(message("\"a\"\n", "\"c\"\n") == "curve.toml:12: kind = 'c', allowed a, b");
  CHECK(message("limit", "limits = 1\nlimit") ==
        "curve.toml:6: key = 'limits', allowed draws, limit, order, series, symbols, task (in the "
        "table [figure])");
  CHECK_THROWS_WITH(Settings(with(good), "fast"),
                    "curve.toml: profile = 'fast', allowed quick, full (of [figure.profiles])");
  CHECK_THROWS_WITH(Settings(with("name = \"x\"\n"), "quick"),
                    "curve.toml: figure = nothing, allowed a table [figure]");
}
