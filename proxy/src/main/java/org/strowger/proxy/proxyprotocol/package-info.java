/** The PROXY protocol, versions 1 and 2: who a connection or datagram is from, as told by the proxy in front. */
@NullMarked
package org.strowger.proxy.proxyprotocol;

import org.jspecify.annotations.NullMarked;
