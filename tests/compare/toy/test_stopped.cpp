// Ctrl-C while theory and statistics compute: every long loop hears it.
#include <csignal>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "compare/statistics/intervals.hpp"
#include "compare/toy/mode_flow_run.hpp"
#include "compare/toy/narrow_network.hpp"
#include "core/errors.hpp"
#include "core/interrupt.hpp"
#include "nets/linear/diagonal_run.hpp"
#include "nets/toy/initial_state.hpp"
#include "tests/compare/study/runs.hpp"
#include "tests/support/catch.hpp"
#include "theory/flow.hpp"
#include "theory/prediction.hpp"
#include "theory/rich_switch.hpp"
#include "theory/threshold.hpp"

namespace grok {
namespace {

using Eigen::VectorXd;

std::map<std::string, std::function<void()>> long_loops() {
  const toy::RunSpec spec = resolve(toy::RunSpec(), "test");
  const toy::InitialState start = draw_initial_state(spec);
  const Task task = Task::addition(10);
  const LossFunctions well{[](const VectorXd& x) { return x.squaredNorm() / 2; },
                           [](const VectorXd& x, VectorXd& slope) { slope = x; },
                           {},
                           2};
  const RqiQuestion question{.rate = 1e-3, .budget = 10'000, .adam_flow = false};
  const linear::DiagonalRun diagonal;
  return {
      {"bootstrap",
       [] {
         const std::vector<std::int64_t> seeds = {0, 1, 2};
         bootstrap_number("test", seeds, 1000, 1,
                          [](auto drawn) { return static_cast<double>(drawn.front()); });
       }},
      {"parallel draws", [=] { count_unique(task, 1000, 1, 2); }},
      {"gradient flow", [=] { gradient_flow(well, VectorXd::Ones(2), {1.0}, 1e-9); }},
      {"fixed steps",
       [=] { gradient_flow_fixed(well, VectorXd::Ones(2), 1e-3, 1000, FixedStep::rk4); }},
      {"exact flow",
       [=] { predict_steps(task, start.train, start.embeddings, Normalisation::sum, question); }},
      {"Adam",
       [=] {
         steps_under_adam(well, Eigen::MatrixXd::Ones(2, 1), question,
                          [](const auto&) { return false; });
       }},
      {"mode flow", [=] { mode_flow_of(spec, start); }},
      {"narrow network", [=] { toy::narrow_steps(spec, "rqi"); }},
      {"switch",
       [=] {
         flow_switch_steps(diagonal.setting, diagonal_problem(diagonal), diagonal_teacher(diagonal),
                           {.cosine = diagonal.cosine});
       }},
  };
}

TEST_CASE("every long loop of theory and statistics hears a signal", "[interrupt]") {
  for (const auto& [name, loop] : long_loops()) {
    CAPTURE(name);
    CHECK_NOTHROW(loop());
    const StopOnSignal stop;
    raise(SIGINT);
    CHECK_THROWS_AS(loop(), Interrupted);
  }
}

}  // namespace
}  // namespace grok
