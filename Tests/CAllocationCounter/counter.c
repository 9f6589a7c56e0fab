#include "CAllocationCounter.h"

#include <errno.h>
#include <stddef.h>

// Per thread, so that tests that run beside the counting one are not counted.
static _Thread_local bool counting;
static _Thread_local int64_t count;

void allocation_counter_start(void) {
  count = 0;
  counting = true;
}

int64_t allocation_counter_stop(void) {
  counting = false;
  return count;
}

// The sanitizers bring allocators of their own.
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define HAS_SANITIZER
#endif
#endif

#if defined(__linux__) && !defined(HAS_SANITIZER)

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);

bool allocation_counter_works(void) { return true; }

static void note(void) {
  if (counting) count++;
}

// The executable's definitions come before the C library's, for every library in the process.
void *malloc(size_t size) {
  note();
  return __libc_malloc(size);
}

void *calloc(size_t n, size_t size) {
  note();
  return __libc_calloc(n, size);
}

void *realloc(void *p, size_t size) {
  note();
  return __libc_realloc(p, size);
}

void *memalign(size_t alignment, size_t size) {
  note();
  return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
  note();
  return __libc_memalign(alignment, size);
}

int posix_memalign(void **result, size_t alignment, size_t size) {
  note();
  void *p = __libc_memalign(alignment, size);
  if (p == NULL) return ENOMEM;
  *result = p;
  return 0;
}

#else

bool allocation_counter_works(void) { return false; }

#endif
