// Starting a program that belongs to nobody, sockets in the file system, and who is at their other end: Swift has no fork, and glibc shows
// peer credentials only with _GNU_SOURCE.
#ifndef TRACE_DISTILLER_DETACHED_H
#define TRACE_DISTILLER_DETACHED_H

#include "plain_fork.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/syscall.h>
#endif

static inline void close_all_from(int first) {
#if defined(__linux__) && defined(SYS_close_range)
  if (syscall(SYS_close_range, (unsigned)first, ~0U, 0) == 0) return;
#endif
  long most = sysconf(_SC_OPEN_MAX);
  if (most < 0 || most > 65536) most = 65536;
  for (int descriptor = first; descriptor < most; descriptor++) close(descriptor);
}

/// Starts a program in a session of its own, whose parent is nobody of ours, in the directory `/`, with standard streams that lead nowhere,
/// and with `first` and `second` as its descriptors 3 and 4 and no other. Returns 0 once the program is running, else the errno of what
/// failed. Between fork and exec it calls only what is allowed in a process with several threads.
static inline int start_detached(const char *path, char *const arguments[], char *const environment[], int first, int second) {
  int report[2];
  if (pipe(report) != 0) return errno;
  // Away from the numbers that are given out below.
  int writer = fcntl(report[1], F_DUPFD, 16);
  int one = fcntl(first, F_DUPFD, 16), two = fcntl(second, F_DUPFD, 16);
  int problem = writer < 0 || one < 0 || two < 0 ? errno : 0;
  close(report[1]);
  pid_t child = problem ? -1 : plain_fork();
  if (!problem && child < 0) problem = errno;
  if (child == 0) {
    int code = 0;
    if (setsid() < 0) code = errno;
    pid_t inner = plain_fork();
    if (inner > 0) _exit(0);
    if (inner < 0) code = errno;
    if (!code) {
      sigset_t none;
      sigemptyset(&none);
      sigprocmask(SIG_SETMASK, &none, NULL);
      for (int number = 1; number < 32; number++)
        if (number != SIGKILL && number != SIGSTOP) signal(number, SIG_DFL);
      signal(SIGHUP, SIG_IGN);
      umask(077);
      int nowhere = open("/dev/null", O_RDWR);
      if (chdir("/") != 0 || nowhere < 0) code = errno;
      for (int stream = 0; stream < 3 && !code; stream++)
        if (dup2(nowhere, stream) < 0) code = errno;
      if (!code && (dup2(one, 3) < 0 || dup2(two, 4) < 0)) code = errno;
      // Closed by exec, which is how the other end learns that the program runs.
      if (!code && (dup2(writer, 5) < 0 || fcntl(5, F_SETFD, FD_CLOEXEC) < 0)) code = errno;
      if (!code) {
        close_all_from(6);
        writer = 5;
        execve(path, arguments, environment);
        code = errno;
      }
    }
    if (write(writer, &code, sizeof code) < 0) _exit(126);
    _exit(127);
  }
  if (writer >= 0) close(writer);
  if (one >= 0) close(one);
  if (two >= 0) close(two);
  if (child > 0) {
    while (waitpid(child, NULL, 0) < 0 && errno == EINTR) {}
    int code = 0;
    ssize_t count;
    while ((count = read(report[0], &code, sizeof code)) < 0 && errno == EINTR) {}
    if (count == (ssize_t)sizeof code) problem = code ? code : ECHILD;
  }
  close(report[0]);
  return problem;
}

static inline int socket_address(const char *path, struct sockaddr_un *address) {
  memset(address, 0, sizeof *address);
  address->sun_family = AF_UNIX;
  if (strlen(path) >= sizeof address->sun_path) {
    errno = ENAMETOOLONG;
    return -1;
  }
  strcpy(address->sun_path, path);
  return 0;
}

static inline int unix_socket(void) {
  int descriptor = socket(AF_UNIX, SOCK_STREAM, 0);
  if (descriptor >= 0) {
    fcntl(descriptor, F_SETFD, FD_CLOEXEC);
    fcntl(descriptor, F_SETFL, O_NONBLOCK);
  }
  return descriptor;
}

/// A listening socket at that path, for this user alone; −1 with errno.
static inline int listen_at(const char *path, int backlog) {
  struct sockaddr_un address;
  if (socket_address(path, &address) != 0) return -1;
  int descriptor = unix_socket();
  if (descriptor < 0) return -1;
  mode_t before = umask(0177);
  int bound = bind(descriptor, (struct sockaddr *)&address, sizeof address);
  int code = errno;
  umask(before);
  if (bound == 0 && listen(descriptor, backlog) == 0) return descriptor;
  if (bound == 0) code = errno;
  close(descriptor);
  errno = code;
  return -1;
}

/// A connection to the socket at that path, which does not block; −1 with errno, EAGAIN where more wait there than may.
static inline int connect_to(const char *path) {
  struct sockaddr_un address;
  if (socket_address(path, &address) != 0) return -1;
  int descriptor = unix_socket();
  if (descriptor < 0) return -1;
  if (connect(descriptor, (struct sockaddr *)&address, sizeof address) == 0) return descriptor;
  int code = errno;
  close(descriptor);
  errno = code;
  return -1;
}

static inline int accept_from(int listener) {
  int descriptor = accept(listener, NULL, NULL);
  if (descriptor >= 0) {
    fcntl(descriptor, F_SETFD, FD_CLOEXEC);
    fcntl(descriptor, F_SETFL, O_NONBLOCK);
  }
  return descriptor;
}

/// The user at the other end of a socket, and the process where the system tells it (else 0). Returns 0, or −1 with errno.
static inline int peer_of(int descriptor, pid_t *process, uid_t *user) {
#ifdef __linux__
  struct { pid_t pid; uid_t uid; gid_t gid; } peer;
  socklen_t size = sizeof peer;
  if (getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return -1;
  *process = peer.pid;
  *user = peer.uid;
  return 0;
#else
  gid_t group;
  *process = 0;
  return getpeereid(descriptor, user, &group);
#endif
}

#endif
