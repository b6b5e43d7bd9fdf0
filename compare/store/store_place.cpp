// Where the file of a store stands: who may open it how, what is beside it, whether it is still
// there.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>
#include <fstream>

#include "compare/store/store_file.hpp"
#include "compare/store/worker_locks.hpp"
#include "core/errors.hpp"

namespace grok {
namespace {

namespace fs = std::filesystem;

constexpr int busy_milliseconds = 600'000;  // a merge may take minutes
constexpr std::size_t suffix_bytes = 8;     // -journal, -workers
constexpr const char* ours = "a store of groktheory";

// A store may come from anybody: nothing that its schema holds is run. A view or a trigger could
// take for ever.
void distrust(sqlite3* db) {
  constexpr int longest_value = 64 << 20;
  for (const int off : {SQLITE_DBCONFIG_ENABLE_VIEW, SQLITE_DBCONFIG_ENABLE_TRIGGER,
                        SQLITE_DBCONFIG_TRUSTED_SCHEMA}) {
    sqlite3_db_config(db, off, 0, nullptr);
  }
  sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_limit(db, SQLITE_LIMIT_LENGTH, longest_value);
}

fs::path folder_of(const fs::path& file) {
  return file.has_parent_path() ? file.parent_path() : fs::path(".");
}

// The file, or what SQLite keeps beside it. 0: both may be written.
int why_not_written(const fs::path& file) {
  if (access(file.c_str(), W_OK) != 0 && errno != ENOENT) {
    return errno;
  }
  return access(folder_of(file).c_str(), W_OK) == 0 ? 0 : errno;
}

// Byte 18 of the header: 2 where journal_mode is wal.
bool keeps_log(const fs::path& file) {
  char header[19] = {};
  return std::ifstream(file, std::ios::binary).read(header, sizeof header) && header[18] == 2;
}

// A name for SQLite: no URI, though it begin with "file:".
std::string plain_name(const fs::path& file) {
  return file.is_absolute() ? file.string() : (fs::path(".") / file).string();
}

std::string immutable_uri(const fs::path& file) {
  std::string uri = "file:";
  for (const char c : fs::absolute(file).string()) {
    uri += c == '?' || c == '#' || c == '%' ? fmt::format("%{:02x}", c) : std::string(1, c);
  }
  return uri + "?immutable=1";
}

}  // namespace

void StoreFile::open() {
  require_place();
  std::error_code none;  // one store has one name: what stands beside it is found by it
  if (const auto real = fs::canonical(path_, none); !none && fs::is_symlink(path_)) {
    path_ = real;
  }
  const int refused = why_not_written(path_);
  as_it_stands_ = read_only_ && refused != 0 && keeps_log(path_) && !file_beside("-shm") &&
                  !file_beside("-wal");
  // A reader that may write does, for SQLite alone: else what it makes beside the store would stay
  const int mode = read_only_ && refused != 0 ? SQLITE_OPEN_READONLY
                   : read_only_               ? SQLITE_OPEN_READWRITE
                                              : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  const std::string name = as_it_stands_ ? immutable_uri(path_) : plain_name(path_);
  sqlite3* raw = nullptr;
  const int status =
      sqlite3_open_v2(name.c_str(), &raw, mode | (as_it_stands_ ? SQLITE_OPEN_URI : 0), nullptr);
  db_.reset(raw);
  if (status != SQLITE_OK || (!read_only_ && refused != 0)) {
    refuse("file",
           fmt::format("cannot be opened ({})",
                       std::strerror(refused != 0 ? refused : sqlite3_system_errno(raw))),
           read_only_ ? "a file that can be read" : "a place that can be written");
  }
  distrust(raw);
  if (refused == 0) {
    clear_dead_workers();
  }
  sqlite3_busy_timeout(raw, busy_milliseconds);
}

void StoreFile::require_place() const {
  if (path_.empty() || path_ == ":memory:") {  // SQLite would keep these nowhere
    refuse("store", fmt::format("'{}'", path_.string()), "the name of a file");
  }
  require_short_path();
  std::error_code failure;
  const fs::file_status found = fs::status(path_, failure);
  if (fs::is_directory(found)) {
    refuse("file", "a directory", ours);
  }
  if (fs::exists(found) && !fs::is_regular_file(found)) {
    refuse("file", "a device, a pipe or a socket", ours);  // to open a pipe is to wait for it
  }
  if (found.type() == fs::file_type::not_found) {
    if (!fs::exists(folder_of(path_), failure)) {
      refuse("folder", fmt::format("'{}', which is missing", folder_of(path_).string()),
             "one that exists");
    }
    if (read_only_) {
      refuse("file", "missing", "an existing store");
    }
  }
}

// SQLite's own limit holds for the whole path; the system's for each name in it.
void StoreFile::require_short_path() const {
  std::error_code failure;
  fs::path whole = fs::weakly_canonical(path_, failure);
  whole = failure ? fs::absolute(path_) : whole;
  std::size_t longest = path_.filename().string().size() + suffix_bytes;
  for (const fs::path& name : whole.parent_path()) {
    longest = std::max(longest, name.string().size());
  }
  const auto most = static_cast<std::size_t>(sqlite3_vfs_find(nullptr)->mxPathname) - suffix_bytes;
  if (longest > NAME_MAX || whole.string().size() > most) {
    refuse("path", fmt::format("{} bytes from / on", whole.string().size()),
           fmt::format("at most {} (SQLite's limit), the file's name at most {}, a folder's {}",
                       most, NAME_MAX - suffix_bytes, NAME_MAX));
  }
}

// Not empty.
bool StoreFile::file_beside(const char* suffix) const {
  std::error_code none;
  const auto size = fs::file_size(path_.string() + suffix, none);
  return !none && size > 0;
}

// A killed process leaves its file of locks. While SQLite's own lock is held nobody joins; where
// that is not free at once somebody is at work, who will remove it.
void StoreFile::clear_dead_workers() const {
  if (!fs::exists(WorkerLocks::beside(path_)) ||
      WorkerLocks(path_, WorkerLocks::Mode::look).any() ||
      sqlite3_exec(db_.get(), "begin immediate", nullptr, nullptr, nullptr) != SQLITE_OK) {
    return;
  }
  const WorkerLocks locks(path_, WorkerLocks::Mode::look);
  if (!locks.any()) {
    locks.remove();
  }
  sqlite3_exec(db_.get(), "rollback", nullptr, nullptr, nullptr);
}

void StoreFile::remember_place() {
  struct stat now {};
  if (stat(path_.c_str(), &now) == 0) {
    device_ = now.st_dev;
    inode_ = now.st_ino;
    changed_ = now.st_mtim;
  }
}

void StoreFile::require_unchanged() const {
  struct stat now {};
  if (as_it_stands_ &&
      (stat(path_.c_str(), &now) != 0 || now.st_ino != inode_ ||
       now.st_mtim.tv_sec != changed_.tv_sec || now.st_mtim.tv_nsec != changed_.tv_nsec)) {
    throw Error(
        fmt::format("{}: the store was changed while it was read, from a place that may not "
                    "write it; the same command reads it again",
                    path_.string()));
  }
}

// SQLite goes on writing to a file without a name, and takes what was cut off for zeros.
void StoreFile::require_in_place() const {
  struct stat now {};
  if (stat(path_.c_str(), &now) != 0 || now.st_dev != device_ || now.st_ino != inode_) {
    throw Error(
        fmt::format("{}: the store was deleted or replaced while it was in use", path_.string()));
  }
  if (now.st_size < size_) {
    throw Error(fmt::format("{}: the store was truncated while it was in use: {} bytes of {}",
                            path_.string(), now.st_size, size_));
  }
  if (log_ != 0 && inode_of_log() != log_) {
    throw Error(
        fmt::format("{}-wal: was deleted or replaced while the store was in use, and with it "
                    "the newest records",
                    path_.string()));
  }
}

ino_t StoreFile::inode_of_log() const {
  struct stat now {};
  return stat((path_.string() + "-wal").c_str(), &now) == 0 ? now.st_ino : 0;
}

// Under the lock alone: what a killed process left half written has been taken back then. The log
// stays as long as the store is open.
void StoreFile::note_place() const {
  struct stat now {};
  if (stat(path_.c_str(), &now) == 0) {
    size_ = now.st_size;
  }
  log_ = inode_of_log();
}

}  // namespace grok
