// A fork(2) that runs no handlers of pthread_atfork(3). Those of this program ask the Swift runtime for types, which takes locks that
// another thread may hold at that moment: the child would wait for ever. For children that exec, or exit, and call nothing in between
// that takes a lock.
#ifndef TRACE_DISTILLER_PLAIN_FORK_H
#define TRACE_DISTILLER_PLAIN_FORK_H

#include <sys/types.h>
#include <unistd.h>
#ifdef __linux__
#include <signal.h>
#include <sys/syscall.h>
#endif

static inline pid_t plain_fork(void) {
#ifdef __linux__
  // The order of the last two arguments depends on the processor; both are zero.
  return (pid_t)syscall(SYS_clone, (long)SIGCHLD, 0L, 0L, 0L, 0L);
#else
  return fork();
#endif
}

#endif
