// Two phones in a headless browser register over WebSocket and call each other; either side hangs up. A call counts only
// when both ends say that it was established and that it ended.
//
//   node calls.mjs CHROMIUM SERVER [CALLS-TO]      SERVER is a ws: or wss: URL; CALLS-TO a phone that is no browser
//
// Prints one line for each step, and ends with status 0 when all was as it should be.
import { build } from 'esbuild';
import { createServer } from 'node:http';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const PATIENCE = 30_000;
const [executable, server, other] = process.argv.slice(2);
const here = dirname(fileURLToPath(import.meta.url));

const bundle = await build({
  entryPoints: [join(here, 'phones.js')],
  bundle: true,
  write: false,
  format: 'iife',
  define: { global: 'window' },
  logLevel: 'error',
});
const script = bundle.outputFiles[0].text;
const web = createServer((request, response) => {
  const isScript = request.url === '/phones.js';
  response.setHeader('Content-Type', isScript ? 'text/javascript' : 'text/html');
  response.end(isScript ? script : '<!doctype html><meta charset="utf-8"><script src="/phones.js"></script>');
}).listen(0, '127.0.0.1');
await new Promise((resolve) => web.once('listening', resolve));

const profile = mkdtempSync(join(tmpdir(), 'strowger-browser-'));
const browser = await chromium.launchPersistentContext(profile, {
  executablePath: executable,
  headless: true,
  args: [
    '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync', '--use-fake-device-for-media-stream',
    '--use-fake-ui-for-media-stream', '--ignore-certificate-errors', '--disable-features=WebRtcHideLocalIpsWithMdns',
  ],
});

const events = {};

async function phone(kind, user) {
  const page = await browser.newPage();
  events[user] = [];
  page.on('console', (line) => {
    events[user].push(line.text());
  });
  page.on('pageerror', (error) => console.log(`${user}: ${error}`));
  await page.goto(`http://127.0.0.1:${web.address().port}/`);
  await page.evaluate(([k, u, s]) => window.makePhone(k, u, s), [kind, user, server]);
  return { page, user, count: (what) => page.evaluate((w) => window.phone.log.lines.filter((l) => l === w).length, what) };
}

async function until(one, what, times) {
  const begin = Date.now();
  while ((await one.count(what)) < times) {
    if (Date.now() - begin > PATIENCE) {
      throw new Error(`${one.user}: "${what}" did not happen ${times} times\n${JSON.stringify(events, null, 1)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

let calls = 0;

async function call(caller, callee, hangsUp) {
  calls++;
  await caller.page.evaluate((user) => window.phone.call(user), callee.user);
  await until(caller, 'confirmed', calls);
  await until(callee, 'confirmed', calls);
  await hangsUp.page.evaluate(() => window.phone.hangUp());
  await until(caller, 'ended', calls);
  await until(callee, 'ended', calls);
  console.log(`call ${calls}: ${caller.user} to ${callee.user}, ${hangsUp.user} hung up`);
}

let status = 0;
try {
  const alice = await phone('jssip', 'alice');
  const bob = await phone('sip.js', 'bob');
  await until(alice, 'registered', 1);
  await until(bob, 'registered', 1);
  console.log('both registered');
  await call(alice, bob, alice);
  await call(alice, bob, bob);
  await call(bob, alice, bob);
  await call(bob, alice, alice);
  if (other) {
    await alice.page.evaluate((user) => window.phone.call(user), other);
    await until(alice, 'confirmed', calls + 1);
    await alice.page.evaluate(() => window.phone.hangUp());
    await until(alice, 'ended', calls + 1);
    console.log(`call to ${other}`);
  }
  console.log('all calls made');
} catch (error) {
  console.log(String(error));
  status = 1;
} finally {
  await browser.close();
  web.close();
  rmSync(profile, { recursive: true, force: true });
}
process.exit(status);
