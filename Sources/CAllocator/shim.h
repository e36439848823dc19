// Returns free memory, and code that is no longer needed, to the system. Swift's module for glibc does not include these headers.
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

#if defined(__linux__)
#include <link.h>
#include <stdint.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <unistd.h>

/// Lets go of the pages of this program's code and constants that are mapped: starting (arguments, dynamic casts over all conformances) touches most of them,
/// and serving few, which come back from the page cache when they are used. Pages that can be written are left alone.
static inline void give_back_code_of_start(void) {
  const ElfW(Phdr) *headers = (const ElfW(Phdr) *)getauxval(AT_PHDR);
  size_t count = getauxval(AT_PHNUM);
  size_t page = (size_t)sysconf(_SC_PAGESIZE);
  if (!headers) return;
  for (size_t i = 0; i < count; i++) {
    if (headers[i].p_type != PT_PHDR) continue;
    uintptr_t base = (uintptr_t)headers - headers[i].p_vaddr;
    for (size_t j = 0; j < count; j++) {
      if (headers[j].p_type != PT_LOAD || headers[j].p_flags & PF_W) continue;
      uintptr_t start = (base + headers[j].p_vaddr) & ~(page - 1);
      uintptr_t end = (base + headers[j].p_vaddr + headers[j].p_memsz) & ~(page - 1);
      if (end > start) madvise((void *)start, end - start, MADV_DONTNEED);
    }
    return;
  }
}
#else
static inline void give_back_code_of_start(void) {}
#endif

#endif
