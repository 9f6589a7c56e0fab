// How many threads oneDNN uses is a setting of the OpenMP runtime that it is linked to, one per calling thread.
#ifndef DESCENT_COneDNN_THREADS_H
#define DESCENT_COneDNN_THREADS_H

// The runtime's two functions; null where oneDNN was built without OpenMP.
typedef struct {
  int (*get_max_threads)(void);
  void (*set_num_threads)(int);
} descent_openmp;

// Looks the functions up among the libraries that the process has loaded. Whether they come from libgomp or libomp
// is not known when Descent is linked, so that naming a library there would be wrong on one system or the other.
descent_openmp descent_openmp_find(void);

// Sets the calling thread's number of threads and returns what it was. A few nanoseconds.
static inline int descent_threads_enter(const descent_openmp *openmp, int threads) {
  if (!openmp->get_max_threads || !openmp->set_num_threads) return threads;
  int usual = openmp->get_max_threads();
  if (usual != threads) openmp->set_num_threads(threads);
  return usual;
}

// Undoes descent_threads_enter.
static inline void descent_threads_leave(const descent_openmp *openmp, int threads, int usual) {
  if (usual != threads) openmp->set_num_threads(usual);
}

#endif
