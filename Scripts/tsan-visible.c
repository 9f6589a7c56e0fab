// What the thread sanitizer cannot see, told to it: loaded before everything else by `make test-tsan`.
//
// The sanitizer knows the synchronization of instrumented code and of pthreads. Two of ours are neither: GNU's OpenMP
// runtime starts and ends its teams with futexes, and so does Swift's Mutex where threads compete for it. Each
// function here stands before the library's own and says which accesses come before which.
#define _GNU_SOURCE  // RTLD_NEXT
#include <dlfcn.h>
#include <stdbool.h>
#include <stdint.h>

// In the programs under test; null in what else runs with this loaded, as `swift test` itself.
extern void __tsan_acquire(void *) __attribute__((weak));
extern void __tsan_release(void *) __attribute__((weak));

static void acquire(void *address) {
  if (__tsan_acquire) __tsan_acquire(address);
}

static void release(void *address) {
  if (__tsan_release) __tsan_release(address);
}

// MARK: OpenMP

typedef void (*function)(void *);

typedef struct {
  function body;
  void *data;
} team;

static void member(void *argument) {
  team *team = argument;
  acquire(team);
  team->body(team->data);
  release(team);
}

void GOMP_parallel(function body, void *data, unsigned threads, unsigned flags) {
  __typeof__(&GOMP_parallel) original = (__typeof__(&GOMP_parallel))dlsym(RTLD_NEXT, "GOMP_parallel");
  team team = {body, data};
  release(&team);
  original(member, &team, threads, flags);
  acquire(&team);
}

// MARK: Swift's Mutex

// Its quick path, when nobody else wants the lock, is compiled into its users, where the sanitizer sees it.
#define LOCK "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define TRY_LOCK "$s15Synchronization12_MutexHandleV12_tryLockSlowSbyF"
#define UNLOCK "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"
#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context)) void *self

SWIFT void lock_slow(uint32_t thread, SELF) __asm__(LOCK);
SWIFT bool try_lock_slow(SELF) __asm__(TRY_LOCK);
SWIFT void unlock_slow(SELF) __asm__(UNLOCK);

SWIFT void lock_slow(uint32_t thread, SELF) {
  ((__typeof__(&lock_slow))dlsym(RTLD_NEXT, LOCK))(thread, self);
  acquire(self);
}

SWIFT bool try_lock_slow(SELF) {
  bool locked = ((__typeof__(&try_lock_slow))dlsym(RTLD_NEXT, TRY_LOCK))(self);
  if (locked) acquire(self);
  return locked;
}

SWIFT void unlock_slow(SELF) {
  release(self);
  ((__typeof__(&unlock_slow))dlsym(RTLD_NEXT, UNLOCK))(self);
}
