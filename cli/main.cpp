#include <iostream>

#include "cli/run_cli.hpp"

int main(int argc, char** argv) {
  return grok::run_cli({argv + 1, argv + argc}, std::cout, std::cerr);
}
