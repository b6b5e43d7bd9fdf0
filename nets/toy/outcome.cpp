#include "nets/toy/outcome.hpp"

#include <limits>

#include "theory/closure.hpp"
#include "theory/representation.hpp"
#include "theory/ring.hpp"
#include "theory/spectrum.hpp"

namespace grok::toy {

RunLimits run_limits(const RunSpec& spec, Index train_count, Index validation_count) {
  const bool rqi = has_rqi(task_of(spec));
  return {.train_count = train_count,
          .validation_count = validation_count,
          .steps = spec.steps,
          .accuracy_threshold = spec.accuracy_threshold,
          .rqi_threshold = rqi ? spec.rqi_threshold : std::numeric_limits<double>::infinity(),
          .stop = spec.stop == "budget"          ? StopRule::budget
                  : spec.stop == "rqi"           ? StopRule::rqi
                  : spec.stop == "phase" || !rqi ? StopRule::phase
                                                 : StopRule::decided};
}

RqiMeter::RqiMeter(const RunSpec& spec, const Task& task) : tolerance_(*spec.rqi_tolerance) {
  if (has_rqi(task)) {
    parallelograms_ = list_parallelograms(group_by_output(task));
  }
  if (task.combination() == Combination::matrix_product) {
    products_.emplace(task.symbols(), parallelograms_, tolerance_);
  }
}

double RqiMeter::of(const Eigen::MatrixXd& embeddings) {
  return products_ ? products_->of(embeddings) : rqi(embeddings, parallelograms_, tolerance_);
}

namespace {

void add_theory(Record& record, const RunSpec& spec, const Task& task,
                std::span<const Sample> train, const Eigen::MatrixXd& embeddings) {
  if (!has_rqi(task)) {
    return;
  }
  if (task.combination() == Combination::matrix_product) {
    record.predicted_accuracy =
        predicted_product_accuracy(task, train, embeddings, *spec.rqi_tolerance);
    const ProductStructure structure = analyse_products(task, train);
    record.ideal_accuracy = structure.ideal_accuracy;
    record.ideal_rqi = structure.ideal_rqi;
    return;
  }
  record.predicted_accuracy = predicted_accuracy(task, train, embeddings, *spec.rqi_tolerance);
  const Structure structure = analyse_structure(task, train);
  record.unique = structure.unique;
  record.nullity = structure.nullity;
  record.ideal_accuracy = structure.ideal_accuracy;
  record.ideal_rqi = structure.ideal_rqi;
  if (task.name() == "modular-addition") {
    record.ring = ring_share(embeddings);
  }
  record.lambda3 =
      hessian_spectrum(task, group_by_output(task, train), structure, Normalisation::sum).lambda3;
}

}  // namespace

Record make_record(const RunSpec& spec, std::span<const Sample> train, const Milestones& m,
                   const Metrics& last, const Eigen::MatrixXd& embeddings) {
  const Task task = task_of(spec);
  const auto train_count = static_cast<double>(train.size());
  const double count = static_cast<double>(task.sample_count());
  const bool validates = task.sample_count() > std::ssize(train);
  const auto reached = [](std::int64_t step) {
    return step < 0 ? std::nullopt : std::optional(step);
  };
  Record record;
  record.steps_to_train = reached(m.train);
  record.steps_to_validation = reached(m.validation);
  record.steps_to_rqi = reached(m.rqi);
  record.steps_done = m.done;
  record.state = m.diverged ? "diverged" : "done";
  record.train_accuracy = static_cast<double>(last.train_correct) / train_count;
  record.train_loss = last.train_loss;
  if (validates) {
    record.validation_accuracy =
        static_cast<double>(last.validation_correct) / (count - train_count);
    record.validation_loss = last.validation_loss;
  }
  record.accuracy = static_cast<double>(last.train_correct + last.validation_correct) / count;
  if (has_rqi(task)) {
    record.rqi = last.rqi;
  }
  record.phase = phase_of({.steps_to_train = record.steps_to_train,
                           .steps_to_validation = record.steps_to_validation,
                           .diverged = m.diverged,
                           .has_validation = validates,
                           .budget_spent = m.done == spec.steps,
                           .grokking_gap = spec.grokking_gap});
  add_theory(record, spec, task, train, embeddings);
  return record;
}

}  // namespace grok::toy
