// `groktheory flow` under every effective loss: columns, what is conserved, help, bad input.
#include <cmath>

#include "nets/toy/initial_state.hpp"
#include "tests/cli/command.hpp"
#include "tests/cli/state_file.hpp"
#include "tests/support/catch.hpp"
#include "theory/linear_decoder.hpp"

using namespace grok;

namespace {

/// A CSV by the names of its columns.
class Table {
 public:
  explicit Table(const std::string& line) {
    const CommandOutput outcome = run_line(line);
    CAPTURE(line, outcome.err);
    REQUIRE(outcome.status == 0);
    std::istringstream lines(outcome.out);
    std::string text;
    std::getline(lines, text);
    names_ = split(text);
    while (std::getline(lines, text)) {
      rows_.emplace_back();
      for (const std::string& cell : split(text)) {
        rows_.back().push_back(std::stod(cell));
      }
    }
    REQUIRE(rows_.size() > 1);
  }
  std::size_t rows() const { return rows_.size(); }
  const std::vector<std::string>& names() const { return names_; }
  double at(std::size_t row, const std::string& name) const {
    const auto found = std::ranges::find(names_, name);
    CAPTURE(name);
    REQUIRE(found != names_.end());
    return rows_[row][static_cast<std::size_t>(found - names_.begin())];
  }
  double first(const std::string& name) const { return at(0, name); }
  double last(const std::string& name) const { return at(rows() - 1, name); }

 private:
  static std::vector<std::string> split(const std::string& line) {
    std::vector<std::string> cells;
    std::istringstream in(line);
    for (std::string cell; std::getline(in, cell, ',');) {
      cells.push_back(cell);
    }
    return cells;
  }
  std::vector<std::string> names_;
  std::vector<std::vector<double>> rows_;
};

}  // namespace

TEST_CASE("flow: losses free of scale conserve Z0 and fall", "[cli][flow]") {
  const Table matrices(
      "flow --loss matrix-group --task permutations --symbols 6 --train 33 "
      "--time 20 --points 4 --representation-init-scale 0.1");
  CHECK(matrices.first("Z0") == Approx(54));  // root mean square 1, nine entries by default
  CHECK(matrices.last("Z0") == Approx(54).epsilon(1e-7));
  CHECK(matrices.last("l_eff") < 0.5 * matrices.first("l_eff"));
  CHECK(matrices.last("rqi") >= matrices.first("rqi"));
  CHECK(matrices.last("l_eff") == Approx(matrices.last("l0") * 54 / 54 / 54));
  const Table circle(
      "flow --loss circle --task modular-addition --symbols 7 --train 28 --seed 3 "
      "--time 300 --points 4");
  CHECK(circle.first("Z0") == Approx(7));
  CHECK(circle.last("Z0") == Approx(7).epsilon(1e-7));
  CHECK(circle.last("l_eff") < 1e-6);
  CHECK(circle.last("circle_share") > 0.999);
  CHECK(circle.last("frequency") == std::round(circle.last("frequency")));
  const Table points(
      "flow --loss same-class --symbols 10 --train 45 --time 30 --points 4 "
      "--representation-dimension 2 --repulsion 0.5");
  CHECK(points.first("Z0") == Approx(2 * 44));  // 45 points, two standardised dimensions
  CHECK(points.last("Z0") == Approx(2 * 44).epsilon(1e-7));
  CHECK(points.last("within_class_share") < 0.1 * points.first("within_class_share"));
  CHECK(points.names().back() == "E_44_1");
}

TEST_CASE("flow: weight decay in the loss, and decoupled under Adam", "[cli][flow]") {
  const Table decayed(
      "flow --loss weight-decayed --decay 0.3 --symbols 10 --train 45 --time 2 "
      "--points 4");
  CHECK(decayed.last("Z0") == Approx(9 * std::exp(-1.2)).epsilon(1e-7));
  const std::string adam = "flow --symbols 10 --train 45 --flow adam --steps 100 --points 2 ";
  CHECK(run_line(adam + "--decoupled-decay 0").out == run_line(adam).out);
  CHECK(Table(adam + "--decoupled-decay 1").last("Z0") < Table(adam).last("Z0"));
  // In the loss the same decay is another dynamics.
  CHECK(Table(adam + "--loss weight-decayed --decay 1").last("Z0") !=
        Table(adam + "--decoupled-decay 1").last("Z0"));
  CHECK(run_line(adam + "--loss weight-decayed --decay 0").out == run_line(adam).out);
}

TEST_CASE("flow: decoder-metric from raw embeddings, drawn or from a file", "[cli][flow]") {
  const Here here("flow-decoder");
  const std::string base = "--loss decoder-metric --flow adam --steps 300 --points 3 ";
  toy::RunSpec spec;
  spec.symbols = 5;
  spec.train = 13;
  spec.seed = 4;
  spec.decoder_widths = {20, 20};
  here.files.write("state.json", state_json(draw_initial_state(resolve(spec, "test"))).dump());
  const std::string drawn = "flow --symbols 5 --train 13 --seed 4 --decoder-widths 20,20 " + base;
  const Table table(drawn);
  CHECK(table.last("l_eff") < 0.7 * table.first("l_eff"));
  CHECK(std::abs(table.first("E_0_0")) <= 0.5);
  const CommandOutput replayed = run_line("flow --symbols 5 --initial-state state.json " + base);
  CHECK(replayed.err.empty());
  CHECK(replayed.out == run_line(drawn).out);
  CHECK(run_line(drawn + "--metric output --metric-scale spread").out == run_line(drawn).out);
  for (const char* other : {"--metric kernel", "--metric tangent", "--metric-scale embeddings",
                            "--decoder-activation relu", "--decoder-init-scale 2"}) {
    CAPTURE(other);
    const CommandOutput outcome = run_line(drawn + other);
    CHECK(outcome.status == 0);
    CHECK(outcome.out != run_line(drawn).out);
  }
}

TEST_CASE("flow: points from a file", "[cli][flow]") {
  const Here here("flow-points");
  here.files.write("points.csv",
                   "label,x,y\n# two classes\n7,1,0\n7,0.5,1\n\n3,-1,0.25\n3,-1,-1\n7,0,0\n");
  const Table table("flow --loss same-class --class-points points.csv --time 5 --points 2");
  CHECK(table.first("Z0") == Approx(8));
  CHECK(table.last("within_class_share") < 1e-2);
  const Table raw(
      "flow --loss same-class --class-points points.csv --flow adam --steps 1 "
      "--points 1");
  CHECK(raw.first("E_1_0") == 0.5);
  CHECK(raw.first("E_2_1") == 0.25);
}

TEST_CASE("flow: linear-decoder, one row per ratio of rates", "[cli][flow]") {
  const Table table(
      "flow --loss linear-decoder --symbols 6 --train 18 --time 0.7 --points 5 "
      "--ratio-low 1e-4 --ratio-high 10");
  REQUIRE(table.rows() == 6);
  for (std::size_t k = 0; k < 6; ++k) {
    CHECK(table.at(k, "ratio") == Approx(1e-4 * std::pow(10, k)));
    CHECK(table.at(k, "pair") == Approx(table.at(k, "pair_exact")).epsilon(1e-7));
    CHECK(table.at(k, "pair_exact") ==
          Approx(pair_distance(1.0, 2 * table.at(k, "ratio"), 0.7)).epsilon(1e-12));
    CHECK(table.at(k, "pair_limit") == Approx(std::exp(-1.4)));
    CHECK((k == 0 || table.at(k, "task_error") > table.at(k - 1, "task_error")));
  }
  CHECK(table.first("task_error") < 1e-3);
  CHECK(table.last("task_error") > 0.1);
}

TEST_CASE("flow --loss NAME --help describes the loss and lists all", "[cli][flow]") {
  for (const char* name : {"parallelogram", "matrix-group", "same-class", "circle",
                           "decoder-metric", "weight-decayed", "linear-decoder"}) {
    CAPTURE(name);
    const CommandOutput outcome = run_line(std::string("flow --loss ") + name + " --help");
    CHECK(outcome.status == 0);
    CHECK_THAT(outcome.out, ContainsSubstring(std::string("Loss ") + name));
    CHECK_THAT(outcome.out, ContainsSubstring("  matrix-group    matrices"));
    CHECK_THAT(outcome.out, ContainsSubstring("groktheory flow --loss circle"));
  }
}

TEST_CASE("bad input: flow's losses", "[cli][bad][flow]") {
  const Here here("flow-bad");
  here.files.write("text.csv", "label,x\n1,a\n");
  here.files.write("ragged.csv", "1,2,3\n1,2\n");
  here.files.write("one.csv", "1,2\n");
  here.files.write("bare.csv", "1\n2\n");
  toy::RunSpec spec;
  spec.symbols = 5;
  spec.train = 12;
  auto state = state_json(draw_initial_state(resolve(spec, "test")));
  here.files.write("full.json", state.dump());
  state.erase("decoder");
  here.files.write("no_decoder.json", state.dump());
  const std::string task = "flow --symbols 10 --train 45 --time 1 ";
  const std::vector<std::pair<std::string, std::string>> table = {
      {task + "--loss mse",
       "--loss = 'mse', allowed parallelogram, matrix-group, same-class, circle, decoder-metric, "
       "weight-decayed, linear-decoder"},
      {task + "--decay 1", "--decay = given with --loss parallelogram, allowed with --loss weight"},
      {task + "--loss weight-decayed", "--decay = nothing, allowed a number"},
      {task + "--loss weight-decayed --decay -1", "--decay = -1, allowed [0"},
      {task + "--repulsion 1", "--repulsion = given with --loss parallelogram"},
      {task + "--metric output", "allowed with --loss decoder-metric"},
      {task + "--metric-scale spread", "allowed with --loss decoder-metric"},
      {task + "--decoder-widths 5", "allowed with --loss decoder-metric"},
      {task + "--decoder-activation tanh", "allowed with --loss decoder-metric"},
      {task + "--decoder-init-scale 2", "allowed with --loss decoder-metric"},
      {task + "--ratio-low 1", "allowed with --loss linear-decoder"},
      {task + "--class-points one.csv", "--class-points = given with --loss parallelogram"},
      {task + "--decoupled-decay 1", "--decoupled-decay = given with --flow gradient"},
      {task + "--loss circle --flow linear", "--flow = linear with --loss circle, allowed with"},
      {task + "--loss circle --representation-dimension 3",
       "representation_dimension = 3, allowed 2"},
      {task + "--loss matrix-group", "loss matrix-group: task = addition (sum), allowed tasks"},
      {task + "--loss decoder-metric --metric l2", "metric = 'l2', allowed output, kernel, tang"},
      {task + "--loss decoder-metric --metric-scale x", "metric scale = 'x', allowed spread, embe"},
      {task + "--loss decoder-metric --metric tangent --metric-scale spread",
       "scale = spread, allowed embeddings"},
      {task + "--loss decoder-metric --decoder-activation sine", "= 'sine', allowed tanh, relu"},
      {task + "--loss decoder-metric --decoder-widths 0", "--decoder-widths"},
      {task + "--loss decoder-metric --normalisation mean",
       "--normalisation = given with --loss decoder-metric"},
      {task + "--loss same-class --class-points one.csv", "allowed points alone"},
      {"flow --loss same-class --time 1 --class-points one.csv --task modular-addition",
       "allowed points alone"},
      {"flow --loss same-class --time 1 --class-points one.csv --task abelian --orders 2,2",
       "allowed points alone"},
      {"flow --loss same-class --time 1 --class-points one.csv", "points = 1, allowed at least 2"},
      {"flow --loss same-class --time 1 --class-points text.csv",
       "text.csv:2: coordinate = 'a', allowed a number"},
      {"flow --loss same-class --time 1 --class-points ragged.csv",
       "ragged.csv:2: columns = 2, allowed 3"},
      {"flow --loss same-class --time 1 --class-points bare.csv", "allowed label,x,y,..."},
      {"flow --loss same-class --time 1 --class-points none.csv",
       "none.csv (No such file or directory), allowed a CSV file"},
      {"flow --symbols 5 --time 1 --loss decoder-metric --initial-state no_decoder.json",
       "no_decoder.json: decoder = nothing"},
      {"flow --symbols 5 --time 1 --loss decoder-metric --initial-state full.json "
       "--decoder-widths 4",
       "--decoder-widths = given, allowed nothing"},
      {"flow --symbols 10 --train 45 --loss linear-decoder", "--time = nothing, allowed the time"},
      {task + "--loss linear-decoder --rate 1e-3", "--rate = given with --loss linear-decoder"},
      {task + "--loss linear-decoder --dt 0.1", "--dt = given with --loss linear-decoder"},
      {task + "--loss linear-decoder --method euler",
       "--method = given with --loss linear-decoder"},
      {task + "--loss linear-decoder --decoupled-decay 1",
       "--decoupled-decay = given with --loss linear-decoder"},
      {task + "--loss linear-decoder --flow adam", "--flow = given with --loss linear-decoder"},
      {task + "--loss linear-decoder --ratio-low 3 --ratio-high 2", "allowed the first below"},
      {task + "--loss linear-decoder --decay 1", "--decay = given with --loss linear-decoder"},
      {"flow --task permutations --symbols 6 --train 20 --time 1 --loss linear-decoder",
       "loss linear-decoder: task = permutations"},
  };
  const auto before = snapshot(here.files.folder());
  for (const auto& [line, message] : table) {
    CAPTURE(line);
    const CommandOutput outcome = run_line(line);
    CHECK(outcome.status == 2);
    CHECK(outcome.out.empty());
    CHECK(std::ranges::count(outcome.err, '\n') == 1);
    CHECK_THAT(outcome.err, ContainsSubstring(message));
    CHECK(snapshot(here.files.folder()) == before);
  }
}
