// tcpload: bytes through a TCP proxy on 127.0.0.1, to hold proxies side by side.
//   tcpload server PORT                     takes what comes, or sends without end, as the first byte says
//   tcpload client PORT MIB PID             sends MIB, waits until the server has it all; prints time and the CPU time of process PID
//   tcpload slow PORT CONNS SECS PID        CONNS readers that take 1 KiB a second of a server that sends without end; prints the
//                                           memory of process PID each second
// Build: cc -O2 -o tcpload tcpload.c
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static char block[256 * 1024];

static void die(const char *what) {
  perror(what);
  exit(1);
}

static int64_t now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static double cpu_seconds(int pid) {
  char path[64], b[1024];
  snprintf(path, sizeof path, "/proc/%d/stat", pid);
  int f = open(path, O_RDONLY), n = f < 0 ? -1 : (int)read(f, b, sizeof b - 1);
  if (n <= 0) die(path);
  close(f);
  b[n] = 0;
  long u, s;
  sscanf(strrchr(b, ')') + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %ld %ld", &u, &s);
  return (u + s) / (double)sysconf(_SC_CLK_TCK);
}

static long rss_kib(int pid) {
  char path[64];
  long pages = 0, skip;
  snprintf(path, sizeof path, "/proc/%d/statm", pid);
  FILE *f = fopen(path, "r");
  if (!f || fscanf(f, "%ld %ld", &skip, &pages) != 2) die(path);
  fclose(f);
  return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

static struct sockaddr_in at(int port) {
  return (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

static int dial(int port, int small) {
  struct sockaddr_in a = at(port);
  int fd = socket(AF_INET, SOCK_STREAM, 0), size = 4096;
  if (small) setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
  if (connect(fd, (void *)&a, sizeof a)) die("connect");
  return fd;
}

static void server(int port) {
  struct sockaddr_in a = at(port);
  int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (bind(fd, (void *)&a, sizeof a) || listen(fd, 1024)) die("listen");
  signal(SIGCHLD, SIG_IGN);
  for (;;) {
    int c = accept(fd, 0, 0);
    if (c < 0) die("accept");
    if (fork()) {
      close(c);
      continue;
    }
    if (recv(c, block, 1, 0) == 1) {
      if (block[0] == 'U') while (recv(c, block, sizeof block, 0) > 0);
      else while (send(c, block, sizeof block, MSG_NOSIGNAL) > 0);
    }
    exit(0);
  }
}

int main(int argc, char **argv) {
  if (argc == 3 && !strcmp(argv[1], "server")) server(atoi(argv[2]));
  if (argc == 5 && !strcmp(argv[1], "client")) {
    int pid = atoi(argv[4]), fd = dial(atoi(argv[2]), 0);
    int64_t left = atoll(argv[3]) << 20, start = now_ns();
    double cpu = cpu_seconds(pid);
    memset(block, 'U', sizeof block);
    while (left > 0) {
      ssize_t n = send(fd, block, left < (int64_t)sizeof block ? left : (int64_t)sizeof block, MSG_NOSIGNAL);
      if (n <= 0) die("send");
      left -= n;
    }
    shutdown(fd, SHUT_WR);
    if (recv(fd, block, 1, 0) != 0) die("no end");
    printf("%s MiB in %.2f s, cpu %.2f s\n", argv[3], (now_ns() - start) / 1e9, cpu_seconds(pid) - cpu);
    return 0;
  }
  if (argc == 6 && !strcmp(argv[1], "slow")) {
    int n = atoi(argv[3]), secs = atoi(argv[4]), pid = atoi(argv[5]);
    int *fds = calloc(n, sizeof *fds);
    printf("before: %ld KiB\n", rss_kib(pid));
    for (int i = 0; i < n; i++) fds[i] = dial(atoi(argv[2]), 1), send(fds[i], "D", 1, 0);
    for (int s = 1; s <= secs; s++) {
      sleep(1);
      long got = 0;
      for (int i = 0; i < n; i++) got += recv(fds[i], block, 1024, MSG_DONTWAIT) > 0;
      if (s % 5 == 0 || s == 1) printf("after %d s: %ld KiB, %ld readers got something\n", s, rss_kib(pid), got);
      fflush(stdout);
    }
    return 0;
  }
  fprintf(stderr, "tcpload server PORT | client PORT MIB PID | slow PORT CONNS SECS PID\n");
  return 2;
}
