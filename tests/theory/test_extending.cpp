// tests/theory/test_extending.cpp: the example of docs/extending.md: the page shows the files, and
// the loss is right.
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "docs/examples/saturating_loss.hpp"
#include "tests/support/catch.hpp"
#include "tests/theory/loss_twins.hpp"
#include "theory/flow.hpp"
#include "theory/loss_tools.hpp"
#include "theory/representation.hpp"

using namespace grok;
using Eigen::VectorXd;

namespace {

std::string content_of(const std::string& name) {
  std::ifstream in(std::filesystem::path(GROK_SOURCE_DIR) / name, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// The n-th block between ```cpp and ``` of a page.
std::string block(const std::string& page, int n) {
  const std::string open = "```cpp\n";
  std::size_t at = 0;
  for (int k = 0; k <= n; ++k) {
    at = page.find(open, at);
    REQUIRE(at != std::string::npos);
    at += open.size();
  }
  return page.substr(at, page.find("```", at) - at);
}

}  // namespace

TEST_CASE("docs/extending.md shows the files that are compiled", "[theory][docs]") {
  const std::string page = content_of("docs/extending.md");
  const std::string header = content_of("docs/examples/saturating_loss.hpp");
  REQUIRE(header.size() > 500);
  CHECK(block(page, 0) == header);
  CHECK(block(page, 1) == content_of("docs/examples/saturating_loss.cpp"));
  CHECK(block(page, 2) == content_of("docs/examples/coin_model.hpp"));
  CHECK(block(page, 3) == content_of("docs/examples/coin_model.cpp"));
  CHECK(block(page, 5) == content_of("docs/examples/my_figure.cpp"));
}

TEST_CASE("the example's loss: value, derivatives, and the quadratic loss where defects are small",
          "[theory][docs]") {
  const auto list = list_parallelograms(group_by_output(Task::addition(6)));
  const AutomaticLoss loss{SaturatingLoss(6, list)};
  const VectorXd x = normal_vector(6, 2);
  double expected = 0;
  for (const auto& [a, b] : list) {
    const double defect = x[a.i] + x[a.j] - x[b.i] - x[b.j];
    expected += std::log(1 + 6 * defect * defect / x.squaredNorm());
  }
  CHECK(loss.value(x) == Approx(expected));
  CHECK(check_gradient(functions_of(loss), x).right(1e-8));
  const Eigen::MatrixXd H = hessian_at(functions_of(loss), x);
  CHECK((H - hessian_by_differences(functions_of(loss), x)).norm() < 1e-7 * H.norm());
  CHECK(check_scale(functions_of(loss), x).free());
  const VectorXd line = standardise(VectorXd::LinSpaced(6, 0, 5));
  const AutomaticLoss quadratic{ParallelogramTwin{6, 1, list}};
  const Eigen::MatrixXd steep = hessian_at(functions_of(quadratic), line);
  CHECK((hessian_at(functions_of(loss), line) - 6 * steep).norm() < 1e-9 * steep.norm());
}
