// nets/models.cpp: the one list of the kinds of network that this package has.
#include "nets/linear/model.hpp"
#include "nets/model.hpp"
#include "nets/parity/model.hpp"
#include "nets/toy/model.hpp"

namespace grok {

const Models& models() {
  static const Models all = {&toy::model(), &linear::teacher_model(), &linear::diagonal_model(),
                             &parity::model()};
  return all;
}

}  // namespace grok
