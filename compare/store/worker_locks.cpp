#include "compare/store/worker_locks.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "core/errors.hpp"

namespace grok {
namespace {

// Of `count` bytes from that of this worker on; 0: all.
struct flock bytes_of(std::int64_t worker, std::int64_t count) {
  struct flock bytes {};
  bytes.l_type = F_WRLCK;
  bytes.l_whence = SEEK_SET;
  bytes.l_start = worker;
  bytes.l_len = count;
  return bytes;
}

}  // namespace

WorkerLocks::WorkerLocks(const std::filesystem::path& store, Mode mode) : path_(beside(store)) {
  const int flags = mode == Mode::work ? O_RDWR | O_CREAT : O_RDONLY;
  descriptor_ = ::open(path_.c_str(), flags | O_CLOEXEC, 0666);
  if (descriptor_ < 0 && mode == Mode::work) {
    fail();
  }
}

WorkerLocks::~WorkerLocks() {
  if (descriptor_ >= 0) {
    ::close(descriptor_);
  }
}

void WorkerLocks::lock(std::int64_t worker) const {
  struct flock byte = bytes_of(worker, 1);
  if (fcntl(descriptor_, F_OFD_SETLK, &byte) != 0) {
    fail();
  }
}

bool WorkerLocks::alive(std::int64_t worker) const {
  if (descriptor_ < 0) {
    return false;
  }
  struct flock byte = bytes_of(worker, 1);
  if (fcntl(descriptor_, F_OFD_GETLK, &byte) != 0) {
    fail();
  }
  return byte.l_type != F_UNLCK;
}

bool WorkerLocks::any() const {
  struct flock all = bytes_of(0, 0);
  return descriptor_ < 0 || fcntl(descriptor_, F_OFD_GETLK, &all) != 0 || all.l_type != F_UNLCK;
}

void WorkerLocks::remove() const { ::unlink(path_.c_str()); }

bool WorkerLocks::in_place() const {
  struct stat named {
  }, held{};
  return stat(path_.c_str(), &named) == 0 && fstat(descriptor_, &held) == 0 &&
         named.st_dev == held.st_dev && named.st_ino == held.st_ino;
}

void WorkerLocks::fail() const {
  throw Error(fmt::format("{}: lock: {}", path_, std::strerror(errno)));
}

}  // namespace grok
