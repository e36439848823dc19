// Giving free memory back to the system: glibc's module for Swift leaves its header out.
#ifndef TRACE_DISTILLER_ALLOCATOR_H
#define TRACE_DISTILLER_ALLOCATOR_H

#include <stdlib.h>

#if defined(__GLIBC__)
#include <malloc.h>
/// Hands the pages that hold nothing back to the system. Takes milliseconds where there are many.
static inline void give_back_free_memory(void) { malloc_trim(0); }
#else
static inline void give_back_free_memory(void) {}
#endif

#endif
