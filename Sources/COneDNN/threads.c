#define _GNU_SOURCE  // RTLD_DEFAULT
#include "threads.h"

#include <dlfcn.h>

descent_openmp descent_openmp_find(void) {
  descent_openmp openmp;
  openmp.get_max_threads = (int (*)(void))dlsym(RTLD_DEFAULT, "omp_get_max_threads");
  openmp.set_num_threads = (void (*)(int))dlsym(RTLD_DEFAULT, "omp_set_num_threads");
  return openmp;
}
