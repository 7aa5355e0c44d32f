# Runs the Autobahn test suite's fuzzing client, which lies on the class path, against servers of WebSockets.
#   fuzzingclient.py OUT CASES AGENT=SUB-PROTOCOL=URL=EXCLUDED...      results in OUT/index.json; lists are divided by commas
import sys
from autobahntestsuite import fuzzing, wstest


def patient(wait):
    """The suite gives up after a second, which a busy machine may need for the first case alone."""
    return lambda self, seconds: wait(self, 10 * seconds)


for name in ('closeAfter', 'killAfter'):
    setattr(fuzzing.FuzzingProtocol, name, patient(getattr(fuzzing.FuzzingProtocol, name).im_func))

servers = []
excluded = {}
for arg in sys.argv[3:]:
    agent, protocol, url, without = arg.split('=')
    excluded[agent] = without.split(',')
    servers.append({'agent': agent, 'url': url, 'protocols': [protocol] if protocol else [],
                    'options': {'version': 18, 'failByDrop': False,
                                'closeHandshakeTimeout': 10, 'serverConnectionDropTimeout': 10}})
wstest.start({'mode': 'fuzzingclient'},
             {'outdir': sys.argv[1], 'servers': servers, 'cases': sys.argv[2].split(','),
              'exclude-cases': [], 'exclude-agent-cases': excluded})
