// tests/nets/toy/ensemble/torch_emulated_cuda.cpp: the kernels of
// nets/toy/ensemble/ensemble_cuda.cu themselves, their indices and warps included, on an emulator
// of warps: they must do what the loops of the CPU do.
#include "tests/nets/toy/ensemble/cuda_emulator.hpp"
#define cuda_ensemble_kernels emulated_ensemble_kernels
#include "nets/toy/ensemble/ensemble_cuda.cu"
#undef cuda_ensemble_kernels

#include "tests/nets/toy/ensemble/ensemble_checks.hpp"
#include "tests/support/catch.hpp"

using namespace grok;
using namespace grok::toy;

namespace {

/// The RQI of each member at step 0, where nothing is left from an earlier step.
std::vector<double> compare(const RunSpec& base) {
  std::vector<RunSpec> specs = varied(base, 2);
  if (base.optimiser == "sgd") {
    specs[1].optimiser = "adamw";  // they do not share it
  }
  const auto loops = loaded(specs, "cpu");
  const auto kernels =
      loaded(make_ensemble(specs.front(), 2, emulated_ensemble_kernels<double>()), specs);
  constexpr std::int64_t steps = 5;
  loops->run(1);
  kernels->run(1);
  std::vector<double> first;
  for (std::size_t b = 0; b < specs.size(); ++b) {
    first.push_back(kernels->states()[b].last.rqi);
    CHECK(first.back() == loops->states()[b].last.rqi);
  }
  loops->run(steps - 1);
  kernels->run(steps - 1);
  for (std::size_t b = 0; b < specs.size(); ++b) {
    CAPTURE(base.task, base.loss, base.representation_dimension, base.decoder_activation,
            base.batch, base.decoder_widths.size(), b);
    const auto ours = kernels->blocks(static_cast<Index>(b)),
               theirs = loops->blocks(static_cast<Index>(b));
    for (std::size_t k = 0; k < ours.size(); ++k) {
      CAPTURE(ours[k].name);
      for (std::size_t at = 0; at < ours[k].parameter.size(); ++at) {
        REQUIRE(std::abs(ours[k].gradient[at] - theirs[k].gradient[at]) < 1e-13);
        REQUIRE(std::abs(ours[k].parameter[at] - theirs[k].parameter[at]) < 1e-11);
      }
    }
    const MemberState a = kernels->states()[b], c = loops->states()[b];
    CHECK(a.milestones.done == c.milestones.done);
    CHECK(a.milestones.done == std::min<std::int64_t>(specs[b].steps, steps - 1));
    CHECK(a.milestones.ended == c.milestones.ended);
    CHECK(a.milestones.rqi == c.milestones.rqi);
    CHECK(a.last.train_loss == Approx(c.last.train_loss).epsilon(1e-12));
    CHECK(a.last.validation_loss == Approx(c.last.validation_loss).epsilon(1e-12));
    CHECK(a.last.train_correct == c.last.train_correct);
    CHECK(a.last.validation_correct == c.last.validation_correct);
    CHECK(a.last.rqi == c.last.rqi);
    CHECK(a.last.train_loss > 0);
  }
  return first;
}

}  // namespace

TEST_CASE("the CUDA kernels on an emulated GPU do what the loops do", "[ensemble][cuda]") {
  for (const std::string loss : {"mse", "cross-entropy", "hinge"}) {
    for (const Index batch : {0, 11}) {
      RunSpec spec;
      spec.precision = "float64";
      spec.loss = loss;
      spec.symbols = 17;  // more classes and symbols than lanes
      spec.train = 100;
      spec.batch = batch;
      spec.decoder_activation = batch == 0 ? "tanh" : "relu";
      spec.decoder_widths = {70, 37};  // not whole warps
      spec.representation_dimension = loss == "mse" ? 1 : loss == "hinge" ? 2 : 3;
      spec.output_dimension = loss == "mse" ? std::optional<std::int64_t>(35) : std::nullopt;
      spec.stop = "budget";
      spec.steps = 3;
      compare(spec);
    }
  }
  RunSpec linear;
  linear.precision = "float64";
  linear.decoder_widths = {};
  linear.stop = "budget";
  compare(linear);
}

TEST_CASE("the CUDA kernels on an emulated GPU: products and penalties",
          "[ensemble][cuda][products]") {
  for (const Index batch : {0, 11}) {
    for (const Index dimension : {1, 4, 9}) {
      RunSpec spec;
      spec.precision = "float64";
      spec.task = "permutations";
      spec.symbols = 6;
      spec.train = 24;
      spec.batch = batch;
      spec.representation_dimension = dimension;
      spec.representation_l1 = dimension == 4 ? 0 : 0.2;
      spec.rqi_tolerance = dimension == 9 ? 4.0 : 0.5;
      spec.decoder_widths = {37};
      spec.output_dimension = 35;
      spec.stop = "budget";
      spec.steps = 3;
      for (const double rqi : compare(spec)) {
        CHECK((rqi > 0 && rqi < 1));  // some hold
      }
    }
  }
  for (const bool shared : {false, true}) {
    for (const Index dimension : {1, 2, 7}) {
      RunSpec spec = concatenated("cross-entropy", {37}, dimension, shared);
      spec.batch = dimension == 2 ? 11 : 0;
      compare(spec);
    }
  }
  RunSpec large;
  large.precision = "float64";
  large.task = "permutations";
  large.symbols = 24;
  large.train = 100;
  large.representation_dimension = 9;
  large.decoder_widths = {};
  large.stop = "budget";
  compare(large);
  RunSpec sums;
  sums.precision = "float64";
  sums.representation_l1 = 0.2;
  sums.representation_dimension = 3;
  sums.decoder_widths = {9};
  sums.stop = "phase";
  compare(sums);
  sums.optimiser = "sgd";
  compare(sums);
}
