// bench/lambda3_scale.cpp: what `groktheory predict` spends its time on at large p, part by part.
//   lambda3_scale TASK SYMBOLS TRAIN [dense]    TASK: addition, modular-addition
// One line of CSV: processor seconds (one thread) to draw D, for the structure (exact nullity), for
// lambda_3, of one product with G (least of 5); products, relative residual, lambda_3, peak memory
// in MB.
#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <string>
#include <vector>

#include "theory/spectrum.hpp"
#include "theory/training_set.hpp"

using namespace grok;

namespace {

// Processor seconds: the machines are shared.
class Clock {
 public:
  double lap() {
    const std::clock_t now = std::clock();
    const double seconds = static_cast<double>(now - last_) / CLOCKS_PER_SEC;
    last_ = now;
    return seconds;
  }

 private:
  std::clock_t last_ = std::clock();
};

double one_product(Index symbols, const OutputClasses& classes) {
  const Eigen::VectorXd x = Eigen::VectorXd::LinSpaced(symbols, -1, 2);
  Eigen::VectorXd y(symbols);
  double least = 1e300;
  for (int repeat = 0; repeat < 5; ++repeat) {
    Clock clock;
    apply_gram(classes, x.data(), y.data(), symbols);
    least = std::min(least, clock.lap());
  }
  return least;
}

double peak_megabytes() {
  rusage usage = {};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

}  // namespace

int main(int count, char** words) {
  if (count < 4) {
    fmt::print(stderr, "lambda3_scale TASK SYMBOLS TRAIN [dense]\n");
    return 2;
  }
  const Task task = make_task(words[1], std::atoll(words[2]));
  SpectrumOptions options;
  options.dense_up_to = count > 4 && std::string(words[4]) == "dense" ? max_dense_symbols : 0;
  Clock clock;
  const auto D = draw_training_set(task, std::atoll(words[3]), 1);
  const double draw = clock.lap();
  const Structure structure = analyse_structure(task, D);
  const double analyse = clock.lap();
  const OutputClasses classes = group_by_output(task, D);
  clock.lap();
  const Spectrum found = hessian_spectrum(task, classes, structure, Normalisation::sum, options);
  const double spectrum = clock.lap();
  fmt::print(
      "task,symbols,train,unique,draw,structure,lambda3,product,products,residual,value,MB\n");
  fmt::print("{},{},{},{},{:.3f},{:.3f},{:.5f},{:.6f},{},{:.2g},{:.15g},{:.0f}\n", task.name(),
             task.symbols(), D.size(), structure.unique, draw, analyse, spectrum,
             one_product(task.symbols(), classes), found.products, found.residual.value_or(0),
             found.lambda3, peak_megabytes());
  return 0;
}
