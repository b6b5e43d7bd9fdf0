#include "compare/toy/deduction.hpp"

namespace grok::toy {

DeductionData collect_deduction(const DeductionSettings& settings, int threads) {
  constexpr Index permuted = 3;
  const Task task = Task::permutations(permuted);
  DeductionData data;
  data.chains = find_chains(task);
  data.numbers = try_chain(settings.tried_matrices, permuted);
  data.growth = first_growth(task, settings.train, settings.rounds);
  const auto shares = [&](Deduction deduction) {
    return DeductionShares{
        summarise_implied(implied_draws(task, settings.draws, settings.seed, threads, deduction)),
        summarise_threshold(
            count_complete(task, settings.draws, settings.seed, threads, deduction))};
  };
  data.chain = shares(Deduction::chain);
  data.both = shares(Deduction::chain_and_flip);
  return data;
}

}  // namespace grok::toy
