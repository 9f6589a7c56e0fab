#define _GNU_SOURCE  // RTLD_DEFAULT
#include "threads.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>

#include "COneDNN.h"

// libgomp reads its settings when it is loaded. Its default lets a waiting thread turn for milliseconds; when another
// process wants the processor, every fork and join then takes that long. This bound, some microseconds, spans
// the gaps between the kernels of a step.
static const char *const spin_count = "1000";

static void prepare(void) {
  if (!getenv("GOMP_SPINCOUNT") && !getenv("OMP_WAIT_POLICY")) setenv("GOMP_SPINCOUNT", spin_count, 1);
#ifdef __linux__
  dlopen("libgomp.so.1", RTLD_NOW | RTLD_GLOBAL);
#endif
}

void descent_openmp_prepare(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, prepare);
}

descent_openmp descent_openmp_find(void) {
  descent_openmp openmp;
  openmp.get_max_threads = (int (*)(void))dlsym(RTLD_DEFAULT, "omp_get_max_threads");
  openmp.set_num_threads = (void (*)(int))dlsym(RTLD_DEFAULT, "omp_set_num_threads");
  return openmp;
}
