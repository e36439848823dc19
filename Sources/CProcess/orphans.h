// Finds the process that adopts orphans. Linux reports the subreaper flag only for the calling process, and Swift has no fork.
#ifndef TRACE_DISTILLER_PROCESS_H
#define TRACE_DISTILLER_PROCESS_H

#include "plain_fork.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

/// Returns the process that adopts the orphans of this process's children: this process if it asked for that (PR_SET_CHILD_SUBREAPER), else
/// the nearest ancestor that asked, else process 1. Returns 0 where it cannot be found out. It forks a child that exits at once; the
/// child's own child then reads its new parent. Both live for a moment and call only what is allowed after fork in a process with several
/// threads.
static inline pid_t adopter_of_orphans(void) {
  int ends[2];
  if (pipe(ends) != 0) return 0;
  pid_t child = plain_fork();
  if (child == 0) {
    pid_t parent = getpid();
    if (plain_fork() != 0) _exit(0);
    pid_t adopter = parent;
    for (int tries = 0; tries < 1000 && adopter == parent; tries++) {
      adopter = getppid();
      if (adopter == parent) usleep(1000);
    }
    if (adopter != parent && write(ends[1], &adopter, sizeof adopter) != sizeof adopter) _exit(1);
    _exit(0);
  }
  close(ends[1]);
  pid_t adopter = 0;
  if (child > 0) {
    while (waitpid(child, NULL, 0) < 0 && errno == EINTR) {}
    ssize_t count;
    while ((count = read(ends[0], &adopter, sizeof adopter)) < 0 && errno == EINTR) {}
    if (count != sizeof adopter) adopter = 0;
  }
  close(ends[0]);
  return adopter;
}

/// From now on this process takes in what its children leave behind, so that it can wait for them. False where the system has no such thing.
static inline int adopt_orphans(void) {
#ifdef __linux__
  return prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0;
#else
  return 0;
#endif
}

#endif
