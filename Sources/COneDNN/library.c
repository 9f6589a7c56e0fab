#include "library.h"

#include <dlfcn.h>
#include <stdio.h>

#include "COneDNN.h"
#include "threads.h"

descent_onednn_functions onednn;

int descent_onednn_major_version(void) { return DNNL_VERSION_MAJOR; }

bool descent_onednn_load(const char *name, char *problem, size_t size) {
  descent_openmp_prepare();
  // Global, so that the threads' functions in the runtime it brings along can be found.
  void *library = dlopen(name, RTLD_NOW | RTLD_GLOBAL);
  if (!library) {
    snprintf(problem, size, "%s", dlerror());
    return false;
  }
#define DESCENT_FIND(function)                                                          \
  onednn.function = (__typeof__(onednn.function))dlsym(library, "dnnl_" #function);      \
  if (!onednn.function) {                                                               \
    snprintf(problem, size, "it lacks the function dnnl_" #function);                   \
    return false;                                                                       \
  }
  DESCENT_ONEDNN_FUNCTIONS(DESCENT_FIND)
#undef DESCENT_FIND
  int major = onednn.version()->major;
  if (major != DNNL_VERSION_MAJOR) {
    snprintf(problem, size, "it is version %d, but Descent was built for version %d", major, DNNL_VERSION_MAJOR);
    return false;
  }
  return true;
}
