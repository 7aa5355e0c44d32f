// wsscalls: SIP calls over wss, as browsers make them: INVITE, 200, ACK, BYE, 200, on some connections at a rate.
//   wsscalls -a ADDR -p PORT [-n CONNECTIONS] [-r CALLS_PER_SECOND] [-s SECONDS]
//   Prints calls, how many failed (another answer, none within 5 s of the end, a lost connection), and the time from INVITE to 200.
// Build: cc -O2 -o wsscalls wsscalls.c -lssl -lcrypto
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

#define MAX_CALLS 1000000
struct conn { SSL *ssl; unsigned got; char in[65536]; };
static struct conn *conns;
static int64_t *invited;
static unsigned char *state; // 1 invited, 2 answered, 3 over, 4 failed
static int *setup_us;
static long setups, over, failed;

static int64_t now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void die(const char *what) {
  perror(what);
  exit(1);
}

static void send_frame(struct conn *c, int op, const char *b, int n) {
  unsigned char f[8192] = {0x80 | op};
  int h = 2;
  if (n < 126) f[1] = 0x80 | n;
  else f[1] = 0x80 | 126, f[2] = n >> 8, f[3] = n & 255, h = 4;
  memset(f + h, 0, 4); // a mask of zeros changes nothing
  memcpy(f + h + 4, b, n);
  if (SSL_write(c->ssl, f, h + 4 + n) != h + 4 + n) die("write");
}

static void invite(int i, long id) {
  char b[2048];
  int n = snprintf(b, sizeof b, "INVITE sip:service@example.com SIP/2.0\r\nVia: SIP/2.0/WSS x%d.invalid;branch=z9hG4bKi%d.%ld\r\n"
                                "Max-Forwards: 70\r\nFrom: <sip:u%d@example.com>;tag=f%ld\r\nTo: <sip:service@example.com>\r\n"
                                "Call-ID: %ld-%d\r\nCSeq: 1 INVITE\r\nContact: <sip:u%d@x%d.invalid;transport=ws>\r\nContent-Length: 0\r\n\r\n",
                   i, getpid(), id, i, id, id, getpid(), i, i);
  state[id] = 1;
  invited[id] = now_ns();
  send_frame(&conns[i], 1, b, n);
}

static int header(const char *m, const char *name, char *out, int size, const char **next) {
  const char *p = strcasestr(m, name);
  if (!p) return 0;
  p += strlen(name);
  while (*p == ' ') p++;
  const char *e = strstr(p, "\r\n");
  int n = e - p < size - 1 ? (int)(e - p) : size - 1;
  memcpy(out, p, n);
  out[n] = 0;
  if (next) *next = e;
  return 1;
}

static void in_dialog(int i, long id, const char *method, int cseq, const char *ok) {
  char to[512] = "", contact[512] = "", routes[8][512], b[8000], *uri, *end;
  int count = 0;
  const char *at = ok;
  while (count < 8 && header(at, "\nRecord-Route:", routes[count], 512, &at)) count++;
  header(ok, "\nTo:", to, sizeof to, 0);
  header(ok, "\nContact:", contact, sizeof contact, 0);
  uri = strchr(contact, '<') ? strchr(contact, '<') + 1 : contact;
  if ((end = strchr(uri, '>'))) *end = 0;
  int n = snprintf(b, sizeof b, "%s %s SIP/2.0\r\nVia: SIP/2.0/WSS x%d.invalid;branch=z9hG4bK%c%d.%ld\r\nMax-Forwards: 70\r\n", method,
                   uri, i, *method, getpid(), id);
  while (count--) {
    // The last of a list in one line comes first.
    char *comma;
    while ((comma = strrchr(routes[count], ','))) n += snprintf(b + n, sizeof b - n, "Route: %s\r\n", comma + 1), *comma = 0;
    n += snprintf(b + n, sizeof b - n, "Route: %s\r\n", routes[count]);
  }
  n += snprintf(b + n, sizeof b - n, "From: <sip:u%d@example.com>;tag=f%ld\r\nTo: %s\r\nCall-ID: %ld-%d\r\nCSeq: %d %s\r\nContent-Length: 0\r\n\r\n",
                i, id, to, id, getpid(), cseq, method);
  send_frame(&conns[i], 1, b, n);
}

static void message(int i, char *m) {
  char call[128], cseq[64];
  if (strncmp(m, "SIP/2.0 ", 8) || !header(m, "\nCall-ID:", call, sizeof call, 0) || !header(m, "\nCSeq:", cseq, sizeof cseq, 0)) return;
  int code = atoi(m + 8);
  long id = atol(call);
  if (code < 200 || id < 0 || id >= MAX_CALLS) return;
  if (code >= 300) {
    if (state[id] < 3) {
      if (failed++ < 3) fprintf(stderr, "%.40s\n", m);
      state[id] = 4;
    }
  } else if (strstr(cseq, "INVITE") && state[id] == 1) {
    setup_us[setups++] = (int)((now_ns() - invited[id]) / 1000);
    state[id] = 2;
    in_dialog(i, id, "ACK", 1, m);
    in_dialog(i, id, "BYE", 2, m);
  } else if (strstr(cseq, "BYE") && state[id] == 2) {
    state[id] = 3;
    over++;
  }
}

static void readable(int i) {
  struct conn *c = &conns[i];
  for (;;) {
    int n = SSL_read(c->ssl, c->in + c->got, sizeof c->in - 1 - c->got);
    if (n <= 0) {
      if (SSL_get_error(c->ssl, n) == SSL_ERROR_WANT_READ) return;
      fprintf(stderr, "connection %d lost\n", i), exit(1);
    }
    c->got += n;
    unsigned at = 0;
    for (;;) {
      unsigned char *f = (unsigned char *)c->in + at;
      if (c->got - at < 2) break;
      unsigned len = f[1] & 127, h = 2;
      if (len == 126) {
        if (c->got - at < 4) break;
        len = f[2] << 8 | f[3], h = 4;
      }
      if (c->got - at < h + len) break;
      if ((f[0] & 15) == 9) send_frame(c, 10, (char *)f + h, len);
      if ((f[0] & 15) < 3) {
        char kept = f[h + len];
        f[h + len] = 0;
        message(i, (char *)f + h);
        f[h + len] = kept;
      }
      at += h + len;
    }
    memmove(c->in, c->in + at, c->got - at);
    c->got -= at;
  }
}

static int cmp(const void *a, const void *b) {
  return *(const int *)a - *(const int *)b;
}

int main(int argc, char **argv) {
  int n = 20, rate = 100, secs = 10, o;
  struct sockaddr_in a = {.sin_family = AF_INET};
  while ((o = getopt(argc, argv, "a:p:n:r:s:")) != -1) switch (o) {
      case 'a': a.sin_addr.s_addr = inet_addr(optarg); break;
      case 'p': a.sin_port = htons(atoi(optarg)); break;
      case 'n': n = atoi(optarg); break;
      case 'r': rate = atoi(optarg); break;
      case 's': secs = atoi(optarg); break;
      default: return 2;
    }
  conns = calloc(n, sizeof *conns);
  invited = calloc(MAX_CALLS, sizeof *invited);
  state = calloc(MAX_CALLS, 1);
  setup_us = calloc(MAX_CALLS, sizeof *setup_us);
  SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
  int ep = epoll_create1(0), one = 1;
  for (int i = 0; i < n; i++) {
    int fd = socket(AF_INET, SOCK_STREAM, 0), got = 0;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (connect(fd, (void *)&a, sizeof a)) die("connect");
    SSL *s = conns[i].ssl = SSL_new(ctx);
    SSL_set_fd(s, fd);
    if (SSL_connect(s) != 1) die("TLS");
    const char *get = "GET / HTTP/1.1\r\nHost: bench.example.com\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: sip\r\n\r\n";
    if (SSL_write(s, get, strlen(get)) <= 0) die("handshake");
    while (!memmem(conns[i].in, got, "\r\n\r\n", 4)) {
      int r = SSL_read(s, conns[i].in + got, 4096);
      if (r <= 0) die("handshake");
      got += r;
    }
    if (strncmp(conns[i].in, "HTTP/1.1 101", 12)) fprintf(stderr, "%.60s\n", conns[i].in), exit(1);
    fcntl(fd, F_SETFL, O_NONBLOCK);
    struct epoll_event e = {.events = EPOLLIN, .data.u32 = i};
    epoll_ctl(ep, EPOLL_CTL_ADD, fd, &e);
  }
  int64_t start = now_ns(), due = start, end = start + secs * 1000000000LL;
  long id = 0;
  for (int64_t t = start; t < end || (over + failed < id && t < end + 5000000000LL); t = now_ns()) {
    while (t < end && due <= t) invite((int)(id % n), id), id++, due += 1000000000LL / rate;
    struct epoll_event es[64];
    int64_t wait = (due - now_ns()) / 1000000;
    int k = epoll_wait(ep, es, 64, t >= end ? 50 : wait < 0 ? 0 : (int)wait);
    for (int i = 0; i < k; i++) readable(es[i].data.u32);
  }
  qsort(setup_us, setups, sizeof *setup_us, cmp);
  printf("wss calls %ld, over %ld, failed %ld; set-up p50 %d us, p99 %d us, longest %d us\n", id, over, id - over,
         setups ? setup_us[setups / 2] : 0, setups ? setup_us[(long)(setups * 0.99)] : 0, setups ? setup_us[setups - 1] : 0);
  return over != id;
}
