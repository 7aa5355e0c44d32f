// The page of a user of a Janus gateway, with janus.js: one session at a time, and its EchoTest plugin.
import Janus from 'janus-gateway';
import adapter from 'webrtc-adapter';

const log = [];

function note(line) {
  log.push(line);
  console.log(line);
}

let janus;
let echo;

/** Comes to the value that a function hands to its success callback, or to the text of its error. */
function outcome(begin) {
  return new Promise((resolve) => begin((value) => resolve(value ?? 'ok'), (error) => resolve('error ' + error)));
}

window.gateway = {
  log,

  /** Creates a session at a server, whose URL says whether by WebSocket or by long polls. */
  begin: (server) => outcome((success, error) => {
    janus = new Janus({
      server,
      // Without it a browser sends no cookie with a long poll.
      withCredentials: true,
      success: () => success('session'),
      error: (text) => {
        note('lost: ' + text);
        error(text);
      },
    });
  }),

  /** Which server it is that the session is at. */
  name: () => outcome((success, error) => janus.getInfo({ success: (info) => success(info['server-name']), error })),

  /** Has audio and video sent back. */
  echo: () => outcome((success, error) => janus.attach({
    plugin: 'janus.plugin.echotest',
    success: (handle) => {
      echo = handle;
      echo.createOffer({
        tracks: [{ type: 'audio', capture: true, recv: true }, { type: 'video', capture: true, recv: true }],
        success: (jsep) => echo.send({ message: { audio: true, video: true }, jsep }),
        error,
      });
    },
    error,
    webrtcState: (up) => note('webrtc ' + up),
    onremotetrack: (track, mid, on) => on && note('track ' + track.kind),
    onmessage: (message, jsep) => {
      if (jsep) {
        echo.handleRemoteJsep({ jsep, success: () => success('answered'), error });
      }
      note('result ' + message.result);
    },
  })),

  /** A message within the session, and what comes of it. */
  message: () => outcome((success, error) => echo.send({ message: { audio: true }, success: () => success('ok'), error })),

  /** Ends the session. */
  end: () => outcome((success, error) => janus.destroy({ success, error })),
};

window.ready = new Promise((resolve) => Janus.init({
  debug: ['warn', 'error'],
  dependencies: Janus.useDefaultDependencies({ adapter }),
  callback: () => resolve('ready'),
}));
