// The page of the browser: phones of JsSIP and SIP.js behind one small interface.
import JsSIP from 'jssip';
import { Inviter, Registerer, SessionState, UserAgent } from 'sip.js';

const DOMAIN = 'phones.test';

/** What happened to a phone, in order; each line is one event. */
function journal(name) {
  const lines = [];
  return { lines, add: (line) => { lines.push(line); console.log(name + ': ' + line); } };
}

class JsSipPhone {
  constructor(user, server) {
    this.log = journal('jssip ' + user);
    this.ua = new JsSIP.UA({
      sockets: [new JsSIP.WebSocketInterface(server)],
      uri: `sip:${user}@${DOMAIN}`,
      password: 'none',
      session_timers: false,
      register_expires: 300,
      connection_recovery_min_interval: 1,
      connection_recovery_max_interval: 2,
    });
    this.ua.on('registered', () => this.log.add('registered'));
    this.ua.on('registrationFailed', (e) => this.log.add('registration failed ' + e.cause));
    this.ua.on('newRTCSession', ({ session, originator }) => {
      this.session = session;
      session.on('confirmed', () => this.log.add('confirmed'));
      session.on('ended', () => this.log.add('ended'));
      session.on('failed', (e) => this.log.add('failed ' + (e.message?.status_code ?? e.cause)));
      if (originator === 'remote') {
        session.answer({ mediaConstraints: { audio: true, video: false }, pcConfig: { iceServers: [] } });
      }
    });
    this.ua.start();
  }

  call(user) {
    this.ua.call(`sip:${user}@${DOMAIN}`, {
      mediaConstraints: { audio: true, video: false },
      pcConfig: { iceServers: [] },
    });
  }

  hangUp() {
    this.session.terminate();
  }
}

class SipJsPhone {
  constructor(user, server) {
    this.log = journal('sip.js ' + user);
    this.ua = new UserAgent({
      uri: UserAgent.makeURI(`sip:${user}@${DOMAIN}`),
      transportOptions: { server },
      sessionDescriptionHandlerFactoryOptions: { peerConnectionConfiguration: { iceServers: [] }, iceGatheringTimeout: 500 },
      logLevel: 'warn',
      delegate: {
        onDisconnect: (error) => error && this.reconnect(),
        onInvite: (invitation) => {
          this.watch(invitation);
          invitation.accept({ sessionDescriptionHandlerOptions: { constraints: { audio: true, video: false } } });
        },
      },
    });
    this.ua.start().then(() => {
      const registerer = new Registerer(this.ua);
      const requestDelegate = {
        onAccept: () => this.log.add('registered'),
        onReject: (r) => this.log.add('registration failed ' + r.message.statusCode),
      };
      this.register = () => registerer.register({ requestDelegate });
      return this.register();
    }).catch((e) => this.log.add('failed ' + e));
  }

  /** SIP.js leaves this to the application. */
  reconnect() {
    this.ua.reconnect().then(this.register, () => setTimeout(() => this.reconnect(), 500));
  }

  watch(session) {
    this.session = session;
    let established = false;
    session.stateChange.addListener((state) => {
      if (state === SessionState.Established) {
        established = true;
        this.log.add('confirmed');
      } else if (state === SessionState.Terminated && established) {
        this.log.add('ended');
      }
    });
  }

  call(user) {
    const inviter = new Inviter(this.ua, UserAgent.makeURI(`sip:${user}@${DOMAIN}`), {
      sessionDescriptionHandlerOptions: { constraints: { audio: true, video: false } },
    });
    this.watch(inviter);
    const requestDelegate = { onReject: (r) => this.log.add('failed ' + r.message.statusCode) };
    inviter.invite({ requestDelegate }).catch((e) => this.log.add('failed ' + e));
  }

  hangUp() {
    this.session.bye();
  }
}

window.makePhone = (kind, user, server) => {
  window.phone = kind === 'jssip' ? new JsSipPhone(user, server) : new SipJsPhone(user, server);
};
