// Returns free memory to the system. Swift's module for glibc does not include this header.
#ifndef TRACE_DISTILLER_ALLOCATOR_H
#define TRACE_DISTILLER_ALLOCATOR_H

#include <stdlib.h>

#if defined(__GLIBC__)
#include <malloc.h>
/// Returns unused pages to the system. Takes milliseconds where there are many.
static inline void give_back_free_memory(void) { malloc_trim(0); }

/// Makes free memory return to the system early. By default glibc raises both thresholds to the largest block that was ever freed (up to 64
/// MiB), so the memory of a few large answers would stay with every thread that wrote one. Blocks of 4 MiB or more get pages of their own;
/// free memory of 2 MiB or more at the end of a heap is returned.
static inline void keep_little_free_memory(void) {
  mallopt(M_MMAP_THRESHOLD, 4 << 20);
  mallopt(M_TRIM_THRESHOLD, 2 << 20);
}
#else
static inline void give_back_free_memory(void) {}
static inline void keep_little_free_memory(void) {}
#endif

#endif
