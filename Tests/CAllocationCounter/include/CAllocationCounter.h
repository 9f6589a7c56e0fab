// Counts the heap allocations of the whole process, by standing in front of the C library's allocator.
#ifndef DESCENT_CALLOCATION_COUNTER_H
#define DESCENT_CALLOCATION_COUNTER_H

#include <stdbool.h>
#include <stdint.h>

/// Whether counting works here (glibc, and no sanitizer).
bool allocation_counter_works(void);

/// Starts counting the calling thread's allocations, from 0.
void allocation_counter_start(void);

/// Stops, and gives the number of allocations since the start.
int64_t allocation_counter_stop(void);

#endif
