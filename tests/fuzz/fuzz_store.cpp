// A store: read as it stands, then opened for writing, which brings an older one up to date.
#include <unistd.h>

#include <fstream>

#include "compare/store/artefacts.hpp"
#include "compare/store/curves.hpp"
#include "nets/toy/model.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace grok {
namespace {

namespace fs = std::filesystem;

// A folder in memory where there is one, with nothing left in it between inputs.
class StorePlace {
 public:
  StorePlace() {
    const fs::path memory = "/dev/shm";
    const fs::path parent = fs::is_directory(memory) ? memory : fs::temp_directory_path();
    folder_ = parent / ("groktheory-fuzz-" + std::to_string(getpid()));
    fs::create_directories(folder_);
  }
  ~StorePlace() {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }
  StorePlace(const StorePlace&) = delete;
  StorePlace& operator=(const StorePlace&) = delete;

  fs::path holding(const std::uint8_t* data, std::size_t size) const {
    for (const auto& left : fs::directory_iterator(folder_)) {  // logs and locks of the last one
      fs::remove_all(left);
    }
    const fs::path file = folder_ / "runs.db";
    std::ofstream out(file, std::ios::binary);
    out.write(reinterpret_cast<const char*>(data), static_cast<std::streamsize>(size));
    require(static_cast<bool>(out.flush()), "the input is written");
    return file;
  }

 private:
  fs::path folder_;
};

void check_read(const fs::path& file, const Run& run) {
  const Store store = Store::open_existing(file);
  store.count();
  const CsvTable all = store.table(toy::model());
  const CsvTable one = store.table(run.model(), std::span(&run, 1));
  for (const CsvTable* table : {&all, &one}) {
    for (const auto& row : table->rows) {
      require(row.size() == table->columns.size(), "rows as long as the header");
    }
  }
  store.find(run);
  find_curve(store, run, 10);
  curve_table(store, run.model(), std::span(&run, 1), {});
  for (const ArtefactInfo& artefact : artefacts_of(store, run.name())) {
    find_artefact(store, run, artefact.name);
  }
}

void check_write(const fs::path& file, const Run& run) {
  Store store(file);
  store.insert(run, toy::outcome_of({}));
  store.find(run);
  store.table(toy::model());
}

}  // namespace
}  // namespace grok

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const grok::StorePlace place;
  static const grok::Run run = grok::toy::run_of({});
  const auto file = place.holding(data, size);
  grok::expect_value_or_one_line([&] { grok::check_read(file, run); });
  grok::expect_value_or_one_line([&] { grok::check_write(file, run); });
  return 0;
}
