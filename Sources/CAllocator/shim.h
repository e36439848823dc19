// Giving free memory back to the system: glibc's module for Swift leaves its header out.
#ifndef TRACE_DISTILLER_ALLOCATOR_H
#define TRACE_DISTILLER_ALLOCATOR_H

#include <stdlib.h>

#if defined(__GLIBC__)
#include <malloc.h>
/// Hands the pages that hold nothing back to the system. Takes milliseconds where there are many.
static inline void give_back_free_memory(void) { malloc_trim(0); }

/// Lets memory go as soon as it is free. glibc raises both thresholds with the largest block that was ever freed, up to 64 MiB: what a few large answers
/// took would then stay with each thread that gave one. Blocks from 4 MiB on are of the system's own pages; an end of a heap of 2 MiB that is free goes.
static inline void keep_little_free_memory(void) {
  mallopt(M_MMAP_THRESHOLD, 4 << 20);
  mallopt(M_TRIM_THRESHOLD, 2 << 20);
}
#else
static inline void give_back_free_memory(void) {}
static inline void keep_little_free_memory(void) {}
#endif

#endif
