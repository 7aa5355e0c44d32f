// A wire between a browser and a server that a test can cut: it passes bytes on, and reads none of them.
import { connect, createServer } from 'node:net';

export class Wire {
  constructor(host, to) {
    this.host = host;
    this.to = to;
    this.state = 'whole';
    this.ends = new Set();
  }

  /** Begins to listen; the port. */
  async listen() {
    this.server = createServer((near) => this.connected(near));
    await new Promise((resolve) => this.server.listen(0, this.host, resolve));
    return this.server.address().port;
  }

  connected(near) {
    if (this.state !== 'whole') {
      near.resetAndDestroy();
      return;
    }
    const [host, port] = this.to.split(':');
    const far = connect(Number(port), host);
    for (const [one, other] of [[near, far], [far, near]]) {
      this.ends.add(one);
      one.on('data', (bytes) => this.state === 'held' || other.write(bytes));
      one.on('end', () => this.state === 'held' || other.end());
      one.on('error', () => {});
      one.on('close', () => {
        this.ends.delete(one);
        if (this.state !== 'held') {
          other.destroy();
        }
      });
    }
  }

  reset() {
    this.state = 'cut';
    this.ends.forEach((end) => end.resetAndDestroy());
  }

  hold() {
    this.state = 'held';
  }

  mend() {
    this.ends.forEach((end) => end.resetAndDestroy());
    this.state = 'whole';
  }
}
