package org.strowger.proxy.transport;

import org.strowger.proxy.tls.ClientTls;
import org.strowger.sip.IpPort;

/** By which certificates and authorities a backend is reached over TLS. */
public interface TlsToBackends {

    ClientTls of(IpPort peer);
}
