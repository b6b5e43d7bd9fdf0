// The end of `groktheory flow --help`: the loss asked for, the list of all, examples.
#include <fmt/format.h>

#include "cli/flow_options.hpp"

namespace grok {
namespace {

const char* const linear_decoder_text =
    "Liu et al. 2022, App. L: a linear decoder trained with its inputs, as an ODE, beside the\n"
    "effective loss it leads to if it is slow (eta_A << eta_x). One row per ratio eta_A/eta_x,\n"
    "--points + 1 of them from --ratio-low to --ratio-high, all at --time [1/eta_x]. Columns:\n"
    "pair: |r|^2/|r(0)|^2 of two inputs r, -r of one class, |r(0)| = 1; pair_limit that of the\n"
    "effective loss, pair_error the relative difference, pair_exact the closed form;\n"
    "task_error: |E - E_limit| over the path of E_limit for the training set, biases at rest;\n"
    "task_spread, task_limit: within-class spread, to that at the start; task_error_force: as\n"
    "task_error with biases that start at 0 and move at eta_A (the external force is on).\n";

}  // namespace

std::string flow_footer(const std::string& loss) {
  const LossRegistry registry = built_in_losses();
  std::string text;
  if (loss == linear_decoder_name) {
    text = "Loss linear-decoder\n" + std::string(linear_decoder_text);
  }
  for (const LossEntry& entry : registry.entries()) {
    if (entry.name == loss) {
      text = fmt::format("Loss {}: {}\n{}\n", entry.name, entry.summary, entry.text);
    }
  }
  text += "Losses:\n";
  for (const LossEntry& entry : registry.entries()) {
    text += fmt::format("  {:<15} {}\n", entry.name, entry.summary);
  }
  text += "  linear-decoder  where the effective loss comes from: errors against eta_A/eta_x\n";
  return text +
         "Columns: t, step, l0 (not of decoder-metric), l_eff, Z0, C (sum of embeddings; C_k per\n"
         "dimension if d > 1), rqi or what the loss measures, E_i_k. Gradient and linear flows "
         "start\n"
         "from standardised embeddings where the loss says nothing else, adam from raw ones.\n"
         "Examples:\n"
         "  groktheory flow --symbols 10 --train 45 --time 2 --out flow.csv\n"
         "  groktheory flow --symbols 10 --train 45 --flow adam --steps 2000\n"
         "  groktheory flow --loss circle --task modular-addition --symbols 11 --train 60 --time "
         "50\n"
         "  groktheory flow --loss matrix-group --task permutations --symbols 6 --train 30 --time "
         "9\n"
         "  groktheory flow --loss decoder-metric --symbols 10 --train 45 --flow adam --steps "
         "2000\n"
         "  groktheory flow --loss linear-decoder --symbols 10 --train 45 --time 1 --points 25";
}

}  // namespace grok
