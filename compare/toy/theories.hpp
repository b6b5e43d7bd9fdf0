// compare/toy/theories.hpp: the theories that the referee knows, one function each.
//   Flows and networks are followed for so many budgets of a run as their `horizon` says; who is
//   not there by then is forecast `never`, and so is who cannot be: ideal RQI of D at or below the
//   threshold. Of the event `validation` a theory of RQI says that it comes with RQI.
//   eta is a time per step of the gradient flow and of n_h, a length per step of Adam's.
#pragma once

#include "compare/toy/known.hpp"

namespace grok::toy {

/// No steps, the score ln(eta_embedding/eta_decoder): what the settings alone say.
Theory ratio_theory();
/// n_h = 1/(lambda_3 eta), normalisation sum. It says nothing where lambda_3 is 0 and D allows the
/// event all the same. Liu et al. 2022, eq. 9.
Theory slowest_mode_theory();
/// n_h ln(a_3/(delta a_line)) (theory/prediction.hpp, SlowestMode): the same with its start and
/// end.
Theory slowest_mode_log_theory();
/// First step at which RQI of the exact gradient flow of the effective loss exceeds the threshold.
Theory all_modes_theory();
/// The same of Adam on the effective loss, from the network's own embeddings: no fitted constant.
Theory adam_flow_theory();
/// The same with the decoder's metric, as its outputs stand before training; networks of one number
/// per symbol with a tanh decoder.
Theory decoder_metric_theory();
/// Final accuracy is the ideal one; the larger it is, the likelier the event. Eq. 16.
Theory ideal_accuracy_theory();
/// C/sqrt(eta_embedding eta_decoder) with a fitted C, where what D implies is enough for the event
/// (ideal RQI above the threshold); never elsewhere.
Theory two_rate_theory();
/// Steps of a trained network of a fourth of the width (compare/toy/narrow_network.hpp).
Theory narrow_network_theory();
/// First step at which RQI of the mode flow (compare/toy/mode_flow_run.hpp) exceeds the threshold;
/// `never`, too, where the flow has memorised D before.
Theory mode_flow_theory();

/// Steps of a theory without the network's rates do not depend on how its decoder is made, trained
/// or judged: these keys, for `ignores`.
std::vector<std::string> decoder_keys();

/// All of these, without those that look at other runs, which are the referee's. A new one is an
/// entry there.
std::vector<Theory> theories();

}  // namespace grok::toy
