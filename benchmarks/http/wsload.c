// wsload: WebSocket echo load, to hold proxies side by side.
//   wsload server PORT                          on 127.0.0.1 or WSLOAD_ADDRESS; answers the handshake, echoes bytes as they come (payloads stay masked)
//   wsload client PORT PATH CONNS RATE SECS PID opens CONNS WebSockets through a proxy on 127.0.0.1:PORT, sends RATE messages
//                                               of 100 bytes a second over all of them, one in flight on each; prints messages
//                                               echoed, latency, and the CPU time that process PID took per message.
// The client does not check the handshake's accept, and the server echoes without decoding: both cost as little as they can.
// Build: cc -O2 -o wsload wsload.c
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define PAYLOAD 100
#define FRAME (2 + 4 + PAYLOAD)
#define MAX_CONNS 20000

static int ep;
static struct { int state; unsigned got; int64_t sent; char head[2048]; } conns[65536];

static int64_t now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void die(const char *what) {
  perror(what);
  exit(1);
}

static void watch(int fd) {
  struct epoll_event e = {.events = EPOLLIN, .data.fd = fd};
  int one = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  if (epoll_ctl(ep, EPOLL_CTL_ADD, fd, &e)) die("epoll_ctl");
}

static void put(int fd, const char *b, int n) {
  while (n > 0) {
    int w = send(fd, b, n, MSG_NOSIGNAL);
    if (w < 0 && errno == EINTR) continue;
    if (w < 0) die("send");
    b += w;
    n -= w;
  }
}

__attribute__((noreturn)) static void server(int port) {
  int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1;
  struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  if (getenv("WSLOAD_ADDRESS")) a.sin_addr.s_addr = inet_addr(getenv("WSLOAD_ADDRESS"));
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (bind(fd, (void *)&a, sizeof a) || listen(fd, 4096)) die("listen");
  watch(fd);
  static char b[65536];
  for (;;) {
    struct epoll_event es[256];
    int n = epoll_wait(ep, es, 256, -1);
    for (int i = 0; i < n; i++) {
      int c = es[i].data.fd;
      if (c == fd) {
        int k = accept(fd, 0, 0);
        if (k >= 0) conns[k].state = conns[k].got = 0, watch(k);
        continue;
      }
      int r = recv(c, b, sizeof b, 0);
      if (r <= 0) {
        close(c);
        continue;
      }
      if (conns[c].state) {
        put(c, b, r);
        continue;
      }
      if (conns[c].got + (unsigned)r >= sizeof conns[c].head) die("head too long");
      memcpy(conns[c].head + conns[c].got, b, r);
      conns[c].got += r;
      conns[c].head[conns[c].got] = 0;
      if (strstr(conns[c].head, "\r\n\r\n")) {
        const char *ok = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                         "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
        conns[c].state = 1;
        put(c, ok, strlen(ok));
      }
    }
  }
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

static int cmp(const void *a, const void *b) {
  return *(const int *)a < *(const int *)b ? -1 : *(const int *)a > *(const int *)b;
}

static int client(int port, const char *path, int count, int rate, int secs, int pid) {
  static int fds[MAX_CONNS];
  char b[65536], frame[FRAME] = {(char)0x82, (char)(0x80 | PAYLOAD), 1, 2, 3, 4};
  memset(frame + 6, 'x', PAYLOAD);
  struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  for (int i = 0; i < count; i++) {
    int fd = fds[i] = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(fd, (void *)&a, sizeof a)) die("connect");
    int n = snprintf(b, sizeof b, "GET %s HTTP/1.1\r\nHost: bench\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                                  "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n", path);
    put(fd, b, n);
    int got = 0;
    do {
      int r = recv(fd, b + got, sizeof b - 1 - got, 0);
      if (r <= 0) die("handshake");
      got += r;
      b[got] = 0;
    } while (!strstr(b, "\r\n\r\n"));
    if (strncmp(b, "HTTP/1.1 101", 12)) fprintf(stderr, "%s", b), exit(1);
    conns[fd].state = 0;
    watch(fd);
  }
  static int lat[4000000];
  long echoed = 0, late = 0, first = 0;
  int nlat = 0, next = 0;
  int64_t begin = now_ns(), warm = begin + 2000000000LL, end = warm + secs * 1000000000LL, due = begin;
  double cpu0 = 0;
  int counting = 0;
  for (int64_t t = begin; t < end; t = now_ns()) {
    if (!counting && t >= warm) counting = 1, cpu0 = cpu_seconds(pid), first = echoed, nlat = 0;
    while (due <= t) {
      int tries = count;
      while (tries-- && conns[fds[next]].state) next = (next + 1) % count;
      if (conns[fds[next]].state) {
        late++;
        due = t + 1;
        break;
      }
      int fd = fds[next];
      conns[fd].state = 1, conns[fd].got = 0, conns[fd].sent = t;
      put(fd, frame, FRAME);
      due += 1000000000LL / rate;
      next = (next + 1) % count;
    }
    struct epoll_event es[256];
    int64_t wait = due - now_ns();
    int n = epoll_wait(ep, es, 256, wait > 1000000 ? (int)(wait / 1000000) : 0);
    for (int i = 0; i < n; i++) {
      int fd = es[i].data.fd, r = recv(fd, b, sizeof b, 0);
      if (r <= 0) die("closed");
      conns[fd].got += r;
      if (conns[fd].got >= FRAME) {
        conns[fd].state = 0;
        echoed++;
        if (nlat < 4000000) lat[nlat++] = (int)((now_ns() - conns[fd].sent) / 1000);
      }
    }
  }
  double cpu = cpu_seconds(pid) - cpu0;
  long messages = echoed - first;
  qsort(lat, nlat, sizeof lat[0], cmp);
  printf("messages %ld in %d s, cpu %.2f s, %.2f us per message, latency p50 %d us p99 %d us, late %ld\n", messages, secs, cpu,
         cpu * 1e6 / messages, lat[nlat / 2], lat[(int)(nlat * 0.99)], late);
  return 0;
}

int main(int argc, char **argv) {
  ep = epoll_create1(0);
  if (argc == 3 && !strcmp(argv[1], "server")) server(atoi(argv[2]));
  if (argc == 8 && !strcmp(argv[1], "client"))
    return client(atoi(argv[2]), argv[3], atoi(argv[4]), atoi(argv[5]), atoi(argv[6]), atoi(argv[7]));
  fprintf(stderr, "wsload server PORT | wsload client PORT PATH CONNS RATE SECS PID\n");
  return 2;
}
