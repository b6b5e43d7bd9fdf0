// nets/toy/ensemble/ensemble.hpp: networks of one shape that train side by side on one device. No
// LibTorch type here: it stays inside.
//   A step of every member: forward of all samples, metrics, milestones (nets/toy/milestones.hpp),
//   backward, update. A member that has ended stands still, its metrics with it. Nothing waits for
//   the device but `states`, `embeddings` and `blocks`.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "nets/torch_engine.hpp"
#include "nets/toy/ensemble/ensemble_arrays.hpp"
#include "nets/toy/ensemble/ensemble_engine.hpp"
#include "nets/toy/ensemble/ensemble_layout.hpp"

namespace grok::toy {

class Ensemble {
 public:
  /// Mini-batches are drawn for so many steps at once.
  static constexpr std::int64_t chunk_steps = ensemble_stride_cuda;

  virtual ~Ensemble() = default;
  virtual std::int64_t members() const = 0;

  /// Puts a run into a slot, 0 <= slot < members(), at step 0. Of the shape of the others.
  virtual void load(std::int64_t slot, const RunSpec& resolved, const InitialState& state) = 0;
  virtual void run(std::int64_t steps) = 0;

  virtual std::vector<MemberState> states() = 0;
  virtual Eigen::MatrixXd embeddings(std::int64_t slot) = 0;  // p x d

  /// Takes slots out. Slot k then holds what slot `result[k]` held; the others are not changed.
  virtual std::vector<std::int64_t> remove(const std::vector<std::int64_t>& slots) = 0;

  /// For checks: "embeddings", "decoder[0].weight", ... row by row; the gradient of the last step.
  struct Block {
    std::string name;
    std::vector<double> parameter, gradient;
  };
  virtual std::vector<Block> blocks(std::int64_t slot) = 0;
};

/// device: "cpu" or "cuda". Throws what LibTorch throws when memory is out.
std::unique_ptr<Ensemble> make_ensemble(const RunSpec& resolved, std::int64_t members,
                                        const std::string& device);

/// For checks: float64, on the CPU, with passes of one's own.
std::unique_ptr<Ensemble> make_ensemble(const RunSpec& resolved, std::int64_t members,
                                        const EnsembleKernels<double>& kernels);

}  // namespace grok::toy
