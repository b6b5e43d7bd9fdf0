// compare/toy/theories.hpp: the theories that the referee knows, one function each.
//   Flows are followed for `prediction_budgets` times a run's budget (unless said); who is not
//   there by then is forecast `never`. Of the event `validation` a theory of RQI says that it comes
//   with RQI.
#pragma once

#include "compare/toy/known.hpp"

namespace grok::toy {

/// n_h = 1/(lambda_3 eta), normalisation sum; never where the structure is not unique. Liu et al.
/// 2022, eq. 9.
Theory slowest_mode_theory();
/// First step at which RQI of the exact gradient flow of the effective loss exceeds the threshold.
Theory all_modes_theory();
/// The same of Adam on the effective loss, from the network's own embeddings: no fitted constant.
Theory adam_flow_theory();
/// The same with the decoder's metric, as its outputs stand before training, within one budget of
/// the run (a step costs more); networks of one number per symbol with a tanh decoder.
Theory decoder_metric_theory();
/// Final accuracy is the ideal one; the larger it is, the likelier the event. Eq. 17.
Theory ideal_accuracy_theory();
/// C/sqrt(eta_embedding eta_decoder) with a fitted C, where what D implies is enough for the event
/// (ideal RQI above the threshold); never elsewhere.
Theory two_rate_theory();
/// First step at which RQI of the mode flow (compare/toy/mode_flow_run.hpp) exceeds the threshold,
/// within mode_flow_budgets times the run's budget; `never`: not by then, or the flow has memorised
/// D before.
Theory mode_flow_theory();

/// Steps of a theory without the network's rates do not depend on how its decoder is made, trained
/// or judged: these keys, for `ignores`.
std::vector<std::string> decoder_keys();

/// All of these, without the null model, which is the referee's. A new one is an entry there.
std::vector<Theory> theories();

}  // namespace grok::toy
