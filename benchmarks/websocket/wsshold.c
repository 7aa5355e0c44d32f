// wsshold: opens many wss connections (TLS 1.3) that offer the sub-protocol sip or none, holds them, answers pings.
//   wsshold -a ADDR -p PORT [-n CONNS] [-r PER_SECOND] [-s SECONDS] [-S SOURCES] [-b PREFIX] [-w PATH] [-P sip] [-H] [-q]
//     -S  how many source addresses, PREFIX.1 to PREFIX.S (-b 127.77.0): one has only some 28,000 ports
//     -H  hammer: a connection is closed as soon as its handshake has ended, and replaced by the next one, with no limit but
//         -r; -n is how many may be under way at once
//   Prints each second, and at the end: opened, under way, refused (RST or FIN before the end of the TLS handshake), failed,
//   closed afterwards, pings answered. Ends with 1 when a connection that was held was lost.
// Build: cc -O2 -o wsshold wsshold.c -lssl -lcrypto
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { CONNECTING, TLS, ASKED, HELD };
struct conn { SSL *ssl; int state; unsigned got; char head[512]; };

static struct conn *conns;
static int ep, hammer, max_fds = 1 << 17;
static long started, opened, refused, failed, lost, pings, under_way, held;
static SSL_CTX *ctx;
static struct sockaddr_in server;
static const char *prefix = "127.77.0", *path = "/", *protocol = "";
static int sources = 1, quiet;

static int64_t now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void die(const char *what) {
  perror(what);
  exit(1);
}

static void drop(int fd, long *why) {
  struct conn *c = &conns[fd];
  if (c->state == HELD) held--; else under_way--;
  if (why) ++*why;
  if (c->ssl) SSL_free(c->ssl), c->ssl = 0;
  if (hammer) {
    struct linger l = {1, 0};
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &l, sizeof l);
  }
  close(fd);
}

static void want(int fd, int events) {
  struct epoll_event e = {.events = events, .data.fd = fd};
  if (epoll_ctl(ep, EPOLL_CTL_MOD, fd, &e)) die("epoll_ctl");
}

static void begin(void) {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), one = 1;
  if (fd < 0) die("socket");
  if (fd >= max_fds) die("too many descriptors");
  char text[32];
  snprintf(text, sizeof text, "%s.%ld", prefix, 1 + started % sources);
  struct sockaddr_in from = {.sin_family = AF_INET, .sin_addr.s_addr = inet_addr(text)};
  setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  if (bind(fd, (void *)&from, sizeof from)) die("bind");
  struct conn *c = &conns[fd];
  memset(c, 0, sizeof *c);
  started++, under_way++;
  struct epoll_event e = {.events = EPOLLOUT, .data.fd = fd};
  if (epoll_ctl(ep, EPOLL_CTL_ADD, fd, &e)) die("epoll_ctl");
  if (connect(fd, (void *)&server, sizeof server) && errno != EINPROGRESS) drop(fd, &failed);
}

static void ask(int fd) {
  struct conn *c = &conns[fd];
  char b[512];
  int n = snprintf(b, sizeof b, "GET %s HTTP/1.1\r\nHost: bench.example.com\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                                "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n%s%s%s\r\n",
                   path, *protocol ? "Sec-WebSocket-Protocol: " : "", protocol, *protocol ? "\r\n" : "");
  if (SSL_write(c->ssl, b, n) != n) drop(fd, &failed);
  else c->state = ASKED;
}

// Frames of a server are short here: pings, close. Whatever else comes is passed over.
static void held_bytes(int fd, unsigned char *b, int n) {
  for (int at = 0; at + 2 <= n;) {
    int op = b[at] & 15, len = b[at + 1] & 127;
    if (op == 9 && len < 126 && at + 2 + len <= n) {
      unsigned char pong[6 + 125] = {0x8a, 0x80 | len};
      memcpy(pong + 6, b + at + 2, len);
      if (SSL_write(conns[fd].ssl, pong, 6 + len) > 0) pings++;
    }
    at += 2 + len;
  }
}

static void on(int fd, int events) {
  struct conn *c = &conns[fd];
  if (c->state == CONNECTING) {
    int e = 0;
    socklen_t l = sizeof e;
    getsockopt(fd, SOL_SOCKET, SO_ERROR, &e, &l);
    if (e) return drop(fd, &refused);
    c->ssl = SSL_new(ctx);
    SSL_set_fd(c->ssl, fd);
    SSL_set_connect_state(c->ssl);
    c->state = TLS;
    want(fd, EPOLLIN);
  }
  if (c->state == TLS) {
    int r = SSL_do_handshake(c->ssl);
    if (r != 1) {
      int e = SSL_get_error(c->ssl, r);
      if (e == SSL_ERROR_WANT_READ) return;
      if (e == SSL_ERROR_WANT_WRITE) return want(fd, EPOLLOUT | EPOLLIN);
      return drop(fd, e == SSL_ERROR_SYSCALL || e == SSL_ERROR_SSL ? &refused : &failed);
    }
    if (hammer) return drop(fd, &opened);
    ask(fd);
    return;
  }
  unsigned char b[4096];
  for (;;) {
    int n = SSL_read(c->ssl, b, sizeof b);
    if (n <= 0) {
      if (SSL_get_error(c->ssl, n) == SSL_ERROR_WANT_READ) return;
      return drop(fd, c->state == HELD ? &lost : &failed);
    }
    if (c->state == HELD) {
      held_bytes(fd, b, n);
      continue;
    }
    if (c->got + n >= sizeof c->head) return drop(fd, &failed);
    memcpy(c->head + c->got, b, n);
    c->got += n;
    c->head[c->got] = 0;
    if (strstr(c->head, "\r\n\r\n")) {
      if (strncmp(c->head, "HTTP/1.1 101", 12)) {
        static int shown;
        if (!shown++) fprintf(stderr, "%.60s\n", c->head);
        return drop(fd, &failed);
      }
      c->state = HELD;
      under_way--, held++, opened++;
    }
  }
}

int main(int argc, char **argv) {
  int n = 1000, rate = 500, secs = 10, o;
  server.sin_family = AF_INET;
  while ((o = getopt(argc, argv, "a:p:n:r:s:S:b:w:P:Hq")) != -1) switch (o) {
      case 'a': server.sin_addr.s_addr = inet_addr(optarg); break;
      case 'p': server.sin_port = htons(atoi(optarg)); break;
      case 'n': n = atoi(optarg); break;
      case 'r': rate = atoi(optarg); break;
      case 's': secs = atoi(optarg); break;
      case 'S': sources = atoi(optarg); break;
      case 'b': prefix = optarg; break;
      case 'w': path = optarg; break;
      case 'P': protocol = optarg; break;
      case 'H': hammer = 1; break;
      case 'q': quiet = 1; break;
      default: return 2;
    }
  conns = calloc(max_fds, sizeof *conns);
  ep = epoll_create1(0);
  ctx = SSL_CTX_new(TLS_client_method());
  SSL_CTX_set_min_proto_version(ctx, TLS1_3_VERSION);
  SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
  int64_t start = now_ns(), due = start, tick = start, end = 0;
  long last_opened = 0, last_refused = 0;
  for (;;) {
    int64_t t = now_ns();
    int all = !hammer && started >= n && under_way == 0;
    if (!end && (hammer || all)) end = t + secs * 1000000000LL, fprintf(stderr, "%s\n", hammer ? "hammering" : "holding");
    if (end && t >= end) break;
    if (!end && t - start > 600000000000LL) break;
    while (due <= t && (hammer ? under_way < n : started < n)) begin(), due += 1000000000LL / rate;
    if (due < t - 100000000LL) due = t;
    struct epoll_event es[512];
    int64_t wait = due > t ? (due - t) / 1000000 : 1;
    int k = epoll_wait(ep, es, 512, wait > 100 || (!hammer && started >= n) ? 100 : (int)wait);
    for (int i = 0; i < k; i++) on(es[i].data.fd, es[i].events);
    if (!quiet && now_ns() - tick >= 1000000000LL) {
      tick = now_ns();
      printf("t %.0f started %ld opened/s %ld refused/s %ld under way %ld held %ld failed %ld lost %ld pings %ld\n",
             (tick - start) / 1e9, started, opened - last_opened, refused - last_refused, under_way, held, failed, lost, pings);
      fflush(stdout);
      last_opened = opened, last_refused = refused;
    }
  }
  double took = (now_ns() - start) / 1e9;
  printf("total in %.1f s: started %ld, opened %ld (%.0f/s), refused %ld (%.0f/s), failed %ld, held %ld, lost %ld, pings %ld\n", took,
         started, opened, opened / took, refused, refused / took, failed, held, lost, pings);
  return lost > 0;
}
