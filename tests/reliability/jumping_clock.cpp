// Preloaded: a wall clock that jumps by up to a year, back and forth, at every look at it. The
// steady clock stays.
#include <dlfcn.h>
#include <sys/time.h>
#include <time.h>

#include <atomic>

namespace {

long jump() {
  static std::atomic<unsigned> looks = 0;
  const unsigned mixed = (looks += 1) * 2654435761U;
  return static_cast<long>(mixed % 63'072'000U) - 31'536'000L;
}

}  // namespace

extern "C" {

int clock_gettime(clockid_t clock, timespec* now) noexcept {
  using Call = int (*)(clockid_t, timespec*);
  static const Call real = reinterpret_cast<Call>(dlsym(RTLD_NEXT, "clock_gettime"));
  const int status = real(clock, now);
  if (clock == CLOCK_REALTIME) {
    now->tv_sec += jump();
  }
  return status;
}

int gettimeofday(timeval* now, void* zone) noexcept {
  using Call = int (*)(timeval*, void*);
  static const Call real = reinterpret_cast<Call>(dlsym(RTLD_NEXT, "gettimeofday"));
  const int status = real(now, zone);
  now->tv_sec += jump();
  return status;
}

time_t time(time_t* out) noexcept {
  using Call = time_t (*)(time_t*);
  static const Call real = reinterpret_cast<Call>(dlsym(RTLD_NEXT, "time"));
  const time_t now = real(nullptr) + jump();
  if (out != nullptr) {
    *out = now;
  }
  return now;
}

}  // extern "C"
