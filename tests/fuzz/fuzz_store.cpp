// A store: read as it stands, then opened for writing, which brings an older one up to date.
#include <unistd.h>

#include <fstream>

#include "compare/store/store.hpp"
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

void check_read(const fs::path& file, const RunSpec& spec) {
  const Store store = Store::open_existing(file);
  store.count();
  const CsvTable all = store.table();
  const CsvTable one = store.table(std::span(&spec, 1));
  for (const CsvTable* table : {&all, &one}) {
    for (const auto& row : table->rows) {
      require(row.size() == table->columns.size(), "rows as long as the header");
    }
  }
  store.find(spec);
}

void check_write(const fs::path& file, const RunSpec& spec) {
  Store store(file);
  store.insert(spec, Record{});
  store.find(spec);
  store.table();
}

}  // namespace
}  // namespace grok

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const grok::StorePlace place;
  static const grok::RunSpec spec = grok::resolve({}, "fuzz");
  const auto file = place.holding(data, size);
  grok::expect_value_or_one_line([&] { grok::check_read(file, spec); });
  grok::expect_value_or_one_line([&] { grok::check_write(file, spec); });
  return 0;
}
