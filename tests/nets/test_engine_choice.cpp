#include "nets/engine_choice.hpp"

#include <algorithm>
#include <cstdlib>
#include <string_view>

#include "core/errors.hpp"
#include "nets/kernels/mlp_kernel.hpp"
#include "nets/toy/model.hpp"
#include "tests/support/catch.hpp"

using namespace grok;

namespace {

std::vector<Run> runs(std::size_t count, std::int64_t width = 200) {
  toy::RunSpec spec;
  spec.decoder_widths = {width, width};
  return std::vector<Run>(count, toy::run_of(spec));
}

Cost cost_of(const toy::RunSpec& spec) {
  const Run run = toy::run_of(spec);
  return run.model().cost(run);
}

const Hardware bare{.cuda_devices = 0, .no_torch = "built without LibTorch", .no_cuda = "none"};
const Hardware torch_only{.cuda_devices = 0, .no_torch = "", .no_cuda = "no CUDA here"};
const Hardware gpu{.cuda_devices = 1, .no_torch = "", .no_cuda = ""};

Workers ask(const std::string& engine, const std::string& device, int threads = 2) {
  return {.engine = engine, .device = device, .threads = threads, .reason = ""};
}

}  // namespace

TEST_CASE("the cost of a step counts the products and AdamW", "[nets][engine]") {
  // By hand for the default run: 46,430 weights and 430 biases behind 10 embeddings.
  const toy::RunSpec spec;
  const Cost cost = cost_of(spec);
  const double weights = 1 * 200 + 200 * 200 + 200 * 30, parameters = weights + 430 + 10;
  CHECK(cost.parameters == parameters);
  CHECK(cost.moved == 10 * 4 * parameters);  // each parameter is read or written ten times
  const double products = 2 * weights * (55 + 45 + 45);
  CHECK(cost.flops - products > 10 * parameters);
  CHECK(cost.flops - products < 20 * parameters);
  toy::RunSpec plain = spec;
  plain.optimiser = "sgd";  // keep p - rate g
  CHECK(cost_of(plain).flops - products == 3 * parameters);
  toy::RunSpec small = spec;
  small.batch = 5;  // a forward pass of 5 more, backward of 5
  CHECK(cost_of(small).flops - cost.flops == 2 * weights * (5 + 5 + 5 - 90));
  toy::RunSpec wide = spec;
  wide.precision = "float64";
  CHECK(cost_of(wide).flops == cost.flops);
  CHECK(cost_of(wide).moved == 2 * cost.moved);
}

TEST_CASE("the cost of a step counts the products of embeddings that are matrices",
          "[nets][engine]") {
  toy::RunSpec spec;
  spec.task = "permutations";
  spec.symbols = 6;
  spec.train = 24;
  spec.representation_dimension = 9;
  const Cost products = cost_of(spec);
  toy::RunSpec sums = spec;  // of as many samples: 36 ordered pairs
  sums.task = "table";
  sums.table_commutes = false;
  for (std::int32_t k = 0; k < 36; ++k) {
    sums.table_outputs.push_back(k % 6);
  }
  const Cost cost = cost_of(sums);
  CHECK(products.parameters == cost.parameters);
  CHECK(products.flops - cost.flops == 2 * 27 * (36 + 2 * 24));
}

TEST_CASE("auto takes the engine that is expected to be done first", "[nets][engine]") {
  CHECK(choose_engine(runs(1000), ask("auto", "auto"), bare, "t").engine == "cpu");
  CHECK(choose_engine(runs(1000), ask("auto", "auto"), torch_only, "t").reason == "no CUDA here");
  const Workers many = choose_engine(runs(1000), ask("auto", "auto"), gpu, "t");
  CHECK(many.engine == "torch");
  CHECK(many.device == "cuda");
  CHECK_THAT(many.reason, ContainsSubstring("1000 runs"));
  CHECK(many.threads == 2);
  // The choice is that of the smaller time, for any number of cores
  int on_cpu = 0, on_gpu = 0;
  for (const int threads : {1, 4, 64, 1024}) {
    for (const std::size_t count : {1U, 8U, 300U, 3000U}) {
      for (const std::int64_t width : {10, 200}) {
        const auto list = runs(count, width);
        const bool gpu_first =
            expected_seconds(list, "cuda", threads) < expected_seconds(list, "cpu", threads);
        const Workers chosen = choose_engine(list, ask("auto", "auto", threads), gpu, "t");
        CHECK(chosen.device == (gpu_first ? "cuda" : "cpu"));
        CHECK(chosen.engine == (gpu_first ? "torch" : "cpu"));
        ++(gpu_first ? on_gpu : on_cpu);
      }
    }
  }
  CHECK(on_cpu > 0);
  CHECK(on_gpu > 0);
}

TEST_CASE("twice the cores halve the time, up to one run a core", "[nets][engine]") {
  const auto list = runs(8);
  const double one = expected_seconds(list, "cpu", 1);
  CHECK(expected_seconds(list, "cpu", 2) == Approx(one / 2));
  CHECK(expected_seconds(list, "cpu", 8) == Approx(one / 8));
  CHECK(expected_seconds(list, "cpu", 64) == Approx(one / 8));
}

TEST_CASE("only runs of one shape share the launches of an ensemble", "[nets][engine]") {
  std::vector<Run> alike, apart;
  for (std::int64_t k = 0; k < 32; ++k) {
    toy::RunSpec spec;
    spec.decoder_widths = {10, 10};
    spec.seed = k;
    alike.push_back(toy::run_of(spec));
    spec.train = k + 10;
    apart.push_back(toy::run_of(spec));
  }
  const double start = expected_seconds({alike.data(), 1}, "cuda", 1);  // one run, one ensemble
  CHECK(expected_seconds(alike, "cuda", 1) == Approx(start));           // launches are shared
  // Each launches by itself; the seconds to start are paid once
  const double launches = expected_seconds(apart, "cuda", 1) - expected_seconds(alike, "cuda", 1);
  const double two = expected_seconds({apart.data(), 2}, "cuda", 1) - start;
  CHECK(two > 1);
  CHECK(launches == Approx(31 * two));
}

TEST_CASE("what is asked for is taken, or refused in one line", "[nets][engine]") {
  CHECK(choose_engine(runs(1000), ask("cpu", "auto"), gpu, "t").device == "cpu");
  CHECK(choose_engine(runs(1000), ask("auto", "cpu"), gpu, "t").engine == "cpu");
  CHECK(choose_engine(runs(1), ask("torch", "auto"), gpu, "t").device == "cuda");
  CHECK(choose_engine(runs(1), ask("torch", "auto"), torch_only, "t").device == "cpu");
  CHECK(choose_engine(runs(1), ask("torch", "cpu"), gpu, "t").device == "cpu");
  CHECK(choose_engine(runs(1), ask("auto", "cuda"), gpu, "t").engine == "torch");
  CHECK(choose_engine({}, ask("auto", "auto"), gpu, "t").engine == "cpu");
  const auto refusal = [](const Workers& request, const Hardware& hardware) -> std::string {
    try {
      choose_engine(runs(1), request, hardware, "t");
    } catch (const InputError& error) {
      return error.what();
    }
    return "none";
  };
  CHECK(refusal(ask("gpu", "auto"), gpu) == "t: --engine = 'gpu', allowed auto, cpu, torch");
  CHECK(refusal(ask("auto", "tpu"), gpu) == "t: --device = 'tpu', allowed auto, cpu, cuda");
  CHECK(refusal(ask("cpu", "cuda"), gpu) ==
        "t: --device = 'cuda', allowed cpu (with --engine cpu)");
  CHECK(refusal(ask("torch", "auto"), bare) ==
        "t: --engine = 'torch', allowed cpu (built without LibTorch)");
  CHECK(refusal(ask("auto", "cuda"), bare) ==
        "t: --device = 'cuda', allowed cpu (built without LibTorch)");
  CHECK(refusal(ask("auto", "cuda"), torch_only) ==
        "t: --device = 'cuda', allowed cpu (no CUDA here)");
}

TEST_CASE("an engine says what it was built of", "[nets][engine]") {
  CHECK_THAT(engine_build("cpu"), ContainsSubstring("x86-64") || ContainsSubstring("baseline"));
  CHECK(describe(cpu_workers(1)) == "engine cpu, 1 thread (asked for)");
  CHECK(describe(Workers{"torch", "cpu", 3, "why"}) == "engine torch on cpu, 3 threads (why)");
  CHECK(describe(Workers{"torch", "cuda", 3, "why"}) == "engine torch on cuda (why)");
}

TEST_CASE("an instruction set by name leaves out the better ones", "[nets][engine]") {
  const std::vector<std::string_view> sets = {"x86-64-v4", "x86-64-v3", "baseline"};
  CHECK(better_than("", sets) == 0);
  CHECK(better_than("x86-64-v4", sets) == 0);
  CHECK(better_than("x86-64-v3", sets) == 1);
  CHECK(better_than("baseline", sets) == 2);
  const auto less = std::span(sets).subspan(1);  // no AVX-512
  CHECK(better_than("", less) == 0);
  CHECK(better_than("baseline", less) == 1);
  CHECK_THROWS_WITH(better_than("x86-64-v4", less),
                    "GROK_INSTRUCTIONS: value = 'x86-64-v4', allowed x86-64-v3, baseline (what "
                    "this processor has)");
  CHECK_THROWS_AS(better_than("X86-64-V3", sets), InputError);
  CHECK_THROWS_AS(better_than("x86-64-v3 ", sets), InputError);
}

TEST_CASE("the kernels begin with the set that GROK_INSTRUCTIONS names", "[nets][engine]") {
  const auto kernels = mlp_kernels<float>();
  REQUIRE(kernels.size() == mlp_kernels<double>().size());
  CHECK(engine_build("cpu") == kernels.front()->instruction_set);
  CHECK(std::string_view(kernels.back()->instruction_set) == "baseline");
  const char* named = std::getenv("GROK_INSTRUCTIONS");
  if (named != nullptr && *named != '\0') {
    CHECK(engine_build("cpu") == named);
  }
}
