#include <algorithm>
#include <chrono>
#include <sstream>
#include <thread>

#include "core/parallel.hpp"
#include "core/progress.hpp"
#include "tests/support/catch.hpp"

using namespace grok;
using Catch::Matchers::EndsWith;

TEST_CASE("progress: the line has count, share, rate and time left", "[core]") {
  CHECK(progress_line("fig4", 37, 110, 17.6) == "fig4: 37/110 (33%)  2.1/s  35 s left");
  CHECK(progress_line("fig4", 0, 110, 3.0) == "fig4: 0/110 (0%)");  // no rate yet
  CHECK(progress_line("fig4", 5, 110, 0.0) == "fig4: 5/110 (4%)");  // nor here
  CHECK(progress_line("fig4", 110, 110, 55.0) == "fig4: 110/110 (100%)  2/s  0 s left");
  CHECK(progress_line("fig4", 1, 120, 1.0) == "fig4: 1/120 (0%)  1/s  119 s left");
  CHECK(progress_line("fig4", 1, 121, 1.0) == "fig4: 1/121 (0%)  1/s  2 min left");
  CHECK(progress_line("fig4", 0, 0, 1.0) == "fig4: 0/0");
}

TEST_CASE("progress: silent where there is no terminal", "[core]") {
  std::ostringstream out;
  {
    Progress progress("fig4", 3, out, false);
    progress.advance(3);
  }
  CHECK(out.str().empty());
}

TEST_CASE("progress: a live line is redrawn in place and wiped at the end", "[core]") {
  std::ostringstream out;
  {
    Progress progress("fig4", 4, out, true);
    progress.advance();
    CHECK_THAT(out.str(), ContainsSubstring("\rfig4: 1/4 (25%)"));
    std::this_thread::sleep_for(std::chrono::milliseconds(110));
    progress.advance(2);
    CHECK_THAT(out.str(), ContainsSubstring("\rfig4: 3/4 (75%)"));
  }
  CHECK_THAT(out.str(), EndsWith("\r\x1b[K"));
  const std::string text = out.str();
  CHECK(std::count(text.begin(), text.end(), '\n') == 0);
}

TEST_CASE("progress: nothing to wipe if nothing was drawn", "[core]") {
  std::ostringstream out;
  { const Progress progress("fig4", 4, out, true); }
  CHECK(out.str().empty());
}

TEST_CASE("progress: counts of many threads add up, drawn at most ten times a second", "[core]") {
  std::ostringstream out;
  const auto start = std::chrono::steady_clock::now();
  {
    Progress progress("runs", 1'000'001, out, true);
    parallel_for(1000, 4, [&](std::int64_t) {
      for (int k = 0; k < 1000; ++k) {
        progress.advance();
      }
    });
    std::this_thread::sleep_for(std::chrono::milliseconds(110));
    progress.advance();
  }
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
  const std::string text = out.str();
  CHECK_THAT(text, ContainsSubstring("\rruns: 1000001/1000001 (100%)"));
  const auto drawn = static_cast<double>(std::count(text.begin(), text.end(), '\r')) - 1;  // wipe
  CHECK(drawn >= 2);
  CHECK(drawn <= 10 * elapsed.count() + 1);
}
